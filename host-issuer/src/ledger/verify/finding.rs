//! What can be found wrong with a ledger.

use std::fmt;

/// How many findings are told; the others are counted.
pub const MAX_FINDINGS: usize = 100;

/// Where a checkpoint was kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Beside the chain.
    Ledger,
    /// In the anchor.
    Anchor {
        /// Its line, from 1.
        line: u64,
    },
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ledger => formatter.write_str("checkpoint of the ledger"),
            Self::Anchor { line } => write!(formatter, "line {line} of the anchor"),
        }
    }
}

/// Something that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Finding {
    /// An event is missing, twice, or in another's place.
    #[error("event {expected}: missing or moved, event {found} stands in its place")]
    Number {
        /// The number that follows.
        expected: u64,
        /// The number that stands there.
        found: u64,
    },
    /// An event or its digest was changed.
    #[error("event {sequence}: its digest does not follow from it and from those before it")]
    Digest {
        /// The event.
        sequence: u64,
    },
    /// An event cannot be read from the database.
    #[error("event {sequence}: {why}")]
    Unreadable {
        /// The event, as far as it can be told.
        sequence: u64,
        /// Why.
        why: String,
    },
    /// An event is none that a station writes.
    #[error("event {sequence}: {why}")]
    Entry {
        /// The event.
        sequence: u64,
        /// Why.
        why: String,
    },
    /// The chain does not begin with the opening of a ledger.
    #[error("the chain does not begin with the opening of a ledger")]
    NoBeginning,
    /// An event contradicts those before it.
    #[error("event {sequence}: {why}")]
    Impossible {
        /// The event.
        sequence: u64,
        /// What it contradicts.
        why: String,
    },
    /// A checkpoint is of an end that the chain never had.
    #[error("{place}: the chain had another event {sequence} when it was signed")]
    Rewritten {
        /// Where the checkpoint is.
        place: Place,
        /// Its event.
        sequence: u64,
    },
    /// A checkpoint is of more events than there are.
    #[error("{place}: the chain had {sequence} events when it was signed, and has {left}")]
    Cut {
        /// Where the checkpoint is.
        place: Place,
        /// Its event.
        sequence: u64,
        /// How many events are left.
        left: u64,
    },
    /// A checkpoint is not signed with the ledger's key.
    #[error("{place}: the key of the ledger's checkpoints did not sign it")]
    Signature {
        /// Where the checkpoint is.
        place: Place,
        /// Its event.
        sequence: u64,
    },
    /// A checkpoint is of another ledger.
    #[error("{place}: it is of the ledger {ledger}")]
    OtherLedger {
        /// Where the checkpoint is.
        place: Place,
        /// The ledger.
        ledger: String,
    },
    /// A line of the anchor is no checkpoint.
    #[error("line {line} of the anchor: {why}")]
    NoCheckpoint {
        /// The line, from 1.
        line: u64,
        /// Why.
        why: String,
    },
    /// A line of the anchor is of fewer events than the one before.
    #[error("line {line} of the anchor: of fewer events than the line before")]
    AnchorOrder {
        /// The line, from 1.
        line: u64,
    },
    /// A row is not what the events make it.
    #[error("table {table}, row {key}: {why}")]
    Row {
        /// The table.
        table: &'static str,
        /// The row.
        key: String,
        /// `missing`, `not from any event`, or the columns that differ.
        why: String,
    },
    /// The database finds itself damaged, or its tables are not as they are made.
    #[error("database: {0}")]
    Database(String),
    /// Another line of an export than those of one.
    #[error("line {line} of the export: {why}")]
    Export {
        /// The line, from 1.
        line: u64,
        /// Why.
        why: String,
    },
    /// The clock of the station ran backwards. Happens, and is no damage.
    #[error("event {sequence}: {seconds} seconds before the one before it")]
    ClockBack {
        /// The event.
        sequence: u64,
        /// By how much.
        seconds: u64,
    },
    /// A line of the anchor was cut off while it was written. Happens, and is no damage.
    #[error("line {line} of the anchor: cut off while it was written")]
    Torn {
        /// The line, from 1.
        line: u64,
    },
}

impl Finding {
    /// Whether somebody or something altered the ledger or the anchor.
    #[must_use]
    pub const fn is_damage(&self) -> bool {
        !matches!(self, Self::ClockBack { .. } | Self::Torn { .. })
    }

    /// Its stable name.
    #[must_use]
    pub const fn id(&self) -> &'static str {
        match self {
            Self::Number { .. } => "event.number",
            Self::Digest { .. } => "event.digest",
            Self::Unreadable { .. } => "event.unreadable",
            Self::Entry { .. } => "event.form",
            Self::NoBeginning => "chain.no_beginning",
            Self::Impossible { .. } => "event.impossible",
            Self::Rewritten { .. } => "chain.rewritten",
            Self::Cut { .. } => "chain.cut",
            Self::Signature { .. } => "checkpoint.signature",
            Self::OtherLedger { .. } => "checkpoint.other_ledger",
            Self::NoCheckpoint { .. } => "anchor.no_checkpoint",
            Self::AnchorOrder { .. } => "anchor.order",
            Self::Row { .. } => "table.row",
            Self::Database(_) => "database",
            Self::Export { .. } => "export.line",
            Self::ClockBack { .. } => "clock.back",
            Self::Torn { .. } => "anchor.torn",
        }
    }
}

/// The first hundred findings, and how many there are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings {
    told: Vec<Finding>,
    count: u64,
    damage: bool,
}

impl Findings {
    /// One more.
    pub fn add(&mut self, finding: Finding) {
        self.count = self.count.saturating_add(1);
        self.damage |= finding.is_damage();
        if self.told.len() < MAX_FINDINGS {
            self.told.push(finding);
        }
    }

    /// Those that are told, in the order in which they were found.
    #[must_use]
    pub fn told(&self) -> &[Finding] {
        &self.told
    }

    /// How many there are.
    #[must_use]
    pub const fn count(&self) -> u64 {
        self.count
    }

    /// Whether one of them is damage.
    #[must_use]
    pub const fn has_damage(&self) -> bool {
        self.damage
    }
}
