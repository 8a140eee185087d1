//! The zone itself, read from text; [`build`] makes one.

pub(super) mod build;

use core::fmt;
use core::ops::Range;

use super::layout::{DocumentSize, Layout};
use super::{BirthDate, FILLER, MrzError, check_digit, mrz_information};

/// A machine-readable zone. `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Mrz {
    size: DocumentSize,
    /// Its lines joined: ASCII of the size's length.
    text: String,
}

impl Mrz {
    /// Reads a zone: its lines, or all characters in one, as in DG1. White space at line ends is ignored.
    ///
    /// # Errors
    /// [`MrzError::Layout`] if it is no zone of any size, [`MrzError::Field`] naming a date that is none, [`MrzError::CheckDigit`]
    /// naming the field whose check digit is wrong.
    pub fn parse(text: &str) -> Result<Self, MrzError> {
        let zone = Self::parse_unchecked(text)?;
        zone.check()?;
        Ok(zone)
    }

    /// Reads a zone whose check digits may be wrong, such as two that 9303-11 (appendix D.2) and one that 9303-10 (appendix
    /// A.2.1) print as examples; [`check`](Self::check) tells.
    ///
    /// # Errors
    /// [`MrzError::Layout`] if it is no zone of any size.
    pub fn parse_unchecked(text: &str) -> Result<Self, MrzError> {
        if text.len() > MAX_TEXT {
            return Err(MrzError::Layout);
        }
        let text: String = text.lines().map(str::trim_end).collect();
        let allowed = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'<';
        let size = DocumentSize::ALL
            .into_iter()
            .find(|size| size.characters() == text.len() && text.bytes().all(allowed))
            .ok_or(MrzError::Layout)?;
        let first = match size {
            DocumentSize::Td1 | DocumentSize::Td2 => &['A', 'C', 'I'][..],
            DocumentSize::Td3 => &['P'],
        };
        let zone = Self { size, text };
        if !zone.text.starts_with(first) || zone.part(&zone.layout().name).starts_with(FILLER) {
            return Err(MrzError::Layout);
        }
        Ok(zone)
    }

    /// Checks the dates and every check digit.
    ///
    /// # Errors
    /// [`MrzError::Field`] or [`MrzError::CheckDigit`], naming the first field at fault.
    pub fn check(&self) -> Result<(), MrzError> {
        let layout = self.layout();
        let right = |text: &str, digit: char, field| {
            if check_digit(text) == Some(digit) {
                Ok(())
            } else {
                Err(MrzError::CheckDigit(field))
            }
        };
        let (number, digit) = self
            .number_and_digit()
            .ok_or(MrzError::CheckDigit("document number"))?;
        right(&number, digit, "document number")?;
        for (span, position, field, may_be_unknown) in [
            (&layout.birth, layout.birth_digit, "birth date", true),
            (&layout.expiry, layout.expiry_digit, "expiry date", false),
        ] {
            let text = self.part(span);
            right(text, self.at(position), field)?;
            if !is_date(text, may_be_unknown) {
                return Err(MrzError::Field(field));
            }
        }
        if let (Some(position), [optional, _]) = (layout.optional_digit, layout.optional) {
            let text = self.part(optional);
            let empty = text.trim_end_matches(FILLER).is_empty() && self.at(position) == FILLER;
            if !empty {
                right(text, self.at(position), "optional data")?;
            }
        }
        let composite: String = layout.composite.iter().map(|part| self.part(part)).collect();
        right(&composite, self.at(layout.composite_digit), "whole zone")
    }

    /// The size of the document.
    #[must_use]
    pub const fn size(&self) -> DocumentSize {
        self.size
    }

    /// The lines as printed: three of 30, two of 36 or two of 44 characters.
    #[must_use]
    pub fn lines(&self) -> Vec<&str> {
        let (lines, width) = self.size.lines();
        (0..lines)
            .map(|line| self.part(&(line * width..(line + 1) * width)))
            .collect()
    }

    /// All characters in one, as DG1 stores them.
    #[must_use]
    pub fn concatenated(&self) -> &str {
        &self.text
    }

    /// Document code: one or two characters.
    #[must_use]
    pub fn document_code(&self) -> &str {
        self.filled(&self.layout().code)
    }

