//! PACE, ICAO Doc 9303-11 §4.4: here Generic Mapping and appendix G, in `integrated` Integrated Mapping and
//! appendix H.

mod integrated;

pub use integrated::{
    IntegratedVector, integrated_dh_worked_example, integrated_mapping_in_further_groups,
    integrated_mapping_vectors, integrated_worked_example,
};

use serde_json::Value;

use crate::load::{hex, list, load, text};
use crate::mrz;
use crate::transcript::{Exchange, Provenance};

/// One run of PACE with Generic Mapping, over a curve or (G.2) a MODP group, with everything both sides computed. Field
/// names follow the vector file and 9303-11; points are uncompressed (`04 ‖ x ‖ y`).
#[derive(Debug, Clone)]
pub struct PaceVector {
    /// The vector's id in its file.
    pub id: String,
    /// How far the run may be trusted.
    pub provenance: Provenance,
    /// Content bytes of the protocol's object identifier.
    pub oid: Vec<u8>,
    /// Standardized domain parameter id: 12 = P-256, 13 = brainpoolP256r1, …
    pub parameter_id: u8,
    /// The password before hashing: the CAN's digits, or the MRZ information (the key is derived from its SHA-1).
    pub password: String,
    /// Whether [`password`](Self::password) is MRZ information.
    pub password_is_mrz: bool,
    /// K_π, the key that encrypts the nonce.
    pub k_pi: Vec<u8>,
    /// The nonce s.
    pub nonce: Vec<u8>,
    /// The nonce as it travels in DO'80'.
    pub nonce_enc: Vec<u8>,
    /// Terminal's mapping private key.
    pub map_term_priv: Vec<u8>,
    /// Terminal's mapping public key.
    pub map_term_pub: Vec<u8>,
    /// Chip's mapping private key.
    pub map_chip_priv: Vec<u8>,
    /// Chip's mapping public key.
    pub map_chip_pub: Vec<u8>,
    /// The shared point H of the mapping.
    pub map_shared_h: Vec<u8>,
    /// The mapped generator Ĝ = s·G + H.
    pub mapped_generator: Vec<u8>,
    /// Terminal's key agreement private key.
    pub ka_term_priv: Vec<u8>,
    /// Terminal's key agreement public key.
    pub ka_term_pub: Vec<u8>,
    /// Chip's key agreement private key.
    pub ka_chip_priv: Vec<u8>,
    /// Chip's key agreement public key.
    pub ka_chip_pub: Vec<u8>,
    /// The shared secret K (x-coordinate).
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

impl PaceVector {
    /// The five exchanges from MSE:Set AT to mutual authentication that these values give on the wire.
    ///
    /// Built here from the values alone (9303-11 §4.4.4), with the byte layout of appendix G.1, which the crate's own
    /// test compares with the published transcript.
    pub fn exchanges(&self) -> Vec<Exchange> {
        let mut mapping = dynamic_authentication_data(0x82, &self.map_chip_pub);
        mapping.extend([0x90, 0x00]);
        key_agreement_exchanges(
            set_at_exchange(&self.oid, if self.password_is_mrz { 0x01 } else { 0x02 }),
            &self.nonce_enc,
            (&self.map_term_pub, mapping),
            (&self.ka_term_pub, &self.ka_chip_pub),
            (&self.t_ifd, &self.t_ic),
        )
    }
}

/// MSE:Set AT for a protocol and a password.
fn set_at_exchange(oid: &[u8], password: u8) -> Exchange {
    let mut set_at = vec![0x80, byte(oid.len())];
    set_at.extend(oid);
    set_at.extend([0x83, 0x01, password]);
    let mut command = vec![0x00, 0x22, 0xC1, 0xA4, byte(set_at.len())];
    command.extend(set_at);
    Exchange {
        name: "MSE:Set AT".to_owned(),
        command,
        response: vec![0x90, 0x00],
    }
}

/// `set_at` and the four exchanges behind it. `mapping`: the terminal's mapping data and the chip's whole answer to
/// them; `keys` and `tokens`: the terminal's and the chip's.
fn key_agreement_exchanges(
    set_at: Exchange,
    nonce_enc: &[u8],
    mapping: (&[u8], Vec<u8>),
    keys: (&[u8], &[u8]),
    tokens: (&[u8], &[u8]),
) -> Vec<Exchange> {
    let exchange = |name: &str, class: u8, tag: u8, data: &[u8], response: Vec<u8>| {
        let request = dynamic_authentication_data(tag, data);
        let mut command = vec![class, 0x86, 0x00, 0x00];
        // Elements of a 2048-bit group do not fit a short APDU, nor does their answer.
        if let Ok(len) = u8::try_from(request.len()) {
            command.push(len);
            command.extend(&request);
            command.push(0x00);
        } else {
            command.push(0x00);
            command.extend(word(request.len()));
            command.extend(&request);
            command.extend([0x00, 0x00]);
        }
        Exchange {
            name: name.to_owned(),
            command,
            response,
        }
    };
    let answer = |tag: u8, data: &[u8]| {
        let mut response = dynamic_authentication_data(tag, data);
        response.extend([0x90, 0x00]);
        response
    };
    vec![
        set_at,
        exchange("encrypted nonce", 0x10, 0x00, &[], answer(0x80, nonce_enc)),
        exchange("map nonce", 0x10, 0x81, mapping.0, mapping.1),
        exchange("key agreement", 0x10, 0x83, keys.0, answer(0x84, keys.1)),
        exchange(
            "mutual authentication",
            0x00,
            0x85,
            tokens.0,
            answer(0x86, tokens.1),
        ),
    ]
}

/// All PACE-ECDH-GM runs: appendix G.1 and the BSI EAC worked example (published), then the
/// self-generated ones over every curve and cipher.
pub fn generic_mapping_vectors() -> Vec<PaceVector> {
    let own = load("self-generated-crosscheck");
    let own = list(&own["pace"])
        .iter()
        .filter(|vector| text(&vector["id"]).ends_with("-GM"));
    let mut vectors = vec![worked_example(), bsi_worked_example()];
    vectors.extend(own.map(|vector| from_json(vector, Provenance::SelfGenerated)));
    vectors
}

/// The worked example of 9303-11 appendix G.1: brainpoolP256r1, AES-128, MRZ.
pub fn worked_example() -> PaceVector {
    let file = load("icao-pace-gm");
    from_json(find_g1(&file), Provenance::Published)
}

/// The worked example of 9303-11 appendix G.2: the 1024-bit MODP group of RFC 5114, AES-128, MRZ.
pub fn dh_worked_example() -> PaceVector {
    let file = load("icao-pace-gm");
    from_json(find(&file, "ICAO-9303-11-AppG2"), Provenance::Published)
}

/// PACE of the BSI EAC worked example: brainpoolP256r1, AES-128. Its password is a PIN; a PIN and a CAN of the
/// same digits give the same K_π, so the run serves as a CAN run.
pub fn bsi_worked_example() -> PaceVector {
    let file = load("bsi-eac2-worked-example");
    let vector = list(&file["vectors"])
        .iter()
        .find(|vector| vector["id"] == "EAC2-ECDH")
        .unwrap_or_else(|| panic!("bsi-eac2-worked-example.json has no vector EAC2-ECDH"));
    let values = &vector["values"];
    let password = text(&file["password"]);
    let (_, password_keys) = mrz::can_keys()
        .into_iter()
        .find(|(can, _)| can == password)
        .unwrap_or_else(|| panic!("icao-mrz-and-keys.json has no K_π for {password}"));
    // The file keeps private keys as ASN.1 INTEGERs, some with a leading zero byte.
    let private = |name: &str| {
        let value = hex(&values[name]);
        value[value.len() - 32..].to_vec()
    };
    PaceVector {
        id: text(&vector["id"]).to_owned(),
        provenance: Provenance::Published,
        oid: hex(&vector["pace_oid"]),
        parameter_id: 13,
        password: password.to_owned(),
        password_is_mrz: false,
        k_pi: password_keys.aes128,
        nonce: hex(&values["nonce"]),
        nonce_enc: hex(&values["nonce_enc"]),
        map_term_priv: private("map_pcd_priv_key"),
        map_term_pub: hex(&values["map_pcd_pub_key"]),
        map_chip_priv: private("map_picc_priv_key"),
        map_chip_pub: hex(&values["map_picc_pub_key"]),
        map_shared_h: hex(&values["map_shared_secret_h"]),
        mapped_generator: hex(&values["map_generator"]),
        ka_term_priv: private("pcd_priv_key"),
        ka_term_pub: hex(&values["pcd_pub_key"]),
        ka_chip_priv: private("picc_priv_key"),
        ka_chip_pub: hex(&values["picc_pub_key"]),
        shared_secret: hex(&values["shared_secret_k"]),
        ks_enc: hex(&values["k_enc"]),
        ks_mac: hex(&values["k_mac"]),
        t_ifd: hex(&values["authentication_token_pcd"]),
        t_ic: hex(&values["authentication_token_picc"]),
    }
}

/// The five exchanges of appendix G.1 as the document prints them.
pub fn worked_example_exchanges() -> Vec<Exchange> {
    Exchange::from_list(&find_g1(&load("icao-pace-gm"))["apdus"])
}

/// The PACEInfo of appendix G.1, DER.
pub fn worked_example_pace_info() -> Vec<u8> {
    hex(&find_g1(&load("icao-pace-gm"))["pace_info"])
}

fn find_g1(file: &Value) -> &Value {
    find(file, "ICAO-9303-11-AppG1")
}

fn find<'a>(file: &'a Value, id: &str) -> &'a Value {
    list(&file["vectors"])
        .iter()
        .find(|vector| vector["id"] == id)
        .unwrap_or_else(|| panic!("icao-pace-gm.json has no vector {id}"))
}

