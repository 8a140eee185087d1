//! What somebody asks for, as a file that two people sign.
//!
//! ```text
//! {"schema":"eid.request/1","purpose":"start_batch","ledger":"32 hexadecimal digits","subject":"2026-11-24-hn-01-003",
//!  "details":{"applications":"20",…},"nonce":"32 hexadecimal digits","requested_by":"An",
//!  "at":"2026-11-24T09:00:00Z","valid_until":"2026-11-25T09:00:00Z"}
//! ```
//!
//! It has one form: these fields in this order, without spaces, the details by their names, and a line feed at the end. Every other
//! file is no request.

use std::collections::BTreeMap;

use rand_core::TryCryptoRng;
use serde::{Deserialize, Serialize};
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

use super::super::desk::Desk;
use super::act::Act;
use crate::ledger::LedgerError;
use crate::ledger::event::{Purpose, timestamp};

const SCHEMA: &str = "eid.request/1";
/// Longest file.
pub const MAX_REQUEST_BYTES: usize = 64 * 1024;
/// How long a request is valid when nobody says otherwise.
pub const DEFAULT_LIFETIME: Duration = Duration::hours(24);
/// How long it may be valid.
pub const MAX_LIFETIME: Duration = Duration::days(7);
/// By how much two clocks may differ.
pub const CLOCK_SKEW: Duration = Duration::minutes(5);
/// Bytes of a nonce.
const NONCE_LEN: usize = 16;

/// What is shown to who signs, by name; see [`Act::details`].
pub type Details = BTreeMap<String, String>;

/// Why something is no request, or none could be made.
#[derive(Debug, thiserror::Error)]
pub enum RequestError {
    /// It is not in its one form.
    #[error("request: {0}")]
    Malformed(String),
    /// It would be valid for too long, or not at all.
    #[error("request: must be valid for some time, at most for 7 days")]
    Lifetime,
    /// No random numbers.
    #[error("this machine gives no random numbers")]
    Random,
    /// The ledger does not allow what is asked for, or does not work.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

/// A request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    schema: String,
    purpose: Purpose,
    ledger: String,
    subject: String,
    details: Details,
    nonce: String,
    requested_by: String,
    at: String,
    valid_until: String,
}

impl Request {
    /// What who is at the desk asks for: this act, for so long.
    ///
    /// # Errors
    /// [`RequestError`], also when the ledger says that the act is not possible.
    pub fn new<R: TryCryptoRng + ?Sized>(
        desk: &Desk<'_>,
        act: &Act,
        lifetime: Duration,
        rng: &mut R,
    ) -> Result<Self, RequestError> {
        let mut nonce = [0; NONCE_LEN];
        rng.try_fill_bytes(&mut nonce).map_err(|_| RequestError::Random)?;
        let request = Self {
            schema: SCHEMA.to_owned(),
            purpose: act.purpose(),
            ledger: desk.store.identifier()?,
            subject: act.subject(),
            details: act.details(desk)?,
            nonce: hex::encode(nonce),
            requested_by: desk.actor.to_owned(),
            at: timestamp(desk.now),
            valid_until: timestamp(desk.now + lifetime),
        };
        request.checked()
    }

    /// Reads a request.
    ///
    /// # Errors
    /// [`RequestError::Malformed`], [`RequestError::Lifetime`].
    pub fn parse(bytes: &[u8]) -> Result<Self, RequestError> {
        let malformed = |why: String| RequestError::Malformed(why);
        if bytes.len() > MAX_REQUEST_BYTES {
            return Err(malformed(format!("more than {MAX_REQUEST_BYTES} bytes")));
        }
        let request: Self = serde_json::from_slice(bytes).map_err(|error| malformed(error.to_string()))?;
        let request = request.checked()?;
        if request.to_bytes() != bytes {
            return Err(malformed("not as `eid approve request` writes it".to_owned()));
        }
        Ok(request)
    }

