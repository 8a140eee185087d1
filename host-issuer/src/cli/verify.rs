//! `eid verify`: who is it, and is it genuine?

mod holder_lines;
mod report;
mod save;
mod terminal_key;
mod text;

use std::path::{Path, PathBuf};

use super::ReaderArguments;
use super::context::Context;
use super::exit_code::ExitCode;
use super::failure::Failure;
use super::progress::Progress;
use crate::inspect::{Policy, TrustStore, Verdict, read_trust};
use crate::quirk::Quirk;
use crate::terminal::password::Password;
use crate::transport::Transport;
use crate::verify::{ReadCard, Verifier};

use report::Shown;

#[derive(Debug, clap::Args)]
pub(super) struct VerifyArguments {
    #[command(flatten)]
    reader: ReaderArguments,
    #[command(flatten)]
    password: PasswordArguments,
    /// Directory with the CSCA certificates that are trusted and their CRLs
    #[arg(long, value_name = "DIR")]
    trust: Option<PathBuf>,
    /// Store the face, the files as read and the report in this directory
    #[arg(long, value_name = "DIR")]
    save: Option<PathBuf>,
    /// Directory with this terminal's key and CV certificates (*.cvcert), to read fingers and irises
    #[arg(long, value_name = "DIR")]
    terminal_key: Option<PathBuf>,
    /// File with the passphrase of the terminal's key [default: EID_PASSPHRASE, else a prompt]
    #[arg(long, value_name = "FILE", requires = "terminal_key")]
    terminal_passphrase_file: Option<PathBuf>,
    /// Without a proof that the chip is no copy the verdict is INCONCLUSIVE
    #[arg(long)]
    require_clone_proof: bool,
    /// Put up with a departure from the standards that real cards show; may be given several times
    #[arg(long, value_name = "ID", value_parser = quirk)]
    tolerate: Vec<Quirk>,
}

/// A departure of `--tolerate`, by its name.
fn quirk(id: &str) -> Result<Quirk, String> {
    Quirk::from_id(id).ok_or_else(|| {
        let names: Vec<&str> = Quirk::ALL
            .iter()
            .filter(|quirk| !quirk.is_automatic())
            .map(|quirk| quirk.id())
            .collect();
        format!("known are {}", names.join(", "))
    })
}

/// What opens the chip; both are printed on the card.
#[derive(Debug, Clone, clap::Args)]
#[group(required = true, multiple = false)]
pub(in crate::cli) struct PasswordArguments {
    /// Card access number: the six digits on the card
    #[arg(long, value_name = "NUMBER", allow_hyphen_values = true)]
    can: Option<String>,
    /// Machine readable zone: its lines, or number, birth and expiry date with their check digits
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    mrz: Option<String>,
}

impl PasswordArguments {
    pub(in crate::cli) fn password(&self) -> Result<Password, Failure> {
        match (&self.can, &self.mrz) {
            (Some(can), _) => Ok(Password::can(can)?),
            (None, Some(mrz)) => Ok(Password::mrz(mrz)?),
            (None, None) => Err(Failure::usage(
                "--can or --mrz is required",
                "both are printed on the card",
            )),
        }
    }
}

pub(super) fn run(arguments: &VerifyArguments, context: &Context<'_>) -> Result<ExitCode, Failure> {
    // Everything that can be wrong on this side is found before the card is asked.
    let password = arguments.password.password()?;
    let verifier = verifier(arguments, context)?;
    let open = || context.open_reader(&arguments.reader);
    let verdict = verify_card(context, open, &password, &verifier, arguments.save.as_deref())?;
    Ok(exit_code(verdict))
}

/// Whom and what this counter believes, and what it is.
fn verifier(arguments: &VerifyArguments, context: &Context<'_>) -> Result<Verifier, Failure> {
    let trust = read_trust(&context.path(arguments.trust.as_deref(), "trust")?)?;
    let verifier = counter(context, trust).with_policy(Policy {
        require_clone_proof: arguments.require_clone_proof,
        tolerance: arguments.tolerate.iter().copied().collect(),
        ..Policy::default()
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
    let target = save
        .map(|directory| save::Target::prepare(context, directory))
        .transpose()?;
    let card = open()
        .and_then(|transport| read_card(context, transport, password, verifier))
        .inspect_err(|_| {
            if let Some(target) = &target {
                target.abandon(context);
            }
        })?;
    let report = verifier.judge(&card.document, context.environment.clock.now());
    let mut shown = Shown {
        card: &card,
        report: &report,
        reader: None,
        saved: None,
    };
    let saved = target.map(|target| target.write(context, &shown)).transpose()?;
    shown.saved = saved.as_ref();
    report::print(context, &shown)?;
    Ok(report.verdict)
}

/// Reads the card with a progress bar.
fn read_card(
    context: &Context<'_>,
    transport: Box<dyn Transport>,
    password: &Password,
    verifier: &Verifier,
) -> Result<ReadCard, Failure> {
    let bar = Progress::new(context.output, 0);
    let card = verifier.read(transport, password, &mut |file, done, total| {
        bar.set(done, total, file)
    })?;
    drop(bar);
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
