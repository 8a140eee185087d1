//! What is printed on the card against what is signed in the chip: the machine readable zone and the QR code.
//!
//! Neither is signed. A chip that is genuine in a card whose surface was altered, or another person's chip in this card, shows here.
//! Checks name the field that differs, never its value.

use super::agreement::{Comparison, is_printed, iso_date, names_number, sex_of, zone_date};
use super::check::{Check, CheckId};
use super::dg13::NationalData;
use super::mrz::Zone;
use super::name;

/// Longest text of a QR code that is looked at, in bytes (version 40 holds 2,953).
const QR_LIMIT: usize = 3 * 1024;

/// What a person or a camera read from the card's surface, as it was read.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Printed {
    /// The machine readable zone: its lines, or number, date of birth and date of expiry with their check digits.
    pub mrz: Option<String>,
    /// The text of the QR code: `number|old number|name|ddMMyyyy|sex|address|ddMMyyyy` on the card of 2021.
    pub qr: Option<String>,
}

/// Prints nothing personal: documents are logged.
impl std::fmt::Debug for Printed {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let has = |text: &Option<String>| text.as_ref().map(String::len);
        write!(
            formatter,
            "Printed(mrz {:?}, qr {:?})",
            has(&self.mrz),
            has(&self.qr)
        )
    }
}

/// `dg1_matches_printed_mrz`
pub(super) fn mrz(printed: &str, zone: &Zone) -> Check {
    let id = CheckId::Dg1MatchesPrintedMrz;
    let text: String = printed
        .chars()
        .filter(|letter| !letter.is_whitespace())
        .map(|letter| letter.to_ascii_uppercase())
        .collect();
    let mut comparison = Comparison::new(id);
    if let Some((number, birth_date, expiry_date)) = key_fields(&text) {
        comparison.field("document number", number == zone.document_number);
        comparison.field("date of birth", birth_date == zone.birth_date);
        comparison.field("date of expiry", expiry_date == zone.expiry_date);
        return comparison.check();
    }
    let printed = match Zone::from_text(&text) {
        Ok(printed) => printed,
        // Most likely mistyped; that is no evidence against the card.
        Err(error) => return Check::missing(id, format!("what was read from the card: {error}")),
    };
    for (field, printed, signed) in [
        ("document code", &printed.document_code, &zone.document_code),
        ("issuing state", &printed.issuing_state, &zone.issuing_state),
        ("document number", &printed.document_number, &zone.document_number),
        ("optional data", &printed.optional_data, &zone.optional_data),
        ("nationality", &printed.nationality, &zone.nationality),
        ("date of birth", &printed.birth_date, &zone.birth_date),
        ("date of expiry", &printed.expiry_date, &zone.expiry_date),
        (
            "primary identifier",
            &printed.primary_identifier,
            &zone.primary_identifier,
        ),
        (
            "secondary identifier",
            &printed.secondary_identifier,
            &zone.secondary_identifier,
        ),
    ] {
        comparison.field(field, printed == signed);
    }
    comparison.field("sex", printed.sex == zone.sex);
    comparison.check()
}

/// Number, date of birth and date of expiry of the MRZ information (Doc 9303-11 §9.7.2): 24 characters, more for a long number.
fn key_fields(text: &str) -> Option<(&str, &str, &str)> {
    if !(24..=37).contains(&text.len()) || !text.is_ascii() {
        return None;
    }
    let (number, dates) = text.split_at_checked(text.len() - 14)?;
    let number = number.get(..number.len() - 1)?.trim_end_matches('<');
    Some((number, dates.get(..6)?, dates.get(7..13)?))
}

/// The fields of the QR code on the card of 2021, empty ones as `None`.
struct QrCode<'a> {
    number: &'a str,
    old_number: Option<&'a str>,
    name: &'a str,
    /// `dd/mm/yyyy`
    birth_date: String,
    sex: &'a str,
    address: Option<&'a str>,
    /// `dd/mm/yyyy`
    issue_date: Option<String>,
}

impl<'a> QrCode<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        if text.len() > QR_LIMIT {
            return None;
        }
        let fields: Vec<&str> = text.trim().split('|').map(str::trim).collect();
        let [number, old_number, name, birth_date, sex, address, issue_date] = fields.try_into().ok()?;
        let known = |field: &'a str| (!field.is_empty()).then_some(field);
        if number.len() != 12 || !number.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        Some(Self {
            number,
            old_number: known(old_number),
            name: known(name)?,
            birth_date: with_slashes(birth_date)?,
            sex,
            address: known(address),
            issue_date: known(issue_date)
                .map(|date| with_slashes(date).ok_or(()))
                .transpose()
                .ok()?,
        })
    }
}

/// `ddMMyyyy` → `dd/mm/yyyy`
fn with_slashes(date: &str) -> Option<String> {
    let (day, month, year) = (date.get(..2)?, date.get(2..4)?, date.get(4..)?);
    let date = format!("{day}/{month}/{year}");
    iso_date(&date).filter(|_| date.len() == 10).map(|_| date)
}

/// `qr_matches_dg1` and, where there is one, `qr_matches_dg13`.
pub(super) fn qr(text: &str, zone: Option<&Zone>, national: Option<&NationalData>) -> Vec<Check> {
    let Some(qr) = QrCode::parse(text) else {
        return vec![Check::missing(
            CheckId::QrMatchesDg1,
            "the QR code is none of the card of 2021",
        )];
    };
    let zone = zone.map(|zone| qr_matches_dg1(&qr, zone));
    zone.into_iter()
        .chain(national.map(|national| qr_matches_dg13(&qr, national)))
        .collect()
}

fn qr_matches_dg1(qr: &QrCode<'_>, zone: &Zone) -> Check {
    let mut comparison = Comparison::new(CheckId::QrMatchesDg1);
    comparison.field("number", names_number(zone, qr.number));
    let birth_date = iso_date(&qr.birth_date).map(|date| zone_date(&date));
    comparison.field("date of birth", birth_date.as_ref() == Some(&zone.birth_date));
    comparison.field("sex", sex_of(qr.sex) == zone.sex);
    comparison.field("name", is_printed(zone, qr.name));
    comparison.check()
}

fn qr_matches_dg13(qr: &QrCode<'_>, national: &NationalData) -> Check {
    let mut comparison = Comparison::new(CheckId::QrMatchesDg13);
    let mut text = |field, printed: Option<&str>, signed: &Option<String>| {
        if let (Some(printed), Some(signed)) = (printed, signed) {
            comparison.field(field, name::fold(printed) == name::fold(signed));
        }
    };
    text("number", Some(qr.number), &national.citizen_number);
    text("old number", qr.old_number, &national.old_number);
    text("name", Some(qr.name), &national.full_name);
    text("date of birth", Some(&qr.birth_date), &national.birth_date);
    text("sex", Some(qr.sex), &national.sex);
    text("residence", qr.address, &national.residence);
    text("date of issue", qr.issue_date.as_deref(), &national.issue_date);
    comparison.check()
}

#[cfg(test)]
mod tests;
