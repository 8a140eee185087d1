//! How the chip proves that it is no copy: Chip Authentication, PACE-CAM, Active Authentication. What it agrees to,
//! what it refuses, and what is left of the session afterwards.

#[path = "proof/active.rs"]
mod active;
#[path = "proof/agreement.rs"]
mod agreement;
#[path = "proof/issuer_matrix.rs"]
mod issuer_matrix;
#[path = "proof/mapping.rs"]
mod mapping;
#[path = "proof/matrix.rs"]
mod matrix;
#[path = "proof/model.rs"]
mod model;
#[path = "proof/rights.rs"]
mod rights;
#[path = "proof/sessions.rs"]
mod sessions;

use crate::secure_messaging::{SELECT_APPLICATION, SecureMessaging};
use crate::support::*;
use card_applet::crypto::cipher::SymmetricAlgorithm;
use card_applet::crypto::curve::{Curve, Generator, PrivateKey, PublicPoint};
use serde_json::Value;
use sha1::{Digest, Sha1};
use test_vectors::{pace, text};

/// Short identifier of the file that is readable after the chip has proved itself, and not before.
const PROTECTED: u8 = 5;
/// Of one that is readable in every session.
const OPEN: u8 = 1;

/// A private key that the card is to draw.
#[derive(Clone)]
struct Key {
    /// A6 or B6.
    template: u8,
    id: u8,
    curve: Curve,
    scalar: Vec<u8>,
}

impl Key {
    fn chip_authentication(id: u8, curve: Curve, scalar: Vec<u8>) -> Self {
        Self {
            template: 0xA6,
            id,
            curve,
            scalar,
        }
    }
}

/// A ChipAuthenticationInfo; `oid` is the last two numbers of the object identifier.
fn chip_authentication_info(oid: [u8; 2], version: u8, key_id: Option<u8>) -> Vec<u8> {
    let key_id = key_id.map_or(String::new(), |id| format!("0201{id:02X}"));
    let content = format!(
        "060A04007F0007020203{:02X}{:02X}0201{version:02X}{key_id}",
        oid[0], oid[1]
    );
    bytes(&format!("30{:02X}{content}", content.len() / 2))
}

/// A set of infos among which stands one that is longer than the chip looks at.
fn set_of(infos: &[Vec<u8>]) -> Vec<u8> {
    let long = [
        &bytes("3081AC060904007F000702020102")[..],
        &[0x04, 0x81, 0x9E],
        &[0xAA; 158],
    ]
    .concat();
    let content = [infos.concat(), long].concat();
    [
        &[0x31, 0x82, (content.len() >> 8) as u8, content.len() as u8][..],
        &content,
    ]
    .concat()
}

/// An operational card of appendix G.1's MRZ that has drawn these keys, with DG14 of these infos.
fn card_with(card_access: &str, keys: &[Key], infos: &[Vec<u8>]) -> TestCard {
    made(card_access, keys, &dg14(infos), &pace::worked_example().password)
}

/// DG14 with these infos.
fn dg14(infos: &[Vec<u8>]) -> Vec<u8> {
    let set = set_of(infos);
    [&[0x6E, 0x82, (set.len() >> 8) as u8, set.len() as u8][..], &set].concat()
}

fn made(card_access: &str, keys: &[Key], dg14: &[u8], mrz_information: &str) -> TestCard {
    let mut card = loaded(card_access, keys, dg14, mrz_information);
    assert_eq!(activate(&mut card), "9000");
    card
}

/// A card that is loaded and not activated.
fn loaded(card_access: &str, keys: &[Key], dg14: &[u8], mrz_information: &str) -> TestCard {
    let mut card = TestCard::blank();
    load(&mut card, card_access, mrz_information.as_bytes());
    let mut issuer = Issuer::open(&mut card, 0x30, &ISSUER);
    for key in keys {
        issuer.card.rng.script.borrow_mut().push_back(key.scalar.clone());
        let request = format!(
            "{:02X}068401{:02X}8001{:02X}8710{}",
            key.template,
            key.id,
            key.curve.parameter_id(),
            "77".repeat(16)
        );
        let answer = issuer.send(0x47, 0x80, 0, &bytes(&request));
        assert!(answer.ends_with("9000"), "{answer}");
    }
    issuer.load(0x011D, 0x1D, 0x42, b"EF.CardSecurity");
    assert_eq!(issuer.send(0xA4, 4, 0x0C, &SELECT_APPLICATION), "9000");
    issuer.load(0x010E, 14, 0x41, dg14);
    issuer.load(0x0105, PROTECTED, 0x43, b"protected");
    card.reset();
    card
}

