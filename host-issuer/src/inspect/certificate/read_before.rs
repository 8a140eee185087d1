//! Certificates of document signers as a counter meets them again and again: each is read once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::Certificate;
use crate::inspect::asn1::Asn1Error;
use crate::inspect::hash::HashAlgorithm;

/// Most certificates that are kept; a station sees some dozen document signers in a day.
const LIMIT: usize = 128;

/// Certificates by the SHA-256 of their bytes. What is kept is what the bytes say: nothing here is trusted.
#[derive(Debug, Default)]
pub(crate) struct ReadBefore(Mutex<HashMap<Vec<u8>, Arc<Certificate>>>);

impl ReadBefore {
    /// Reads a certificate, or finds it read.
    ///
    /// # Errors
    /// As [`Certificate::from_der`].
    pub(crate) fn certificate(&self, der: &[u8]) -> Result<Arc<Certificate>, Asn1Error> {
        let digest = HashAlgorithm::Sha256.digest(der);
        let kept = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(certificate) = kept().get(&digest) {
            return Ok(Arc::clone(certificate));
        }
        let certificate = Arc::new(Certificate::from_der(der)?);
        let mut kept = kept();
        if kept.len() >= LIMIT {
            kept.clear();
        }
        kept.insert(digest, Arc::clone(&certificate));
        Ok(certificate)
    }
}
