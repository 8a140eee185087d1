//! How the chip proves that it is no copy: Chip Authentication, PACE-CAM, Active Authentication. What it agrees to,
//! what it refuses, and what is left of the session afterwards.

#[path = "proof/active.rs"]
mod active;
#[path = "proof/agreement.rs"]
mod agreement;
#[path = "proof/mapping.rs"]
mod mapping;

use crate::secure_messaging::SELECT_APPLICATION;
use crate::support::*;
use card_applet::crypto::curve::Curve;
use test_vectors::pace;

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
    let set = set_of(infos);
    let dg14 = [&[0x6E, 0x82, (set.len() >> 8) as u8, set.len() as u8][..], &set].concat();
    made(card_access, keys, &dg14, &pace::worked_example().password)
}

/// The same with another MRZ, and without infos.
fn card_with_mrz(card_access: &str, keys: &[Key], mrz_information: &str) -> TestCard {
    made(card_access, keys, &bytes("6E023100"), mrz_information)
}

fn made(card_access: &str, keys: &[Key], dg14: &[u8], mrz_information: &str) -> TestCard {
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
    assert_eq!(issuer.send(0xA4, 4, 0x0C, &SELECT_APPLICATION), "9000");
    issuer.load(0x010E, 14, 0x41, dg14);
    issuer.load(0x0105, PROTECTED, 0x43, b"protected");
    card.reset();
    assert_eq!(activate(&mut card), "9000");
    card
}
