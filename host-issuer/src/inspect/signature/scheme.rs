//! How a signature was made: what an AlgorithmIdentifier says (Doc 9303-12 §4.4).

use const_oid::ObjectIdentifier;
use const_oid::db::rfc5912;

use super::{RSA_ENCRYPTION, RSASSA_PSS, SignatureError};
use crate::inspect::asn1::{Asn1Error, Element, Reader, only, tag};
use crate::inspect::hash::{AlgorithmIdentifier, HashAlgorithm};

/// ecdsa-with-SHA1 (RFC 3279 §2.2.3)
const ECDSA_WITH_SHA_1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.1");
const MGF1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.8");

/// How a signature was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// ECDSA over this hash (Doc 9303-12 §4.4.3).
    Ecdsa(HashAlgorithm),
    /// ECDSA over this hash in the plain form r ‖ s (BSI TR-03111 §5.2.1), as EF.SOD of some States have it.
    PlainEcdsa(HashAlgorithm),
    /// RSASSA-PKCS1-v1_5 (RFC 8017 §8.2).
    RsaPkcs1(HashAlgorithm),
    /// RSASSA-PSS (RFC 4055 §3.1); MGF1 uses the same hash.
    RsaPss {
        /// Hash of the message and of MGF1.
        hash: HashAlgorithm,
        /// Bytes of salt.
        salt_len: usize,
    },
}

impl Scheme {
    /// Reads the scheme from a signature's AlgorithmIdentifier. CMS may write only
    /// `rsaEncryption` there (RFC 3370 §3.2); the hash is then the SignerInfo's digestAlgorithm.
    pub(crate) fn from_algorithm(
        algorithm: &AlgorithmIdentifier,
        digest_algorithm: Option<HashAlgorithm>,
    ) -> Result<Self, SignatureError> {
        use HashAlgorithm::{Sha1, Sha224, Sha256, Sha384, Sha512};
        let unsupported = || SignatureError::Unsupported(format!("signature algorithm {}", algorithm.oid));
        Ok(match algorithm.oid {
            ECDSA_WITH_SHA_1 => Self::Ecdsa(Sha1),
            rfc5912::ECDSA_WITH_SHA_224 => Self::Ecdsa(Sha224),
            rfc5912::ECDSA_WITH_SHA_256 => Self::Ecdsa(Sha256),
            rfc5912::ECDSA_WITH_SHA_384 => Self::Ecdsa(Sha384),
            rfc5912::ECDSA_WITH_SHA_512 => Self::Ecdsa(Sha512),
            rfc5912::SHA_1_WITH_RSA_ENCRYPTION => Self::RsaPkcs1(Sha1),
            rfc5912::SHA_224_WITH_RSA_ENCRYPTION => Self::RsaPkcs1(Sha224),
            rfc5912::SHA_256_WITH_RSA_ENCRYPTION => Self::RsaPkcs1(Sha256),
            rfc5912::SHA_384_WITH_RSA_ENCRYPTION => Self::RsaPkcs1(Sha384),
            rfc5912::SHA_512_WITH_RSA_ENCRYPTION => Self::RsaPkcs1(Sha512),
            RSASSA_PSS => pss(algorithm.parameters.as_deref())?,
            RSA_ENCRYPTION => Self::RsaPkcs1(digest_algorithm.ok_or_else(unsupported)?),
            oid => Self::PlainEcdsa(plain_ecdsa_hash(&oid).ok_or_else(unsupported)?),
        })
    }

    /// The hash that is signed.
    #[must_use]
    pub fn hash(self) -> HashAlgorithm {
        match self {
            Self::Ecdsa(hash) | Self::PlainEcdsa(hash) | Self::RsaPkcs1(hash) | Self::RsaPss { hash, .. } => {
                hash
            }
        }
    }

    /// Name for a report, such as `ECDSA with SHA-256`.
    #[must_use]
    pub fn name(self) -> String {
        match self {
            Self::Ecdsa(hash) => format!("ECDSA with {}", hash.name()),
            Self::PlainEcdsa(hash) => format!("plain ECDSA with {}", hash.name()),
            Self::RsaPkcs1(hash) => format!("RSASSA-PKCS1-v1_5 with {}", hash.name()),
            Self::RsaPss { hash, .. } => format!("RSASSA-PSS with {}", hash.name()),
        }
    }
}

