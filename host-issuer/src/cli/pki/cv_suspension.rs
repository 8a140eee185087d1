//! `eid pki cvca|dv suspend|lift`: holders that are certified no more, or again.

use std::path::PathBuf;

use personalization::pki::directory::{CvDirectory, Suspension};
use serde::Serialize;

use crate::cli::context::Context;
use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use crate::cli::output::one_line;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct SuspensionArguments {
    /// Directory of the authority
    #[arg(long, value_name = "DIR")]
    dir: PathBuf,
    /// A reference of the holder; its other sequence numbers are meant, too
    #[arg(long, value_name = "REFERENCE")]
    holder: String,
    /// Why; kept in the directory
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

#[derive(Serialize)]
struct SuspensionJson {
    schema: &'static str,
    authority: String,
    #[serde(flatten)]
    suspension: Suspension,
}

/// Suspends the holder, or lifts its suspension.
pub(super) fn run(
    context: &Context<'_>,
    arguments: &SuspensionArguments,
    lift: bool,
) -> Result<ExitCode, Failure> {
    let directory = CvDirectory::open(&arguments.dir)?;
    let now = context.environment.clock.now();
    let suspension = if lift {
        directory.lift_suspension(&arguments.holder, &arguments.reason, now)?
    } else {
        directory.suspend(&arguments.holder, &arguments.reason, now)?
    };
    let object = SuspensionJson {
        schema: "eid.pki.cv-suspension/1",
        authority: directory.reference()?,
        suspension,
    };
    context.output.result(&object, |out| {
        let suspension = &object.suspension;
        let state = match (&suspension.lifted, &suspension.lifted_because) {
            (Some(at), Some(because)) => format!("lifted {at}: {}", one_line(because)),
            _ => format!("suspended {}: {}", suspension.since, one_line(&suspension.reason)),
        };
        writeln!(out, "{}: {} {state}", object.authority, suspension.holder)
    })?;
    Ok(ExitCode::Success)
}
