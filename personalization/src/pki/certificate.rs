//! Certificates as bytes: assembled, signed, taken apart, verified.

use der::asn1::{BitString, OctetString};
use der::{Any, AnyRef, Decode, Encode, EncodePem, Reader, Sequence, SliceReader};
use rand_core::TryCryptoRng;
use sha2::{Digest, Sha256};
use spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};
use x509_cert::ext::pkix::crl::dp::DistributionPoint;
use x509_cert::ext::pkix::name::{DistributionPointName, GeneralName};
use x509_cert::ext::pkix::{AuthorityKeyIdentifier, CrlDistributionPoints, SubjectKeyIdentifier};
use x509_cert::ext::{Extension, Extensions, ToExtension};
use x509_cert::name::Name;
use x509_cert::serial_number::SerialNumber;
use x509_cert::time::Validity;
use x509_cert::{Certificate, Version};

use super::PkiError;
use super::explicit_parameters::ec_public_key;
use crate::signer::public_key::{PublicKey, RSA_ENCRYPTION, RsaPublicKey};
use crate::signer::{self, SignatureAlgorithm, Signer};

/// `TBSCertificate` (RFC 5280 §4.1) without the unique identifiers, which 9303-12 Table 5 forbids.
#[derive(Sequence)]
pub(super) struct TbsCertificate {
    #[asn1(context_specific = "0", default = "Default::default")]
    pub version: Version,
    pub serial_number: SerialNumber,
    pub signature: AlgorithmIdentifierOwned,
    pub issuer: Name,
    pub validity: Validity,
    pub subject: Name,
    pub subject_public_key_info: SubjectPublicKeyInfoOwned,
    #[asn1(context_specific = "3", tag_mode = "EXPLICIT", optional = "true")]
    pub extensions: Option<Extensions>,
}

/// What certificates and CRLs have in common: something, signed.
#[derive(Sequence)]
struct Signed {
    to_be_signed: Any,
    signature_algorithm: AlgorithmIdentifierOwned,
    signature: BitString,
}

/// The parts of a certificate or CRL as slices of its own bytes.
#[derive(Debug, Clone, Copy)]
pub struct SignedParts<'a> {
    /// What the signature is over, with its header.
    pub to_be_signed: &'a [u8],
    /// The signature's algorithm; none for one that this project does not know.
    pub algorithm: Option<SignatureAlgorithm>,
    /// The signature: a DER `ECDSA-Sig-Value` for ECDSA.
    pub signature: &'a [u8],
}

impl<'a> SignedParts<'a> {
    /// Takes a DER certificate or CRL apart without re-encoding anything.
    ///
    /// # Errors
    /// [`PkiError::Encoding`] when it is not such a structure.
    pub fn from_der(signed: &'a [u8]) -> Result<Self, PkiError> {
        let mut outer = SliceReader::new(signed)?;
        let parts = outer.sequence(|reader| {
            let to_be_signed = reader.tlv_bytes()?;
            let algorithm = AlgorithmIdentifierOwned::decode(reader)?;
            let signature = der::asn1::BitStringRef::decode(reader)?;
            let signature = signature
                .as_bytes()
                .ok_or_else(|| der::Tag::BitString.value_error())?;
            Ok::<_, der::Error>(Self {
                to_be_signed,
                algorithm: SignatureAlgorithm::from_identifier(&algorithm),
                signature,
            })
        })?;
        outer.finish()?;
        Ok(parts)
    }

    /// Whether the signature is one by this key. Never panics.
    #[must_use]
    pub fn is_signed_by(&self, key: &PublicKey) -> bool {
        self.algorithm
            .is_some_and(|algorithm| signer::verify(key, algorithm, self.to_be_signed, self.signature))
    }
}