/// Runs with Generic Mapping in groups that no published run is in: P-521, MODP 2048/224 and 2048/256. Self-generated.
pub fn generic_mapping_in_further_groups() -> Vec<PaceVector> {
    let file = load("self-generated-pace-groups");
    let own = list(&file["pace"])
        .iter()
        .filter(|vector| text(&vector["id"]).ends_with("-GM"));
    own.map(|vector| from_json(vector, Provenance::SelfGenerated))
        .collect()
}

fn from_json(vector: &Value, provenance: Provenance) -> PaceVector {
    let password_is_mrz = vector["password_type"] == "MRZ";
    let password = if password_is_mrz {
        &vector["mrz_information"]
    } else {
        &vector["password"]
    };
    PaceVector {
        id: text(&vector["id"]).to_owned(),
        provenance,
        oid: hex(&vector["oid"]),
        parameter_id: parameter_id(vector),
        password: text(password).to_owned(),
        password_is_mrz,
        k_pi: hex(&vector["k_pi"]),
        nonce: hex(&vector["nonce"]),
        nonce_enc: hex(&vector["nonce_enc"]),
        map_term_priv: hex(&vector["map_term_priv"]),
        map_term_pub: hex(&vector["map_term_pub"]),
        map_chip_priv: hex(&vector["map_chip_priv"]),
        map_chip_pub: hex(&vector["map_chip_pub"]),
        map_shared_h: hex(&vector["map_shared_h"]),
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

fn parameter_id(vector: &Value) -> u8 {
    let id = vector["parameter_id"]
        .as_u64()
        .and_then(|id| u8::try_from(id).ok());
    id.unwrap_or_else(|| panic!("parameter_id in {vector}"))
}

/// `7C { tag { value } }`, or the empty `7C 00` when the tag is zero (first GENERAL AUTHENTICATE).
fn dynamic_authentication_data(tag: u8, value: &[u8]) -> Vec<u8> {
    if tag == 0 {
        return vec![0x7C, 0x00];
    }
    let mut inner = vec![tag];
    inner.extend(length(value.len()));
    inner.extend(value);
    let mut outer = vec![0x7C];
    outer.extend(length(inner.len()));
    outer.extend(inner);
    outer
}

fn length(length: usize) -> Vec<u8> {
    match length {
        0..0x80 => vec![byte(length)],
        0x80..0x100 => vec![0x81, byte(length)],
        _ => [&[0x82], &word(length)[..]].concat(),
    }
}

fn word(length: usize) -> [u8; 2] {
    u16::try_from(length)
        .unwrap_or_else(|_| panic!("{length} bytes do not fit an APDU"))
        .to_be_bytes()
}

fn byte(length: usize) -> u8 {
    u8::try_from(length).unwrap_or_else(|_| panic!("{length} bytes do not fit a short APDU"))
}
