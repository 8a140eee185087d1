//! How often a document signer has signed, and how often it may (9303-12 §4.1.1: few documents depend on one key).
//!
//! A signature is counted on disk *before* it is made: a crash may cost some of the quota, a signature that was not
//! counted cannot exist. Who signs a lot takes ever larger blocks, so that not every signature waits for the disk; what is left
//! of a block goes back when the signer is dropped.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::files::{DS_CERTIFICATE, USAGE, io_error, read_optional};
use crate::key_file::durable::{self, Mode};
use crate::pki::PkiError;
use crate::signer::{PublicKey, SignatureAlgorithm, Signer, SignerError};

const SCHEMA: &str = "eid.ds-usage/1";
const WHAT: &str = "the document signer's usage.json";

/// The largest number of signatures that is counted at once.
const LARGEST_BLOCK: u64 = 256;

/// `usage.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Usage {
    schema: String,
    /// Signatures that the key may make.
    pub max_signatures: u64,
    /// Signatures made, or counted before they were to be made.
    pub signatures: u64,
    /// Signatures beyond these that two people allowed, by the ledger that has it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    extended: BTreeMap<String, u64>,
    /// Set when another took over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retired: Option<Retirement>,
}

/// The end of a document signer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Retirement {
    /// RFC 3339, UTC.
    pub since: String,
    /// Serial number of the certificate that took over.
    pub successor: String,
    /// When the private key was deleted; RFC 3339, UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_erased: Option<String>,
}

impl Usage {
    /// Nothing signed yet.
    pub fn new(max_signatures: u64) -> Result<Self, PkiError> {
        if max_signatures == 0 {
            return Err(PkiError::input("max signatures", "must be at least 1"));
        }
        Ok(Self {
            schema: SCHEMA.to_owned(),
            max_signatures,
            signatures: 0,
            extended: BTreeMap::new(),
            retired: None,
        })
    }

    pub fn to_json(&self) -> Result<Vec<u8>, PkiError> {
        let mut json = serde_json::to_vec_pretty(self)
            .map_err(|error| PkiError::certificate(WHAT, error.to_string()))?;
        json.push(b'\n');
        Ok(json)
    }

    /// Reads the file of a document signer's directory.
    pub fn read(directory: &Path) -> Result<Self, PkiError> {
        let json = read_optional(&directory.join(USAGE))?.ok_or_else(|| {
            // Without it nobody knows what was signed; to begin at zero would be to forget the quota.
            PkiError::Refused("the document signer lost its usage.json; rotate it".into())
        })?;
        let usage: Self =
            serde_json::from_slice(&json).map_err(|error| PkiError::certificate(WHAT, error.to_string()))?;
        if usage.schema != SCHEMA {
            return Err(PkiError::certificate(WHAT, format!("its schema is not {SCHEMA}")));
        }
        Ok(usage)
    }

    /// Changes the file of a document signer's directory; one program at a time.
    pub fn change<T>(
        directory: &Path,
        change: impl FnOnce(&mut Self) -> Result<T, PkiError>,
    ) -> Result<T, PkiError> {
        let lock_path = directory.join(DS_CERTIFICATE);
        let lock = File::open(&lock_path).map_err(|source| io_error(&lock_path, source))?;
        lock.lock().map_err(|source| io_error(&lock_path, source))?;
        let mut usage = Self::read(directory)?;
        let before = usage.clone();
        let result = change(&mut usage)?;
        if usage != before {
            durable::replace(&directory.join(USAGE), &usage.to_json()?, Mode::Secret)?;
        }
        Ok(result)
    }

    /// Signatures that the key may make, with all that was allowed beyond its quota.
    pub fn limit(&self) -> u64 {
        self.extended
            .values()
            .fold(self.max_signatures, |sum, more| sum.saturating_add(*more))
    }

    /// Takes over how many signatures a ledger allows beyond the quota, in all. It never falls.
    pub fn extend(&mut self, ledger: &str, signatures: u64) {
        if signatures > 0 {
            let known = self.extended.entry(ledger.to_owned()).or_default();
            *known = (*known).max(signatures);
        }
    }

