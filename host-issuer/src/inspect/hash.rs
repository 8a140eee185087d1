//! Hash algorithms an EF.SOD may name, and which of them are believed.

use aws_lc_rs::digest;
use const_oid::ObjectIdentifier;
use const_oid::db::rfc5912;

use super::asn1::{Asn1Error, Element, Reader, tag};

/// A hash algorithm of Doc 9303-12 §4.4.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HashAlgorithm {
    /// SHA-1: recognised so that it can be refused by name.
    Sha1,
    /// SHA-224
    Sha224,
    /// SHA-256
    Sha256,
    /// SHA-384
    Sha384,
    /// SHA-512
    Sha512,
}

impl HashAlgorithm {
    /// Every one of them.
    pub(crate) const ALL: [Self; 5] = [Self::Sha1, Self::Sha224, Self::Sha256, Self::Sha384, Self::Sha512];

    /// The algorithm of an `AlgorithmIdentifier`'s OID.
    #[must_use]
    pub fn from_oid(oid: &ObjectIdentifier) -> Option<Self> {
        Some(match *oid {
            rfc5912::ID_SHA_1 => Self::Sha1,
            rfc5912::ID_SHA_224 => Self::Sha224,
            rfc5912::ID_SHA_256 => Self::Sha256,
            rfc5912::ID_SHA_384 => Self::Sha384,
            rfc5912::ID_SHA_512 => Self::Sha512,
            _ => return None,
        })
    }

    /// The digest of `message`.
    #[must_use]
    pub fn digest(self, message: &[u8]) -> Vec<u8> {
        digest::digest(self.engine(), message).as_ref().to_vec()
    }

    /// The algorithm as the fast engine knows it.
    pub(super) fn engine(self) -> &'static digest::Algorithm {
        match self {
            Self::Sha1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
            Self::Sha224 => &digest::SHA224,
            Self::Sha256 => &digest::SHA256,
            Self::Sha384 => &digest::SHA384,
            Self::Sha512 => &digest::SHA512,
        }
    }

    /// Bytes of a digest.
    #[must_use]
    pub fn digest_len(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha224 => 28,
            Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }

    /// Whether a signature over this hash is believed. Collisions in SHA-1 can be bought, and
    /// Doc 9303-12 §4.4 does not allow it.
    #[must_use]
    pub fn is_acceptable(self) -> bool {
        self != Self::Sha1
    }

    /// The name as FIPS 180-4 writes it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Sha1 => "SHA-1",
            Self::Sha224 => "SHA-224",
            Self::Sha256 => "SHA-256",
            Self::Sha384 => "SHA-384",
            Self::Sha512 => "SHA-512",
        }
    }
}

/// `AlgorithmIdentifier ::= SEQUENCE { algorithm OBJECT IDENTIFIER, parameters ANY OPTIONAL }`
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AlgorithmIdentifier {
    /// The algorithm.
    pub(crate) oid: ObjectIdentifier,
    /// The parameters' bytes as read. NULL and absent both occur for hashes (RFC 5754 §2).
    pub(crate) parameters: Option<Vec<u8>>,
}

impl AlgorithmIdentifier {
    /// Reads one from its SEQUENCE.
    pub(crate) fn parse(element: &Element<'_>, what: &'static str) -> Result<Self, Asn1Error> {
        element.require(tag::SEQUENCE, what)?;
        let mut fields = element.reader();
        let oid = fields.next(what)?.oid(what)?;
        let parameters = if fields.is_empty() {
            None
        } else {
            Some(fields.next(what)?.raw.to_vec())
        };
        fields.finish(what)?;
        Ok(Self { oid, parameters })
    }

    /// Reads one as the next element.
    pub(crate) fn read(reader: &mut Reader<'_>, what: &'static str) -> Result<Self, Asn1Error> {
        Self::parse(&reader.next(what)?, what)
    }

    /// The hash it names, with parameters absent or NULL.
    pub(crate) fn hash(&self) -> Option<HashAlgorithm> {
        match self.parameters.as_deref() {
            None | Some([0x05, 0x00]) => HashAlgorithm::from_oid(&self.oid),
            Some(_) => None,
        }
    }
}
