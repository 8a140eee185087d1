//! From a card in a reader to everything that a verdict needs.
//!
//! [`ReadCard::read`] opens the chip, reads what its EF.SOD lists and has the chip prove that it is no copy;
//! [`inspect`](crate::inspect::inspect) then judges what came back. Nothing here knows a command line, a file or a clock.

mod chip_proofs;
mod error;
mod names;
mod read;
mod rights;

pub use error::{Blame, ReadCardError};
pub use names::{cipher_name, mapping_name};
pub use read::ReadCard;
