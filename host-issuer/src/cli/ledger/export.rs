//! `eid ledger export`: the chain for an auditor.

use std::io::{self, BufWriter, Write as _};

use crate::cli::context::Context;
use crate::cli::desk::StationArguments;
use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use crate::ledger::export::{self, ExportError};

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct ExportArguments {
    #[command(flatten)]
    station: StationArguments,
}

pub(super) fn run(arguments: &ExportArguments, context: &Context<'_>) -> Result<ExitCode, Failure> {
    let (_, ledger) = arguments.station.snapshot(context)?;
    let mut out = BufWriter::new(context.environment.console.output());
    let written = export::write(&ledger, &mut out)
        .and_then(|events| out.flush().map(|()| events).map_err(ExportError::Io));
    match written {
        Ok(events) => {
            context.output.progress(&format!("{events} events"));
            Ok(ExitCode::Success)
        }
        Err(ExportError::Io(error)) if error.kind() == io::ErrorKind::BrokenPipe => Ok(ExitCode::Success),
        Err(ExportError::Io(error)) => Err(Failure::new(
            ExitCode::Storage,
            "storage.stdout",
            format!("the export cannot be written: {error}"),
            "check where the standard output goes",
        )),
        Err(ExportError::Ledger(error)) => Err(error.into()),
    }
}
