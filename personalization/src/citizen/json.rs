//! From JSON text to named strings, refusing what is unknown, repeated or not a string.
//!
//! `serde`'s derived `deny_unknown_fields` would refuse the same records, but its messages quote values
//! ("invalid type: string \"Nguyễn…\""), and ours must not.

use core::fmt;
use std::collections::BTreeMap;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use super::RecordError;

/// The fields of one record that have not been taken yet.
pub(super) struct Fields {
    values: BTreeMap<&'static str, Json>,
    /// Where they are in the record, to be written before a field's name: nothing, or the place in a list.
    place: String,
}

/// Longest list of a record.
const MAX_ENTRIES: usize = 15;

impl Fields {
    /// Reads a JSON object that has only fields of `known`, each at most once.
    pub(super) fn read(json: &str, known: &[&'static str], max_bytes: usize) -> Result<Self, RecordError> {
        if json.len() > max_bytes {
            return Err(RecordError::new(
                "record",
                format!("is longer than {max_bytes} bytes"),
            ));
        }
        let parsed = serde_json::from_str(json).map_err(|error| {
            let (line, column) = (error.line(), error.column());
            RecordError::new(
                "record",
                format!("is not a JSON object (line {line}, column {column})"),
            )
        })?;
        let Json::Object(entries) = parsed else {
            return Err(RecordError::new("record", "is not a JSON object"));
        };
        Self::of(entries, known, String::new())
    }

    fn of(entries: Vec<(String, Json)>, known: &[&'static str], place: String) -> Result<Self, RecordError> {
        let mut values = BTreeMap::new();
        for (key, value) in entries {
            let Some(name) = known.iter().find(|name| **name == key) else {
                return Err(unknown(&key));
            };
            if values.insert(*name, value).is_some() {
                return Err(RecordError::new(format!("{place}{name}"), "appears twice"));
            }
        }
        Ok(Self { values, place })
    }

    /// A field's name with its place in the record.
    pub(super) fn name(&self, field: &'static str) -> String {
        format!("{}{field}", self.place)
    }

    /// Takes an optional field. Absent and `null` are the same.
    pub(super) fn take(&mut self, field: &'static str) -> Result<Option<String>, RecordError> {
        match self.values.remove(field) {
            None | Some(Json::Null) => Ok(None),
            Some(Json::Text(text)) => Ok(Some(text)),
            Some(_) => Err(RecordError::new(self.name(field), "must be a JSON string")),
        }
    }

    /// Takes a list of strings, which may be absent.
    pub(super) fn take_list(&mut self, field: &'static str) -> Result<Vec<String>, RecordError> {
        let text = |value| match value {
            Json::Text(text) => Ok(text),
            _ => Err(RecordError::new(field, "must be a list of JSON strings")),
        };
        self.list(field)?.into_iter().map(text).collect()
    }

    /// Takes a list of objects with only fields of `known`, which may be absent.
    pub(super) fn take_objects(
        &mut self,
        field: &'static str,
        known: &[&'static str],
    ) -> Result<Vec<Self>, RecordError> {
        let mut objects = Vec::new();
        for (number, value) in (1..).zip(self.list(field)?) {
            let Json::Object(entries) = value else {
                return Err(RecordError::new(field, "must be a list of JSON objects"));
            };
            objects.push(Self::of(entries, known, format!("{field} {number}, "))?);
        }
        Ok(objects)
    }

    fn list(&mut self, field: &'static str) -> Result<Vec<Json>, RecordError> {
        match self.values.remove(field) {
            None | Some(Json::Null) => Ok(Vec::new()),
            Some(Json::List(values)) if values.len() <= MAX_ENTRIES => Ok(values),
            Some(Json::List(_)) => Err(RecordError::new(
                field,
                format!("has more than {MAX_ENTRIES} entries"),
            )),
            Some(_) => Err(RecordError::new(field, "must be a JSON list")),
        }
    }

    /// Takes a field that must be there.
    pub(super) fn required(&mut self, field: &'static str) -> Result<String, RecordError> {
        self.take(field)?
            .ok_or_else(|| RecordError::new(self.name(field), "is missing"))
    }
}

/// An unknown field is named when it looks like a field name, so that a typing error is found at once; what
/// does not look like one could be anything, including somebody's name.
fn unknown(key: &str) -> RecordError {
    let plain = key.len() <= 32 && key.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    if plain && !key.is_empty() {
        RecordError::new(key.to_owned(), "is not a field of a citizen record")
    } else {
        RecordError::new("record", "has an unknown field")
    }
}

/// A JSON value with the keys of its objects in order and repetitions kept.
enum Json {
    Null,
    Text(String),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
    /// A number, true or false: a record has none.
    Other,
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(JsonVisitor)
    }
}

struct JsonVisitor;

impl<'de> Visitor<'de> for JsonVisitor {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Json, E> {
        Ok(Json::Other)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Json, E> {
        Ok(Json::Other)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Json, E> {
        Ok(Json::Other)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Json, E> {
        Ok(Json::Other)
    }

    fn visit_str<E>(self, text: &str) -> Result<Json, E> {
        Ok(Json::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Json, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = list.next_element()? {
            values.push(value);
        }
        Ok(Json::List(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Json, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Json::Object(entries))
    }
}
