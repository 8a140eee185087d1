//! `eid verify`: who is it, and is it genuine?

mod arguments;
mod clerk;
mod holder_lines;
mod html;
mod keep;
mod replay;
mod report;
mod save;
mod terminal_key;
mod text;
mod watch;

use std::path::Path;

use super::context::Context;
use super::exit_code::ExitCode;
use super::failure::Failure;
use crate::inspect::{Policy, Printed, TrustStore, Verdict};
use crate::terminal::password::Password;
use crate::transport::Transport;
use crate::transport::replay::{Recorder, Recording};
use crate::verify::{ReadCard, Verifier};
use clerk::Clerk;

pub(super) use arguments::{PasswordArguments, VerifyArguments};
use keep::{Keep, Places};
use report::Shown;

/// Longest text of a QR code, in bytes (version 40 holds 2,953).
const MAX_QR_LEN: u64 = 4096;

pub(super) fn run(arguments: &VerifyArguments, context: &Context<'_>) -> Result<ExitCode, Failure> {
    let keep = Keep {
        save: arguments.save.as_deref(),
        report: arguments.report.as_deref(),
        record: arguments.record.as_deref(),
    };
    let printed = Printed {
        mrz: arguments
            .printed_mrz
            .as_deref()
            .or_else(|| arguments.password.zone())
            .map(str::to_owned),
        qr: arguments
            .qr_file
            .as_deref()
            .map(|file| context.read_text(file, MAX_QR_LEN))
            .transpose()?,
    };
    if let Some(file) = &arguments.replay {
        let verifier = verifier(arguments, context)?;
        return replay::run(context, file, arguments.at, printed, &verifier, keep).map(exit_code);
    }
    if arguments.watch {
        let choice = context.reader_choice(&arguments.reader)?;
        return watch::run(context, &choice, &verifier(arguments, context)?, keep.save);
    }
    // Everything that can be wrong on this side is found before the card is asked.
    let password = arguments.password.password()?;
    let verifier = verifier(arguments, context)?;
    let open = || context.open_reader(&arguments.reader);
    verify_and_keep(
        context,
        open,
        &password,
        printed,
        &verifier,
        keep,
        arguments.put_back,
    )
    .map(exit_code)
}

/// Whom and what this counter believes, and what it is.
fn verifier(arguments: &VerifyArguments, context: &Context<'_>) -> Result<Verifier, Failure> {
    let trust = context.trust(arguments.trust.as_deref())?;
    let verifier = counter(context, trust)
        .asking_for_bac(arguments.ask_bac)
        .with_policy(Policy {
            require_clone_proof: arguments.require_clone_proof,
            tolerance: arguments.tolerate.iter().copied().collect(),
            show_unverified: arguments.show_unverified,
        });
    Ok(match arguments.terminal_key.as_deref() {
        Some(directory) => verifier.with_terminal(terminal_key::load(
            context,
            directory,
            arguments.terminal_passphrase_file.as_deref(),
        )?),
        None => verifier,
    })
}

/// A counter of the strict policy in this command's world.
pub(super) fn counter(context: &Context<'_>, trust: TrustStore) -> Verifier {
    Verifier::new(trust).with_random(context.environment.random)
}

/// Reads, inspects, saves and prints. `open` connects to the card, when everything else is ready.
pub(super) fn verify_card(
    context: &Context<'_>,
    open: impl FnOnce() -> Result<Box<dyn Transport>, Failure>,
    password: &Password,
    verifier: &Verifier,
    save: Option<&Path>,
) -> Result<Verdict, Failure> {
    let keep = Keep {
        save,
        ..Keep::default()
    };
    verify_and_keep(context, open, password, Printed::default(), verifier, keep, None)
}

fn verify_and_keep(
    context: &Context<'_>,
    open: impl FnOnce() -> Result<Box<dyn Transport>, Failure>,
    password: &Password,
    printed: Printed,
    verifier: &Verifier,
    keep: Keep<'_>,
    put_back: Option<u32>,
) -> Result<Verdict, Failure> {
    let mut places = Places::prepare(context, keep)?;
    let mut traffic = None;
    let mut card = open()
        .map(|transport| {
            if keep.record.is_some() && context.unsafe_trace {
                record_traffic(transport, &mut traffic)
            } else {
                transport
            }
        })
        .and_then(|transport| read_card(context, transport, password, verifier, put_back))
        .inspect_err(|_| places.abandon(context))?;
    let now = context.environment.clock.now();
    let apdus = traffic.map(|traffic| traffic.session());
    // In the recording, too: a card whose surface does not agree with its chip must not become genuine by being judged again.
    card.document.printed = printed;
    places.record(context, &card, now, apdus)?;
    let report = verifier.judge(&card.document, now);
    let mut shown = Shown {
        card: &card,
        report: &report,
        reader: None,
        saved: None,
        replayed: None,
    };
    let saved = places.write(context, &shown)?;
    shown.saved = saved.as_ref();
    report::print(context, &shown)?;
    Ok(report.verdict)
}

/// Keeps every byte that passes.
fn record_traffic(transport: Box<dyn Transport>, traffic: &mut Option<Recording>) -> Box<dyn Transport> {
    let recorder = Recorder::new(transport);
    *traffic = Some(recorder.recording());
    Box::new(recorder)
}

/// Reads the card with a progress bar. `put_back`: how many seconds to wait for a card that was taken away too soon.
fn read_card(
    context: &Context<'_>,
    transport: Box<dyn Transport>,
    password: &Password,
    verifier: &Verifier,
    put_back: Option<u32>,
) -> Result<ReadCard, Failure> {
    let mut clerk = Clerk::new(context.output, put_back);
    let card = verifier.read_attended(transport, password, &mut clerk)?;
    drop(clerk);
    for note in &card.notes {
        context.output.progress(note);
    }
    Ok(card)
}

/// The exit code of a verdict.
pub(super) fn exit_code(verdict: Verdict) -> ExitCode {
    match verdict {
        Verdict::Genuine => ExitCode::Success,
        Verdict::NotGenuine => ExitCode::NotGenuine,
        Verdict::Inconclusive => ExitCode::Inconclusive,
    }
}
