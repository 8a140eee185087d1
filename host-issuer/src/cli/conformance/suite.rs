//! Which cases a command is about.

use test_vectors::conformance::Suite;
use test_vectors::conformance::catalogue;
use test_vectors::conformance::runner::Selection;

use super::super::failure::Failure;

#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Which cases")]
pub(super) struct SelectionArguments {
    /// A suite: icao-3, bsi-3.2, bsi-3.3; may be given several times
    #[arg(long, value_name = "SUITE", value_parser = suite)]
    suite: Vec<Suite>,
    /// A unit, such as ISO7816_P; may be given several times
    #[arg(long, value_name = "UNIT")]
    layer: Vec<String>,
    /// A pattern of ids, such as 'LDS_C_*' or 'icao-3/*_1?'; may be given several times
    #[arg(long, value_name = "PATTERN")]
    case: Vec<String>,
}

fn suite(name: &str) -> Result<Suite, String> {
    Suite::from_name(name).ok_or_else(|| {
        let known = Suite::ALL.map(Suite::name).join(", ");
        format!("known are {known}")
    })
}

impl SelectionArguments {
    /// The selection, of which there must be something.
    pub(super) fn selection(&self) -> Result<Selection, Failure> {
        let selection = Selection {
            suites: self.suite.clone(),
            layers: self.layer.clone(),
            cases: self.case.clone(),
        };
        if catalogue::entries().any(|entry| selection.takes(entry)) {
            return Ok(selection);
        }
        Err(Failure::usage(
            "no case of the suites is what --suite, --layer and --case say",
            "`eid conformance list` prints every case with its suite and unit",
        ))
    }
}
