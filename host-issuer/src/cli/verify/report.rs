//! The outcome of a verification: as text, or as the object `eid.verify/1` (host-issuer/schemas/eid.verify.1.json).

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;

use serde::Serialize;

use super::super::context::Context;
use super::super::failure::Failure;
use super::super::output::LogLevel;
use super::text;
use crate::inspect::{Check, FileDigest, Holder, TrustBasis, Verdict, VerificationReport};
use crate::quirk::ObservedQuirk;
use crate::terminal::reader::{AccessProtocol, AccessReport};
use crate::verify::{ReadCard, cipher_name, mapping_name};

/// A card, what may be said about it, and what was done with both.
pub(super) struct Shown<'a> {
    /// What came back from the card.
    pub(super) card: &'a ReadCard,
    /// What may be said about it.
    pub(super) report: &'a VerificationReport,
    /// The reader, where there are several.
    pub(super) reader: Option<&'a str>,
    /// What was stored.
    pub(super) saved: Option<&'a Saved>,
    /// Of a verification that was recorded: when, and as of when it is judged.
    pub(super) replayed: Option<Replayed>,
}

/// The two times of a replay, as RFC 3339 has them.
#[derive(Clone, Serialize)]
pub(super) struct Replayed {
    /// When the card was read, as the recording says.
    pub(super) recorded: String,
    /// As of when it is judged.
    pub(super) judged_at: String,
}

/// What was stored.
pub(super) struct Saved {
    /// The face; `None` when the document has none, or is not believed and nobody asked for what is not.
    pub(super) face: Option<PathBuf>,
    /// The directory of the other files.
    pub(super) directory: PathBuf,
}

/// `eid.verify/1`
#[derive(Serialize)]
pub(super) struct VerifyJson<'a> {
    schema: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reader: Option<&'a str>,
    verdict: Verdict,
    rule: &'a str,
    reason: &'a str,
    checks: &'a [Check],
    #[serde(skip_serializing_if = "Option::is_none")]
    holder: Option<&'a Holder>,
    trust: &'a TrustBasis,
    #[serde(skip_serializing_if = "Option::is_none")]
    unverified: Option<UnverifiedJson<'a>>,
    files: &'a BTreeMap<String, FileDigest>,
    access: AccessJson,
    wire: WireJson,
    notes: &'a [String],
    quirks: &'a [ObservedQuirk],
    #[serde(skip_serializing_if = "Option::is_none")]
    saved: Option<SavedJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    replayed: Option<Replayed>,
}

/// What nothing proves. Only with `--show-unverified`.
#[derive(Serialize)]
struct UnverifiedJson<'a> {
    holder: Option<&'a Holder>,
}

#[derive(Serialize)]
struct AccessJson {
    protocol: &'static str,
    mapping: Option<&'static str>,
    cipher: Option<&'static str>,
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

impl AccessJson {
    /// Mapping, curve and cipher, as far as there are any.
    fn details(&self) -> Vec<&'static str> {
        let details = [self.mapping, self.curve, self.cipher];
        details.into_iter().flatten().collect()
    }
}

/// The object of `--json` and of `report.json`.
pub(super) fn object<'a>(shown: &Shown<'a>) -> VerifyJson<'a> {
    let (card, report) = (shown.card, shown.report);
    VerifyJson {
        schema: "eid.verify/1",
        reader: shown.reader,
        verdict: report.verdict,
        rule: &report.rule,
        reason: &report.reason,
        checks: &report.checks,
        holder: report.holder.as_ref(),
        trust: &report.trust,
        unverified: report.unverified.as_ref().map(|unverified| UnverifiedJson {
            holder: unverified.holder.as_ref(),
        }),
        files: &report.files,
        access: access(&card.access),
        wire: WireJson {
            apdus: card.wire.apdus,
            bytes_sent: card.wire.bytes_sent,
            bytes_received: card.wire.bytes_received,
        },
        notes: &card.notes,
        quirks: &report.quirks,
        saved: shown.saved.map(|saved| SavedJson {
            directory: saved.directory.display().to_string(),
            face: saved.face.as_ref().map(|path| path.display().to_string()),
        }),
        replayed: shown.replayed.clone(),
    }
}

/// How the chip was opened, in words.
fn access(report: &AccessReport) -> AccessJson {
    let (protocol, mapping, curve) = match report.protocol {
        AccessProtocol::Pace { mapping, group } => ("PACE", Some(mapping_name(mapping)), Some(group.name())),
        AccessProtocol::Bac => ("BAC", None, None),
        AccessProtocol::Plain => ("none", None, None),
    };
    AccessJson {
        protocol,
        mapping,
        cipher: report.cipher.map(cipher_name),
        curve,
        password: report.password.to_string(),
    }
}

/// The same as a sentence without its full stop.
pub(super) fn opened(report: &AccessReport) -> String {
    let access = access(report);
    match report.cipher {
        None => "Open to whoever comes near, without a session".to_owned(),
        Some(_) => format!(
            "Opened with {} ({}) by the {}",
            access.protocol,
            access.details().join(", "),
            access.password
        ),
    }
}

/// Prints the report: the verdict first, then the holder, then what did not hold.
pub(super) fn print(context: &Context<'_>, shown: &Shown<'_>) -> Result<(), Failure> {
    let all = context.output.level() >= LogLevel::Debug;
    context
        .output
        .result(&object(shown), |out| text::write(out, shown, all))
}

/// Prints one report of many: the object on a line of its own with `--json`.
///
/// # Errors
/// When nobody listens any more.
pub(super) fn print_line(context: &Context<'_>, shown: &Shown<'_>) -> io::Result<()> {
    let all = context.output.level() >= LogLevel::Debug;
    context.output.event(&object(shown), |out| {
        text::write(out, shown, all)?;
        writeln!(out)
    })
}
