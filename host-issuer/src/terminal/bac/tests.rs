//! The terminal's BAC alone, against the worked example of 9303-11 appendix D.

use test_vectors::bac::{BacVector, worked_example};

use super::*;
use crate::terminal::channel::SecureMessagingError;
use crate::terminal::scripted::ScriptedRng;
use crate::transport::TransportError;
use crate::transport::replay::{Exchange, Replay, Session};

fn session(vector: &BacVector) -> Session {
    let exchanges = vector.exchanges.iter().map(|exchange| Exchange {
        command: exchange.command.clone(),
        response: exchange.response.clone(),
    });
    Session {
        atr: Vec::new(),
        exchanges: exchanges.collect(),
    }
}

fn run_against(session: Session, mrz_information: &str) -> Result<CardLink<Replay>, BacError> {
    let vector = worked_example();
    let mut rng = ScriptedRng::new(&[&vector.rnd_ifd, &vector.k_ifd]);
    let password = Password::mrz(mrz_information).unwrap();
    let mut link = CardLink::new(Replay::new(session));
    run(&mut link, &password, &mut rng)?;
    assert_eq!(rng.remaining(), 0);
    Ok(link)
}

#[test]
fn the_whole_transcript_of_appendix_d() {
    let vector = worked_example();
    // Bytes sent are compared by the replay; D.4 goes on under the session keys that BAC derived.
    let mut transcript = session(&vector);
    let protected = &test_vectors::secure_messaging::sessions()[0];
    for exchange in &protected.exchanges {
        transcript.exchanges.push(Exchange {
            command: exchange.protected_command.clone(),
            response: exchange.protected_response.clone(),
        });
    }
    let mut link = run_against(transcript, &vector.mrz_information).unwrap();
    for exchange in &protected.exchanges {
        let response = link
            .exchange(&CommandApdu::parse(&exchange.plain_command).unwrap())
            .unwrap();
        assert_eq!(
            [response.data, response.status.to_bytes().to_vec()].concat(),
            exchange.plain_response
        );
    }
    assert_eq!(link.into_transport().remaining(), 0);
}

/// Whichever byte of the chip's answers is flipped, BAC fails, and fails here rather than later.
#[test]
fn every_flipped_byte_is_refused_by_bac() {
    let vector = worked_example();
    for index in 0..vector.exchanges.len() {
        for position in 0..vector.exchanges[index].response.len() {
            let mut flipped = session(&vector);
            let response = &mut flipped.exchanges[index].response;
            response[position] ^= 0x01;
            let is_status = position + 2 >= response.len();
            let Err(error) = run_against(flipped, &vector.mrz_information) else {
                panic!("byte {position} of answer {index} was not missed");
            };
            match (index, is_status) {
                (0, true) => assert!(matches!(error, BacError::Refused { .. }), "{error}"),
                // Another challenge leads to another proof: the command is not the recorded one.
                (0, false) => assert!(
                    matches!(
                        error,
                        BacError::Link(LinkError::Transport(TransportError::ReplayDiverged { .. }))
                    ),
                    "{error}"
                ),
                (_, true) => assert!(matches!(error, BacError::WrongPassword { .. }), "{error}"),
                (_, false) => assert_eq!(error, BacError::ChipProof),
            }
        }
    }
}

#[test]
fn wrong_lengths_are_malformed() {
    let vector = worked_example();
    for index in 0..vector.exchanges.len() {
        for change in [-1i32, 1] {
            let mut changed = session(&vector);
            let response = &mut changed.exchanges[index].response;
            if change < 0 {
                response.remove(0);
            } else {
                response.insert(0, 0);
            }
            let error = run_against(changed, &vector.mrz_information).err();
            assert!(matches!(error, Some(BacError::Malformed { .. })), "{error:?}");
        }
    }
}

/// A chip that knows the keys but answers another challenge: its MAC is right, its proof is not.
#[test]
fn a_proof_for_another_challenge_is_refused() {
    let vector = worked_example();
    let password = Password::mrz(&vector.mrz_information).unwrap();
    let mut rng = ScriptedRng::new(&[&[0x55; 8], &vector.k_ifd]);
    let challenge = AwaitingChallenge::begin(&password, &mut rng).unwrap();
    let response = |bytes: &[u8]| Response {
        data: bytes.to_vec(),
        status: StatusWord::SUCCESS,
    };
    let proof = challenge.answer(&response(&vector.rnd_ic)).unwrap();
    let answer = &vector.exchanges[1].response;
    let error = proof.answer(&response(&answer[..answer.len() - 2])).err();
    assert_eq!(error, Some(BacError::ChipProof));
}

#[test]
fn a_can_and_a_failing_generator_send_nothing() {
    let vector = worked_example();
    let mut link = CardLink::new(Replay::new(session(&vector)));
    let can = Password::can("123456").unwrap();
    assert_eq!(
        run(&mut link, &can, &mut ScriptedRng::new(&[&[0; 64]])),
        Err(BacError::NeedsMrz)
    );
    let mrz = Password::mrz(&vector.mrz_information).unwrap();
    assert_eq!(
        run(&mut link, &mrz, &mut ScriptedRng::new(&[&[0; 20]])),
        Err(BacError::Random)
    );
    assert_eq!(link.wire().apdus, 0);
}

#[test]
fn nothing_is_sent_in_plain_after_the_session_broke() {
    let vector = worked_example();
    let mut transcript = session(&vector);
    transcript.exchanges.push(Exchange {
        command: test_vectors::secure_messaging::sessions()[0].exchanges[0]
            .protected_command
            .clone(),
        response: vec![0x69, 0x88],
    });
    let mut link = run_against(transcript, &vector.mrz_information).unwrap();
    let select = CommandApdu::parse(&[0x00, 0xA4, 0x02, 0x0C, 0x02, 0x01, 0x1E]).unwrap();
    let ended = SecureMessagingError::EndedByChip {
        status: StatusWord::SM_OBJECTS_INCORRECT,
    };
    assert_eq!(link.exchange(&select), Err(LinkError::SecureMessaging(ended)));
    let sent = link.wire().apdus;
    let over = LinkError::SecureMessaging(SecureMessagingError::SessionOver);
    assert_eq!(link.exchange(&select), Err(over));
    assert_eq!(link.wire().apdus, sent);
}
