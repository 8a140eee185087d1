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
use p256::ecdsa::Signature;

use super::PkiError;
use crate::hash::HashAlgorithm;
use crate::pki::curves::NamedCurve;
use crate::signer::{SignatureAlgorithm, Signer};

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
    /// The holder's public key on P-256: 04 ‖ x ‖ y.
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
    if signer.public_key().curve() != Some(NamedCurve::P256)
        || signer.algorithm() != SignatureAlgorithm::Ecdsa(HashAlgorithm::Sha256)
    {
        return Err(PkiError::input("the authority's key", "must be one on P-256"));
    }
    PublicPoint::from_uncompressed(Curve::P256, subject.public_point)
        .map_err(|_| PkiError::input("public key", "must be a point of P-256"))?;
    if subject.validity.from > subject.validity.to {
        return Err(PkiError::input("validity", "must not end before it begins"));
    }
    let body = CertificateBody {
        authority_reference: reference("authority reference", authority)?,
        public_key: CvPublicKey::Ec(EcPublicKey {
            hash: HashFunction::Sha256,
            // Verifiers and terminals take over the parameters of their CVCA.
            domain: (role == Role::Cvca).then_some(DomainParameters::of(Curve::P256)),
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
    let signature = Signature::from_der(&signer.sign(&signed)?).map_err(|_| PkiError::BadSignature(WHAT))?;
    let mut certificate = vec![0; MAX_CERTIFICATE];
    let len = encode_certificate(&signed, &signature.to_bytes(), &mut certificate).map_err(malformed)?;
    certificate.truncate(len);
    if !is_signed_by(&certificate, &signer.public_point())? {
        return Err(PkiError::BadSignature(WHAT));
    }
    Ok(certificate)
}

/// Reads a certificate (7F21).
///
/// # Errors
/// [`PkiError::Certificate`].
pub fn parse(certificate: &[u8]) -> Result<CvCertificate<'_>, PkiError> {
    CvCertificate::parse(certificate).map_err(|error| PkiError::certificate(WHAT, error.meaning()))
}

/// Whether the owner of this key on P-256 signed the certificate, with ECDSA and SHA-256.
///
/// # Errors
/// [`PkiError::Certificate`] when it is no certificate.
pub fn is_signed_by(certificate: &[u8], public_point: &[u8]) -> Result<bool, PkiError> {
    let certificate = parse(certificate)?;
    let Ok(point) = PublicPoint::from_uncompressed(Curve::P256, public_point) else {
        return Ok(false);
    };
    let digest = HashFunction::Sha256.digest(&[certificate.signed]);
    Ok(signature::verify(&point, digest.as_bytes(), certificate.signature).is_ok())
}

fn reference<'a>(field: &'static str, text: &'a str) -> Result<KeyReference<'a>, PkiError> {
    KeyReference::new(text.as_bytes()).map_err(|_| {
        PkiError::input(
            field,
            "must be two capital letters, up to nine characters and a sequence number of five letters or digits, such as VNCVCA00001",
        )
    })
}
