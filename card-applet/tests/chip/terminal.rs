//! Terminal Authentication on the whole card, with certificates that OpenPACE made (Debian package `openpace`).

use crate::openpace::{CURVE, OpenPace};
use crate::secure_messaging::{SELECT_APPLICATION, SecureMessaging};
use crate::support::*;
use card_applet::crypto::cipher::SymmetricAlgorithm;
use card_applet::crypto::curve::{Generator, PrivateKey, PublicPoint};
use sha1::{Digest, Sha1};
use test_vectors::pace;

const FINGERS: u8 = 3;
const IRISES: u8 = 4;
const EF_CVCA: u8 = 0x1C;
/// ChipAuthenticationInfo for AES-128, version 1, in DG14.
const DG14: &str = "6E13 3111 300F 060A04007F00070202030202 020101";

fn static_key() -> PrivateKey {
    PrivateKey::from_bytes(CURVE, &[6; 32]).unwrap()
}

/// A card with fingers, irises, a Chip Authentication key, and the CVCA of the PKI.
fn card(pki: &OpenPace) -> TestCard {
    let mut card = TestCard::blank();
    load(
        &mut card,
        CARD_ACCESS_G1,
        pace::worked_example().password.as_bytes(),
    );
    let mut issuer = Issuer::open(&mut card, 0x30, &ISSUER);
    issuer.card.rng.script.borrow_mut().push_back(vec![6; 32]);
    let request = format!(
        "A6068401018001{:02X}8710{}",
        CURVE.parameter_id(),
        "77".repeat(16)
    );
    assert!(issuer.send(0x47, 0x80, 0, &bytes(&request)).ends_with("9000"));
    assert_eq!(issuer.send(0xA4, 4, 0x0C, &SELECT_APPLICATION), "9000");
    issuer.load(0x010E, 14, 0x41, &bytes(DG14));
    issuer.load(0x0104, IRISES, 0xE2, b"irises");
    assert_eq!(
        issuer.create("6212 80020024 820101 8302011C 8801E0 8C020141"),
        "9000"
    );
    assert_eq!(
        issuer.send(0x44, 0, 0, &[]),
        "6985",
        "EF.CVCA without a trust point"
    );
    assert_eq!(issuer.send(0xDA, 0x7F, 0x21, &pki.content("VNCVCA00001")), "9000");
    assert_eq!(issuer.send(0xDA, 0x5F, 0x25, &[2, 6, 1, 0, 0, 1]), "9000");
    assert_eq!(issuer.send(0xDA, 0x00, 0x5A, b"T220001293"), "9000");
    card.reset();
    assert_eq!(activate(&mut card), "9000");
    card
}

/// A session after PACE, and after Chip Authentication with this ephemeral key.
struct Terminal {
    session: SecureMessaging,
    key: Vec<u8>,
}

fn public(private: &PrivateKey) -> PublicPoint {
    Generator::Standard(CURVE).public_key(private).unwrap()
}

impl Terminal {
    fn by_pace(card: &mut TestCard) -> Self {
        let mut session = SecureMessaging::by_pace(card);
        assert_eq!(
            session.status(card, [0, 0xA4, 4, 0x0C], &SELECT_APPLICATION),
            "9000"
        );
        Self {
            session,
            key: Vec::new(),
        }
    }

    fn with_chip_authentication(card: &mut TestCard, scalar: u8) -> Self {
        let mut terminal = Self::by_pace(card);
        terminal.authenticate_chip(card, scalar);
        terminal
    }

    fn authenticate_chip(&mut self, card: &mut TestCard, scalar: u8) {
        let private = PrivateKey::from_bytes(CURVE, &[scalar; 32]).unwrap();
        let ephemeral = public(&private);
        let set_at = bytes("800A04007F00070202030202");
        assert_eq!(self.session.status(card, [0, 0x22, 0x41, 0xA4], &set_at), "9000");
        let data = [&[0x7C, 67, 0x80, 65][..], ephemeral.as_bytes()].concat();
        assert_eq!(self.session.status(card, [0, 0x86, 0, 0], &data), "9000");
        let shared = private.agree(&public(&static_key())).unwrap();
        let key = |counter: u8| Sha1::digest([shared.x(), &[0, 0, 0, counter]].concat())[..16].to_vec();
        self.session = SecureMessaging::new(SymmetricAlgorithm::Aes128, &key(1), &key(2));
        self.key = ephemeral.x().to_vec();
    }

    fn reference(name: &str) -> Vec<u8> {
        [&[0x83, name.len() as u8][..], name.as_bytes()].concat()
    }

