//! The JSON object `eid.session/1`. Bytes are hexadecimal. A member that is not known here is an error: what cannot be understood
//! must not be judged.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Name and version of the format.
pub(super) const SCHEMA: &str = "eid.session/1";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SessionJson {
    pub(super) schema: String,
    /// RFC 3339.
    pub(super) recorded: String,
    pub(super) access: AccessJson,
    /// PACE that was begun with the right password and came to no session, and how it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) pace_failed: Option<String>,
    /// Whether Basic Access Control opens the chip as well, where that was tried.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) bac_beside_pace: Option<bool>,
    /// Contents by name in Doc 9303-10.
    pub(super) files: BTreeMap<String, String>,
    /// Files that the chip refused, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) refused: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) pace_cam: Option<ProofJson>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) chip_authentication: Option<ProofJson>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) active_authentication: Option<SignedJson>,
    pub(super) terminal_rights: RightsJson,
    /// What was read from the card's surface, where it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) printed: Option<PrintedJson>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) quirks: Vec<QuirkJson>,
    pub(super) wire: WireJson,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) notes: Vec<String>,
    /// The lines of a [`replay::Session`](crate::transport::replay::Session).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) apdus: Option<Vec<String>>,
}

/// How the chip was opened.
#[derive(Serialize, Deserialize)]
#[serde(tag = "protocol", deny_unknown_fields)]
pub(super) enum AccessJson {
    #[serde(rename = "PACE")]
    Pace {
        /// GM, IM or CAM.
        mapping: String,
        cipher: String,
        /// Of the standardized domain parameters (Doc 9303-11 table 6).
        parameter_id: u8,
        password: String,
    },
    #[serde(rename = "BAC")]
    Bac { password: String },
    /// The chip wants no session; the password was given and not used.
    #[serde(rename = "none")]
    None { password: String },
}

/// How a proof ended that cannot be made again.
#[derive(Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum ProofJson {
    /// The terminal was convinced that the chip has the private key of this point.
    Proved {
        curve: String,
        point: String,
        how: String,
    },
    /// The same of this number, in a MODP group.
    ProvedNumber {
        group: String,
        number: String,
        how: String,
    },
    /// It was not.
    Failed { why: String },
    /// The terminal could not run the protocol.
    Unsupported { why: String },
}

/// How Active Authentication ended.
#[derive(Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum SignedJson {
    /// The chip answered, rightly or wrongly: that is judged again.
    Answered { challenge: String, signature: String },
    /// It refused.
    Failed { why: String },
    /// The terminal could not run the protocol.
    Unsupported { why: String },
}

/// How Terminal Authentication ended.
#[derive(Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum RightsJson {
    NoKey {},
    NotAttempted {
        why: String,
    },
    Refused {
        why: String,
    },
    Granted {
        authority: String,
        holder: String,
        fingers: bool,
        irises: bool,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PrintedJson {
    /// The machine readable zone, or its three fields with their check digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) mrz: Option<String>,
    /// The text of the QR code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) qr: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct QuirkJson {
    pub(super) id: String,
    pub(super) detail: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WireJson {
    pub(super) apdus: u64,
    pub(super) bytes_sent: u64,
    pub(super) bytes_received: u64,
}
