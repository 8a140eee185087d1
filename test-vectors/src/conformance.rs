//! The conformance suite: the standards' own tests of a card, on any card.
//!
//! - [`catalogue`]: every case of the public suites by id, with its purpose in our words and what a card must have for it to apply;
//! - `icao` and `bsi`: what is played, a short function a case, unit by unit;
//! - [`Statement`]: what a card says of itself (implementation conformance statement), from a file or probed;
//! - [`lds`]: the files of a card against the logical data structure, for the units LDS_* of both suites;
//! - [`Bench`]: what a case works with: the card over a [`Link`], the oracle terminal, expectations that name the step they fail at;
//! - [`runner`]: plays a selection in order, those that change the card for good at the end, and says one [`Verdict`] a case.
//!
//! A case that cannot be derived surely from the catalogue and the standards is [`NotImplemented`](Verdict::NotImplemented) with the
//! reason, and never passed.

pub mod catalogue;
pub mod lds;
pub mod report;
pub mod runner;

mod authority;
mod bench;
mod bsi;
mod case;
mod expect;
mod icao;
mod link;
mod record;
mod statement;
mod verdict;

pub use authority::{AuthorityError, TerminalAuthority};
pub use bench::{Bench, Exchange, Password, Secrets, ZoneError};
pub use case::{Case, Play};
pub use catalogue::{CaseId, Suite};
pub use expect::{StatusSet, expected};
pub use link::{Link, LinkError};
pub use record::{ApduRecord, CaseRecord, Kind};
pub use statement::{
    AccessProtocol, ChipKey, Given, Need, PaceParameters, Probed, SignatureKind, Statement, StatementError,
    probe,
};
pub use verdict::{Finding, Played, Verdict};
