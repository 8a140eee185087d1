//! What the values of the fields must be.

use time::{Date, Month};
use unicode_normalization::is_nfc;

use super::super::super::LdsError;
use super::super::super::text::MAX_TEXT_BYTES;
use super::{FILE, UNLIMITED, VietnameseDetails};

/// Characters of field 16.
const CARD_ID_LEN: usize = 16;

impl VietnameseDetails {
    /// Checks the value of every field, as a card of this schema must have them.
    ///
    /// # Errors
    /// [`LdsError`] naming the first field whose value breaks its rule, and the rule.
    pub fn validate(&self) -> Result<(), LdsError> {
        let rules: [(&'static str, &Option<String>, Rule); 17] = [
            ("citizen number (1)", &self.citizen_number, Rule::Digits(12)),
            ("full name (2)", &self.full_name, Rule::Text),
            ("date of birth (3)", &self.birth_date, Rule::PartialDate),
            ("sex (4)", &self.sex, Rule::OneOf(&["Nam", "Nữ"])),
            ("nationality (5)", &self.nationality, Rule::Text),
            ("ethnicity (6)", &self.ethnicity, Rule::Text),
            ("religion (7)", &self.religion, Rule::Text),
            ("place of origin (8)", &self.place_of_origin, Rule::Text),
            ("residence (9)", &self.residence, Rule::Text),
            ("identifying marks (10)", &self.identifying_marks, Rule::Text),
            ("date of issue (11)", &self.issue_date, Rule::Date),
            ("date of expiry (12)", &self.expiry_date, Rule::Expiry),
            ("father (13)", &self.father, Rule::Text),
            ("mother (13)", &self.mother, Rule::Text),
            ("spouse (14)", &self.spouse, Rule::Text),
            ("old number (15)", &self.old_number, Rule::Digits(9)),
            ("card identifier (16)", &self.card_id, Rule::CardId),
        ];
        for (field, value, rule) in rules {
            if let Some(value) = value {
                rule.check(value)
                    .map_err(|rule| LdsError::new(FILE, field, rule))?;
            }
        }
        Ok(())
    }
}

#[derive(Clone, Copy)]
enum Rule {
    Text,
    Digits(usize),
    Date,
    PartialDate,
    Expiry,
    OneOf(&'static [&'static str]),
    CardId,
}

impl Rule {
    fn check(self, value: &str) -> Result<(), String> {
        let holds = match self {
            Self::Text => return text(value),
            Self::Digits(count) => value.len() == count && value.bytes().all(|byte| byte.is_ascii_digit()),
            Self::Date => is_date(value),
            Self::PartialDate => is_partial_date(value),
            Self::Expiry => value == UNLIMITED || is_date(value),
            Self::OneOf(words) => words.contains(&value),
            Self::CardId => {
                let allowed = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
                value.len() == CARD_ID_LEN && value.bytes().all(allowed)
            }
        };
        if holds { Ok(()) } else { Err(self.rule()) }
    }

    /// What the value must be, for the error.
    fn rule(self) -> String {
        match self {
            // Says itself what is wrong.
            Self::Text => "must be a text".to_owned(),
            Self::Digits(count) => format!("must be {count} digits"),
            Self::Date => "must be a date as dd/mm/yyyy".to_owned(),
            Self::PartialDate => "must be a date as dd/mm/yyyy, mm/yyyy or yyyy".to_owned(),
            Self::Expiry => format!("must be a date as dd/mm/yyyy, or {UNLIMITED}"),
            Self::OneOf(words) => format!("must be {}", words.join(" or ")),
            Self::CardId => "must be 16 capital letters and digits".to_owned(),
        }
    }
}

fn text(value: &str) -> Result<(), String> {
    let broken = if value.is_empty() {
        "is empty; a value that there is none of is left out"
    } else if value.len() > MAX_TEXT_BYTES {
        "is longer than 4096 bytes"
    } else if value.chars().any(char::is_control) {
        "has a control character"
    } else if !is_nfc(value) {
        "is not in Unicode normalization form C (NFC)"
    } else {
        return Ok(());
    };
    Err(broken.to_owned())
}

fn is_date(value: &str) -> bool {
    let mut parts = value.split('/');
    let (Some(day), Some(month), Some(year), None) = (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return false;
    };
    let date = || {
        let month = Month::try_from(u8::try_from(digits(month, 2)?).ok()?).ok()?;
        let day = u8::try_from(digits(day, 2)?).ok()?;
        Date::from_calendar_date(digits(year, 4)?.into(), month, day).ok()
    };
    date().is_some()
}

fn is_partial_date(value: &str) -> bool {
    // The missing part filled up makes it a whole date, or not.
    match value.len() {
        4 => is_date(&format!("01/01/{value}")),
        7 => is_date(&format!("01/{value}")),
        _ => is_date(value),
    }
}

fn digits(text: &str, count: usize) -> Option<u16> {
    let right = text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| right)
}
