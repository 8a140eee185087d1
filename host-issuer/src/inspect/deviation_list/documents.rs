//! Which documents a deviation is about.

use ::time::OffsetDateTime;

use crate::inspect::asn1::{Asn1Error, Element, tag};
use crate::inspect::certificate::parse_name;
use crate::inspect::time;

/// Characters of a document number; 9303-5 allows longer ones than the MRZ's nine in the optional data.
const NUMBER_LIMIT: usize = 64;

const ISSUER_AND_SERIAL_NUMBER: u32 = 0xA1;
const SUBJECT_KEY_IDENTIFIER: u32 = 0x82;
const CERTIFICATE_DIGEST: u32 = 0x83;
const ISSUING_DATE: u32 = 0xA4;
const DOCUMENT_NUMBERS: u32 = 0xA5;

/// The conditions for a document to be meant; those that are there must all hold (Doc 9303-3 §7.3.6).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeviationDocuments {
    /// As in the MRZ.
    pub document_type: Option<String>,
    /// Who signed them.
    pub document_signer: Option<DocumentSignerIdentifier>,
    /// First and last moment of issue.
    pub issued: Option<(OffsetDateTime, OffsetDateTime)>,
    /// Their numbers.
    pub document_numbers: Option<Vec<String>>,
}

/// A document signer certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DocumentSignerIdentifier {
    /// The issuer (RFC 4514) and the serial number, capital hexadecimal.
    IssuerAndSerialNumber {
        /// Distinguished name.
        issuer: String,
        /// Serial number.
        serial: String,
    },
    /// The key identifier, capital hexadecimal.
    SubjectKeyIdentifier(String),
    /// The digest of the certificate, capital hexadecimal.
    CertificateDigest(String),
}

impl DeviationDocuments {
    /// ```text
    /// DeviationDocuments ::= SEQUENCE { documentType [0] PrintableString (SIZE(2)) OPTIONAL,
    ///     dscIdentifier CHOICE { issuerAndSerialNumber [1], subjectKeyIdentifier [2], certificateDigest [3] } OPTIONAL,
    ///     issuingDate [4] SEQUENCE { firstIssued GeneralizedTime, lastIssued GeneralizedTime } OPTIONAL,
    ///     documentNumbers [5] SET OF PrintableString OPTIONAL }        -- IMPLICIT TAGS
    /// ```
    pub(super) fn read(element: &Element<'_>) -> Result<Self, Asn1Error> {
        let mut fields = element.reader();
        let mut documents = Self::default();
        if let Some(kind) = fields.optional(tag::CONTEXT_0_PRIMITIVE, "documentType")? {
            documents.document_type = Some(text(&kind, 8)?);
        }
        documents.document_signer = document_signer(&mut fields)?;
        if let Some(period) = fields.optional(ISSUING_DATE, "issuingDate")? {
            let mut period = period.reader();
            let first = time::parse(&period.next("firstIssued")?, "firstIssued")?;
            let last = time::parse(&period.next("lastIssued")?, "lastIssued")?;
            period.finish("issuingDate")?;
            documents.issued = Some((first, last));
        }
        if let Some(numbers) = fields.optional(DOCUMENT_NUMBERS, "documentNumbers")? {
            let mut numbers = numbers.reader();
            let mut list = Vec::new();
            // Bounded by the size of the list: one in use names 346,275 documents.
            while !numbers.is_empty() {
                let number = numbers.expect(tag::PRINTABLE_STRING, "documentNumber")?;
                list.push(text(&number, NUMBER_LIMIT)?);
            }
            documents.document_numbers = Some(list);
        }
        fields.finish("DeviationDocuments")?;
        Ok(documents)
    }
}

fn document_signer(
    fields: &mut crate::inspect::asn1::Reader<'_>,
) -> Result<Option<DocumentSignerIdentifier>, Asn1Error> {
    if let Some(both) = fields.optional(ISSUER_AND_SERIAL_NUMBER, "issuerAndSerialNumber")? {
        let mut both = both.reader();
        let issuer = parse_name(both.expect(tag::SEQUENCE, "issuer")?.raw)?;
        let serial = both.expect(tag::INTEGER, "serialNumber")?.body;
        both.finish("issuerAndSerialNumber")?;
        return Ok(Some(DocumentSignerIdentifier::IssuerAndSerialNumber {
            issuer: issuer.to_string(),
            serial: hex::encode_upper(serial),
        }));
    }
    if let Some(identifier) = fields.optional(SUBJECT_KEY_IDENTIFIER, "subjectKeyIdentifier")? {
        let identifier = hex::encode_upper(identifier.body);
        return Ok(Some(DocumentSignerIdentifier::SubjectKeyIdentifier(identifier)));
    }
    let digest = fields.optional(CERTIFICATE_DIGEST, "certificateDigest")?;
    Ok(digest.map(|digest| DocumentSignerIdentifier::CertificateDigest(hex::encode_upper(digest.body))))
}

/// A text of at most so many bytes; what is no UTF-8 becomes U+FFFD.
pub(super) fn text(element: &Element<'_>, limit: usize) -> Result<String, Asn1Error> {
    if element.body.len() > limit {
        return Err(Asn1Error::Value(format!(
            "a text of {} bytes",
            element.body.len()
        )));
    }
    Ok(String::from_utf8_lossy(element.body).into_owned())
}
