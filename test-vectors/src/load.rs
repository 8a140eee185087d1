//! Reading the data files.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;

/// The folder `test-vectors/data` of this checkout.
///
/// Tests that hand a path to a program (a photo for `eid issue`) build it from here.
pub fn data_dir() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("data")
}

/// Loads `data/vectors/<name>.json`.
///
/// # Panics
/// When the file is missing or is not JSON; the message names it.
pub fn load(name: &str) -> Value {
    let path = data_dir().join("vectors").join(format!("{name}.json"));
    let content =
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("test vectors {}: {error}", path.display()));
    serde_json::from_str(&content).unwrap_or_else(|error| panic!("test vectors {}: {error}", path.display()))
}

/// Reads the image `data/specimens/<name>`.
///
/// # Panics
/// When the file is missing; the message names it.
pub fn specimen(name: &str) -> Vec<u8> {
    let path = data_dir().join("specimens").join(name);
    fs::read(&path).unwrap_or_else(|error| panic!("specimen {}: {error}", path.display()))
}

/// Decodes a hexadecimal string value; the empty string gives no bytes.
///
/// # Panics
/// When the value is not a string of hexadecimal digit pairs. A missing field arrives here as `Null`, so a
/// misspelt field name is an error too.
pub fn hex(value: &Value) -> Vec<u8> {
    let digits = text(value);
    hex::decode(digits).unwrap_or_else(|error| panic!("not hexadecimal: {digits:?}: {error}"))
}

/// The string inside a value.
///
/// # Panics
/// When the value is not a string; a missing field arrives here as `Null`.
pub fn text(value: &Value) -> &str {
    value
        .as_str()
        .unwrap_or_else(|| panic!("expected a string in the vector file, found {value}"))
}

/// The elements of an array value.
///
/// # Panics
/// When the value is not an array or is empty: a loop over no cases is a test that cannot fail.
pub fn list(value: &Value) -> &[Value] {
    match value.as_array() {
        Some(elements) if !elements.is_empty() => elements,
        _ => panic!("expected a non-empty array in the vector file, found {value}"),
    }
}
