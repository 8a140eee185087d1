//! The chain as an auditor takes it along: a line for each event, then one for each checkpoint that was kept beside it.
//!
//! ```text
//! {"schema":"eid.ledger.event/1","sequence":1,"digest":"…","content":"{\"at\":…}"}
//! {"schema":"eid.checkpoint/1",…}
//! ```
//!
//! The content is the text that was digested, so a program of a few lines can verify the chain: `sequence` and `digest` as
//! [`chain`](super::chain) says.

use std::io::{self, BufRead, Write};

use serde::{Deserialize, Serialize};

use super::checkpoint::Checkpoint;
use super::verify::{Finding, Findings, Mark, Place};
use super::{Chained, LedgerError, LedgerStore, check};

/// Schema of the line of an event.
pub const EVENT_SCHEMA: &str = "eid.ledger.event/1";
/// Longest line, in bytes: the content may be twice as long in JSON within JSON, and more.
const MAX_LINE: u64 = 8 * check::MAX_CONTENT as u64;
/// How many events are in memory at a time.
const PAGE: u32 = 500;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct EventLine<'a> {
    schema: std::borrow::Cow<'a, str>,
    sequence: u64,
    digest: String,
    content: std::borrow::Cow<'a, str>,
}

/// Why an export came to no end.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The ledger cannot be read.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The lines cannot be written or read.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Writes the chain and its checkpoints, and says how many events there are.
///
/// # Errors
/// [`ExportError`].
pub fn write(store: &dyn LedgerStore, out: &mut dyn Write) -> Result<u64, ExportError> {
    let mut after = 0;
    loop {
        let page = store.events(after, PAGE)?;
        for event in &page {
            write_event(event, out)?;
            after = event.sequence;
        }
        if page.len() < PAGE as usize {
            break;
        }
    }
    let mut covered = 0;
    loop {
        let page = store.checkpoints(covered, PAGE)?;
        for checkpoint in &page {
            out.write_all(&checkpoint.to_line())?;
            out.write_all(b"\n")?;
            covered = checkpoint.sequence;
        }
        if page.len() < PAGE as usize {
            break;
        }
    }
    Ok(after)
}

/// Writes the line of one event.
///
/// # Errors
/// [`io::Error`]; of kind `InvalidData` for a content that is no text.
pub fn write_event(event: &Chained, out: &mut dyn Write) -> io::Result<()> {
    let content = std::str::from_utf8(&event.content).map_err(io::Error::other)?;
    let line = EventLine {
        schema: EVENT_SCHEMA.into(),
        sequence: event.sequence,
        digest: hex::encode(event.digest),
        content: content.into(),
    };
    serde_json::to_writer(&mut *out, &line)?;
    out.write_all(b"\n")
}

/// Reads an export line by line. What is no line of one is kept as a finding, and reading goes on.
pub struct Export<'a, R> {
    input: R,
    line: u64,
    marks: &'a mut Vec<Mark>,
    findings: &'a mut Findings,
    failed: &'a mut Option<io::Error>,
}

impl<'a, R: BufRead> Export<'a, R> {
    /// Gives the events; checkpoints go into `marks`, what is wrong into `findings`, and an error that ends it into `failed`.
    pub fn new(
        input: R,
        marks: &'a mut Vec<Mark>,
        findings: &'a mut Findings,
        failed: &'a mut Option<io::Error>,
    ) -> Self {
        Self {
            input,
            line: 0,
            marks,
            findings,
            failed,
        }
    }

    fn wrong(&mut self, why: impl Into<String>) {
        self.findings.add(Finding::Export {
            line: self.line,
            why: why.into(),
        });
    }

    fn read(&mut self, line: &[u8]) -> Option<Chained> {
        let event = match serde_json::from_slice::<EventLine<'_>>(line) {
            Ok(event) if event.schema == EVENT_SCHEMA => event,
            _ => {
                match Checkpoint::from_line(line) {
                    Ok(checkpoint) => self.marks.push(Mark {
                        place: Place::Ledger,
                        checkpoint,
                    }),
                    Err(_) => self.wrong("neither an event nor a checkpoint"),
                }
                return None;
            }
        };
        let mut digest = [0; 32];
        if hex::decode_to_slice(&event.digest, &mut digest).is_err() || hex::encode(digest) != event.digest {
            self.wrong("its digest is no SHA-256");
            return None;
        }
        Some(Chained {
            sequence: event.sequence,
            content: event.content.into_owned().into_bytes(),
            digest,
        })
    }
}

impl<R: BufRead> Iterator for Export<'_, R> {
    type Item = Chained;

    fn next(&mut self) -> Option<Chained> {
        loop {
            let mut line = Vec::new();
            match io::Read::take(&mut self.input, MAX_LINE).read_until(b'\n', &mut line) {
                Ok(0) => return None,
                Ok(_) => self.line += 1,
                Err(error) => {
                    *self.failed = Some(error);
                    return None;
                }
            }
            match line.pop_if(|last| *last == b'\n') {
                None if line.len() as u64 == MAX_LINE => {
                    self.wrong("longer than any line of an export");
                    return None;
                }
                None => self.wrong("without an end: the file was cut off"),
                Some(_) => {}
            }
            if let Some(event) = self.read(&line) {
                return Some(event);
            }
        }
    }
}
