//! GlobalPlatform Secure Channel Protocol 03 transcripts (Card Specification, Amendment D).

use crate::load::{hex, list, load, text};
use crate::transcript::Exchange;

/// One wrapped command and, where the source has it, its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrappedExchange {
    /// The command APDU before wrapping.
    pub plain_command: Vec<u8>,
    /// The command APDU on the wire.
    pub wrapped_command: Vec<u8>,
    /// The wrapped and the plain response data and the status word; `None` where the source only has the command.
    pub response: Option<WrappedResponse>,
}

/// A wrapped answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrappedResponse {
    /// Response data on the wire (encrypted data and R-MAC as the level says), without status bytes.
    pub wrapped_data: Vec<u8>,
    /// Response data as the application reads them.
    pub plain_data: Vec<u8>,
    /// SW1 SW2; they travel in the clear and enter the R-MAC.
    pub status: Vec<u8>,
}

/// One whole session.
#[derive(Debug, Clone)]
pub struct Scp03Vector {
    /// The vector's id in its file, e.g. `SCP03-S8-AES128-level33`.
    pub id: String,
    /// Where it was read.
    pub source: String,
    /// Whether cryptograms and MACs are 16 bytes long (S16) instead of 8 (S8).
    pub s16: bool,
    /// Security level byte of EXTERNAL AUTHENTICATE.
    pub security_level: u8,
    /// Static encryption key.
    pub key_enc: Vec<u8>,
    /// Static MAC key.
    pub key_mac: Vec<u8>,
    /// Static data encryption key.
    pub key_dek: Vec<u8>,
    /// The host's challenge.
    pub host_challenge: Vec<u8>,
    /// The card's challenge.
    pub card_challenge: Vec<u8>,
    /// The card's cryptogram.
    pub card_cryptogram: Vec<u8>,
    /// The host's cryptogram.
    pub host_cryptogram: Vec<u8>,
    /// S-ENC.
    pub s_enc: Vec<u8>,
    /// S-MAC.
    pub s_mac: Vec<u8>,
    /// S-RMAC.
    pub s_rmac: Vec<u8>,
    /// INITIALIZE UPDATE and its answer.
    pub initialize_update: Exchange,
    /// EXTERNAL AUTHENTICATE and its answer.
    pub external_authenticate: Exchange,
    /// The wrapped exchanges in order.
    pub exchanges: Vec<WrappedExchange>,
}

/// A pseudo-random card challenge (Amendment D §6.2.2.1).
#[derive(Debug, Clone)]
pub struct CardChallengeVector {
    /// Static encryption key.
    pub key_enc: Vec<u8>,
    /// The sequence counter, 3 bytes.
    pub sequence_counter: Vec<u8>,
    /// AID of the application that runs the protocol.
    pub aid: Vec<u8>,
    /// The challenge.
    pub card_challenge: Vec<u8>,
}

/// All sessions, AES-128, 192 and 256, several security levels; one of them in S16 mode.
pub fn sessions() -> Vec<Scp03Vector> {
    list(&load("globalplatform-scp03")["vectors"])
        .iter()
        .map(|vector| Scp03Vector {
            id: text(&vector["id"]).to_owned(),
            source: text(&vector["source"]).to_owned(),
            s16: vector["mode"] == "S16",
            security_level: hex(&vector["security_level"])[0],
            key_enc: hex(&vector["key_enc"]),
            key_mac: hex(&vector["key_mac"]),
            key_dek: hex(&vector["key_dek"]),
            host_challenge: hex(&vector["host_challenge"]),
            card_challenge: hex(&vector["card_challenge"]),
            card_cryptogram: hex(&vector["card_cryptogram"]),
            host_cryptogram: hex(&vector["host_cryptogram"]),
            s_enc: hex(&vector["s_enc"]),
            s_mac: hex(&vector["s_mac"]),
            s_rmac: hex(&vector["s_rmac"]),
            initialize_update: Exchange {
                name: "INITIALIZE UPDATE".to_owned(),
                command: hex(&vector["initialize_update_cmd"]),
                response: with_success(hex(&vector["initialize_update_rsp_data"])),
            },
            external_authenticate: Exchange {
                name: "EXTERNAL AUTHENTICATE".to_owned(),
                command: hex(&vector["external_authenticate_cmd"]),
                response: with_success(Vec::new()),
            },
            exchanges: list(&vector["exchanges"])
                .iter()
                .map(|exchange| WrappedExchange {
                    plain_command: hex(&exchange["plain_cmd"]),
                    wrapped_command: hex(&exchange["wrapped_cmd"]),
                    response: exchange.get("rsp_sw").map(|status| WrappedResponse {
                        wrapped_data: hex(&exchange["wrapped_rsp_data"]),
                        plain_data: hex(&exchange["plain_rsp_data"]),
                        status: hex(status),
                    }),
                })
                .collect(),
        })
        .collect()
}

/// The pseudo-random card challenges of the transcripts.
pub fn card_challenges() -> Vec<CardChallengeVector> {
    list(&load("globalplatform-scp03")["derivation_vectors"])
        .iter()
        .filter(|vector| text(&vector["id"]).starts_with("pseudo-random-card-challenge"))
        .map(|vector| CardChallengeVector {
            key_enc: hex(&vector["key_enc"]),
            sequence_counter: hex(&vector["sequence_counter"]),
            aid: hex(&vector["aid"]),
            card_challenge: hex(&vector["card_challenge"]),
        })
        .collect()
}

fn with_success(mut data: Vec<u8>) -> Vec<u8> {
    data.extend([0x90, 0x00]);
    data
}
