//! A verification written down, to be judged again: with another trust store, as of another day, by somebody else.
//!
//! A `.session` file is the JSON object `eid.session/1` (host-issuer/schemas/eid.session.1.json): the files as read, how the chip was
//! opened, the challenge and signature of Active Authentication, how the other proofs ended, and what was read from the card's surface.
//! It holds no CAN and no session key; it does hold personal data, among them the machine readable zone, which is in DG1. Every byte
//! that passed is in it only where it was asked for.
//!
//! What can be proved from the file is proved again: the signed data, and that the chip's key signed the challenge once. Chip
//! Authentication and PACE-CAM convinced the terminal by session keys that are gone; of these the file is hearsay, and
//! [`ChipProof::Recorded`] says so.

mod access;
mod files;
mod format;
mod proofs;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::access::facts;
use super::read::ReadCard;
use crate::inspect::{Access, ChipProofs, Printed, ReadDocument};
use crate::quirk::{ObservedQuirk, Quirk};
use crate::terminal::link::WireCount;
use crate::transport::replay;
use format::{PrintedJson, QuirkJson, SCHEMA, SessionJson, WireJson};

/// Longest file that is read, in bytes. A document of 128 KiB in hexadecimal has a quarter of a megabyte, its traffic twice that.
pub const MAX_SESSION_LEN: usize = 16 * 1024 * 1024;
/// Most notes and quirks.
const MAX_LINES: usize = 256;
/// Longest text that anybody read from a card, in bytes: a QR code of version 40 holds 2,953.
const MAX_PRINTED_LEN: usize = 4096;

/// A verification that was written down.
#[derive(Clone, Debug)]
pub struct Session {
    /// When the card was read, as the file says.
    pub recorded: OffsetDateTime,
    /// What came back from the card.
    pub card: ReadCard,
    /// Every byte that passed, where it was asked for.
    pub apdus: Option<replay::Session>,
}

/// Why a file is no session. Whoever wrote or changed it is to blame. Says nothing of its contents.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SessionError {
    /// Longer than any session.
    #[error("it has {length} bytes, more than {MAX_SESSION_LEN}")]
    TooLong {
        /// Its length.
        length: usize,
    },
    /// Not JSON, or not with these members.
    #[error("line {line}, column {column}: this is not in the form of eid.session/1")]
    Form {
        /// The line, from one.
        line: usize,
        /// The column, from one.
        column: usize,
    },
    /// Another format, or a later version of this one.
    #[error("`schema` is not eid.session/1")]
    Schema,
    /// A member that breaks a rule.
    #[error("`{member}`: {rule}")]
    Member {
        /// Its name.
        member: String,
        /// The rule.
        rule: &'static str,
    },
}

impl SessionError {
    fn member(member: impl Into<String>, rule: &'static str) -> Self {
        Self::Member {
            member: member.into(),
            rule,
        }
    }
}

