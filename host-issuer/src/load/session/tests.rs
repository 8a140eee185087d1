//! The host's side of an open session alone, against the published SCP03 transcripts.

use card_applet::wire::status::StatusWord;

use super::*;
use crate::load::scp03::tests::{opened, published_sessions};

#[test]
fn sessions_pass_byte_for_byte() {
    let mut answers = 0;
    for vector in published_sessions() {
        let mut session = opened(&vector);
        for exchange in &vector.exchanges {
            let command = CommandApdu::parse(&exchange.plain_command).unwrap();
            assert_eq!(
                hex::encode_upper(session.wrap(&command).unwrap()),
                hex::encode_upper(&exchange.wrapped_command),
                "{}",
                vector.id
            );
            if let Some(answer) = &exchange.response {
                let wrapped = [&answer.wrapped_data[..], &answer.status].concat();
                let plain = session
                    .unwrap(&wrapped)
                    .unwrap_or_else(|error| panic!("{}: {error}", vector.id));
                assert_eq!(plain.data, answer.plain_data, "{}", vector.id);
                assert_eq!(plain.status.to_bytes()[..], answer.status[..]);
                answers += 1;
            }
        }
    }
    assert!(answers >= 8);
}

/// Every byte of every protected answer, status word included, ends the session.
#[test]
fn every_flipped_byte_of_an_answer_ends_the_session() {
    let mut flips = 0;
    for vector in published_sessions()
        .iter()
        .filter(|vector| vector.security_level & security_level::R_MAC != 0)
    {
        for (index, exchange) in vector.exchanges.iter().enumerate() {
            let Some(answer) = &exchange.response else {
                continue;
            };
            let wrapped = [&answer.wrapped_data[..], &answer.status].concat();
            for position in 0..wrapped.len() {
                let mut session = opened(vector);
                for earlier in &vector.exchanges[..index] {
                    session
                        .wrap(&CommandApdu::parse(&earlier.plain_command).unwrap())
                        .unwrap();
                    if let Some(answer) = &earlier.response {
                        session
                            .unwrap(&[&answer.wrapped_data[..], &answer.status].concat())
                            .unwrap();
                    }
                }
                session
                    .wrap(&CommandApdu::parse(&exchange.plain_command).unwrap())
                    .unwrap();
                let mut flipped = wrapped.clone();
                flipped[position] ^= 0x01;
                let expected = if position < answer.wrapped_data.len() {
                    SessionError::WrongMac
                } else {
                    // 9100 and 9001 are error statuses, and those bring no data.
                    SessionError::UnprotectedData
                };
                assert_eq!(
                    session.unwrap(&flipped),
                    Err(expected),
                    "{} byte {position}",
                    vector.id
                );
                assert!(!session.is_open());
                assert_eq!(session.unwrap(&wrapped), Err(SessionError::Over));
                assert_eq!(
                    session.wrap(&CommandApdu::new(0x80, 0xF2, 0, 0)),
                    Err(SessionError::Over)
                );
                flips += 1;
            }
        }
    }
    assert!(flips > 200, "{flips}");
}

#[test]
fn an_answer_without_its_mac_and_an_unprotected_error() {
    let vectors = published_sessions();
    let vector = vectors
        .iter()
        .find(|vector| vector.security_level == 0x33)
        .unwrap();
    let command = CommandApdu::new(0x80, 0xE4, 0, 0);
    for short in [&[0x90, 0x00][..], &[1, 2, 3, 4, 5, 6, 7, 0x90, 0x00], &[0x90]] {
        let mut session = opened(vector);
        session.wrap(&command).unwrap();
        assert_eq!(session.unwrap(short), Err(SessionError::MissingMac));
        assert!(!session.is_open());
    }
    let mut session = opened(vector);
    session.wrap(&command).unwrap();
    let refused = session.unwrap(&[0x6A, 0x80]).unwrap();
    assert_eq!(
        refused,
        Response {
            data: Vec::new(),
            status: StatusWord::INCORRECT_DATA
        }
    );
    assert!(session.is_open());
}

/// An extended command: the MAC covers the three length bytes as sent. Recomputed here from the specification's sentence.
#[test]
fn the_mac_of_an_extended_command_covers_its_length_field() {
    let (s_enc, s_mac, s_rmac) = ([1; 16], [2; 16], [3; 16]);
    let mut session =
        Scp03Session::new(SymmetricAlgorithm::Aes128, Scp03Mode::S8, &s_enc, &s_mac, &s_rmac).unwrap();
    let data = [0x5A; 1000];
    let bytes = session
        .wrap(&CommandApdu::new(0x80, 0xD6, 0x01, 0x02).with_data(&data))
        .unwrap();
    assert_eq!(bytes[..7], [0x84, 0xD6, 0x01, 0x02, 0x00, 0x03, 0xF0]);
    assert_eq!(bytes.len(), 7 + 1000 + 8);
    let mut message = vec![0; 16];
    message.extend_from_slice(&bytes[..7 + 1000]);
    let mac = MacKey::new(SymmetricAlgorithm::Aes128, &s_mac)
        .unwrap()
        .mac(&message);
    assert_eq!(bytes[7 + 1000..], mac[..8]);
}

/// The levels without a published transcript, 01 and 13, recomputed here from the specification's sentences.
#[test]
fn levels_01_and_13() {
    let (s_enc, s_mac, s_rmac) = ([1; 16], [2; 16], [3; 16]);
    let mac = |key: &[u8], parts: &[&[u8]]| {
        MacKey::new(SymmetricAlgorithm::Aes128, key)
            .unwrap()
            .mac(&parts.concat())
    };
    for level in [SecurityLevel::CommandMac, SecurityLevel::CommandEncryptionBothMac] {
        let mut session =
            Scp03Session::new(SymmetricAlgorithm::Aes128, Scp03Mode::S8, &s_enc, &s_mac, &s_rmac).unwrap();
        session.set_level(level);
        let command = CommandApdu::new(0x80, 0xE2, 0x00, 0x00)
            .with_data(b"plain")
            .with_expected(256);
        let bytes = session.wrap(&command).unwrap();
        let data = &bytes[5..bytes.len() - 9];
        match level {
            SecurityLevel::CommandMac => assert_eq!(data, b"plain"),
            _ => {
                let mut counter = [0; 16];
                counter[15] = 1;
                let key = BlockCipherKey::new(SymmetricAlgorithm::Aes128, &s_enc).unwrap();
                key.encrypt_block(&mut counter).unwrap();
                let mut decrypted = data.to_vec();
                key.cbc_decrypt(&mut counter, &mut decrypted).unwrap();
                assert_eq!(decrypted, b"plain\x80\0\0\0\0\0\0\0\0\0\0");
            }
        }
        let chaining = mac(&s_mac, &[&[0; 16], &bytes[..5], data]);
        assert_eq!(bytes[bytes.len() - 9..bytes.len() - 1], chaining[..8]);

        let r_mac = mac(&s_rmac, &[&chaining, b"answer", &[0x90, 0x00]]);
        let answer = match level {
            SecurityLevel::CommandMac => [&b"answer"[..], &[0x90, 0x00]].concat(),
            _ => [&b"answer"[..], &r_mac[..8], &[0x90, 0x00]].concat(),
        };
        assert_eq!(session.unwrap(&answer).unwrap().data, b"answer");
    }
}
