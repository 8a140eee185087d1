//! The three lines of a TD1 card (Doc 9303-5, section 4.2).

use core::fmt;

use time::Date;

use super::{FILLER, MrzError, check_digit, mrz_information, name_field};

/// Characters in a line.
const WIDTH: usize = 30;

/// What a document that never expires has in the place of its expiry date (as Vietnamese cards print it).
const NO_EXPIRY: &str = "991231";

/// How the upper line carries the number of the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DocumentNumber<'a> {
    /// Doc 9303-5, section 4.2.2: up to nine characters with a check digit, or, longer, the form of note j
    /// (`<` in the place of the check digit, the rest and the check digit in the optional data).
    Icao(&'a str),
    /// The Vietnamese form: the last nine digits of the twelve-digit citizen number with a check digit, then
    /// all twelve digits, `<<` and a check digit over the twelve as optional data. For keys, the document
    /// number is the nine digits.
    Vietnamese(&'a str),
}

/// What goes into a TD1 zone. Names are transliterated; everything else must be in MRZ form already.
#[derive(Clone, Copy, Debug)]
pub struct Td1Fields<'a> {
    /// One or two letters, the first `A`, `C` or `I`; `ID` on Vietnamese cards.
    pub document_code: &'a str,
    /// Issuing state or organization, up to three letters (9303-3, section 5).
    pub issuing_state: &'a str,
    /// The document number and the form it takes.
    pub document_number: DocumentNumber<'a>,
    /// Date of birth.
    pub birth_date: Date,
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
}

/// A TD1 zone all of whose check digits are right. `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Td1([String; 3]);

impl Td1 {
    /// Builds the three lines.
    ///
    /// # Errors
    ///
    /// [`MrzError::Field`] for a field that is not in MRZ form, and the errors of
    /// [`transliterate`](super::transliterate) and [`name_field`] for the name.
    pub fn build(fields: &Td1Fields<'_>) -> Result<Self, MrzError> {
        let code = fields.document_code;
        if !matches!(code.len(), 1 | 2) || !code.starts_with(['A', 'C', 'I']) || code == "AC" {
            return Err(MrzError::Field("document code"));
        }
        let code = padded(code, 2, "document code")?;
        let state = letters(fields.issuing_state, "issuing state")?;
        let upper = format!("{code}{state}{}", number_field(fields.document_number)?);

        let birth = yymmdd(fields.birth_date);
        let expiry = fields.expiry_date.map_or_else(|| NO_EXPIRY.to_owned(), yymmdd);
        if !matches!(fields.sex, 'M' | 'F' | FILLER) {
            return Err(MrzError::Field("sex"));
        }
        let mut middle = format!(
            "{birth}{}{}{expiry}{}{}{:<<11}",
            digit(&birth)?,
            fields.sex,
            digit(&expiry)?,
            letters(fields.nationality, "nationality")?,
            ""
        );
        middle.push(composite(&upper, &middle)?);

        let lower = name_field(fields.surname, fields.given_names, WIDTH)?;
        Ok(Self([upper, middle, lower]))
    }

    /// Reads a zone: three lines, or 90 characters in one, as in DG1. White space at line ends is ignored.
    ///
    /// # Errors
    ///
    /// [`MrzError::Layout`] if it is not a TD1 zone, [`MrzError::CheckDigit`] naming the field whose check
    /// digit is wrong.
    pub fn parse(text: &str) -> Result<Self, MrzError> {
        let text: String = text.lines().map(str::trim_end).collect();
        let allowed = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'<';
        if text.len() != 3 * WIDTH || !text.bytes().all(allowed) {
            return Err(MrzError::Layout);
        }
        let td1 = Self([0, 1, 2].map(|line| text[line * WIDTH..(line + 1) * WIDTH].to_owned()));
        td1.check()?;
        Ok(td1)
    }

    fn check(&self) -> Result<(), MrzError> {
        let [upper, middle, lower] = &self.0;
        if !upper.starts_with(['A', 'C', 'I']) || lower.starts_with(FILLER) {
            return Err(MrzError::Layout);
        }
        let right = |text: &str, digit: &str, field| {
            if check_digit(text).is_some_and(|right| digit.starts_with(right)) {
                Ok(())
            } else {
                Err(MrzError::CheckDigit(field))
            }
        };
        let (number, digit) = self
            .number_and_digit()
            .ok_or(MrzError::CheckDigit("document number"))?;
        right(&number, &digit, "document number")?;
        right(self.birth_date(), &middle[6..7], "birth date")?;
        right(self.expiry_date(), &middle[14..15], "expiry date")?;
        if composite(upper, &middle[..29])? != char::from(middle.as_bytes()[29]) {
            return Err(MrzError::CheckDigit("whole zone"));
        }
        Ok(())
    }

    /// The three lines of 30 characters.
    #[must_use]
    pub fn lines(&self) -> [&str; 3] {
        let [upper, middle, lower] = &self.0;
        [upper, middle, lower]
    }

    /// The 90 characters in one, as DG1 stores them.
    #[must_use]
    pub fn concatenated(&self) -> String {
        self.0.concat()
    }

