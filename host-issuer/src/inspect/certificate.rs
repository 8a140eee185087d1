//! An X.509 certificate as read: the bytes that were signed, and what Doc 9303-12 §7 says about it.

mod extensions;
mod key;
mod name;
mod read_before;

use std::fmt;
use std::sync::OnceLock;

use ::time::OffsetDateTime;
use const_oid::ObjectIdentifier;
use der::Decode;
use x509_cert::name::Name;

use extensions::CertificateInner;
pub(crate) use extensions::Extensions;
pub(crate) use name::{NameKey, country_of, directory_names, name_key, parse_name, same_name};
pub(crate) use read_before::ReadBefore;

use super::asn1::{Asn1Error, only, tag};
use super::hash::{AlgorithmIdentifier, HashAlgorithm};
use super::signature::{PublicKey, Scheme, SignatureError, VerifyingKey};
use super::time;
use super::weak_keys::Weakness;
use key::CertificateKey;
use name::KnownNames;

/// Certificates larger than this are refused unread; the largest in use have about 4 KiB.
const SIZE_LIMIT: usize = 32 * 1024;

/// A certificate, its signed bytes and its extensions.
#[derive(Clone)]
pub struct Certificate {
    raw: Vec<u8>,
    tbs: Vec<u8>,
    signature_algorithm: AlgorithmIdentifier,
    signature: Vec<u8>,
    spki: Vec<u8>,
    issuer_raw: Vec<u8>,
    serial_raw: Vec<u8>,
    not_before: OffsetDateTime,
    not_after: OffsetDateTime,
    extensions: Extensions,
    inner: CertificateInner,
    key: CertificateKey,
    names: KnownNames,
    /// SHA-256 of the whole, once somebody asked.
    fingerprint: OnceLock<String>,
}

impl fmt::Debug for Certificate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Certificate")
            .field("subject", &self.subject())
            .finish_non_exhaustive()
    }
}

impl Certificate {
    /// Reads a DER certificate.
    ///
    /// # Errors
    /// When the bytes are not a certificate of RFC 5280, or larger than any in use.
    pub fn from_der(raw: &[u8]) -> Result<Self, Asn1Error> {
        if raw.len() > SIZE_LIMIT {
            return Err(Asn1Error::Value(format!("certificate of {} bytes", raw.len())));
        }
        let mut fields = only(raw, tag::SEQUENCE, "Certificate")?.reader();
        let tbs = fields.expect(tag::SEQUENCE, "TBSCertificate")?;
        let signature_algorithm = AlgorithmIdentifier::read(&mut fields, "signatureAlgorithm")?;
        let signature = fields.next("signatureValue")?.bits("signatureValue")?;
        fields.finish("Certificate")?;

        let mut tbs_fields = tbs.reader();
        tbs_fields.optional(tag::CONTEXT_0, "version")?;
        let serial = tbs_fields.expect(tag::INTEGER, "serialNumber")?;
        let inner_algorithm = AlgorithmIdentifier::read(&mut tbs_fields, "TBSCertificate.signature")?;
        if inner_algorithm != signature_algorithm {
            return Err(Asn1Error::Value(
                "Certificate: two different signature algorithms".into(),
            ));
        }
        let issuer = tbs_fields.expect(tag::SEQUENCE, "issuer")?;
        let mut validity = tbs_fields.expect(tag::SEQUENCE, "validity")?.reader();
        let not_before = time::parse(&validity.next("notBefore")?, "notBefore")?;
        let not_after = time::parse(&validity.next("notAfter")?, "notAfter")?;
        tbs_fields.expect(tag::SEQUENCE, "subject")?;
        let spki = tbs_fields.expect(tag::SEQUENCE, "subjectPublicKeyInfo")?;

        let inner = CertificateInner::from_der(raw)
            .map_err(|error| Asn1Error::Value(format!("Certificate: {error}")))?;
        Ok(Self {
            raw: raw.to_vec(),
            tbs: tbs.raw.to_vec(),
            signature_algorithm,
            signature: signature.to_vec(),
            spki: spki.raw.to_vec(),
            issuer_raw: issuer.raw.to_vec(),
            serial_raw: serial.body.to_vec(),
            not_before,
            not_after,
            extensions: Extensions::read(&inner)?,
            inner,
            key: CertificateKey::default(),
            names: KnownNames::default(),
            fingerprint: OnceLock::new(),
        })
    }

    /// The whole certificate as read.
    #[must_use]
    pub fn raw(&self) -> &[u8] {
        &self.raw
    }

