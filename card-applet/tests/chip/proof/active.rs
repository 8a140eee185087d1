//! Active Authentication.

use super::*;
use card_applet::crypto::curve::PublicPoint;
use card_applet::crypto::signature;
use sha2::{Digest, Sha224, Sha256, Sha384};

const INTERNAL_AUTHENTICATE: [u8; 4] = [0, 0x88, 0, 0];
const RND_IFD: [u8; 8] = [0xF1, 0x73, 0x58, 0x99, 0x74, 0xBF, 0x40, 0xC6];

/// An ActiveAuthenticationInfo with ecdsa-plain and the hash function of this number.
fn info(hash: u8) -> Vec<u8> {
    bytes(&format!(
        "30170606678108010105020101060A04007F0007010104 01{hash:02X}"
    ))
}

fn card(curve: Curve, infos: &[Vec<u8>]) -> (TestCard, PublicPoint) {
    let scalar = vec![0x2A; curve.field_len()];
    let private = PrivateKey::from_bytes(curve, &scalar).unwrap();
    let public = Generator::Standard(curve).public_key(&private).unwrap();
    let key = Key {
        template: 0xB6,
        id: 0,
        curve,
        scalar,
    };
    (card_with(CARD_ACCESS_G1, &[key], infos), public)
}

/// The hash function is what DG14 says, else the longest that is not longer than the key; the signature is r ‖ s, and no
/// two are the same.
#[test]
fn signs_the_challenge() {
    type Hash = fn(&[u8]) -> Vec<u8>;
    let sha224: Hash = |message| Sha224::digest(message).to_vec();
    let sha256: Hash = |message| Sha256::digest(message).to_vec();
    let sha384: Hash = |message| Sha384::digest(message).to_vec();
    for (curve, infos, hash) in [
        (Curve::P256, vec![], sha256),
        (Curve::BrainpoolP256r1, vec![info(3)], sha256),
        (Curve::P256, vec![info(2)], sha224),
        (Curve::P384, vec![], sha384),
        (Curve::BrainpoolP384r1, vec![info(4)], sha384),
        (
            Curve::P384,
            vec![chip_authentication_info([2, 2], 2, None), info(3)],
            sha256,
        ),
    ] {
        let (mut card, public) = card(curve, &infos);
        let mut session = SecureMessaging::by_pace(&mut card);
        let mut sign = |card: &mut TestCard| {
            let (signature, status) = session.send(card, INTERNAL_AUTHENTICATE, &RND_IFD, Some(&[0]));
            assert_eq!(status, "9000");
            assert_eq!(signature.len(), 2 * curve.field_len());
            assert_eq!(signature::verify(&public, &hash(&RND_IFD), &signature), Ok(()));
            signature
        };
        let first = sign(&mut card);
        assert_ne!(first, sign(&mut card), "the nonce is fresh");
        assert_eq!(
            session.read(&mut card, OPEN),
            "6A82",
            "the session goes on; the application was not selected"
        );
    }
}

#[test]
fn what_is_not_signed() {
    let (mut card, _) = card(Curve::P256, &[]);
    assert_eq!(
        card.status("0088000008F173589974BF40C600"),
        "6982",
        "only in a session"
    );
    let mut session = SecureMessaging::by_pace(&mut card);
    for len in [0, 7, 9, 16] {
        assert_eq!(
            session.status(&mut card, INTERNAL_AUTHENTICATE, &vec![1; len]),
            "6700"
        );
    }
    assert_eq!(session.status(&mut card, [0, 0x88, 0, 1], &RND_IFD), "6A86");
    assert_eq!(
        session.status(&mut card, INTERNAL_AUTHENTICATE, &RND_IFD),
        "9000",
        "after all of that"
    );
}

/// A hash function that is longer than the key, SHA-1, another version, an unknown algorithm.
#[test]
fn what_dg14_must_not_ask_for() {
    let mut version_2 = info(3);
    version_2[12] = 2;
    let mut rsa = info(3);
    rsa[24] = 9;
    for (curve, info) in [
        (Curve::P256, info(4)),
        (Curve::P256, info(1)),
        (Curve::P384, info(5)),
        (Curve::P256, version_2),
        (Curve::P256, rsa),
    ] {
        let (mut card, _) = card(curve, &[info]);
        let mut session = SecureMessaging::by_pace(&mut card);
        assert_eq!(session.status(&mut card, INTERNAL_AUTHENTICATE, &RND_IFD), "6985");
    }
    let mut card = card_with(CARD_ACCESS_G1, &[], &[info(3)]);
    let mut session = SecureMessaging::by_pace(&mut card);
    assert_eq!(
        session.status(&mut card, INTERNAL_AUTHENTICATE, &RND_IFD),
        "6A88",
        "no key"
    );
}
