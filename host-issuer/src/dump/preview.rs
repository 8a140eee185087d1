//! Bytes for people.

/// Bytes that are shown of a value in hexadecimal.
const MAX_BYTES: usize = 64;

/// The first bytes in hexadecimal, and how many there are if these are not all.
pub(super) fn hex_preview(value: &[u8]) -> String {
    match value.get(..MAX_BYTES) {
        Some(first) if value.len() > MAX_BYTES => {
            format!("{}… ({} bytes)", hex::encode_upper(first), value.len())
        }
        _ => hex::encode_upper(value),
    }
}
