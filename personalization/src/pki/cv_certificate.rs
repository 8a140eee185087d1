//! Issuing card verifiable certificates (ICAO Doc 9303-12 §7.2; BSI TR-03110-3 appendices C and D).
//!
//! The format is [`card_applet::wire::cvc`]'s; here is who signs what. [`cvca`](super::cvca) has the rules of the three levels.

use card_applet::crypto::curve::{Curve, PublicPoint};
use card_applet::crypto::digest::HashFunction;
use card_applet::crypto::signature;
use card_applet::wire::cvc::{
    AuthorizationTemplate, CertificateBody, CvCertificate, CvPublicKey, CvcError, Date, DomainParameters,
    EcPublicKey, InspectionRights, KeyReference, MAX_CERTIFICATE, Role, encode_certificate,
};
use der::asn1::UintRef;
use der::{Decode as _, Sequence};

use super::PkiError;
use crate::hash::HashAlgorithm;
use crate::pki::curves::NamedCurve;
use crate::signer::{PublicKey, SignatureAlgorithm, Signer};

/// What errors call such a certificate.
const WHAT: &str = "CV certificate";

/// First and last day on which a certificate is valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CvValidity {
    /// Effective date.
    pub from: Date,
    /// Expiration date.
    pub to: Date,
}

/// Whom a certificate is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CvSubject<'a> {
    /// Certificate holder reference: country code, up to nine characters, five for the sequence number.
    pub reference: &'a str,
    /// The holder's public key, 04 ‖ x ‖ y, on the curve of the authority's.
    pub public_point: &'a [u8],
    /// What the certificate allows to read.
    pub rights: InspectionRights,
    /// When it is valid.
    pub validity: CvValidity,
}

/// Signs the certificate of `subject` in the name of `authority`, and verifies it again.
///
/// # Errors
/// [`PkiError::Input`] for a reference or key that is none, [`PkiError::Signer`], [`PkiError::BadSignature`].
pub(super) fn sign(
    subject: &CvSubject<'_>,
    role: Role,
    authority: &str,
    signer: &dyn Signer,
) -> Result<Vec<u8>, PkiError> {
    let (curve, hash) = algorithm(signer)?;
    PublicPoint::from_uncompressed(curve, subject.public_point).map_err(|_| {
        PkiError::input(
            "public key",
            format!("must be a point of {curve}, the authority's curve"),
        )
    })?;
    if subject.validity.from > subject.validity.to {
        return Err(PkiError::input("validity", "must not end before it begins"));
    }
    let body = CertificateBody {
        authority_reference: reference("authority reference", authority)?,
        public_key: CvPublicKey::Ec(EcPublicKey {
            hash,
            // Verifiers and terminals take over the parameters of their CVCA.
            domain: (role == Role::Cvca).then_some(DomainParameters::of(curve)),
            point: subject.public_point,
        }),
        holder_reference: reference("holder reference", subject.reference)?,
        authorization: AuthorizationTemplate::inspection(role, subject.rights),
        effective_date: subject.validity.from,
        expiration_date: subject.validity.to,
        extensions: None,
    };
    let malformed = |error| PkiError::certificate(WHAT, CvcError::Structure(error).meaning());
    let mut signed = vec![0; MAX_CERTIFICATE];
    let len = body.encode(&mut signed).map_err(malformed)?;
    signed.truncate(len);
    let signature = plain_signature(signer, &signed)?;
    let mut certificate = vec![0; MAX_CERTIFICATE];
    let len = encode_certificate(&signed, &signature, &mut certificate).map_err(malformed)?;
    certificate.truncate(len);
    Ok(certificate)
}

/// Curve and hash function of a signer's key.
fn algorithm(signer: &dyn Signer) -> Result<(Curve, HashFunction), PkiError> {
    let curve = match signer.public_key().curve() {
        Some(NamedCurve::P256) => Curve::P256,
        Some(NamedCurve::P384) => Curve::P384,
        Some(NamedCurve::BrainpoolP256r1) => Curve::BrainpoolP256r1,
        Some(NamedCurve::BrainpoolP384r1) => Curve::BrainpoolP384r1,
        _ => {
            return Err(PkiError::input(
                "the key",
                "must be on P-256, P-384, brainpoolP256r1 or brainpoolP384r1, which chips know",
            ));
        }
    };
    let hash = match signer.algorithm() {
        SignatureAlgorithm::Ecdsa(HashAlgorithm::Sha256) => HashFunction::Sha256,
        SignatureAlgorithm::Ecdsa(HashAlgorithm::Sha384) => HashFunction::Sha384,
        SignatureAlgorithm::Ecdsa(HashAlgorithm::Sha512) => HashFunction::Sha512,
        _ => return Err(PkiError::input("the key", "must sign with ECDSA")),
    };
    Ok((curve, hash))
}

