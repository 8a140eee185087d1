//! From a citizen record to a signed card image.

pub mod key_file;
pub mod keys;
pub mod signer;