    /// Document code: one or two characters.
    #[must_use]
    pub fn document_code(&self) -> &str {
        self.0[0][..2].trim_end_matches(FILLER)
    }

    /// Issuing state or organization.
    #[must_use]
    pub fn issuing_state(&self) -> &str {
        self.0[0][2..5].trim_end_matches(FILLER)
    }

    /// The document number without fillers at its end; a long one (note j) put together.
    #[must_use]
    pub fn document_number(&self) -> String {
        let (number, _) = self.number_and_digit().unwrap_or_default();
        number.trim_end_matches(FILLER).to_owned()
    }

    /// Date of birth, `YYMMDD`.
    #[must_use]
    pub fn birth_date(&self) -> &str {
        &self.0[1][..6]
    }

    /// `M`, `F` or `<`.
    #[must_use]
    pub fn sex(&self) -> char {
        char::from(self.0[1].as_bytes()[7])
    }

    /// Date of expiry, `YYMMDD`.
    #[must_use]
    pub fn expiry_date(&self) -> &str {
        &self.0[1][8..14]
    }

    /// Nationality.
    #[must_use]
    pub fn nationality(&self) -> &str {
        self.0[1][15..18].trim_end_matches(FILLER)
    }

    /// Primary and secondary identifier in MRZ form, parts separated by `<`. The second may be empty.
    #[must_use]
    pub fn name(&self) -> (&str, &str) {
        let name = self.0[2].trim_end_matches(FILLER);
        name.split_once("<<").unwrap_or((name, ""))
    }

    /// The *MRZ_information* for key derivation; see [`mrz_information`].
    #[must_use]
    pub fn mrz_information(&self) -> String {
        let (number, _) = self.number_and_digit().unwrap_or_default();
        // Cannot fail: construction proved that every character belongs to the MRZ's alphabet.
        mrz_information(&number, self.birth_date(), self.expiry_date()).unwrap_or_default()
    }

    /// The document number (nine positions, or the whole of a long one) and its check digit.
    fn number_and_digit(&self) -> Option<(String, String)> {
        let upper = &self.0[0];
        let (first, digit, optional) = (&upper[5..14], &upper[14..15], &upper[15..]);
        if digit != "<" || optional.starts_with(FILLER) {
            return Some((first.to_owned(), digit.to_owned()));
        }
        // Note j: the rest of the number, its check digit and a filler begin the optional data.
        let (rest, _) = optional.split_once(FILLER).unwrap_or((optional, ""));
        let (rest, digit) = rest.split_at_checked(rest.len().checked_sub(1)?)?;
        Some((format!("{first}{rest}"), digit.to_owned()))
    }
}

impl fmt::Debug for Td1 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Td1(..)")
    }
}

/// Positions 6 to 30 of the upper line.
fn number_field(number: DocumentNumber<'_>) -> Result<String, MrzError> {
    let error = MrzError::Field("document number");
    match number {
        DocumentNumber::Vietnamese(number) => {
            if number.len() != 12 || !number.bytes().all(|byte| byte.is_ascii_digit()) {
                return Err(error);
            }
            let last_nine = &number[3..];
            Ok(format!(
                "{last_nine}{}{number}<<{}",
                digit(last_nine)?,
                digit(number)?
            ))
        }
        DocumentNumber::Icao(number) => {
            let allowed = number
                .bytes()
                .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
            // Note j leaves 15 positions for the rest, its check digit and a filler.
            if !allowed || number.is_empty() || number.len() > 22 {
                return Err(error);
            }
            Ok(match number.split_at_checked(9) {
                Some((first, rest)) if !rest.is_empty() => {
                    format!("{first}<{:<<15}", format!("{rest}{}", digit(number)?))
                }
                _ => {
                    let number = format!("{number:<<9}");
                    format!("{number}{}{:<<15}", digit(&number)?, "")
                }
            })
        }
    }
}

/// The composite check digit: upper line 6–30, middle line 1–7, 9–15 and 19–29 (9303-5, section 4.2.2.2).
fn composite(upper: &str, middle: &str) -> Result<char, MrzError> {
    digit(&format!(
        "{}{}{}{}",
        &upper[5..30],
        &middle[..7],
        &middle[8..15],
        &middle[18..29]
    ))
}

fn digit(text: &str) -> Result<char, MrzError> {
    check_digit(text).ok_or(MrzError::Layout)
}

fn yymmdd(date: Date) -> String {
    format!(
        "{:02}{:02}{:02}",
        date.year().rem_euclid(100),
        u8::from(date.month()),
        date.day()
    )
}

/// A code of one to three letters, filled to three.
fn letters(code: &str, field: &'static str) -> Result<String, MrzError> {
    if code.is_empty() {
        Err(MrzError::Field(field))
    } else {
        padded(code, 3, field)
    }
}

fn padded(code: &str, width: usize, field: &'static str) -> Result<String, MrzError> {
    if code.len() > width || !code.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return Err(MrzError::Field(field));
    }
    Ok(format!("{code:<<width$}"))
}
