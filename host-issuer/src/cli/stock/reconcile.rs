//! `eid stock reconcile` and `eid stock close-shift`: what was counted, against the ledger.

use std::io::{self, Write};
use std::path::PathBuf;

use serde::Serialize;

use super::super::context::Context;
use super::super::desk::{OperatorArguments, StationArguments};
use super::super::exit_code::ExitCode;
use super::super::failure::Failure;
use super::super::two_people::TwoPeopleArguments;
use super::counted;
use crate::station::shift;
use crate::station::stock::reconcile::{Reconciliation, reconcile};

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct ReconcileArguments {
    #[command(flatten)]
    station: StationArguments,
    /// What was counted: a serial number in each line, with the pile on which the chip lay where that matters; or BLANK 120 and
    /// the like, where only numbers were counted
    #[arg(long, value_name = "FILE")]
    counted: PathBuf,
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct CloseShiftArguments {
    #[command(flatten)]
    station: StationArguments,
    #[command(flatten)]
    operator: OperatorArguments,
    /// What was counted, as the request was made with
    #[arg(long, value_name = "FILE")]
    counted: PathBuf,
    #[command(flatten)]
    two: TwoPeopleArguments,
}

#[derive(Serialize)]
struct ReconciliationJson<'a> {
    schema: &'static str,
    agrees: bool,
    counted: Vec<LineJson>,
    differences: Vec<DifferenceJson<'a>>,
}

#[derive(Serialize)]
struct LineJson {
    state: &'static str,
    expected: u32,
    counted: u32,
}

#[derive(Serialize)]
struct DifferenceJson<'a> {
    serial: &'a str,
    what: &'static str,
    expected: &'a str,
    counted: &'static str,
}

pub(super) fn run(arguments: &ReconcileArguments, context: &Context<'_>) -> Result<ExitCode, Failure> {
    let station = arguments.station.open(context)?;
    let desk = station.desk("station", context);
    let counted = counted::read(&arguments.counted, context)?;
    let reconciliation = reconcile(&desk, &counted)?;
    report("eid.stock.reconcile/1", &reconciliation, context)?;
    Ok(if reconciliation.agrees() {
        ExitCode::Success
    } else {
        ExitCode::Input
    })
}

pub(super) fn close_shift(
    arguments: &CloseShiftArguments,
    context: &Context<'_>,
) -> Result<ExitCode, Failure> {
    let station = arguments.station.open(context)?;
    let desk = station.desk_of(&arguments.operator, context)?;
    let counted = counted::read(&arguments.counted, context)?;
    let presented = arguments.two.read(context)?;
    let reconciliation = shift::close(&desk, &counted, &presented)?;
    report("eid.stock.close-shift/1", &reconciliation, context)?;
    Ok(ExitCode::Success)
}

fn report(
    schema: &'static str,
    reconciliation: &Reconciliation,
    context: &Context<'_>,
) -> Result<(), Failure> {
    let lines = reconciliation.lines.iter().map(|line| LineJson {
        state: line.state.name(),
        expected: line.expected,
        counted: line.counted,
    });
    let differences = reconciliation
        .differences
        .iter()
        .map(|difference| DifferenceJson {
            serial: &difference.serial,
            what: difference.what,
            expected: &difference.expected,
            counted: difference.counted,
        });
    let object = ReconciliationJson {
        schema,
        agrees: reconciliation.agrees(),
        counted: lines.collect(),
        differences: differences.collect(),
    };
    context.output.result(&object, |out| print(&object, out))
}

fn print(object: &ReconciliationJson<'_>, out: &mut dyn Write) -> io::Result<()> {
    for line in &object.counted {
        let mark = if line.expected == line.counted {
            ""
        } else {
            "  differs"
        };
        writeln!(
            out,
            "{:<14} {:>6} by the ledger {:>6} counted{mark}",
            line.state, line.expected, line.counted
        )?;
    }
    for difference in &object.differences {
        let words = match difference.what {
            "missing" => format!("missing: {} by the ledger", difference.expected),
            "unknown" => "not in the ledger: keep it apart".to_owned(),
            "elsewhere" => format!("belongs to the station {}", difference.expected),
            "not_on_shelf" => format!("{} by the ledger, and lies here", difference.expected),
            _ => format!(
                "{} by the ledger, {} counted",
                difference.expected, difference.counted
            ),
        };
        writeln!(out, "{}  {words}", difference.serial)?;
    }
    writeln!(
        out,
        "{}",
        if object.agrees {
            "reconciled"
        } else {
            "not reconciled"
        }
    )
}