/// The hash of a scheme that is not computed here, where it is one that nobody believes: RSA with MD2 or MD5 (RFC 8017 §A.2.4), DSA
/// with SHA-1 (RFC 3279 §2.2.2). Such a signature proves nothing, whoever computes it.
pub(crate) fn broken_hash(algorithm: &ObjectIdentifier) -> Option<&'static str> {
    Some(match algorithm.to_string().as_str() {
        "1.2.840.113549.1.1.2" => "MD2",
        "1.2.840.113549.1.1.4" => "MD5",
        "1.2.840.10040.4.3" => "SHA-1",
        _ => return None,
    })
}

/// The hash of ecdsa-plain-signatures (BSI TR-03111 §5.2.1.1); `None` for another algorithm.
pub(crate) fn plain_ecdsa_hash(algorithm: &ObjectIdentifier) -> Option<HashAlgorithm> {
    Some(match algorithm.to_string().as_str() {
        "0.4.0.127.0.7.1.1.4.1.1" => HashAlgorithm::Sha1,
        "0.4.0.127.0.7.1.1.4.1.2" => HashAlgorithm::Sha224,
        "0.4.0.127.0.7.1.1.4.1.3" => HashAlgorithm::Sha256,
        "0.4.0.127.0.7.1.1.4.1.4" => HashAlgorithm::Sha384,
        "0.4.0.127.0.7.1.1.4.1.5" => HashAlgorithm::Sha512,
        _ => return None,
    })
}

/// ```text
/// RSASSA-PSS-params ::= SEQUENCE {
///     hashAlgorithm    [0] HashAlgorithm    DEFAULT sha1,
///     maskGenAlgorithm [1] MaskGenAlgorithm DEFAULT mgf1SHA1,
///     saltLength       [2] INTEGER          DEFAULT 20,
///     trailerField     [3] INTEGER          DEFAULT 1 }
/// ```
fn pss(parameters: Option<&[u8]>) -> Result<Scheme, SignatureError> {
    let Some(parameters) = parameters else {
        return Err(SignatureError::Malformed("RSASSA-PSS without parameters".into()));
    };
    let mut fields = only(parameters, tag::SEQUENCE, "RSASSA-PSS-params")?.reader();
    let unsupported = |what: &str| SignatureError::Unsupported(format!("RSASSA-PSS with {what}"));
    let mut hash = HashAlgorithm::Sha1;
    if let Some(field) = fields.optional(tag::CONTEXT_0, "hashAlgorithm")? {
        let algorithm = AlgorithmIdentifier::read(&mut field.reader(), "hashAlgorithm")?;
        hash = algorithm.hash().ok_or_else(|| unsupported("this hash"))?;
    }
    let mut mask_hash = HashAlgorithm::Sha1;
    if let Some(field) = fields.optional(tag::CONTEXT_1, "maskGenAlgorithm")? {
        let algorithm = AlgorithmIdentifier::read(&mut field.reader(), "maskGenAlgorithm")?;
        let inner = algorithm.parameters.as_deref().unwrap_or_default();
        if algorithm.oid != MGF1 {
            return Err(unsupported("this mask generation"));
        }
        let inner = AlgorithmIdentifier::read(&mut Reader::new(inner), "MGF1 hash")?;
        mask_hash = inner.hash().ok_or_else(|| unsupported("this MGF1 hash"))?;
    }
    if mask_hash != hash {
        return Err(unsupported("two different hashes"));
    }
    let mut salt_len = 20;
    if let Some(field) = fields.optional(0xA2, "saltLength")? {
        salt_len = salt_length(&field.reader().next("saltLength")?)?;
    }
    if let Some(field) = fields.optional(0xA3, "trailerField")?
        && field
            .reader()
            .next("trailerField")?
            .small_integer("trailerField")?
            != 1
    {
        return Err(unsupported("this trailer"));
    }
    fields.finish("RSASSA-PSS-params")?;
    Ok(Scheme::RsaPss { hash, salt_len })
}

/// A salt as long as a key allows takes two bytes: OpenSSL writes such unless told otherwise.
fn salt_length(element: &Element<'_>) -> Result<usize, Asn1Error> {
    element.require(tag::INTEGER, "saltLength")?;
    match *element.body {
        [low] if low < 0x80 => Ok(usize::from(low)),
        [high, low] if high < 0x80 => Ok(usize::from(u16::from_be_bytes([high, low]))),
        _ => Err(Asn1Error::Value("saltLength: a length is required".into())),
    }
}
