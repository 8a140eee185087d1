//! The anchor: checkpoints in a file outside the station, one a line, only ever appended to.
//!
//! It belongs on another disk, with another keeper, best one that nobody at the station can write to but by appending (`chattr +a`,
//! a medium that is written once, a line in somebody's mail). Whoever rewrites a ledger, and be it whole and with right digests,
//! must rewrite it too. What happened since its last line is protected by the next one: anchor at the end of each batch and shift.

use std::path::{Path, PathBuf};

use super::checkpoint::{Checkpoint, MAX_LINE};
use super::{LedgerError, LedgerStore};
use crate::environment::{Access, Disk, DiskError};

/// Longest anchor file, in bytes: some two hundred thousand lines.
pub const MAX_FILE: u64 = 64 * 1024 * 1024;

/// Why a checkpoint was not appended.
#[derive(Debug, thiserror::Error)]
pub enum AnchorError {
    /// The file could not be read or written.
    #[error(transparent)]
    Disk(#[from] DiskError),
    /// The file is one of another ledger, or no anchor.
    #[error("{}: line {line} is none of this ledger: {why}", path.display())]
    Other {
        /// The file.
        path: PathBuf,
        /// Its line, from 1.
        line: u64,
        /// Why not.
        why: String,
    },
    /// The file knows more of this ledger than the ledger itself.
    #[error("{}: line {line} is over event {anchored}, and the chain ends at {sequence}", path.display())]
    Behind {
        /// The file.
        path: PathBuf,
        /// Its line, from 1.
        line: u64,
        /// The event of that line.
        anchored: u64,
        /// The event of the new checkpoint.
        sequence: u64,
    },
    /// The chain had another event when the last line was signed.
    #[error("{}: line {line} is over another event {anchored} than the one that stands there", path.display())]
    Rewritten {
        /// The file.
        path: PathBuf,
        /// Its line, from 1.
        line: u64,
        /// The event of that line.
        anchored: u64,
    },
    /// The ledger could not be read.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

/// A line of an anchor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnchorLine {
    /// Its number, from 1.
    pub number: u64,
    /// What it is.
    pub content: LineContent,
}

/// What a line of an anchor is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LineContent {
    /// A checkpoint; whether it is signed and of this chain is another question.
    Checkpoint(Box<Checkpoint>),
    /// The beginning of one: the machine stopped while it was written.
    Torn,
    /// Something else.
    Other(String),
}

/// Reads an anchor. Empty lines are none.
///
/// # Errors
/// [`DiskError`], also for a file of more than 64 MiB.
pub fn read(disk: &dyn Disk, path: &Path) -> Result<Vec<AnchorLine>, DiskError> {
    Ok(parse(&disk.read(path, MAX_FILE)?))
}

/// The lines of an anchor. Never panics.
#[must_use]
pub fn parse(content: &[u8]) -> Vec<AnchorLine> {
    let lines = (1..).zip(content.split(|byte| *byte == b'\n'));
    lines
        .filter(|(_, line)| !line.is_empty())
        .map(|(number, line)| AnchorLine {
            number,
            content: match Checkpoint::from_line(line) {
                Ok(checkpoint) => LineContent::Checkpoint(Box::new(checkpoint)),
                Err(_) if is_torn(line) => LineContent::Torn,
                Err(error) => LineContent::Other(error.to_string()),
            },
        })
        .collect()
}

/// A line that begins as one of a checkpoint does and has no end.
fn is_torn(line: &[u8]) -> bool {
    const BEGIN: &[u8] = b"{\"schema\":\"eid.checkpoint/1\",";
    let common = line.len().min(BEGIN.len());
    line.len() < MAX_LINE && line.get(..common) == BEGIN.get(..common) && line.last() != Some(&b'}')
}

/// Appends a checkpoint, durably, to an anchor of the same ledger; a file that is not there is made.
///
/// # Errors
/// [`AnchorError`]: then the file is as it was, but for a line that is torn when the disk failed in the middle of it.
pub fn append(disk: &dyn Disk, path: &Path, checkpoint: &Checkpoint) -> Result<(), AnchorError> {
    let lines = match read(disk, path) {
        Ok(lines) => lines,
        Err(error) if error.is_not_found() => Vec::new(),
        Err(error) => return Err(error.into()),
    };
    for line in lines {
        let other = |why: String| AnchorError::Other {
            path: path.to_owned(),
            line: line.number,
            why,
        };
        match &line.content {
            LineContent::Torn => {}
            LineContent::Other(why) => return Err(other(why.clone())),
            LineContent::Checkpoint(known) if known.ledger != checkpoint.ledger => {
                return Err(other(format!("it is of the ledger {}", known.ledger)));
            }
            LineContent::Checkpoint(known) if known.sequence > checkpoint.sequence => {
                return Err(AnchorError::Behind {
                    path: path.to_owned(),
                    line: line.number,
                    anchored: known.sequence,
                    sequence: checkpoint.sequence,
                });
            }
            LineContent::Checkpoint(_) => {}
        }
    }
    Ok(disk.append_line(path, &checkpoint.to_line(), Access::Public)?)
}

