//! `eid trust import`

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::place::{open_or_new, save};
use super::words::{ask_person, fingerprints, line};
use crate::cli::context::Context;
use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use crate::cli::output::one_line;
use crate::environment::Access;
use crate::inspect::{
    AnchorRecord, BUNDLE_LIMIT, Bundle, Changes, DeviationListRecord, ImportError, Question,
    RevocationListRecord, TrustFolder, TrustItem, is_bundle,
};

/// The largest file that is read: a master list or a CRL.
const FILE_LIMIT: u64 = 16 * 1024 * 1024;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct ImportArguments {
    /// The trust folder; made if it is not there
    #[arg(long, value_name = "DIR")]
    trust: Option<PathBuf>,
    /// SHA-256 of a CSCA certificate that you compared with what its State told you over another channel; may be repeated
    #[arg(long, value_name = "SHA256")]
    accept_fingerprint: Vec<String>,
    /// Certificates and CRLs, DER or PEM, master lists and deviation lists; or one trust bundle
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
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
    deviation_lists: &'a [DeviationListRecord],
    warnings: &'a [String],
}

pub(super) fn run(arguments: &ImportArguments, context: &Context<'_>) -> Result<ExitCode, Failure> {
    let directory = context.path(arguments.trust.as_deref(), "trust")?;
    let accepted = fingerprints("--accept-fingerprint", &arguments.accept_fingerprint)?;
    let source = Source::read(&arguments.files, context)?;
    context
        .environment
        .disk
        .create_directory(&directory, Access::Public)?;
    let lock = TrustFolder::lock(&directory)?;
    let before = open_or_new(&directory)?;
    let now = context.environment.clock.now();
    let mut failed = None;
    let mut ask = |question: &Question<'_>| {
        accepted.contains(&question.fingerprint())
            || ask_person(context, question).unwrap_or_else(|failure| {
                failed = Some(failure);
                false
            })
    };
    let outcome = match source {
        Source::Items(items) => before.import(items, &mut ask, now),
        Source::Bundle(name, bundle) => before.import_bundle(&name, bundle, &mut ask, now),
    };
    if let Some(failure) = failed {
        return Err(failure);
    }
    let (folder, changes) = outcome?;
    save(&folder, &before, &directory, context)?;
    drop(lock);
    report(&folder, &changes, &directory, context)?;
    Ok(ExitCode::Success)
}

/// What the files are: single pieces, or a bundle of everything.
enum Source {
    Items(Vec<TrustItem>),
    Bundle(String, Bundle),
}

impl Source {
    fn read(paths: &[PathBuf], context: &Context<'_>) -> Result<Self, Failure> {
        let mut items = Vec::new();
        for path in paths {
            let name = path.display().to_string();
            let bytes = context.environment.disk.read(path, BUNDLE_LIMIT)?;
            if is_bundle(&bytes) {
                if paths.len() > 1 {
                    return Err(Failure::usage(
                        format!("{name}: a trust bundle is imported alone"),
                        "it has the whole state; import other files into the folder that it comes from",
                    ));
                }
                let bundle = Bundle::from_bytes(bytes).map_err(|cause| ImportError::Bundle {
                    source_name: name.clone(),
                    cause,
                })?;
                return Ok(Self::Bundle(name, bundle));
            }
            if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > FILE_LIMIT {
                return Err(ImportError::Unreadable {
                    source_name: name,
                    why: "too large".to_owned(),
                }
                .into());
            }
            items.extend(TrustItem::read(&name, &bytes)?);
        }
        Ok(Self::Items(items))
    }
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
        deviation_lists: &changes.deviation_lists,
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
        for list in &changes.deviation_lists {
            writeln!(
                out,
                "+ deviation list of {}, {}: {} deviations",
                one_line(&list.of),
                list.signed,
                list.deviations
            )?;
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
