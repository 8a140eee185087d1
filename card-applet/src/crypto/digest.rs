//! Hash functions by name, where a protocol lets the other side choose (BSI TR-03110-3, A.7.3; ICAO Doc 9303-11,
//! 7.1.4).

use sha1::Sha1;
use sha2::digest::Update;
use sha2::{Sha224, Sha256, Sha384, Sha512};

/// Longest digest in bytes.
pub const MAX_DIGEST: usize = 64;

/// A hash function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HashFunction {
    /// SHA-1. Collisions are known: only to read what is old, and to refuse it where something is proved.
    Sha1,
    /// SHA-224.
    Sha224,
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

/// A digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Digest {
    bytes: [u8; MAX_DIGEST],
    len: usize,
}

impl Digest {
    fn new(bytes: &[u8]) -> Self {
        let mut digest = Self {
            bytes: [0; MAX_DIGEST],
            len: bytes.len().min(MAX_DIGEST),
        };
        for (to, from) in digest.bytes.iter_mut().zip(bytes) {
            *to = *from;
        }
        digest
    }

    /// The digest's bytes.
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }
}

impl HashFunction {
    /// Length of a digest in bytes.
    pub const fn digest_len(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha224 => 28,
            Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }

    /// The digest of these parts, one after the other. Never panics.
    pub fn digest(self, parts: &[&[u8]]) -> Digest {
        fn over<D: sha2::digest::Digest + Update>(parts: &[&[u8]]) -> Digest {
            let mut hasher = D::new();
            for part in parts {
                Update::update(&mut hasher, part);
            }
            Digest::new(&hasher.finalize())
        }
        match self {
            Self::Sha1 => over::<Sha1>(parts),
            Self::Sha224 => over::<Sha224>(parts),
            Self::Sha256 => over::<Sha256>(parts),
            Self::Sha384 => over::<Sha384>(parts),
            Self::Sha512 => over::<Sha512>(parts),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::HashFunction::{self, *};

    /// The digests of "abc" that FIPS 180-4's examples print (their first eight bytes).
    #[test]
    fn abc() {
        let expected: [(HashFunction, &str); 5] = [
            (Sha1, "A9993E364706816A"),
            (Sha224, "23097D223405D822"),
            (Sha256, "BA7816BF8F01CFEA"),
            (Sha384, "CB00753F45A35E8B"),
            (Sha512, "DDAF35A193617ABA"),
        ];
        for (hash, start) in expected {
            let digest = hash.digest(&[b"a", b"", b"bc"]);
            assert_eq!(digest.as_bytes().len(), hash.digest_len());
            assert_eq!(hex::encode_upper(&digest.as_bytes()[..8]), start, "{hash:?}");
        }
    }
}
