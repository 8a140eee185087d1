//! SCP03 through the whole card: both modes, all key lengths, every security level, and each byte of the handshake flipped.

use crate::support::*;
use card_applet::crypto::cipher::{BlockCipherKey, SymmetricAlgorithm};
use card_applet::crypto::kdf;
use card_applet::crypto::mac::MacKey;

const SELECT: &str = "00A4040C08A000000151000000";

fn algorithm(key: &[u8]) -> SymmetricAlgorithm {
    SymmetricAlgorithm::aes_with_key_len(key.len()).unwrap()
}

fn derive(key: &[u8], constant: u8, context: &[u8], len: usize) -> Vec<u8> {
    let mut out = vec![0; len];
    let key = MacKey::new(algorithm(key), key).unwrap();
    kdf::scp03(&key, constant, context, &mut out).unwrap();
    out
}

/// A host that has answered the chip's greeting: the session's keys and EXTERNAL AUTHENTICATE.
struct Host {
    size: usize,
    level: u8,
    s_enc: Vec<u8>,
    s_mac: Vec<u8>,
    s_rmac: Vec<u8>,
    chaining: Vec<u8>,
    counter: u128,
    authenticate: Vec<u8>,
}

impl Host {
    /// Greets the chip; checks what it answers, its pseudo-random challenge included.
    fn greet(card: &mut TestCard, size: usize, level: u8, keys: &[Vec<u8>; 3]) -> Self {
        assert_eq!(card.status(SELECT), "9000");
        let host_challenge: Vec<u8> = (1..=size as u8).collect();
        let command = [&[0x80, 0x50, 0x30, 0, size as u8], &host_challenge[..], &[0]].concat();
        let answer = card.try_send(&command).unwrap();
        assert_eq!(answer.len(), 10 + 3 + 2 * size + 3 + 2);
        assert_eq!(answer[..10], SERIAL);
        let i = if size == 16 { 0x71 } else { 0x70 };
        assert_eq!(answer[10..13], [0x30, 0x03, i]);
        let card_challenge = &answer[13..13 + size];
        let sequence = &answer[13 + 2 * size..16 + 2 * size];
        let aid = bytes("A000000151000000");
        assert_eq!(
            derive(&keys[0], 0x02, &[sequence, &aid].concat(), size),
            card_challenge,
            "the challenge is of sequence counter and AID"
        );
        let context = [&host_challenge[..], card_challenge].concat();
        let len = keys[0].len();
        let s_mac = derive(&keys[1], 0x06, &context, len);
        assert_eq!(
            derive(&s_mac, 0x00, &context, size),
            answer[13 + size..13 + 2 * size],
            "card cryptogram"
        );
        let mut host = Self {
            size,
            level: 0x01,
            s_enc: derive(&keys[0], 0x04, &context, len),
            s_rmac: derive(&keys[1], 0x07, &context, len),
            chaining: vec![0; 16],
            counter: 0,
            authenticate: Vec::new(),
            s_mac,
        };
        let cryptogram = derive(&host.s_mac, 0x01, &context, size);
        host.authenticate = host.maced([0x84, 0x82, level, 0], &cryptogram);
        host.level = level;
        host
    }

    fn open(card: &mut TestCard, size: usize, level: u8, keys: &[Vec<u8>; 3]) -> Self {
        let host = Self::greet(card, size, level, keys);
        let answer = card.try_send(&host.authenticate).unwrap();
        assert_eq!(hex::encode_upper(answer), "9000");
        host
    }

    fn maced(&mut self, header: [u8; 4], data: &[u8]) -> Vec<u8> {
        let mut command = [&header[..], &[(data.len() + self.size) as u8], data].concat();
        let key = MacKey::new(algorithm(&self.s_mac), &self.s_mac).unwrap();
        self.chaining = key.mac(&[&self.chaining[..], &command].concat()).to_vec();
        command.extend_from_slice(&self.chaining[..self.size]);
        command
    }

    fn iv(&self, first: u8) -> [u8; 16] {
        let mut block = self.counter.to_be_bytes();
        block[0] = first;
        BlockCipherKey::new(algorithm(&self.s_enc), &self.s_enc)
            .unwrap()
            .encrypt_block(&mut block)
            .unwrap();
        block
    }

    fn wrap(&mut self, instruction: u8, p1: u8, p2: u8, data: &[u8]) -> Vec<u8> {
        self.counter += 1;
        let mut data = data.to_vec();
        if self.level & 0x02 != 0 && !data.is_empty() {
            data.push(0x80);
            data.resize(data.len().next_multiple_of(16), 0);
            let key = BlockCipherKey::new(algorithm(&self.s_enc), &self.s_enc).unwrap();
            key.cbc_encrypt(&mut self.iv(0), &mut data).unwrap();
        }
        let mut command = self.maced([0x84, instruction, p1, p2], &data);
        command.push(0);
        command
    }

