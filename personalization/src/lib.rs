//! From a citizen record to a signed card image.

pub mod biometrics;
pub mod citizen;
pub mod image;
pub mod key_file;
pub mod keys;
pub mod lds;
pub mod mrz;
pub mod pki;
pub mod profile;
pub mod script;
pub mod signer;
pub mod sod;
