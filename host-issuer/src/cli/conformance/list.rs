//! `eid conformance list`

use serde::Serialize;
use test_vectors::conformance::runner::{self, Listed};

use super::super::context::Context;
use super::super::exit_code::ExitCode;
use super::super::failure::Failure;
use super::suite::SelectionArguments;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct ListArguments {
    #[command(flatten)]
    selection: SelectionArguments,
}

#[derive(Serialize)]
struct ListJson {
    schema: &'static str,
    suite_version: String,
    cases: Vec<CaseJson>,
}

#[derive(Serialize)]
struct CaseJson {
    suite: &'static str,
    layer: String,
    id: String,
    purpose: String,
    /// What a card must have for the case to apply.
    needs: Vec<&'static str>,
    implemented: bool,
    /// Why it is not.
    why: Option<&'static str>,
    /// Changes the card for good.
    lasting: bool,
}

impl CaseJson {
    fn new(listed: &Listed) -> Self {
        let entry = listed.entry;
        let case = listed.case.as_ref();
        let why = match (entry.unusable, case.map(|case| &case.play)) {
            (Some(why), _) => Some(why),
            (None, Some(Err(why))) => Some(*why),
            (None, None) => Some("not written yet"),
            (None, Some(Ok(_))) => None,
        };
        let own = case.map(|case| case.needs.as_slice()).unwrap_or_default();
        let needs = entry.needs.iter().chain(own);
        Self {
            suite: entry.id.suite.name(),
            layer: entry.layer.clone(),
            id: entry.id.id.clone(),
            purpose: entry.purpose.clone(),
            needs: needs.map(|need| need.name()).collect(),
            implemented: why.is_none(),
            why,
            lasting: listed.is_lasting(),
        }
    }
}

pub(super) fn run(arguments: &ListArguments, context: &Context<'_>) -> Result<ExitCode, Failure> {
    let selection = arguments.selection.selection()?;
    let listed = runner::list();
    let taken = listed.iter().filter(|listed| selection.takes(listed.entry));
    let object = ListJson {
        schema: "eid.conformance.list/1",
        suite_version: runner::version(),
        cases: taken.map(CaseJson::new).collect(),
    };
    context.output.result(&object, |out| {
        for case in &object.cases {
            let id = format!("{}/{}", case.suite, case.id);
            writeln!(out, "{id:<28} {}", case.purpose)?;
            if let Some(why) = case.why {
                writeln!(out, "{:<28} not implemented: {why}", "")?;
            }
            if !case.needs.is_empty() {
                writeln!(out, "{:<28} needs {}", "", case.needs.join(", "))?;
            }
            if case.lasting {
                writeln!(out, "{:<28} changes the card for good", "")?;
            }
        }
        Ok(())
    })?;
    let implemented = object.cases.iter().filter(|case| case.implemented).count();
    context.output.progress(&format!(
        "{} cases, {implemented} of them implemented; version {}",
        object.cases.len(),
        object.suite_version
    ));
    Ok(ExitCode::Success)
}
