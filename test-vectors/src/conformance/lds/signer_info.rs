//! A SignerInfo (RFC 5652 §5.3; 9303-10, table 37).

use super::certificate::Certificate;
use super::der::{self, only, tag};
use super::objects::{Object, flaw};
use super::signature::{Hash, Scheme};
use super::signed_data::SignedData;
use crate::conformance::verdict::{Finding, Played};

/// id-contentType: 1.2.840.113549.1.9.3.
const CONTENT_TYPE: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x03];
/// id-messageDigest: 1.2.840.113549.1.9.4.
const MESSAGE_DIGEST: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x04];

/// The signer's identifier.
enum Identifier<'a> {
    /// Issuer and serial number of the certificate.
    IssuerAndSerialNumber { issuer: Object<'a>, serial: Object<'a> },
    /// Its subjectKeyIdentifier.
    SubjectKeyIdentifier(Object<'a>),
}

/// A SignerInfo.
pub(super) struct SignerInfo<'a> {
    object: Object<'a>,
    version: Object<'a>,
    identifier: Identifier<'a>,
    /// digestAlgorithm.
    pub(super) hash: Hash,
    attributes: Option<Object<'a>>,
    algorithm: Object<'a>,
    signature: Object<'a>,
}

impl<'a> SignerInfo<'a> {
    /// Reads one.
    pub(super) fn read(object: &Object<'a>) -> Played<Self> {
        object.expect_tag(tag::SEQUENCE, "SignerInfo")?;
        let mut fields = object.inside();
        let version = fields.expect(tag::INTEGER, "version of SignerInfo")?;
        let sid = fields.next("sid")?;
        let identifier = match sid.tag {
            tag::SEQUENCE => {
                let mut parts = sid.inside();
                let issuer = parts.expect(tag::SEQUENCE, "issuer")?;
                let serial = parts.expect(tag::INTEGER, "serialNumber")?;
                parts.end("issuerAndSerialNumber")?;
                Identifier::IssuerAndSerialNumber { issuer, serial }
            }
            0x80 => Identifier::SubjectKeyIdentifier(sid),
            _ => return Err(sid.flaw("sid", "expected issuerAndSerialNumber or subjectKeyIdentifier")),
        };
        let hash = Hash::of_identifier(
            &fields.expect(tag::SEQUENCE, "digestAlgorithm")?,
            "digestAlgorithm",
        )?;
        let attributes = fields.optional(0xA0, "signedAttrs")?;
        let algorithm = fields.expect(tag::SEQUENCE, "signatureAlgorithm")?;
        let signature = fields.expect(tag::OCTET_STRING, "signature")?;
        fields.optional(0xA1, "unsignedAttrs")?;
        fields.end("SignerInfo")?;
        Ok(SignerInfo {
            object: *object,
            version,
            identifier,
            hash,
            attributes,
            algorithm,
            signature,
        })
    }

    /// That it is not as it must be.
    pub(super) fn flaw(&self, field: &str, what: &str) -> Finding {
        self.object.flaw(field, what)
    }

    /// Whether this certificate is the signer's.
    pub(super) fn is_of(&self, certificate: &Certificate<'_>) -> bool {
        match &self.identifier {
            Identifier::IssuerAndSerialNumber { issuer, serial } => {
                issuer.encoded == certificate.issuer.encoded && serial.value == certificate.serial.value
            }
            Identifier::SubjectKeyIdentifier(identifier) => {
                certificate.subject_key_identifier() == Some(identifier.value)
            }
        }
    }

    /// The signed attributes stand in the order of DER.
    pub(super) fn check_order(&self) -> Played {
        match self.attributes {
            Some(attributes) => der::check_order(&attributes.inside().all("signedAttrs")?),
            None => Ok(()),
        }
    }

    /// Version, hash and signed attributes.
    pub(super) fn check_fields(&self, data: &SignedData<'_>) -> Played {
        let version = match self.identifier {
            Identifier::IssuerAndSerialNumber { .. } => 1,
            Identifier::SubjectKeyIdentifier(_) => 3,
        };
        self.version.expect_value(&[version], "version of SignerInfo")?;
        self.hash.must_be_allowed(&self.object, "digestAlgorithm")?;
        let attributes = self
            .attributes
            .ok_or_else(|| self.flaw("signedAttrs", "expected them, found none"))?;
        let elements = attributes.inside().all("signedAttrs")?;
        let content_type = attribute(&attributes, &elements, CONTENT_TYPE, "content-type attribute")?;
        content_type.expect_tag(tag::OBJECT_IDENTIFIER, "content-type attribute")?;
        content_type.expect_value(data.content_type.value, "content-type attribute")?;
        let digest = attribute(&attributes, &elements, MESSAGE_DIGEST, "message-digest attribute")?;
        digest.expect_tag(tag::OCTET_STRING, "message-digest attribute")?;
        digest.expect_value(&self.hash.digest(data.content.value), "message-digest attribute")
    }

    /// The signature over the attributes, by the key of the certificate that the file has.
    pub(super) fn check_signature(&self, data: &SignedData<'a>) -> Played {
        let certificate = data.certificate_of(self)?;
        let scheme = Scheme::of_identifier(&self.algorithm, Some(self.hash), "signatureAlgorithm")?;
        let attributes = self
            .attributes
            .map(|attributes| attributes.encoded)
            .unwrap_or_default();
        // They are signed under the tag of a set, whatever tag they have in the file (RFC 5652 §5.4).
        let mut signed = attributes.to_vec();
        if let Some(first) = signed.first_mut() {
            *first = 0x31;
        }
        let key = certificate.public_key()?;
        let verified = scheme.verify(&key, &signed, self.signature.value);
        verified.map_err(|why| match why {
            super::signature::Unverified::Wrong(why) => self.signature.flaw("signature", &why),
            super::signature::Unverified::NotComputed(why) => Finding::NotApplicable(why),
        })
    }
}

/// The value of an attribute that must be there once, with one value.
fn attribute<'a>(
    set: &Object<'a>,
    attributes: &[Object<'a>],
    kind: &[u8],
    field: &str,
) -> Played<Object<'a>> {
    let mut found = None;
    for attribute in attributes {
        attribute.expect_tag(tag::SEQUENCE, "signedAttrs")?;
        let mut fields = attribute.inside();
        let oid = fields.expect(tag::OBJECT_IDENTIFIER, "attrType")?;
        let values = fields.expect(tag::SET, "attrValues")?;
        fields.end("Attribute")?;
        if oid.value != kind {
            continue;
        }
        if found.is_some() {
            return Err(attribute.flaw(field, "expected it once, found it twice"));
        }
        let value = values.inside().next(field)?;
        found = Some(only(values.inside(), value.tag, field)?);
    }
    found.ok_or_else(|| {
        flaw(
            set.file,
            set.at,
            field,
            "expected it among the signed attributes, found it not",
        )
    })
}
