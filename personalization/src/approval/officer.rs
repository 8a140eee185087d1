//! Who may approve: a name and the key that signs in this name.

use serde::{Deserialize, Serialize};

use super::error::{APPROVALS, ApprovalError, parse};
use crate::pki::curves::NamedCurve;
use crate::signer::PublicKey;

/// Schema of an officer.
const SCHEMA: &str = "eid.officer/1";
/// Longest name, in bytes.
const MAX_NAME: usize = 64;

/// A person who may approve, and the key that does it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Officer {
    schema: String,
    name: String,
    public_key: String,
}

impl Officer {
    /// An officer with this name and key.
    ///
    /// # Errors
    /// [`ApprovalError::Malformed`] for a name that is empty, longer than 64 bytes or not one line.
    pub fn new(name: &str, public_point: &[u8]) -> Result<Self, ApprovalError> {
        Self {
            schema: SCHEMA.to_owned(),
            name: name.to_owned(),
            public_key: hex::encode_upper(public_point),
        }
        .checked()
    }

    /// Reads an officer's public file.
    ///
    /// # Errors
    /// [`ApprovalError::Malformed`].
    pub fn from_json(json: &[u8]) -> Result<Self, ApprovalError> {
        parse::<Self>(json, "officer")?.checked()
    }

    fn checked(self) -> Result<Self, ApprovalError> {
        let fails = |why: &str| {
            Err(ApprovalError::Malformed {
                what: "officer",
                why: why.to_owned(),
            })
        };
        if self.schema != SCHEMA {
            return fails("its schema is not eid.officer/1");
        }
        if self.name.trim().is_empty()
            || self.name.len() > MAX_NAME
            || self.name.chars().any(char::is_control)
        {
            return fails("its name must be one line of 1 to 64 bytes");
        }
        match self.public_point() {
            Some(point) if point.len() == 65 && point.first() == Some(&0x04) => Ok(self),
            _ => fails("its public_key must be an uncompressed point of P-256"),
        }
    }

    /// Their name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Their public key: uncompressed point of P-256, capital hexadecimal where this program wrote it.
    #[must_use]
    pub fn public_key(&self) -> &str {
        &self.public_key
    }

    fn public_point(&self) -> Option<Vec<u8>> {
        hex::decode(&self.public_key).ok()
    }

    /// The key that verifies what they sign.
    pub(super) fn verification_key(&self) -> Option<PublicKey> {
        Some(PublicKey::Ec {
            curve: NamedCurve::P256,
            point: self.public_point()?,
        })
    }
}

/// Checks a list of officers: at least two, each name and each key once.
///
/// # Errors
/// [`ApprovalError::Officers`].
pub fn check_officers(officers: &[Officer]) -> Result<(), ApprovalError> {
    check(&officers.iter().collect::<Vec<_>>())
}

/// The same of a list that holds more than the officers.
pub(super) fn check(officers: &[&Officer]) -> Result<(), ApprovalError> {
    if officers.len() < APPROVALS {
        return Err(ApprovalError::Officers("at least two are needed"));
    }
    for (index, officer) in officers.iter().enumerate() {
        let same = |other: &&Officer| {
            other.name == officer.name || other.public_key.eq_ignore_ascii_case(&officer.public_key)
        };
        if officers.iter().skip(index + 1).any(same) {
            return Err(ApprovalError::Officers("a name or a key stands there twice"));
        }
    }
    Ok(())
}
