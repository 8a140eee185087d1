//! Published worked examples as data with provenance, specimen images, and the conformance suite.
//!
//! [`conformance`] and its [`oracle`] are a part of the program `eid`; they read no file. Everything else is for tests.
//!
//! The data lie in `test-vectors/data/` and are read from disk when a test asks for them. `test-vectors/README.md` says for each
//! file where it comes from and how it was checked.
//!
//! Two levels:
//!
//! - [`load`], [`hex()`], [`text`] and [`specimen`] give the raw material;
//! - [`pace`], [`bac`], [`secure_messaging`], [`scp03`], [`mrz`] and [`documents`] give the same as typed
//!   values, so that a test names what it checks instead of walking JSON.
//!
//! Every accessor of data **panics** with the file and field when data are missing or
//! malformed, because a test that silently runs over nothing proves nothing.
//!
//! The crate depends on no other crate of the project, so that it can judge all of them.

mod load;

pub mod bac;
pub mod conformance;
pub mod documents;
pub mod faulty_chip;
pub mod inspection_cases;
pub mod mrz;
pub mod naive;
pub mod oracle;
pub mod pace;
pub mod scp03;
pub mod secure_messaging;
pub mod transcript;

pub use load::{data_dir, hex, list, load, specimen, text};
pub use transcript::{Exchange, Provenance};

/// File name (for [`specimen`]) of the specimen person's face: JPEG 2000, 413 × 531.
pub const SPECIMEN_FACE: &str = "face-erika-mustermann.jp2";

/// File names of the specimen person's fingers: WSQ of 500 pixels per inch, 620 × 620.
pub const SPECIMEN_FINGERS: [&str; 2] = ["finger-1.wsq", "finger-2.wsq"];
