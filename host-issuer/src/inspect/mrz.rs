//! Reading the machine readable zone of DG1 (Doc 9303-3 §4.9; -4, -5, -6 for the sizes), on its own:
//! nothing here is shared with the code that writes zones.

mod form;

use ::time::{Date, Month};

use super::asn1::{Asn1Error, only};

const DG1: u32 = 0x61;
const MRZ: u32 = 0x5F1F;

/// The fields of a machine readable zone, fillers removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Zone {
    pub(crate) document_code: String,
    pub(crate) issuing_state: String,
    pub(crate) document_number: String,
    pub(crate) optional_data: String,
    pub(crate) nationality: String,
    /// `YYMMDD`, unknown parts as `<`.
    pub(crate) birth_date: String,
    /// `M`, `F` or `<`.
    pub(crate) sex: char,
    /// `YYMMDD`
    pub(crate) expiry_date: String,
    pub(crate) primary_identifier: String,
    pub(crate) secondary_identifier: String,
    /// The name field is full, so names may have been cut (Doc 9303-3 §4.6).
    pub(crate) name_may_be_cut: bool,
}

/// Where the fields of one document size are, in the zone without line ends.
struct Layout {
    length: usize,
    number: (usize, usize),
    number_check: usize,
    birth: usize,
    birth_check: usize,
    sex: usize,
    expiry: usize,
    expiry_check: usize,
    nationality: usize,
    name: (usize, usize),
    optional: &'static [(usize, usize)],
    /// Check digit of the optional data, where they have one.
    optional_check: Option<usize>,
    /// First letters of the document code.
    codes: &'static [char],
    /// Spans under the composite check digit.
    composite: &'static [(usize, usize)],
    composite_check: Option<usize>,
}

/// Doc 9303-5 §4.2.2: three lines of 30.
const TD1: Layout = Layout {
    length: 90,
    number: (5, 14),
    number_check: 14,
    birth: 30,
    birth_check: 36,
    sex: 37,
    expiry: 38,
    expiry_check: 44,
    nationality: 45,
    name: (60, 90),
    optional: &[(15, 30), (48, 59)],
    optional_check: None,
    codes: &['A', 'C', 'I'],
    composite: &[(5, 30), (30, 37), (38, 45), (48, 59)],
    composite_check: Some(59),
};
/// Doc 9303-6 §4.2.2: two lines of 36.
const TD2: Layout = Layout {
    length: 72,
    number: (36, 45),
    number_check: 45,
    birth: 49,
    birth_check: 55,
    sex: 56,
    expiry: 57,
    expiry_check: 63,
    nationality: 46,
    name: (5, 36),
    optional: &[(64, 71)],
    optional_check: None,
    codes: &['A', 'C', 'I'],
    composite: &[(36, 46), (49, 56), (57, 71)],
    composite_check: Some(71),
};
/// Doc 9303-4 §4.2.2: two lines of 44.
const TD3: Layout = Layout {
    length: 88,
    number: (44, 53),
    number_check: 53,
    birth: 57,
    birth_check: 63,
    sex: 64,
    expiry: 65,
    expiry_check: 71,
    nationality: 54,
    name: (5, 44),
    optional: &[(72, 86)],
    optional_check: Some(86),
    codes: &['P'],
    composite: &[(44, 54), (57, 64), (65, 87)],
    composite_check: Some(87),
};

impl Zone {
    /// Reads DG1: `61 { 5F1F MRZ }`.
    ///
    /// # Errors
    /// When the bytes are not that, the zone has no known size or characters, or a check digit is wrong.
    pub(crate) fn from_dg1(file: &[u8]) -> Result<Self, Asn1Error> {
        let zone = only(only(file, DG1, "DG1")?.body, MRZ, "DG1 MRZ")?.body;
        Self::from_text(std::str::from_utf8(zone).unwrap_or("?"))
    }

