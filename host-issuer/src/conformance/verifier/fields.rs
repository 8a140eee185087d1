//! Values of a corpus file, each checked by name.

use serde::{Deserialize, Serialize};
use time::{Date, Month, OffsetDateTime, Time};

use crate::inspect::TrustStore;
use crate::quirk::{Quirk, Tolerance};

/// Bytes in hexadecimal.
pub type Hex = String;

/// A field that does not hold what it must.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {cause}")]
pub struct FieldError {
    /// Its path: `trust.csca[0]`.
    pub field: String,
    /// What is wrong with it.
    pub cause: String,
}

impl FieldError {
    /// This field, and what is wrong with it.
    pub(super) fn new(field: impl Into<String>, cause: impl ToString) -> Self {
        Self {
            field: field.into(),
            cause: cause.to_string(),
        }
    }
}

/// Whom a verifier trusts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trust {
    /// CSCA certificates, DER.
    pub csca: Vec<Hex>,
    /// Their revocation lists, DER.
    pub crl: Vec<Hex>,
}

impl Trust {
    /// The certificates' bytes.
    ///
    /// # Errors
    /// [`FieldError`] for what is not hexadecimal.
    pub fn certificates(&self) -> Result<Vec<Vec<u8>>, FieldError> {
        all_bytes("trust.csca", &self.csca)
    }

    /// The revocation lists' bytes.
    ///
    /// # Errors
    /// [`FieldError`] for what is not hexadecimal.
    pub fn lists(&self) -> Result<Vec<Vec<u8>>, FieldError> {
        all_bytes("trust.crl", &self.crl)
    }

    /// The store of a verifier.
    ///
    /// # Errors
    /// [`FieldError`] for what is neither certificate nor list.
    pub fn store(&self) -> Result<TrustStore, FieldError> {
        let (csca, crl) = (self.certificates()?, self.lists()?);
        let csca: Vec<&[u8]> = csca.iter().map(Vec::as_slice).collect();
        let crl: Vec<&[u8]> = crl.iter().map(Vec::as_slice).collect();
        TrustStore::new(&csca, &crl).map_err(|error| FieldError::new("trust", error))
    }
}

/// The bytes of a hexadecimal field.
pub(super) fn bytes(field: &str, text: &str) -> Result<Vec<u8>, FieldError> {
    hex::decode(text).map_err(|error| FieldError::new(field, format!("not hexadecimal: {error}")))
}

/// The bytes of each of a list's entries.
pub(super) fn all_bytes(field: &str, texts: &[Hex]) -> Result<Vec<Vec<u8>>, FieldError> {
    let numbered = texts.iter().enumerate();
    numbered
        .map(|(index, text)| bytes(&format!("{field}[{index}]"), text))
        .collect()
}

/// Noon of a day `YYYY-MM-DD`.
pub(super) fn noon(field: &str, text: &str) -> Result<OffsetDateTime, FieldError> {
    let part = |range: std::ops::Range<usize>| -> Option<u16> {
        let digits = text.get(range)?;
        let all = digits.bytes().all(|digit| digit.is_ascii_digit());
        all.then(|| digits.parse().ok()).flatten()
    };
    let date = || {
        let dashes = text.len() == 10 && text.get(4..5) == Some("-") && text.get(7..8) == Some("-");
        let (year, month, day) = (part(0..4)?, part(5..7)?, part(8..10)?);
        let month = Month::try_from(u8::try_from(month).ok()?).ok()?;
        let date = Date::from_calendar_date(year.into(), month, u8::try_from(day).ok()?).ok()?;
        dashes.then(|| date.with_time(Time::MIDNIGHT).assume_utc() + time::Duration::hours(12))
    };
    date().ok_or_else(|| FieldError::new(field, format!("`{text}` is no day YYYY-MM-DD")))
}

/// Departures by name.
pub(super) fn tolerance(field: &str, ids: &[String]) -> Result<Tolerance, FieldError> {
    let known = |id: &String| {
        Quirk::from_id(id).ok_or_else(|| FieldError::new(field, format!("`{id}` is no known departure")))
    };
    ids.iter().map(known).collect()
}