/// Signs a `TBSCertificate` or `TBSCertList` and verifies the result with the signer's public key.
pub(super) fn sign(
    what: &'static str,
    to_be_signed: &impl Encode,
    signer: &dyn Signer,
) -> Result<Vec<u8>, PkiError> {
    let to_be_signed = to_be_signed.to_der()?;
    let signature = signer.sign(&to_be_signed)?;
    let signed = Signed {
        to_be_signed: Any::from(AnyRef::from_der(&to_be_signed)?),
        signature_algorithm: algorithm_identifier(signer.algorithm())?,
        signature: BitString::from_bytes(&signature)?,
    }
    .to_der()?;
    let parts = SignedParts::from_der(&signed)?;
    if parts.algorithm != Some(signer.algorithm()) || !parts.is_signed_by(signer.public_key()) {
        return Err(PkiError::BadSignature(what));
    }
    Ok(signed)
}

/// The AlgorithmIdentifier of a signature.
pub(crate) fn algorithm_identifier(
    algorithm: SignatureAlgorithm,
) -> Result<AlgorithmIdentifierOwned, PkiError> {
    Ok(algorithm.identifier()?)
}

/// A random serial number: positive, 16 bytes, unique without a register (9303-12 Table 5 allows 20).
///
/// # Errors
/// [`PkiError::Random`].
pub fn random_serial(rng: &mut (impl TryCryptoRng + ?Sized)) -> Result<SerialNumber, PkiError> {
    let mut bytes = [0u8; 16];
    rng.try_fill_bytes(&mut bytes).map_err(|_| PkiError::Random)?;
    // 01xxxxxx: positive without a leading zero byte, and never shorter than 16 bytes.
    bytes[0] = bytes[0] & 0x7F | 0x40;
    Ok(SerialNumber::new(&bytes)?)
}

/// A serial number as people type it: hexadecimal in either case, with or without `0x`, colons, spaces and
/// leading zeros. Returns it big-endian without leading zeros.
///
/// # Errors
/// [`PkiError::Input`] when it is not hexadecimal, zero, or longer than 20 bytes.
pub fn serial_from_text(text: &str) -> Result<Vec<u8>, PkiError> {
    let refuse = |rule: &str| PkiError::input("serial number", format!("`{text}` {rule}"));
    let text = text.trim();
    let digits = text
        .strip_prefix("0x")
        .or_else(|| text.strip_prefix("0X"))
        .unwrap_or(text);
    let mut digits: String = digits
        .chars()
        .filter(|digit| !matches!(digit, ':' | ' '))
        .collect();
    if digits.len() % 2 == 1 {
        digits.insert(0, '0');
    }
    let bytes = hex::decode(&digits).map_err(|_| refuse("is not hexadecimal"))?;
    let serial: Vec<u8> = bytes.into_iter().skip_while(|&byte| byte == 0).collect();
    match serial.len() {
        0 => Err(refuse("is not positive")),
        1..=20 => Ok(serial),
        _ => Err(refuse("is longer than 20 bytes")),
    }
}

/// The key identifier: the leftmost 160 bits of SHA-256 of the public point, or of whatever else `subjectPublicKey`
/// contains (RFC 7093 §2 method 1).
///
/// It depends on the key alone, so a named-curve twin has the identifier of its sibling.
pub fn key_identifier(public_point: &[u8]) -> Vec<u8> {
    Sha256::digest(public_point)[..20].to_vec()
}

pub(super) fn subject_key_identifier(public_point: &[u8]) -> Result<SubjectKeyIdentifier, PkiError> {
    Ok(SubjectKeyIdentifier(OctetString::new(key_identifier(
        public_point,
    ))?))
}

pub(super) fn authority_key_identifier(key_identifier: &[u8]) -> Result<AuthorityKeyIdentifier, PkiError> {
    Ok(AuthorityKeyIdentifier {
        key_identifier: Some(OctetString::new(key_identifier)?),
        authority_cert_issuer: None,
        authority_cert_serial_number: None,
    })
}

