//! What the chip keeps: a [`journal`] of small records (life cycle, keys, counters, file descriptors) in two banks at
//! the beginning of the memory, file bodies behind them.

pub(crate) mod bodies;
pub(crate) mod counter;
pub(crate) mod journal;
pub(crate) mod record;

/// Byte that erased memory reads as.
pub(crate) const ERASED: u8 = 0xFF;
