//! Hash algorithms an EF.SOD may name, and which of them are believed.

use const_oid::ObjectIdentifier;
use sha2::Digest as _;

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
    /// The algorithm of an `AlgorithmIdentifier`'s OID.
    #[must_use]
    pub fn from_oid(oid: &ObjectIdentifier) -> Option<Self> {
        Some(match oid.to_string().as_str() {
            "1.3.14.3.2.26" => Self::Sha1,
            "2.16.840.1.101.3.4.2.4" => Self::Sha224,
            "2.16.840.1.101.3.4.2.1" => Self::Sha256,
            "2.16.840.1.101.3.4.2.2" => Self::Sha384,
            "2.16.840.1.101.3.4.2.3" => Self::Sha512,
            _ => return None,
        })
    }

    /// The digest of `message`.
    #[must_use]
    pub fn digest(self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::Sha1 => sha1::Sha1::digest(message).to_vec(),
            Self::Sha224 => sha2::Sha224::digest(message).to_vec(),
            Self::Sha256 => sha2::Sha256::digest(message).to_vec(),
            Self::Sha384 => sha2::Sha384::digest(message).to_vec(),
            Self::Sha512 => sha2::Sha512::digest(message).to_vec(),
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