    /// Reads a zone, its lines one after the other without line ends.
    ///
    /// # Errors
    /// As [`from_dg1`](Self::from_dg1).
    pub(crate) fn from_text(text: &str) -> Result<Self, Asn1Error> {
        let allowed = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'<';
        if !text.bytes().all(allowed) {
            return Err(invalid("characters outside A-Z, 0-9 and <"));
        }
        let layout = [TD1, TD2, TD3]
            .into_iter()
            .find(|layout| layout.length == text.len());
        let layout = layout.ok_or_else(|| invalid("neither TD1, TD2 nor TD3"))?;
        Self::parse(text, &layout)
    }

    fn parse(text: &str, layout: &Layout) -> Result<Self, Asn1Error> {
        // `text` is ASCII of the layout's length, so every span of the tables is inside it.
        let span = |(from, to): (usize, usize)| text.get(from..to).unwrap_or_default();
        let digit = |at: usize| span((at, at + 1));
        let mut document_number = span(layout.number).to_owned();
        let mut optional: Vec<&str> = layout.optional.iter().map(|&field| span(field)).collect();
        if digit(layout.number_check) == "<" && layout.length != TD3.length {
            // Doc 9303-5 and -6 §4.2.2.1 note j: a longer number runs on in the optional data, its check
            // digit last.
            let first = optional.first().copied().unwrap_or_default();
            let continued = first.split('<').next().unwrap_or_default();
            let split = continued
                .len()
                .checked_sub(1)
                .ok_or_else(|| invalid("document number without check digit"))?;
            let (rest, check) = continued.split_at(split);
            document_number.push_str(rest);
            require_check_digit(&document_number, check, "document number")?;
            if let Some(first) = optional.first_mut() {
                *first = first.get(continued.len()..).unwrap_or_default();
            }
        } else {
            require_check_digit(&document_number, digit(layout.number_check), "document number")?;
        }
        let birth_date = span((layout.birth, layout.birth + 6));
        require_check_digit(birth_date, digit(layout.birth_check), "date of birth")?;
        let expiry_date = span((layout.expiry, layout.expiry + 6));
        require_check_digit(expiry_date, digit(layout.expiry_check), "date of expiry")?;
        if let (Some(at), Some(&field)) = (layout.optional_check, layout.optional.first()) {
            require_check_digit(span(field), digit(at), "optional data")?;
        }
        if let Some(at) = layout.composite_check {
            let composite: String = layout.composite.iter().map(|&part| span(part)).collect();
            require_check_digit(&composite, digit(at), "composite")?;
        }
        form::document_code(span((0, 2)), layout.codes)?;
        form::state(span((2, 5)), "issuing state")?;
        form::state(span((layout.nationality, layout.nationality + 3)), "nationality")?;
        form::birth_date(birth_date)?;
        form::expiry_date(expiry_date)?;
        form::sex(digit(layout.sex))?;
        let name = span(layout.name);
        form::name(name)?;
        let (primary, secondary) = name.split_once("<<").unwrap_or((name, ""));
        let words = |part: &str| {
            part.split('<')
                .filter(|word| !word.is_empty())
                .collect::<Vec<_>>()
                .join(" ")
        };
        Ok(Self {
            document_code: words(span((0, 2))),
            issuing_state: words(span((2, 5))),
            document_number: document_number.trim_end_matches('<').to_owned(),
            optional_data: optional
                .iter()
                .map(|part| words(part))
                .collect::<Vec<_>>()
                .join(" ")
                .trim()
                .to_owned(),
            nationality: words(span((layout.nationality, layout.nationality + 3))),
            birth_date: birth_date.to_owned(),
            sex: digit(layout.sex).chars().next().unwrap_or('<'),
            expiry_date: expiry_date.to_owned(),
            primary_identifier: words(primary),
            secondary_identifier: words(secondary),
            name_may_be_cut: !name.ends_with('<'),
        })
    }

