//! PACE with Integrated Mapping, ICAO Doc 9303-11 §4.4 and appendix H.

use serde_json::Value;

use super::{dynamic_authentication_data, key_agreement_exchanges, parameter_id, set_at_exchange};
use crate::load::{hex, list, load, text};
use crate::transcript::{Exchange, Provenance};

/// One run of PACE with Integrated Mapping, over a curve or (H.2) a MODP group, with everything both sides computed.
/// Field names follow the vector file and 9303-11.
#[derive(Debug, Clone)]
pub struct IntegratedVector {
    /// The vector's id in its file.
    pub id: String,
    /// How far the run may be trusted.
    pub provenance: Provenance,
    /// Content bytes of the protocol's object identifier.
    pub oid: Vec<u8>,
    /// Standardized domain parameter id.
    pub parameter_id: u8,
    /// The CAN, digits.
    pub can: String,
    /// K_π, the key that encrypts the nonce.
    pub k_pi: Vec<u8>,
    /// The chip's nonce s.
    pub nonce: Vec<u8>,
    /// The nonce s as it travels in DO'80'.
    pub nonce_enc: Vec<u8>,
    /// The terminal's nonce t.
    pub nonce_t: Vec<u8>,
    /// The pseudo-random string x_1 ‖ … ‖ x_n of R_p(s, t).
    pub prf: Vec<u8>,
    /// The string reduced modulo p.
    pub prf_mod_p: Vec<u8>,
    /// The mapped generator.
    pub mapped_generator: Vec<u8>,
    /// Terminal's key agreement private key.
    pub ka_term_priv: Vec<u8>,
    /// Terminal's key agreement public key.
    pub ka_term_pub: Vec<u8>,
    /// Chip's key agreement private key.
    pub ka_chip_priv: Vec<u8>,
    /// Chip's key agreement public key.
    pub ka_chip_pub: Vec<u8>,
    /// The shared secret K: the x-coordinate, or the group element.
    pub shared_secret: Vec<u8>,
    /// Session encryption key.
    pub ks_enc: Vec<u8>,
    /// Session MAC key.
    pub ks_mac: Vec<u8>,
    /// The terminal's authentication token.
    pub t_ifd: Vec<u8>,
    /// The chip's authentication token.
    pub t_ic: Vec<u8>,
}

impl IntegratedVector {
    /// The five exchanges from MSE:Set AT to mutual authentication that these values give on the wire. The chip's
    /// mapping data object is empty (9303-11 §4.4.5.2.2).
    pub fn exchanges(&self) -> Vec<Exchange> {
        let mut mapping = dynamic_authentication_data(0x82, &[]);
        mapping.extend([0x90, 0x00]);
        key_agreement_exchanges(
            set_at_exchange(&self.oid, 0x02),
            &self.nonce_enc,
            (&self.nonce_t, mapping),
            (&self.ka_term_pub, &self.ka_chip_pub),
            (&self.t_ifd, &self.t_ic),
        )
    }
}

/// All PACE-ECDH-IM runs: appendix H.1 (published), then the self-generated ones over every curve and cipher.
pub fn integrated_mapping_vectors() -> Vec<IntegratedVector> {
    let own = load("self-generated-crosscheck");
    let own = list(&own["pace"])
        .iter()
        .filter(|vector| text(&vector["id"]).ends_with("-IM"));
    let mut vectors = vec![integrated_worked_example()];
    vectors.extend(own.map(|vector| from_json(vector, text(&vector["password"]), Provenance::SelfGenerated)));
    vectors
}

/// Runs with Integrated Mapping in groups that no published run is in: P-521, MODP 2048/224 and 2048/256. Self-generated.
pub fn integrated_mapping_in_further_groups() -> Vec<IntegratedVector> {
    let file = load("self-generated-pace-groups");
    let own = list(&file["pace"])
        .iter()
        .filter(|vector| text(&vector["id"]).ends_with("-IM"));
    own.map(|vector| from_json(vector, text(&vector["password"]), Provenance::SelfGenerated))
        .collect()
}

/// The worked example of 9303-11 appendix H.1: brainpoolP256r1, AES-128.
pub fn integrated_worked_example() -> IntegratedVector {
    published("ICAO-9303-11-AppH1")
}

/// The worked example of 9303-11 appendix H.2: the 1024-bit MODP group of RFC 5114, AES-128.
pub fn integrated_dh_worked_example() -> IntegratedVector {
    published("ICAO-9303-11-AppH2")
}

fn published(id: &str) -> IntegratedVector {
    let file = load("icao-pace-im");
    let vector = list(&file["vectors"])
        .iter()
        .find(|vector| vector["id"] == id)
        .unwrap_or_else(|| panic!("icao-pace-im.json has no vector {id}"));
    // The file's note on k_pi: the appendix uses this CAN.
    from_json(vector, "123456", Provenance::Published)
}

fn from_json(vector: &Value, can: &str, provenance: Provenance) -> IntegratedVector {
    IntegratedVector {
        id: text(&vector["id"]).to_owned(),
        provenance,
        oid: hex(&vector["oid"]),
        parameter_id: parameter_id(vector),
        can: can.to_owned(),
        k_pi: hex(&vector["k_pi"]),
        nonce: hex(&vector["nonce"]),
        nonce_enc: hex(&vector["nonce_enc"]),
        nonce_t: hex(&vector["nonce_t"]),
        prf: hex(&vector["prf"]),
        prf_mod_p: hex(&vector["prf_mod_p"]),
        mapped_generator: hex(&vector["mapped_generator"]),
        ka_term_priv: hex(&vector["ka_term_priv"]),
        ka_term_pub: hex(&vector["ka_term_pub"]),
        ka_chip_priv: hex(&vector["ka_chip_priv"]),
        ka_chip_pub: hex(&vector["ka_chip_pub"]),
        shared_secret: hex(&vector["shared_secret"]),
        ks_enc: hex(&vector["ks_enc"]),
        ks_mac: hex(&vector["ks_mac"]),
        t_ifd: hex(&vector["t_ifd"]),
        t_ic: hex(&vector["t_ic"]),
    }
}
