//! The readers that are asked for.

use super::{Area, Finding};
use crate::environment::{ReaderChoice, Readers};
use crate::transport::TransportError;
use crate::transport::pcsc::ReaderInfo;

pub(super) fn present(readers: &dyn Readers, wanted: &[String]) -> Vec<Finding> {
    let choices: Vec<ReaderChoice> = wanted
        .iter()
        .map(|text| ReaderChoice::parse(Some(text)))
        .collect();
    // Virtual chips need no service.
    let only_virtual = !choices.is_empty()
        && choices
            .iter()
            .all(|choice| matches!(choice, ReaderChoice::Virtual(_)));
    if only_virtual {
        return vec![Finding::ready(Area::Readers, "readers", "virtual chips only")];
    }
    let listed = match readers.list() {
        Ok(listed) => listed,
        Err(error) => return vec![unreachable(&error)],
    };
    if listed.is_empty() {
        return vec![unreachable(&TransportError::NoReader)];
    }
    if choices.is_empty() {
        return vec![Finding::ready(Area::Readers, "readers", names(&listed))];
    }
    choices.iter().filter_map(|choice| one(choice, &listed)).collect()
}

fn one(choice: &ReaderChoice, listed: &[ReaderInfo]) -> Option<Finding> {
    let ReaderChoice::Pcsc(selector) = choice else {
        return None;
    };
    Some(match selector.choose(listed) {
        Ok(position) => {
            let name = listed.get(position).map_or("", |reader| reader.name.as_str());
            Finding::ready(Area::Readers, "readers", name)
        }
        Err(error) => unreachable(&error),
    })
}

fn unreachable(error: &TransportError) -> Finding {
    Finding::missing(Area::Readers, "readers", error.to_string()).mend("eid doctor")
}

fn names(readers: &[ReaderInfo]) -> String {
    let names: Vec<&str> = readers.iter().map(|reader| reader.name.as_str()).collect();
    names.join(", ")
}
