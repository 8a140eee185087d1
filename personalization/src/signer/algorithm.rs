//! Signature algorithms and their AlgorithmIdentifiers.

use const_oid::ObjectIdentifier;
use const_oid::db::rfc5912;
use der::asn1::ContextSpecific;
use der::{Any, Decode, Encode, Sequence, TagMode, TagNumber};
use spki::AlgorithmIdentifierOwned;

use super::public_key::PublicKey;
use crate::hash::HashAlgorithm;
use crate::pki::curves::NamedCurve;

/// A signature algorithm (of those that 9303-12 §4.1.6 allows).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SignatureAlgorithm {
    /// ECDSA with this hash (RFC 5758 §3.2); the curve is the key's. A signature is a DER `ECDSA-Sig-Value`.
    Ecdsa(HashAlgorithm),
    /// RSASSA-PSS with this hash, MGF1 with the same hash and a salt as long as the digest (RFC 4055 §3).
    RsaPss(HashAlgorithm),
    /// RSASSA-PKCS1-v1_5 with this hash (RFC 8017 §8.2): read in what others issue, never written.
    RsaPkcs1(HashAlgorithm),
}

/// ```text
/// RSASSA-PSS-params ::= SEQUENCE {                            -- RFC 4055 §3.1
///     hashAlgorithm    [0] HashAlgorithm    DEFAULT sha1,
///     maskGenAlgorithm [1] MaskGenAlgorithm DEFAULT mgf1SHA1,
///     saltLength       [2] INTEGER          DEFAULT 20,
///     trailerField     [3] INTEGER          DEFAULT 1 }
/// ```
#[derive(Sequence)]
struct PssParameters {
    hash: ContextSpecific<AlgorithmIdentifierOwned>,
    mask_generation: ContextSpecific<AlgorithmIdentifierOwned>,
    salt_length: ContextSpecific<u16>,
    #[asn1(optional = "true")]
    trailer_field: Option<ContextSpecific<u8>>,
}

impl SignatureAlgorithm {
    /// The algorithm with which a key signs when nobody chooses another: the hash is about as strong as the key
    /// (9303-12 §4.1.6).
    pub const fn of_key(key: &PublicKey) -> Self {
        match key {
            PublicKey::Ec { curve, .. } => Self::Ecdsa(match curve {
                NamedCurve::P256 | NamedCurve::BrainpoolP256r1 => HashAlgorithm::Sha256,
                NamedCurve::P384 | NamedCurve::BrainpoolP384r1 => HashAlgorithm::Sha384,
                NamedCurve::P521 | NamedCurve::BrainpoolP512r1 => HashAlgorithm::Sha512,
            }),
            PublicKey::Rsa(key) => Self::RsaPss(if key.modulus_bits() < 4096 {
                HashAlgorithm::Sha256
            } else {
                HashAlgorithm::Sha512
            }),
        }
    }

    /// The hash that is signed.
    pub const fn hash(self) -> HashAlgorithm {
        match self {
            Self::Ecdsa(hash) | Self::RsaPss(hash) | Self::RsaPkcs1(hash) => hash,
        }
    }

    /// The same scheme with another hash.
    #[must_use]
    pub const fn with_hash(self, hash: HashAlgorithm) -> Self {
        match self {
            Self::Ecdsa(_) => Self::Ecdsa(hash),
            Self::RsaPss(_) => Self::RsaPss(hash),
            Self::RsaPkcs1(_) => Self::RsaPkcs1(hash),
        }
    }

    /// Length of the digest that is signed, in bytes.
    pub const fn digest_len(self) -> usize {
        self.hash().digest_len()
    }

    /// The digest of `message` under this algorithm's hash function.
    pub fn digest(self, message: &[u8]) -> Vec<u8> {
        self.hash().digest(message)
    }

    /// The object identifier of the signature algorithm.
    pub const fn oid(self) -> ObjectIdentifier {
        match self {
            Self::Ecdsa(HashAlgorithm::Sha256) => rfc5912::ECDSA_WITH_SHA_256,
            Self::Ecdsa(HashAlgorithm::Sha384) => rfc5912::ECDSA_WITH_SHA_384,
            Self::Ecdsa(HashAlgorithm::Sha512) => rfc5912::ECDSA_WITH_SHA_512,
            Self::RsaPss(_) => rfc5912::ID_RSASSA_PSS,
            Self::RsaPkcs1(HashAlgorithm::Sha256) => rfc5912::SHA_256_WITH_RSA_ENCRYPTION,
            Self::RsaPkcs1(HashAlgorithm::Sha384) => rfc5912::SHA_384_WITH_RSA_ENCRYPTION,
            Self::RsaPkcs1(HashAlgorithm::Sha512) => rfc5912::SHA_512_WITH_RSA_ENCRYPTION,
        }
    }

