//! Basic Access Control, ICAO Doc 9303-11 appendix D.

use crate::load::{hex, load, text};
use crate::transcript::Exchange;

/// The worked example of 9303-11 appendix D.1–D.3. Field names are the document's.
#[derive(Debug, Clone)]
pub struct BacVector {
    /// Where it was read.
    pub source: String,
    /// Document number, date of birth and date of expiry, each with its check digit.
    pub mrz_information: String,
    /// SHA-1 of [`mrz_information`](Self::mrz_information).
    pub sha1_mrz_information: Vec<u8>,
    /// Document basic access encryption key, parity adjusted.
    pub kenc: Vec<u8>,
    /// Document basic access MAC key, parity adjusted.
    pub kmac: Vec<u8>,
    /// The chip's challenge RND.IC.
    pub rnd_ic: Vec<u8>,
    /// The terminal's challenge RND.IFD.
    pub rnd_ifd: Vec<u8>,
    /// The terminal's keying material.
    pub k_ifd: Vec<u8>,
    /// The chip's keying material.
    pub k_ic: Vec<u8>,
    /// K.Seed of the session, the exclusive or of the two keying materials.
    pub k_seed: Vec<u8>,
    /// Session encryption key.
    pub ks_enc: Vec<u8>,
    /// Session MAC key.
    pub ks_mac: Vec<u8>,
    /// Send sequence counter at the start of secure messaging.
    pub ssc_initial: Vec<u8>,
    /// GET CHALLENGE and EXTERNAL AUTHENTICATE.
    pub exchanges: Vec<Exchange>,
}

/// The worked example of 9303-11 appendix D.1–D.3; its secure messaging (D.4) is the first session of
/// [`secure_messaging::sessions`](crate::secure_messaging::sessions).
pub fn worked_example() -> BacVector {
    let file = load("icao-bac-3des");
    let d1 = &file["D1_key_derivation"];
    let d3 = &file["D3_authentication"];
    let exchange = |name: &str, key: &str| Exchange {
        name: name.to_owned(),
        command: hex(&d3[format!("{key}_cmd")]),
        response: hex(&d3[format!("{key}_rsp")]),
    };
    BacVector {
        source: text(&file["source"]).to_owned(),
        mrz_information: text(&file["mrz_information"]).to_owned(),
        sha1_mrz_information: hex(&file["sha1_mrz_information"]),
        kenc: hex(&d1["kenc"]),
        kmac: hex(&d1["kmac"]),
        rnd_ic: hex(&d3["rnd_ic"]),
        rnd_ifd: hex(&d3["rnd_ifd"]),
        k_ifd: hex(&d3["k_ifd"]),
        k_ic: hex(&d3["k_ic"]),
        k_seed: hex(&d3["k_seed"]),
        ks_enc: hex(&d3["ks_enc"]),
        ks_mac: hex(&d3["ks_mac"]),
        ssc_initial: hex(&d3["ssc_initial"]),
        exchanges: vec![
            exchange("GET CHALLENGE", "get_challenge"),
            exchange("EXTERNAL AUTHENTICATE", "external_authenticate"),
        ],
    }
}
