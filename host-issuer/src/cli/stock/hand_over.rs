//! `eid stock move` and `eid stock receive`: chips go from one station to another.

use std::path::PathBuf;

use personalization::approval::Officer;
use personalization::pki::directory::OfficerDirectory;
use serde::Serialize;

use super::super::approve;
use super::super::context::Context;
use super::super::desk::{OperatorArguments, StationArguments};
use super::super::exit_code::ExitCode;
use super::super::failure::Failure;
use super::super::keys::PassphraseArguments;
use super::arguments::serials;
use super::chips;
use crate::environment::Access;
use crate::station::officers;
use crate::station::stock::hand_over::{self, HandOver, MAX_FILE_BYTES};

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct MoveArguments {
    #[command(flatten)]
    station: StationArguments,
    /// Name of the station that gets them
    #[arg(long, value_name = "NAME")]
    to: String,
    /// Directory of the officer who hands them over, and signs that
    #[arg(long, value_name = "DIR")]
    officer: PathBuf,
    #[command(flatten)]
    passphrase: PassphraseArguments,
    /// The hand-over to write; one that is there is replaced. It can be written again with the same command
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Serial numbers
    #[arg(value_name = "SERIAL", required = true)]
    serials: Vec<String>,
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct ReceiveArguments {
    #[command(flatten)]
    station: StationArguments,
    #[command(flatten)]
    operator: OperatorArguments,
    /// Public file (officer.json) of the officer who handed them over, which came by another way than the hand-over; may be repeated
    #[arg(long = "from-officer", value_name = "FILE")]
    senders: Vec<PathBuf>,
    /// The hand-over
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

#[derive(Serialize)]
struct MoveJson<'a> {
    schema: &'static str,
    from: &'a str,
    to: &'a str,
    chips: usize,
    file: String,
}

#[derive(Serialize)]
struct ReceiveJson<'a> {
    schema: &'static str,
    from: &'a str,
    to: &'a str,
    by: &'a str,
    arrived: &'a [String],
    known: &'a [String],
}

pub(super) fn give(arguments: &MoveArguments, context: &Context<'_>) -> Result<ExitCode, Failure> {
    let officer = OfficerDirectory::open(&arguments.officer)?;
    let station = arguments.station.open(context)?;
    let desk = station.desk(officer.officer().name(), context);
    officers::must_work_here(&desk)?;
    let serials = serials("SERIAL", &arguments.serials)?;
    // Opened first: a wrong passphrase must not leave chips that nobody has a file for.
    let signer = approve::signer(&officer, &arguments.passphrase, context)?;
    let hand_over = hand_over::give(&desk, &arguments.to, &serials)?;
    let count = hand_over.chips().len();
    let file = hand_over.sign(desk.now, &signer)?;
    context
        .environment
        .disk
        .write(&arguments.out, &file, Access::Public)?;
    let object = MoveJson {
        schema: "eid.stock.move/1",
        from: desk.station,
        to: &arguments.to,
        chips: count,
        file: arguments.out.display().to_string(),
    };
    context.output.result(&object, |out| {
        writeln!(
            out,
            "{}: {} from {} to {}",
            object.file,
            chips(object.chips),
            object.from,
            object.to
        )
    })?;
    context
        .output
        .progress("send the file with the chips; the other station takes it in with `eid stock receive`");
    Ok(ExitCode::Success)
}

pub(super) fn receive(arguments: &ReceiveArguments, context: &Context<'_>) -> Result<ExitCode, Failure> {
    let station = arguments.station.open(context)?;
    let desk = station.desk_of(&arguments.operator, context)?;
    let disk = &context.environment.disk;
    let read_officer = |path: &PathBuf| {
        Officer::from_json(&disk.read(path, 16 * 1024)?)
            .map_err(|error| Failure::from(error).about(path.display()))
    };
    let senders = arguments
        .senders
        .iter()
        .map(read_officer)
        .collect::<Result<Vec<_>, Failure>>()?;
    let (hand_over, approval) = HandOver::parse(&disk.read(&arguments.file, MAX_FILE_BYTES)?)?;
    let taken = hand_over::take_in(&desk, &hand_over, &approval, &senders)?;
    let object = ReceiveJson {
        schema: "eid.stock.receive/1",
        from: hand_over.from(),
        to: hand_over.to(),
        by: hand_over.by(),
        arrived: &taken.arrived,
        known: &taken.known,
    };
    context.output.result(&object, |out| {
        writeln!(out, "{} came from {}", chips(object.arrived.len()), object.from)?;
        if !object.known.is_empty() {
            writeln!(
                out,
                "{} of this hand-over were taken in before: nothing was done",
                chips(object.known.len())
            )?;
        }
        Ok(())
    })?;
    Ok(ExitCode::Success)
}
