//! The tables against what the events make of them.

use std::cmp::Ordering;
use std::fmt;

use super::finding::{Finding, Findings};
use crate::ledger::Entry;
use crate::ledger::error::LedgerError;
use crate::ledger::sqlite::SqliteLedger;

/// How many rows are in memory at a time, of each side.
const PAGE: u32 = 500;

/// A table that follows from the events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// The column by which a row is known: a text, unique.
    pub key: &'static str,
    /// All columns, the key first.
    pub columns: &'static [&'static str],
}

/// Every table that follows from the events.
pub const TABLES: &[Table] = &[
    table("ledger", &["ledger", "only_one", "checkpoint_key"]),
    table("officers", &["name", "role", "public_key", "place"]),
    table(
        "approvals",
        &[
            "approval",
            "purpose",
            "subject",
            "requested_by",
            "approved_by",
            "spent",
        ],
    ),
    table("document_signers", &["serial", "asked", "made", "extended"]),
    table(
        "batches",
        &[
            "batch",
            "profile",
            "jobs",
            "accepted",
            "state",
            "created_at",
            "sequence",
        ],
    ),
    table(
        "jobs",
        &[
            "job",
            "batch",
            "content_sha256",
            "citizen",
            "province",
            "kind",
            "replaces",
            "state",
            "attempts",
            "reason",
            "accepted_at",
            "changed_at",
            "accepted",
            "purged",
            "sequence",
        ],
    ),
    table(
        "chips",
        &[
            "serial",
            "manifest",
            "delivery",
            "applet_version",
            "station",
            "moves",
            "state",
            "reason",
            "job",
        ],
    ),
    table("chip_keys", &["public_key", "serial"]),
    table(
        "cards",
        &[
            "card_id",
            "chip",
            "job",
            "citizen",
            "state",
            "issued_at",
            "replaced_by",
        ],
    ),
    table(
        "attempts",
        &["card_id", "job", "attempt", "chip", "reader", "step", "began_at"],
    ),
];

const fn table(name: &'static str, columns: &'static [&'static str]) -> Table {
    Table {
        name,
        key: columns[0],
        columns,
    }
}

/// What stands in one place of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// Nothing.
    Null,
    /// A number.
    Integer(i64),
    /// A text.
    Text(String),
    /// What no table of a ledger holds.
    Other,
}

impl fmt::Display for Cell {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => formatter.write_str("nothing"),
            Self::Integer(number) => write!(formatter, "{number}"),
            Self::Text(text) => formatter.write_str(text),
            Self::Other => formatter.write_str("something else"),
        }
    }
}

/// A row, its cells in the order of [`Table::columns`].
pub type Row = Vec<Cell>;

/// Tables that can be read row by row.
pub trait Tables {
    /// At most `limit` rows whose key comes after this one, by the bytes of the key.
    ///
    /// # Errors
    /// [`LedgerError`].
    fn rows(&self, table: &Table, after: Option<&str>, limit: u32) -> Result<Vec<Row>, LedgerError>;

    /// How many rows a table has.
    ///
    /// # Errors
    /// [`LedgerError`].
    fn count(&self, table: &Table) -> Result<u64, LedgerError>;
}

/// The tables as the events make them, in memory.
pub struct Rebuilt {
    ledger: SqliteLedger,
    /// An event that cannot have happened: nothing after it can be told.
    is_stuck: bool,
}

