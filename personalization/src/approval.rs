//! Two people say yes: approvals that officers sign (BSI TR-03139, 5.2: two person principle).
//!
//! An approval is over the SHA-256 of the file that it approves, byte for byte, and names the officer and the time. Who the
//! officers are is fixed where the approval counts (an authority's `officers.json`), not in the approval itself.
//!
//! ```text
//! {"schema":"eid.officer/1","name":"…","public_key":"04…, P-256, hexadecimal"}
//! {"schema":"eid.approval/1","officer":"…","subject_sha256":"…","at":"RFC 3339, UTC","signature":"DER, hexadecimal"}
//! ```

mod error;
mod officer;
mod require;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use self::error::parse;
pub use self::error::{APPROVALS, ApprovalError};
pub use self::officer::{Officer, check_officers};
pub use self::require::{Seat, require, require_in_roles};
use crate::hash::HashAlgorithm;
use crate::pki::curves::NamedCurve;
use crate::signer::{self, PublicKey, SignatureAlgorithm, Signer};

/// Schema of an approval, which is also what separates its signatures from all others of the same key.
const APPROVAL_SCHEMA: &str = "eid.approval/1";

/// An officer's yes to one file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Approval {
    schema: String,
    officer: String,
    subject_sha256: String,
    at: String,
    signature: String,
}

impl Approval {
    /// Signs an approval of `subject`, the content of a file.
    ///
    /// # Errors
    /// [`ApprovalError::Malformed`] for a name that an officer cannot have, or a key of another curve than P-256;
    /// [`ApprovalError::Signer`].
    pub fn sign(
        officer: &str,
        subject: &[u8],
        at: OffsetDateTime,
        signer: &dyn Signer,
    ) -> Result<Self, ApprovalError> {
        let PublicKey::Ec {
            curve: NamedCurve::P256,
            point,
        } = signer.public_key()
        else {
            return Err(malformed("an officer's key is on P-256".into()));
        };
        Officer::new(officer, point)?;
        let at = at
            .to_offset(time::UtcOffset::UTC)
            .format(&Rfc3339)
            .map_err(|error| malformed(error.to_string()))?;
        let mut approval = Self {
            schema: APPROVAL_SCHEMA.to_owned(),
            officer: officer.to_owned(),
            subject_sha256: hex::encode_upper(Sha256::digest(subject)),
            at,
            signature: String::new(),
        };
        approval.signature = hex::encode_upper(signer.sign(&approval.message())?);
        Ok(approval)
    }

    /// Reads an approval; [`require`] says whether it counts.
    ///
    /// # Errors
    /// [`ApprovalError::Malformed`].
    pub fn from_json(json: &[u8]) -> Result<Self, ApprovalError> {
        let approval: Self = parse(json, "approval")?;
        if approval.schema != APPROVAL_SCHEMA {
            return Err(malformed("its schema is not eid.approval/1".into()));
        }
        Ok(approval)
    }

    /// What is signed. No name contains a zero byte, so that no two approvals have one message.
    fn message(&self) -> Vec<u8> {
        [&self.schema, &self.officer, &self.subject_sha256, &self.at]
            .map(String::as_str)
            .join("\0")
            .into_bytes()
    }

    /// Whether this officer signed it, over this subject.
    fn is_by(&self, officer: &Officer, subject: &[u8]) -> bool {
        let (Some(key), Ok(signature)) = (officer.verification_key(), hex::decode(&self.signature)) else {
            return false;
        };
        // One approval has one form: no other case of the digits.
        self.signature == hex::encode_upper(&signature)
            && self.subject_sha256 == hex::encode_upper(Sha256::digest(subject))
            && signer::verify(
                &key,
                SignatureAlgorithm::Ecdsa(HashAlgorithm::Sha256),
                &self.message(),
                &signature,
            )
    }

    /// Checks that this officer approved `subject`, where one is enough; for two, there is [`require`].
    ///
    /// # Errors
    /// [`ApprovalError::Invalid`].
    pub fn must_be_by(&self, officer: &Officer, subject: &[u8]) -> Result<(), ApprovalError> {
        if self.officer == officer.name() && self.is_by(officer, subject) {
            return Ok(());
        }
        Err(ApprovalError::Invalid(self.officer.clone()))
    }

    /// The approval as a file: its one form.
    ///
    /// # Errors
    /// [`ApprovalError::Malformed`]: never of an approval that was signed or read.
    pub fn to_json(&self) -> Result<Vec<u8>, ApprovalError> {
        let mut json = serde_json::to_vec_pretty(self).map_err(|error| malformed(error.to_string()))?;
        json.push(b'\n');
        Ok(json)
    }

    /// When it was signed, as it says; `None` where that is no time (RFC 3339).
    #[must_use]
    pub fn at(&self) -> Option<OffsetDateTime> {
        OffsetDateTime::parse(&self.at, &Rfc3339).ok()
    }

    /// SHA-256 of what it is over, as it says; capital hexadecimal.
    #[must_use]
    pub fn subject_sha256(&self) -> &str {
        &self.subject_sha256
    }

    /// The officer's name, as the approval says.
    #[must_use]
    pub fn officer(&self) -> &str {
        &self.officer
    }
}

fn malformed(why: String) -> ApprovalError {
    ApprovalError::Malformed {
        what: "approval",
        why,
    }
}
