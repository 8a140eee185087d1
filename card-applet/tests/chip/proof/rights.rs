//! What Terminal Authentication is bound to: a chip that has proved itself, the session in which it did, and the newest
//! ephemeral key of the terminal. The certificates are written out byte by byte.

use super::*;
use card_applet::crypto::signature;
use card_applet::wire::cvc::DomainParameters;
use sha2::{Digest, Sha256};
use test_vectors::{hex, load as vectors};

/// Short identifier of DG3, fingers.
const FINGERS: u8 = 3;

fn object(tag: &[u8], value: &[u8]) -> Vec<u8> {
    let len = match value.len() {
        len @ ..0x80 => vec![len as u8],
        len @ ..0x100 => vec![0x81, len as u8],
        len => vec![0x82, (len >> 8) as u8, len as u8],
    };
    [tag, &len, value].concat()
}

/// A holder of a P-256 key.
struct Holder {
    name: &'static str,
    private: PrivateKey,
}

impl Holder {
    fn new(name: &'static str, scalar: u8) -> Self {
        let private = PrivateKey::from_bytes(Curve::P256, &[scalar; 32]).unwrap();
        Self { name, private }
    }

    fn sign(&self, message: &[u8]) -> Vec<u8> {
        let signature = signature::sign(&self.private, &Sha256::digest(message), &[]).unwrap();
        signature.as_bytes().to_vec()
    }

    /// 7F4E ‖ 5F37 of a certificate for `holder`.
    fn certifies(&self, holder: &Self, chat: u8) -> Vec<u8> {
        let point = Generator::Standard(Curve::P256)
            .public_key(&holder.private)
            .unwrap();
        let mut key = bytes("060A04007F00070202020203");
        if chat >= 0xC0 {
            let domain = DomainParameters::of(Curve::P256);
            for (tag, value) in [
                (0x81, domain.prime),
                (0x82, domain.a),
                (0x83, domain.b),
                (0x84, domain.base),
                (0x85, domain.order),
            ] {
                key.extend(object(&[tag], value));
            }
        }
        key.extend(object(&[0x86], point.as_bytes()));
        if chat >= 0xC0 {
            key.extend([0x87, 1, 1]);
        }
        let chat = [&bytes("060904007F0007030102015301")[..], &[chat]].concat();
        let body = [
            object(&[0x5F, 0x29], &[0]),
            object(&[0x42], self.name.as_bytes()),
            object(&[0x7F, 0x49], &key),
            object(&[0x5F, 0x20], holder.name.as_bytes()),
            object(&[0x7F, 0x4C], &chat),
            object(&[0x5F, 0x25], &[2, 6, 0, 1, 0, 1]),
            object(&[0x5F, 0x24], &[2, 8, 0, 1, 0, 1]),
        ]
        .concat();
        let body = object(&[0x7F, 0x4E], &body);
        let signature = self.sign(&body);
        [body, object(&[0x5F, 0x37], &signature)].concat()
    }
}

/// CVCA, document verifier, terminal that may read fingers.
pub(super) struct Pki([Holder; 3], u8);

impl Pki {
    pub(super) fn new() -> Self {
        Self::with_rights(0x01)
    }

    /// The same with a terminal of these rights.
    pub(super) fn with_rights(chat: u8) -> Self {
        let holders = [
            Holder::new("VNCVCA00001", 0x31),
            Holder::new("VNDV00001", 0x32),
            Holder::new("VNIS00001", 0x33),
        ];
        Self(holders, chat)
    }

    /// Puts the trust point and the date into a card that is not activated, and activates it.
    pub(super) fn activate(&self, mut card: TestCard) -> TestCard {
        let [cvca, ..] = &self.0;
        let mut issuer = Issuer::open(&mut card, 0x30, &ISSUER);
        assert_eq!(issuer.send(0xDA, 0x5F, 0x25, &[2, 6, 0, 1, 1, 5]), "9000");
        let certificate = cvca.certifies(cvca, 0xC3);
        assert_eq!(issuer.send(0xDA, 0x7F, 0x21, &certificate), "9000");
        card.reset();
        assert_eq!(activate(&mut card), "9000");
        card
    }

    /// The whole of Terminal Authentication over ID_IC and the terminal's key: the status word that ended it.
    pub(super) fn authenticate(
        &self,
        session: &mut SecureMessaging,
        card: &mut TestCard,
        id_ic: &[u8],
        terminal_key: &[u8],
    ) -> String {
        let [cvca, dv, terminal] = &self.0;
        for (issuer, holder, chat) in [(cvca, dv, 0x83), (dv, terminal, self.1)] {
            let reference = object(&[0x83], issuer.name.as_bytes());
            for (header, data) in [
                ([0, 0x22, 0x81, 0xB6], reference),
                ([0, 0x2A, 0, 0xBE], issuer.certifies(holder, chat)),
            ] {
                match session.status(card, header, &data) {
                    status if status == "9000" => {}
                    status => return status,
                }
            }
        }
        let reference = object(&[0x83], terminal.name.as_bytes());
        assert_eq!(session.status(card, [0, 0x22, 0x81, 0xA4], &reference), "9000");
        let (r_ic, status) = session.send(card, [0, 0x84, 0, 0], &[], Some(&[8]));
        assert_eq!((r_ic.len(), &*status), (8, "9000"));
        let signature = terminal.sign(&[id_ic, &r_ic, terminal_key].concat());
        session.status(card, [0, 0x82, 0, 0], &signature)
    }
}

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
