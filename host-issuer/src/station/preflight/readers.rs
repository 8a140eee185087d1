//! The readers that are asked for.

use super::{Area, Finding};
use crate::environment::{Machine, ReaderChoice, Readers};
use crate::transport::TransportError;
use crate::transport::pcsc::{ReaderInfo, ReaderSelector};

pub(super) fn present(machine: &dyn Machine, readers: &dyn Readers, wanted: &[String]) -> Vec<Finding> {
    let choices: Vec<ReaderChoice> = match wanted {
        [] => vec![ReaderChoice::parse(None)],
        named => named.iter().map(|text| ReaderChoice::parse(Some(text))).collect(),
    };
    let mut selectors = Vec::new();
    let mut findings = Vec::new();
    for choice in &choices {
        match choice {
            ReaderChoice::Pcsc(selector) => selectors.push(selector),
            ReaderChoice::Virtual(path) if machine.exists(path) => {
                findings.push(Finding::ready(
                    Area::Readers,
                    "readers",
                    path.display().to_string(),
                ));
            }
            ReaderChoice::Virtual(path) => findings.push(
                Finding::missing(
                    Area::Readers,
                    "readers.virtual",
                    format!("there is no virtual chip {}", path.display()),
                )
                .mend("eid card create --memory FILE --issuer-keys FILE"),
            ),
        }
    }
    // Virtual chips need no service.
    if !selectors.is_empty() {
        match readers.list() {
            Err(error) => findings.push(unreachable(&error)),
            Ok(listed) => findings.extend(selectors.iter().map(|selector| one(selector, &listed))),
        }
    }
    findings
}

/// A selector means every reader that it fits.
fn one(selector: &ReaderSelector, listed: &[ReaderInfo]) -> Finding {
    let meant: Vec<&str> = listed
        .iter()
        .enumerate()
        .filter(|(index, reader)| selector.means(*index, &reader.name))
        .map(|(_, reader)| reader.name.as_str())
        .collect();
    match (meant.is_empty(), selector.choose(listed)) {
        (false, _) => Finding::ready(Area::Readers, "readers", meant.join(", ")),
        (true, Err(error)) => unreachable(&error),
        // Every choice is meant; were it otherwise, there would be no reader for this selector all the same.
        (true, Ok(_)) => unreachable(&TransportError::NoReader),
    }
}

fn unreachable(error: &TransportError) -> Finding {
    let id = match error {
        TransportError::NoReader | TransportError::ReaderNotFound { .. } => "readers.none",
        _ => "readers.unreachable",
    };
    Finding::missing(Area::Readers, id, error.to_string()).mend("eid doctor")
}