const SET_KAT: [u8; 4] = [0, 0x22, 0x41, 0xA6];
const SET_AT: [u8; 4] = [0, 0x22, 0x41, 0xA4];
const GENERAL_AUTHENTICATE: [u8; 4] = [0, 0x86, 0, 0];
/// id-CA-ECDH with 3DES, and with AES-128.
const TRIPLE_DES: [u8; 2] = [2, 1];
const AES_128: [u8; 2] = [2, 2];

fn object(tag: u8, value: &[u8]) -> Vec<u8> {
    [&[tag, value.len() as u8][..], value].concat()
}

/// MSE:Set AT's data field for a protocol of which `oid` is the end.
fn template(oid: [u8; 2], key_reference: Option<&[u8]>) -> Vec<u8> {
    let oid = [&[4, 0, 0x7F, 0, 7, 2, 2, 3][..], &oid].concat();
    let reference = key_reference.map_or(Vec::new(), |reference| object(0x84, reference));
    [object(0x80, &oid), reference].concat()
}

fn dynamic_data(point: &[u8]) -> Vec<u8> {
    object(0x7C, &object(0x80, point))
}

fn curve(vector: &Value) -> Curve {
    match text(&vector["curve"]) {
        "NIST P-256" => Curve::P256,
        "brainpoolP256r1" => Curve::BrainpoolP256r1,
        "NIST P-384" => Curve::P384,
        other => panic!("{other}"),
    }
}

/// A session of PACE in the application.
fn in_application(card: &mut TestCard) -> SecureMessaging {
    let mut session = SecureMessaging::by_pace(card);
    assert_eq!(
        session.status(card, [0, 0xA4, 4, 0x0C], &SELECT_APPLICATION),
        "9000"
    );
    session
}

/// The session goes on, and nothing is proved.
fn assert_unproved(session: &mut SecureMessaging, card: &mut TestCard, why: &str) {
    assert_eq!(session.read(card, OPEN), "9000", "{why}");
    assert_eq!(session.read(card, PROTECTED), "6982", "{why}");
}

/// A P-256 key under identifier 1, a brainpool key under 2; both with 3DES, the second with AES-128 too. DG14 also
/// offers what the chip has not, so that the card cannot be activated.
fn two_keys() -> TestCard {
    loaded(
        CARD_ACCESS_G1,
        &[
            Key::chip_authentication(1, Curve::P256, vec![5; 32]),
            Key::chip_authentication(2, Curve::BrainpoolP256r1, vec![6; 32]),
        ],
        &dg14(&[
            chip_authentication_info(TRIPLE_DES, 1, Some(1)),
            chip_authentication_info(TRIPLE_DES, 1, Some(2)),
            chip_authentication_info(AES_128, 1, Some(2)),
            chip_authentication_info([2, 4], 2, Some(1)),
            chip_authentication_info([1, 2], 1, Some(1)),
        ]),
        &pace::worked_example().password,
    )
}

fn public(curve: Curve, scalar: u8) -> Vec<u8> {
    let private = PrivateKey::from_bytes(curve, &vec![scalar; curve.field_len()]).unwrap();
    let public = Generator::Standard(curve).public_key(&private).unwrap();
    public.as_bytes().to_vec()
}

/// The session with AES-128 that the chip's static key and the terminal's ephemeral key of these scalars lead to.
fn restarted(curve: Curve, chip: u8, terminal: u8) -> SecureMessaging {
    let private = PrivateKey::from_bytes(curve, &vec![terminal; curve.field_len()]).unwrap();
    let chip = PublicPoint::from_uncompressed(curve, &public(curve, chip)).unwrap();
    let shared = private.agree(&chip).unwrap();
    let key = |counter: u8| Sha1::digest([shared.x(), &[0, 0, 0, counter]].concat())[..16].to_vec();
    SecureMessaging::new(SymmetricAlgorithm::Aes128, &key(1), &key(2))
}
