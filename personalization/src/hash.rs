//! The hash functions that issuers of this project use.
//!
//! Digests come from the fast engine (aws-lc), which picks the machine's best instructions in every build profile.

use aws_lc_rs::digest;
use const_oid::ObjectIdentifier;
use const_oid::db::rfc5912;
use serde::{Deserialize, Serialize};
use spki::AlgorithmIdentifierOwned;

/// A hash algorithm for data groups and signatures (of those of 9303-12 §4.1.6.4; SHA-224 is not written).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum HashAlgorithm {
    /// SHA-256.
    #[default]
    #[serde(rename = "SHA-256")]
    Sha256,
    /// SHA-384.
    #[serde(rename = "SHA-384")]
    Sha384,
    /// SHA-512.
    #[serde(rename = "SHA-512")]
    Sha512,
}

impl HashAlgorithm {
    /// Every algorithm.
    pub const ALL: [Self; 3] = [Self::Sha256, Self::Sha384, Self::Sha512];

    /// Its object identifier (RFC 5754 §2). The AlgorithmIdentifier is written without parameters; readers
    /// must also take NULL.
    pub const fn oid(self) -> ObjectIdentifier {
        match self {
            Self::Sha256 => rfc5912::ID_SHA_256,
            Self::Sha384 => rfc5912::ID_SHA_384,
            Self::Sha512 => rfc5912::ID_SHA_512,
        }
    }

    /// Its AlgorithmIdentifier without parameters, as digests are named in EF.SOD.
    pub const fn identifier(self) -> AlgorithmIdentifierOwned {
        AlgorithmIdentifierOwned {
            oid: self.oid(),
            parameters: None,
        }
    }

    /// The algorithm with this object identifier.
    pub fn from_oid(oid: ObjectIdentifier) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.oid() == oid)
    }

    /// Length of a digest in bytes.
    pub const fn digest_len(self) -> usize {
        match self {
            Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }

    /// The digest of `data`.
    pub fn digest(self, data: &[u8]) -> Vec<u8> {
        digest::digest(self.engine(), data).as_ref().to_vec()
    }

    /// The algorithm as the fast engine knows it.
    pub(crate) fn engine(self) -> &'static digest::Algorithm {
        match self {
            Self::Sha256 => &digest::SHA256,
            Self::Sha384 => &digest::SHA384,
            Self::Sha512 => &digest::SHA512,
        }
    }
}

#[cfg(test)]
mod tests {
    use sha2::Digest;

    use super::*;

    /// The examples of FIPS 180-2 for the message "abc", and another implementation for every length around a block.
    #[test]
    fn digests_are_those_of_fips_180() {
        let abc = |hash: HashAlgorithm| hex::encode(hash.digest(b"abc"));
        assert!(abc(HashAlgorithm::Sha256).starts_with("ba7816bf8f01cfea"));
        assert!(abc(HashAlgorithm::Sha384).starts_with("cb00753f45a35e8b"));
        assert!(abc(HashAlgorithm::Sha512).starts_with("ddaf35a193617aba"));
        let data = [0xA5; 300];
        for length in 0..data.len() {
            let data = &data[..length];
            assert_eq!(
                HashAlgorithm::Sha256.digest(data),
                sha2::Sha256::digest(data).to_vec()
            );
            assert_eq!(
                HashAlgorithm::Sha384.digest(data),
                sha2::Sha384::digest(data).to_vec()
            );
            assert_eq!(
                HashAlgorithm::Sha512.digest(data),
                sha2::Sha512::digest(data).to_vec()
            );
        }
        for hash in HashAlgorithm::ALL {
            assert_eq!(hash.digest(&data).len(), hash.digest_len());
            assert_eq!(HashAlgorithm::from_oid(hash.oid()), Some(hash));
        }
    }
}
