//! The verifier's cases as a suite: BSI TR-03105 part 5.1, the list of what an inspection system must judge.
//!
//! What is judged lies on the disk as data (`test-vectors/corpus`): documents as a reader would have brought them back
//! ([`DocumentPlay`]), and whole chips with what they do wrong ([`ChipPlay`]), each with whom its verifier trusts, the day, and the
//! judgement that it must get. [`Corpus::read`] reads them, [`run`] has this crate's own verifier judge them and tells for every case
//! whether it judged right, and [`ChipReader`] lets any other reader meet the same chips.

mod cases;
mod chip;
mod corpus;
mod document;
mod fields;
mod judgement;
mod plausible;
mod reader;
mod report;

pub use cases::{Standing, standing};
pub use chip::{ChipPlay, Counter, SCHEMA, Terminal};
pub use corpus::{Corpus, CorpusError, MAX_FILE_BYTES, MAX_PLAYS, Play, Subject};
pub use document::{DocumentPlay, Expected, Opening, Proof};
pub use fields::{FieldError, Hex, Trust};
pub use judgement::Judgement;
pub use reader::ChipReader;
pub use report::{CaseResult, Outcome, PlayResult, Report, ReportJson, run};
