//! The fields of Vietnamese identity cards.
//!
//! ```text
//! SEQUENCE { INTEGER 1, OBJECT IDENTIFIER 1.0.10646.1.0.8 (UTF-8), SET OF SEQUENCE { INTEGER number, value … } }
//! ```
//!
//! Known from public descriptions only. The set is in DER order here; a reader must go by the field numbers. A value that there is
//! none of is left out, its number stays. Father and mother (field 13) are two sibling SEQUENCEs here; cards with one
//! SEQUENCE around both are read too.

mod read;
mod rules;

use core::fmt;

use card_applet::wire::lds::DataGroup;
use time::Date;

use super::super::{LdsError, asn1, set_of, tlv};
use crate::citizen::{CitizenRecord, Expiry};
use crate::mrz::BirthDate;

/// The version of the schema that is written, and the only one that is known: the INTEGER at the beginning.
pub const SCHEMA_VERSION: u8 = 1;

/// The file's name in errors.
pub(super) const FILE: &str = "DG13";

/// 1.0.10646.1.0.8: ISO/IEC 10646 in its UTF-8 form.
const UTF_8: &[u8] = &[0x28, 0xD3, 0x16, 0x01, 0x00, 0x08];

/// What field 12 says on a card that never expires.
pub const UNLIMITED: &str = "Không thời hạn";

/// The sixteen fields as they are written; `None` where there is no value. `Debug` shows nothing of them.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct VietnameseDetails {
    /// 1: the 12-digit citizen number.
    pub citizen_number: Option<String>,
    /// 2: full name.
    pub full_name: Option<String>,
    /// 3: date of birth, `dd/mm/yyyy`; `mm/yyyy` or `yyyy` where the rest is unknown.
    pub birth_date: Option<String>,
    /// 4: sex, *Nam* or *Nữ*.
    pub sex: Option<String>,
    /// 5: nationality.
    pub nationality: Option<String>,
    /// 6: ethnic group.
    pub ethnicity: Option<String>,
    /// 7: religion.
    pub religion: Option<String>,
    /// 8: place of origin.
    pub place_of_origin: Option<String>,
    /// 9: residence.
    pub residence: Option<String>,
    /// 10: identifying marks.
    pub identifying_marks: Option<String>,
    /// 11: date of issue, `dd/mm/yyyy`.
    pub issue_date: Option<String>,
    /// 12: date of expiry, `dd/mm/yyyy`, or [`UNLIMITED`].
    pub expiry_date: Option<String>,
    /// 13: father.
    pub father: Option<String>,
    /// 13: mother.
    pub mother: Option<String>,
    /// 14: husband or wife.
    pub spouse: Option<String>,
    /// 15: the nine-digit number of an older card.
    pub old_number: Option<String>,
    /// 16: identifier of the card, 16 characters.
    pub card_id: Option<String>,
}

impl VietnameseDetails {
    /// The fields of a card for this record.
    #[must_use]
    pub fn of(record: &CitizenRecord, card_id: &str) -> Self {
        let some = |text: &str| Some(text.to_owned());
        Self {
            citizen_number: some(record.citizen_number().as_str()),
            full_name: Some(record.full_name()),
            birth_date: Some(birth_date(record.birth_date())),
            sex: some(record.sex().vietnamese()),
            nationality: some(record.nationality()),
            ethnicity: some(record.ethnicity()),
            religion: some(record.religion()),
            place_of_origin: some(record.place_of_origin()),
            residence: some(record.residence()),
            identifying_marks: some(record.identifying_marks()),
            issue_date: Some(day_month_year(record.issue_date())),
            expiry_date: Some(match record.expiry() {
                Expiry::On(date) => day_month_year(date),
                Expiry::Unlimited => UNLIMITED.to_owned(),
            }),
            father: record.father().map(str::to_owned),
            mother: record.mother().map(str::to_owned),
            spouse: record.spouse().map(str::to_owned),
            old_number: record.old_number().map(str::to_owned),
            card_id: some(card_id),
        }
    }

    /// Encodes DG13: all sixteen numbers, those without a value too.
    ///
    /// # Errors
    /// The first that [`validate`](Self::validate) finds.
    pub fn encode(&self) -> Result<Vec<u8>, LdsError> {
        self.validate()?;
        let fields = [
            field(1, optional(asn1::PRINTABLE_STRING, &self.citizen_number)),
            field(2, optional(asn1::UTF8_STRING, &self.full_name)),
            field(3, optional(asn1::PRINTABLE_STRING, &self.birth_date)),
            field(4, optional(asn1::UTF8_STRING, &self.sex)),
            field(5, optional(asn1::UTF8_STRING, &self.nationality)),
            field(6, optional(asn1::UTF8_STRING, &self.ethnicity)),
            field(7, optional(asn1::UTF8_STRING, &self.religion)),
            field(8, optional(asn1::UTF8_STRING, &self.place_of_origin)),
            field(9, optional(asn1::UTF8_STRING, &self.residence)),
            field(10, optional(asn1::UTF8_STRING, &self.identifying_marks)),
            field(11, optional(asn1::PRINTABLE_STRING, &self.issue_date)),
            field(12, optional(asn1::UTF8_STRING, &self.expiry_date)),
            field(13, self.parents()),
            field(14, optional(asn1::UTF8_STRING, &self.spouse)),
            field(15, optional(asn1::PRINTABLE_STRING, &self.old_number)),
            field(16, optional(asn1::PRINTABLE_STRING, &self.card_id)),
        ];
        let content = [
            tlv(asn1::INTEGER, &[SCHEMA_VERSION]),
            tlv(asn1::OBJECT_IDENTIFIER, UTF_8),
            set_of(fields.into()),
        ]
        .concat();
        Ok(tlv(DataGroup::DG13.tag(), &tlv(asn1::SEQUENCE, &content)))
    }

    /// Father and mother as sibling sequences. Readers tell them apart by position, so one who is unknown leaves
    /// an empty string behind, unless both are.
    fn parents(&self) -> Vec<u8> {
        match (&self.father, &self.mother) {
            (None, None) => Vec::new(),
            (father, mother) => [father, mother]
                .map(|name| {
                    let name = name.as_deref().unwrap_or_default();
                    tlv(asn1::SEQUENCE, &tlv(asn1::UTF8_STRING, name.as_bytes()))
                })
                .concat(),
        }
    }
}

impl fmt::Debug for VietnameseDetails {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("VietnameseDetails(..)")
    }
}

fn field(number: u8, mut value: Vec<u8>) -> Vec<u8> {
    // INTEGER, one byte long.
    let number = [0x02, 1, number];
    value.splice(0..0, number);
    tlv(asn1::SEQUENCE, &value)
}

fn optional(tag: u32, text: &Option<String>) -> Vec<u8> {
    text.as_ref()
        .map(|text| tlv(tag, text.as_bytes()))
        .unwrap_or_default()
}

fn day_month_year(date: Date) -> String {
    format!(
        "{:02}/{:02}/{:04}",
        date.day(),
        u8::from(date.month()),
        date.year()
    )
}

/// As much of the date as is known, as it is printed on the card.
fn birth_date(date: BirthDate) -> String {
    match (date.year(), date.month(), date.day()) {
        (_, _, Some(day)) => day_month_year(day),
        (Some(year), Some(month), None) => format!("{month:02}/{year:04}"),
        (Some(year), None, None) => format!("{year:04}"),
        (None, ..) => String::new(),
    }
}
