//! What a station keeps sealed, and under which keys.
//!
//! One master of 32 random bytes, in a [key file](personalization::key_file) under a passphrase; whoever steals the station's
//! directory without it has digests and ciphertexts. From it come, with HKDF-SHA-256 (RFC 5869, no salt):
//!
//! ```text
//! citizen = HKDF(master, "eid/station/citizen", 32)     CitizenKey = HMAC-SHA-256(citizen, the 12 digits)
//! jobs    = HKDF(master, "eid/station/jobs", 32)        wraps the keys of jobs
//! check   = HKDF(master, "eid/station/check", 16)       tells that the master is whole
//! ```
//!
//! Each job has a random key of its own (AES-256-GCM), which seals what is kept of its person; the key is in the ledger, wrapped
//! under `jobs`. So the data of one job can be destroyed, with every copy of them, by destroying 32 bytes.
//!
//! The key file has the label `ENCRYPTED STATION VAULT KEY` around
//!
//! ```text
//! VaultKey ::= SEQUENCE {
//!     version     INTEGER (0),
//!     master      OCTET STRING (SIZE (32)),
//!     checkValue  OCTET STRING (SIZE (16)) }
//! ```

mod sealed;

use std::fmt;
use std::path::Path;

use der::asn1::OctetStringRef;
use der::{Decode as _, Encode as _, Sequence};
use hkdf::Hkdf;
use hmac::{Hmac, KeyInit as _, Mac as _};
use personalization::citizen::CitizenNumber;
use personalization::key_file::{self, KeyFileError, Passphrase};
use rand_core::TryCryptoRng;
use sha2::Sha256;
use zeroize::Zeroizing;

pub use self::sealed::{MAX_SEALED_BYTES, SealedKind};
use crate::ledger::event::CitizenKey;

/// PEM label of the file with the master.
pub const VAULT_KEY_LABEL: &str = "ENCRYPTED STATION VAULT KEY";

const KEY_LEN: usize = 32;
const CHECK_LEN: usize = 16;