    /// The last day of validity. Machine readable documents are younger than 2000, so its two-digit
    /// year is always of this century. `None` for a zone without a date.
    pub(crate) fn expiry(&self) -> Option<Date> {
        let year = self.expiry_date.get(0..2)?.parse::<i32>().ok()?;
        let month = self.expiry_date.get(2..4)?.parse::<u8>().ok()?;
        let day = self.expiry_date.get(4..6)?.parse().ok()?;
        Date::from_calendar_date(2000 + year, Month::try_from(month).ok()?, day).ok()
    }
}

fn invalid(what: &str) -> Asn1Error {
    Asn1Error::Value(format!("MRZ: {what}"))
}

/// Doc 9303-3 §4.9: weights 7, 3, 1; letters count 10 to 35, `<` zero. A filler as check digit
/// stands for zero where the field is empty.
fn require_check_digit(field: &str, check: &str, what: &str) -> Result<(), Asn1Error> {
    let value = |character: char| {
        if character == '<' {
            0
        } else {
            character.to_digit(36).unwrap_or(0)
        }
    };
    let sum: u32 = field
        .chars()
        .zip([7, 3, 1].into_iter().cycle())
        .map(|(character, weight)| value(character) * weight)
        .sum();
    let empty = field.chars().all(|character| character == '<');
    let right = check.chars().next().and_then(|digit| digit.to_digit(10)) == Some(sum % 10)
        || (empty && check == "<");
    if right {
        Ok(())
    } else {
        Err(invalid(&format!("check digit of the {what} is wrong")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dg1(zone: &str) -> Vec<u8> {
        let length = u8::try_from(zone.len()).unwrap();
        [&[0x61, length + 3, 0x5F, 0x1F, length], zone.as_bytes()].concat()
    }

    /// Doc 9303-5 appendix B, the specimen of Utopia.
    const TD1_SPECIMEN: &str =
        "I<UTOD231458907<<<<<<<<<<<<<<<7408122F1204159UTO<<<<<<<<<<<6ERIKSSON<<ANNA<MARIA<<<<<<<<<<";
    /// Doc 9303-4 appendix B.
    const TD3_SPECIMEN: &str =
        "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<L898902C36UTO7408122F1204159ZE184226B<<<<<10";

    #[test]
    fn the_specimens_of_doc_9303() {
        let zone = Zone::from_dg1(&dg1(TD1_SPECIMEN)).unwrap();
        assert_eq!(
            (zone.document_number.as_str(), zone.issuing_state.as_str()),
            ("D23145890", "UTO")
        );
        assert_eq!(
            (
                zone.primary_identifier.as_str(),
                zone.secondary_identifier.as_str()
            ),
            ("ERIKSSON", "ANNA MARIA")
        );
        assert_eq!(
            zone.expiry(),
            Date::from_calendar_date(2012, Month::April, 15).ok()
        );
        let zone = Zone::from_dg1(&dg1(TD3_SPECIMEN)).unwrap();
        assert_eq!(
            (zone.document_number.as_str(), zone.optional_data.as_str()),
            ("L898902C3", "ZE184226B")
        );
    }

    /// Doc 9303-11 appendix D.2: a long number on both sizes that have room for one.
    #[test]
    fn long_document_numbers() {
        for zone in [
            "I<UTOD23145890<7349<<<<<<<<<<<3407127M9507122UTO<<<<<<<<<<<2STEVENSON<<PETER<JOHN<<<<<<<<<",
            "I<UTOSTEVENSON<<PETER<JOHN<<<<<<<<<<D23145890<UTO3407127M95071227349<<<8",
        ] {
            let zone = Zone::from_dg1(&dg1(zone)).unwrap();
            assert_eq!(zone.document_number, "D23145890734");
            assert_eq!(zone.optional_data, "");
        }
    }

    #[test]
    fn every_digit_of_the_second_line_is_protected() {
        for position in [30, 38, 5, 14, 36, 44, 59] {
            let mut zone = TD1_SPECIMEN.as_bytes().to_vec();
            zone[position] = if zone[position] == b'1' { b'2' } else { b'1' };
            assert!(
                Zone::from_dg1(&dg1(std::str::from_utf8(&zone).unwrap())).is_err(),
                "position {position}"
            );
        }
    }
}
