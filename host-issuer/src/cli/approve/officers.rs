//! `eid approve officers`: who may do what at a station from now on.

use std::path::PathBuf;

use personalization::approval::Officer;
use serde::Serialize;

use super::SIZE_LIMIT;
use crate::cli::context::Context;
use crate::cli::desk::{OperatorArguments, StationArguments};
use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use crate::cli::two_people::TwoPeopleArguments;
use crate::ledger::event::Role;
use crate::ledger::{Event, OfficerEntry};
use crate::station::approvals::{Act, authorise};
use crate::station::officers;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct OfficersArguments {
    #[command(flatten)]
    station: StationArguments,
    #[command(flatten)]
    operator: OperatorArguments,
    /// The public file and the role of each officer from then on, as in the request; may be repeated
    #[arg(long = "set", value_name = "FILE:ROLE", required = true, value_parser = officers::parse_with_role)]
    set: Vec<(PathBuf, Role)>,
    #[command(flatten)]
    two: TwoPeopleArguments,
}

#[derive(Serialize)]
struct OfficersJson {
    schema: &'static str,
    officers: Vec<OfficerEntry>,
}

pub(super) fn run(arguments: &OfficersArguments, context: &Context<'_>) -> Result<ExitCode, Failure> {
    let station = arguments.station.open(context)?;
    let desk = station.desk_of(&arguments.operator, context)?;
    let officers = read(&arguments.set, context)?;
    let presented = arguments.two.read(context)?;
    let act = Act::SetOfficers {
        officers: officers.clone(),
    };
    authorise(&desk, &act, &presented)?.commit(&desk, |_| {
        vec![Event::OfficersSet {
            officers: officers.clone(),
        }]
    })?;
    let object = OfficersJson {
        schema: "eid.approve.officers/1",
        officers,
    };
    context.output.result(&object, |out| {
        object
            .officers
            .iter()
            .try_for_each(|officer| writeln!(out, "{:<10}  {}", officer.role.name(), officer.name))
    })?;
    Ok(ExitCode::Success)
}

/// Officers for a ledger, from their public files.
pub(super) fn read(files: &[(PathBuf, Role)], context: &Context<'_>) -> Result<Vec<OfficerEntry>, Failure> {
    let read = |(path, role): &(PathBuf, Role)| {
        let json = context.environment.disk.read(path, SIZE_LIMIT)?;
        let officer =
            Officer::from_json(&json).map_err(|error| Failure::from(error).about(path.display()))?;
        Ok(officers::entry(&officer, *role))
    };
    let entries = files.iter().map(read).collect::<Result<Vec<_>, Failure>>()?;
    officers::check_set(&entries)?;
    Ok(entries)
}
