//! `eid trust import|list`

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::context::Context;
use super::exit_code::ExitCode;
use super::failure::Failure;
use super::output::one_line;
use crate::environment::Access;
use crate::inspect::{
    AnchorRecord, Certificate, Changes, Evidence, MasterListRecord, Question, RECORD, RevocationListRecord,
    TrustFolder, TrustItem,
};

/// The largest file that is read: a master list or a CRL.
const FILE_LIMIT: u64 = 16 * 1024 * 1024;

#[derive(Debug, clap::Subcommand)]
pub(super) enum TrustCommand {
    /// Take CSCA certificates, link certificates, master lists and CRLs into a trust folder: all of them or none
    Import(ImportArguments),
    /// What a trust folder believes, and why
    List(ListArguments),
}

#[derive(Debug, clap::Args)]
pub(super) struct ImportArguments {
    /// The trust folder; made if it is not there
    #[arg(long, value_name = "DIR")]
    trust: Option<PathBuf>,
    /// SHA-256 of a CSCA certificate that you compared with what its State told you over another channel; may be repeated
    #[arg(long, value_name = "SHA256")]
    accept_fingerprint: Vec<String>,
    /// Certificates and CRLs, DER or PEM, and master lists
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub(super) struct ListArguments {
    /// The trust folder
    #[arg(long, value_name = "DIR")]
    trust: Option<PathBuf>,
}

#[derive(Serialize)]
struct ImportJson<'a> {
    schema: &'static str,
    folder: String,
    generation: u64,
    added: &'a [AnchorRecord],
    removed: &'a [AnchorRecord],
    known: usize,
    skipped: &'a [String],
    revocation_lists: &'a [RevocationListRecord],
    warnings: &'a [String],
}

#[derive(Serialize)]
struct ListJson<'a> {
    schema: &'static str,
    folder: String,
    generation: u64,
    updated: &'a str,
    anchors: Vec<AnchorJson<'a>>,
    master_lists: &'a [MasterListRecord],
    revocation_lists: &'a [RevocationListRecord],
}

#[derive(Serialize)]
struct AnchorJson<'a> {
    #[serde(flatten)]
    record: &'a AnchorRecord,
    /// Whether it is valid now.
    valid: bool,
}

pub(super) fn run(command: &TrustCommand, context: &Context<'_>) -> Result<ExitCode, Failure> {
    match command {
        TrustCommand::Import(arguments) => import(arguments, context),
        TrustCommand::List(arguments) => list(arguments, context),
    }
}

fn import(arguments: &ImportArguments, context: &Context<'_>) -> Result<ExitCode, Failure> {
    let directory = context.path(arguments.trust.as_deref(), "trust")?;
    let accepted = fingerprints(&arguments.accept_fingerprint)?;
    let mut items = Vec::new();
    for path in &arguments.files {
        let bytes = context.environment.disk.read(path, FILE_LIMIT)?;
        items.extend(TrustItem::read(&path.display().to_string(), &bytes)?);
    }
    context
        .environment
        .disk
        .create_directory(&directory, Access::Public)?;
    let lock = TrustFolder::lock(&directory)?;
    let folder = open_or_new(&directory)?;
    let now = context.environment.clock.now();
    let mut failed = None;
    let mut ask = |question: &Question<'_>| {
        accepted.contains(&question.certificate().fingerprint())
            || ask_person(context, question).unwrap_or_else(|failure| {
                failed = Some(failure);
                false
            })
    };
    let outcome = folder.import(items, &mut ask, now);
    if let Some(failure) = failed {
        return Err(failure);
    }
    let (folder, changes) = outcome?;
    save(&folder, &directory, context)?;
    drop(lock);
    report(&folder, &changes, &directory, context)?;
    Ok(ExitCode::Success)
}

/// The folder, or one that believes nothing yet. A plain folder full of certificates is not turned into a managed one by the
/// way: nobody decided about them.
fn open_or_new(directory: &Path) -> Result<TrustFolder, Failure> {
    if TrustFolder::is_there(directory) {
        return Ok(TrustFolder::open(directory)?);
    }
    let entries = std::fs::read_dir(directory).map_err(|error| {
        Failure::input(
            "file.unreadable",
            format!("{}: {error}", directory.display()),
            "check the path and its permissions",
        )
    })?;
    if entries.count() > 0 {
        return Err(Failure::input(
            "trust.plain",
            format!("{}: holds files and no {RECORD}", directory.display()),
            "give an empty or new folder and import those files into it",
        ));
    }
    Ok(TrustFolder::empty())
}

/// Everything that the record will name, then the record.
fn save(folder: &TrustFolder, directory: &Path, context: &Context<'_>) -> Result<(), Failure> {
    let disk = &context.environment.disk;
    for (path, content) in folder.files()? {
        let path = directory.join(path);
        if path.exists() {
            continue;
        }
        if let Some(parent) = path.parent() {
            disk.create_directory(parent, Access::Public)?;
        }
        disk.write(&path, &content, Access::Public)?;
    }
    disk.write(&directory.join(RECORD), &folder.record_json()?, Access::Public)?;
    Ok(())
}

