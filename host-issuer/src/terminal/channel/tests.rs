//! The terminal's secure messaging alone, against sessions that others computed.

use card_applet::crypto::ssc::SendSequenceCounter;
use test_vectors::secure_messaging::{SecureMessagingVector, aes256_command, sessions};

use super::*;

fn algorithm(name: &str) -> SymmetricAlgorithm {
    match name {
        "3des" => SymmetricAlgorithm::TripleDes,
        "aes128" => SymmetricAlgorithm::Aes128,
        "aes192" => SymmetricAlgorithm::Aes192,
        "aes256" => SymmetricAlgorithm::Aes256,
        other => panic!("unknown algorithm {other}"),
    }
}

/// The session at its start. Vectors begin 3DES anywhere and AES at zero.
fn start(vector: &SecureMessagingVector) -> SecureMessaging {
    let algorithm = algorithm(&vector.algorithm);
    let ssc = match algorithm {
        SymmetricAlgorithm::TripleDes => {
            let half = |range: std::ops::Range<usize>| {
                let mut challenge = [0; 8];
                challenge[4..].copy_from_slice(&vector.ssc_initial[range]);
                challenge
            };
            SendSequenceCounter::from_challenges(half(0..4), half(4..8))
        }
        _ => {
            assert!(vector.ssc_initial.iter().all(|byte| *byte == 0));
            SendSequenceCounter::zero(algorithm)
        }
    };
    SecureMessaging::new(algorithm, &vector.ks_enc, &vector.ks_mac, ssc).unwrap()
}

#[test]
fn sessions_pass_byte_for_byte() {
    let sessions = sessions();
    assert!(sessions.len() >= 3);
    for vector in &sessions {
        let mut session = start(vector);
        for exchange in &vector.exchanges {
            let context = format!("{} {}", vector.algorithm, exchange.name);
            let command = CommandApdu::parse(&exchange.plain_command).unwrap();
            assert_eq!(
                hex::encode_upper(session.protect(&command).unwrap()),
                hex::encode_upper(&exchange.protected_command),
                "{context}"
            );
            let response = session.unprotect(&exchange.protected_response).unwrap();
            let mut plain = response.data.clone();
            plain.extend_from_slice(&response.status.to_bytes());
            assert_eq!(plain, exchange.plain_response, "{context}");
        }
    }
}

#[test]
fn aes_256_command_of_persosim() {
    let vector = aes256_command();
    let mut ssc = SendSequenceCounter::zero(SymmetricAlgorithm::Aes256);
    let mut block = [0; MAX_BLOCK];
    // protect() counts up first, so start one before the published counter.
    while {
        let mut next = ssc.clone();
        next.increment();
        next.block(&mut block) != vector.ssc.as_slice()
    } {
        ssc.increment();
    }
    let mut session =
        SecureMessaging::new(SymmetricAlgorithm::Aes256, &vector.ks_enc, &vector.ks_mac, ssc).unwrap();
    let command = CommandApdu::parse(&vector.plain).unwrap();
    assert_eq!(session.protect(&command).unwrap(), vector.protected);
}

/// The AES-128 values of the BSI worked example: DO'87' content at counter 1, a MAC over DO'99' at counter 2.
#[test]
fn aes_128_values_of_the_bsi_worked_example() {
    let file = test_vectors::load("bsi-eac2-worked-example");
    let values = &file["vectors"][0]["values"];
    let value = |name: &str| test_vectors::hex(&values[name]);
    let mut session = SecureMessaging::new(
        SymmetricAlgorithm::Aes128,
        &value("k_enc"),
        &value("k_mac"),
        SendSequenceCounter::zero(SymmetricAlgorithm::Aes128),
    )
    .unwrap();
    let plain = value("sm_plain_ssc1");
    let command = CommandApdu::new(0x00, 0x22, 0x81, 0xB6).with_data(&plain);
    let protected = CommandApdu::parse(&session.protect(&command).unwrap())
        .unwrap()
        .data
        .to_vec();
    let do87 = tlv::find(&protected, DO87).unwrap().unwrap().to_vec();
    assert_eq!(do87, [&[PADDED][..], &value("sm_cipher_ssc1")].concat());

    let mut response = value("sm_mac_input_ssc2");
    response.extend([0x8E, 0x08]);
    response.extend(value("sm_mac_ssc2"));
    response.extend([0x90, 0x00]);
    let plain = session.unprotect(&response).unwrap();
    assert_eq!(
        plain,
        Response {
            data: Vec::new(),
            status: StatusWord::SUCCESS
        }
    );
}

/// Every byte of every protected answer, in three ways each: this layer must notice, say what, and end the session.
#[test]
fn every_flipped_byte_of_an_answer_ends_the_session() {
    let mut flips = 0;
    for vector in &sessions() {
        for (index, exchange) in vector.exchanges.iter().enumerate() {
            let last = exchange.protected_response.len() - 2;
            for position in 0..exchange.protected_response.len() {
                for flip in [0x01, 0x80, 0xFF] {
                    let mut session = start(vector);
                    for earlier in &vector.exchanges[..index] {
                        session
                            .protect(&CommandApdu::parse(&earlier.plain_command).unwrap())
                            .unwrap();
                        session.unprotect(&earlier.protected_response).unwrap();
                    }
                    session
                        .protect(&CommandApdu::parse(&exchange.plain_command).unwrap())
                        .unwrap();
                    let mut response = exchange.protected_response.clone();
                    response[position] ^= flip;
                    let error = session.unprotect(&response).unwrap_err();
                    if position >= last {
                        assert!(
                            matches!(error, SecureMessagingError::StatusMismatch { .. }),
                            "{error}"
                        );
                    } else {
                        assert!(
                            matches!(
                                error,
                                SecureMessagingError::WrongMac
                                    | SecureMessagingError::Malformed(_)
                                    | SecureMessagingError::UnexpectedObject(_)
                                    | SecureMessagingError::MissingObject(_)
                                    | SecureMessagingError::WrongLength(_)
                            ),
                            "{error}"
                        );
                    }
                    assert!(!session.is_open());
                    assert_eq!(
                        session.unprotect(&exchange.protected_response),
                        Err(SecureMessagingError::SessionOver)
                    );
                    assert_eq!(
                        session.protect(&CommandApdu::new(0, 0xB0, 0, 0)),
                        Err(SecureMessagingError::SessionOver)
                    );
                    flips += 1;
                }
            }
        }
    }
    assert!(flips > 8000, "{flips}");
}

