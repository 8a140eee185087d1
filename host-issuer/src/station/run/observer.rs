//! Who looks on while cards are made.

use super::super::personalize::{Done, Told, Undone};
use crate::transport::TransportError;

/// What happens at a reader.
#[derive(Debug)]
pub enum Seen<'e> {
    /// It waits for a card.
    Waiting,
    /// A card was laid on.
    Card,
    /// What is being done to it.
    Told(Told<'e>),
    /// It is done; take it away.
    Done(&'e Done),
    /// It is no card; take it away.
    Undone(&'e Undone),
    /// A card cannot be spoken to.
    Trouble(&'e TransportError),
    /// Nothing more is done at this reader.
    Left,
}

/// Looks on. It is called by the threads of all readers, and must not keep them.
pub trait Observer: Sync {
    /// Something happens at this reader.
    fn see(&self, reader: &str, seen: &Seen<'_>);
}
