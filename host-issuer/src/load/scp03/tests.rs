//! The host's side of opening a session alone, against the published SCP03 transcripts.

use test_vectors::scp03::{Scp03Vector, sessions};

use super::*;
use crate::terminal::scripted::ScriptedRng;

pub(in crate::load) fn published_sessions() -> Vec<Scp03Vector> {
    let vectors = sessions();
    assert!(vectors.iter().any(|vector| vector.s16), "S16");
    for key_len in [16, 24, 32] {
        assert!(
            vectors.iter().any(|vector| vector.key_enc.len() == key_len),
            "{key_len}"
        );
    }
    for level in [0x03, 0x11, 0x33] {
        assert!(
            vectors.iter().any(|vector| vector.security_level == level),
            "{level:02X}"
        );
    }
    vectors
}

pub(in crate::load) fn level(byte: u8) -> SecurityLevel {
    use SecurityLevel::*;
    [
        CommandMac,
        CommandEncryption,
        BothMac,
        CommandEncryptionBothMac,
        Full,
    ]
    .into_iter()
    .find(|level| level.byte() == byte)
    .unwrap()
}

fn keys(vector: &Scp03Vector) -> StaticKeys {
    let copy = |key: &[u8]| Zeroizing::new(key.to_vec());
    StaticKeys {
        enc: copy(&vector.key_enc),
        mac: copy(&vector.key_mac),
        dek: copy(&vector.key_dek),
    }
}

pub(in crate::load) fn response(bytes: &[u8]) -> Response {
    let (data, status) = bytes.split_last_chunk().unwrap();
    Response {
        data: data.to_vec(),
        status: StatusWord::from_bytes(*status),
    }
}

fn encode(command: &CommandApdu<'_>) -> Vec<u8> {
    let mut bytes = vec![0; command.encoded_len()];
    let len = command.encode(&mut bytes).unwrap();
    bytes.truncate(len);
    bytes
}

fn begin(vector: &Scp03Vector) -> AwaitingChip {
    let key_version = vector.initialize_update.command[2];
    let mode = if vector.s16 { Scp03Mode::S16 } else { Scp03Mode::S8 };
    AwaitingChip::begin(
        key_version,
        mode,
        &mut ScriptedRng::new(&[&vector.host_challenge]),
    )
    .unwrap()
}

fn open(vector: &Scp03Vector, initialize_update_answer: &[u8]) -> Result<AwaitingAcceptance, Scp03Error> {
    let chip = begin(vector).answer(&response(initialize_update_answer))?;
    chip.authenticate(&keys(vector), level(vector.security_level))
}

pub(in crate::load) fn opened(vector: &Scp03Vector) -> Scp03Session {
    let acceptance = open(vector, &vector.initialize_update.response).unwrap();
    acceptance
        .answer(&response(&vector.external_authenticate.response))
        .unwrap()
}

#[test]
fn commands_are_the_published_ones() {
    for vector in published_sessions() {
        assert_eq!(
            encode(&begin(&vector).command()),
            vector.initialize_update.command,
            "{}",
            vector.id
        );
        let chip = begin(&vector)
            .answer(&response(&vector.initialize_update.response))
            .unwrap();
        assert_eq!(chip.serial()[..], vector.initialize_update.response[..10]);
        let acceptance = chip
            .authenticate(&keys(&vector), level(vector.security_level))
            .unwrap();
        assert_eq!(
            acceptance.command(),
            vector.external_authenticate.command,
            "{}",
            vector.id
        );
        assert!(
            acceptance
                .answer(&response(&vector.external_authenticate.response))
                .unwrap()
                .is_open()
        );
    }
}

/// Every byte of the chip's answers: what is not covered by its cryptogram (serial, counter) changes the keys that the issuer
/// derives, or nothing; everything else is refused.
#[test]
fn every_flipped_byte_is_refused() {
    for vector in published_sessions() {
        let answer = &vector.initialize_update.response;
        let proof_end = 13 + 2 * vector.host_challenge.len();
        for position in 0..answer.len() {
            let mut flipped = answer.clone();
            flipped[position] ^= 0x01;
            let error = open(&vector, &flipped).err();
            match position {
                // The serial is what the keys are looked up by; these vectors' keys are not diversified by it.
                0..10 => assert_eq!(error, None),
                10..13 => assert_eq!(error, Some(Scp03Error::Malformed), "byte {position}"),
                13.. if position < proof_end => {
                    assert_eq!(error, Some(Scp03Error::WrongKey), "byte {position}");
                }
                // The sequence counter went into the challenge, which is under the cryptogram.
                _ if position < proof_end + 3 => assert_eq!(error, None),
                _ => assert!(
                    matches!(error, Some(Scp03Error::Refused { .. })),
                    "byte {position}"
                ),
            }
        }
        for status in [[0x90, 0x01], [0x63, 0x00]] {
            let acceptance = open(&vector, answer).unwrap();
            let error = acceptance.answer(&response(&status)).err();
            assert!(matches!(error, Some(Scp03Error::ProofRefused { .. })));
        }
    }
}

#[test]
fn a_wrong_key_is_noticed_before_anything_is_proved_to_the_chip() {
    for vector in published_sessions() {
        for wrong in 0..2 {
            let chip = begin(&vector)
                .answer(&response(&vector.initialize_update.response))
                .unwrap();
            let mut keys = keys(&vector);
            match wrong {
                0 => keys.mac[0] ^= 1,
                _ => keys.mac.reverse(),
            }
            let error = chip.authenticate(&keys, level(vector.security_level)).err();
            assert_eq!(error, Some(Scp03Error::WrongKey));
        }
    }
}

#[test]
fn what_the_chip_says_of_its_keys_is_told_apart() {
    let vector = &published_sessions()[0];
    let answer = |bytes: &[u8]| begin(vector).answer(&response(bytes)).err();
    assert_eq!(
        answer(&[0x6A, 0x88]),
        Some(Scp03Error::NoSuchKeys { key_version: 0x30 })
    );
    assert_eq!(answer(&[0x69, 0x83]), Some(Scp03Error::Blocked));
    assert!(matches!(answer(&[0x69, 0x85]), Some(Scp03Error::Refused { .. })));
    assert_eq!(answer(&[0x90, 0x00]), Some(Scp03Error::Malformed));
    let mut other_protocol = vector.initialize_update.response.clone();
    other_protocol[11] = 0x02;
    assert_eq!(answer(&other_protocol), Some(Scp03Error::Malformed));
    assert_eq!(
        AwaitingChip::begin(1, Scp03Mode::S8, &mut ScriptedRng::new(&[&[0; 7]])).err(),
        Some(Scp03Error::Random)
    );
}

#[test]
fn keys_of_no_common_aes_length_are_refused() {
    let vector = &published_sessions()[0];
    for (enc, mac) in [(15, 16), (16, 24), (0, 0)] {
        let chip = begin(vector)
            .answer(&response(&vector.initialize_update.response))
            .unwrap();
        let key = |len: usize| Zeroizing::new(vec![7; len]);
        let keys = StaticKeys {
            enc: key(enc),
            mac: key(mac),
            dek: key(16),
        };
        assert_eq!(
            chip.authenticate(&keys, SecurityLevel::Full).err(),
            Some(Scp03Error::KeyLength)
        );
    }
}
