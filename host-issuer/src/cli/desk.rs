//! What every command at a station has in common: its directory, its ledger, and who is at work.

use std::path::{Path, PathBuf};

use super::context::Context;
use super::failure::Failure;
use crate::ledger::sqlite::SqliteLedger;
use crate::ledger::{LedgerError, LedgerStore as _};
use crate::station::desk::Desk;
use crate::station::officers;
use crate::station::place::StationDirectory;

/// Which station.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct StationArguments {
    /// Directory of the station
    #[arg(long, value_name = "DIR")]
    station: PathBuf,
}

/// Who is at work there.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct OperatorArguments {
    /// Name of the officer at work, an operator or supervisor of the station
    #[arg(long, env = "EID_OPERATOR", value_name = "NAME")]
    operator: Option<String>,
}

impl StationArguments {
    /// Opens the station and its ledger.
    pub(super) fn open(&self, context: &Context<'_>) -> Result<OpenStation, Failure> {
        OpenStation::open(&self.station, context)
    }

    /// The station, and its ledger as it is at this moment: see [`snapshot`].
    pub(super) fn snapshot(
        &self,
        context: &Context<'_>,
    ) -> Result<(StationDirectory, SqliteLedger), Failure> {
        snapshot(&self.station, context)
    }
}

/// A station and its ledger as it is at this moment, to be read and not written. Whether they belong together is not asked.
pub(super) fn snapshot(
    path: &Path,
    context: &Context<'_>,
) -> Result<(StationDirectory, SqliteLedger), Failure> {
    let directory = StationDirectory::open(path, &*context.environment.disk)?;
    let ledger = SqliteLedger::open_snapshot(&directory.layout().ledger())?;
    Ok((directory, ledger))
}

impl OperatorArguments {
    /// The name, which must be given.
    fn name(&self) -> Result<&str, Failure> {
        self.operator.as_deref().ok_or_else(|| {
            Failure::usage(
                "--operator is required: the ledger says who did it",
                "give the name of an operator or supervisor of the station, or set EID_OPERATOR",
            )
        })
    }
}

/// A station that is open.
pub(super) struct OpenStation {
    /// Its directory.
    pub(super) directory: StationDirectory,
    /// Its ledger.
    pub(super) ledger: SqliteLedger,
}

impl OpenStation {
    /// Opens a station's directory and the ledger that belongs to it.
    pub(super) fn open(path: &Path, context: &Context<'_>) -> Result<Self, Failure> {
        let directory = StationDirectory::open(path, &*context.environment.disk)?;
        let ledger = SqliteLedger::open(&directory.layout().ledger())?;
        if ledger.identifier()? != directory.ledger_id() {
            return Err(LedgerError::Damaged("it is not the one that station.json names".into()).into());
        }
        Ok(Self { directory, ledger })
    }

    /// Somebody at work here, now. Whether they may is for [`Self::desk_of`] to say, or for the signatures that are checked.
    pub(super) fn desk<'a>(&'a self, actor: &'a str, context: &Context<'_>) -> Desk<'a> {
        Desk {
            store: &self.ledger,
            station: self.directory.name(),
            actor,
            now: context.environment.clock.now(),
        }
    }

    /// The operator or supervisor whom the command line names.
    pub(super) fn desk_of<'a>(
        &'a self,
        operator: &'a OperatorArguments,
        context: &Context<'_>,
    ) -> Result<Desk<'a>, Failure> {
        let desk = self.desk(operator.name()?, context);
        officers::must_work_here(&desk)?;
        Ok(desk)
    }
}
