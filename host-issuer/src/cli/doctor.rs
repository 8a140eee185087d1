//! `eid doctor`: is this machine ready, and if not, why not and what mends it?

mod pcsc;
mod usb;

use serde::Serialize;

use super::context::Context;
use super::exit_code::ExitCode;
use super::failure::Failure;
use super::output::one_line;
use super::readers::{self, ReaderJson};
use crate::environment::Environment;
use crate::station::preflight::{Area, Finding, State, obstacle};

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

#[derive(Serialize)]
struct CheckJson {
    id: &'static str,
    state: &'static str,
    found: String,
    mend: Vec<String>,
}

impl From<&Finding> for CheckJson {
    fn from(finding: &Finding) -> Self {
        Self {
            id: finding.id,
            state: finding.state.name(),
            found: one_line(&finding.found),
            mend: finding.mend.clone(),
        }
    }
}

pub(super) fn run(context: &Context<'_>) -> Result<ExitCode, Failure> {
    let environment = context.environment;
    let listed = environment.readers.list();
    let random = random(context);
    let clock = environment.clock.now().to_string();
    let mut findings = vec![random];
    findings.extend(pcsc::diagnose(environment, &listed));
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
            writeln!(out, "{:<10} {:<24} {}", check.state, check.id, check.found)?;
            for what in &check.mend {
                writeln!(out, "           {:<24} {what}", "")?;
            }
        }
        Ok(())
    })?;
    match obstacle(&findings) {
        Some(finding) => Err(failure(finding)),
        None => Ok(ExitCode::Success),
    }
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

/// The command's end where something is missing.
pub(super) fn failure(finding: &Finding) -> Failure {
    let code = match finding.area {
        Area::Machine => ExitCode::Internal,
        Area::Readers => ExitCode::Reader,
        Area::Storage => ExitCode::Storage,
        Area::Signer => ExitCode::Signer,
        Area::Stock => ExitCode::Input,
        Area::Officers => ExitCode::Approval,
    };
    let hint = match finding.mend.first() {
        Some(first) => first.clone(),
        None => "see `eid doctor --json`".to_owned(),
    };
    Failure::new(code, finding.id, finding.found.clone(), hint)
}

#[cfg(test)]
mod tests;
