//! `eid trust remove`

use std::path::PathBuf;

use serde::Serialize;

use super::place::save;
use super::words::{fingerprints, line};
use crate::cli::context::Context;
use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use crate::inspect::{AnchorRecord, TrustFolder};

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct RemoveArguments {
    /// The trust folder
    #[arg(long, value_name = "DIR")]
    trust: Option<PathBuf>,
    /// Why it is not believed any more; kept in the folder
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// SHA-256 of a certificate; every other over its key, and what was believed because of it, goes too
    #[arg(required = true, value_name = "SHA256")]
    fingerprints: Vec<String>,
}

#[derive(Serialize)]
struct RemoveJson<'a> {
    schema: &'static str,
    folder: String,
    generation: u64,
    reason: &'a str,
    removed: &'a [AnchorRecord],
}

pub(super) fn run(arguments: &RemoveArguments, context: &Context<'_>) -> Result<ExitCode, Failure> {
    let directory = context.path(arguments.trust.as_deref(), "trust")?;
    let fingerprints = fingerprints("SHA256", &arguments.fingerprints)?;
    let lock = TrustFolder::lock(&directory)?;
    let before = TrustFolder::open(&directory)?;
    let now = context.environment.clock.now();
    let (folder, changes) = before.remove(&fingerprints, &arguments.reason, now)?;
    save(&folder, &before, &directory, context)?;
    drop(lock);
    let object = RemoveJson {
        schema: "eid.trust-remove/1",
        folder: directory.display().to_string(),
        generation: folder.record().generation,
        reason: arguments.reason.trim(),
        removed: &changes.removed,
    };
    context.output.result(&object, |out| {
        for record in object.removed {
            writeln!(out, "- {}", line(record))?;
        }
        writeln!(out, "{}: {} believed", object.folder, folder.anchors().len())
    })?;
    Ok(ExitCode::Success)
}
