//! Reading the fields back.

use super::super::super::read::{Object, Objects, small_integer, utf8};
use super::super::super::text::MAX_TEXT_BYTES;
use super::super::super::{LdsError, asn1};
use super::{FILE, SCHEMA_VERSION, UTF_8, VietnameseDetails};

/// Fields of the schema.
const FIELDS: usize = 16;

/// Values of one field: more than two, father and mother, mean nothing.
const MAX_VALUES: usize = 4;

impl VietnameseDetails {
    /// Reads the content of DG13; `None` for content of another state, which begins otherwise.
    ///
    /// # Errors
    /// [`LdsError`] when it begins as this schema and does not go on as it, or is of a version that is not known.
    pub(in crate::lds) fn decode_content(content: &[u8]) -> Result<Option<Self>, LdsError> {
        let mut outer = Objects::new(FILE, content);
        let Ok(sequence) = outer.expect(asn1::SEQUENCE, "file") else {
            return Ok(None);
        };
        let mut objects = Objects::new(FILE, sequence);
        let version = objects.expect(asn1::INTEGER, "schema version");
        let encoding = objects.expect(asn1::OBJECT_IDENTIFIER, "encoding");
        let (Ok(version), Ok(UTF_8)) = (version, encoding) else {
            return Ok(None);
        };
        outer.finish("file")?;
        if version != [SCHEMA_VERSION] {
            return Err(LdsError::new(
                FILE,
                "schema version",
                "is another than 1, the only one that is known",
            ));
        }
        let fields = objects.expect(asn1::SET, "fields")?;
        objects.finish("fields")?;
        Self::read_fields(Objects::new(FILE, fields)).map(Some)
    }

    fn read_fields(mut fields: Objects<'_>) -> Result<Self, LdsError> {
        let mut values: [Option<Vec<Option<String>>>; FIELDS] = Default::default();
        while let Some(field) = fields.next("field")? {
            if field.tag != asn1::SEQUENCE {
                return Err(LdsError::new(FILE, "field", "must be a SEQUENCE"));
            }
            let mut objects = Objects::new(FILE, field.value);
            let number = small_integer(
                FILE,
                "field number",
                objects.expect(asn1::INTEGER, "field number")?,
            )?;
            let place = usize::from(number)
                .checked_sub(1)
                .and_then(|index| values.get_mut(index))
                .filter(|place| place.is_none())
                .ok_or_else(|| {
                    LdsError::new(FILE, format!("field {number}"), "is unknown, or there twice")
                })?;
            let mut texts = Vec::new();
            while let Some(object) = objects.next("value")? {
                collect(&object, &mut texts, 2)?;
            }
            *place = Some(texts);
        }
        let mut take = |number: usize, index: usize| -> Option<String> {
            values.get_mut(number - 1)?.as_mut()?.get_mut(index)?.take()
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
        })
    }
}

/// Takes a text, or the texts of a SEQUENCE at most `depth` deep. An empty one keeps its place, so that a mother does not become the
/// father.
fn collect(object: &Object<'_>, texts: &mut Vec<Option<String>>, depth: u8) -> Result<(), LdsError> {
    if texts.len() == MAX_VALUES {
        return Err(LdsError::new(FILE, "value", "is one of more than four"));
    }
    match object.tag {
        asn1::UTF8_STRING | asn1::PRINTABLE_STRING => {
            let text = utf8(object.file, "value", object.value, MAX_TEXT_BYTES)?;
            texts.push(Some(text).filter(|text| !text.is_empty()));
            Ok(())
        }
        asn1::SEQUENCE if depth > 0 => {
            if object.value.is_empty() {
                texts.push(None);
            }
            let mut objects = Objects::new(object.file, object.value);
            while let Some(inner) = objects.next("value")? {
                collect(&inner, texts, depth - 1)?;
            }
            Ok(())
        }
        _ => Err(LdsError::new(FILE, "value", "must be a text")),
    }
}
