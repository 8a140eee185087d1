//! Machine readable zones, check digits and the keys that follow from them (9303-3, 9303-5, 9303-11).

use crate::load::{hex, list, load, text};

/// A machine readable zone and its keys.
#[derive(Debug, Clone)]
pub struct MrzVector {
    /// `TD1`, `TD2` or `TD3`.
    pub format: String,
    /// The lines as printed.
    pub lines: Vec<String>,
    /// Where it was read.
    pub source: String,
    /// Document number, date of birth and date of expiry, each with its check digit.
    pub mrz_information: String,
    /// SHA-1 of [`mrz_information`](Self::mrz_information).
    pub sha1: Vec<u8>,
    /// BAC encryption key.
    pub bac_kenc: Vec<u8>,
    /// BAC MAC key.
    pub bac_kmac: Vec<u8>,
    /// K_π for PACE.
    pub k_pi: PasswordKeys,
}

/// K_π of one password for each cipher (9303-11 §9.7.3).
#[derive(Debug, Clone)]
pub struct PasswordKeys {
    /// 3DES, parity adjusted.
    pub triple_des: Vec<u8>,
    /// AES-128.
    pub aes128: Vec<u8>,
    /// AES-192.
    pub aes192: Vec<u8>,
    /// AES-256.
    pub aes256: Vec<u8>,
}

/// A string and its check digit.
#[derive(Debug, Clone)]
pub struct CheckDigitVector {
    /// The characters the digit is computed over.
    pub field: String,
    /// The digit.
    pub check: char,
}

/// All published machine readable zones. The keys of some were computed for this file; the file's `note` says which.
pub fn vectors() -> Vec<MrzVector> {
    list(&load("icao-mrz-and-keys")["mrz_vectors"])
        .iter()
        .map(|vector| MrzVector {
            format: text(&vector["format"]).to_owned(),
            lines: list(&vector["lines"])
                .iter()
                .map(|line| text(line).to_owned())
                .collect(),
            source: text(&vector["source"]).to_owned(),
            mrz_information: text(&vector["mrz_information"]).to_owned(),
            sha1: hex(&vector["sha1"]),
            bac_kenc: hex(&vector["bac_kenc"]),
            bac_kmac: hex(&vector["bac_kmac"]),
            k_pi: password_keys(vector, "pace_kpi"),
        })
        .collect()
}

/// CANs (or PINs) with their K_π.
pub fn can_keys() -> Vec<(String, PasswordKeys)> {
    list(&load("icao-mrz-and-keys")["can_pin_vectors"])
        .iter()
        .map(|vector| (text(&vector["password"]).to_owned(), password_keys(vector, "kpi")))
        .collect()
}

/// The check digit examples of 9303-3 appendix A, single fields and composites.
pub fn check_digits() -> Vec<CheckDigitVector> {
    list(&load("icao-mrz-and-keys")["check_digit_examples"])
        .iter()
        .map(|vector| {
            let field = vector.get("field").unwrap_or(&vector["concat"]);
            let check = text(&vector["check"]).chars().next();
            CheckDigitVector {
                field: text(field).to_owned(),
                check: check.unwrap_or_else(|| panic!("no check digit in {vector}")),
            }
        })
        .collect()
}

fn password_keys(vector: &serde_json::Value, prefix: &str) -> PasswordKeys {
    let key = |cipher: &str| hex(&vector[format!("{prefix}_{cipher}")]);
    PasswordKeys {
        triple_des: key("3des"),
        aes128: key("aes128"),
        aes192: key("aes192"),
        aes256: key("aes256"),
    }
}
