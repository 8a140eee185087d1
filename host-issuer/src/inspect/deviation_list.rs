//! Deviation lists: faults that an issuing State knows of documents in the field (Doc 9303-3 §7.3, Doc 9303-12 §10).
//!
//! ```text
//! DeviationList ::= SEQUENCE { version INTEGER {v0(0)}, digestAlgorithm AlgorithmIdentifier OPTIONAL, deviations SET OF Deviation }
//! Deviation ::= SEQUENCE { documents DeviationDocuments, descriptions SET OF DeviationDescription }
//! ```
//!
//! Read and shown; what a report says of a deviation is in [`known_deviations`](super::known_deviations).

mod documents;
mod kinds;

use ::time::OffsetDateTime;
use const_oid::ObjectIdentifier;

use super::asn1::{Asn1Error, Element, only, tag};
use super::certificate::Certificate;
use super::cms::DEVIATION_LIST;
use super::hash::AlgorithmIdentifier;
use super::revocation::RevocationList;
use super::signed_list::{ListError, SignedList};

pub use documents::{DeviationDocuments, DocumentSignerIdentifier};
pub use kinds::DeviationKind;

/// id-icao-DeviationListSigningKey (Doc 9303-12 §7.1.1.3).
const DEVIATION_LIST_SIGNING_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.23.136.1.1.8");
/// More than this are an attack on our time.
const DEVIATION_LIMIT: usize = 10_000;
/// Descriptions of one deviation.
const DESCRIPTION_LIMIT: usize = 64;
/// Bytes of a free text.
const TEXT_LIMIT: usize = 4096;

/// A deviation list whose signature holds.
#[derive(Debug, Clone)]
pub struct DeviationList {
    deviations: Vec<Deviation>,
    list: SignedList<'static>,
}

/// Some documents, and what is wrong with them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deviation {
    /// Which documents: every condition that is there must hold.
    pub documents: DeviationDocuments,
    /// What is wrong with them.
    pub descriptions: Vec<DeviationDescription>,
}

/// One fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviationDescription {
    /// A text for people.
    pub text: Option<String>,
    /// The kind of fault, with the field or data group that has it.
    pub kind: DeviationKind,
    /// Whether there is something for the issuing State's own use.
    pub national_use: bool,
}

impl DeviationList {
    /// Reads a deviation list (a DER or BER `ContentInfo`) and verifies its signature with the certificate inside.
    ///
    /// # Errors
    /// [`ListError`]. Never panics.
    pub fn from_der(bytes: &[u8]) -> Result<Self, ListError> {
        let list = SignedList::parse(bytes, DEVIATION_LIST)?;
        let deviations = deviations(&list.content)?;
        Ok(Self {
            deviations,
            list: SignedList {
                content: Vec::new().into(),
                signer: list.signer,
                others: list.others,
                signing_time: list.signing_time,
            },
        })
    }

    /// What it says.
    #[must_use]
    pub fn deviations(&self) -> &[Deviation] {
        &self.deviations
    }

    /// Who signed.
    #[must_use]
    pub fn signer(&self) -> &Certificate {
        &self.list.signer
    }

    /// When, as the signer says.
    #[must_use]
    pub fn signing_time(&self) -> Option<OffsetDateTime> {
        self.list.signing_time
    }

    /// Which of `anchors` certified the signer for deviation lists.
    ///
    /// # Errors
    /// As [`MasterList::anchor`](super::MasterList::anchor).
    pub fn anchor<'a>(
        &self,
        anchors: impl IntoIterator<Item = &'a Certificate>,
        revocation_lists: impl IntoIterator<Item = &'a RevocationList>,
        now: OffsetDateTime,
    ) -> Result<&'a Certificate, ListError> {
        self.list
            .anchor(DEVIATION_LIST_SIGNING_KEY, anchors, revocation_lists, now)
    }
}

fn deviations(content: &[u8]) -> Result<Vec<Deviation>, Asn1Error> {
    let mut fields = only(content, tag::SEQUENCE, "DeviationList")?.reader();
    let version = fields
        .next("DeviationList.version")?
        .small_integer("DeviationList.version")?;
    if version != 0 {
        return Err(Asn1Error::Value(format!(
            "DeviationList: version {version}, 0 is required"
        )));
    }
    // For certificate digests: the verifier compares with the hash that has the digest's length.
    if let Some(algorithm) = fields.optional(tag::SEQUENCE, "digestAlgorithm")? {
        AlgorithmIdentifier::parse(&algorithm, "digestAlgorithm")?;
    }
    let mut entries = fields.expect(tag::SET, "deviations")?.reader();
    fields.finish("DeviationList")?;
    let mut deviations = Vec::new();
    while !entries.is_empty() {
        if deviations.len() == DEVIATION_LIMIT {
            return Err(Asn1Error::Value("deviations: too many".into()));
        }
        deviations.push(deviation(&entries.expect(tag::SEQUENCE, "Deviation")?)?);
    }
    Ok(deviations)
}

fn deviation(element: &Element<'_>) -> Result<Deviation, Asn1Error> {
    let mut fields = element.reader();
    let documents = fields.expect(tag::SEQUENCE, "documents")?;
    let mut entries = fields.expect(tag::SET, "descriptions")?.reader();
    fields.finish("Deviation")?;
    let mut descriptions = Vec::new();
    while !entries.is_empty() {
        if descriptions.len() == DESCRIPTION_LIMIT {
            return Err(Asn1Error::Value("descriptions: too many".into()));
        }
        descriptions.push(description(
            &entries.expect(tag::SEQUENCE, "DeviationDescription")?,
        )?);
    }
    Ok(Deviation {
        documents: DeviationDocuments::read(&documents)?,
        descriptions,
    })
}

/// ```text
/// DeviationDescription ::= SEQUENCE { description PrintableString OPTIONAL, deviationType OBJECT IDENTIFIER,
///     parameters [0] ANY DEFINED BY deviationType OPTIONAL, nationalUse [1] ANY OPTIONAL }
/// ```
fn description(element: &Element<'_>) -> Result<DeviationDescription, Asn1Error> {
    let mut fields = element.reader();
    let mut text = fields.optional(tag::PRINTABLE_STRING, "description")?;
    if text.is_none() {
        // Against the standard, and seen.
        text = fields.optional(tag::UTF8_STRING, "description")?;
    }
    let text = text.map(|text| documents::text(&text, TEXT_LIMIT)).transpose()?;
    let oid = fields.next("deviationType")?.oid("deviationType")?;
    // A tag around ANY is explicit (X.680 §31.2.7).
    let parameters = fields.optional(tag::CONTEXT_0, "parameters")?;
    let kind = DeviationKind::read(oid, parameters.as_ref())?;
    let national_use = fields.optional(tag::CONTEXT_1, "nationalUse")?.is_some();
    fields.finish("DeviationDescription")?;
    Ok(DeviationDescription {
        text,
        kind,
        national_use,
    })
}
