//! Verifying a signature of a certificate, a CRL or an EF.SOD. Nothing here can sign.
//!
//! ECDSA over every curve of [`NamedCurve`] (those that the RustCrypto crates lack through
//! [`legacy_curves`](crate::legacy_curves)), RSASSA-PKCS1-v1_5 and RSASSA-PSS (Doc 9303-12 §4.4). Which hashes are *acceptable* is not decided here: any ECDSA
//! curve verifies any digest, so policy is a check of its own (`hash_policy`).

use card_applet::wire::domain_parameters::NamedCurve;
use const_oid::ObjectIdentifier;
use ecdsa::signature::hazmat::PrehashVerifier;
use elliptic_curve::sec1::{FromSec1Point, ModulusSize, ToSec1Point};
use rsa::pkcs1::DecodeRsaPublicKey;

use super::asn1::{Asn1Error, Element, Reader, only, tag};
use super::curve;
use super::hash::{AlgorithmIdentifier, HashAlgorithm};
use crate::legacy_curves::{self, LegacyCurve, LegacyCurveError};

const EC_PUBLIC_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const RSA_ENCRYPTION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const RSASSA_PSS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.10");
const MGF1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.8");

/// Why a signature is not believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// The arithmetic says no: someone else signed, or something else was signed.
    #[error("the signature does not verify")]
    Wrong,
    /// Key or algorithm are no valid structure, or do not belong together.
    #[error("{0}")]
    Malformed(String),
    /// Well-formed, but this program cannot compute it; says nothing about the document.
    #[error("{0} is not supported")]
    Unsupported(String),
}

impl From<Asn1Error> for SignatureError {
    fn from(error: Asn1Error) -> Self {
        Self::Malformed(error.to_string())
    }
}

/// How a signature was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// ECDSA over this hash (Doc 9303-12 §4.4.3).
    Ecdsa(HashAlgorithm),
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
        let oid = algorithm.oid.to_string();
        Ok(match oid.as_str() {
            "1.2.840.10045.4.1" => Self::Ecdsa(Sha1),
            "1.2.840.10045.4.3.1" => Self::Ecdsa(Sha224),
            "1.2.840.10045.4.3.2" => Self::Ecdsa(Sha256),
            "1.2.840.10045.4.3.3" => Self::Ecdsa(Sha384),
            "1.2.840.10045.4.3.4" => Self::Ecdsa(Sha512),
            "1.2.840.113549.1.1.5" => Self::RsaPkcs1(Sha1),
            "1.2.840.113549.1.1.14" => Self::RsaPkcs1(Sha224),
            "1.2.840.113549.1.1.11" => Self::RsaPkcs1(Sha256),
            "1.2.840.113549.1.1.12" => Self::RsaPkcs1(Sha384),
            "1.2.840.113549.1.1.13" => Self::RsaPkcs1(Sha512),
            _ if algorithm.oid == RSASSA_PSS => pss(algorithm.parameters.as_deref())?,
            _ if algorithm.oid == RSA_ENCRYPTION => match digest_algorithm {
                Some(hash) => Self::RsaPkcs1(hash),
                None => return Err(SignatureError::Unsupported(format!("signature algorithm {oid}"))),
            },
            _ => return Err(SignatureError::Unsupported(format!("signature algorithm {oid}"))),
        })
    }

    /// The hash that is signed.
    #[must_use]
    pub fn hash(self) -> HashAlgorithm {
        match self {
            Self::Ecdsa(hash) | Self::RsaPkcs1(hash) | Self::RsaPss { hash, .. } => hash,
        }
    }

    /// Name for a report, such as `ECDSA with SHA-256`.
    #[must_use]
    pub fn name(self) -> String {
        match self {
            Self::Ecdsa(hash) => format!("ECDSA with {}", hash.name()),
            Self::RsaPkcs1(hash) => format!("RSASSA-PKCS1-v1_5 with {}", hash.name()),
            Self::RsaPss { hash, .. } => format!("RSASSA-PSS with {}", hash.name()),
        }
    }
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

/// A public key that can verify.
#[derive(Debug, Clone)]
pub enum PublicKey {
    /// A point of a known curve, encoded as in SEC 1 §2.3.3; checked when it is used.
    Ec {
        /// The curve.
        curve: NamedCurve,
        /// The encoded point.
        point: Vec<u8>,
    },
    /// RSA, for PKCS #1 v1.5 and PSS.
    Rsa(rsa::PublicKey),
}