    /// Counts up to `wanted` signatures and says how many were granted, at least one.
    fn take(&mut self, wanted: u64) -> Result<u64, PkiError> {
        if let Some(retirement) = &self.retired {
            return Err(PkiError::Refused(format!(
                "the document signer was retired; {} signs in its place",
                retirement.successor
            )));
        }
        let granted = wanted.min(self.limit().saturating_sub(self.signatures));
        if granted == 0 {
            return Err(PkiError::Refused(format!(
                "the document signer has made its {} signatures; rotate it",
                self.limit()
            )));
        }
        self.signatures += granted;
        Ok(granted)
    }
}

/// A time as the file has it.
pub(super) fn rfc3339(at: OffsetDateTime) -> Result<String, PkiError> {
    at.to_offset(time::UtcOffset::UTC)
        .format(&Rfc3339)
        .map_err(|error| PkiError::input("time", error.to_string()))
}

/// A document signer's key that counts what it signs.
///
/// It refuses, before the key is touched, when the quota is used up or another signer took over.
#[derive(Debug)]
pub struct CountedSigner<S> {
    inner: S,
    directory: PathBuf,
    block: Mutex<Block>,
}

/// Signatures that are counted and not made yet.
#[derive(Debug)]
struct Block {
    left: u64,
    next_size: u64,
}

impl<S: Signer> CountedSigner<S> {
    pub(super) fn new(inner: S, directory: &Path) -> Self {
        Self {
            inner,
            directory: directory.to_owned(),
            block: Mutex::new(Block {
                left: 0,
                next_size: 1,
            }),
        }
    }

    /// Counts one signature.
    fn count(&self) -> Result<(), PkiError> {
        let mut block = self.block.lock().unwrap_or_else(PoisonError::into_inner);
        if block.left == 0 {
            let wanted = block.next_size;
            block.left = Usage::change(&self.directory, |usage| usage.take(wanted))?;
            block.next_size = (wanted * 2).min(LARGEST_BLOCK);
        }
        block.left -= 1;
        Ok(())
    }
}

impl<S: Signer> Signer for CountedSigner<S> {
    fn algorithm(&self) -> SignatureAlgorithm {
        self.inner.algorithm()
    }

    fn public_key(&self) -> &PublicKey {
        self.inner.public_key()
    }

    fn sign_digest(&self, digest: &[u8]) -> Result<Vec<u8>, SignerError> {
        self.count()
            .map_err(|error| SignerError::Refused(error.to_string()))?;
        self.inner.sign_digest(digest)
    }
}

impl<S> Drop for CountedSigner<S> {
    fn drop(&mut self) {
        let left = self
            .block
            .get_mut()
            .map_or_else(|error| error.into_inner().left, |block| block.left);
        if left > 0 {
            // What cannot be given back stays counted: the safe side.
            let _ = Usage::change(&self.directory, |usage| {
                usage.signatures = usage.signatures.saturating_sub(left);
                Ok(())
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quota_is_granted_to_its_last_signature_and_no_further() {
        let mut usage = Usage::new(5).unwrap();
        assert_eq!(usage.take(4).unwrap(), 4);
        assert_eq!(usage.take(4).unwrap(), 1, "what is left");
        let error = usage.take(1).unwrap_err();
        assert!(matches!(error, PkiError::Refused(_)), "{error}");
        assert_eq!(usage.signatures, 5);
        // Beyond it only what was allowed, once for each ledger, and never less.
        usage.extend("one", 2);
        usage.extend("one", 2);
        usage.extend("other", 1);
        usage.extend("one", 1);
        assert_eq!(usage.limit(), 8);
        assert_eq!(usage.take(4).unwrap(), 3);
        assert!(usage.take(1).is_err());
        let json = usage.to_json().unwrap();
        assert_eq!(serde_json::from_slice::<Usage>(&json).unwrap(), usage);
        assert!(Usage::new(0).is_err());
    }
}
