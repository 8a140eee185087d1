//! What Terminal Authentication is bound to: a chip that has proved itself, the session in which it did, and the newest
//! ephemeral key of the terminal. The certificates are written out byte by byte.

use super::*;
pub(super) use crate::pki::Pki;
use crate::pki::object;
use test_vectors::{hex, load as vectors};

/// Short identifier of DG3, fingers.
const FINGERS: u8 = 3;

/// A card with a Chip Authentication key, the fingers behind Terminal Authentication, and what appendix G.1 makes its
/// identifier in a session: the x-coordinate of its ephemeral key.
pub(super) fn card(pki: &Pki) -> (TestCard, Vec<u8>) {
    let vector = pace::worked_example();
    let key = Key::chip_authentication(1, Curve::BrainpoolP256r1, vec![6; 32]);
    let infos = dg14(&[chip_authentication_info(AES_128, 1, None)]);
    let card = loaded(CARD_ACCESS_G1, &[key], &infos, &vector.password);
    (pki.activate(card), vector.ka_chip_pub[1..33].to_vec())
}

/// Chip Authentication with this ephemeral scalar: the new session, and Comp of the ephemeral key.
pub(super) fn chip_authentication(
    session: &mut SecureMessaging,
    card: &mut TestCard,
    scalar: u8,
) -> (SecureMessaging, Vec<u8>) {
    let ephemeral = public(Curve::BrainpoolP256r1, scalar);
    assert_eq!(session.status(card, SET_AT, &template(AES_128, None)), "9000");
    assert_eq!(
        session.status(card, GENERAL_AUTHENTICATE, &dynamic_data(&ephemeral)),
        "9000"
    );
    let session = restarted(Curve::BrainpoolP256r1, 6, scalar);
    (session, ephemeral[1..33].to_vec())
}

#[test]
fn rights_after_chip_authentication() {
    let pki = Pki::new();
    let (mut card, id_ic) = card(&pki);
    let mut session = in_application(&mut card);
    assert_eq!(
        pki.authenticate(&mut session, &mut card, &id_ic, &[7; 32]),
        "6982",
        "the chip first"
    );
    let (mut session, old_key) = chip_authentication(&mut session, &mut card, 8);
    let (mut session, terminal_key) = chip_authentication(&mut session, &mut card, 9);
    assert_eq!(session.read(&mut card, FINGERS), "6982");
    assert_eq!(
        pki.authenticate(&mut session, &mut card, &id_ic, &old_key),
        "6300",
        "the key before the newest"
    );
    assert_eq!(
        session.read(&mut card, PROTECTED),
        "9000",
        "a failure takes nothing away"
    );
    assert_eq!(session.read(&mut card, FINGERS), "6982");
    assert_eq!(
        pki.authenticate(&mut session, &mut card, &id_ic, &terminal_key),
        "9000"
    );
    assert_eq!(session.read(&mut card, FINGERS), "9000");

    // The rights are this session's: it is not restarted any more, and takes no second Terminal Authentication.
    assert_eq!(
        session.status(&mut card, SET_AT, &template(AES_128, None)),
        "6985"
    );
    let key = [&object(&[0x91], &public(Curve::BrainpoolP256r1, 7))[..]].concat();
    assert_eq!(session.status(&mut card, SET_KAT, &key), "6985");
    assert_eq!(
        pki.authenticate(&mut session, &mut card, &id_ic, &terminal_key),
        "6982"
    );
    assert_eq!(session.read(&mut card, FINGERS), "9000");
    // With the session everything goes.
    assert_eq!(card.status("00A4040C07A0000002471001"), "9000");
    assert_eq!(card.status("00B0830000"), "6982");
}

#[test]
fn rights_after_chip_authentication_mapping() {
    let pki = Pki::new();
    let vector = vectors("icao-pace-cam")["vectors"][0].clone();
    let key = Key::chip_authentication(13, Curve::BrainpoolP256r1, mapping::static_key(&vector));
    let card_access = mapping::card_access(&hex(&vector["oid"]), 13);
    let mrz_information = text(&vector["mrz_information"]);
    let card = loaded(&card_access, &[key], &bytes("6E023100"), mrz_information);
    let mut card = pki.activate(card);
    let mut session = mapping::session(&mut card, &vector);
    assert_eq!(
        session.status(&mut card, [0, 0xA4, 4, 0x0C], &SELECT_APPLICATION),
        "9000"
    );
    let comp = |name: &str| hex(&vector[name])[1..33].to_vec();
    let (id_ic, terminal_key) = (comp("ka_chip_pub"), comp("ka_term_pub"));
    for wrong in ["map_term_pub", "ka_chip_pub"] {
        assert_eq!(
            pki.authenticate(&mut session, &mut card, &id_ic, &comp(wrong)),
            "6300",
            "{wrong}"
        );
    }
    assert_eq!(session.read(&mut card, FINGERS), "6982");
    assert_eq!(
        pki.authenticate(&mut session, &mut card, &id_ic, &terminal_key),
        "9000"
    );
    assert_eq!(session.read(&mut card, FINGERS), "9000");
}