impl PublicKey {
    /// Reads a `SubjectPublicKeyInfo` (RFC 5280 §4.1.2.7).
    pub(crate) fn from_spki(spki: &[u8]) -> Result<Self, SignatureError> {
        let mut fields = only(spki, tag::SEQUENCE, "SubjectPublicKeyInfo")?.reader();
        let algorithm = AlgorithmIdentifier::read(&mut fields, "SubjectPublicKeyInfo.algorithm")?;
        let key = fields.next("subjectPublicKey")?.bits("subjectPublicKey")?;
        fields.finish("SubjectPublicKeyInfo")?;
        if algorithm.oid == EC_PUBLIC_KEY {
            let parameters = algorithm.parameters.as_deref().unwrap_or_default();
            let parameters = Reader::new(parameters).next("EC parameters")?;
            let curve = curve::from_parameters(&parameters)?;
            return Ok(Self::Ec {
                curve,
                point: key.to_vec(),
            });
        }
        // A key marked id-RSASSA-PSS is the same structure (RFC 4055 §1.2).
        if algorithm.oid == RSA_ENCRYPTION || algorithm.oid == RSASSA_PSS {
            let key = rsa::PublicKey::from_pkcs1_der(key)
                .map_err(|_| SignatureError::Malformed("invalid RSA public key".into()))?;
            return Ok(Self::Rsa(key));
        }
        Err(SignatureError::Unsupported(format!(
            "public key algorithm {}",
            algorithm.oid
        )))
    }

    /// Name for a report, such as `EC brainpoolP256r1`.
    #[must_use]
    pub fn name(&self) -> String {
        use rsa::traits::PublicKeyParts;
        match self {
            Self::Ec { curve, .. } => format!("EC {}", curve.name()),
            Self::Rsa(key) => format!("RSA {}", key.n().bit_width()),
        }
    }

    /// Verifies `signature` over `message`.
    pub(crate) fn verify(
        &self,
        scheme: Scheme,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), SignatureError> {
        match (self, scheme) {
            (Self::Ec { curve, point }, Scheme::Ecdsa(hash)) => {
                verify_ecdsa(*curve, point, &hash.digest(message), signature)
            }
            (Self::Rsa(key), Scheme::RsaPkcs1(hash)) => verify_pkcs1(key, hash, message, signature),
            (Self::Rsa(key), Scheme::RsaPss { hash, salt_len }) => {
                verify_pss(key, hash, salt_len, message, signature)
            }
            _ => Err(SignatureError::Malformed(format!(
                "a key {} cannot have made a signature {}",
                self.name(),
                scheme.name()
            ))),
        }
    }
}

fn verify_ecdsa(
    curve: NamedCurve,
    point: &[u8],
    digest: &[u8],
    signature: &[u8],
) -> Result<(), SignatureError> {
    match curve {
        NamedCurve::P256 => verify_on::<p256::NistP256>(point, digest, signature),
        NamedCurve::P384 => verify_on::<p384::NistP384>(point, digest, signature),
        NamedCurve::P521 => verify_on::<p521::NistP521>(point, digest, signature),
        NamedCurve::BrainpoolP256r1 => verify_on::<bp256::BrainpoolP256r1>(point, digest, signature),
        NamedCurve::BrainpoolP384r1 => verify_on::<bp384::BrainpoolP384r1>(point, digest, signature),
        NamedCurve::P192
        | NamedCurve::P224
        | NamedCurve::BrainpoolP192r1
        | NamedCurve::BrainpoolP224r1
        | NamedCurve::BrainpoolP320r1
        | NamedCurve::BrainpoolP512r1 => verify_on_legacy(curve, point, digest, signature),
    }
}

fn verify_on_legacy(
    curve: NamedCurve,
    point: &[u8],
    digest: &[u8],
    signature: &[u8],
) -> Result<(), SignatureError> {
    let legacy =
        LegacyCurve::new(curve).ok_or_else(|| SignatureError::Unsupported(legacy_curves::why_not(curve)))?;
    match legacy.verify(point, digest, signature) {
        Ok(true) => Ok(()),
        Ok(false) => Err(SignatureError::Wrong),
        // Says nothing about the document.
        Err(LegacyCurveError::Library(error)) => {
            Err(SignatureError::Unsupported(format!("{curve} (libssl: {error})")))
        }
        Err(error) => Err(SignatureError::Malformed(error.to_string())),
    }
}

/// Verifies a plain ECDSA signature, r ‖ s, each of the length of the group's order (BSI TR-03111 §5.2.1).
///
/// # Errors
/// [`SignatureError`]; whether the digest's hash is acceptable is not decided here.
pub fn verify_plain_ecdsa(
    curve: NamedCurve,
    point: &[u8],
    digest: &[u8],
    signature: &[u8],
) -> Result<(), SignatureError> {
    let parts = (signature.len() == 2 * curve.field_len())
        .then(|| signature.split_at(curve.field_len()))
        .ok_or_else(|| SignatureError::Malformed("the signature has another length than its key".into()))?;
    // The same numbers as an ECDSA-Sig-Value, so that there is one way into the arithmetic.
    let mut body = unsigned_integer(parts.0);
    body.extend(unsigned_integer(parts.1));
    let mut sequence = vec![0x30];
    if body.len() >= 0x80 {
        sequence.push(0x81);
    }
    sequence.push(u8::try_from(body.len()).unwrap_or(u8::MAX));
    sequence.extend(body);
    verify_ecdsa(curve, point, digest, &sequence)
}