    fn checked(self) -> Result<Self, RequestError> {
        let fails = |why: &str| Err(RequestError::Malformed(why.to_owned()));
        if self.schema != SCHEMA {
            return fails("schema: must be eid.request/1");
        }
        if hex::decode(&self.nonce).map_or(0, |nonce| nonce.len()) != NONCE_LEN {
            return fails("nonce: must be 32 hexadecimal digits");
        }
        let one_line = |text: &str| !text.chars().any(char::is_control);
        let details = self.details.iter().flat_map(|(name, value)| [name, value]);
        if ![&self.subject, &self.requested_by]
            .into_iter()
            .chain(details)
            .all(|text| one_line(text))
        {
            return fails("subject, details, requested_by: must be one line each");
        }
        let time = |text: &str| OffsetDateTime::parse(text, &Rfc3339).ok();
        let (Some(at), Some(until)) = (time(&self.at), time(&self.valid_until)) else {
            return fails("at, valid_until: must be times of RFC 3339");
        };
        if self.at != timestamp(at) || self.valid_until != timestamp(until) {
            return fails("at, valid_until: must be in UTC, to the second");
        }
        if until <= at || until - at > MAX_LIFETIME {
            return Err(RequestError::Lifetime);
        }
        Ok(self)
    }

    /// The file: what both sign.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        // A struct of strings always serializes.
        let mut bytes = serde_json::to_vec(self).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }

    /// What it asks for.
    #[must_use]
    pub const fn purpose(&self) -> Purpose {
        self.purpose
    }

    /// In which ledger.
    #[must_use]
    pub fn ledger(&self) -> &str {
        &self.ledger
    }

    /// To what.
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// More of it.
    #[must_use]
    pub const fn details(&self) -> &Details {
        &self.details
    }

    /// Who asks.
    #[must_use]
    pub fn requested_by(&self) -> &str {
        &self.requested_by
    }

    /// When it was made.
    #[must_use]
    pub fn at(&self) -> OffsetDateTime {
        // Looked at when it was made or read.
        OffsetDateTime::parse(&self.at, &Rfc3339).unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }

    /// Until when it may be used.
    #[must_use]
    pub fn valid_until(&self) -> OffsetDateTime {
        // Looked at when it was made or read.
        OffsetDateTime::parse(&self.valid_until, &Rfc3339).unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }

    /// The first detail that is not so, is missing, or is one too many.
    pub(super) fn difference(&self, details: &Details) -> Option<String> {
        let names = self.details.keys().chain(details.keys());
        names
            .into_iter()
            .find(|&name| self.details.get(name) != details.get(name))
            .cloned()
    }

    /// What is asked for, in words: what people read before they sign. One line each.
    #[must_use]
    pub fn words(&self) -> Vec<String> {
        let mut lines = vec![format!(
            "{} asks {}",
            self.requested_by,
            sentence(self.purpose, &self.subject)
        )];
        lines.extend(
            self.details
                .iter()
                .map(|(name, value)| format!("  {name}: {value}")),
        );
        lines.push(format!(
            "  asked at {}, valid until {}",
            self.at, self.valid_until
        ));
        lines.push(format!("  ledger {}", self.ledger));
        lines
    }
}

fn sentence(purpose: Purpose, subject: &str) -> String {
    match purpose {
        Purpose::SetOfficers => format!("that from now on nobody else has a role at {subject} than"),
        Purpose::StartBatch => format!("to start the batch {subject}: its cards may be made"),
        Purpose::CloseBatch => format!("to close the batch {subject}: nothing is left to do in it"),
        Purpose::ExtendQuota => format!("to let the document signer {subject} sign beyond its quota"),
        Purpose::Reissue => format!("to make a card again for the job {subject}"),
        Purpose::ReleaseQuarantine => format!("to use again, from quarantine, the chip {subject}"),
        Purpose::Destroy => format!("to destroy {subject}, before two pairs of eyes"),
        Purpose::Revoke => format!("to revoke, for good, the card {subject}"),
        Purpose::Reinstate => format!("to make valid again the suspended card {subject}"),
        Purpose::CloseShift => format!("to close the shift at {subject}: both have counted"),
    }
}