    /// The AlgorithmIdentifier: ECDSA has no parameters (RFC 5758 §3.2), PSS names its hash (with NULL, as RFC 4055
    /// §2.1 defines it), MGF1 and salt, PKCS #1 v1.5 has NULL (RFC 4055 §5).
    ///
    /// # Errors
    /// Never in practice.
    pub fn identifier(self) -> Result<AlgorithmIdentifierOwned, der::Error> {
        let parameters = match self {
            Self::Ecdsa(_) => None,
            Self::RsaPss(hash) => Some(Any::encode_from(&PssParameters::new(hash)?)?),
            Self::RsaPkcs1(_) => Some(Any::null()),
        };
        Ok(AlgorithmIdentifierOwned {
            oid: self.oid(),
            parameters,
        })
    }

    /// The algorithm that an AlgorithmIdentifier names. None for one that this project does not know: another hash, PSS
    /// with two hashes or with a salt of another length than the digest, parameters where none belong. Never panics.
    #[must_use]
    pub fn from_identifier(identifier: &AlgorithmIdentifierOwned) -> Option<Self> {
        let parameters = identifier.parameters.as_ref();
        let known = HashAlgorithm::ALL
            .into_iter()
            .flat_map(|hash| [Self::Ecdsa(hash), Self::RsaPkcs1(hash)])
            .find(|algorithm| algorithm.oid() == identifier.oid);
        match known {
            Some(Self::Ecdsa(_)) => known.filter(|_| parameters.is_none()),
            Some(_) => known.filter(|_| parameters.is_none_or(Any::is_null)),
            None if identifier.oid == rfc5912::ID_RSASSA_PSS => {
                let parameters = PssParameters::from_der(&parameters?.to_der().ok()?).ok()?;
                parameters.hash().map(Self::RsaPss)
            }
            None => None,
        }
    }
}

impl PssParameters {
    fn new(hash: HashAlgorithm) -> Result<Self, der::Error> {
        let digest = AlgorithmIdentifierOwned {
            oid: hash.oid(),
            parameters: Some(Any::null()),
        };
        Ok(Self {
            mask_generation: field(
                1,
                AlgorithmIdentifierOwned {
                    oid: rfc5912::ID_MGF_1,
                    parameters: Some(Any::encode_from(&digest)?),
                },
            ),
            hash: field(0, digest),
            salt_length: field(
                2,
                u16::try_from(hash.digest_len()).map_err(|_| der::ErrorKind::Overflow)?,
            ),
            trailer_field: None,
        })
    }

    /// The one hash of these parameters.
    fn hash(&self) -> Option<HashAlgorithm> {
        let hash = |identifier: &AlgorithmIdentifierOwned| {
            let plain = identifier.parameters.as_ref().is_none_or(Any::is_null);
            HashAlgorithm::from_oid(identifier.oid).filter(|_| plain)
        };
        let Self {
            hash: digest,
            mask_generation,
            salt_length,
            trailer_field,
        } = self;
        let numbers = [
            digest.tag_number,
            mask_generation.tag_number,
            salt_length.tag_number,
        ];
        let digest = hash(&digest.value)?;
        let mask = &mask_generation.value;
        let mask_hash = mask
            .parameters
            .as_ref()?
            .decode_as::<AlgorithmIdentifierOwned>()
            .ok()?;
        let sound = numbers == [TagNumber(0), TagNumber(1), TagNumber(2)]
            && mask.oid == rfc5912::ID_MGF_1
            && hash(&mask_hash) == Some(digest)
            && usize::from(salt_length.value) == digest.digest_len()
            && trailer_field
                .as_ref()
                .is_none_or(|field| field.tag_number == TagNumber(3) && field.value == 1);
        sound.then_some(digest)
    }
}

fn field<T>(number: u32, value: T) -> ContextSpecific<T> {
    ContextSpecific {
        tag_number: TagNumber(number),
        tag_mode: TagMode::Explicit,
        value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_identifier_is_read_back_and_an_altered_one_is_none_or_another() {
        for hash in HashAlgorithm::ALL {
            for algorithm in [
                SignatureAlgorithm::Ecdsa(hash),
                SignatureAlgorithm::RsaPss(hash),
                SignatureAlgorithm::RsaPkcs1(hash),
            ] {
                let identifier = algorithm.identifier().unwrap();
                assert_eq!(SignatureAlgorithm::from_identifier(&identifier), Some(algorithm));
                let der = identifier.to_der().unwrap();
                for index in 0..der.len() {
                    let mut altered = der.clone();
                    altered[index] ^= 0x01;
                    if let Ok(altered) = AlgorithmIdentifierOwned::from_der(&altered) {
                        assert_ne!(
                            SignatureAlgorithm::from_identifier(&altered),
                            Some(algorithm),
                            "byte {index}"
                        );
                    }
                }
            }
        }
    }

    /// RFC 4055 §6: rSASSA-PSS-SHA256-Identifier as other programs write it, frozen from `openssl req -sigopt`.
    #[test]
    fn pss_parameters_are_those_of_openssl() {
        let openssl = "304106092a864886f70d01010a3034a00f300d06096086480165030402010500\
                       a11c301a06092a864886f70d010108300d06096086480165030402010500a203020120";
        let identifier = SignatureAlgorithm::RsaPss(HashAlgorithm::Sha256)
            .identifier()
            .unwrap();
        assert_eq!(hex::encode(identifier.to_der().unwrap()), openssl);
    }
}
