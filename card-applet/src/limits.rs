//! Lengths that the chip keeps to, and announces in EF.ATR/INFO.

/// Longest command APDU in bytes, secure messaging included: a command is checked whole before it acts, so this is
/// RAM. EF.ATR/INFO announces it (ICAO Doc 9303-10, 3.11.1.3).
pub const COMMAND_BUFFER: usize = 2048;
/// Most bytes of data that chained commands may carry in all. The longest that there is, a CVCA's link certificate with
/// its domain parameters over 384 bits, has less than 700.
pub const CHAIN_BUFFER: usize = 768;
/// Most files of a card, dedicated files included, the MF not.
pub const MAX_FILES: usize = 32;
/// Most applications among them: the eMRTD, and one for each set of application keys that there can be.
pub const MAX_APPLICATIONS: usize = 9;
/// Longest response APDU in bytes, secure messaging and status word included. Responses stream from memory, so this
/// is no RAM: 32 KiB of a file with its secure messaging.
pub const RESPONSE_LIMIT: usize = 33_024;
