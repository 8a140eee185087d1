//! From a citizen record to a signed card image.
//!
//! ```text
//! record (JSON) ─► citizen ─┐                        ┌─► lds: EF.COM, DG1, DG2, DG13, DG14, EF.CardAccess …
//! photo         ─► face    ─┼─► job ─► mrz ─► lds ───┤
//! profile (TOML)─► profile ─┘          (passwords)   └─► sod: EF.SOD, signed by a document signer (signer, pki)
//!                                                             │
//!                                             image ◄─────────┘ ─► script: what is sent to the chip
//! ```
//!
//! No clock and no randomness of its own: time and generators are passed in. It reads and writes no file but those
//! of keys and certificates. [`job::PersonalizationJob`] is the way through all of it.

pub mod approval;
pub mod attestation;
pub mod batch;
pub mod biometrics;
pub mod citizen;
pub mod exchange_key;
pub mod hash;
pub mod image;
pub mod job;
pub mod key_file;
pub mod keys;
pub mod lds;
pub mod mrz;
pub mod pki;
pub mod prepared;
pub mod profile;
pub mod script;
pub mod sealed_file;
pub mod signer;
pub mod sod;
pub mod stock;
