//! Whether a ledger is what it was: its chain against its digests and against the checkpoints that others kept, its tables against
//! its chain.
//!
//! | file | finds |
//! |---|---|
//! | [`links`] | events that were changed, taken out, put in, reordered, cut off or rewritten as a whole |
//! | [`entries`] | events that no station wrote; a clock that ran backwards |
//! | [`tables`] | rows that do not follow from the events |
//! | [`finding`] | what is found |
//!
//! What nobody can find: what was cut off or rewritten after the last checkpoint that somebody else kept, by whoever can write the
//! whole database and has the key of the checkpoints or leaves their table as short. Anchor often.

pub mod entries;
pub mod finding;
pub mod links;
pub mod tables;

use self::entries::Entries;
pub use self::finding::{Finding, Findings, Place};
pub use self::links::{Links, Mark};
use self::tables::{Rebuilt, Tables};
use super::anchor::{AnchorLine, LineContent};
use super::{Chained, Head, LedgerError, LedgerStore};

/// How many events are in memory at a time.
const PAGE: u32 = 500;

/// A store whose tables can be compared.
pub trait Auditable: LedgerStore + Tables {
    /// What the database itself finds wrong: pages, indexes, references, and tables that are not as this program makes them.
    ///
    /// # Errors
    /// [`LedgerError`] when it cannot be asked.
    fn faults(&self) -> Result<Vec<String>, LedgerError>;
}

/// What was verified, and what was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The ledger's identifier; empty where the chain does not begin with it.
    pub ledger: String,
    /// The key of its checkpoints, as the chain says: compare it with what was written down when the ledger was made.
    pub checkpoint_key: String,
    /// Where the chain ends.
    pub head: Head,
    /// Checkpoints that were compared, of the ledger and of the anchor.
    pub checkpoints: u64,
    /// The last event that a checkpoint of the anchor covers.
    pub anchored: Option<u64>,
    /// Whether the tables were compared.
    pub tables: bool,
    /// What was found.
    pub findings: Findings,
}

impl Report {
    /// Whether the ledger is whole: nothing was found but what may happen without anybody's doing.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        !self.findings.has_damage()
    }
}

/// Verifies a ledger, against an anchor where there is one.
///
/// # Errors
/// [`LedgerError`] when the ledger cannot be read at all; what is wrong with it is in the report.
pub fn ledger(store: &dyn Auditable, anchor: &[AnchorLine]) -> Result<Report, LedgerError> {
    let mut findings = Findings::default();
    for fault in store.faults()? {
        findings.add(Finding::Database(fault));
    }
    let mut marks = marks_of_the_ledger(store, &mut findings)?;
    marks.extend(marks_of_an_anchor(anchor, &mut findings));
    let mut links = Links::new(marks);
    let mut entries = Entries::default();
    let mut rebuilt = Rebuilt::new()?;
    let mut after = 0;
    loop {
        let page = match store.events(after, PAGE) {
            Ok(page) => page,
            Err(LedgerError::Damaged(_)) => one_by_one(store, after, &mut findings)?,
            Err(error) => return Err(error),
        };
        let Some(last) = page.last() else { break };
        after = last.sequence;
        let mut readable = Vec::with_capacity(page.len());
        for event in &page {
            links.next(event, &mut findings);
            if let Some(entry) = entries.next(event, &mut findings) {
                readable.push((event.sequence, entry));
            }
        }
        rebuilt.apply(&readable, &mut findings)?;
    }
    let mut report = links.finish(&mut findings);
    report.tables = rebuilt.compare(store, &mut findings)?;
    report.findings = findings;
    Ok(report)
}

/// Verifies a chain that somebody exported: the same but for the tables, which are not there.
#[must_use]
pub fn exported(
    events: impl Iterator<Item = Chained>,
    marks: Vec<Mark>,
    anchor: &[AnchorLine],
    mut findings: Findings,
) -> Report {
    let mut marks = marks;
    marks.extend(marks_of_an_anchor(anchor, &mut findings));
    let mut links = Links::new(marks);
    let mut entries = Entries::default();
    for event in events {
        links.next(&event, &mut findings);
        entries.next(&event, &mut findings);
    }
    let mut report = links.finish(&mut findings);
    report.findings = findings;
    report
}

/// The events of a page in which one cannot be read, that one left out.
fn one_by_one(
    store: &dyn Auditable,
    mut after: u64,
    findings: &mut Findings,
) -> Result<Vec<Chained>, LedgerError> {
    let mut page = Vec::new();
    for _ in 0..PAGE {
        match store.events(after, 1) {
            Ok(one) => match one.into_iter().next() {
                Some(event) => {
                    after = event.sequence;
                    page.push(event);
                }
                None => break,
            },
            Err(LedgerError::Damaged(why)) => {
                after = after.saturating_add(1);
                findings.add(Finding::Unreadable { sequence: after, why });
            }
            Err(error) => return Err(error),
        }
    }
    Ok(page)
}

fn marks_of_the_ledger(store: &dyn Auditable, findings: &mut Findings) -> Result<Vec<Mark>, LedgerError> {
    let mut marks = Vec::new();
    let mut after = 0;
    loop {
        let page = match store.checkpoints(after, PAGE) {
            Ok(page) => page,
            Err(LedgerError::Damaged(why)) => {
                findings.add(Finding::Database(format!("checkpoints: {why}")));
                break;
            }
            Err(error) => return Err(error),
        };
        let Some(last) = page.last() else { break };
        after = last.sequence;
        marks.extend(page.into_iter().map(|checkpoint| Mark {
            place: Place::Ledger,
            checkpoint,
        }));
    }
    Ok(marks)
}

/// The checkpoints of an anchor, in which the events only grow.
#[must_use]
pub fn marks_of_an_anchor(anchor: &[AnchorLine], findings: &mut Findings) -> Vec<Mark> {
    let mut marks: Vec<Mark> = Vec::new();
    for line in anchor {
        let place = Place::Anchor { line: line.number };
        match &line.content {
            LineContent::Torn => findings.add(Finding::Torn { line: line.number }),
            LineContent::Other(why) => findings.add(Finding::NoCheckpoint {
                line: line.number,
                why: why.clone(),
            }),
            LineContent::Checkpoint(checkpoint) => {
                if marks
                    .last()
                    .is_some_and(|before| before.checkpoint.sequence > checkpoint.sequence)
                {
                    findings.add(Finding::AnchorOrder { line: line.number });
                }
                marks.push(Mark {
                    place,
                    checkpoint: (**checkpoint).clone(),
                });
            }
        }
    }
    marks
}