impl Session {
    /// Reads a session. Chip Authentication and PACE-CAM become [`Recorded`](crate::inspect::ChipProof::Recorded); the signature of
    /// Active Authentication is checked again. Never panics; time and memory are bounded by [`MAX_SESSION_LEN`].
    ///
    /// # Errors
    /// [`SessionError`].
    pub fn parse(bytes: &[u8]) -> Result<Self, SessionError> {
        if bytes.len() > MAX_SESSION_LEN {
            return Err(SessionError::TooLong { length: bytes.len() });
        }
        let json: SessionJson = serde_json::from_slice(bytes).map_err(|error| SessionError::Form {
            line: error.line(),
            column: error.column(),
        })?;
        if json.schema != SCHEMA {
            return Err(SessionError::Schema);
        }
        if json.notes.len() > MAX_LINES || json.quirks.len() > MAX_LINES {
            return Err(SessionError::member("notes", "there are too many"));
        }
        let recorded = OffsetDateTime::parse(&json.recorded, &Rfc3339)
            .map_err(|_| SessionError::member("recorded", "is a time such as 2026-11-24T09:00:00Z"))?;
        let mut document = ReadDocument::empty();
        files::read(&json.files, &json.refused, &mut document)?;
        let (signed_challenge, active_authentication) =
            proofs::active_authentication(json.active_authentication, &document)?;
        document.chip_proofs = ChipProofs {
            pace_cam: proofs::recorded("pace_cam", json.pace_cam)?,
            chip_authentication: proofs::recorded("chip_authentication", json.chip_authentication)?,
            active_authentication,
        };
        document.terminal_rights = json.terminal_rights.into();
        document.printed = json.printed.map(printed).transpose()?.unwrap_or_default();
        document.quirks = json.quirks.into_iter().map(quirk).collect::<Result<_, _>>()?;
        let report = access::read(&json.access)?;
        document.access = Access {
            bac_beside_pace: json.bac_beside_pace,
            ..facts(document.card_access.bytes(), &report, json.pace_failed.as_deref())
        };
        let apdus = json.apdus.map(|lines| replay::Session::parse(&lines.join("\n")));
        let apdus = apdus
            .transpose()
            .map_err(|error| SessionError::member("apdus", error.problem))?;
        Ok(Self {
            recorded,
            card: ReadCard {
                access: report,
                wire: WireCount {
                    apdus: json.wire.apdus,
                    bytes_sent: json.wire.bytes_sent,
                    bytes_received: json.wire.bytes_received,
                },
                notes: json.notes,
                document,
                signed_challenge,
            },
            apdus,
        })
    }

    /// Writes the session as [`parse`](Self::parse) reads it. Personal data are in it: write it for its owner alone.
    ///
    /// # Errors
    /// When the time is beyond the year 9999.
    pub fn to_json(&self) -> Result<Vec<u8>, SessionError> {
        let document = &self.card.document;
        let proofs = &document.chip_proofs;
        let (files, refused) = files::write(document);
        let json = SessionJson {
            schema: SCHEMA.to_owned(),
            recorded: self
                .recorded
                .format(&Rfc3339)
                .map_err(|_| SessionError::member("recorded", "is a time before the year 10000"))?,
            access: access::write(&self.card.access),
            pace_failed: document.access.pace_failed.clone(),
            bac_beside_pace: document.access.bac_beside_pace,
            files,
            refused,
            pace_cam: proofs::write(&proofs.pace_cam),
            chip_authentication: proofs::write(&proofs.chip_authentication),
            active_authentication: proofs::write_signed(
                self.card.signed_challenge.as_ref(),
                &proofs.active_authentication,
            ),
            terminal_rights: (&document.terminal_rights).into(),
            printed: (document.printed != Printed::default()).then(|| PrintedJson {
                mrz: document.printed.mrz.clone(),
                qr: document.printed.qr.clone(),
            }),
            quirks: document
                .quirks
                .iter()
                .map(|quirk| QuirkJson {
                    id: quirk.id.id().to_owned(),
                    detail: quirk.detail.clone(),
                })
                .collect(),
            wire: WireJson {
                apdus: self.card.wire.apdus,
                bytes_sent: self.card.wire.bytes_sent,
                bytes_received: self.card.wire.bytes_received,
            },
            notes: self.card.notes.clone(),
            apdus: self
                .apdus
                .as_ref()
                .map(|session| session.to_text().lines().map(str::to_owned).collect()),
        };
        let mut text =
            serde_json::to_vec_pretty(&json).map_err(|_| SessionError::Form { line: 0, column: 0 })?;
        text.push(b'\n');
        Ok(text)
    }
}

fn quirk(json: QuirkJson) -> Result<ObservedQuirk, SessionError> {
    let id = Quirk::from_id(&json.id)
        .ok_or_else(|| SessionError::member("quirks", "one has an `id` that this version does not know"))?;
    Ok(ObservedQuirk::new(id, json.detail))
}

fn printed(json: PrintedJson) -> Result<Printed, SessionError> {
    let longest = json.mrz.iter().chain(&json.qr).map(String::len).max();
    if longest.is_some_and(|length| length > MAX_PRINTED_LEN) {
        return Err(SessionError::member(
            "printed",
            "is longer than what is printed on a card",
        ));
    }
    Ok(Printed {
        mrz: json.mrz,
        qr: json.qr,
    })
}
