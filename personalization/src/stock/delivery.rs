//! What comes with a box of chips.
//!
//! ```text
//! {"schema":"eid.delivery/1","chips":[{"schema":"eid.chip/1", …}, …],"signature":"hexadecimal"}
//! ```
//!
//! where the maker signed it ([`super::maker`]), without `signature` where not; or the manifest of a single chip.

use sha2::{Digest as _, Sha256};

use super::error::StockError;
use crate::attestation::StockManifest;

pub(super) const SCHEMA: &str = "eid.delivery/1";
/// Most chips of one delivery.
const MAX_CHIPS: usize = 100_000;
/// Longest `ECDSA-Sig-Value` of P-256 in hexadecimal.
const MAX_SIGNATURE_DIGITS: usize = 2 * 72;
/// Longest file of a delivery.
pub const MAX_DELIVERY_BYTES: u64 = 128 * 1024 * 1024;

/// The chips of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// The chips' manifests.
    pub chips: Vec<StockManifest>,
    /// SHA-256 of the file: what is compared with the maker's word.
    pub sha256: [u8; 32],
    /// The maker's signature, as it stands there.
    pub(super) signature: Option<Vec<u8>>,
}

impl Delivery {
    /// Reads a list of chips, or the manifest of one. Every attestation in it is verified.
    ///
    /// # Errors
    /// [`StockError::Delivery`], which says which chip of the list is wrong and why.
    pub fn from_json(text: &str) -> Result<Self, StockError> {
        let refused = |why: String| StockError::Delivery(why);
        let value: serde_json::Value =
            serde_json::from_str(text).map_err(|error| refused(error.to_string()))?;
        let schema = value.get("schema").and_then(serde_json::Value::as_str);
        let mut signature = None;
        let chips = if schema == Some(SCHEMA) {
            let (list, signed) = match value {
                serde_json::Value::Object(mut object) => (object.remove("chips"), object.remove("signature")),
                _ => (None, None),
            };
            if let Some(signed) = signed {
                let digits = signed
                    .as_str()
                    .filter(|digits| digits.len() <= MAX_SIGNATURE_DIGITS);
                let bytes = digits.and_then(|digits| hex::decode(digits).ok());
                signature = Some(bytes.ok_or_else(|| refused("signature: must be hexadecimal".to_owned()))?);
            }
            let Some(serde_json::Value::Array(list)) = list else {
                return Err(refused("chips: must be a list".to_owned()));
            };
            if list.is_empty() || list.len() > MAX_CHIPS {
                return Err(refused(format!("chips: must be 1 to {MAX_CHIPS}")));
            }
            let chip = |(index, value)| {
                StockManifest::from_value(value).map_err(|error| refused(format!("chips[{index}]: {error}")))
            };
            list.into_iter().enumerate().map(chip).collect::<Result<_, _>>()?
        } else {
            vec![StockManifest::from_value(value).map_err(|error| refused(error.to_string()))?]
        };
        Ok(Self {
            chips,
            sha256: Sha256::digest(text).into(),
            signature,
        })
    }
}