/// Why something was not sealed or opened.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// The file of the master could not be written or opened.
    #[error(transparent)]
    KeyFile(#[from] KeyFileError),
    /// The host's random number generator failed.
    #[error("the random number generator failed")]
    Random,
    /// It was altered, or is of another job, another attempt, another kind, another vault.
    #[error("the sealed {0} was altered, or was sealed in another vault or for another job")]
    Forged(&'static str),
    /// It has more bytes than a sealed thing may have.
    #[error("the {0} has more than {MAX_SEALED_BYTES} bytes")]
    TooLong(&'static str),
    /// Encryption failed: a fault of this program.
    #[error("internal: the {0} cannot be sealed")]
    Seal(&'static str),
}

#[derive(Sequence)]
struct VaultKeyContent<'a> {
    version: u8,
    master: &'a OctetStringRef,
    check_value: &'a OctetStringRef,
}

/// The vault's keys. Zeroized when dropped; `Debug` shows none of them.
pub struct Vault {
    citizen: Zeroizing<[u8; KEY_LEN]>,
    jobs: Zeroizing<[u8; KEY_LEN]>,
}

impl Vault {
    /// Draws a new master and writes its file.
    ///
    /// # Errors
    /// [`VaultError::Random`]; [`VaultError::KeyFile`] for a passphrase that is too short, a file that is there, a disk that fails.
    pub fn create(
        path: &Path,
        passphrase: &Passphrase,
        rng: &mut (impl TryCryptoRng + ?Sized),
    ) -> Result<Self, VaultError> {
        let mut master = Zeroizing::new([0; KEY_LEN]);
        rng.try_fill_bytes(&mut *master).map_err(|_| VaultError::Random)?;
        let encoding = |error: der::Error| KeyFileError::Encoding(error.to_string());
        let check = expand::<CHECK_LEN>(&master, b"eid/station/check");
        let content = VaultKeyContent {
            version: 0,
            master: OctetStringRef::new(&*master).map_err(encoding)?,
            check_value: OctetStringRef::new(&*check).map_err(encoding)?,
        };
        let plaintext = Zeroizing::new(content.to_der().map_err(encoding)?);
        key_file::write_sealed(path, VAULT_KEY_LABEL, &plaintext, passphrase, rng)?;
        Ok(Self::of(&master))
    }

    /// Opens the file of a master.
    ///
    /// # Errors
    /// [`VaultError::KeyFile`]: a wrong passphrase, another file, one that was altered.
    pub fn open(path: &Path, passphrase: &Passphrase) -> Result<Self, VaultError> {
        let plaintext = key_file::read_sealed(path, VAULT_KEY_LABEL, passphrase)?;
        let refuse = |why: &str| KeyFileError::NotAKeyFile {
            path: path.to_owned(),
            why: why.to_owned(),
        };
        let content = VaultKeyContent::from_der(&plaintext)
            .map_err(|_| refuse("its content is not the key of a station's vault"))?;
        if content.version != 0 {
            return Err(refuse("written by a later version of this program").into());
        }
        let master: [u8; KEY_LEN] = content
            .master
            .as_bytes()
            .try_into()
            .map_err(|_| refuse("the master has a wrong length"))?;
        let master = Zeroizing::new(master);
        if expand::<CHECK_LEN>(&master, b"eid/station/check").as_slice() != content.check_value.as_bytes() {
            return Err(refuse("the check value does not belong to the master: the file was altered").into());
        }
        Ok(Self::of(&master))
    }

    fn of(master: &[u8; KEY_LEN]) -> Self {
        Self {
            citizen: expand(master, b"eid/station/citizen"),
            jobs: expand(master, b"eid/station/jobs"),
        }
    }

    /// By what the ledger knows this citizen: HMAC-SHA-256 over the twelve digits, 64 lower-case hexadecimal digits.
    #[must_use]
    pub fn citizen_key(&self, number: &CitizenNumber) -> CitizenKey {
        let mut mac = Hmac::<Sha256>::new_from_slice(&*self.citizen)
            .expect("HMAC takes keys of every length (RFC 2104)");
        mac.update(number.as_str().as_bytes());
        hex::encode(mac.finalize().into_bytes())
    }

    /// A new key for a job, and the same wrapped, for [`LedgerStore::keep_job_key`](crate::ledger::LedgerStore::keep_job_key).
    ///
    /// # Errors
    /// [`VaultError::Random`].
    pub fn new_job_key(
        &self,
        job: &str,
        rng: &mut (impl TryCryptoRng + ?Sized),
    ) -> Result<(JobKey, Vec<u8>), VaultError> {
        let mut key = Zeroizing::new([0; KEY_LEN]);
        rng.try_fill_bytes(&mut *key).map_err(|_| VaultError::Random)?;
        let wrapped = sealed::seal(&self.jobs, SealedKind::JobKey, job, &*key, rng)?;
        let job = job.to_owned();
        Ok((JobKey { key, job }, wrapped))
    }

    /// The key of this job, from what [`LedgerStore::job_key`](crate::ledger::LedgerStore::job_key) gives. Never panics.
    ///
    /// # Errors
    /// [`VaultError::Forged`] for another job's key, or another vault's.
    pub fn job_key(&self, job: &str, wrapped: &[u8]) -> Result<JobKey, VaultError> {
        let opened = sealed::open(&self.jobs, SealedKind::JobKey, job, wrapped)?;
        let key = <[u8; KEY_LEN]>::try_from(opened.as_slice())
            .map_err(|_| VaultError::Forged(SealedKind::JobKey.name()))?;
        Ok(JobKey {
            key: Zeroizing::new(key),
            job: job.to_owned(),
        })
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Vault(…)")
    }
}

/// The key of one job's personal data. Zeroized when dropped; `Debug` shows the job alone.
pub struct JobKey {
    key: Zeroizing<[u8; KEY_LEN]>,
    job: String,
}

impl JobKey {
    /// Seals something of the job.
    ///
    /// # Errors
    /// [`VaultError::TooLong`], [`VaultError::Random`].
    pub fn seal(
        &self,
        kind: SealedKind,
        content: &[u8],
        rng: &mut (impl TryCryptoRng + ?Sized),
    ) -> Result<Vec<u8>, VaultError> {
        sealed::seal(&self.key, kind, &self.job, content, rng)
    }

    /// Opens something of the job. Never panics.
    ///
    /// # Errors
    /// [`VaultError::Forged`].
    pub fn open(&self, kind: SealedKind, bytes: &[u8]) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        sealed::open(&self.key, kind, &self.job, bytes)
    }
}

impl fmt::Debug for JobKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "JobKey({})", self.job)
    }
}

/// HKDF-SHA-256 without salt.
fn expand<const N: usize>(master: &[u8; KEY_LEN], info: &[u8]) -> Zeroizing<[u8; N]> {
    let mut key = Zeroizing::new([0; N]);
    Hkdf::<Sha256>::new(None, master)
        .expand(info, &mut *key)
        .expect("HKDF gives up to 255 digests (RFC 5869 §2.3), and this is at most one");
    key
}

#[cfg(test)]
mod tests;