    fn show(&mut self, card: &mut TestCard, authority: &str, content: &[u8]) -> String {
        let set_dst = self
            .session
            .status(card, [0, 0x22, 0x81, 0xB6], &Self::reference(authority));
        if set_dst != "9000" {
            return set_dst;
        }
        let (first, last) = content.split_at(content.len() / 2);
        assert_eq!(self.session.status(card, [0x10, 0x2A, 0, 0xBE], first), "9000");
        self.session.status(card, [0, 0x2A, 0, 0xBE], last)
    }

    /// MSE:Set AT, GET CHALLENGE, EXTERNAL AUTHENTICATE; the chip named by PACE.
    fn prove(&mut self, card: &mut TestCard, pki: &OpenPace, name: &str) -> String {
        let set_at = self
            .session
            .status(card, [0, 0x22, 0x81, 0xA4], &Self::reference(name));
        if set_at != "9000" {
            return set_at;
        }
        let (r_ic, status) = self.session.send(card, [0, 0x84, 0, 0], &[], Some(&[8]));
        assert_eq!((r_ic.len(), status.as_str()), (8, "9000"));
        let id_ic = pace::worked_example().ka_chip_pub[1..33].to_vec();
        let signature = pki.sign(name, &[id_ic, r_ic, self.key.clone()].concat());
        self.session.status(card, [0, 0x82, 0, 0], &signature)
    }

    /// Status words of DG3 and DG4.
    fn biometrics(&mut self, card: &mut TestCard) -> [String; 2] {
        [FINGERS, IRISES].map(|sfi| self.session.read(card, sfi))
    }

    fn ef_cvca(&mut self, card: &mut TestCard) -> Vec<u8> {
        self.session
            .send(card, [0, 0xB0, 0x80 | EF_CVCA, 0], &[], Some(&[36]))
            .0
    }

    fn chain(&mut self, card: &mut TestCard, pki: &OpenPace, names: [&str; 3]) {
        for pair in names.windows(2) {
            assert_eq!(
                self.show(card, pair[0], &pki.content(pair[1])),
                "9000",
                "{}",
                pair[1]
            );
        }
    }
}

const DOMESTIC: [&str; 3] = ["VNCVCA00001", "VNDV00001", "VNIS00001"];
const FOREIGN: [&str; 3] = ["VNCVCA00001", "XXDV00001", "XXIS00001"];

#[test]
fn fingers_and_irises_open_to_whom_the_chain_allows() {
    let pki = OpenPace::new();
    for (names, expected) in [(DOMESTIC, ["9000", "6982"]), (FOREIGN, ["9000", "9000"])] {
        let mut card = card(&pki);
        let mut terminal = Terminal::with_chip_authentication(&mut card, 9);
        assert_eq!(terminal.biometrics(&mut card), ["6982", "6982"]);
        terminal.chain(&mut card, &pki, names);
        assert_eq!(
            terminal.biometrics(&mut card),
            ["6982", "6982"],
            "certificates alone open nothing"
        );
        assert_eq!(terminal.prove(&mut card, &pki, names[2]), "9000");
        assert_eq!(terminal.biometrics(&mut card), expected);
        // One Terminal Authentication a session.
        assert_eq!(terminal.prove(&mut card, &pki, names[2]), "6982");
        assert_eq!(terminal.show(&mut card, names[0], &pki.content(names[1])), "6982");
        assert_eq!(terminal.biometrics(&mut card), expected);
        // Its rights are bound to the session's keys, so that these do not change any more.
        let set_at = bytes("800A04007F00070202030202");
        assert_eq!(
            terminal.session.status(&mut card, [0, 0x22, 0x41, 0xA4], &set_at),
            "6985"
        );
        assert_eq!(terminal.biometrics(&mut card), expected);
        card.reset();
        let mut terminal = Terminal::by_pace(&mut card);
        assert_eq!(terminal.biometrics(&mut card), ["6982", "6982"]);
    }
}

/// Certificates may be shown before the chip proves itself once more; the proof is over its newest key.
#[test]
fn the_newest_key_counts() {
    let pki = OpenPace::new();
    let mut card = card(&pki);
    let mut terminal = Terminal::with_chip_authentication(&mut card, 9);
    terminal.chain(&mut card, &pki, DOMESTIC);
    let older = terminal.key.clone();
    terminal.authenticate_chip(&mut card, 10);
    let newest = std::mem::replace(&mut terminal.key, older);
    assert_eq!(terminal.prove(&mut card, &pki, "VNIS00001"), "6300");
    terminal.key = newest;
    assert_eq!(terminal.prove(&mut card, &pki, "VNIS00001"), "9000");
    assert_eq!(terminal.biometrics(&mut card), ["9000", "6982"]);
}

