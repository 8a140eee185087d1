//! From fields to lines.

use core::ops::Range;

use time::Date;

use super::super::layout::DocumentSize;
use super::super::{BirthDate, DocumentNumber, FILLER, MrzError, check_digit, name_field};
use super::Mrz;

/// What a document that never expires has in the place of its expiry date (as Vietnamese cards print it).
const NO_EXPIRY: &str = "991231";

/// What goes into a zone. Names are transliterated; everything else must be in MRZ form already.
#[derive(Clone, Copy, Debug)]
pub struct MrzFields<'a> {
    /// TD1 and TD2: one or two letters, the first `A`, `C` or `I`; `ID` on Vietnamese cards. TD3: `P`, alone or
    /// with another letter.
    pub document_code: &'a str,
    /// Issuing state or organization, up to three letters (9303-3, section 5).
    pub issuing_state: &'a str,
    /// The document number and the form it takes.
    pub document_number: DocumentNumber<'a>,
    /// Date of birth.
    pub birth_date: BirthDate,
    /// `M`, `F` or `<`.
    pub sex: char,
    /// Date of expiry; `None` for a card without one.
    pub expiry_date: Option<Date>,
    /// Nationality, up to three letters.
    pub nationality: &'a str,
    /// Primary identifier, in national characters.
    pub surname: &'a str,
    /// Secondary identifier, in national characters; may be empty.
    pub given_names: &'a str,
    /// Optional data of the issuing state: at most 15 characters (TD1), 7 (TD2) or 14 (TD3). Must be empty when the document
    /// number needs the room.
    pub optional_data: &'a str,
    /// Optional data of the middle line, TD1 only: at most 11 characters.
    pub optional_data_2: &'a str,
}

impl Mrz {
    /// Builds the lines.
    ///
    /// # Errors
    /// [`MrzError::Field`] for a field that is not in MRZ form or too long for the size, and the errors of
    /// [`transliterate`](crate::mrz::transliterate) and [`name_field`] for the name.
    pub fn build(size: DocumentSize, fields: &MrzFields<'_>) -> Result<Self, MrzError> {
        let layout = size.layout();
        let mut zone = Draft {
            text: vec![b'<'; size.characters()],
        };
        check_code(size, fields.document_code)?;
        zone.put(&layout.code, fields.document_code, "document code")?;
        zone.put(
            &layout.state,
            letters(fields.issuing_state, "issuing state")?,
            "issuing state",
        )?;

        let [optional, optional_2] = layout.optional else {
            return Err(MrzError::Layout);
        };
        let room = if size == DocumentSize::Td3 {
            0
        } else {
            optional.len()
        };
        let number = fields.document_number.field(room)?;
        zone.put(&layout.number, &number.number, "document number")?;
        zone.set(layout.number_digit, number.digit);
        if !number.optional.is_empty() && !fields.optional_data.is_empty() {
            return Err(MrzError::Field("optional data"));
        }
        zone.put(optional, &number.optional, "document number")?;
        zone.put(
            optional,
            data(fields.optional_data, "optional data")?,
            "optional data",
        )?;
        zone.put(
            optional_2,
            data(fields.optional_data_2, "second optional data")?,
            "second optional data",
        )?;
        if let Some(position) = layout.optional_digit {
            // 9303-4, section 4.2.2: where there are no data the digit may be a filler.
            let digit = match zone.get(optional) {
                text if text.trim_end_matches(FILLER).is_empty() => FILLER,
                text => digit(text)?,
            };
            zone.set(position, digit);
        }

        let birth = fields.birth_date.mrz();
        zone.put(&layout.birth, &birth, "birth date")?;
        zone.set(layout.birth_digit, digit(&birth)?);
        if !matches!(fields.sex, 'M' | 'F' | FILLER) {
            return Err(MrzError::Field("sex"));
        }
        zone.set(layout.sex, fields.sex);
        let expiry = fields.expiry_date.map_or_else(
            || NO_EXPIRY.to_owned(),
            |expiry_date| BirthDate::from(expiry_date).mrz(),
        );
        zone.put(&layout.expiry, &expiry, "expiry date")?;
        zone.set(layout.expiry_digit, digit(&expiry)?);
        zone.put(
            &layout.nationality,
            letters(fields.nationality, "nationality")?,
            "nationality",
        )?;
        let name = name_field(fields.surname, fields.given_names, layout.name.len())?;
        zone.put(&layout.name, &name, "name")?;

        let composite = digit(
            &layout
                .composite
                .iter()
                .map(|part| zone.get(part))
                .collect::<String>(),
        )?;
        zone.set(layout.composite_digit, composite);
        // Everything that was put there is ASCII.
        let text = String::from_utf8(zone.text).map_err(|_| MrzError::Layout)?;
        Ok(Self { size, text })
    }
}

/// A zone being filled; what nobody writes stays a filler.
struct Draft {
    text: Vec<u8>,
}

impl Draft {
    fn put(&mut self, span: &Range<usize>, text: &str, field: &'static str) -> Result<(), MrzError> {
        let room = self.text.get_mut(span.clone()).ok_or(MrzError::Layout)?;
        room.get_mut(..text.len())
            .ok_or(MrzError::Field(field))?
            .copy_from_slice(text.as_bytes());
        Ok(())
    }

    fn set(&mut self, position: usize, character: char) {
        if let (Some(to), Ok(character)) = (self.text.get_mut(position), u8::try_from(character)) {
            *to = character;
        }
    }

    fn get(&self, span: &Range<usize>) -> &str {
        let part = self.text.get(span.clone()).unwrap_or_default();
        core::str::from_utf8(part).unwrap_or_default()
    }
}

fn check_code(size: DocumentSize, code: &str) -> Result<(), MrzError> {
    let first = match size {
        DocumentSize::Td1 | DocumentSize::Td2 => &['A', 'C', 'I'][..],
        DocumentSize::Td3 => &['P'],
    };
    // AC is the crew member certificate (9303-5, section 4.2.2).
    let letters = code.bytes().all(|byte| byte.is_ascii_uppercase());
    if !matches!(code.len(), 1 | 2) || !letters || !code.starts_with(first) || code == "AC" {
        return Err(MrzError::Field("document code"));
    }
    Ok(())
}

fn digit(text: &str) -> Result<char, MrzError> {
    check_digit(text).ok_or(MrzError::Layout)
}

/// A code of one to three letters.
fn letters<'a>(code: &'a str, field: &'static str) -> Result<&'a str, MrzError> {
    if code.is_empty() || !code.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return Err(MrzError::Field(field));
    }
    Ok(code)
}

fn data<'a>(text: &'a str, field: &'static str) -> Result<&'a str, MrzError> {
    check_digit(text).map(|_| text).ok_or(MrzError::Field(field))
}
