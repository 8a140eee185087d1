//! Verifying a card from another program: read it, judge it.
//!
//! ```
//! # let issued = tempfile::tempdir()?;
//! # let arguments = ["eid", "demo", "--dir"].map(std::ffi::OsString::from).into_iter();
//! # let arguments = arguments.chain([issued.path().into()]);
//! # host_issuer::cli::run(arguments, &host_issuer::environment::Environment::system());
//! # let print = std::fs::read_to_string(issued.path().join("print.json"))?;
//! # let can = print.split("\"can\": \"").nth(1).expect("a CAN")[..6].to_owned();
//! # let folder = issued.path();
//! use host_issuer::verify::{InProcess, Password, Verdict, Verifier, read_trust};
//!
//! // Whom to believe: a folder with CSCA certificates and their revocation lists, or one that `eid trust` keeps.
//! let verifier = Verifier::new(read_trust(&folder.join("csca"))?);
//! // A virtual chip. With a real reader: PcscTransport::open(&ReaderSelector::default())?
//! let card = InProcess::open(&folder.join("card.chip"))?;
//! let verified = verifier.verify(card, &Password::can(&can)?)?;
//! println!("{}: {}", verified.verdict(), verified.reason());
//! if let Some(holder) = verified.holder() {
//!     println!("{}, document {}", holder.name(), holder.document_number);
//! }
//! # assert_eq!(verified.verdict(), Verdict::Genuine);
//! # assert!(verified.holder().is_some() && verified.face().is_some());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A reader that PC/SC does not know needs an implementation of [`Transport`], four functions; a program that read the files on
//! its own fills a [`ReadDocument`] and asks [`Verifier::judge`] alone. Every public name that either needs is in this module.
//!
//! [`ReadCard::read`] opens the chip, reads what its EF.SOD lists and has the chip prove that it is no copy;
//! [`inspect`](crate::inspect::inspect) judges what came back. Nothing here knows a command line or a file.

mod access;
mod attendant;
mod attended;
mod chip_proofs;
mod error;
mod names;
mod portrait;
mod read;
mod rights;
mod session;
mod verifier;

pub use attendant::{Attendant, Nobody, OnProgress, Waiting};
pub use attended::ReadLimits;
pub use error::{Blame, ReadCardError};
pub use names::{cipher_name, mapping_name};
pub use portrait::{Portrait, PortraitError};
pub use read::{ReadCard, ReadOptions};
pub use session::{MAX_SESSION_LEN, Session, SessionError};
pub use verifier::{Verification, Verifier};

pub use crate::environment::Random;
pub use crate::inspect::{
    Absence, Access, Check, CheckId, ChipProof, ChipProofs, DocumentDetails, Face, FileDigest, Holder,
    ImageFormat, NationalData, Opened, PersonToNotify, PersonalDetails, Policy, Printed, ProvedKey, Read,
    ReadDocument, Status, TerminalRights, TrustBasis, TrustError, TrustStore, Unverified, Verdict,
    VerificationReport, read_trust,
};
pub use crate::quirk::{ObservedQuirk, Quirk, Tolerance};
pub use crate::terminal::active_auth::SignedChallenge;
pub use crate::terminal::link::WireCount;
pub use crate::terminal::password::{Password, PasswordError, PasswordKind};
pub use crate::terminal::reader::{AccessProtocol, AccessReport};
pub use crate::terminal::terminal_auth::{CredentialsError, TerminalCredentials};
pub use crate::transport::in_process::InProcess;
pub use crate::transport::pcsc::{PcscTransport, ReaderInfo, ReaderSelector, list as list_readers};
pub use crate::transport::{Limits, Transport, TransportError};
