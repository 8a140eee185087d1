//! DG1: the machine readable zone (9303-10 §4.7.1; 9303-3 §4; 9303-4, -5, -6 §4.2).

use super::files::{File, Files};
use super::mrz_dates::{birth_date, expiry_date};
use super::names::check_name;
use super::objects::Object;
use super::outer;
use crate::conformance::verdict::{Finding, Played};

/// The size of the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Size {
    /// Three lines of 30.
    Td1,
    /// Two lines of 36.
    Td2,
    /// Two lines of 44.
    Td3,
}

/// Where a field is: from, and how many characters.
type Span = (usize, usize);

/// Where the fields are, lines one behind the other.
struct Layout {
    name: Span,
    number: Span,
    nationality: Span,
    birth: Span,
    sex: usize,
    expiry: Span,
    optional: &'static [Span],
    composite: &'static [Span],
    composite_digit: usize,
}

const TD1: Layout = Layout {
    name: (60, 30),
    number: (5, 9),
    nationality: (45, 3),
    birth: (30, 6),
    sex: 37,
    expiry: (38, 6),
    optional: &[(15, 15), (48, 11)],
    composite: &[(5, 25), (30, 7), (38, 7), (48, 11)],
    composite_digit: 59,
};

const TD2: Layout = Layout {
    name: (5, 31),
    number: (36, 9),
    nationality: (46, 3),
    birth: (49, 6),
    sex: 56,
    expiry: (57, 6),
    optional: &[(64, 7)],
    composite: &[(36, 10), (49, 7), (57, 14)],
    composite_digit: 71,
};

const TD3: Layout = Layout {
    name: (5, 39),
    number: (44, 9),
    nationality: (54, 3),
    birth: (57, 6),
    sex: 64,
    expiry: (65, 6),
    optional: &[(72, 14)],
    composite: &[(44, 10), (57, 7), (65, 22)],
    composite_digit: 87,
};

/// The zone.
struct Zone<'a> {
    object: Object<'a>,
    size: Size,
    layout: &'static Layout,
}

/// A field of the zone.
pub(super) struct Field<'a> {
    object: Object<'a>,
    name: &'static str,
    /// Where it begins in the zone.
    from: usize,
    /// Its characters.
    pub(super) text: &'a [u8],
}

impl Field<'_> {
    /// Goes on if it is so.
    pub(super) fn must(&self, is_so: bool, expected: &str) -> Played {
        let at = self.object.value_at() + self.from;
        if is_so {
            return Ok(());
        }
        let what = format!("expected {expected}, found {}", self.text.escape_ascii());
        Err(super::objects::flaw(self.object.file, at, self.name, &what))
    }
}

impl<'a> Zone<'a> {
    fn of(files: &'a Files) -> Played<Self> {
        let object = outer::content(files, File::DataGroup(1))?.next("MRZ")?;
        let (size, layout) = match object.value.len() {
            90 => (Size::Td1, &TD1),
            72 => (Size::Td2, &TD2),
            88 => (Size::Td3, &TD3),
            len => {
                return Err(object.flaw("MRZ", &format!("expected 90, 72 or 88 characters, found {len}")));
            }
        };
        Ok(Zone { object, size, layout })
    }

