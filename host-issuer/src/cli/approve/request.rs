//! `eid approve request`: an officer asks for what needs a second person.

use std::path::PathBuf;

use clap::ValueEnum;
use personalization::pki::directory::OfficerDirectory;
use serde::Serialize;
use time::Duration;

use super::officers;
use super::sign::one_line_kept;
use crate::cli::context::Context;
use crate::cli::desk::StationArguments;
use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use crate::cli::keys::PassphraseArguments;
use crate::cli::stock::arguments::serials;
use crate::cli::stock::counted;
use crate::cli::two_people::signature_path;
use crate::ledger::event::{Purpose, Role};
use crate::station::approvals::act::MAX_REASON;
use crate::station::approvals::request::Request;
use crate::station::approvals::{Act, digest};
use crate::station::desk::Desk;
use crate::station::officers::{must_work_here, parse_with_role};
use crate::station::shift;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct RequestArguments {
    #[command(flatten)]
    station: StationArguments,
    /// What for
    #[arg(long, value_enum, value_name = "PURPOSE")]
    purpose: PurposeArgument,
    /// To what: a batch, a job, a card, chips (may be repeated), a document signer; none for set-officers and close-shift
    #[arg(long = "subject", value_name = "ID")]
    subjects: Vec<String>,
    /// extend-quota: how many signatures more
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..))]
    signatures: Option<u32>,
    /// revoke, reinstate: why, in one line
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// set-officers: the public file and the role of each officer from then on; may be repeated
    #[arg(long = "set", value_name = "FILE:ROLE", value_parser = parse_with_role)]
    set: Vec<(PathBuf, Role)>,
    /// close-shift: what was counted, as `eid stock reconcile` reads it
    #[arg(long, value_name = "FILE")]
    counted: Option<PathBuf>,
    /// Hours for which it can be used
    #[arg(long, default_value_t = 24, value_name = "HOURS", value_parser = clap::value_parser!(u8).range(1..=168))]
    hours: u8,
    /// Directory of the officer who asks
    #[arg(long, value_name = "DIR")]
    officer: PathBuf,
    /// Where to write the request; the signature goes into FILE.sig beside it
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    #[command(flatten)]
    passphrase: PassphraseArguments,
}

/// A purpose as the command line has it.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum PurposeArgument {
    /// Who the officers are from then on
    SetOfficers,
    /// To start a batch
    StartBatch,
    /// To close a batch
    CloseBatch,
    /// To use a document signer beyond its quota
    ExtendQuota,
    /// To make a card again for a job
    Reissue,
    /// To use chips again that are in quarantine
    ReleaseQuarantine,
    /// To destroy chips
    Destroy,
    /// To revoke a card
    Revoke,
    /// To make a suspended card valid again
    Reinstate,
    /// To close a shift
    CloseShift,
}

impl PurposeArgument {
    const fn purpose(self) -> Purpose {
        match self {
            Self::SetOfficers => Purpose::SetOfficers,
            Self::StartBatch => Purpose::StartBatch,
            Self::CloseBatch => Purpose::CloseBatch,
            Self::ExtendQuota => Purpose::ExtendQuota,
            Self::Reissue => Purpose::Reissue,
            Self::ReleaseQuarantine => Purpose::ReleaseQuarantine,
            Self::Destroy => Purpose::Destroy,
            Self::Revoke => Purpose::Revoke,
            Self::Reinstate => Purpose::Reinstate,
            Self::CloseShift => Purpose::CloseShift,
        }
    }
}

#[derive(Serialize)]
struct RequestJson<'a> {
    schema: &'static str,
    file: String,
    signature: String,
    sha256: String,
    request: &'a Request,
}

pub(super) fn run(arguments: &RequestArguments, context: &Context<'_>) -> Result<ExitCode, Failure> {
    let officer = OfficerDirectory::open(&arguments.officer)?;
    let station = arguments.station.open(context)?;
    let desk = station.desk(officer.officer().name(), context);
    must_work_here(&desk)?;
    let act = act(arguments, &desk, context)?;
    let lifetime = Duration::hours(i64::from(arguments.hours));
    let request = Request::new(&desk, &act, lifetime, &mut context.random())?;
    let bytes = request.to_bytes();
    for line in request.words() {
        context.output.progress(&one_line_kept(&line));
    }
    let signature = signature_path(&arguments.out);
    super::approve(&bytes, &officer, &arguments.passphrase, &signature, context)?;
    context.write_new(&arguments.out, &bytes)?;
    let object = RequestJson {
        schema: "eid.approve.request/1",
        file: arguments.out.display().to_string(),
        signature: signature.display().to_string(),
        sha256: digest(&bytes),
        request: &request,
    };
    context.output.result(&object, |out| {
        writeln!(out, "request    {}", object.file)?;
        writeln!(out, "signature  {}", object.signature)?;
        writeln!(
            out,
            "a supervisor says yes to it with `eid approve sign {} --officer DIR --out FILE`",
            object.file
        )
    })?;
    Ok(ExitCode::Success)
}