#[test]
fn not_before_the_chip_has_proved_itself() {
    let pki = OpenPace::new();
    let mut card = card(&pki);
    assert_eq!(
        card.status("002281B60D830B564E43564341303030303100"),
        "6982",
        "in plain"
    );
    let mut terminal = Terminal::by_pace(&mut card);
    assert_eq!(
        terminal.show(&mut card, "VNCVCA00001", &pki.content("VNDV00001")),
        "6982"
    );
    assert_eq!(terminal.prove(&mut card, &pki, "VNIS00001"), "6982");
    assert_eq!(terminal.session.read(&mut card, 1), "9000", "the session goes on");
}

#[test]
fn a_failed_proof_keeps_the_session_and_opens_nothing() {
    let pki = OpenPace::new();
    let mut card = card(&pki);
    let mut terminal = Terminal::with_chip_authentication(&mut card, 9);
    terminal.chain(&mut card, &pki, DOMESTIC);
    // The key of PACE instead of Chip Authentication's: an older key.
    let right = std::mem::replace(&mut terminal.key, vec![1; 32]);
    assert_eq!(terminal.prove(&mut card, &pki, "VNIS00001"), "6300");
    assert_eq!(terminal.biometrics(&mut card), ["6982", "6982"]);
    assert_eq!(terminal.session.read(&mut card, 1), "9000");
    // Steps out of order.
    let sign = vec![1; 64];
    assert_eq!(terminal.session.status(&mut card, [0, 0x82, 0, 0], &sign), "6985");
    assert_eq!(
        terminal
            .session
            .send(&mut card, [0, 0x84, 0, 0], &[], Some(&[8]))
            .1,
        "6985",
        "a challenge without MSE:Set AT"
    );
    assert_eq!(
        terminal
            .session
            .status(&mut card, [0, 0x2A, 0, 0xBE], &pki.content("VNIS00001")),
        "6985",
        "a certificate without MSE:Set DST"
    );
    assert_eq!(
        terminal.session.status(
            &mut card,
            [0, 0x22, 0x81, 0xA4],
            &Terminal::reference("VNIS00001")
        ),
        "9000"
    );
    assert_eq!(terminal.session.read(&mut card, 1), "9000");
    assert_eq!(
        terminal
            .session
            .send(&mut card, [0, 0x84, 0, 0], &[], Some(&[8]))
            .1,
        "6985",
        "a command in between ends the protocol"
    );
    // And the right proof still opens.
    terminal.key = right;
    assert_eq!(terminal.prove(&mut card, &pki, "VNIS00001"), "9000");
    assert_eq!(terminal.biometrics(&mut card), ["9000", "6982"]);
}

#[test]
fn certificates_that_the_card_refuses_cost_nothing() {
    let pki = OpenPace::new();
    let mut card = card(&pki);
    let mut terminal = Terminal::with_chip_authentication(&mut card, 9);
    let good = pki.content("VNDV00001");
    let mut forged = good.clone();
    *forged.last_mut().unwrap() ^= 1;
    for (authority, content, expected) in [
        ("VNCVCA00001", &forged, "6300"),
        ("VNCVCA00009", &good, "6A88"),
        ("VNCVCA00001", &good[..100].to_vec(), "6A80"),
        ("VNCVCA00001", &pki.content("VNIS00001"), "6A88"),
        ("VNCVCA00001", &pki.content("VNCVCA00001"), "6985"),
    ] {
        assert_eq!(terminal.show(&mut card, authority, content), expected);
        assert_eq!(terminal.session.read(&mut card, 1), "9000");
    }
    terminal.chain(&mut card, &pki, DOMESTIC);
    assert_eq!(terminal.prove(&mut card, &pki, "VNIS00001"), "9000");
}

