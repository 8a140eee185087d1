//! From JSON text to named strings, refusing what is unknown, repeated or not a string.
//!
//! `serde`'s derived `deny_unknown_fields` would refuse the same records, but its messages quote values
//! ("invalid type: string \"Nguyễn…\""), and ours must not.

use core::fmt;
use std::collections::BTreeMap;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;

use super::RecordError;

/// The fields of one record that have not been taken yet.
pub(super) struct Fields(BTreeMap<&'static str, Value>);

impl Fields {
    /// Reads a JSON object that has only fields of `known`, each at most once.
    pub(super) fn read(json: &str, known: &[&'static str], max_bytes: usize) -> Result<Self, RecordError> {
        if json.len() > max_bytes {
            return Err(RecordError::new(
                "record",
                format!("is longer than {max_bytes} bytes"),
            ));
        }
        let Entries(entries) = serde_json::from_str(json).map_err(|error| {
            let (line, column) = (error.line(), error.column());
            RecordError::new(
                "record",
                format!("is not a JSON object (line {line}, column {column})"),
            )
        })?;
        let mut fields = BTreeMap::new();
        for (key, value) in entries {
            let Some(name) = known.iter().find(|name| **name == key) else {
                return Err(unknown(&key));
            };
            if fields.insert(*name, value).is_some() {
                return Err(RecordError::new(*name, "appears twice"));
            }
        }
        Ok(Self(fields))
    }

    /// Takes an optional field. Absent and `null` are the same.
    pub(super) fn take(&mut self, field: &'static str) -> Result<Option<String>, RecordError> {
        match self.0.remove(field) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(RecordError::new(field, "must be a JSON string")),
        }
    }

    /// Takes a field that must be there.
    pub(super) fn required(&mut self, field: &'static str) -> Result<String, RecordError> {
        self.take(field)?
            .ok_or_else(|| RecordError::new(field, "is missing"))
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

/// A JSON object with its keys in order and repetitions kept.
struct Entries(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Entries {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct EntriesVisitor;

        impl<'de> Visitor<'de> for EntriesVisitor {
            type Value = Entries;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Entries(entries))
            }
        }

        deserializer.deserialize_map(EntriesVisitor)
    }
}