fn act(arguments: &RequestArguments, desk: &Desk<'_>, context: &Context<'_>) -> Result<Act, Failure> {
    let purpose = arguments.purpose.purpose();
    refuse_superfluous(arguments, purpose)?;
    Ok(match purpose {
        Purpose::SetOfficers => Act::SetOfficers {
            officers: officers::read(&arguments.set, context)?,
        },
        Purpose::StartBatch => Act::StartBatch {
            batch: one(arguments)?,
        },
        Purpose::CloseBatch => Act::CloseBatch {
            batch: one(arguments)?,
        },
        Purpose::ExtendQuota => Act::ExtendQuota {
            document_signer: one(arguments)?.to_ascii_uppercase(),
            signatures: arguments
                .signatures
                .ok_or_else(|| missing("--signatures", "give how many signatures more it may make"))?,
        },
        Purpose::Reissue => Act::Reissue { job: one(arguments)? },
        Purpose::ReleaseQuarantine => Act::ReleaseQuarantine {
            serials: chips(arguments)?,
        },
        Purpose::Destroy => Act::Destroy {
            serials: chips(arguments)?,
        },
        Purpose::Revoke => Act::Revoke {
            card_id: one(arguments)?,
            reason: reason(arguments)?,
        },
        Purpose::Reinstate => Act::Reinstate {
            card_id: one(arguments)?,
            reason: reason(arguments)?,
        },
        Purpose::CloseShift => {
            let path = arguments
                .counted
                .as_deref()
                .ok_or_else(|| missing("--counted", "give the file with what was counted"))?;
            shift::act(desk, &counted::read(path, context)?)?
        }
    })
}

fn missing(option: &str, hint: &str) -> Failure {
    Failure::usage(format!("{option} is required for this purpose"), hint)
}

/// The only subject.
fn one(arguments: &RequestArguments) -> Result<String, Failure> {
    match arguments.subjects.as_slice() {
        [subject] => Ok(subject.clone()),
        _ => Err(missing("--subject", "give one: whom or what it is about")),
    }
}

/// Serial numbers of chips.
fn chips(arguments: &RequestArguments) -> Result<Vec<String>, Failure> {
    if arguments.subjects.is_empty() {
        return Err(missing("--subject", "give the serial number of each chip"));
    }
    serials("--subject", &arguments.subjects)
}

fn reason(arguments: &RequestArguments) -> Result<String, Failure> {
    let reason = arguments
        .reason
        .as_deref()
        .ok_or_else(|| missing("--reason", "say why, in one line"))?;
    if reason.trim().is_empty() || reason.len() > MAX_REASON || reason.chars().any(char::is_control) {
        return Err(Failure::usage(
            format!("--reason: one line of 1 to {MAX_REASON} bytes"),
            "say it shorter; no name and no number of a citizen belongs into it",
        ));
    }
    Ok(reason.to_owned())
}

/// An option that means nothing here was meant for something.
fn refuse_superfluous(arguments: &RequestArguments, purpose: Purpose) -> Result<(), Failure> {
    let reason = matches!(purpose, Purpose::Revoke | Purpose::Reinstate);
    let subject = !matches!(purpose, Purpose::SetOfficers | Purpose::CloseShift);
    let rules = [
        ("--subject", !arguments.subjects.is_empty(), subject),
        (
            "--signatures",
            arguments.signatures.is_some(),
            purpose == Purpose::ExtendQuota,
        ),
        ("--reason", arguments.reason.is_some(), reason),
        (
            "--set",
            !arguments.set.is_empty(),
            purpose == Purpose::SetOfficers,
        ),
        (
            "--counted",
            arguments.counted.is_some(),
            purpose == Purpose::CloseShift,
        ),
    ];
    match rules.into_iter().find(|(_, given, allowed)| *given && !allowed) {
        None => Ok(()),
        Some((option, ..)) => Err(Failure::usage(
            format!("{option} means nothing for this purpose"),
            "leave it out",
        )),
    }
}