    fn field(&self, name: &'static str, (from, len): Span) -> Field<'a> {
        Field {
            object: self.object,
            name,
            from,
            text: self.object.value.get(from..from + len).unwrap_or_default(),
        }
    }

    /// The check digit behind a field is right.
    fn check_digit(&self, name: &'static str, (from, len): Span) -> Played {
        let text = self.field(name, (from, len)).text;
        let digit = self.field(name, (from + len, 1));
        let right = check_digit(text.iter().copied());
        digit.must(
            digit.text == [right],
            &format!("check digit {}", char::from(right)),
        )
    }
}

/// DO'5F1F', alone, as long as a zone is.
pub(super) fn data_object(files: &Files) -> Played {
    let field = "MRZ";
    let mut objects = outer::content(files, File::DataGroup(1))?;
    objects.expect(0x5F1F, field)?;
    objects.end(field)?;
    Zone::of(files).map(|_| ())
}

/// Document code: P of a passport; A, C or I of a card, V never second (9303-5 §4.2.2).
pub(super) fn document_code(files: &Files) -> Played {
    let zone = Zone::of(files)?;
    let code = zone.field("document code", (0, 2));
    let (first, expected) = match zone.size {
        Size::Td3 => (&b"P"[..], "P and a letter or filler"),
        _ => (&b"ACI"[..], "A, C or I and a letter, but not V, or filler"),
    };
    let is_code = match code.text {
        [letter, second] => {
            let second_fits = *second == b'<' || second.is_ascii_uppercase();
            first.contains(letter) && second_fits && (zone.size == Size::Td3 || *second != b'V')
        }
        _ => false,
    };
    code.must(is_code, expected)
}

/// Letters of a code of a state, fillers behind them.
fn state(field: &Field<'_>) -> Played {
    let letters = field
        .text
        .iter()
        .take_while(|byte| byte.is_ascii_uppercase())
        .count();
    let fillers = field.text.get(letters..).unwrap_or_default();
    let is_code = letters > 0 && fillers.iter().all(|byte| *byte == b'<');
    field.must(is_code, "a code of one to three letters, filled up")
}

/// Issuing State or organization.
pub(super) fn issuing_state(files: &Files) -> Played {
    state(&Zone::of(files)?.field("issuing State", (2, 3)))
}

/// Nationality.
pub(super) fn nationality(files: &Files) -> Played {
    let zone = Zone::of(files)?;
    state(&zone.field("nationality", zone.layout.nationality))
}

/// Name of holder: primary identifier, `<<`, secondary identifier, fillers.
pub(super) fn name(files: &Files) -> Played {
    let zone = Zone::of(files)?;
    check_name(
        &zone.field("name of holder", zone.layout.name),
        zone.size != Size::Td3,
    )
}

/// Document number and its check digit. Of a card, a filler in the digit's place says that the number goes on in the optional data, and
/// there the digit stands behind its end (9303-5 §4.2.2.1, note j).
pub(super) fn document_number(files: &Files) -> Played {
    let zone = Zone::of(files)?;
    let (name, span) = ("document number", zone.layout.number);
    let number = zone.field(name, span);
    let characters = number.text.iter().all(|byte| is_character(*byte));
    let begins = number.text.first().is_some_and(|byte| *byte != b'<');
    number.must(
        characters && begins,
        "letters, digits and fillers that do not begin with one",
    )?;
    let digit = zone.field(name, (span.0 + span.1, 1));
    if zone.size == Size::Td3 || digit.text != b"<" {
        return zone.check_digit(name, span);
    }
    let rest = zone.field(
        "rest of the document number",
        zone.layout.optional.first().copied().unwrap_or_default(),
    );
    let end = rest
        .text
        .iter()
        .position(|byte| *byte == b'<')
        .unwrap_or(rest.text.len());
    let Some((last, more)) = rest.text.get(..end).unwrap_or_default().split_last() else {
        return rest.must(false, "the rest of the number and its check digit");
    };
    rest.must(
        !more.is_empty() && end < rest.text.len(),
        "the rest of the number, its check digit and a filler",
    )?;
    let right = check_digit(number.text.iter().chain(more).copied());
    rest.must(
        *last == right,
        &format!("check digit {} at its end", char::from(right)),
    )
}

/// Date of birth, of which parts may be unknown, and its check digit.
pub(super) fn date_of_birth(files: &Files) -> Played {
    let zone = Zone::of(files)?;
    birth_date(&zone.field("date of birth", zone.layout.birth))?;
    zone.check_digit("date of birth", zone.layout.birth)
}

/// F, M, or a filler for unspecified.
pub(super) fn sex(files: &Files) -> Played {
    let zone = Zone::of(files)?;
    let sex = zone.field("sex", (zone.layout.sex, 1));
    sex.must(matches!(sex.text, b"F" | b"M" | b"<"), "F, M or a filler")
}

/// Date of expiry and its check digit.
pub(super) fn date_of_expiry(files: &Files) -> Played {
    let zone = Zone::of(files)?;
    expiry_date(&zone.field("date of expiry", zone.layout.expiry))?;
    zone.check_digit("date of expiry", zone.layout.expiry)
}

/// Optional data; of a passport its check digit, for which 0 or a filler may stand when there are none (9303-4 §4.2.2.2).
pub(super) fn optional_data(files: &Files) -> Played {
    let zone = Zone::of(files)?;
    for span in zone.layout.optional {
        let data = zone.field("optional data", *span);
        data.must(
            data.text.iter().all(|byte| is_character(*byte)),
            "letters, digits and fillers",
        )?;
        if zone.size == Size::Td3 {
            let digit = zone.field("optional data", (span.0 + span.1, 1));
            let is_empty = data.text.iter().all(|byte| *byte == b'<');
            if !(is_empty && digit.text == b"<") {
                zone.check_digit("optional data", *span)?;
            }
        }
    }
    Ok(())
}

/// The composite check digit.
pub(super) fn composite(files: &Files) -> Played {
    let zone = Zone::of(files)?;
    let name = "composite check digit";
    let parts = zone
        .layout
        .composite
        .iter()
        .flat_map(|span| zone.field(name, *span).text);
    let right = check_digit(parts.copied());
    let digit = zone.field(name, (zone.layout.composite_digit, 1));
    digit.must(digit.text == [right], &char::from(right).to_string())
}

/// The printed zone is that of the file.
pub(super) fn as_printed(files: &Files) -> Played {
    let printed: Vec<u8> = files
        .printed_mrz()?
        .bytes()
        .filter(|byte| !byte.is_ascii_whitespace())
        .collect();
    let object = outer::content(files, File::DataGroup(1))?.next("MRZ")?;
    if printed == object.value {
        return Ok(());
    }
    let place = printed
        .iter()
        .zip(object.value)
        .position(|(one, other)| one != other);
    let what = match place {
        Some(place) => format!(
            "expected what is printed, found another character in place {}",
            place + 1
        ),
        None => format!(
            "expected {} characters as printed, found {}",
            printed.len(),
            object.value.len()
        ),
    };
    Err(Finding::failed(format!("DG1: MRZ: {what}")))
}

/// A character of the zone (9303-3 §4.3).
fn is_character(byte: u8) -> bool {
    byte == b'<' || byte.is_ascii_digit() || byte.is_ascii_uppercase()
}

/// The check digit (9303-3 §4.9): weights 7, 3, 1; letters from 10, fillers 0.
fn check_digit(text: impl Iterator<Item = u8>) -> u8 {
    let value = |byte: u8| match byte {
        b'0'..=b'9' => u32::from(byte - b'0'),
        b'A'..=b'Z' => u32::from(byte - b'A') + 10,
        _ => 0,
    };
    let sum: u32 = text
        .zip([7, 3, 1].into_iter().cycle())
        .map(|(byte, weight)| value(byte) * weight)
        .sum();
    b'0' + u8::try_from(sum % 10).unwrap_or_default()
}
