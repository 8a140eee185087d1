//! What a ledger refuses, and what can be wrong with one.

/// Why something is not in the ledger.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// The tables do not allow the event: the caller is to blame, and nothing was appended.
    #[error("the ledger refuses it: {0}")]
    Conflict(Conflict),
    /// The ledger is not what it should be: altered, of another version, or no ledger.
    #[error("the ledger is damaged: {0}")]
    Damaged(String),
    /// It could not be read or written.
    #[error("the ledger cannot be {action}: {why}")]
    Store {
        /// `opened`, `read`, `written`.
        action: &'static str,
        /// What the store said.
        why: String,
        /// Whether it may have been written in spite of the error.
        in_doubt: bool,
    },
}

impl LedgerError {
    /// Whether what was to be written may stand there: only reading the ledger again tells.
    #[must_use]
    pub const fn in_doubt(&self) -> bool {
        matches!(self, Self::Store { in_doubt: true, .. })
    }
}

/// What an event contradicts.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Conflict {
    /// The chip is not in this station's stock.
    #[error("the chip {0} is not in stock")]
    ChipUnknown(String),
    /// The chip is there and is no blank one.
    #[error("the chip {serial} is {state}")]
    ChipState {
        /// Its serial number.
        serial: String,
        /// What it is.
        state: &'static str,
    },
    /// The chip is at another station.
    #[error("the chip {serial} belongs to the station {station}")]
    ChipElsewhere {
        /// Its serial number.
        serial: String,
        /// Where it should be.
        station: String,
    },
    /// A chip with this serial number was registered before.
    #[error("a chip with the serial number {0} was registered before")]
    SerialTwice(String),
    /// Another chip has this public key.
    #[error("a public key of the chip {0} belongs to another chip")]
    KeyTwice(String),
    /// Another card has this identifier.
    #[error("the card identifier {0} was given before")]
    CardIdTwice(String),
    /// The citizen has a card that is not revoked, and this one does not replace it.
    #[error(
        "the citizen of this job has the card {0}, which is not revoked and which the job does not replace"
    )]
    ActiveCard(String),
    /// Another card of the same citizen is being made.
    #[error("another card of the same citizen is being made (job {0})")]
    InProduction(String),
    /// The card that is to be replaced is not there, or is another citizen's.
    #[error("the card {0} is no card that this job can replace")]
    NotReplaceable(String),
    /// The same application again.
    #[error("the same application is in the ledger already (job {0})")]
    JobTwice(String),
    /// No such batch, job or card.
    #[error("there is no {what} {id}")]
    Unknown {
        /// `batch`, `job`, `card`, `officer`, `document signer`.
        what: &'static str,
        /// Its identifier.
        id: String,
    },
    /// It is there and not in the state that the event starts from.
    #[error("the {what} {id} is {state}")]
    State {
        /// `batch`, `job`, `card`.
        what: &'static str,
        /// Its identifier.
        id: String,
        /// Its state.
        state: String,
    },
    /// The entry is not what the ledger takes: not the form of an identifier, too long.
    #[error("{field} of the event {rule}")]
    Malformed {
        /// The field.
        field: &'static str,
        /// What it must be, or is.
        rule: &'static str,
    },
    /// The event needs a second person's approval, and this is none for it: never used, for something else, or spent.
    #[error("the approval {approval} does not allow it: it is {why}")]
    NotApproved {
        /// Its digest.
        approval: String,
        /// Why not.
        why: &'static str,
    },
    /// The approval was used before.
    #[error("the approval {0} was used before")]
    ApprovalTwice(String),
}
