//! What the chip keeps: a [`journal`] of small records (life cycle, keys, counters, file descriptors) in two banks at
//! the beginning of the memory, file bodies behind them, and at its end the [`staging`] area through which an operational
//! card updates a body.

pub(crate) mod bodies;
pub(crate) mod counter;
pub(crate) mod journal;
pub(crate) mod record;
pub(crate) mod staging;

use crate::platform::{Nvm, NvmError};

/// Byte that erased memory reads as.
pub(crate) const ERASED: u8 = 0xFF;

/// Whether every byte between two addresses is erased.
fn is_erased<N: Nvm>(nvm: &N, from: u32, to: u32) -> Result<bool, NvmError> {
    let mut chunk = [0; 64];
    let mut at = from;
    while at < to {
        let len = to.saturating_sub(at).min(chunk.len() as u32);
        let piece = chunk.get_mut(..len as usize).ok_or(NvmError)?;
        nvm.read(at, piece)?;
        if piece.iter().any(|byte| *byte != ERASED) {
            return Ok(false);
        }
        at = at.saturating_add(len);
    }
    Ok(true)
}
