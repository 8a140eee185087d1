//! `eid trust list`

use std::path::PathBuf;

use serde::Serialize;

use super::words::line;
use crate::cli::context::Context;
use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use crate::cli::output::one_line;
use crate::inspect::{
    AnchorRecord, BundleRecord, Certificate, DeviationListRecord, Evidence, MasterListRecord, RECORD,
    RemovalRecord, RevocationListRecord, TrustFolder,
};

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct ListArguments {
    /// The trust folder
    #[arg(long, value_name = "DIR")]
    trust: Option<PathBuf>,
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
    deviation_lists: &'a [DeviationListRecord],
    removals: &'a [RemovalRecord],
    bundle: Option<&'a BundleRecord>,
}

#[derive(Serialize)]
struct AnchorJson<'a> {
    #[serde(flatten)]
    record: &'a AnchorRecord,
    /// Whether it is valid now.
    valid: bool,
}

pub(super) fn run(arguments: &ListArguments, context: &Context<'_>) -> Result<ExitCode, Failure> {
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
        deviation_lists: &folder.record().deviation_lists,
        removals: &folder.record().removals,
        bundle: folder.record().bundle.as_ref(),
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
        for list in object.deviation_lists {
            writeln!(
                out,
                "deviation list of {}, {}: {} deviations, signed by {}",
                one_line(&list.of),
                list.signed,
                list.deviations,
                one_line(&list.signer)
            )?;
        }
        for removal in object.removals {
            writeln!(
                out,
                "removed {}: {}  SHA-256 {}  {}",
                removal.at,
                one_line(&removal.subject),
                removal.sha256,
                one_line(&removal.reason)
            )?;
        }
        if let Some(bundle) = object.bundle {
            writeln!(
                out,
                "bundle {} of {}, valid until {}, signed by {}",
                bundle.sequence, bundle.created, bundle.valid_until, bundle.signer
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
