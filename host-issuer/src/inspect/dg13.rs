//! Reading the national data of a Vietnamese identity card in DG13.
//!
//! ```text
//! 6D { SEQUENCE { INTEGER 1, OID 1.0.10646.1.0.8, SET OF SEQUENCE { INTEGER n, value… } } }
//! ```
//! Source: public descriptions of fielded cards; confidence medium. Fields are numbered 1 to 16; a
//! value may be absent, and father and mother come as one nested SEQUENCE or as two siblings.

use std::collections::BTreeMap;

use const_oid::ObjectIdentifier;
use serde::Serialize;

use super::asn1::{Asn1Error, Element, only, tag};

const DG13: u32 = 0x6D;
/// The field of father and mother.
const PARENTS: u8 = 13;
const UTF8_ENCODING: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.0.10646.1.0.8");

/// What DG13 says, as text; `None` where a value is absent or empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct NationalData {
    /// 12-digit citizen number.
    pub citizen_number: Option<String>,
    /// Full name with diacritics.
    pub full_name: Option<String>,
    /// `dd/mm/yyyy`
    pub birth_date: Option<String>,
    /// `Nam` (male) or `Nữ` (female).
    pub sex: Option<String>,
    /// Nationality in Vietnamese.
    pub nationality: Option<String>,
    /// Ethnic group.
    pub ethnicity: Option<String>,
    /// Religion.
    pub religion: Option<String>,
    /// Place of origin.
    pub place_of_origin: Option<String>,
    /// Place of residence.
    pub residence: Option<String>,
    /// Identifying marks.
    pub identifying_marks: Option<String>,
    /// `dd/mm/yyyy`
    pub issue_date: Option<String>,
    /// `dd/mm/yyyy`, or a word for "no expiry".
    pub expiry_date: Option<String>,
    /// Father's name.
    pub father: Option<String>,
    /// Mother's name.
    pub mother: Option<String>,
    /// Spouse's name.
    pub spouse: Option<String>,
    /// Number of an older identity card.
    pub old_number: Option<String>,
    /// Identifier of this card.
    pub card_id: Option<String>,
    /// Father and mother are in one nested SEQUENCE, as some readers in the field expect it, and not in two.
    #[serde(skip)]
    pub(crate) nested_parents: bool,
}

impl NationalData {
    /// Reads DG13. `Ok(None)`: another country's DG13, whose format is its own.
    ///
    /// # Errors
    /// When it starts as this format and does not go on as it.
    pub(crate) fn from_dg13(file: &[u8]) -> Result<Option<Self>, Asn1Error> {
        let content = only(file, DG13, "DG13")?;
        let mut outer = content.reader();
        let Ok(sequence) = outer.expect(tag::SEQUENCE, "DG13") else {
            return Ok(None);
        };
        let mut fields = sequence.reader();
        let version = fields.expect(tag::INTEGER, "DG13 version");
        let encoding = fields
            .next("DG13 encoding")
            .and_then(|element| element.oid("DG13 encoding"));
        if version.is_err() || encoding != Ok(UTF8_ENCODING) {
            return Ok(None);
        }
        let set = fields.expect(tag::SET, "DG13 fields")?;
        fields.finish("DG13")?;
        outer.finish("DG13")?;
        Self::from_fields(&set).map(Some)
    }

    fn from_fields(set: &Element<'_>) -> Result<Self, Asn1Error> {
        let mut values: BTreeMap<u8, Vec<Option<String>>> = BTreeMap::new();
        let mut reader = set.reader();
        let mut nested_parents = false;
        while !reader.is_empty() {
            let mut field = reader.expect(tag::SEQUENCE, "DG13 field")?.reader();
            let number = field
                .next("DG13 field number")?
                .small_integer("DG13 field number")?;
            let mut texts = Vec::new();
            let mut values_of_field = 0;
            while !field.is_empty() {
                values_of_field += 1;
                collect(&field.next("DG13 value")?, &mut texts, 2)?;
            }
            nested_parents |= number == PARENTS && values_of_field == 1 && texts.len() > 1;
            if !(1..=16).contains(&number) || values.insert(number, texts).is_some() {
                return Err(Asn1Error::Value(format!(
                    "DG13: field {number} is unknown or occurs twice"
                )));
            }
        }
        let mut take = |number: u8, index: usize| {
            values
                .get_mut(&number)
                .and_then(|texts| texts.get_mut(index))
                .and_then(Option::take)
        };
        Ok(Self {
            citizen_number: take(1, 0),
            full_name: take(2, 0),
            birth_date: take(3, 0),
            sex: take(4, 0),
            nationality: take(5, 0),
            ethnicity: take(6, 0),
            religion: take(7, 0),
            place_of_origin: take(8, 0),
            residence: take(9, 0),
            identifying_marks: take(10, 0),
            issue_date: take(11, 0),
            expiry_date: take(12, 0),
            father: take(13, 0),
            mother: take(13, 1),
            spouse: take(14, 0),
            old_number: take(15, 0),
            card_id: take(16, 0),
            nested_parents,
        })
    }
}

/// Takes a text, or the texts of a SEQUENCE of one or two. An empty SEQUENCE keeps its place, so a
/// mother does not become the father.
fn collect(value: &Element<'_>, texts: &mut Vec<Option<String>>, depth: u8) -> Result<(), Asn1Error> {
    match value.tag {
        tag::UTF8_STRING | tag::PRINTABLE_STRING => {
            let text = std::str::from_utf8(value.body)
                .map_err(|_| Asn1Error::Value("DG13: text is not UTF-8".into()))?;
            texts.push(Some(text.to_owned()).filter(|text| !text.is_empty()));
            Ok(())
        }
        tag::SEQUENCE if depth > 0 => {
            let mut reader = value.reader();
            if reader.is_empty() {
                texts.push(None);
            }
            while !reader.is_empty() {
                collect(&reader.next("DG13 value")?, texts, depth - 1)?;
            }
            Ok(())
        }
        _ => Err(Asn1Error::Value("DG13: a text is required".into())),
    }
}
