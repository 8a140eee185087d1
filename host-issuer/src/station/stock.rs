//! The chips of a station: how they come, go, and end. The ledger has them; this is what officers do with them.
//!
//! | file | lives here |
//! |---|---|
//! | [`register`] | a maker's delivery comes in |
//! | [`hand_over`] | chips go to another station, by a signed file that this one takes in |
//! | [`change`] | spoiled, quarantined, released, destroyed |
//! | [`reconcile`] | what was counted, against the ledger |
//! | [`recall`] | the issued cards of a delivery, a version of the applet, a time |

pub mod change;
pub mod hand_over;
pub mod recall;
pub mod reconcile;
pub mod register;

use personalization::approval::ApprovalError;
use personalization::attestation::ManifestError;

use super::approvals::ApprovalFailure;
use crate::ledger::LedgerError;

/// Why nothing was done to a chip.
#[derive(Debug, thiserror::Error)]
pub enum StockError {
    /// The ledger does not allow it, or does not work.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// Two people were needed, and their yes does not count.
    #[error(transparent)]
    Approval(#[from] ApprovalFailure),
    /// The chip is an issued card that is valid: it is revoked together with that, and two people do it.
    #[error(
        "the chip {serial} is the card {card_id}, which is valid: to spoil it is to revoke it, and that takes two people"
    )]
    ValidCard {
        /// The chip.
        serial: String,
        /// The card.
        card_id: String,
    },
    /// Chips are handed over to another station, not to the one that has them.
    #[error("chips are handed over to another station, not to the one that has them")]
    SameStation,
    /// Too many chips at once, or none.
    #[error("1 to {0} chips at once")]
    Count(usize),
    /// The hand-over is for another station.
    #[error("the chips were handed over to the station {0}")]
    OtherStation(String),
    /// The hand-over is no such file, or was altered.
    #[error("not a hand-over of chips: {0}")]
    HandOver(String),
    /// Nobody whom this station knows signed the hand-over.
    #[error("the hand-over is signed in the name of {0}, whom this station does not know")]
    UnknownSender(String),
    /// The signature does not hold.
    #[error(transparent)]
    Signature(#[from] ApprovalError),
    /// A chip's manifest does not hold.
    #[error("chip {serial}: {error}")]
    Manifest {
        /// The chip.
        serial: String,
        /// Why not.
        error: ManifestError,
    },
    /// A chip of this serial number and with another attestation key is known here.
    #[error("the chip {0} is known here with another attestation key: one of them is a copy")]
    OtherAttestationKey(String),
    /// By the ledger it never left.
    #[error("by the ledger the chip {0} is here and was never handed over so often")]
    NeverLeft(String),
    /// The station's ledger holds a manifest that is none.
    #[error("chip {serial}: its manifest in the ledger is none: {error}")]
    Damaged {
        /// The chip.
        serial: String,
        /// What is wrong.
        error: ManifestError,
    },
}
