//! The words of the events: who does what, what a second person says yes to, where jobs, cards and chips are.

use serde::{Deserialize, Serialize};

/// An officer, as the ledger knows them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OfficerEntry {
    /// Their name.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// Their key: uncompressed point of P-256, hexadecimal.
    pub public_key: String,
}

/// What an officer may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Makes cards, and asks for what needs a second person.
    Operator,
    /// Makes cards, and says yes to what others ask for.
    Supervisor,
    /// Reads everything, does nothing.
    Auditor,
}

/// What a second person says yes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Who the officers are.
    SetOfficers,
    /// To start a batch.
    StartBatch,
    /// To close a batch.
    CloseBatch,
    /// To use a document signer beyond its quota.
    ExtendQuota,
    /// To issue a card again.
    Reissue,
    /// To use a chip again that was in quarantine.
    ReleaseQuarantine,
    /// To destroy a chip.
    Destroy,
    /// To revoke a card.
    Revoke,
    /// To make a suspended card valid again.
    Reinstate,
    /// To close a shift.
    CloseShift,
}

/// Chips of one state, counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StockCount {
    /// The state.
    pub state: ChipState,
    /// How many the ledger says.
    pub expected: u32,
    /// How many there are.
    pub counted: u32,
}

/// Why a card is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobKind {
    /// The citizen has none.
    First,
    /// The one before expires or its data changed.
    Renewal,
    /// The one before is lost, stolen or broken.
    Replacement,
}

/// Where a job is, in the field's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum JobState {
    /// To be done.
    Pending,
    /// The card is issued.
    Issued,
    /// It will not be done.
    Cancelled,
    /// It could not be done; it can be retried.
    Failed,
}

/// Where a card is, in the field's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CardState {
    /// It is being made.
    New,
    /// It is valid.
    Active,
    /// It is not valid for now.
    Suspended,
    /// It is not valid any more, and never will be.
    Revoked,
}

/// What a chip in stock is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ChipState {
    /// Nothing is on it, or what is on it can be loaded over.
    Blank,
    /// A card is being made of it.
    InProduction,
    /// It is an issued card.
    Issued,
    /// What it holds is not known: it is kept apart.
    Quarantined,
    /// It is of no use, and kept until it is destroyed.
    Spoiled,
    /// It is no more.
    Destroyed,
}

/// The names of states, as files, messages and tables have them.
macro_rules! names {
    ($($type:ident { $($variant:ident => $name:literal),+ $(,)? })+) => { $(
        impl $type {
            /// Every value.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// Its name in files and messages.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// The value with this name.
            #[must_use]
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.name() == name)
            }
        }
    )+ };
}

pub(in crate::ledger) use names;

names! {
    Role { Operator => "operator", Supervisor => "supervisor", Auditor => "auditor" }
    Purpose {
        SetOfficers => "set_officers", StartBatch => "start_batch", CloseBatch => "close_batch",
        ExtendQuota => "extend_quota", Reissue => "reissue", ReleaseQuarantine => "release_quarantine",
        Destroy => "destroy", Revoke => "revoke", Reinstate => "reinstate", CloseShift => "close_shift",
    }
    JobKind { First => "first", Renewal => "renewal", Replacement => "replacement" }
    JobState { Pending => "PENDING", Issued => "ISSUED", Cancelled => "CANCELLED", Failed => "FAILED" }
    CardState { New => "NEW", Active => "ACTIVE", Suspended => "SUSPENDED", Revoked => "REVOKED" }
    ChipState {
        Blank => "BLANK", InProduction => "IN_PRODUCTION", Issued => "ISSUED", Quarantined => "QUARANTINED",
        Spoiled => "SPOILED", Destroyed => "DESTROYED",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_files() {
        for state in ChipState::ALL {
            assert_eq!(
                serde_json::to_string(state).unwrap(),
                format!("\"{}\"", state.name())
            );
            assert_eq!(ChipState::from_name(state.name()), Some(*state));
        }
        for purpose in Purpose::ALL {
            assert_eq!(
                serde_json::to_string(purpose).unwrap(),
                format!("\"{}\"", purpose.name())
            );
        }
        assert_eq!(JobState::from_name("pending"), None);
    }
}