impl Rebuilt {
    /// No events yet.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub fn new() -> Result<Self, LedgerError> {
        Ok(Self {
            ledger: SqliteLedger::in_memory()?,
            is_stuck: false,
        })
    }

    /// What these events do, by their numbers.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub fn apply(&mut self, events: &[(u64, Entry)], findings: &mut Findings) -> Result<(), LedgerError> {
        if self.is_stuck {
            return Ok(());
        }
        if let Some((sequence, conflict)) = self.ledger.replay(events)? {
            self.is_stuck = true;
            findings.add(Finding::Impossible {
                sequence,
                why: conflict.to_string(),
            });
        }
        Ok(())
    }

    /// The tables, as far as they could be made.
    #[must_use]
    pub fn tables(&self) -> &impl Tables {
        &self.ledger
    }

    /// Compares every table, where all events could be applied. Says whether that was so.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub fn compare(
        &self,
        found: &(impl Tables + ?Sized),
        findings: &mut Findings,
    ) -> Result<bool, LedgerError> {
        if self.is_stuck {
            return Ok(false);
        }
        compare(&self.ledger, found, findings)?;
        Ok(true)
    }
}

/// Compares every table of `found` with what it should be.
///
/// # Errors
/// [`LedgerError`].
pub fn compare(
    expected: &(impl Tables + ?Sized),
    found: &(impl Tables + ?Sized),
    findings: &mut Findings,
) -> Result<(), LedgerError> {
    for table in TABLES {
        let mut expected = Pages::new(expected, table);
        let mut other = Pages::new(found, table);
        let (mut left, mut right) = (expected.next()?, other.next()?);
        loop {
            let order = match (&left, &right) {
                (None, None) => break,
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some((left, _)), Some((right, _))) => left.cmp(right),
            };
            if let (Ordering::Equal, Some((key, left)), Some((_, right))) = (order, &left, &right) {
                rows(table, key, left, right, findings);
            } else if let (Ordering::Less, Some((key, _))) = (order, &left) {
                findings.add(row(table, key, "missing"));
            } else if let Some((key, _)) = &right {
                findings.add(row(table, key, "not from any event"));
            }
            if order != Ordering::Greater {
                left = expected.next()?;
            }
            if order != Ordering::Less {
                right = other.next()?;
            }
        }
        // A row without a key comes in no order and would be seen by nobody.
        let count = found.count(table)?;
        if count != other.seen {
            findings.add(row(
                table,
                "without a key",
                &format!("{count} rows, {} have a key", other.seen),
            ));
        }
    }
    Ok(())
}

fn rows(table: &Table, key: &str, expected: &Row, found: &Row, findings: &mut Findings) {
    let differences: Vec<String> = table
        .columns
        .iter()
        .zip(expected.iter().zip(found))
        .filter(|(_, (expected, found))| expected != found)
        .map(|(column, (expected, found))| format!("{column} is {found} and should be {expected}"))
        .collect();
    if !differences.is_empty() {
        findings.add(row(table, key, &differences.join("; ")));
    }
}

fn row(table: &Table, key: &str, why: &str) -> Finding {
    Finding::Row {
        table: table.name,
        key: key.to_owned(),
        why: why.to_owned(),
    }
}

/// The rows of a table in the order of their keys.
struct Pages<'a, T: Tables + ?Sized> {
    tables: &'a T,
    table: &'a Table,
    page: std::vec::IntoIter<Row>,
    last: Option<String>,
    is_done: bool,
    seen: u64,
}

impl<'a, T: Tables + ?Sized> Pages<'a, T> {
    fn new(tables: &'a T, table: &'a Table) -> Self {
        Self {
            tables,
            table,
            page: Vec::new().into_iter(),
            last: None,
            is_done: false,
            seen: 0,
        }
    }

    fn next(&mut self) -> Result<Option<(String, Row)>, LedgerError> {
        loop {
            for row in self.page.by_ref() {
                // A key of another kind has no place in the order; it is missed in the count.
                if let Some(Cell::Text(key)) = row.first() {
                    self.seen += 1;
                    let key = key.clone();
                    self.last = Some(key.clone());
                    return Ok(Some((key, row)));
                }
            }
            if self.is_done {
                return Ok(None);
            }
            let page = self.tables.rows(self.table, self.last.as_deref(), PAGE)?;
            self.is_done = page.len() < PAGE as usize;
            self.page = page.into_iter();
        }
    }
}
