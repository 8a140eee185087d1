//! A naive issuer's SCP03 session with every security level (GlobalPlatform Card Specification 2.3.1, Amendment D),
//! written here on its own. Unlike the test bench's it may be refused at any time.

use crate::support::*;
use card_applet::crypto::cipher::{BlockCipherKey, SymmetricAlgorithm};
use card_applet::crypto::kdf;
use card_applet::crypto::mac::MacKey;

/// The host's challenge.
pub const HOST_CHALLENGE: [u8; 8] = [1, 2, 3, 4, 5, 6, 7, 8];

/// An open session.
pub struct HostSession {
    s_enc: BlockCipherKey,
    s_mac: MacKey,
    s_rmac: MacKey,
    dek: BlockCipherKey,
    level: u8,
    chaining: [u8; 16],
    counter: u128,
}

fn mac_key(key: &[u8]) -> MacKey {
    MacKey::new(SymmetricAlgorithm::Aes128, key).unwrap()
}

fn cipher_key(key: &[u8]) -> BlockCipherKey {
    BlockCipherKey::new(SymmetricAlgorithm::Aes128, key).unwrap()
}

impl HostSession {
    /// Opens a session; `None` when the chip refuses.
    pub fn open(card: &mut TestCard, key_version: u8, keys: &[[u8; 16]; 3], level: u8) -> Option<Self> {
        card.try_send(&bytes("00A4040C08A000000151000000"))?;
        let initialize = [&[0x80, 0x50, key_version, 0, 8], &HOST_CHALLENGE[..], &[0]].concat();
        let mut answer = card.try_send(&initialize)?;
        answer.truncate(answer.len().checked_sub(2)?);
        Self::greeted(card, &answer, keys, level)
    }

    /// The same of a chip whose greeting came inside a reader's session, which is over by that.
    pub fn greeted(card: &mut TestCard, answer: &[u8], keys: &[[u8; 16]; 3], level: u8) -> Option<Self> {
        if answer.len() != 32 {
            return None;
        }
        let context = [&HOST_CHALLENGE, &answer[13..21]].concat();
        let derive = |key: &[u8], constant: u8, len: usize| {
            let mut out = vec![0; len];
            kdf::scp03(&mac_key(key), constant, &context, &mut out).unwrap();
            out
        };
        let s_mac = derive(&keys[1], 0x06, 16);
        if derive(&s_mac, 0x00, 8) != answer[21..29] {
            // The keys were replaced.
            return None;
        }
        let mut session = Self {
            s_enc: cipher_key(&derive(&keys[0], 0x04, 16)),
            s_mac: mac_key(&s_mac),
            s_rmac: mac_key(&derive(&keys[1], 0x07, 16)),
            dek: cipher_key(&keys[2]),
            level: 0x01,
            chaining: [0; 16],
            counter: 0,
        };
        let command = session.authenticated([0x84, 0x82, level, 0], &derive(&s_mac, 0x01, 8));
        session.level = level;
        let answer = card.try_send(&command)?;
        (answer == [0x90, 0x00]).then_some(session)
    }

    /// A command with its C-MAC.
    fn authenticated(&mut self, header: [u8; 4], data: &[u8]) -> Vec<u8> {
        let len = data.len() + 8;
        let mut command = header.to_vec();
        match u8::try_from(len) {
            Ok(len) => command.push(len),
            Err(_) => command.extend([0, (len >> 8) as u8, len as u8]),
        }
        command.extend_from_slice(data);
        self.chaining = self.s_mac.mac(&[&self.chaining[..], &command].concat());
        command.extend_from_slice(&self.chaining[..8]);
        command
    }

    /// A command as the session's level has it.
    pub fn wrap(&mut self, header: [u8; 4], data: &[u8]) -> Vec<u8> {
        let mut data = data.to_vec();
        if self.level & 0x02 != 0 && !data.is_empty() {
            data.push(0x80);
            data.resize(data.len().next_multiple_of(16), 0);
            let mut iv = (self.counter + 1).to_be_bytes();
            self.s_enc.encrypt_block(&mut iv).unwrap();
            self.s_enc.cbc_encrypt(&mut iv, &mut data).unwrap();
        }
        self.wrap_as_it_is(header, &data)
    }

    /// The same, without encryption whatever the level is: a cryptogram of the fuzzer's under a right C-MAC.
    pub fn wrap_as_it_is(&mut self, header: [u8; 4], data: &[u8]) -> Vec<u8> {
        self.counter += 1;
        self.authenticated(header, data)
    }

    /// Checks a response's R-MAC, where it must have one.
    pub fn check(&self, response: &[u8]) {
        let (body, status) = response.split_at(response.len() - 2);
        if self.level & 0x10 == 0 || !matches!(status[0], 0x90 | 0x62 | 0x63) {
            return;
        }
        let (data, mac) = body.split_at(body.len().checked_sub(8).expect("an R-MAC"));
        let expected = self.s_rmac.mac(&[&self.chaining[..], data, status].concat());
        assert_eq!(mac, &expected[..8], "R-MAC");
    }

    /// PUT KEY's data field for a password.
    pub fn password(&self, key_type: u8, value: &[u8]) -> Vec<u8> {
        let mut cryptogram = value.to_vec();
        cryptogram.resize(value.len().next_multiple_of(16), 0);
        self.dek.cbc_encrypt(&mut [0; 16], &mut cryptogram).unwrap();
        let head = [0xF0, key_type, cryptogram.len() as u8 + 1, value.len() as u8];
        [&head[..], &cryptogram, &[0]].concat()
    }
}
