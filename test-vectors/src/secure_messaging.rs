//! Secure messaging sessions, ICAO Doc 9303-11 §9.8.

use serde_json::Value;

use crate::load::{hex, list, load, text};
use crate::transcript::Provenance;

/// One protected exchange, before and after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProtectedExchange {
    /// What the exchange does.
    pub name: String,
    /// The command APDU as the application wrote it.
    pub plain_command: Vec<u8>,
    /// The command APDU on the wire.
    pub protected_command: Vec<u8>,
    /// The response APDU on the wire, with the status bytes outside the protection.
    pub protected_response: Vec<u8>,
    /// The response APDU as the application reads it: data and the status bytes of DO'99'.
    pub plain_response: Vec<u8>,
}

/// A session: keys, counter and the exchanges in order.
#[derive(Debug, Clone)]
pub struct SecureMessagingVector {
    /// `3des`, `aes128`, `aes192` or `aes256`.
    pub algorithm: String,
    /// How far the session may be trusted.
    pub provenance: Provenance,
    /// Session encryption key.
    pub ks_enc: Vec<u8>,
    /// Session MAC key.
    pub ks_mac: Vec<u8>,
    /// Send sequence counter before the first command: one cipher block.
    pub ssc_initial: Vec<u8>,
    /// The exchanges; each moves the counter by two.
    pub exchanges: Vec<ProtectedExchange>,
}

/// A single protected command of a session whose start is not published.
#[derive(Debug, Clone)]
pub struct ProtectedCommand {
    /// Where it was read.
    pub source: String,
    /// Session encryption key.
    pub ks_enc: Vec<u8>,
    /// Session MAC key.
    pub ks_mac: Vec<u8>,
    /// The counter that enters this command's MAC (already incremented).
    pub ssc: Vec<u8>,
    /// The command APDU as the application wrote it.
    pub plain: Vec<u8>,
    /// The command APDU on the wire.
    pub protected: Vec<u8>,
}

/// All sessions: 9303-11 appendix D.4 (3DES, published), then the self-generated 3DES and AES-192 ones.
pub fn sessions() -> Vec<SecureMessagingVector> {
    let icao = load("icao-bac-3des");
    let keys = &icao["D3_authentication"];
    let mut sessions = vec![SecureMessagingVector {
        algorithm: "3des".to_owned(),
        provenance: Provenance::Published,
        ks_enc: hex(&keys["ks_enc"]),
        ks_mac: hex(&keys["ks_mac"]),
        ssc_initial: hex(&keys["ssc_initial"]),
        exchanges: exchanges(&icao["D4_secure_messaging"], "plain_sw"),
    }];
    let own = load("self-generated-crosscheck");
    sessions.extend(
        list(&own["secure_messaging"])
            .iter()
            .map(|session| SecureMessagingVector {
                algorithm: text(&session["alg"]).to_owned(),
                provenance: Provenance::SelfGenerated,
                ks_enc: hex(&session["ks_enc"]),
                ks_mac: hex(&session["ks_mac"]),
                ssc_initial: hex(&session["ssc_initial"]),
                exchanges: exchanges(&session["exchanges"], "sw"),
            }),
    );
    sessions
}

/// The published AES-256 command (PersoSim).
pub fn aes256_command() -> ProtectedCommand {
    let file = load("secure-messaging-and-primitives");
    let vector = &file["published"]["persosim_aes256"];
    ProtectedCommand {
        source: text(&vector["source"]).to_owned(),
        ks_enc: hex(&vector["ks_enc"]),
        ks_mac: hex(&vector["ks_mac"]),
        ssc: hex(&vector["ssc"]),
        plain: hex(&vector["plain"]),
        protected: hex(&vector["protected"]),
    }
}

/// A message and its AES-CMAC.
#[derive(Debug, Clone)]
pub struct CmacVector {
    /// The AES-128 key.
    pub key: Vec<u8>,
    /// The message.
    pub message: Vec<u8>,
    /// The 16-byte MAC.
    pub mac: Vec<u8>,
}

/// The AES-CMAC examples of RFC 4493 §4.
pub fn aes_cmac() -> Vec<CmacVector> {
    let file = load("secure-messaging-and-primitives");
    let vector = &file["published"]["rfc4493"];
    list(&vector["cases"])
        .iter()
        .map(|case| CmacVector {
            key: hex(&vector["key"]),
            message: hex(&case["msg"]),
            mac: hex(&case["mac"]),
        })
        .collect()
}

fn exchanges(value: &Value, status_field: &str) -> Vec<ProtectedExchange> {
    list(value)
        .iter()
        .map(|exchange| {
            let mut plain_response = hex(&exchange["plain_rsp_data"]);
            plain_response.extend(hex(&exchange[status_field]));
            ProtectedExchange {
                name: text(&exchange["name"]).to_owned(),
                plain_command: hex(&exchange["plain_cmd"]),
                protected_command: hex(&exchange["protected_cmd"]),
                protected_response: hex(&exchange["protected_rsp"]),
                plain_response,
            }
        })
        .collect()
}