/// Refuses a ledger whose chain does not go through the last checkpoint of its anchor. A file that is not there is an anchor without
/// lines.
///
/// # Errors
/// [`AnchorError`].
pub fn must_be_of(disk: &dyn Disk, path: &Path, store: &dyn LedgerStore) -> Result<(), AnchorError> {
    let lines = match read(disk, path) {
        Ok(lines) => lines,
        Err(error) if error.is_not_found() => return Ok(()),
        Err(error) => return Err(error.into()),
    };
    let last = lines.iter().rev().find_map(|line| match &line.content {
        LineContent::Checkpoint(checkpoint) => Some((line.number, checkpoint)),
        LineContent::Torn | LineContent::Other(_) => None,
    });
    let Some((line, checkpoint)) = last else {
        return Ok(());
    };
    let (anchored, sequence) = (checkpoint.sequence, store.head()?.sequence);
    if checkpoint.ledger == store.identifier()? && anchored > sequence {
        return Err(AnchorError::Behind {
            path: path.to_owned(),
            line,
            anchored,
            sequence,
        });
    }
    let events = store.events(anchored.saturating_sub(1), 1)?;
    let stands = events.first().map(|event| event.head());
    if checkpoint.ledger == store.identifier()? && stands != checkpoint.head() {
        return Err(AnchorError::Rewritten {
            path: path.to_owned(),
            line,
            anchored,
        });
    }
    // One of another ledger is told when it is appended to.
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::environment::SystemDisk;
    use crate::ledger::Head;

    fn checkpoint(ledger: &str, sequence: u64) -> Checkpoint {
        let head = Head {
            sequence,
            digest: [7; 32],
        };
        Checkpoint::from_parts(ledger.into(), &head, "2026-11-24T17:00:00Z".into(), "00".into())
    }

    #[test]
    fn an_anchor_only_grows() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("anchor");
        append(&SystemDisk, &path, &checkpoint("1", 5)).unwrap();
        append(&SystemDisk, &path, &checkpoint("1", 5)).unwrap();
        append(&SystemDisk, &path, &checkpoint("1", 9)).unwrap();
        let behind = append(&SystemDisk, &path, &checkpoint("1", 8)).unwrap_err();
        assert!(
            matches!(
                behind,
                AnchorError::Behind {
                    line: 3,
                    anchored: 9,
                    ..
                }
            ),
            "{behind}"
        );
        let other = append(&SystemDisk, &path, &checkpoint("2", 10)).unwrap_err();
        assert!(matches!(other, AnchorError::Other { line: 1, .. }), "{other}");
        let lines = read(&SystemDisk, &path).unwrap();
        let numbers: Vec<_> = lines.iter().map(|line| line.number).collect();
        assert_eq!(numbers, [1, 2, 3]);
        assert_eq!(
            lines[2].content,
            LineContent::Checkpoint(Box::new(checkpoint("1", 9)))
        );
    }

    #[test]
    fn a_line_that_was_torn_is_told_from_one_that_was_altered() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("anchor");
        let line = checkpoint("1", 5).to_line();
        for cut in 1..line.len() {
            SystemDisk.write(&path, &line[..cut], Access::Public).unwrap();
            assert_eq!(
                read(&SystemDisk, &path).unwrap()[0].content,
                LineContent::Torn,
                "{cut}"
            );
            // The next one begins on a line of its own.
            append(&SystemDisk, &path, &checkpoint("1", 6)).unwrap();
            let lines = read(&SystemDisk, &path).unwrap();
            assert_eq!(lines.len(), 2);
            assert_eq!(
                lines[1].content,
                LineContent::Checkpoint(Box::new(checkpoint("1", 6)))
            );
        }
        let altered = [
            b"nothing of ours".as_slice(),
            b"{}",
            b"{\"schema\":\"eid.checkpoint/2\"}",
        ];
        for line in altered {
            assert!(matches!(parse(line)[0].content, LineContent::Other(_)));
        }
    }
}
