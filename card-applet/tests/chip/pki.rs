//! A CVCA, a document verifier and a terminal whose certificates are written out byte by byte.

use crate::BenchEngine;
use crate::secure_messaging::SecureMessaging;
use crate::support::*;
use card_applet::crypto::curve::{Curve, Generator};
use card_applet::platform::Engine;
use card_applet::wire::cvc::DomainParameters;
use sha2::{Digest, Sha256};

pub fn object(tag: &[u8], value: &[u8]) -> Vec<u8> {
    let len = match value.len() {
        len @ ..0x80 => vec![len as u8],
        len @ ..0x100 => vec![0x81, len as u8],
        len => vec![0x82, (len >> 8) as u8, len as u8],
    };
    [tag, &len, value].concat()
}

/// A holder of a P-256 key.
pub struct Holder {
    /// Its certificate holder reference.
    pub name: &'static str,
    private: <BenchEngine as Engine>::PrivateKey,
}

impl Holder {
    pub fn new(name: &'static str, scalar: u8) -> Self {
        let private = BenchEngine::default()
            .load_private_key(Curve::P256, &[scalar; 32])
            .unwrap();
        Self { name, private }
    }

    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        let digest = Sha256::digest(message);
        let signature = BenchEngine::default()
            .sign(&self.private, &digest, &mut ScriptedRng::default())
            .unwrap();
        signature.as_bytes().to_vec()
    }

    /// 7F4E ‖ 5F37 of a certificate for `holder`.
    pub fn certifies(&self, holder: &Self, chat: u8) -> Vec<u8> {
        self.certifies_from([2, 6, 0, 1, 0, 1], holder, chat)
    }

    /// The same with this effective date.
    pub fn certifies_from(&self, effective: [u8; 6], holder: &Self, chat: u8) -> Vec<u8> {
        let point = BenchEngine::default()
            .public_key(&Generator::Standard(Curve::P256), &holder.private)
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
            object(&[0x5F, 0x25], &effective),
            object(&[0x5F, 0x24], &[2, 8, 0, 1, 0, 1]),
        ]
        .concat();
        let body = object(&[0x7F, 0x4E], &body);
        let signature = self.sign(&body);
        [body, object(&[0x5F, 0x37], &signature)].concat()
    }
}

/// CVCA, document verifier, terminal that may read fingers.
pub struct Pki(pub [Holder; 3], pub u8);

impl Pki {
    pub fn new() -> Self {
        Self::with_rights(0x01)
    }

    /// The same with a terminal of these rights.
    pub fn with_rights(chat: u8) -> Self {
        let holders = [
            Holder::new("VNCVCA00001", 0x31),
            Holder::new("VNDV00001", 0x32),
            Holder::new("VNIS00001", 0x33),
        ];
        Self(holders, chat)
    }

    /// Puts the trust point and the date into a card that is not activated.
    pub fn trust(&self, card: &mut TestCard) {
        let [cvca, ..] = &self.0;
        let mut issuer = Issuer::open(card, 0x30, &ISSUER);
        assert_eq!(issuer.send(0xDA, 0x5F, 0x25, &[2, 6, 0, 1, 1, 5]), "9000");
        let certificate = cvca.certifies(cvca, 0xC3);
        assert_eq!(issuer.send(0xDA, 0x7F, 0x21, &certificate), "9000");
        card.reset();
    }

    /// The same, and activates it.
    pub fn activate(&self, mut card: TestCard) -> TestCard {
        self.trust(&mut card);
        assert_eq!(activate(&mut card), "9000");
        card
    }

    /// The whole of Terminal Authentication over ID_IC and the terminal's key: the status word that ended it.
    pub fn authenticate(
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
