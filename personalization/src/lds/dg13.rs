//! DG13 as Vietnamese cards fill it (9303-10, section 4.7.13, leaves the content to the issuing state).
//!
//! ```text
//! 6D { SEQUENCE { INTEGER 1, OBJECT IDENTIFIER 1.0.10646.1.0.8 (UTF-8),
//!                 SET OF SEQUENCE { INTEGER number, value … } } }
//! ```
//!
//! Known from public descriptions only. The set is in DER order here; a reader must go by the field numbers.

use card_applet::wire::lds::DataGroup;
use time::Date;

use super::{asn1, set_of, tlv};
use crate::citizen::{CitizenRecord, Expiry};

/// 1.0.10646.1.0.8: ISO/IEC 10646 in its UTF-8 form.
const UTF_8: &[u8] = &[0x28, 0xD3, 0x16, 0x01, 0x00, 0x08];

/// What field 12 says on a card that never expires.
const UNLIMITED: &str = "Không thời hạn";

/// Encodes DG13 for a record; `card_id` is the chip's 16-character identifier (field 16).
///
/// The caller guarantees that `card_id` is printable (the job checks it).
#[must_use]
pub fn encode(record: &CitizenRecord, card_id: &str) -> Vec<u8> {
    let expiry = match record.expiry() {
        Expiry::On(date) => day_month_year(date),
        Expiry::Unlimited => UNLIMITED.to_owned(),
    };
    let fields = vec![
        field(1, &[printable(record.citizen_number().as_str())]),
        field(2, &[utf8(&record.full_name())]),
        field(3, &[printable(&day_month_year(record.birth_date()))]),
        field(4, &[utf8(record.sex().vietnamese())]),
        field(5, &[utf8(record.nationality())]),
        field(6, &[utf8(record.ethnicity())]),
        field(7, &[utf8(record.religion())]),
        field(8, &[utf8(record.place_of_origin())]),
        field(9, &[utf8(record.residence())]),
        field(10, &[utf8(record.identifying_marks())]),
        field(11, &[printable(&day_month_year(record.issue_date()))]),
        field(12, &[utf8(&expiry)]),
        field(13, &parents(record)),
        field(14, &optional(record.spouse().map(utf8))),
        field(15, &optional(record.old_number().map(printable))),
        field(16, &[printable(card_id)]),
    ];
    let content = [
        tlv(asn1::INTEGER, &[1]),
        tlv(asn1::OBJECT_IDENTIFIER, UTF_8),
        set_of(fields),
    ]
    .concat();
    tlv(DataGroup::DG13.tag(), &tlv(asn1::SEQUENCE, &content))
}

/// Father and mother as sibling sequences. Readers tell them apart by position, so one who is unknown leaves
/// an empty string behind, unless both are.
fn parents(record: &CitizenRecord) -> Vec<Vec<u8>> {
    match (record.father(), record.mother()) {
        (None, None) => Vec::new(),
        (father, mother) => [father, mother]
            .map(|name| tlv(asn1::SEQUENCE, &utf8(name.unwrap_or_default())))
            .to_vec(),
    }
}

fn field(number: u8, values: &[Vec<u8>]) -> Vec<u8> {
    tlv(
        asn1::SEQUENCE,
        &[tlv(asn1::INTEGER, &[number]), values.concat()].concat(),
    )
}

fn optional(value: Option<Vec<u8>>) -> Vec<Vec<u8>> {
    value.into_iter().collect()
}

fn printable(text: &str) -> Vec<u8> {
    tlv(asn1::PRINTABLE_STRING, text.as_bytes())
}

fn utf8(text: &str) -> Vec<u8> {
    tlv(asn1::UTF8_STRING, text.as_bytes())
}

fn day_month_year(date: Date) -> String {
    format!(
        "{:02}/{:02}/{:04}",
        date.day(),
        u8::from(date.month()),
        date.year()
    )
}
