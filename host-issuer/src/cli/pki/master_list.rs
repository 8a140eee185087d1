//! `eid pki master-list create|show|diff`

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use personalization::pki::directory::{CscaDirectory, ListSignerDirectory};
use personalization::pki::master_list;
use serde::Serialize;

use super::listed::{self, ListedCertificate};
use crate::cli::context::Context;
use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use crate::cli::keys::PassphraseArguments;
use crate::cli::output::one_line;
use crate::environment::Access;
use crate::inspect::{self, MasterList};

/// A certificate file of this size is something else.
const CERTIFICATE_FILE_LIMIT: u64 = 1024 * 1024;

#[derive(Debug, clap::Subcommand)]
pub(in crate::cli) enum MasterListCommand {
    /// Sign a master list over CSCA certificates
    Create(CreateArguments),
    /// What is in a master list
    Show(ShowArguments),
    /// What a newer master list adds and leaves out
    Diff(DiffArguments),
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct ShowArguments {
    /// Trust folder that must believe the list's signer
    #[arg(long, value_name = "DIR")]
    trust: Option<PathBuf>,
    /// The master list
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct DiffArguments {
    /// The older list
    #[arg(value_name = "OLD")]
    old: PathBuf,
    /// The newer list
    #[arg(value_name = "NEW")]
    new: PathBuf,
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct CreateArguments {
    /// Directory of the CSCA that certified the signer
    #[arg(long, value_name = "DIR")]
    csca: PathBuf,
    /// Directory of the master list signer
    #[arg(long, value_name = "DIR")]
    signer: PathBuf,
    /// The list to write
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    #[command(flatten)]
    passphrase: PassphraseArguments,
    /// CSCA certificates, self-signed and link ones, DER or PEM
    #[arg(required = true, value_name = "CERTIFICATE")]
    certificates: Vec<PathBuf>,
}

#[derive(Serialize)]
struct CreatedJson {
    schema: &'static str,
    file: String,
    certificates: usize,
}

#[derive(Serialize)]
struct ShowJson {
    schema: &'static str,
    file: String,
    signer: ListedCertificate,
    signed: Option<String>,
    /// `true`: by a list signer of a CSCA of the trust folder; `null`: no trust folder was given.
    believed: Option<bool>,
    certificates: Vec<ListedCertificate>,
    unreadable: Vec<UnreadableJson>,
    duplicates: usize,
}

#[derive(Serialize)]
struct UnreadableJson {
    entry: usize,
    why: String,
}

#[derive(Serialize)]
struct DiffJson {
    schema: &'static str,
    added: Vec<ListedCertificate>,
    removed: Vec<ListedCertificate>,
    unchanged: usize,
}

pub(super) fn run(command: &MasterListCommand, context: &Context<'_>) -> Result<ExitCode, Failure> {
    match command {
        MasterListCommand::Create(arguments) => create(arguments, context),
        MasterListCommand::Show(arguments) => show(arguments, context),
        MasterListCommand::Diff(arguments) => diff(arguments, context),
    }
}

fn create(arguments: &CreateArguments, context: &Context<'_>) -> Result<ExitCode, Failure> {
    let mut certificates = Vec::new();
    for path in &arguments.certificates {
        certificates.extend(read_certificates(path, context)?);
    }
    certificates.sort();
    certificates.dedup();
    let csca = CscaDirectory::open(&arguments.csca)?;
    let directory = ListSignerDirectory::open(&arguments.signer)?;
    let place = directory.key_place()?;
    let file = arguments.passphrase.file_for(&place, None);
    let signer = directory.signer(&context.key_secret(&place, file, "the list signer's key")?)?;
    let list = master_list::issue(
        csca.csca(),
        &signer,
        directory.certificate_der(),
        &certificates,
        context.environment.clock.now(),
    )?;
    context
        .environment
        .disk
        .write(&arguments.out, &list, Access::Public)?;
    let object = CreatedJson {
        schema: "eid.pki.master-list-created/1",
        file: arguments.out.display().to_string(),
        certificates: certificates.len(),
    };
    context.output.result(&object, |out| {
        writeln!(out, "{}: {} certificates", object.file, object.certificates)
    })?;
    Ok(ExitCode::Success)
}

fn show(arguments: &ShowArguments, context: &Context<'_>) -> Result<ExitCode, Failure> {
    let list = open(&arguments.file, context)?;
    let now = context.environment.clock.now();
    let believed = listed::believed(context, arguments.trust.as_deref(), &arguments.file, |store| {
        store.believes_master_list(&list, now)
    })?;
    let object = ShowJson {
        schema: "eid.pki.master-list/1",
        file: arguments.file.display().to_string(),
        signer: ListedCertificate::of(list.signer()),
        signed: list.signing_time().map(listed::rfc3339).transpose()?,
        believed,
        certificates: sorted(&list),
        unreadable: list
            .unreadable()
            .iter()
            .map(|entry| UnreadableJson {
                entry: entry.number,
                why: entry.why.clone(),
            })
            .collect(),
        duplicates: list.duplicates(),
    };
    context.output.result(&object, |out| {
        for certificate in &object.certificates {
            writeln!(out, "{}", certificate.line())?;
        }
        for entry in &object.unreadable {
            writeln!(out, "entry {}: {}", entry.entry, one_line(&entry.why))?;
        }
        writeln!(out, "signer  {}", object.signer.line())?;
        writeln!(
            out,
            "signed  {}",
            object.signed.as_deref().unwrap_or("at a time not said")
        )?;
        writeln!(
            out,
            "{} certificates, {} unreadable, {} twice; {}",
            object.certificates.len(),
            object.unreadable.len(),
            object.duplicates,
            listed::trust_words(object.believed)
        )
    })?;
    Ok(ExitCode::Success)
}

fn diff(arguments: &DiffArguments, context: &Context<'_>) -> Result<ExitCode, Failure> {
    let (old, new) = (open(&arguments.old, context)?, open(&arguments.new, context)?);
    if old.signing_time() > new.signing_time() {
        context
            .output
            .progress("warning: the second list was signed before the first");
    }
    let (old, new) = (sorted(&old), sorted(&new));
    let digests = |list: &[ListedCertificate]| -> BTreeSet<String> {
        list.iter()
            .map(|certificate| certificate.sha256.clone())
            .collect()
    };
    let (in_old, in_new) = (digests(&old), digests(&new));
    let object = DiffJson {
        schema: "eid.pki.master-list-diff/1",
        unchanged: in_old.intersection(&in_new).count(),
        added: new
            .into_iter()
            .filter(|certificate| !in_old.contains(&certificate.sha256))
            .collect(),
        removed: old
            .into_iter()
            .filter(|certificate| !in_new.contains(&certificate.sha256))
            .collect(),
    };
    context.output.result(&object, |out| {
        for (sign, certificates) in [("-", &object.removed), ("+", &object.added)] {
            for certificate in certificates {
                writeln!(out, "{sign} {}", certificate.line())?;
            }
        }
        writeln!(
            out,
            "{} added, {} removed, {} unchanged",
            object.added.len(),
            object.removed.len(),
            object.unchanged
        )
    })?;
    Ok(ExitCode::Success)
}

fn open(path: &Path, context: &Context<'_>) -> Result<MasterList, Failure> {
    let bytes = listed::read(path, context)?;
    MasterList::from_der(&bytes).map_err(|error| listed::list_failure(&error).about(path.display()))
}

/// By country, then by the beginning of validity.
fn sorted(list: &MasterList) -> Vec<ListedCertificate> {
    let mut certificates: Vec<_> = list.certificates().iter().map(ListedCertificate::of).collect();
    certificates.sort_by(|left, right| {
        (&left.country, &left.not_before, &left.sha256).cmp(&(
            &right.country,
            &right.not_before,
            &right.sha256,
        ))
    });
    certificates
}

/// The certificates of a file, DER or PEM.
fn read_certificates(path: &Path, context: &Context<'_>) -> Result<Vec<Vec<u8>>, Failure> {
    let bytes = context.environment.disk.read(path, CERTIFICATE_FILE_LIMIT)?;
    let refuse = |why: String| {
        Failure::input(
            "certificate.unreadable",
            format!("{}: {why}", path.display()),
            "give certificates, DER or PEM",
        )
    };
    let certificates: Vec<Vec<u8>> = inspect::blocks(&bytes)
        .map_err(refuse)?
        .into_iter()
        .filter(|(label, _)| label.as_deref().is_none_or(|label| label == "CERTIFICATE"))
        .map(|(_, der)| der)
        .collect();
    if certificates.is_empty() {
        return Err(refuse("no certificate is in it".into()));
    }
    Ok(certificates)
}