#[test]
fn ef_cvca_follows_the_link() {
    let pki = OpenPace::new();
    let mut card = card(&pki);
    let mut terminal = Terminal::with_chip_authentication(&mut card, 9);
    let file = |names: &[&str]| {
        let mut file: Vec<u8> = names
            .iter()
            .flat_map(|name| [&[0x42, name.len() as u8][..], name.as_bytes()].concat())
            .collect();
        file.resize(36, 0);
        file
    };
    assert_eq!(terminal.ef_cvca(&mut card), file(&["VNCVCA00001"]));
    assert_eq!(
        terminal.show(&mut card, "VNCVCA00001", &pki.content("VNCVCA00002")),
        "9000"
    );
    assert_eq!(terminal.ef_cvca(&mut card), file(&["VNCVCA00002", "VNCVCA00001"]));
    // Over the power: it is kept.
    card.reset();
    let mut terminal = Terminal::with_chip_authentication(&mut card, 9);
    assert_eq!(terminal.ef_cvca(&mut card), file(&["VNCVCA00002", "VNCVCA00001"]));
    let piece = terminal
        .session
        .send(&mut card, [0, 0xB0, 0x80 | EF_CVCA, 2], &[], Some(&[11]));
    assert_eq!(piece, (b"VNCVCA00002".to_vec(), "9000".to_owned()));
    terminal.chain(&mut card, &pki, DOMESTIC);
    assert_eq!(terminal.prove(&mut card, &pki, "VNIS00001"), "9000");
}

#[test]
fn trust_points_are_loaded_by_the_issuer_alone() {
    let pki = OpenPace::new();
    let mut card = TestCard::blank();
    assert_eq!(card.status("00DA5F2506020601010204"), "6982", "in plain");
    let mut issuer = Issuer::open(&mut card, 0x30, &ISSUER);
    let mut put = |object: [u8; 2], value: &[u8]| issuer.send(0xDA, object[0], object[1], value);
    let cvca = pki.content("VNCVCA00001");
    let mut forged = cvca.clone();
    *forged.last_mut().unwrap() ^= 1;
    assert_eq!(put([0x7F, 0x21], &forged), "6300");
    assert_eq!(put([0x7F, 0x21], &pki.content("VNDV00001")), "6A80", "no CVCA");
    assert_eq!(put([0x7F, 0x21], &pki.content("VNCVCA00002")), "6A80", "a link");
    assert_eq!(put([0x7F, 0x21], &cvca[1..]), "6A80");
    assert_eq!(put([0x7F, 0x21], &cvca), "9000");
    assert_eq!(put([0x7F, 0x21], &cvca), "6A89", "there already");
    assert_eq!(put([0x5F, 0x25], &[2, 6, 1, 3, 0, 1]), "6A80");
    assert_eq!(put([0x00, 0x5A], b"T22"), "6A80");
    assert_eq!(put([0x00, 0x5A], b"t22000129<"), "6A80");
    assert_eq!(put([0x5F, 0x24], &[2, 6, 1, 1, 0, 1]), "6A88");
    assert_eq!(issuer.create("6210 820138 83023F01 8407A0000002471001"), "9000");
    assert_eq!(
        issuer.create("6212 80020023 820101 8302011C 8801E0 8C020141"),
        "6A80",
        "EF.CVCA of another length"
    );
    drop(card);
    let mut card = operational(pace::worked_example().password.as_bytes());
    assert_eq!(
        card.status("00DA5F2506020601010204"),
        "6985",
        "an operational card"
    );
}

/// A terminal that sends its CHAT in PACE is told the card's trust points.
#[test]
fn pace_names_the_trust_points() {
    let pki = OpenPace::new();
    let mut card = card(&pki);
    let chat = "7F4C0E060904007F0007030102015301 03".replace(' ', "");
    let set_at = |chat: &str| {
        let data = format!("800A04007F00070202040202830101{chat}");
        format!("0022C1A4{:02X}{data}", data.len() / 2)
    };
    assert_eq!(card.status(&set_at(&chat)), "9000");
    assert_eq!(card.status(&set_at(&format!("{chat}{chat}"))), "6A80", "twice");
    assert_eq!(card.status(&set_at("7F4C03530103")), "6A80", "malformed");
    // Appendix G.1 byte for byte, but for the template and what the last answer has more.
    let vector = pace::worked_example();
    card.rng
        .script
        .borrow_mut()
        .extend([vector.nonce, vector.map_chip_priv, vector.ka_chip_priv]);
    assert_eq!(card.status(&set_at(&chat)), "9000");
    let exchanges = pace::worked_example_exchanges();
    let (last, steps) = exchanges.split_last().unwrap();
    for exchange in &steps[1..] {
        assert_eq!(card.try_send(&exchange.command).unwrap(), exchange.response);
    }
    let answer = card.try_send(&last.command).unwrap();
    assert_eq!(answer[2..12], last.response[2..12], "the token");
    assert_eq!(answer[..2], [0x7C, 23]);
    assert_eq!(
        answer[12..],
        [&[0x87, 11][..], b"VNCVCA00001", &[0x90, 0]].concat()
    );
}
