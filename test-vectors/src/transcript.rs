//! What passes on the wire, and how far it may be trusted.

use serde_json::Value;

use crate::load::{hex, list, text};

/// Where a vector comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Provenance {
    /// Published by somebody else: it can prove that the standard was followed.
    Published,
    /// Computed by a second implementation of the same authors as the vector file: it catches drift and covers
    /// variants without a published example, but proves nothing about the standard.
    SelfGenerated,
}

/// One command and its answer, whole: the response ends in the two status bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchange {
    /// The step's name in the source document.
    pub name: String,
    /// The command APDU.
    pub command: Vec<u8>,
    /// The response APDU with SW1 SW2.
    pub response: Vec<u8>,
}

impl Exchange {
    /// Reads an array of `{name, cmd, rsp}` objects.
    pub(crate) fn from_list(value: &Value) -> Vec<Self> {
        list(value)
            .iter()
            .map(|step| Self {
                name: text(&step["name"]).to_owned(),
                command: hex(&step["cmd"]),
                response: hex(&step["rsp"]),
            })
            .collect()
    }
}
