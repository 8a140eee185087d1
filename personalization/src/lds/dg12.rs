//! DG12: additional document details (9303-10, section 4.7.12).
//!
//! ```text
//! 6C { 5C tags that are there,
//!      5F19 issuing authority, 5F26 date of issue, A0 { 02 number of other persons, 5F1A name … }, 5F1B endorsements, 5F1C tax and
//!      exit requirements, 5F1D image of the front, 5F1E image of the rear, 5F55 time of personalization, 5F56 serial number of the
//!      personalization system }
//! ```

use core::fmt;

use card_applet::wire::lds::DataGroup;
use time::{Date, PrimitiveDateTime};

use super::other_names::{self, OtherNames};
use super::read::{Objects, outer, tag_list, utf8};
use super::text::{self, MAX_TEXT_BYTES, PersonName};
use super::{AsRead, LdsError, tlv};

/// The file's name in errors.
const FILE: &str = "DG12";

/// Longest image of one side of the document, in bytes.
const MAX_IMAGE_BYTES: usize = 256 * 1024;

/// More fields than the standard has.
const MAX_FIELDS: usize = 32;

/// Names of the fields.
mod field {
    pub(super) const AUTHORITY: &str = "issuing authority";
    pub(super) const ISSUE_DATE: &str = "date of issue";
    pub(super) const OTHER_PERSONS: &str = "other persons";
    pub(super) const ENDORSEMENTS: &str = "endorsements";
    pub(super) const TAX_EXIT: &str = "tax and exit requirements";
    pub(super) const FRONT: &str = "image of the front";
    pub(super) const REAR: &str = "image of the rear";
    pub(super) const PERSONALIZED: &str = "time of personalization";
    pub(super) const SYSTEM: &str = "personalization system";
}

/// What DG12 says; every field is optional. `Debug` shows nothing of it.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct AdditionalDocumentDetails {
    /// The issuing authority.
    pub issuing_authority: Option<String>,
    /// The day of issue.
    pub issue_date: Option<Date>,
    /// Other persons on the document, at most [`MAX_NAMES`](super::other_names::MAX_NAMES).
    pub other_persons: Vec<PersonName>,
    /// Endorsements and observations.
    pub endorsements: Option<String>,
    /// Tax and exit requirements.
    pub tax_exit_requirements: Option<String>,
    /// Image of the document's front, as ISO/IEC 10918 or 15444 has it; not looked into.
    pub front: Option<Vec<u8>>,
    /// Image of its rear.
    pub rear: Option<Vec<u8>>,
    /// When the document was personalized; the standard names no time zone.
    pub personalized: Option<PrimitiveDateTime>,
    /// Serial number of the personalization system.
    pub personalization_system: Option<String>,
}

