//! A manifest as a file.
//!
//! ```text
//! {"schema":"eid.chip/1","serial":"20 hexadecimal digits","attestation_public_key":"04…, P-256, hexadecimal",
//!  "next_sequence":2,
//!  "keys":[{"purpose":"chip_authentication","key_id":13,"parameter_id":13,"public_key":"04…",
//!           "nonce":"32 hexadecimal digits","attestation":"r ‖ s, 128 hexadecimal digits"}, …]}
//! ```
//!
//! `next_sequence` and `keys` are there once the chip has drawn keys ahead. Whoever reads the file verifies every attestation.

use card_applet::crypto::curve::Curve;
use card_applet::wire::key_generation::{GeneratedKey, KeyPurpose};
use serde::{Deserialize, Serialize};

use super::{AttestedKey, ChipKeySpec, KeyRequest, MAX_KEYS, ManifestError, StockManifest};

/// The only schema there is.
const SCHEMA: &str = "eid.chip/1";
const CHIP_AUTHENTICATION: &str = "chip_authentication";
const ACTIVE_AUTHENTICATION: &str = "active_authentication";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ManifestJson {
    schema: String,
    serial: String,
    attestation_public_key: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    next_sequence: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    keys: Option<Vec<KeyJson>>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyJson {
    purpose: String,
    key_id: u8,
    parameter_id: u8,
    public_key: String,
    nonce: String,
    attestation: String,
}

impl StockManifest {
    /// Reads a manifest file, and verifies the attestation of every key in it.
    ///
    /// # Errors
    /// [`ManifestError`].
    pub fn from_json(text: &str) -> Result<Self, ManifestError> {
        let json = serde_json::from_str(text).map_err(|error| ManifestError::Json(error.to_string()))?;
        Self::from_parsed(json)
    }

    /// The same for a manifest within a larger document.
    pub(crate) fn from_value(value: serde_json::Value) -> Result<Self, ManifestError> {
        let json = serde_json::from_value(value).map_err(|error| ManifestError::Json(error.to_string()))?;
        Self::from_parsed(json)
    }

    fn from_parsed(json: ManifestJson) -> Result<Self, ManifestError> {
        let invalid = |field, rule| ManifestError::Invalid { field, rule };
        if json.schema != SCHEMA {
            return Err(invalid("schema", "must be eid.chip/1"));
        }
        let serial = hex::decode(&json.serial)
            .ok()
            .and_then(|serial| serial.try_into().ok());
        let serial = serial.ok_or_else(|| invalid("serial", "must be 20 hexadecimal digits"))?;
        let point = hex::decode(&json.attestation_public_key).unwrap_or_default();
        let manifest = Self::new(serial, &point)?;
        match (json.keys, json.next_sequence) {
            (None, None) => Ok(manifest),
            (Some(keys), Some(next_sequence)) => {
                if keys.len() > MAX_KEYS {
                    return Err(invalid("keys", "must be no more than a chip has room for"));
                }
                let keys = keys
                    .iter()
                    .map(|key| manifest.key(key))
                    .collect::<Result<Vec<_>, _>>()?;
                manifest.with_keys(keys, next_sequence)
            }
            _ => Err(invalid(
                "next_sequence",
                "must be there where keys are, and only there",
            )),
        }
    }

    fn key(&self, json: &KeyJson) -> Result<AttestedKey, ManifestError> {
        let invalid = |field, rule| ManifestError::Invalid { field, rule };
        let purpose = match json.purpose.as_str() {
            CHIP_AUTHENTICATION => KeyPurpose::ChipAuthentication,
            ACTIVE_AUTHENTICATION => KeyPurpose::ActiveAuthentication,
            _ => {
                return Err(invalid(
                    "purpose",
                    "must be chip_authentication or active_authentication",
                ));
            }
        };
        let curve = Curve::from_parameter_id(json.parameter_id)
            .ok_or_else(|| invalid("parameter_id", "must be that of a curve which chips draw keys on"))?;
        let spec = ChipKeySpec {
            purpose,
            key_id: json.key_id,
            curve,
        };
        let nonce = hex::decode(&json.nonce)
            .ok()
            .and_then(|nonce| nonce.try_into().ok())
            .ok_or_else(|| invalid("nonce", "must be 32 hexadecimal digits"))?;
        let point = hex::decode(&json.public_key)
            .map_err(|_| invalid("public_key", "must be an uncompressed point in hexadecimal"))?;
        let attestation = hex::decode(&json.attestation).unwrap_or_default();
        let answer = GeneratedKey {
            point: &point,
            attestation: &attestation,
        };
        self.accept_key(&KeyRequest::with_nonce(spec, nonce), answer)
            .map_err(|error| ManifestError::Attestation {
                purpose: purpose_name(purpose),
                key_id: json.key_id,
                error,
            })
    }

    /// The manifest file's content.
    #[must_use]
    pub fn to_json(&self) -> String {
        let keys = self.drawn.as_ref().map(|drawn| {
            let key = |key: &AttestedKey| KeyJson {
                purpose: purpose_name(key.spec.purpose).to_owned(),
                key_id: key.spec.key_id,
                parameter_id: key.spec.curve.parameter_id(),
                public_key: hex::encode_upper(key.public.as_bytes()),
                nonce: hex::encode_upper(key.nonce),
                attestation: hex::encode_upper(key.attestation),
            };
            drawn.keys.iter().map(key).collect()
        });
        let json = ManifestJson {
            schema: SCHEMA.to_owned(),
            serial: hex::encode_upper(self.serial),
            attestation_public_key: hex::encode_upper(self.attestation_point()),
            next_sequence: self.next_sequence(),
            keys,
        };
        // A struct of strings and numbers always serializes.
        serde_json::to_string_pretty(&json).unwrap_or_default() + "\n"
    }
}

const fn purpose_name(purpose: KeyPurpose) -> &'static str {
    match purpose {
        KeyPurpose::ChipAuthentication => CHIP_AUTHENTICATION,
        KeyPurpose::ActiveAuthentication => ACTIVE_AUTHENTICATION,
    }
}
