//! The terminal's PACE alone, against 9303-11 appendix G.1 and every other published or cross-checked run.

use card_applet::crypto::cipher::SymmetricAlgorithm;
use card_applet::wire::security_info::{Mapping, PaceProtocol};
use test_vectors::pace::{PaceVector, generic_mapping_vectors, worked_example, worked_example_exchanges};

use super::*;
use crate::terminal::scripted::ScriptedRng;
use crate::transport::TransportError;
use crate::transport::replay::{Exchange, Replay, Session};

mod groups;

fn info(vector: &PaceVector) -> PaceInfo {
    PaceInfo::new(PaceProtocol::from_oid(&vector.oid).unwrap(), vector.parameter_id)
}

fn password(vector: &PaceVector) -> Password {
    if vector.password_is_mrz {
        // The MRZ information of appendix G.1 has check digits that fit, like every printed one.
        Password::mrz(&vector.password).unwrap()
    } else {
        Password::can(&vector.password).unwrap()
    }
}

fn replay(exchanges: &[test_vectors::Exchange]) -> Session {
    let exchanges = exchanges.iter().map(|exchange| Exchange {
        command: exchange.command.clone(),
        response: exchange.response.clone(),
    });
    Session {
        atr: Vec::new(),
        exchanges: exchanges.collect(),
    }
}

fn run_against(vector: &PaceVector, session: Session) -> Result<CardLink<Replay>, PaceError> {
    let mut rng = ScriptedRng::new(&[&vector.map_term_priv, &vector.ka_term_priv]);
    let mut link = CardLink::new(Replay::new(session));
    run(&mut link, &info(vector), false, &password(vector), &[], &mut rng)?;
    Ok(link)
}

fn supported() -> Vec<PaceVector> {
    let vectors: Vec<_> = generic_mapping_vectors()
        .into_iter()
        .filter(|vector| is_supported(&info(vector)))
        .collect();
    // Every curve and all four ciphers, else this proves less than it says.
    for parameter_id in [12, 13, 15, 16] {
        assert!(vectors.iter().any(|vector| vector.parameter_id == parameter_id));
    }
    for cipher in 1..=4 {
        assert!(
            vectors.iter().any(|vector| vector.oid.last() == Some(&cipher)),
            "cipher {cipher}"
        );
    }
    vectors
}

#[test]
fn the_printed_transcript_of_appendix_g1() {
    let vector = worked_example();
    let link = run_against(&vector, replay(&worked_example_exchanges())).unwrap();
    assert!(link.session().unwrap().is_open());
    assert_eq!(link.into_transport().remaining(), 0);
}

#[test]
fn every_curve_and_cipher() {
    for vector in supported() {
        let link = run_against(&vector, replay(&vector.exchanges()))
            .unwrap_or_else(|e| panic!("{}: {e}", vector.id));
        assert_eq!(
            link.session().unwrap().algorithm(),
            Some(info(&vector).protocol.cipher)
        );
        assert_eq!(link.into_transport().remaining(), 0, "{}", vector.id);
    }
}

/// The session keys themselves are not shown by any type; they are seen by what they encrypt.
#[test]
fn session_keys_are_the_published_ones() {
    for vector in supported() {
        let algorithm = info(&vector).protocol.cipher;
        let mut expected = SecureMessaging::new(
            algorithm,
            &vector.ks_enc,
            &vector.ks_mac,
            SendSequenceCounter::zero(algorithm),
        )
        .unwrap();
        let select = CommandApdu::new(0x00, 0xA4, 0x04, 0x0C).with_data(&[1, 2, 3]);
        let mut session = replay(&vector.exchanges());
        session.exchanges.push(Exchange {
            command: expected.protect(&select).unwrap(),
            response: vec![0x6F, 0x00],
        });
        let mut link = run_against(&vector, session).unwrap();
        // The replay took the protected command, so it was the expected one; the chip's plain answer ends the session.
        assert!(
            matches!(link.exchange(&select), Err(LinkError::SecureMessaging(_))),
            "{}",
            vector.id
        );
        assert_eq!(link.into_transport().remaining(), 0, "{}", vector.id);
    }
}