#[test]
fn a_replayed_or_skipped_answer_is_refused() {
    let vector = &sessions()[0];
    let mut session = start(vector);
    for _ in 0..2 {
        session
            .protect(&CommandApdu::parse(&vector.exchanges[0].plain_command).unwrap())
            .unwrap();
        if session
            .unprotect(&vector.exchanges[0].protected_response)
            .is_err()
        {
            assert!(!session.is_open());
            return;
        }
    }
    panic!("the same answer was taken twice");
}

/// Answers whose MAC is right and whose form is not: the MAC is computed here, so only the form can be what is refused.
#[test]
fn a_right_mac_does_not_excuse_a_wrong_form() {
    let algorithm = SymmetricAlgorithm::Aes128;
    let (ks_enc, ks_mac) = ([0x11; 16], [0x22; 16]);
    let answer = |objects: &[u8], outer: [u8; 2]| {
        let mut ssc = SendSequenceCounter::zero(algorithm);
        ssc.increment();
        ssc.increment();
        let mut mac = MacKey::new(algorithm, &ks_mac).unwrap().start();
        mac.update(ssc.block(&mut [0; MAX_BLOCK]));
        mac.update(objects);
        mac.pad();
        let mut response = objects.to_vec();
        response.extend([0x8E, 0x08]);
        response.extend(mac.finish_truncated());
        response.extend(outer);
        let mut session =
            SecureMessaging::new(algorithm, &ks_enc, &ks_mac, SendSequenceCounter::zero(algorithm)).unwrap();
        session
            .protect(&CommandApdu::new(0, 0xB0, 0, 0).with_expected(16))
            .unwrap();
        session.unprotect(&response)
    };
    let do99 = [0x99, 0x02, 0x90, 0x00];
    assert!(answer(&do99, [0x90, 0x00]).is_ok());
    assert!(matches!(
        answer(&do99, [0x6A, 0x82]),
        Err(SecureMessagingError::StatusMismatch { .. })
    ));
    let object = |tag: u8, value: &[u8]| [&[tag, value.len() as u8], value, &do99].concat();
    let cases: [(&str, Vec<u8>, SecureMessagingError); 7] = [
        (
            "no whole blocks",
            object(0x87, &[1; 16]),
            SecureMessagingError::Cryptogram,
        ),
        (
            "no cryptogram",
            object(0x87, &[1]),
            SecureMessagingError::Cryptogram,
        ),
        ("empty", object(0x87, &[]), SecureMessagingError::Cryptogram),
        (
            "padding indicator",
            object(0x87, &[2; 17]),
            SecureMessagingError::Cryptogram,
        ),
        (
            "decrypts to no padding",
            object(0x87, &[&[1][..], &[0x5A; 16]].concat()),
            SecureMessagingError::Cryptogram,
        ),
        (
            "DO'85' for an even instruction",
            object(0x85, &[1; 16]),
            SecureMessagingError::UnexpectedObject(0x85),
        ),
        (
            "plain data",
            object(0x81, &[1, 2]),
            SecureMessagingError::UnexpectedObject(0x81),
        ),
    ];
    for (name, objects, expected) in cases {
        assert_eq!(answer(&objects, [0x90, 0x00]), Err(expected), "{name}");
    }
    let twice = [do99, do99].concat();
    assert_eq!(
        answer(&twice, [0x90, 0x00]),
        Err(SecureMessagingError::UnexpectedObject(0x99))
    );
    assert_eq!(
        answer(&[0x99, 0x01, 0x90], [0x90, 0x00]),
        Err(SecureMessagingError::WrongLength(0x99))
    );
    assert_eq!(
        answer(&[], [0x90, 0x00]),
        Err(SecureMessagingError::UnexpectedObject(0x8E))
    );
}

#[test]
fn a_plain_answer_means_that_the_chip_ended_the_session() {
    let vector = &sessions()[0];
    let mut session = start(vector);
    session
        .protect(&CommandApdu::new(0, 0xB0, 0, 0).with_expected(4))
        .unwrap();
    assert_eq!(
        session.unprotect(&[0x69, 0x88]),
        Err(SecureMessagingError::EndedByChip {
            status: StatusWord::SM_OBJECTS_INCORRECT
        })
    );
    assert!(!session.is_open());
}

#[test]
fn a_command_that_fits_no_apdu_costs_no_session() {
    let mut session = start(&sessions()[0]);
    let data = vec![0; 65_530];
    let too_long = CommandApdu::new(0, 0xD6, 0, 0).with_data(&data);
    assert!(matches!(
        session.protect(&too_long),
        Err(SecureMessagingError::Command(_))
    ));
    assert!(session.is_open());
}
