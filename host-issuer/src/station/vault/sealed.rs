//! One sealed thing.
//!
//! ```text
//! Sealed ::= SEQUENCE {
//!     version     INTEGER (1),
//!     nonce       OCTET STRING (SIZE (12)),     -- random
//!     ciphertext  OCTET STRING }                -- AES-256-GCM (SP 800-38D) with its tag
//!
//! associated data: SEQUENCE {
//!     form        UTF8String ("eid.station.sealed/1"),
//!     kind        UTF8String,                   -- "application" | "draft" | "job key"
//!     job         UTF8String,
//!     attempt     INTEGER }                     -- 0 for what belongs to no attempt
//! ```
//!
//! So nothing that is sealed can stand in for another thing. A key seals few things (a job's two or three an attempt, the vault's one
//! a job), far below the 2³² that random nonces allow.

use aes_gcm::aead::{Aead as _, KeyInit as _, Payload};
use aes_gcm::{Aes256Gcm, Key};
use der::asn1::{OctetStringRef, Utf8StringRef};
use der::{Decode as _, Encode as _, Sequence};
use rand_core::TryCryptoRng;
use zeroize::Zeroizing;

use super::{KEY_LEN, VaultError};

const VERSION: u8 = 1;
const FORM: &str = "eid.station.sealed/1";
const NONCE_LEN: usize = 12;
/// Longest content of a sealed thing.
pub const MAX_SEALED_BYTES: usize = 32 * 1024 * 1024;

/// What is sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SealedKind {
    /// A job's application.
    Application,
    /// What one attempt needs to be finished or settled.
    Draft {
        /// The attempt, from 1.
        attempt: u32,
    },
    /// The key of a job.
    JobKey,
}

impl SealedKind {
    /// Its name in the associated data and in errors.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Application => "application",
            Self::Draft { .. } => "draft",
            Self::JobKey => "job key",
        }
    }

    const fn attempt(self) -> u32 {
        match self {
            Self::Draft { attempt } => attempt,
            Self::Application | Self::JobKey => 0,
        }
    }
}

#[derive(Sequence)]
struct Sealed<'a> {
    version: u8,
    nonce: &'a OctetStringRef,
    ciphertext: &'a OctetStringRef,
}

#[derive(Sequence)]
struct AssociatedData<'a> {
    form: Utf8StringRef<'a>,
    kind: Utf8StringRef<'a>,
    job: Utf8StringRef<'a>,
    attempt: u32,
}

fn associated(kind: SealedKind, job: &str) -> Result<Vec<u8>, der::Error> {
    AssociatedData {
        form: Utf8StringRef::new(FORM)?,
        kind: Utf8StringRef::new(kind.name())?,
        job: Utf8StringRef::new(job)?,
        attempt: kind.attempt(),
    }
    .to_der()
}

fn cipher(key: &[u8; KEY_LEN]) -> Aes256Gcm {
    Aes256Gcm::new(&Key::<Aes256Gcm>::from(*key))
}

pub(super) fn seal(
    key: &[u8; KEY_LEN],
    kind: SealedKind,
    job: &str,
    content: &[u8],
    rng: &mut (impl TryCryptoRng + ?Sized),
) -> Result<Vec<u8>, VaultError> {
    if content.len() > MAX_SEALED_BYTES {
        return Err(VaultError::TooLong(kind.name()));
    }
    let fault = |_| VaultError::Seal(kind.name());
    let mut nonce = [0; NONCE_LEN];
    rng.try_fill_bytes(&mut nonce).map_err(|_| VaultError::Random)?;
    let aad = associated(kind, job).map_err(fault)?;
    let payload = Payload {
        msg: content,
        aad: &aad,
    };
    let ciphertext = cipher(key)
        .encrypt(&nonce.into(), payload)
        .map_err(|_| VaultError::Seal(kind.name()))?;
    let octets = |bytes| OctetStringRef::new(bytes).map_err(fault);
    Sealed {
        version: VERSION,
        nonce: octets(&nonce)?,
        ciphertext: octets(&ciphertext)?,
    }
    .to_der()
    .map_err(fault)
}

pub(super) fn open(
    key: &[u8; KEY_LEN],
    kind: SealedKind,
    job: &str,
    bytes: &[u8],
) -> Result<Zeroizing<Vec<u8>>, VaultError> {
    let forged = || VaultError::Forged(kind.name());
    let sealed = Sealed::from_der(bytes).map_err(|_| forged())?;
    if sealed.version != VERSION {
        return Err(forged());
    }
    let nonce = <[u8; NONCE_LEN]>::try_from(sealed.nonce.as_bytes()).map_err(|_| forged())?;
    let aad = associated(kind, job).map_err(|_| forged())?;
    let payload = Payload {
        msg: sealed.ciphertext.as_bytes(),
        aad: &aad,
    };
    cipher(key)
        .decrypt(&nonce.into(), payload)
        .map(Zeroizing::new)
        .map_err(|_| forged())
}
