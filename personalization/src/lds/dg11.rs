//! DG11: additional personal details (9303-10, section 4.7.11).
//!
//! ```text
//! 6B { 5C tags that are there,
//!      5F0E name, A0 { 02 number of other names, 5F0F other name … }, 5F10 personal number, 5F2B date of birth, 5F11 place of
//!      birth, 5F42 address, 5F12 telephone, 5F13 profession, 5F14 title, 5F15 personal summary, 5F16 proof of citizenship (image),
//!      5F17 other travel documents, 5F18 custody information }
//! ```
//!
//! Text is UTF-8; `<` stands for a space in names and separates the parts of places and addresses.
//!
//! Erratum: the example of appendix A.5 states two lengths wrongly, 6B 63 for 60 and 5F12 0E for 0B.

use core::fmt;

use card_applet::wire::lds::DataGroup;

use super::other_names::{self, OtherNames};
use super::read::{Objects, outer, tag_list, utf8};
use super::text::{self, MAX_TEXT_BYTES, PersonName};
use super::{AsRead, LdsError, tlv};
use crate::mrz::BirthDate;

/// The file's name in errors.
const FILE: &str = "DG11";

/// Longest image of a proof of citizenship, in bytes.
const MAX_IMAGE_BYTES: usize = 256 * 1024;

/// Tag and name of each field.
mod field {
    pub(super) type Field = (u32, &'static str);

    pub(super) const NAME: Field = (0x5F0E, "name of holder");
    pub(super) const OTHER_NAMES: Field = (0x5F0F, "other names");
    pub(super) const PERSONAL_NUMBER: Field = (0x5F10, "personal number");
    pub(super) const BIRTH_DATE: Field = (0x5F2B, "full date of birth");
    pub(super) const PLACE_OF_BIRTH: Field = (0x5F11, "place of birth");
    pub(super) const ADDRESS: Field = (0x5F42, "permanent address");
    pub(super) const TELEPHONE: Field = (0x5F12, "telephone");
    pub(super) const PROFESSION: Field = (0x5F13, "profession");
    pub(super) const TITLE: Field = (0x5F14, "title");
    pub(super) const SUMMARY: Field = (0x5F15, "personal summary");
    pub(super) const PROOF_OF_CITIZENSHIP: Field = (0x5F16, "proof of citizenship");
    pub(super) const OTHER_DOCUMENTS: Field = (0x5F17, "other travel documents");
    pub(super) const CUSTODY: Field = (0x5F18, "custody information");
}

/// What DG11 says; every field is optional. `Debug` shows nothing of it.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct AdditionalPersonalDetails {
    /// The holder's name in national characters, in full.
    pub name: Option<PersonName>,
    /// Other names, at most [`MAX_NAMES`](super::other_names::MAX_NAMES).
    pub other_names: Vec<PersonName>,
    /// Personal number.
    pub personal_number: Option<String>,
    /// Date of birth with its century, of which parts may be unknown.
    pub birth_date: Option<BirthDate>,
    /// Place of birth, from the narrower to the wider.
    pub place_of_birth: Vec<String>,
    /// Lines of the permanent address.
    pub address: Vec<String>,
    /// Telephone.
    pub telephone: Option<String>,
    /// Profession.
    pub profession: Option<String>,
    /// Title.
    pub title: Option<String>,
    /// Personal summary.
    pub summary: Option<String>,
    /// Image of a proof of citizenship, compressed as ISO/IEC 10918 (JPEG) has it; not looked into.
    pub proof_of_citizenship: Option<Vec<u8>>,
    /// Numbers of other valid travel documents.
    pub other_documents: Vec<String>,
    /// Custody information.
    pub custody: Option<String>,
}

impl AdditionalPersonalDetails {
    /// Encodes DG11, its fields in the order of the standard.
    ///
    /// # Errors
    /// [`LdsError`] naming the field: a control character, a `<` inside a part, too long, or nothing at all to say.
    pub fn encode(&self) -> Result<Vec<u8>, LdsError> {
        let mut fields = Fields::default();
        if let Some(name) = &self.name {
            fields.push(field::NAME, name.encode(FILE, field::NAME.1)?.as_bytes());
        }
        if !self.other_names.is_empty() {
            let (tag, name) = field::OTHER_NAMES;
            let names = other_names::encode(FILE, name, tag, &self.other_names)?;
            fields.constructed(tag, &names);
        }
        fields.text(field::PERSONAL_NUMBER, self.personal_number.as_deref())?;
        if let Some(birth_date) = self.birth_date {
            fields.push(
                field::BIRTH_DATE,
                text::encode_partial_date(birth_date).as_bytes(),
            );
        }
        fields.parts(field::PLACE_OF_BIRTH, &self.place_of_birth)?;
        fields.parts(field::ADDRESS, &self.address)?;
        fields.text(field::TELEPHONE, self.telephone.as_deref())?;
        fields.text(field::PROFESSION, self.profession.as_deref())?;
        fields.text(field::TITLE, self.title.as_deref())?;
        fields.text(field::SUMMARY, self.summary.as_deref())?;
        if let Some(image) = &self.proof_of_citizenship {
            check_image(image)?;
            fields.push(field::PROOF_OF_CITIZENSHIP, image);
        }
        fields.parts(field::OTHER_DOCUMENTS, &self.other_documents)?;
        fields.text(field::CUSTODY, self.custody.as_deref())?;
        fields.finish()
    }