    /// SHA-256 of the whole certificate in capital hexadecimal: what people compare over another channel.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let compute = || hex::encode_upper(HashAlgorithm::Sha256.digest(&self.raw));
        self.fingerprint.get_or_init(compute).clone()
    }

    /// subjectKeyIdentifier in capital hexadecimal.
    #[must_use]
    pub fn key_identifier(&self) -> Option<String> {
        let identifier = self.extensions.subject_key_identifier.as_ref();
        identifier.map(hex::encode_upper)
    }

    /// True for a CSCA link certificate: the key of another CSCA certificate vouches for this one (Doc 9303-12 §4.1.4). One
    /// with its own key as issuer, or without identifiers and with its own name as issuer, is a root.
    #[must_use]
    pub fn is_link(&self) -> bool {
        let extensions = &self.extensions;
        match (
            &extensions.authority_key_identifier,
            &extensions.subject_key_identifier,
        ) {
            (Some(authority), Some(subject)) => authority != subject,
            _ => !self.is_self_issued(),
        }
    }

    /// Subject, as RFC 4514 writes it.
    #[must_use]
    pub fn subject(&self) -> String {
        let write = || self.subject_name().to_string();
        self.names.subject.get_or_init(write).clone()
    }

    /// Issuer, as RFC 4514 writes it.
    #[must_use]
    pub fn issuer(&self) -> String {
        self.issuer_name().to_string()
    }

    /// Serial number in hexadecimal.
    #[must_use]
    pub fn serial(&self) -> String {
        hex::encode_upper(&self.serial_raw)
    }

    /// First moment of validity.
    #[must_use]
    pub fn not_before(&self) -> OffsetDateTime {
        self.not_before
    }

    /// Last moment of validity.
    #[must_use]
    pub fn not_after(&self) -> OffsetDateTime {
        self.not_after
    }

    pub(crate) fn extensions(&self) -> &Extensions {
        &self.extensions
    }

    pub(crate) fn is_version_3(&self) -> bool {
        self.inner.tbs_certificate().version() == x509_cert::Version::V3
    }

    pub(crate) fn serial_bytes(&self) -> &[u8] {
        &self.serial_raw
    }

    pub(crate) fn subject_name(&self) -> &Name {
        self.inner.tbs_certificate().subject()
    }

    pub(crate) fn issuer_name(&self) -> &Name {
        self.inner.tbs_certificate().issuer()
    }

    /// The key of the subject's name in an index.
    pub(crate) fn subject_key(&self) -> NameKey {
        *self
            .names
            .subject_key
            .get_or_init(|| name_key(self.subject_name()))
    }

    /// The key of the issuer's name in an index.
    pub(crate) fn issuer_key(&self) -> NameKey {
        *self.names.issuer_key.get_or_init(|| name_key(self.issuer_name()))
    }

    /// True when `issuer` (raw Name) and `serial` (INTEGER contents) point at this certificate.
    pub(crate) fn is_identified_by(&self, issuer: &[u8], serial: &[u8]) -> bool {
        if self.serial_raw != serial {
            return false;
        }
        self.issuer_raw == issuer
            || Name::from_der(issuer).is_ok_and(|name| same_name(&name, self.issuer_name()))
    }

    /// True when this certificate may have issued `other`: names match, and key identifiers where
    /// both are there (Doc 9303-12 §7.1.1: a CSCA keeps its name over several keys).
    pub(crate) fn may_have_issued(&self, other: &Self) -> bool {
        let identifiers_agree = match (
            &self.extensions.subject_key_identifier,
            &other.extensions.authority_key_identifier,
        ) {
            (Some(own), Some(wanted)) => own == wanted,
            _ => true,
        };
        identifiers_agree && same_name(self.subject_name(), other.issuer_name())
    }

    /// Country of the subject, two or three capital letters.
    #[must_use]
    pub fn country(&self) -> Option<String> {
        country_of(self.subject_name())
    }

    /// The public key.
    ///
    /// # Errors
    /// When it is malformed, or of a kind that this program does not know.
    pub fn public_key(&self) -> Result<PublicKey, SignatureError> {
        Ok(self.verifying_key()?.key().clone())
    }

    /// The same, ready to verify; read once.
    pub(crate) fn verifying_key(&self) -> Result<&VerifyingKey, SignatureError> {
        self.key.get(&self.spki)
    }

    /// What is wrong with the public key, looked at alone; looked for once.
    pub(crate) fn weakness(&self) -> Option<Weakness> {
        self.key.weakness(&self.spki)
    }

    /// Verifies a signature with the public key. One that holds is remembered: certificates and CRLs are asked about for every document.
    pub(crate) fn verify(
        &self,
        scheme: Scheme,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), SignatureError> {
        self.key.verify(&self.spki, scheme, message, signature)
    }

    /// How this certificate was signed.
    pub(crate) fn scheme(&self) -> Result<Scheme, SignatureError> {
        Scheme::from_algorithm(&self.signature_algorithm, None)
    }

    /// The algorithm by which this certificate says that it was signed.
    pub(crate) fn signature_algorithm(&self) -> ObjectIdentifier {
        self.signature_algorithm.oid
    }

    /// Verifies that `issuer`'s key signed this certificate.
    pub(crate) fn verify_signed_by(&self, issuer: &Self) -> Result<(), SignatureError> {
        issuer.verify(self.scheme()?, &self.tbs, &self.signature)
    }

    /// A CSCA: may sign certificates (Doc 9303-12 §7.1.1: basicConstraints cA, keyCertSign).
    #[must_use]
    pub fn is_ca(&self) -> bool {
        self.extensions
            .basic_constraints
            .as_ref()
            .is_some_and(|constraints| constraints.ca)
            && self
                .extensions
                .key_usage
                .as_ref()
                .is_some_and(|(_, usage)| usage.key_cert_sign())
    }

    /// The contents of `subjectPublicKey` as read: the same for a key however its curve is described.
    pub(crate) fn subject_public_key(&self) -> &[u8] {
        let info = self.inner.tbs_certificate().subject_public_key_info();
        info.subject_public_key.raw_bytes()
    }

    /// True when subject and issuer are the same name.
    pub(crate) fn is_self_issued(&self) -> bool {
        same_name(self.subject_name(), self.issuer_name())
    }
}