fn report(
    folder: &TrustFolder,
    changes: &Changes,
    directory: &Path,
    context: &Context<'_>,
) -> Result<(), Failure> {
    let object = ImportJson {
        schema: "eid.trust-import/1",
        folder: directory.display().to_string(),
        generation: folder.record().generation,
        added: &changes.added,
        removed: &changes.removed,
        known: changes.known,
        skipped: &changes.skipped,
        revocation_lists: &changes.revocation_lists,
        warnings: &changes.warnings,
    };
    for said in &changes.skipped {
        context
            .output
            .progress(&format!("passed over: {}", one_line(said)));
    }
    for said in &changes.warnings {
        context.output.progress(&format!("warning: {}", one_line(said)));
    }
    context.output.result(&object, |out| {
        for (sign, records) in [("+", &changes.added), ("-", &changes.removed)] {
            for record in records {
                writeln!(out, "{sign} {}", line(record))?;
            }
        }
        for list in &changes.revocation_lists {
            writeln!(out, "+ CRL of {}, {}", one_line(&list.issuer), list.this_update)?;
        }
        writeln!(
            out,
            "{}: {} believed, {} known before, {} passed over",
            object.folder,
            folder.anchors().len(),
            changes.known,
            changes.skipped.len()
        )
    })
}

fn list(arguments: &ListArguments, context: &Context<'_>) -> Result<ExitCode, Failure> {
    let directory = context.path(arguments.trust.as_deref(), "trust")?;
    if !TrustFolder::is_there(&directory) {
        return Err(Failure::input(
            "trust.plain",
            format!("{}: no {RECORD} in it", directory.display()),
            "`eid trust import` makes a trust folder that says why it believes what it believes",
        ));
    }
    let folder = TrustFolder::open(&directory)?;
    let now = context.environment.clock.now();
    let is_valid =
        |certificate: &Certificate| (certificate.not_before()..=certificate.not_after()).contains(&now);
    let object = ListJson {
        schema: "eid.trust-list/1",
        folder: directory.display().to_string(),
        generation: folder.record().generation,
        updated: &folder.record().updated,
        anchors: folder
            .anchors()
            .iter()
            .map(|anchor| AnchorJson {
                record: &anchor.record,
                valid: is_valid(&anchor.certificate),
            })
            .collect(),
        master_lists: &folder.record().master_lists,
        revocation_lists: &folder.record().revocation_lists,
    };
    context.output.result(&object, |out| {
        for anchor in &object.anchors {
            let expired = if anchor.valid { "" } else { "  NOT VALID NOW" };
            writeln!(out, "{}{expired}", line(anchor.record))?;
            for evidence in &anchor.record.evidence {
                writeln!(out, "    {}", Evidence::words(evidence))?;
            }
            if anchor.record.master_lists {
                writeln!(out, "    its master lists speak for other States")?;
            }
        }
        for list in object.master_lists {
            writeln!(
                out,
                "master list of {}, {}: {} certificates",
                one_line(&list.of),
                list.signed,
                list.certificates
            )?;
        }
        for list in object.revocation_lists {
            let next = list.next_update.as_deref().unwrap_or("not said");
            writeln!(
                out,
                "CRL of {}, {}; next {next}",
                one_line(&list.issuer),
                list.this_update
            )?;
        }
        writeln!(
            out,
            "{}: {} certificates, generation {}",
            object.folder,
            object.anchors.len(),
            object.generation
        )
    })?;
    Ok(ExitCode::Success)
}

fn line(record: &AnchorRecord) -> String {
    format!(
        "{}{}  key {}  {} to {}  SHA-256 {}",
        one_line(&record.subject),
        if record.link { " (link)" } else { "" },
        record.key_id.as_deref().unwrap_or("without identifier"),
        record.not_before,
        record.not_after,
        record.sha256
    )
}

/// Fingerprints as people write them: any case, with or without colons and spaces.
fn fingerprints(texts: &[String]) -> Result<Vec<String>, Failure> {
    let fingerprint = |text: &String| {
        let digits: String = text
            .chars()
            .filter(|digit| !matches!(digit, ':' | ' ' | '-'))
            .map(|digit| digit.to_ascii_uppercase())
            .collect();
        let is_whole = digits.len() == 64 && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        is_whole.then_some(digits).ok_or_else(|| {
            Failure::usage(
                format!("--accept-fingerprint: {text:?} is no SHA-256"),
                "give all 64 hexadecimal digits; a shorter one can be forged",
            )
        })
    };
    texts.iter().map(fingerprint).collect()
}

/// Shows the certificate to a person, if there is one, and waits for a yes.
fn ask_person(context: &Context<'_>, question: &Question<'_>) -> Result<bool, Failure> {
    let certificate = question.certificate();
    let what = match question {
        Question::MasterLists(_) => "Believe it, and believe its State's master lists about other States?",
        _ => "Believe it?",
    };
    let digits = certificate.fingerprint();
    let pairs: Vec<&str> = (0..digits.len())
        .step_by(4)
        .filter_map(|at| digits.get(at..at + 4))
        .collect();
    let text = format!(
        "CSCA certificate  {}\nvalid             {} to {}\nSHA-256           {}\nCompare this with what the State told you over another channel.\n{what} [yes/no]",
        one_line(&certificate.subject()),
        certificate.not_before().date(),
        certificate.not_after().date(),
        pairs.join(" ")
    );
    let answer = context.environment.console.ask(&text).map_err(|error| {
        Failure::input(
            "trust.no_answer",
            format!("the question was not answered: {error}"),
            "give --accept-fingerprint",
        )
    })?;
    Ok(answer.is_some_and(|answer| matches!(answer.trim(), "yes" | "y")))
}