    /// Reads DG11: fields in any order, dates as text or BCD. Fields of a tag that the standard does not know are passed over (the bytes keep
    /// them), and the tag list is not compared with what is there: issuers list the other names under either of their tags.
    ///
    /// # Errors
    /// [`LdsError`] naming the field: another structure, text that is not UTF-8, a field twice.
    pub fn decode(file: &[u8]) -> Result<AsRead<'_, Self>, LdsError> {
        let mut objects = Objects::new(FILE, outer(FILE, DataGroup::DG11.tag(), file)?);
        tag_list(FILE, objects.expect(0x5C, "tag list")?)?;
        let mut details = Self::default();
        let mut seen = Vec::new();
        while let Some(object) = objects.next("field")? {
            if seen.contains(&object.tag) && !REPEATED.contains(&object.tag) {
                return Err(LdsError::new(
                    FILE,
                    format!("field {:X}", object.tag),
                    "is there twice",
                ));
            }
            if seen.len() == MAX_FIELDS {
                return Err(LdsError::new(FILE, "file", "has more than 64 fields"));
            }
            seen.push(object.tag);
            details.take(object.tag, object.value)?;
        }
        Ok(AsRead::new(file, details))
    }

    fn take(&mut self, tag: u32, value: &[u8]) -> Result<(), LdsError> {
        let text = |field: field::Field| utf8(FILE, field.1, value, MAX_TEXT_BYTES).map(Some);
        match tag {
            0x5F0E => self.name = Some(PersonName::decode(FILE, field::NAME.1, value)?),
            0xA0 => self.other_names = OtherNames::decode(FILE, field::OTHER_NAMES, value)?.0,
            0x5F0F => self
                .other_names
                .push(PersonName::decode(FILE, field::OTHER_NAMES.1, value)?),
            0x5F10 => self.personal_number = text(field::PERSONAL_NUMBER)?,
            0x5F2B => self.birth_date = Some(text::decode_partial_date(FILE, field::BIRTH_DATE.1, value)?),
            0x5F11 => self
                .place_of_birth
                .extend(text::split(FILE, field::PLACE_OF_BIRTH.1, value)?),
            0x5F42 => self.address.extend(text::split(FILE, field::ADDRESS.1, value)?),
            0x5F12 => self.telephone = text(field::TELEPHONE)?,
            0x5F13 => self.profession = text(field::PROFESSION)?,
            0x5F14 => self.title = text(field::TITLE)?,
            0x5F15 => self.summary = text(field::SUMMARY)?,
            0x5F16 => {
                check_image(value)?;
                self.proof_of_citizenship = Some(value.to_vec());
            }
            0x5F17 => self
                .other_documents
                .extend(text::split(FILE, field::OTHER_DOCUMENTS.1, value)?),
            0x5F18 => self.custody = text(field::CUSTODY)?,
            _ => {}
        }
        Ok(())
    }
}

impl fmt::Debug for AdditionalPersonalDetails {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AdditionalPersonalDetails(..)")
    }
}

/// More fields than the standard has.
const MAX_FIELDS: usize = 64;

/// Fields that some issuers write once for each part: other names (then without a list around them), place of birth, address, other documents.
const REPEATED: [u32; 4] = [0x5F0F, 0x5F11, 0x5F42, 0x5F17];

fn check_image(image: &[u8]) -> Result<(), LdsError> {
    if image.is_empty() || image.len() > MAX_IMAGE_BYTES {
        return Err(LdsError::new(
            FILE,
            field::PROOF_OF_CITIZENSHIP.1,
            "must have 1 to 262144 bytes",
        ));
    }
    Ok(())
}

/// Fields of the file, and the list of their tags.
#[derive(Default)]
struct Fields {
    tags: Vec<u8>,
    content: Vec<u8>,
}

impl Fields {
    fn push(&mut self, (tag, _): field::Field, value: &[u8]) {
        self.list(tag);
        self.content.extend(tlv(tag, value));
    }

    fn constructed(&mut self, listed: u32, object: &[u8]) {
        self.list(listed);
        self.content.extend_from_slice(object);
    }

    /// All tags of this file that are listed have two bytes.
    fn list(&mut self, tag: u32) {
        let [_, _, high, low] = tag.to_be_bytes();
        self.tags.extend([high, low]);
    }

    fn text(&mut self, field: field::Field, value: Option<&str>) -> Result<(), LdsError> {
        if let Some(value) = value {
            text::check(FILE, field.1, value)?;
            self.push(field, value.as_bytes());
        }
        Ok(())
    }

    fn parts(&mut self, field: field::Field, parts: &[String]) -> Result<(), LdsError> {
        if !parts.is_empty() {
            self.push(field, text::join(FILE, field.1, parts)?.as_bytes());
        }
        Ok(())
    }

    fn finish(self) -> Result<Vec<u8>, LdsError> {
        if self.tags.is_empty() {
            return Err(LdsError::new(FILE, "file", "has nothing to say"));
        }
        let content = [tlv(0x5C, &self.tags), self.content].concat();
        Ok(tlv(DataGroup::DG11.tag(), &content))
    }
}
