//! A report as a clerk reads it, and as a program does (`eid.verify/1`).

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::PathBuf;

use serde::Serialize;

use super::super::context::Context;
use super::super::failure::Failure;
use super::super::output::one_line;
use crate::inspect::{Check, FileDigest, Holder, Verdict, VerificationReport};
use crate::terminal::reader::{AccessProtocol, AccessReport};
use crate::verify::{ReadCard, cipher_name, mapping_name};

/// `eid.verify/1`
#[derive(Serialize)]
pub(super) struct VerifyJson<'a> {
    schema: &'static str,
    verdict: Verdict,
    reason: &'a str,
    checks: &'a [Check],
    #[serde(skip_serializing_if = "Option::is_none")]
    holder: Option<&'a Holder>,
    files: &'a BTreeMap<String, FileDigest>,
    access: AccessJson,
    wire: WireJson,
    notes: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    saved: Option<SavedJson>,
}

#[derive(Serialize)]
struct AccessJson {
    protocol: &'static str,
    mapping: Option<&'static str>,
    cipher: &'static str,
    curve: Option<&'static str>,
    password: String,
}

#[derive(Serialize)]
struct WireJson {
    apdus: u64,
    bytes_sent: u64,
    bytes_received: u64,
}

#[derive(Serialize)]
struct SavedJson {
    directory: String,
    face: Option<String>,
}

/// What was stored.
pub(super) struct Saved {
    /// The face; `None` when the document is not believed or has none.
    pub(super) face: Option<PathBuf>,
    /// The directory of the other files.
    pub(super) directory: PathBuf,
}

/// The object of `--json` and of `report.json`.
pub(super) fn object<'a>(
    card: &'a ReadCard,
    report: &'a VerificationReport,
    saved: Option<&Saved>,
) -> VerifyJson<'a> {
    VerifyJson {
        schema: "eid.verify/1",
        verdict: report.verdict,
        reason: &report.reason,
        checks: &report.checks,
        holder: report.holder.as_ref(),
        files: &report.files,
        access: access(&card.access),
        wire: WireJson {
            apdus: card.wire.apdus,
            bytes_sent: card.wire.bytes_sent,
            bytes_received: card.wire.bytes_received,
        },
        notes: &card.notes,
        saved: saved.map(|saved| SavedJson {
            directory: saved.directory.display().to_string(),
            face: saved.face.as_ref().map(|path| path.display().to_string()),
        }),
    }
}

fn access(report: &AccessReport) -> AccessJson {
    let (protocol, mapping, curve) = match report.protocol {
        AccessProtocol::Pace { mapping, group } => ("PACE", Some(mapping_name(mapping)), Some(group.name())),
        AccessProtocol::Bac => ("BAC", None, None),
    };
    AccessJson {
        protocol,
        mapping,
        cipher: cipher_name(report.cipher),
        curve,
        password: report.password.to_string(),
    }
}

/// Prints the report: the verdict first, then the holder, then the checks.
pub(super) fn print(
    context: &Context<'_>,
    card: &ReadCard,
    report: &VerificationReport,
    saved: Option<&Saved>,
) -> Result<(), Failure> {
    context
        .output
        .result(&object(card, report, saved), |out| text(out, card, report, saved))
}