/// Flips every byte of every answer of appendix G.1. The step that owns the answer must refuse it, or, where any value is a
/// possible one (the nonce), the next command differs.
#[test]
fn every_flipped_byte_is_refused_by_its_step() {
    let vector = worked_example();
    let exchanges = worked_example_exchanges();
    for index in 0..exchanges.len() {
        for position in 0..exchanges[index].response.len() {
            let mut session = replay(&exchanges);
            let response = &mut session.exchanges[index].response;
            response[position] ^= 0x01;
            let is_status = position + 2 >= response.len();
            let is_header = position < 4;
            let Err(error) = run_against(&vector, session) else {
                panic!("byte {position} of answer {index} was not missed");
            };
            let context = format!("answer {index}, byte {position}: {error:?}");
            match (index, is_status, is_header) {
                (0, ..) => assert!(
                    matches!(
                        error,
                        PaceError::Refused {
                            step: PaceStep::SetAt,
                            ..
                        }
                    ),
                    "{context}"
                ),
                (_, true, _) => assert!(matches!(error, PaceError::Refused { .. }), "{context}"),
                (_, _, true) => assert!(matches!(error, PaceError::Malformed { .. }), "{context}"),
                (1, ..) => assert!(
                    matches!(
                        error,
                        PaceError::Link(LinkError::Transport(TransportError::ReplayDiverged { .. }))
                    ),
                    "{context}"
                ),
                (2 | 3, ..) => assert!(matches!(error, PaceError::InvalidPoint { .. }), "{context}"),
                _ => assert_eq!(error, PaceError::ChipProof, "{context}"),
            }
        }
    }
}

#[test]
fn the_terminals_own_key_is_refused_at_both_steps() {
    let vector = worked_example();
    for (index, step) in [(2, PaceStep::Mapping), (3, PaceStep::KeyAgreement)] {
        let mut exchanges = vector.exchanges();
        let own = if index == 2 {
            &vector.map_term_pub
        } else {
            &vector.ka_term_pub
        };
        exchanges[index].response[4..4 + own.len()].copy_from_slice(own);
        let error = run_against(&vector, replay(&exchanges)).err();
        assert_eq!(error, Some(PaceError::Reflected { step }));
    }
}

#[test]
fn infinity_is_refused_at_both_steps() {
    let vector = worked_example();
    for (index, tag, step) in [(2, 0x82, PaceStep::Mapping), (3, 0x84, PaceStep::KeyAgreement)] {
        for point in [vec![0x00], vec![0x04; 1], [vec![0x04], vec![0; 64]].concat()] {
            let mut exchanges = vector.exchanges();
            exchanges[index].response =
                [dynamic_authentication_data(Some((tag, &point))), vec![0x90, 0x00]].concat();
            let error = run_against(&vector, replay(&exchanges)).err();
            assert_eq!(error, Some(PaceError::InvalidPoint { step }), "{point:?}");
        }
    }
}

#[test]
fn a_wrong_password_is_told_from_a_wrong_chip() {
    let vector = worked_example();
    let mut exchanges = vector.exchanges();
    exchanges[4].response = vec![0x63, 0x00];
    let error = run_against(&vector, replay(&exchanges)).err();
    assert_eq!(
        error,
        Some(PaceError::WrongPassword {
            status: StatusWord::AUTHENTICATION_FAILED
        })
    );
}

#[test]
fn domain_parameters_are_named_only_when_ambiguous() {
    let vector = worked_example();
    let data = |ambiguous| {
        AwaitingSetAt::begin(&info(&vector), ambiguous, &password(&vector))
            .unwrap()
            .command()
            .data
            .to_vec()
    };
    let plain = data(false);
    assert_eq!([plain.clone(), vec![0x84, 0x01, 13]].concat(), data(true));
    assert_eq!(plain[..2], [0x80, 0x0A]);
}

#[test]
fn what_this_terminal_does_not_have_is_said_before_anything_is_sent() {
    let aes128 = PaceProtocol::ecdh_generic(SymmetricAlgorithm::Aes128);
    let with = |mapping| PaceProtocol { mapping, ..aes128 };
    let mut old = PaceInfo::new(aes128, 12);
    old.version = 1;
    let mut own_parameters = PaceInfo::new(aes128, 12);
    own_parameters.parameter_id = None;
    for info in [
        // No group of table 12, groups of the other kind, and P-224, which has no integrated mapping.
        PaceInfo::new(aes128, 3),
        PaceInfo::new(aes128, 19),
        PaceInfo::new(with(Mapping::EcdhIntegrated), 10),
        PaceInfo::new(aes128, 0),
        PaceInfo::new(with(Mapping::EcdhIntegrated), 1),
        PaceInfo::new(with(Mapping::DhGeneric), 12),
        PaceInfo::new(with(Mapping::DhIntegrated), 18),
        PaceInfo::new(with(Mapping::EcdhChipAuthentication), 0),
        old,
        own_parameters,
    ] {
        assert!(!is_supported(&info));
        let error = AwaitingSetAt::begin(&info, false, &Password::can("123456").unwrap()).err();
        assert!(matches!(error, Some(PaceError::Unsupported(_))), "{info:?}");
    }
}
