//! The file that goes with the chips.

use personalization::approval::{Approval, ApprovalError};
use personalization::attestation::StockManifest;
use personalization::signer::Signer;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::super::StockError;
use crate::ledger::event::{ChipState, Serial, timestamp};
use crate::ledger::view::ChipView;
use crate::station::desk::Desk;

const SCHEMA: &str = "eid.hand-over/1";
/// Most chips of one file.
pub const MAX_CHIPS: usize = 10_000;
/// Longest file.
pub const MAX_FILE_BYTES: u64 = 64 * 1024 * 1024;

/// Chips that go from one station to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HandOver {
    schema: String,
    from: String,
    to: String,
    at: String,
    by: String,
    chips: Vec<HandOverChip>,
}

/// One of them, as the station knows it that gives it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HandOverChip {
    /// Its serial number.
    pub serial: Serial,
    /// Which hand-over of this chip it is, from 1.
    pub moves: u32,
    /// What it is: blank, quarantined or spoiled.
    pub state: ChipState,
    /// Why it is not blank.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The delivery that it came with.
    pub delivery: String,
    /// Version of its applet.
    pub applet_version: String,
    /// Its manifest (`eid.chip/1`).
    manifest: Value,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Signed {
    hand_over: HandOver,
    approval: Approval,
}

impl HandOverChip {
    pub(super) fn of(chip: &ChipView) -> Result<Self, StockError> {
        let damaged = |error| StockError::Damaged {
            serial: chip.serial.clone(),
            error,
        };
        let manifest = StockManifest::from_json(&chip.manifest).map_err(damaged)?;
        Ok(Self {
            serial: chip.serial.clone(),
            moves: chip.moves,
            state: chip.state,
            reason: chip.reason.clone(),
            delivery: chip.delivery.clone(),
            applet_version: chip.applet_version.clone(),
            // What was just read is JSON.
            manifest: serde_json::from_str(&manifest.to_json()).unwrap_or_default(),
        })
    }

    /// The manifest, every attestation in it verified.
    ///
    /// # Errors
    /// [`StockError::Manifest`]; [`StockError::HandOver`] for the manifest of another chip.
    pub fn manifest(&self) -> Result<StockManifest, StockError> {
        let refused = |error| StockError::Manifest {
            serial: self.serial.clone(),
            error,
        };
        let manifest = StockManifest::from_json(&self.manifest.to_string()).map_err(refused)?;
        if hex::encode_upper(manifest.serial()) == self.serial {
            return Ok(manifest);
        }
        Err(StockError::HandOver(format!(
            "chip {}: the manifest is another chip's",
            self.serial
        )))
    }
}

impl HandOver {
    pub(super) fn new(desk: &Desk<'_>, to: &str, chips: Vec<HandOverChip>) -> Self {
        Self {
            schema: SCHEMA.to_owned(),
            from: desk.station.to_owned(),
            to: to.to_owned(),
            at: timestamp(desk.now),
            by: desk.actor.to_owned(),
            chips,
        }
    }

    /// The file, signed by the officer who gives.
    ///
    /// # Errors
    /// [`ApprovalError`].
    pub fn sign(self, at: time::OffsetDateTime, signer: &dyn Signer) -> Result<Vec<u8>, ApprovalError> {
        let approval = Approval::sign(&self.by, &self.to_bytes(), at, signer)?;
        let signed = Signed {
            hand_over: self,
            approval,
        };
        // Structs of strings and numbers always serialize.
        let mut file = serde_json::to_vec(&signed).unwrap_or_default();
        file.push(b'\n');
        Ok(file)
    }

    /// Reads a file and the signature in it, which is checked by [`take_in`](super::take_in).
    ///
    /// # Errors
    /// [`StockError::HandOver`].
    pub fn parse(file: &[u8]) -> Result<(Self, Approval), StockError> {
        let refused = |why: String| StockError::HandOver(why);
        let signed: Signed = serde_json::from_slice(file).map_err(|error| refused(error.to_string()))?;
        let hand_over = signed.hand_over;
        if hand_over.schema != SCHEMA {
            return Err(refused(format!("schema: must be {SCHEMA}")));
        }
        if hand_over.chips.is_empty() || hand_over.chips.len() > MAX_CHIPS {
            return Err(refused(format!("chips: must be 1 to {MAX_CHIPS}")));
        }
        let mut serials: Vec<&Serial> = hand_over.chips.iter().map(|chip| &chip.serial).collect();
        serials.sort_unstable();
        serials.dedup();
        if serials.len() != hand_over.chips.len() {
            return Err(refused("chips: one stands there twice".to_owned()));
        }
        Ok((hand_over, signed.approval))
    }

    /// What is signed.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        // A struct of strings and numbers always serializes.
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// The station that gives.
    #[must_use]
    pub fn from(&self) -> &str {
        &self.from
    }

    /// The station that gets.
    #[must_use]
    pub fn to(&self) -> &str {
        &self.to
    }

    /// The officer who gives.
    #[must_use]
    pub fn by(&self) -> &str {
        &self.by
    }

    /// The chips.
    #[must_use]
    pub fn chips(&self) -> &[HandOverChip] {
        &self.chips
    }
}
