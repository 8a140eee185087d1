//! The index of a trust store: which certificates and CRLs are there for a name, without reading any of them.
//!
//! ```text
//! "eid-trust-index" 01                        16 bytes
//! number of anchors, number of CRLs           4 bytes each, big-endian
//! anchors  { name, key, certificate }         32 bytes each, in ascending order
//! CRLs     { name, CRL }                      32 bytes each, in ascending order
//! ```
//!
//! `name` is the SHA-256 of a distinguished name without regard to case, string type and spaces, `key` that of the
//! subjectKeyIdentifier (zeros: there is none), `certificate` and `CRL` those of the whole object. A CRL is there once for every
//! name that it is for. What an index finds is only a candidate: names and key identifiers are compared again.

use super::error::StoreFault;
use crate::inspect::certificate::{Certificate, NameKey, name_key};
use crate::inspect::hash::HashAlgorithm;
use crate::inspect::revocation::RevocationList;

/// SHA-256 of an object.
pub(super) type Digest = [u8; 32];

const MAGIC: &[u8; 16] = b"eid-trust-index\x01";
/// More of either are not loaded: all States of the world have some hundreds of CSCA certificates.
pub(super) const ENTRY_LIMIT: usize = 20_000;
const ANCHOR_LENGTH: usize = 96;
const LIST_LENGTH: usize = 64;
/// Of a certificate without subjectKeyIdentifier.
const NO_KEY: Digest = [0; 32];

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct AnchorEntry {
    name: Digest,
    key: Digest,
    certificate: Digest,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct ListEntry {
    name: Digest,
    list: Digest,
}

/// Where to look for a name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Index {
    anchors: Vec<AnchorEntry>,
    lists: Vec<ListEntry>,
}

impl Index {
    /// Notes a CSCA certificate.
    pub(super) fn add_anchor(&mut self, certificate: &Certificate) {
        let key = certificate.extensions().subject_key_identifier.as_deref();
        self.anchors.push(AnchorEntry {
            name: certificate.subject_key(),
            key: key.map_or(NO_KEY, sha256),
            certificate: sha256(certificate.raw()),
        });
    }

    /// Notes a CRL, whose SHA-256 is `digest`, for each name that it is for.
    pub(super) fn add_list(&mut self, list: &RevocationList, digest: Digest) {
        for name in list.names() {
            self.lists.push(ListEntry {
                name: name_key(name),
                list: digest,
            });
        }
    }

    /// Puts everything in order; to be called when all is noted.
    pub(super) fn finish(&mut self) {
        self.anchors.sort_unstable();
        self.anchors.dedup();
        self.lists.sort_unstable();
        self.lists.dedup();
    }

    /// Certificates whose subject may have the name of this key and, where both sides have one, whose key identifier may be `key`.
    pub(super) fn anchors(&self, name: NameKey, key: Option<&[u8]>) -> impl Iterator<Item = Digest> + '_ {
        let key = key.map(sha256);
        let from = self.anchors.partition_point(|entry| entry.name < name);
        self.anchors
            .iter()
            .skip(from)
            .take_while(move |entry| entry.name == name)
            .filter(move |entry| key.is_none_or(|key| entry.key == NO_KEY || entry.key == key))
            .map(|entry| entry.certificate)
    }

    /// CRLs that may be for the name of this key.
    pub(super) fn lists(&self, name: NameKey) -> impl Iterator<Item = Digest> + '_ {
        let from = self.lists.partition_point(|entry| entry.name < name);
        self.lists
            .iter()
            .skip(from)
            .take_while(move |entry| entry.name == name)
            .map(|entry| entry.list)
    }

    /// Every certificate.
    pub(super) fn every_anchor(&self) -> impl ExactSizeIterator<Item = Digest> + '_ {
        self.anchors.iter().map(|entry| entry.certificate)
    }

    /// The index as a file.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX).to_be_bytes();
        let mut bytes = MAGIC.to_vec();
        bytes.extend(count(self.anchors.len()));
        bytes.extend(count(self.lists.len()));
        for entry in &self.anchors {
            for part in [entry.name, entry.key, entry.certificate] {
                bytes.extend(part);
            }
        }
        for entry in &self.lists {
            bytes.extend(entry.name);
            bytes.extend(entry.list);
        }
        bytes
    }

    /// Reads an index.
    ///
    /// # Errors
    /// [`StoreFault`] when the bytes are none, name more than is loaded, or are out of order. Never panics.
    pub(super) fn from_bytes(bytes: &[u8]) -> Result<Self, StoreFault> {
        let malformed = || StoreFault("no index of trust data".into());
        let rest = bytes.strip_prefix(MAGIC.as_slice()).ok_or_else(malformed)?;
        let (anchors, rest) = count(rest).ok_or_else(malformed)?;
        let (lists, rest) = count(rest).ok_or_else(malformed)?;
        if anchors > ENTRY_LIMIT || lists > ENTRY_LIMIT {
            return Err(StoreFault("too many certificates or CRLs".into()));
        }
        let (of_anchors, of_lists) = rest
            .split_at_checked(anchors * ANCHOR_LENGTH)
            .ok_or_else(malformed)?;
        if of_lists.len() != lists * LIST_LENGTH {
            return Err(malformed());
        }
        let part = |entry: &[u8], index: usize| -> Digest {
            let from = index * 32;
            entry
                .get(from..from + 32)
                .and_then(|part| part.try_into().ok())
                .unwrap_or_default()
        };
        let index = Self {
            anchors: of_anchors
                .chunks_exact(ANCHOR_LENGTH)
                .map(|entry| AnchorEntry {
                    name: part(entry, 0),
                    key: part(entry, 1),
                    certificate: part(entry, 2),
                })
                .collect(),
            lists: of_lists
                .chunks_exact(LIST_LENGTH)
                .map(|entry| ListEntry {
                    name: part(entry, 0),
                    list: part(entry, 1),
                })
                .collect(),
        };
        if !index.anchors.is_sorted() || !index.lists.is_sorted() {
            return Err(malformed());
        }
        Ok(index)
    }
}

fn count(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let (number, rest) = bytes.split_first_chunk::<4>()?;
    Some((usize::try_from(u32::from_be_bytes(*number)).ok()?, rest))
}

/// SHA-256 as an array.
pub(super) fn sha256(bytes: &[u8]) -> Digest {
    HashAlgorithm::Sha256.digest(bytes).try_into().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(name: u8) -> AnchorEntry {
        AnchorEntry {
            name: [name; 32],
            key: NO_KEY,
            certificate: [7; 32],
        }
    }

    #[test]
    fn an_index_is_read_back_and_a_damaged_one_is_none() {
        let mut index = Index {
            anchors: vec![entry(9), entry(3), entry(3)],
            lists: vec![ListEntry {
                name: [1; 32],
                list: [2; 32],
            }],
        };
        index.finish();
        assert_eq!(index.anchors.len(), 2);
        let bytes = index.to_bytes();
        assert_eq!(bytes.len(), 24 + 2 * ANCHOR_LENGTH + LIST_LENGTH);
        assert_eq!(Index::from_bytes(&bytes), Ok(index));
        for length in 0..bytes.len() {
            assert!(Index::from_bytes(&bytes[..length]).is_err(), "{length}");
        }
        let mut swapped = bytes.clone();
        swapped[24..24 + 2 * ANCHOR_LENGTH].rotate_left(ANCHOR_LENGTH);
        assert!(Index::from_bytes(&swapped).is_err());
        let mut endless = bytes;
        endless[16..20].copy_from_slice(&u32::MAX.to_be_bytes());
        assert!(Index::from_bytes(&endless).is_err());
    }
}