/// A DER INTEGER of an unsigned number of at most 66 bytes.
fn unsigned_integer(number: &[u8]) -> Vec<u8> {
    let leading = number.iter().take_while(|&&byte| byte == 0).count();
    let digits = number.get(leading..).unwrap_or_default();
    let mut value = Vec::new();
    if digits.first().is_none_or(|&first| first >= 0x80) {
        value.push(0);
    }
    value.extend_from_slice(digits);
    let mut integer = vec![0x02, u8::try_from(value.len()).unwrap_or(u8::MAX)];
    integer.extend(value);
    integer
}

fn verify_on<C>(point: &[u8], digest: &[u8], signature: &[u8]) -> Result<(), SignatureError>
where
    C: ecdsa::EcdsaCurve + elliptic_curve::CurveArithmetic,
    elliptic_curve::AffinePoint<C>: FromSec1Point<C> + ToSec1Point<C>,
    elliptic_curve::FieldBytesSize<C>: ModulusSize,
    ecdsa::der::MaxSize<C>: elliptic_curve::array::ArraySize,
    <elliptic_curve::FieldBytesSize<C> as core::ops::Add>::Output:
        core::ops::Add<ecdsa::der::MaxOverhead> + elliptic_curve::array::ArraySize,
    ecdsa::SignatureSize<C>: elliptic_curve::array::ArraySize,
{
    // VerifyingKey refuses points off the curve and the point at infinity.
    let key = ecdsa::VerifyingKey::<C>::from_sec1_bytes(point)
        .map_err(|_| SignatureError::Malformed("the public key is not a point of its curve".into()))?;
    let signature = ecdsa::Signature::<C>::from_der(signature)
        .map_err(|_| SignatureError::Malformed("the signature is no ECDSA-Sig-Value of this curve".into()))?;
    // A digest shorter than half the field is refused by the ecdsa crate; as a number (bits2int of
    // FIPS 186-4 §6.4) it is the same with zeros in front.
    let field_len = elliptic_curve::FieldBytes::<C>::default().len();
    let mut padded = vec![0; field_len.saturating_sub(digest.len())];
    padded.extend_from_slice(digest);
    key.verify_prehash(&padded, &signature)
        .map_err(|_| SignatureError::Wrong)
}

fn verify_pkcs1(
    key: &rsa::PublicKey,
    hash: HashAlgorithm,
    message: &[u8],
    signature: &[u8],
) -> Result<(), SignatureError> {
    use rsa::pkcs1v15::VerifyingKey;
    let value = rsa::pkcs1v15::Signature::try_from(signature).map_err(|_| SignatureError::Wrong)?;
    let digest = hash.digest(message);
    let key = key.clone();
    match hash {
        HashAlgorithm::Sha1 => VerifyingKey::<sha1::Sha1>::new(key).verify_prehash(&digest, &value),
        HashAlgorithm::Sha224 => VerifyingKey::<sha2::Sha224>::new(key).verify_prehash(&digest, &value),
        HashAlgorithm::Sha256 => VerifyingKey::<sha2::Sha256>::new(key).verify_prehash(&digest, &value),
        HashAlgorithm::Sha384 => VerifyingKey::<sha2::Sha384>::new(key).verify_prehash(&digest, &value),
        HashAlgorithm::Sha512 => VerifyingKey::<sha2::Sha512>::new(key).verify_prehash(&digest, &value),
    }
    .map_err(|_| SignatureError::Wrong)
}

fn verify_pss(
    key: &rsa::PublicKey,
    hash: HashAlgorithm,
    salt_len: usize,
    message: &[u8],
    signature: &[u8],
) -> Result<(), SignatureError> {
    use rsa::pss::VerifyingKey;
    let value = rsa::pss::Signature::try_from(signature).map_err(|_| SignatureError::Wrong)?;
    let digest = hash.digest(message);
    let key = key.clone();
    match hash {
        HashAlgorithm::Sha1 => {
            VerifyingKey::<sha1::Sha1>::new_with_salt_len(key, salt_len).verify_prehash(&digest, &value)
        }
        HashAlgorithm::Sha224 => {
            VerifyingKey::<sha2::Sha224>::new_with_salt_len(key, salt_len).verify_prehash(&digest, &value)
        }
        HashAlgorithm::Sha256 => {
            VerifyingKey::<sha2::Sha256>::new_with_salt_len(key, salt_len).verify_prehash(&digest, &value)
        }
        HashAlgorithm::Sha384 => {
            VerifyingKey::<sha2::Sha384>::new_with_salt_len(key, salt_len).verify_prehash(&digest, &value)
        }
        HashAlgorithm::Sha512 => {
            VerifyingKey::<sha2::Sha512>::new_with_salt_len(key, salt_len).verify_prehash(&digest, &value)
        }
    }
    .map_err(|_| SignatureError::Wrong)
}