/// CRL distribution points: one point, its URLs as alternatives (9303-12 §7.1.1.4).
pub(super) fn crl_distribution_points(urls: &[String]) -> Result<CrlDistributionPoints, PkiError> {
    if urls.is_empty() {
        return Err(PkiError::input("CRL URL", "at least one is needed"));
    }
    let mut names = Vec::new();
    for url in urls {
        let known = ["http://", "https://", "ldap://"]
            .iter()
            .any(|scheme| url.starts_with(scheme));
        if !known || url.chars().any(|character| !character.is_ascii_graphic()) {
            return Err(PkiError::input(
                "CRL URL",
                format!("`{url}` is not an http, https or ldap URL"),
            ));
        }
        names.push(GeneralName::UniformResourceIdentifier(der::asn1::Ia5String::new(
            url,
        )?));
    }
    Ok(CrlDistributionPoints(vec![DistributionPoint {
        distribution_point: Some(DistributionPointName::FullName(names)),
        reasons: None,
        crl_issuer: None,
    }]))
}

/// Adds extensions one by one; each brings its own criticality.
#[derive(Default)]
pub(super) struct ExtensionList(Extensions);

impl ExtensionList {
    /// Adds an extension with the criticality given.
    pub fn add<T>(&mut self, critical: bool, extension: &T) -> Result<(), PkiError>
    where
        T: const_oid::AssociatedOid + Encode,
    {
        let made: Extension = (critical, extension).to_extension(&Name::default(), &self.0)?;
        self.0.push(made);
        Ok(())
    }

    /// Adds a non-critical extension whose value is DER already.
    pub fn add_der(&mut self, oid: const_oid::ObjectIdentifier, value: &[u8]) -> Result<(), PkiError> {
        self.0.push(Extension {
            extn_id: oid,
            critical: false,
            extn_value: OctetString::new(value)?,
        });
        Ok(())
    }

    pub fn into_extensions(self) -> Extensions {
        self.0
    }
}

/// The public key of a certificate: on a curve that is recognised (see [`super::explicit_parameters`]), or of RSA.
///
/// # Errors
/// [`PkiError::Certificate`].
pub fn public_key(certificate: &Certificate) -> Result<PublicKey, PkiError> {
    let info = certificate.tbs_certificate().subject_public_key_info();
    // A key marked id-RSASSA-PSS is the same structure (RFC 4055 §1.2).
    if [RSA_ENCRYPTION, const_oid::db::rfc5912::ID_RSASSA_PSS].contains(&info.algorithm.oid) {
        let key = info
            .subject_public_key
            .as_bytes()
            .and_then(RsaPublicKey::from_der);
        return key
            .map(PublicKey::Rsa)
            .ok_or_else(|| PkiError::certificate("the public key", "not an RSA key of 2048 to 8192 bits"));
    }
    let key = ec_public_key(info)?;
    Ok(PublicKey::Ec {
        curve: key.curve,
        point: key.point,
    })
}

/// A DER certificate as PEM text.
///
/// # Errors
/// [`PkiError::Encoding`] when it is not a certificate.
pub fn to_pem(certificate_der: &[u8]) -> Result<String, PkiError> {
    Ok(Certificate::from_der(certificate_der)?.to_pem(der::pem::LineEnding::LF)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serial_numbers_are_read_as_people_write_them() {
        for text in ["4a01", "0x4A01", "4A:01", " 00 4A 01 ", "04a01"] {
            assert_eq!(serial_from_text(text).unwrap(), [0x4A, 0x01], "{text}");
        }
        for text in ["", "00", "xyz", "-1", "4A01ü", &"11".repeat(21)] {
            assert!(serial_from_text(text).is_err(), "{text}");
        }
    }

    #[test]
    fn serial_numbers_are_positive_and_sixteen_bytes() {
        for _ in 0..50 {
            let serial = random_serial(&mut getrandom::SysRng).unwrap();
            assert_eq!(serial.as_bytes().len(), 16);
            assert!(serial.as_bytes()[0] < 0x80);
        }
    }
}