impl AdditionalDocumentDetails {
    /// Encodes DG12, its fields in the order of the standard.
    ///
    /// # Errors
    /// [`LdsError`] naming the field: a control character, a `<`, too long, or nothing at all to say.
    pub fn encode(&self) -> Result<Vec<u8>, LdsError> {
        let mut fields: Vec<(u32, Vec<u8>)> = Vec::new();
        let mut push = |tag: u32, value: &[u8]| fields.push((tag, tlv(tag, value)));
        let checked = |field, value: &Option<String>| -> Result<Option<Vec<u8>>, LdsError> {
            let Some(value) = value else { return Ok(None) };
            text::check(FILE, field, value)?;
            Ok(Some(value.clone().into_bytes()))
        };
        if let Some(value) = checked(field::AUTHORITY, &self.issuing_authority)? {
            push(0x5F19, &value);
        }
        if let Some(date) = self.issue_date {
            push(0x5F26, text::encode_date(date).as_bytes());
        }
        if !self.other_persons.is_empty() {
            let names = other_names::encode(FILE, field::OTHER_PERSONS, 0x5F1A, &self.other_persons)?;
            fields.push((0x5F1A, names));
        }
        let mut push = |tag: u32, value: &[u8]| fields.push((tag, tlv(tag, value)));
        for (tag, field, value) in [
            (0x5F1B, field::ENDORSEMENTS, &self.endorsements),
            (0x5F1C, field::TAX_EXIT, &self.tax_exit_requirements),
        ] {
            if let Some(value) = checked(field, value)? {
                push(tag, &value);
            }
        }
        for (tag, field, image) in [
            (0x5F1D, field::FRONT, &self.front),
            (0x5F1E, field::REAR, &self.rear),
        ] {
            if let Some(image) = image {
                check_image(field, image)?;
                push(tag, image);
            }
        }
        if let Some(time) = self.personalized {
            push(0x5F55, text::encode_date_time(time).as_bytes());
        }
        if let Some(value) = checked(field::SYSTEM, &self.personalization_system)? {
            push(0x5F56, &value);
        }
        if fields.is_empty() {
            return Err(LdsError::new(FILE, "file", "has nothing to say"));
        }
        let mut tags = Vec::new();
        let mut objects = Vec::new();
        for (tag, object) in fields {
            let [_, _, high, low] = tag.to_be_bytes();
            tags.extend([high, low]);
            objects.extend(object);
        }
        let content = [tlv(0x5C, &tags), objects].concat();
        Ok(tlv(DataGroup::DG12.tag(), &content))
    }

    /// Reads DG12: fields in any order, dates as text or BCD. Fields of an unknown tag are passed over (the bytes keep them), and the tag
    /// list is not compared with what is there.
    ///
    /// # Errors
    /// [`LdsError`] naming the field: another structure, text that is not UTF-8, a field twice.
    pub fn decode(file: &[u8]) -> Result<AsRead<'_, Self>, LdsError> {
        let mut objects = Objects::new(FILE, outer(FILE, DataGroup::DG12.tag(), file)?);
        tag_list(FILE, objects.expect(0x5C, "tag list")?)?;
        let mut details = Self::default();
        let mut seen = Vec::new();
        while let Some(object) = objects.next("field")? {
            if seen.contains(&object.tag) {
                let field = format!("field {:X}", object.tag);
                return Err(LdsError::new(FILE, field, "is there twice"));
            }
            if seen.len() == MAX_FIELDS {
                return Err(LdsError::new(FILE, "file", "has more than 32 fields"));
            }
            seen.push(object.tag);
            details.take(object.tag, object.value)?;
        }
        Ok(AsRead::new(file, details))
    }

    fn take(&mut self, tag: u32, value: &[u8]) -> Result<(), LdsError> {
        let text = |field| utf8(FILE, field, value, MAX_TEXT_BYTES).map(Some);
        let image = |field| check_image(field, value).map(|()| Some(value.to_vec()));
        match tag {
            0x5F19 => self.issuing_authority = text(field::AUTHORITY)?,
            0x5F26 => self.issue_date = Some(text::decode_date(FILE, field::ISSUE_DATE, value)?),
            0xA0 => self.other_persons = OtherNames::decode(FILE, (0x5F1A, field::OTHER_PERSONS), value)?.0,
            0x5F1B => self.endorsements = text(field::ENDORSEMENTS)?,
            0x5F1C => self.tax_exit_requirements = text(field::TAX_EXIT)?,
            0x5F1D => self.front = image(field::FRONT)?,
            0x5F1E => self.rear = image(field::REAR)?,
            0x5F55 => self.personalized = Some(text::decode_date_time(FILE, field::PERSONALIZED, value)?),
            0x5F56 => self.personalization_system = text(field::SYSTEM)?,
            _ => {}
        }
        Ok(())
    }
}

impl fmt::Debug for AdditionalDocumentDetails {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AdditionalDocumentDetails(..)")
    }
}

fn check_image(field: &'static str, image: &[u8]) -> Result<(), LdsError> {
    if image.is_empty() || image.len() > MAX_IMAGE_BYTES {
        return Err(LdsError::new(FILE, field, "must have 1 to 262144 bytes"));
    }
    Ok(())
}