/// The public key of a signer as certificates have it; `point` is what its [`Signer::public_point`] says.
///
/// # Errors
/// [`PkiError::Input`] for a key on a curve that chips do not know.
pub(super) fn public_key<'a>(
    signer: &dyn Signer,
    point: &'a [u8],
    with_domain: bool,
) -> Result<CvPublicKey<'a>, PkiError> {
    let (curve, hash) = algorithm(signer)?;
    Ok(CvPublicKey::Ec(EcPublicKey {
        hash,
        domain: with_domain.then_some(DomainParameters::of(curve)),
        point,
    }))
}

/// `ECDSA-Sig-Value` (RFC 3279 §2.2.3).
#[derive(Sequence)]
struct EcdsaSignature<'a> {
    r: UintRef<'a>,
    s: UintRef<'a>,
}

/// Signs a message, and verifies the signature again. Returns r ‖ s, each as long as the field (BSI TR-03111, 5.2.1).
///
/// # Errors
/// [`PkiError::Input`] for a key on a curve that chips do not know, [`PkiError::Signer`], [`PkiError::BadSignature`].
pub(super) fn plain_signature(signer: &dyn Signer, message: &[u8]) -> Result<Vec<u8>, PkiError> {
    let PublicKey::Ec { curve, point } = signer.public_key() else {
        return Err(PkiError::input("the key", "must sign with ECDSA"));
    };
    let der = signer.sign(message)?;
    let bad = || PkiError::BadSignature(WHAT);
    let EcdsaSignature { r, s } = EcdsaSignature::from_der(&der).map_err(|_| bad())?;
    let mut plain = Vec::with_capacity(2 * curve.field_len());
    for number in [r.as_bytes(), s.as_bytes()] {
        let zeros = curve.field_len().checked_sub(number.len()).ok_or_else(bad)?;
        plain.resize(plain.len() + zeros, 0);
        plain.extend(number);
    }
    if verify(&public_key(signer, point, true)?, None, message, &plain) {
        Ok(plain)
    } else {
        Err(bad())
    }
}

/// Whether the owner of this key signed. The curve is the key's own or else `domain`; false for RSA, for curves that chips do
/// not know, and for SHA-1.
pub(super) fn verify(
    key: &CvPublicKey<'_>,
    domain: Option<&DomainParameters<'_>>,
    signed: &[u8],
    signature: &[u8],
) -> bool {
    let CvPublicKey::Ec(key) = key else { return false };
    let curve = key.domain.as_ref().or(domain).and_then(|domain| domain.curve());
    let point = curve.and_then(|curve| PublicPoint::from_uncompressed(curve, key.point).ok());
    match point {
        Some(point) if key.hash != HashFunction::Sha1 => {
            let digest = key.hash.digest(&[signed]);
            signature::verify(&point, digest.as_bytes(), signature).is_ok()
        }
        _ => false,
    }
}

/// Reads a certificate (7F21).
///
/// # Errors
/// [`PkiError::Certificate`].
pub fn parse(certificate: &[u8]) -> Result<CvCertificate<'_>, PkiError> {
    CvCertificate::parse(certificate).map_err(|error| PkiError::certificate(WHAT, error.meaning()))
}

/// Whether the owner of this key signed the certificate; `domain` is its curve where the key does not name one.
///
/// # Errors
/// [`PkiError::Certificate`] when it is no certificate.
pub fn is_signed_by(
    certificate: &[u8],
    key: &CvPublicKey<'_>,
    domain: Option<&DomainParameters<'_>>,
) -> Result<bool, PkiError> {
    let certificate = parse(certificate)?;
    Ok(verify(key, domain, certificate.signed, certificate.signature))
}

/// A reference from text.
///
/// # Errors
/// [`PkiError::Input`] for what is none.
pub(super) fn reference<'a>(field: &'static str, text: &'a str) -> Result<KeyReference<'a>, PkiError> {
    KeyReference::new(text.as_bytes()).map_err(|_| {
        PkiError::input(
            field,
            "must be two capital letters, up to nine characters and a sequence number of five letters or digits, such as VNCVCA00001",
        )
    })
}
