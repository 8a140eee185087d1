//! The machine-readable zone (Doc 9303 parts 3 to 6): check digits, transliteration, the lines of TD1, TD2 and TD3.
//!
//! ```
//! use personalization::mrz::{DocumentNumber, DocumentSize, Mrz, MrzFields};
//! use time::macros::date;
//!
//! let td1 = Mrz::build(DocumentSize::Td1, &MrzFields {
//!     document_code: "I",
//!     issuing_state: "UTO",
//!     document_number: DocumentNumber::Icao("D23145890"),
//!     birth_date: date!(1974 - 08 - 12).into(),
//!     sex: 'F',
//!     expiry_date: Some(date!(2012 - 04 - 15)),
//!     nationality: "UTO",
//!     surname: "Eriksson",
//!     given_names: "Anna Maria",
//!     optional_data: "",
//!     optional_data_2: "",
//! })?;
//! assert_eq!(td1.lines()[0], "I<UTOD231458907<<<<<<<<<<<<<<<");
//! assert_eq!(td1.mrz_information(), "D23145890774081221204159");
//! # Ok::<(), personalization::mrz::MrzError>(())
//! ```

mod birth_date;
mod check_digit;
mod document_number;
mod layout;
mod name;
mod transliterate;
mod zone;

pub use birth_date::BirthDate;
pub use check_digit::check_digit;
pub use document_number::DocumentNumber;
pub use layout::DocumentSize;
pub use name::name_field;
pub use transliterate::{CyrillicLanguage, LatinSpelling, Transliteration, transliterate};
pub use zone::Mrz;
pub use zone::build::MrzFields;

/// The character that fills unused positions and stands for space and hyphen.
pub const FILLER: char = '<';

/// Why an MRZ could not be built or read. No variant carries what the zone says.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MrzError {
    /// A character of a name has no form in the MRZ (9303-3, section 6).
    #[error("character {position} of the name cannot be written in the machine-readable zone")]
    Untransliterable {
        /// Which character, counted from 1.
        position: usize,
    },
    /// The name has no letter at all.
    #[error("the name has no letter that can be written in the machine-readable zone")]
    EmptyName,
    /// A name of so many parts that not even their initials fit.
    #[error("the name has too many parts for the machine-readable zone")]
    TooManyNameParts,
    /// A field has a character or a length that the MRZ does not allow.
    #[error("{0} has a form that the machine-readable zone does not allow")]
    Field(&'static str),
    /// A name has letters of two alphabets; some look alike, so this is a typing error more often than a name.
    #[error("character {position} of the name is of another alphabet than those before it")]
    MixedAlphabets {
        /// Which character, counted from 1.
        position: usize,
    },
    /// The text has no layout of TD1, TD2 or TD3, or other characters than `A`–`Z`, `0`–`9` and `<`.
    #[error("neither three lines of 30 characters A-Z, 0-9 and < nor two of 36 or 44")]
    Layout,
    /// A check digit is wrong: the zone was mistyped or misread.
    #[error("the check digit of the {0} is wrong")]
    CheckDigit(&'static str),
}

/// The *MRZ_information* from which BAC and PACE keys are derived (9303-11, sections 4.3.2 and 9.7.3).
///
/// Document number (all of it, without the fillers that only pad a *long* number, but padded to nine
/// characters when short), birth date and expiry date as `YYMMDD`, each followed by its check digit.
///
/// # Errors
///
/// [`MrzError::Field`] when a field has characters that do not belong in an MRZ.
pub fn mrz_information(document_number: &str, birth: &str, expiry: &str) -> Result<String, MrzError> {
    let number = format!("{document_number:<<9}");
    let mut information = String::with_capacity(number.len() + 15);
    for (field, text) in [
        ("document number", number.as_str()),
        ("birth date", birth),
        ("expiry date", expiry),
    ] {
        information.push_str(text);
        information.push(check_digit(text).ok_or(MrzError::Field(field))?);
    }
    Ok(information)
}
