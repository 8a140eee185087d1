//! How bytes, status words and file identifiers of a chip are written as data: in hexadecimal.

use std::collections::BTreeMap;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Bytes, in both directions.
struct Hex(Vec<u8>);

impl Serialize for Hex {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        bytes::serialize(&self.0, serializer)
    }
}

impl<'de> Deserialize<'de> for Hex {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        bytes::deserialize(deserializer).map(Hex)
    }
}

fn parse_word<E: serde::de::Error>(text: &str) -> Result<u16, E> {
    let is_word = text.len() == 4 && text.bytes().all(|digit| digit.is_ascii_hexdigit());
    let word = u16::from_str_radix(text, 16).ok().filter(|_| is_word);
    word.ok_or_else(|| E::custom(format!("`{text}` is not four hexadecimal digits")))
}

/// A string of bytes.
pub(super) mod bytes {
    use super::*;

    pub(in super::super) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&hex::encode_upper(bytes))
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<u8>, D::Error> {
        let text = String::deserialize(deserializer)?;
        hex::decode(&text).map_err(D::Error::custom)
    }
}

/// Strings of bytes in order.
pub(super) mod list {
    use super::*;

    pub(in super::super) fn serialize<S: Serializer>(
        list: &[Vec<u8>],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(list.iter().map(hex::encode_upper))
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<Vec<u8>>, D::Error> {
        let list: Vec<Hex> = Vec::deserialize(deserializer)?;
        Ok(list.into_iter().map(|Hex(bytes)| bytes).collect())
    }
}

/// A status word.
pub(super) mod word {
    use super::*;

    pub(in super::super) fn serialize<S: Serializer>(word: &u16, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{word:04X}"))
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u16, D::Error> {
        parse_word(&String::deserialize(deserializer)?)
    }
}

/// A status word or a file identifier, or none.
pub(super) mod optional_word {
    use super::*;

    pub(in super::super) fn serialize<S: Serializer>(
        word: &Option<u16>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        word.map(|word| format!("{word:04X}")).serialize(serializer)
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<u16>, D::Error> {
        let text: Option<String> = Option::deserialize(deserializer)?;
        text.map(|text| parse_word(&text)).transpose()
    }
}

/// File identifiers.
pub(super) mod words {
    use super::*;

    pub(in super::super) fn serialize<S: Serializer>(
        words: &[u16],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(words.iter().map(|word| format!("{word:04X}")))
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<u16>, D::Error> {
        let texts: Vec<String> = Vec::deserialize(deserializer)?;
        texts.iter().map(|text| parse_word(text)).collect()
    }
}

/// Files by identifier.
pub(super) mod files {
    use super::*;

    pub(in super::super) fn serialize<S: Serializer>(
        files: &BTreeMap<u16, Vec<u8>>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let named = files.iter();
        serializer.collect_map(named.map(|(fid, file)| (format!("{fid:04X}"), hex::encode_upper(file))))
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<BTreeMap<u16, Vec<u8>>, D::Error> {
        let named: BTreeMap<String, Hex> = BTreeMap::deserialize(deserializer)?;
        let files = named.into_iter();
        files
            .map(|(fid, Hex(file))| Ok((parse_word(&fid)?, file)))
            .collect()
    }
}
