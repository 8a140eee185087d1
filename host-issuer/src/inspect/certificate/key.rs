//! What was worked out about a certificate's key: each thing once, however many documents ask.
//!
//! Only facts are kept that follow from the bytes alone: the key in them, whether it is weak, which signatures hold under it. Trust,
//! revocation and dates are none of these and are judged for every document anew, so that nothing kept here can make a document
//! genuine that would not be so without it.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use crate::inspect::hash::HashAlgorithm;
use crate::inspect::signature::{PublicKey, Scheme, SignatureError, VerifyingKey};
use crate::inspect::weak_keys::{Weakness, weakness};

/// Most signatures that are remembered of one key. A State has some hundred document signers at a time; who made up more would have
/// to sign them with its CSCA.
const SIGNATURES: usize = 1024;
/// SHA-256 over scheme, signature and message.
type Digest = [u8; 32];

/// A certificate's key and what is known of it. Clones share what they find out.
#[derive(Clone, Default)]
pub(super) struct CertificateKey(Arc<Known>);

#[derive(Default)]
struct Known {
    key: OnceLock<Result<VerifyingKey, SignatureError>>,
    weakness: OnceLock<Option<Weakness>>,
    /// Signatures that hold. Those that do not are computed again: whoever sends wrong ones must not fill this.
    holding: Mutex<HashSet<Digest>>,
}

impl CertificateKey {
    /// The key in this `SubjectPublicKeyInfo`, which is always the same.
    pub(super) fn get(&self, spki: &[u8]) -> Result<&VerifyingKey, SignatureError> {
        let read = || PublicKey::from_spki(spki).map(VerifyingKey::new);
        self.0.key.get_or_init(read).as_ref().map_err(Clone::clone)
    }

    /// What is wrong with it; `None` for a key that cannot be read, too.
    pub(super) fn weakness(&self, spki: &[u8]) -> Option<Weakness> {
        let look = || self.get(spki).ok().and_then(|key| weakness(key.key()));
        *self.0.weakness.get_or_init(look)
    }

    /// Verifies a signature, or remembers that it holds.
    pub(super) fn verify(
        &self,
        spki: &[u8],
        scheme: Scheme,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), SignatureError> {
        let digest = digest(scheme, message, signature);
        let holding = || self.0.holding.lock().unwrap_or_else(PoisonError::into_inner);
        if digest.is_some_and(|digest| holding().contains(&digest)) {
            return Ok(());
        }
        self.get(spki)?.verify(scheme, message, signature)?;
        if let Some(digest) = digest {
            let mut holding = holding();
            if holding.len() >= SIGNATURES {
                holding.clear();
            }
            holding.insert(digest);
        }
        Ok(())
    }
}

fn digest(scheme: Scheme, message: &[u8], signature: &[u8]) -> Option<Digest> {
    let scheme = format!("{scheme:?}");
    let mut bytes = Vec::with_capacity(scheme.len() + signature.len() + message.len() + 16);
    // With their lengths, so that no other three parts make the same bytes.
    for part in [scheme.as_bytes(), signature] {
        bytes.extend_from_slice(&part.len().to_be_bytes());
        bytes.extend_from_slice(part);
    }
    bytes.extend_from_slice(message);
    HashAlgorithm::Sha256.digest(&bytes).try_into().ok()
}