    /// Issuing state or organization.
    #[must_use]
    pub fn issuing_state(&self) -> &str {
        self.filled(&self.layout().state)
    }

    /// The document number without fillers at its end; a long one (note j) put together.
    #[must_use]
    pub fn document_number(&self) -> String {
        let (number, _) = self.number_and_digit().unwrap_or_default();
        number.trim_end_matches(FILLER).to_owned()
    }

    /// The optional data, on TD1 of the upper and of the middle line, without fillers at the end. What belongs to a long document
    /// number is among them.
    #[must_use]
    pub fn optional_data(&self) -> [&str; 2] {
        match self.layout().optional {
            [first, second] => [self.filled(first), self.filled(second)],
            _ => [""; 2],
        }
    }

    /// Date of birth, `YYMMDD`, unknown parts as `<<`.
    #[must_use]
    pub fn birth_date(&self) -> &str {
        self.part(&self.layout().birth)
    }

    /// `M`, `F` or `<`.
    #[must_use]
    pub fn sex(&self) -> char {
        self.at(self.layout().sex)
    }

    /// Date of expiry, `YYMMDD`.
    #[must_use]
    pub fn expiry_date(&self) -> &str {
        self.part(&self.layout().expiry)
    }

    /// Nationality.
    #[must_use]
    pub fn nationality(&self) -> &str {
        self.filled(&self.layout().nationality)
    }

    /// Primary and secondary identifier in MRZ form, parts separated by `<`. The second may be empty.
    #[must_use]
    pub fn name(&self) -> (&str, &str) {
        let name = self.filled(&self.layout().name);
        name.split_once("<<").unwrap_or((name, ""))
    }

    /// The *MRZ_information* for key derivation; see [`mrz_information`].
    #[must_use]
    pub fn mrz_information(&self) -> String {
        let (number, _) = self.number_and_digit().unwrap_or_default();
        // Cannot fail: every character belongs to the MRZ's alphabet.
        mrz_information(&number, self.birth_date(), self.expiry_date()).unwrap_or_default()
    }

    /// The document number (nine positions, or the whole of a long one) and its check digit.
    fn number_and_digit(&self) -> Option<(String, char)> {
        let layout = self.layout();
        let (first, digit) = (self.part(&layout.number), self.at(layout.number_digit));
        let optional = self.part(layout.optional.first()?);
        if digit != FILLER || self.size == DocumentSize::Td3 || optional.starts_with(FILLER) {
            return Some((first.to_owned(), digit));
        }
        // Note j: the rest of the number, its check digit and a filler begin the optional data.
        let (rest, _) = optional.split_once(FILLER).unwrap_or((optional, ""));
        let digit = rest.chars().next_back()?;
        let rest = rest.strip_suffix(digit)?;
        Some((format!("{first}{rest}"), digit))
    }

    fn layout(&self) -> &'static Layout {
        self.size.layout()
    }

    /// The characters of a span of the layout, all of which are inside the text.
    fn part(&self, span: &Range<usize>) -> &str {
        self.text.get(span.clone()).unwrap_or_default()
    }

    fn filled(&self, span: &Range<usize>) -> &str {
        self.part(span).trim_end_matches(FILLER)
    }

    fn at(&self, position: usize) -> char {
        self.text
            .as_bytes()
            .get(position)
            .map_or(FILLER, |byte| char::from(*byte))
    }
}

impl fmt::Debug for Mrz {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Mrz(..)")
    }
}

/// Three lines of 44 with their line ends, and room.
const MAX_TEXT: usize = 1024;

/// `YYMMDD`; each part of a date of birth may be unknown.
fn is_date(text: &str, may_be_unknown: bool) -> bool {
    let number = |range: Range<usize>| -> Option<Option<u8>> {
        match text.get(range)? {
            "<<" if may_be_unknown => Some(None),
            digits => digits.parse().ok().map(Some),
        }
    };
    let (Some(year), Some(month), Some(day)) = (number(0..2), number(2..4), number(4..6)) else {
        return false;
    };
    // Which century does not matter but for a 29 February of a year 00.
    BirthDate::new(year.map(|year| 2000 + i32::from(year)), month, day).is_some()
}
