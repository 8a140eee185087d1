//! Two people say yes: approvals that officers sign (BSI TR-03139, 5.2: two person principle).
//!
//! An approval is over the SHA-256 of the file that it approves, byte for byte, and names the officer and the time. Who the
//! officers are is fixed where the approval counts (an authority's `officers.json`), not in the approval itself.
//!
//! ```text
//! {"schema":"eid.officer/1","name":"…","public_key":"04…, P-256, hexadecimal"}
//! {"schema":"eid.approval/1","officer":"…","subject_sha256":"…","at":"RFC 3339, UTC","signature":"DER, hexadecimal"}
//! ```

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::hash::HashAlgorithm;
use crate::pki::curves::NamedCurve;
use crate::signer::{self, PublicKey, SignatureAlgorithm, Signer, SignerError};

/// Schema of an officer.
const OFFICER_SCHEMA: &str = "eid.officer/1";
/// Schema of an approval, which is also what separates its signatures from all others of the same key.
const APPROVAL_SCHEMA: &str = "eid.approval/1";
/// Longest name, in bytes.
const MAX_NAME: usize = 64;
/// How many different officers must approve.
pub const APPROVALS: usize = 2;

/// Why something is not approved.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ApprovalError {
    /// Not JSON of this kind.
    #[error("{what}: {why}")]
    Malformed {
        /// What was read.
        what: &'static str,
        /// What is wrong with it.
        why: String,
    },
    /// Too few officers are known, or one twice.
    #[error("officers: {0}")]
    Officers(&'static str),
    /// Somebody whom nobody made an officer here.
    #[error("{0} is no officer here")]
    Stranger(String),
    /// An approval of something else, or one that was altered.
    #[error("the approval of {0} is not over this file, or was altered")]
    Invalid(String),
    /// The same officer again.
    #[error("{0} approved twice; two different officers must approve")]
    SamePerson(String),
    /// Fewer approvals than are needed.
    #[error("{found} of {APPROVALS} approvals")]
    Missing {
        /// How many there are.
        found: usize,
    },
    /// The officer's key cannot sign.
    #[error(transparent)]
    Signer(#[from] SignerError),
}

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
            schema: OFFICER_SCHEMA.to_owned(),
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
        if self.schema != OFFICER_SCHEMA {
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

    fn public_point(&self) -> Option<Vec<u8>> {
        hex::decode(&self.public_key).ok()
    }
}

/// Checks a list of officers: at least two, each name and each key once.
///
/// # Errors
/// [`ApprovalError::Officers`].
pub fn check_officers(officers: &[Officer]) -> Result<(), ApprovalError> {
    if officers.len() < APPROVALS {
        return Err(ApprovalError::Officers("at least two are needed"));
    }
    for (index, officer) in officers.iter().enumerate() {
        let same = |other: &Officer| {
            other.name == officer.name || other.public_key.eq_ignore_ascii_case(&officer.public_key)
        };
        if officers.iter().skip(index + 1).any(same) {
            return Err(ApprovalError::Officers("a name or a key stands there twice"));
        }
    }
    Ok(())
}

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
    /// [`ApprovalError::Malformed`] for a name that an officer cannot have, [`ApprovalError::Signer`].
    pub fn sign(
        officer: &str,
        subject: &[u8],
        at: OffsetDateTime,
        signer: &dyn Signer,
    ) -> Result<Self, ApprovalError> {
        Officer::new(officer, &signer.public_point())?;
        let at = at
            .to_offset(time::UtcOffset::UTC)
            .format(&Rfc3339)
            .map_err(|error| ApprovalError::Malformed {
                what: "approval",
                why: error.to_string(),
            })?;
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
            return Err(ApprovalError::Malformed {
                what: "approval",
                why: "its schema is not eid.approval/1".into(),
            });
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

    fn is_by(&self, officer: &Officer, subject: &[u8]) -> bool {
        let (Some(point), Ok(signature)) = (officer.public_point(), hex::decode(&self.signature)) else {
            return false;
        };
        let key = PublicKey::Ec {
            curve: NamedCurve::P256,
            point,
        };
        let expected = hex::encode_upper(Sha256::digest(subject));
        self.subject_sha256 == expected
            && signer::verify(
                &key,
                SignatureAlgorithm::Ecdsa(HashAlgorithm::Sha256),
                &self.message(),
                &signature,
            )
    }

    /// The officer's name, as the approval says.
    #[must_use]
    pub fn officer(&self) -> &str {
        &self.officer
    }
}

/// Checks that two different ones of these officers approved `subject`.
///
/// # Errors
/// [`ApprovalError`]: the first approval that is wrong, or how many are missing.
pub fn require(officers: &[Officer], approvals: &[Approval], subject: &[u8]) -> Result<(), ApprovalError> {
    check_officers(officers)?;
    for (index, approval) in approvals.iter().enumerate() {
        let officer = officers
            .iter()
            .find(|officer| officer.name == approval.officer)
            .ok_or_else(|| ApprovalError::Stranger(approval.officer.clone()))?;
        if !approval.is_by(officer, subject) {
            return Err(ApprovalError::Invalid(approval.officer.clone()));
        }
        let same = |other: &Approval| other.officer == approval.officer;
        if approvals.iter().take(index).any(same) {
            return Err(ApprovalError::SamePerson(approval.officer.clone()));
        }
    }
    if approvals.len() < APPROVALS {
        return Err(ApprovalError::Missing {
            found: approvals.len(),
        });
    }
    Ok(())
}

fn parse<'a, T: Deserialize<'a>>(json: &'a [u8], what: &'static str) -> Result<T, ApprovalError> {
    serde_json::from_slice(json).map_err(|error| ApprovalError::Malformed {
        what,
        why: error.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;
    use crate::signer::FileSigner;

    const AT: OffsetDateTime = datetime!(2026-11-24 09:00 UTC);

    fn person(name: &str) -> (Officer, FileSigner) {
        let key = FileSigner::generate(&mut getrandom::SysRng).unwrap();
        (Officer::new(name, &key.public_point()).unwrap(), key)
    }

    #[test]
    fn two_officers_approve_and_nobody_else() {
        let (an, an_key) = person("An");
        let (binh, binh_key) = person("Bình");
        let (_, stranger_key) = person("Chi");
        let officers = [an, binh];
        let subject = b"a proposal";
        let sign = |name: &str, key: &FileSigner| Approval::sign(name, subject, AT, key).unwrap();
        let (first, second) = (sign("An", &an_key), sign("Bình", &binh_key));
        let json = serde_json::to_vec(&first).unwrap();
        assert_eq!(Approval::from_json(&json).unwrap(), first);

        let both = [first.clone(), second.clone()];
        assert_eq!(require(&officers, &both, subject), Ok(()));
        assert_eq!(
            require(&officers, &both, b"another proposal"),
            Err(ApprovalError::Invalid("An".into()))
        );
        assert_eq!(
            require(&officers, &both[..1], subject),
            Err(ApprovalError::Missing { found: 1 })
        );
        assert_eq!(
            require(&officers, &[first.clone(), first.clone()], subject),
            Err(ApprovalError::SamePerson("An".into()))
        );
        let as_somebody = sign("Chi", &stranger_key);
        assert_eq!(
            require(&officers, &[first.clone(), as_somebody], subject),
            Err(ApprovalError::Stranger("Chi".into()))
        );
        let as_another = sign("Bình", &an_key);
        assert_eq!(
            require(&officers, &[first.clone(), as_another], subject),
            Err(ApprovalError::Invalid("Bình".into()))
        );
        // Each field is signed.
        for altered in [
            Approval {
                at: "2026-11-24T10:00:00Z".into(),
                ..first.clone()
            },
            Approval {
                officer: "Bình".into(),
                ..first.clone()
            },
        ] {
            assert!(require(&officers, &[altered, second.clone()], subject).is_err());
        }
    }

    #[test]
    fn officers_are_two_different_people() {
        let (an, _) = person("An");
        let (namesake, _) = person("An");
        let same_key = Officer {
            name: "Bình".into(),
            ..an.clone()
        };
        assert!(check_officers(std::slice::from_ref(&an)).is_err());
        assert!(check_officers(&[an.clone(), namesake]).is_err());
        assert!(check_officers(&[an.clone(), same_key]).is_err());
        assert!(Officer::new("two\nlines", &an.public_point().unwrap()).is_err());
        assert!(Officer::new("An", &[0]).is_err());
        assert!(Officer::from_json(b"{}").is_err());
    }
}
