//! `eid doctor`: is this machine ready, and if not, why not and what mends it? With `--station` also what `eid batch run` looks at
//! before the first card.

mod pcsc;
mod usb;

use std::path::{Path, PathBuf};

use personalization::pki::directory::DocumentSignerDirectory;
use serde::Serialize;

use super::context::Context;
use super::desk::OpenStation;
use super::exit_code::ExitCode;
use super::failure::Failure;
use super::preflight::{CheckJson, failure};
use super::readers::{self, ReaderJson};
use crate::environment::Environment;
use crate::ledger::LedgerStore as _;
use crate::ledger::view::BatchState;
use crate::station::preflight::{Area, Finding, Needs, State, check, obstacle};

#[derive(Debug, clap::Args)]
pub(super) struct DoctorArguments {
    /// Look at this station, too: disk, ledger, clock, stock, officers, and what a process left that died
    #[arg(long, value_name = "DIR")]
    station: Option<PathBuf>,
    /// And at this document signer: certificate, key and quota for the cards of all started batches
    #[arg(long, value_name = "DIR", requires = "station")]
    ds: Option<PathBuf>,
}

#[derive(Serialize)]
struct DoctorJson {
    schema: &'static str,
    version: &'static str,
    pcsc: &'static str,
    pcsc_detail: Option<String>,
    readers: Vec<ReaderJson>,
    random: &'static str,
    clock: String,
    checks: Vec<CheckJson>,
}

pub(super) fn run(arguments: &DoctorArguments, context: &Context<'_>) -> Result<ExitCode, Failure> {
    let environment = context.environment;
    let listed = environment.readers.list();
    let random = random(context);
    let clock = environment.clock.now().to_string();
    let mut findings = vec![random];
    findings.extend(pcsc::diagnose(environment, &listed));
    if let Some(station) = &arguments.station {
        findings.extend(at_station(station, arguments.ds.as_deref(), context)?);
    }
    let object = DoctorJson {
        schema: "eid.doctor/1",
        version: env!("CARGO_PKG_VERSION"),
        pcsc: if listed.is_ok() { "running" } else { "unreachable" },
        pcsc_detail: listed.as_ref().err().map(ToString::to_string),
        readers: listed.as_deref().map(readers::describe).unwrap_or_default(),
        random: if findings[0].state == State::Ready {
            "working"
        } else {
            "failing"
        },
        clock,
        checks: findings.iter().map(CheckJson::from).collect(),
    };
    context.output.result(&object, |out| {
        writeln!(out, "eid        {}", object.version)?;
        writeln!(out, "clock      {}", object.clock)?;
        for check in &object.checks {
            for line in check.lines() {
                writeln!(out, "{line}")?;
            }
        }
        Ok(())
    })?;
    match obstacle(&findings) {
        Some(finding) => Err(failure(finding)),
        None => Ok(ExitCode::Success),
    }
}

/// What `eid batch run` looks at; how many cards are to be made is what waits in the batches that are started.
fn at_station(path: &Path, ds: Option<&Path>, context: &Context<'_>) -> Result<Vec<Finding>, Failure> {
    let station = OpenStation::open(path, context)?;
    let batches = station.ledger.batches()?;
    let started = batches.iter().filter(|batch| batch.state == BatchState::Started);
    let cards = started.fold(0u32, |sum, batch| sum.saturating_add(batch.counts.pending));
    let document_signer = ds.map(DocumentSignerDirectory::open).transpose()?;
    let needs = Needs {
        station: station.directory.name(),
        directory: station.directory.layout().path(),
        cards,
        signatures_per_card: 1,
        readers: None,
        document_signer: document_signer.as_ref(),
    };
    Ok(check(context.environment, &station.ledger, &needs))
}

fn random(context: &Context<'_>) -> Finding {
    let mut probe = [0u8; 16];
    match rand_core::TryRng::try_fill_bytes(&mut context.random(), &mut probe) {
        Ok(()) => Finding::ready(Area::Machine, "random", "this machine gives random numbers"),
        Err(error) => Finding::missing(
            Area::Machine,
            "random",
            format!("this machine gives no random numbers: {error}"),
        )
        .mend("use another machine: no key and no CAN can be drawn on this one"),
    }
}

#[cfg(test)]
mod tests;