fn text(
    out: &mut dyn Write,
    card: &ReadCard,
    report: &VerificationReport,
    saved: Option<&Saved>,
) -> io::Result<()> {
    let (colour, word) = match report.verdict {
        Verdict::Genuine => ("\u{1b}[1;32m", "GENUINE"),
        Verdict::NotGenuine => ("\u{1b}[1;31m", "NOT GENUINE"),
        Verdict::Inconclusive => ("\u{1b}[1;33m", "INCONCLUSIVE"),
    };
    writeln!(out, "{colour}{word}\u{1b}[0m  {}", one_line(&report.reason))?;
    writeln!(out)?;
    match &report.holder {
        Some(holder) => holder_text(out, holder)?,
        None => writeln!(out, "  The holder's data are not shown: they are not proved.")?,
    }
    if let Some(saved) = saved {
        if let Some(face) = &saved.face {
            line(out, "Face", &face.display().to_string())?;
        }
        line(out, "Saved in", &saved.directory.display().to_string())?;
    }
    writeln!(out, "\nChecks")?;
    for check in &report.checks {
        let (colour, word) = match check.status_word() {
            "passed" => ("\u{1b}[32m", "passed"),
            "failed" => ("\u{1b}[31m", "failed"),
            _ => ("\u{1b}[33m", "not performed"),
        };
        let id = check.id.to_string();
        let detail = match (check.why(), &check.evidence) {
            (Some(why), Some(evidence)) => format!("{why} ({evidence})"),
            (Some(why), None) => why,
            (None, Some(evidence)) => evidence.clone(),
            (None, None) => String::new(),
        };
        writeln!(
            out,
            "  {colour}{word:<13}\u{1b}[0m  {id:<24}  {}",
            one_line(&detail)
        )?;
    }
    let access = access(&card.access);
    let details = [access.mapping, access.curve, Some(access.cipher)];
    let details: Vec<_> = details.into_iter().flatten().collect();
    writeln!(
        out,
        "\nOpened with {} ({}) by the {}; {} commands, {} bytes sent, {} bytes received",
        access.protocol,
        details.join(", "),
        access.password,
        card.wire.apdus,
        card.wire.bytes_sent,
        card.wire.bytes_received
    )
}

fn holder_text(out: &mut dyn Write, holder: &Holder) -> io::Result<()> {
    line(out, "Name", &holder.name())?;
    let national = holder.national.as_ref();
    let field = |pick: fn(&crate::inspect::NationalData) -> &Option<String>| {
        national.and_then(|data| pick(data).clone())
    };
    let personal = holder.personal.as_ref();
    let detail = |pick: fn(&crate::inspect::PersonalDetails) -> &Option<String>| {
        personal.and_then(|data| pick(data).clone())
    };
    let document = holder.document.as_ref();
    let number = field(|data| &data.citizen_number).or_else(|| detail(|data| &data.personal_number));
    line(
        out,
        "Number",
        number.as_deref().unwrap_or(&holder.document_number),
    )?;
    line(
        out,
        "Document",
        &format!(
            "{} {} {}",
            holder.document_code, holder.issuing_state, holder.document_number
        ),
    )?;
    line(
        out,
        "Born",
        field(|data| &data.birth_date)
            .or_else(|| detail(|data| &data.birth_date))
            .as_deref()
            .unwrap_or(&holder.birth_date),
    )?;
    line(
        out,
        "Sex",
        field(|data| &data.sex)
            .as_deref()
            .unwrap_or(holder.sex.encode_utf8(&mut [0; 4])),
    )?;
    line(
        out,
        "Nationality",
        field(|data| &data.nationality)
            .as_deref()
            .unwrap_or(&holder.nationality),
    )?;
    let optional = [
        ("Origin", field(|data| &data.place_of_origin)),
        ("Born in", detail(|data| &data.place_of_birth)),
        (
            "Residence",
            field(|data| &data.residence).or_else(|| detail(|data| &data.address)),
        ),
        ("Telephone", detail(|data| &data.telephone)),
        ("Profession", detail(|data| &data.profession)),
        ("Title", detail(|data| &data.title)),
        ("Marks", field(|data| &data.identifying_marks)),
        (
            "Issued",
            field(|data| &data.issue_date).or_else(|| document.and_then(|data| data.issue_date.clone())),
        ),
        (
            "Issued by",
            document.and_then(|data| data.issuing_authority.clone()),
        ),
        ("Endorsed", document.and_then(|data| data.endorsements.clone())),
    ];
    for (name, value) in optional {
        if let Some(value) = value {
            line(out, name, &value)?;
        }
    }
    // A card without end has a date in the zone all the same, and the words for it in DG13.
    let until = field(|data| &data.expiry_date).or_else(|| holder.expiry_date.clone());
    line(out, "Valid until", until.as_deref().unwrap_or("no expiry"))?;
    for person in &holder.persons_to_notify {
        let known = [&person.name, &person.telephone, &person.address];
        let known: Vec<&str> = known.into_iter().flatten().map(String::as_str).collect();
        line(out, "Notify", &known.join("; "))?;
    }
    Ok(())
}

fn line(out: &mut dyn Write, name: &str, value: &str) -> io::Result<()> {
    writeln!(out, "  {name:<12} {}", one_line(value))
}
