//! A naive terminal's secure messaging with every cipher, written here on its own.

use crate::support::*;
use card_applet::crypto::cipher::{BlockCipherKey, SymmetricAlgorithm};
use card_applet::crypto::mac::MacKey;
use test_vectors::{bac, pace};

pub const SELECT_APPLICATION: [u8; 7] = [0xA0, 0, 0, 2, 0x47, 0x10, 1];

/// A session's keys and counter.
pub struct SecureMessaging {
    ks_enc: BlockCipherKey,
    ks_mac: MacKey,
    block: usize,
    pub ssc: u128,
}

impl SecureMessaging {
    /// Keys of a protocol that starts the counter at zero.
    pub fn new(cipher: SymmetricAlgorithm, ks_enc: &[u8], ks_mac: &[u8]) -> Self {
        Self {
            ks_enc: BlockCipherKey::new(cipher, ks_enc).unwrap(),
            ks_mac: MacKey::new(cipher, ks_mac).unwrap(),
            block: if cipher == SymmetricAlgorithm::TripleDes {
                8
            } else {
                16
            },
            ssc: 0,
        }
    }

    /// PACE as in appendix G.1, byte for byte, on a card whose MRZ is that of the appendix.
    pub fn by_pace(card: &mut TestCard) -> Self {
        let vector = pace::worked_example();
        card.rng.script.borrow_mut().extend([
            vector.nonce.clone(),
            vector.map_chip_priv.clone(),
            vector.ka_chip_priv.clone(),
        ]);
        for exchange in pace::worked_example_exchanges() {
            assert_eq!(card.try_send(&exchange.command).unwrap(), exchange.response);
        }
        Self::new(SymmetricAlgorithm::Aes128, &vector.ks_enc, &vector.ks_mac)
    }

    /// BAC as in appendix D, byte for byte, in the application of a card whose MRZ is that of the appendix.
    pub fn by_bac(card: &mut TestCard) -> Self {
        let vector = bac::worked_example();
        assert_eq!(card.status("00A4040C07A0000002471001"), "9000");
        card.rng
            .script
            .borrow_mut()
            .extend([vector.rnd_ic.clone(), vector.k_ic.clone()]);
        for exchange in &vector.exchanges {
            assert_eq!(card.try_send(&exchange.command).unwrap(), exchange.response);
        }
        let mut session = Self::new(SymmetricAlgorithm::TripleDes, &vector.ks_enc, &vector.ks_mac);
        session.ssc = u64::from_be_bytes(vector.ssc_initial.try_into().unwrap()).into();
        session
    }

    fn counter(&self) -> Vec<u8> {
        self.ssc.to_be_bytes()[16 - self.block..].to_vec()
    }

    fn initial_vector(&self) -> Vec<u8> {
        if self.block == 8 {
            return vec![0; 8];
        }
        let mut iv = self.counter();
        self.ks_enc.encrypt_block(&mut iv).unwrap();
        iv
    }

    fn mac(&self, parts: &[&[u8]]) -> [u8; 8] {
        let mut mac = self.ks_mac.start();
        mac.update(&self.counter());
        for part in parts {
            mac.update(part);
            mac.pad();
        }
        mac.finish_truncated()
    }

    /// A protected command; `le` is the value of DO'97', `extended` the form of the outer length fields.
    pub fn protect(&mut self, header: [u8; 4], data: &[u8], le: Option<&[u8]>, extended: bool) -> Vec<u8> {
        self.ssc += 1;
        let mut objects = Vec::new();
        if !data.is_empty() {
            let mut cryptogram = data.to_vec();
            cryptogram.push(0x80);
            cryptogram.resize(cryptogram.len().next_multiple_of(self.block), 0);
            self.ks_enc
                .cbc_encrypt(&mut self.initial_vector(), &mut cryptogram)
                .unwrap();
            let odd = header[1] & 1 == 1;
            if !odd {
                cryptogram.insert(0, 0x01);
            }
            objects.push(if odd { 0x85 } else { 0x87 });
            match cryptogram.len() {
                len @ 0..=0x7F => objects.push(len as u8),
                len @ 0x80..=0xFF => objects.extend([0x81, len as u8]),
                len => objects.extend([0x82, (len >> 8) as u8, len as u8]),
            }
            objects.extend(cryptogram);
        }
        if let Some(le) = le {
            objects.extend([0x97, le.len() as u8]);
            objects.extend(le);
        }
        let header = [header[0] | 0x0C, header[1], header[2], header[3]];
        let mac = match objects.is_empty() {
            true => self.mac(&[&header]),
            false => self.mac(&[&header, &objects]),
        };
        objects.extend([0x8E, 0x08]);
        objects.extend(mac);
        let len = objects.len();
        if extended {
            [&header[..], &[0, (len >> 8) as u8, len as u8], &objects, &[0, 0]].concat()
        } else {
            [&header[..], &[len as u8], &objects, &[0]].concat()
        }
    }

    /// Data and status word of a protected response.
    pub fn open_response(&mut self, response: &[u8]) -> (Vec<u8>, String) {
        self.ssc += 1;
        let (objects, status) = response.split_at(response.len() - 2);
        assert!(
            objects.len() >= 14,
            "a protected response: {}",
            hex::encode(response)
        );
        let (authenticated, mac_object) = objects.split_at(objects.len() - 10);
        assert_eq!(mac_object[2..], self.mac(&[authenticated]), "MAC of the response");
        let (cryptogram, status_object) = authenticated.split_at(authenticated.len() - 4);
        assert_eq!(&status_object[2..], status);
        let mut data = match cryptogram {
            [] => Vec::new(),
            [0x87, 0x82, _, _, 1, data @ ..]
            | [0x87, 0x81, _, 1, data @ ..]
            | [0x87, _, 1, data @ ..]
            | [0x85, 0x82, _, _, data @ ..]
            | [0x85, 0x81, _, data @ ..]
            | [0x85, _, data @ ..] => data.to_vec(),
            other => panic!("{other:02X?}"),
        };
        if !data.is_empty() {
            self.ks_enc
                .cbc_decrypt(&mut self.initial_vector(), &mut data)
                .unwrap();
            let marker = data.iter().rposition(|byte| *byte != 0).unwrap();
            assert_eq!(data[marker], 0x80);
            data.truncate(marker);
        }
        (data, hex::encode_upper(status))
    }

    /// Sends a command and returns data and status word.
    pub fn send(
        &mut self,
        card: &mut TestCard,
        header: [u8; 4],
        data: &[u8],
        le: Option<&[u8]>,
    ) -> (Vec<u8>, String) {
        let extended = le.is_some_and(|le| le.len() == 2);
        let command = self.protect(header, data, le, extended);
        self.open_response(&card.try_send(&command).unwrap())
    }

    /// Sends a command and returns the status word.
    pub fn status(&mut self, card: &mut TestCard, header: [u8; 4], data: &[u8]) -> String {
        self.send(card, header, data, None).1
    }

    /// Reads a file of the application by its short identifier: the status word.
    pub fn read(&mut self, card: &mut TestCard, sfi: u8) -> String {
        self.send(card, [0, 0xB0, 0x80 | sfi, 0], &[], Some(&[0])).1
    }
}
