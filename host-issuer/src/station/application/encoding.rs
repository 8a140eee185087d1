//! The one encoding of an application.
//!
//! ```text
//! Application ::= SEQUENCE {
//!     version     INTEGER (1),
//!     profile     UTF8String,             -- TOML, as it was read
//!     reason      UTF8String,             -- "first" | "renewal" | "replacement"
//!     replaces    UTF8String,             -- a card; empty for none
//!     province    UTF8String,             -- three digits; empty for that of the citizen number
//!     record      UTF8String,             -- JSON in its one form
//!     photo       OCTET STRING,
//!     enrolment   UTF8String,             -- JSON in its one form; empty for none
//!     files       SEQUENCE OF SEQUENCE {  -- that the enrolment names, in the order in which it does
//!         name        UTF8String,
//!         content     OCTET STRING } }
//! ```

use der::asn1::{OctetStringRef, Utf8StringRef};
use der::{Decode as _, Encode as _, Sequence};
use personalization::biometrics::face::FaceImage;
use zeroize::Zeroizing;

use super::{ApplicationError, BatchProfile, EnrolmentFile, EnrolmentPapers, Occasion};
use crate::ledger::event::JobKind;

const VERSION: u8 = 1;
/// Longest application.
pub const MAX_APPLICATION_BYTES: usize = 16 * 1024 * 1024;
/// Most files that an enrolment names: ten fingers, two eyes, portrait, signature, three papers, and other samples.
pub const MAX_FILES: usize = 64;

#[derive(Sequence)]
struct Encoded<'a> {
    version: u8,
    profile: Utf8StringRef<'a>,
    reason: Utf8StringRef<'a>,
    replaces: Utf8StringRef<'a>,
    province: Utf8StringRef<'a>,
    record: Utf8StringRef<'a>,
    photo: &'a OctetStringRef,
    enrolment: Utf8StringRef<'a>,
    files: Vec<EncodedFile<'a>>,
}

#[derive(Sequence)]
struct EncodedFile<'a> {
    name: Utf8StringRef<'a>,
    content: &'a OctetStringRef,
}

/// An application as it was stored, nothing of it checked.
pub(super) struct Stored {
    pub(super) occasion: Occasion,
    pub(super) profile: String,
    pub(super) record: Zeroizing<String>,
    pub(super) photo: Vec<u8>,
    pub(super) papers: Option<EnrolmentPapers>,
}

pub(super) fn encode(
    occasion: &Occasion,
    profile: &BatchProfile,
    record: &str,
    face: &FaceImage,
    papers: Option<&EnrolmentPapers>,
) -> Result<Zeroizing<Vec<u8>>, ApplicationError> {
    let files = papers.map_or(&[][..], |papers| &papers.files);
    if files.len() > MAX_FILES {
        return Err(ApplicationError::TooLong("list of files of the enrolment"));
    }
    let sizes = files.iter().map(|file| file.content.len());
    if sizes.sum::<usize>() > MAX_APPLICATION_BYTES / 2 {
        return Err(ApplicationError::TooLong("enrolment"));
    }
    let encoded = Encoded {
        version: VERSION,
        profile: text(&profile.text)?,
        reason: text(occasion.kind.name())?,
        replaces: text(occasion.replaces.as_deref().unwrap_or_default())?,
        province: text(occasion.province.as_deref().unwrap_or_default())?,
        record: text(record)?,
        photo: octets(face.bytes())?,
        enrolment: text(papers.map_or("", |papers| &papers.record))?,
        files: files
            .iter()
            .map(|file| {
                Ok(EncodedFile {
                    name: text(&file.name)?,
                    content: octets(&file.content)?,
                })
            })
            .collect::<Result<_, ApplicationError>>()?,
    };
    let der = encoded.to_der().map_err(|_| ApplicationError::Malformed)?;
    Ok(Zeroizing::new(der))
}

fn text(text: &str) -> Result<Utf8StringRef<'_>, ApplicationError> {
    Utf8StringRef::new(text).map_err(|_| ApplicationError::Malformed)
}

fn octets(bytes: &[u8]) -> Result<&OctetStringRef, ApplicationError> {
    OctetStringRef::new(bytes).map_err(|_| ApplicationError::Malformed)
}

pub(super) fn decode(bytes: &[u8]) -> Result<Stored, ApplicationError> {
    if bytes.len() > MAX_APPLICATION_BYTES {
        return Err(ApplicationError::TooLong("stored application"));
    }
    let malformed = || ApplicationError::Malformed;
    let encoded = Encoded::from_der(bytes).map_err(|_| malformed())?;
    if encoded.version != VERSION || encoded.files.len() > MAX_FILES {
        return Err(malformed());
    }
    let filled = |text: Utf8StringRef<'_>| Some(text.as_str().to_owned()).filter(|text| !text.is_empty());
    let files = encoded.files.iter().map(|file| EnrolmentFile {
        name: file.name.as_str().to_owned(),
        content: file.content.as_bytes().to_vec(),
    });
    let files = files.collect();
    Ok(Stored {
        occasion: Occasion {
            kind: JobKind::from_name(encoded.reason.as_str()).ok_or_else(malformed)?,
            replaces: filled(encoded.replaces),
            province: filled(encoded.province),
        },
        profile: encoded.profile.as_str().to_owned(),
        record: Zeroizing::new(encoded.record.as_str().to_owned()),
        photo: encoded.photo.as_bytes().to_vec(),
        papers: filled(encoded.enrolment).map(|record| EnrolmentPapers { record, files }),
    })
}