    /// The data of an answer, its MAC checked and its encryption taken away as the level says.
    fn unwrap(&self, response: &[u8]) -> Vec<u8> {
        let (mut data, status) = {
            let (data, status) = response.split_at(response.len() - 2);
            (data.to_vec(), status)
        };
        assert_eq!(status, [0x90, 0x00]);
        if self.level & 0x10 != 0 {
            let mac = data.split_off(data.len() - self.size);
            let key = MacKey::new(algorithm(&self.s_rmac), &self.s_rmac).unwrap();
            let expected = key.mac(&[&self.chaining[..], &data, status].concat());
            assert_eq!(mac, expected[..self.size], "R-MAC");
        }
        if self.level & 0x20 != 0 && !data.is_empty() {
            let key = BlockCipherKey::new(algorithm(&self.s_enc), &self.s_enc).unwrap();
            key.cbc_decrypt(&mut self.iv(0x80), &mut data).unwrap();
            let marker = data.iter().rposition(|byte| *byte != 0).unwrap();
            assert_eq!(data[marker], 0x80);
            data.truncate(marker);
        }
        data
    }
}

fn keys(len: usize) -> [Vec<u8>; 3] {
    [vec![0x51; len], vec![0x62; len], vec![0x73; len]]
}

/// Replaces the issuer's keys by some of this length, from a session in this mode: the answer.
fn put_keys(host: &mut Host, card: &mut TestCard, dek: &[u8], new: &[Vec<u8>; 3]) -> Vec<u8> {
    let mut data = vec![0x30];
    let dek = BlockCipherKey::new(algorithm(dek), dek).unwrap();
    let mut expected = vec![0x30];
    for key in new {
        let mut ones = [1; 16];
        let cipher = BlockCipherKey::new(algorithm(key), key).unwrap();
        cipher.encrypt_block(&mut ones).unwrap();
        let mut padded = key.clone();
        padded.resize(key.len().next_multiple_of(16), 0);
        dek.cbc_encrypt(&mut [0; 16], &mut padded).unwrap();
        data.extend([0x88, padded.len() as u8 + 1, key.len() as u8]);
        data.extend(padded);
        data.push(3);
        data.extend_from_slice(&ones[..3]);
        expected.extend_from_slice(&ones[..3]);
    }
    let command = host.wrap(0xD8, 0x30, 0x81, &data);
    let answer = host.unwrap(&card.try_send(&command).unwrap());
    assert_eq!(answer, expected, "version and check values");
    answer
}

/// Keys of every length replaced by keys of every other, in both modes and at every level.
#[test]
fn every_mode_key_length_and_level() {
    let mut card = TestCard::blank();
    let mut current: [Vec<u8>; 3] = ISSUER.map(|key| key.to_vec());
    let mut sessions = 0;
    for size in [8, 16] {
        for level in [0x01, 0x03, 0x11, 0x13, 0x33] {
            for len in [16, 24, 32] {
                let mut host = Host::open(&mut card, size, level, &current);
                let dek = current[2].clone();
                put_keys(&mut host, &mut card, &dek, &keys(len));
                current = keys(len);
                card.reset();
                sessions += 1;
            }
        }
    }
    assert_eq!(sessions, 30);
}

#[test]
fn no_other_level_and_no_other_challenge() {
    let mut card = TestCard::blank();
    let keys = ISSUER.map(|key| key.to_vec());
    for level in (0..=0xFF).filter(|level| ![0x01, 0x03, 0x11, 0x13, 0x33].contains(level)) {
        let host = Host::greet(&mut card, 16, level, &keys);
        let answer = card.try_send(&host.authenticate).unwrap();
        assert_eq!(hex::encode_upper(answer), "6A86", "{level:02X}");
    }
    assert_eq!(card.status(SELECT), "9000");
    for len in [0usize, 1, 7, 9, 15, 17, 32] {
        let command = [&[0x80, 0x50, 0x30, 0, len as u8], &vec![7; len][..], &[0]].concat();
        if len > 0 {
            assert_eq!(hex::encode(card.try_send(&command).unwrap()), "6700", "{len}");
        }
    }
}

/// Every bit-flipped byte of EXTERNAL AUTHENTICATE: refused, a try is lost, and the session is not open.
#[test]
fn every_flipped_byte_of_the_handshake_is_refused() {
    let keys = ISSUER.map(|key| key.to_vec());
    for size in [8, 16] {
        let mut card = TestCard::blank();
        for at in 5..5 + 2 * size {
            let host = Host::greet(&mut card, size, 0x33, &keys);
            let mut flipped = host.authenticate.clone();
            flipped[at] ^= 0x01;
            assert_eq!(hex::encode(card.try_send(&flipped).unwrap()), "6300", "byte {at}");
            let right = card.try_send(&host.authenticate).unwrap();
            assert_eq!(hex::encode(right), "6985", "the proof is used up");
            card.reset();
            // Gives the tries back.
            Host::open(&mut card, size, 0x01, &keys);
            card.reset();
        }
    }
}

/// Every flipped byte of a command in S16 mode ends the session.
#[test]
fn every_flipped_byte_of_a_command_ends_the_session() {
    let keys = ISSUER.map(|key| key.to_vec());
    let mut card = TestCard::blank();
    for at in 1..5 + 16 + 16 {
        let mut host = Host::open(&mut card, 16, 0x33, &keys);
        let command = host.wrap(0xA4, 0x00, 0x0C, &[0x3F, 0x00]);
        let mut flipped = command.clone();
        flipped[at] ^= 0x01;
        let status = hex::encode(card.try_send(&flipped).unwrap());
        assert!(
            matches!(&*status, "6988" | "6987" | "6700"),
            "byte {at}: {status}"
        );
        let after = hex::encode(card.try_send(&command).unwrap());
        assert_eq!(after, "6882", "byte {at}");
        card.reset();
    }
}
