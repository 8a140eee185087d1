//! Keys that everybody knows.

use subtle::ConstantTimeEq;

use super::ChipKeys;

/// Whether any key of the set is one that everybody knows, or the set uses one key twice.
///
/// Such chips are refused outside tests: whoever holds the chip could load it. Never panics.
#[must_use]
pub fn is_well_known(keys: &ChipKeys) -> bool {
    [&keys.enc, &keys.mac, &keys.dek]
        .into_iter()
        .any(|key| is_well_known_key(key))
        || bool::from(keys.enc.ct_eq(&keys.mac) | keys.enc.ct_eq(&keys.dek) | keys.mac.ct_eq(&keys.dek))
}

/// Whether an AES key (16, 24 or 32 bytes) is a published default: GlobalPlatform's 40 41 … 4F, also repeated
/// or counted on to fill 24 or 32 bytes, 00 01 02 …, or one byte all along (all zero, all FF). Never panics.
#[must_use]
pub fn is_well_known_key(key: &[u8]) -> bool {
    let all = |expected: fn(usize) -> usize| {
        key.iter()
            .enumerate()
            .all(|(index, &byte)| usize::from(byte) == expected(index) & 0xFF)
    };
    let uniform = key.iter().all(|byte| Some(byte) == key.first());
    uniform
        || all(|index| 0x40 + index % 16)
        || all(|index| 0x40 + index)
        || all(|index| index)
        || all(|index| index % 16)
}
