//! The statement as a file (TOML, `eid.ics/1`): what a lab knows of a card, and what of it wins over what the card was seen to have.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{ChipKey, Need, PaceParameters, Probed, Statement};
use crate::faulty_chip::{Mapping, PaceSet};
use crate::naive::{Cipher, Group};

/// The schema that such a file names.
pub const SCHEMA: &str = "eid.ics/1";
/// Longest file, in bytes.
pub const MAX_LEN: usize = 64 * 1024;
/// Most parameter sets of PACE, and most keys of Chip Authentication.
const MAX_ENTRIES: usize = 64;

/// What is wrong with the file: which field, and which rule.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StatementError {
    /// Longer than a statement may be.
    #[error("the statement has more than {MAX_LEN} bytes")]
    TooLong,
    /// No TOML, a field that does not exist, or a value of another type.
    #[error("{0}")]
    Toml(String),
    /// A value that the field cannot have.
    #[error("{field}: {rule}")]
    Value {
        /// The field, as a path: `pace[0].cipher`.
        field: String,
        /// What it must be.
        rule: String,
    },
}

/// What a file says of a card. What it leaves out is asked of the card.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Given {
    /// What the lab calls the card.
    pub card: Option<String>,
    /// What it has, and what not.
    pub features: BTreeMap<Need, bool>,
    /// The parameter sets of PACE.
    pub pace: Option<Vec<PaceParameters>>,
    /// Data groups, 1 to 16.
    pub data_groups: Option<Vec<u8>>,
    /// Keys of Chip Authentication.
    pub chip_keys: Option<Vec<ChipKey>>,
    /// The longest extended command and response.
    pub extended_length: Option<(usize, usize)>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct File {
    schema: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    card: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    data_groups: Option<Vec<u8>>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    features: BTreeMap<String, bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    extended_length: Option<LengthFile>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pace: Option<Vec<PaceFile>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    chip_authentication: Option<Vec<ChipKeyFile>>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct LengthFile {
    command: usize,
    response: usize,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct PaceFile {
    mapping: String,
    cipher: String,
    parameter_id: u8,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct ChipKeyFile {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    key_id: Option<u8>,
    parameter_id: u8,
    public_key: String,
    ciphers: Vec<String>,
}

impl Given {
    /// Reads a file.
    ///
    /// # Errors
    /// [`StatementError`], which names the field and the rule.
    pub fn from_toml(text: &str) -> Result<Self, StatementError> {
        if text.len() > MAX_LEN {
            return Err(StatementError::TooLong);
        }
        let file: File =
            toml::from_str(text).map_err(|error| StatementError::Toml(error.to_string().trim().into()))?;
        if file.schema != SCHEMA {
            return Err(value("schema", format!("must be \"{SCHEMA}\"")));
        }
        let mut given = Given {
            card: file.card,
            data_groups: file.data_groups,
            ..Given::default()
        };
        for (name, has) in &file.features {
            given.take_feature(name, *has)?;
        }
        let numbers = given.data_groups.iter().flatten();
        if numbers.clone().any(|number| !(1..=16).contains(number)) || numbers.count() > 16 {
            return Err(value("data_groups", "numbers from 1 to 16".into()));
        }
        if let Some(LengthFile { command, response }) = file.extended_length {
            if [command, response]
                .iter()
                .any(|len| !(256..=65_544).contains(len))
            {
                return Err(value("extended_length", "lengths from 256 to 65544".into()));
            }
            given.extended_length = Some((command, response));
        }
        if let Some(sets) = file.pace {
            let sets = limited("pace", sets)?;
            let sets: Result<Vec<_>, _> = sets.iter().enumerate().map(|(at, set)| set.read(at)).collect();
            given.pace = Some(with_ambiguity(&sets?));
        }
        if let Some(keys) = file.chip_authentication {
            let keys = limited("chip_authentication", keys)?;
            let keys: Result<Vec<_>, _> = keys.iter().enumerate().map(|(at, key)| key.read(at)).collect();
            given.chip_keys = Some(keys?);
        }
        Ok(given)
    }

    /// A name of the catalogue. Of a pair such as `CNG_PIN_PUK` and `NOT CNG_PIN_PUK` the file has the first, and `false` is the other.
    fn take_feature(&mut self, name: &str, has: bool) -> Result<(), StatementError> {
        let field = || format!("features.\"{name}\"");
        if name.starts_with("NOT ") {
            return Err(value(&field(), "say the name without NOT, and false".into()));
        }
        let need = named(name)
            .ok_or_else(|| value(&field(), "no name that a case of the catalogue needs".into()))?;
        self.features.insert(need, has);
        if let Some(opposite) = opposite(need) {
            self.features.insert(opposite, !has);
        }
        Ok(())
    }

    /// What holds: the file's word where it has one, else what the card was seen to have; and in what the two differ.
    pub fn over(&self, probed: &Probed) -> (Statement, Vec<String>) {
        let (probed, undecided) = (&probed.statement, &probed.undecided);
        let mut differences = Vec::new();
        let mut statement = probed.clone();
        if let Some(sets) = &self.pace {
            if *sets != probed.pace {
                differences.push(differs("pace", &pace_names(sets), &pace_names(&probed.pace)));
            }
            statement.pace.clone_from(sets);
        }
        if let Some(numbers) = &self.data_groups {
            let numbers = numbers.iter().copied().collect();
            if numbers != probed.data_groups {
                let list = |numbers| format!("{numbers:?}");
                differences.push(differs(
                    "data_groups",
                    &list(&numbers),
                    &list(&probed.data_groups),
                ));
            }
            statement.data_groups = numbers;
        }
        if let Some(keys) = &self.chip_keys {
            if *keys != probed.chip_keys {
                let count = |keys: &[ChipKey]| format!("{} keys", keys.len());
                differences.push(differs(
                    "chip_authentication",
                    &count(keys),
                    &count(&probed.chip_keys),
                ));
            }
            statement.chip_keys.clone_from(keys);
        }
        if let Some(lengths) = self.extended_length {
            if Some(lengths) != probed.extended_length {
                let both = (format!("{lengths:?}"), format!("{:?}", probed.extended_length));
                differences.push(differs("extended_length", &both.0, &both.1));
            }
            statement.extended_length = Some(lengths);
        }
        statement.derive_features();
        for (need, has) in &self.features {
            let is_decided = !undecided.contains(need) && !need.name().starts_with("NOT ");
            if probed.has(*need) != *has && is_decided {
                let word = |has: bool| if has { "yes" } else { "no" };
                differences.push(differs(need.name(), word(*has), word(!*has)));
            }
            if *has {
                statement.features.insert(*need);
            } else {
                statement.features.remove(need);
            }
        }
        (statement, differences)
    }
}

impl Statement {
    /// The statement as a file. Of `undecided` features it says nothing.
    pub fn to_toml(&self, undecided: &[Need]) -> String {
        let is_open = |need: &Need| match opposite(*need) {
            // Of a pair the card has one, or nobody has said which.
            Some(opposite) => !self.has(*need) && !self.has(opposite),
            None => undecided.contains(need),
        };
        let features = Need::ALL
            .iter()
            .filter(|need| !need.name().starts_with("NOT ") && !is_open(need));
        let file = File {
            schema: SCHEMA.into(),
            card: None,
            data_groups: Some(self.data_groups.iter().copied().collect()),
            features: features
                .map(|need| (need.name().to_owned(), self.has(*need)))
                .collect(),
            extended_length: self
                .extended_length
                .map(|(command, response)| LengthFile { command, response }),
            pace: Some(self.pace.iter().map(PaceFile::write).collect()),
            chip_authentication: Some(self.chip_keys.iter().map(ChipKeyFile::write).collect()),
        };
        // Numbers, texts and truth values in tables: there is nothing that TOML could not say.
        toml::to_string(&file).unwrap_or_default()
    }
}

impl PaceFile {
    fn read(&self, at: usize) -> Result<PaceSet, StatementError> {
        let field = |name: &str| format!("pace[{at}].{name}");
        Ok(PaceSet {
            mapping: match self.mapping.as_str() {
                "GM" => Mapping::Generic,
                "IM" => Mapping::Integrated,
                "CAM" => Mapping::ChipAuthentication,
                _ => return Err(value(&field("mapping"), "GM, IM or CAM".into())),
            },
            cipher: cipher(&field("cipher"), &self.cipher)?,
            group: group(&field("parameter_id"), self.parameter_id)?,
        })
    }

    fn write(parameters: &PaceParameters) -> Self {
        PaceFile {
            mapping: mapping_name(parameters.set.mapping).into(),
            cipher: cipher_name(parameters.set.cipher).into(),
            parameter_id: parameters.set.group.parameter_id(),
        }
    }
}

impl ChipKeyFile {
    fn read(&self, at: usize) -> Result<ChipKey, StatementError> {
        let field = |name: &str| format!("chip_authentication[{at}].{name}");
        let group = group(&field("parameter_id"), self.parameter_id)?;
        let public = hex::decode(&self.public_key)
            .ok()
            .filter(|public| super::probe::is_element(group, public))
            .ok_or_else(|| {
                value(
                    &field("public_key"),
                    "hexadecimal digits of an element of the group: 04, x, y, or the number".into(),
                )
            })?;
        let ciphers = limited(&field("ciphers"), self.ciphers.iter().collect())?;
        let ciphers: Result<Vec<_>, _> = ciphers
            .into_iter()
            .map(|name| cipher(&field("ciphers"), name))
            .collect();
        Ok(ChipKey {
            id: self.key_id,
            group,
            public,
            ciphers: ciphers?,
        })
    }

    fn write(key: &ChipKey) -> Self {
        ChipKeyFile {
            key_id: key.id,
            parameter_id: key.group.parameter_id(),
            public_key: hex::encode(&key.public),
            ciphers: key
                .ciphers
                .iter()
                .map(|cipher| cipher_name(*cipher).into())
                .collect(),
        }
    }
}

fn named(name: &str) -> Option<Need> {
    Need::ALL.iter().copied().find(|need| need.name() == name)
}

/// `NOT X` of an `X` that has one.
fn opposite(need: Need) -> Option<Need> {
    named(&format!("NOT {}", need.name()))
}

/// The sets, each with whether another one has its protocol.
pub(super) fn with_ambiguity(sets: &[PaceSet]) -> Vec<PaceParameters> {
    let shares = |set: &PaceSet| sets.iter().filter(|other| other.oid() == set.oid()).count() > 1;
    sets.iter()
        .map(|set| PaceParameters {
            set: *set,
            ambiguous: shares(set),
        })
        .collect()
}

const CIPHERS: [(&str, Cipher); 4] = [
    ("3DES", Cipher::TripleDes),
    ("AES-128", Cipher::Aes128),
    ("AES-192", Cipher::Aes192),
    ("AES-256", Cipher::Aes256),
];

fn cipher(field: &str, name: &str) -> Result<Cipher, StatementError> {
    let found = CIPHERS.iter().find(|(known, _)| *known == name);
    found
        .map(|(_, cipher)| *cipher)
        .ok_or_else(|| value(field, "3DES, AES-128, AES-192 or AES-256".into()))
}

fn cipher_name(cipher: Cipher) -> &'static str {
    let found = CIPHERS.iter().find(|(_, known)| *known == cipher);
    found.map_or("", |(name, _)| name)
}

fn mapping_name(mapping: Mapping) -> &'static str {
    match mapping {
        Mapping::Generic => "GM",
        Mapping::Integrated => "IM",
        Mapping::ChipAuthentication => "CAM",
    }
}

fn group(field: &str, parameter_id: u8) -> Result<Group, StatementError> {
    super::probe::group(parameter_id).ok_or_else(|| {
        let known: Vec<String> = Group::all()
            .map(|group| group.parameter_id().to_string())
            .collect();
        let known = known.join(", ");
        value(
            field,
            format!("standardized domain parameters that the suite computes in: {known}"),
        )
    })
}

fn pace_names(sets: &[PaceParameters]) -> String {
    let name = |parameters: &PaceParameters| {
        let set = &parameters.set;
        let id = set.group.parameter_id();
        format!("{} {} {id}", mapping_name(set.mapping), cipher_name(set.cipher))
    };
    let names: Vec<String> = sets.iter().map(name).collect();
    format!("[{}]", names.join(", "))
}

fn differs(field: &str, given: &str, probed: &str) -> String {
    format!("{field}: the statement says {given}, the card shows {probed}")
}

fn limited<T>(field: &str, entries: Vec<T>) -> Result<Vec<T>, StatementError> {
    if entries.len() > MAX_ENTRIES {
        return Err(value(field, format!("at most {MAX_ENTRIES} entries")));
    }
    Ok(entries)
}

fn value(field: &str, rule: String) -> StatementError {
    StatementError::Value {
        field: field.into(),
        rule,
    }
}
