//! Integrated mapping, and the MODP groups: appendices G.2, H.1 and H.2 of 9303-11, and the second implementation's runs.

use test_vectors::pace::{
    IntegratedVector, dh_worked_example, generic_mapping_in_further_groups, integrated_dh_worked_example,
    integrated_mapping_in_further_groups, integrated_mapping_vectors, integrated_worked_example,
};

use super::{info, password, replay};
use crate::terminal::key_agreement::{Group, ModPGroup};
use crate::terminal::link::CardLink;
use crate::terminal::pace::*;
use crate::terminal::scripted::ScriptedRng;
use crate::transport::TransportError;
use crate::transport::replay::{Replay, Session};
use card_applet::wire::security_info::PaceProtocol;

fn run_integrated(vector: &IntegratedVector, session: Session) -> Result<CardLink<Replay>, PaceError> {
    let info = PaceInfo::new(PaceProtocol::from_oid(&vector.oid).unwrap(), vector.parameter_id);
    let ka_term_priv = match Group::from_parameter_id(vector.parameter_id) {
        // Appendix H.2 has a private key as long as the modulus; modulo the order it is the same key.
        Some(Group::ModP(group)) => group.reduce_private_key(&vector.ka_term_priv),
        _ => vector.ka_term_priv.clone(),
    };
    let mut rng = ScriptedRng::new(&[&vector.nonce_t, &ka_term_priv]);
    let mut link = CardLink::new(Replay::new(session));
    run(
        &mut link,
        &info,
        false,
        &Password::can(&vector.can).unwrap(),
        &[],
        &mut rng,
    )?;
    assert_eq!(rng.remaining(), 0);
    Ok(link)
}

#[test]
fn integrated_mapping_in_every_group_and_with_every_cipher() {
    let mut vectors = integrated_mapping_vectors();
    vectors.push(integrated_dh_worked_example());
    vectors.extend(integrated_mapping_in_further_groups());
    let mut covered = std::collections::BTreeSet::new();
    for vector in vectors {
        let link = run_integrated(&vector, replay(&vector.exchanges()))
            .unwrap_or_else(|error| panic!("{}: {error}", vector.id));
        assert!(link.session().unwrap().is_open());
        assert_eq!(link.into_transport().remaining(), 0, "{}", vector.id);
        covered.insert((vector.oid[9], vector.parameter_id));
    }
    let count = |pick: fn(&(u8, u8)) -> u8| {
        covered
            .iter()
            .map(pick)
            .collect::<std::collections::BTreeSet<_>>()
            .len()
    };
    assert_eq!((count(|run| run.0), count(|run| run.1)), (4, 8), "{covered:?}");
}

/// Appendix G.2, and the groups that no published run is in. The printed last answer of G.2 carries a DO'87' that this terminal
/// did not ask for; the run here is without it. Elements of the 2048-bit groups travel in extended APDUs.
#[test]
fn generic_mapping_in_modp_groups_and_on_p521() {
    let mut vectors = vec![dh_worked_example()];
    vectors.extend(generic_mapping_in_further_groups());
    for vector in vectors {
        let mut rng = ScriptedRng::new(&[&vector.map_term_priv, &vector.ka_term_priv]);
        let mut link = CardLink::new(Replay::new(replay(&vector.exchanges())));
        run(
            &mut link,
            &info(&vector),
            false,
            &password(&vector),
            &[],
            &mut rng,
        )
        .unwrap_or_else(|error| panic!("{}: {error}", vector.id));
        assert!(link.session().unwrap().is_open());
        assert_eq!(link.into_transport().remaining(), 0);
    }
}

/// Every byte of every answer of H.1 and H.2 flipped: the step that owns the answer refuses it, or, where any value is a possible
/// one (the nonce), the next command but one differs.
#[test]
fn every_flipped_byte_is_refused_by_its_step() {
    for vector in [integrated_worked_example(), integrated_dh_worked_example()] {
        let exchanges = vector.exchanges();
        for index in 0..exchanges.len() {
            for position in 0..exchanges[index].response.len() {
                let mut session = replay(&exchanges);
                let response = &mut session.exchanges[index].response;
                response[position] ^= 0x01;
                let is_status = position + 2 >= response.len();
                let header = response.len()
                    - 2
                    - match index {
                        1 => vector.nonce_enc.len(),
                        3 => vector.ka_chip_pub.len(),
                        4 => vector.t_ic.len(),
                        _ => 0,
                    };
                let Err(error) = run_integrated(&vector, session) else {
                    panic!("{}: byte {position} of answer {index} was not missed", vector.id);
                };
                let context = format!("{}: answer {index}, byte {position}: {error:?}", vector.id);
                match (index, is_status, position < header) {
                    (0, ..) | (_, true, _) => {
                        assert!(matches!(error, PaceError::Refused { .. }), "{context}")
                    }
                    (_, _, true) => assert!(matches!(error, PaceError::Malformed { .. }), "{context}"),
                    (1, ..) => assert!(
                        matches!(
                            error,
                            PaceError::Link(LinkError::Transport(TransportError::ReplayDiverged { .. }))
                        ),
                        "{context}"
                    ),
                    (3, ..) => assert!(matches!(error, PaceError::InvalidPoint { .. }), "{context}"),
                    _ => assert_eq!(error, PaceError::ChipProof, "{context}"),
                }
            }
        }
    }
}

/// The chip's mapping data object is empty; a nonce s has the length that goes with the cipher.
#[test]
fn integrated_mapping_takes_nothing_else() {
    let vector = integrated_worked_example();
    for (step, index, answer) in [
        (
            PaceStep::Mapping,
            2,
            vec![0x7C, 0x03, 0x82, 0x01, 0x00, 0x90, 0x00],
        ),
        (PaceStep::Mapping, 2, vec![0x7C, 0x02, 0x81, 0x00, 0x90, 0x00]),
        (PaceStep::Mapping, 2, vec![0x7C, 0x00, 0x90, 0x00]),
        (PaceStep::Mapping, 2, vec![0x90, 0x00]),
        (
            PaceStep::Nonce,
            1,
            [&[0x7C, 0x22, 0x80, 0x20], &[0x5A; 32][..], &[0x90, 0x00]].concat(),
        ),
    ] {
        let mut exchanges = vector.exchanges();
        exchanges[index].response = answer;
        let error = run_integrated(&vector, replay(&exchanges)).err();
        assert_eq!(error, Some(PaceError::Malformed { step }));
    }
}

/// The terminal's own number, also with a leading zero, and numbers outside the subgroup.
#[test]
fn public_values_of_a_modp_group_are_checked() {
    let vector = dh_worked_example();
    let own = &vector.ka_term_pub;
    let step = PaceStep::KeyAgreement;
    let minus_one = ModPGroup::Bits1024Order160.minus_one();
    for (public, expected) in [
        (own.clone(), PaceError::Reflected { step }),
        ([&[0], &own[..]].concat(), PaceError::Reflected { step }),
        (vec![1], PaceError::InvalidPoint { step }),
        (vec![2], PaceError::InvalidPoint { step }),
        (minus_one, PaceError::InvalidPoint { step }),
        (vec![0xFF; 128], PaceError::InvalidPoint { step }),
        (vec![], PaceError::InvalidPoint { step }),
    ] {
        let mut exchanges = vector.exchanges();
        let object = dynamic_authentication_data(Some((0x84, &public)));
        exchanges[3].response = [object, vec![0x90, 0x00]].concat();
        let mut rng = ScriptedRng::new(&[&vector.map_term_priv, &vector.ka_term_priv]);
        let mut link = CardLink::new(Replay::new(replay(&exchanges)));
        let error = run(
            &mut link,
            &info(&vector),
            false,
            &password(&vector),
            &[],
            &mut rng,
        )
        .err();
        assert_eq!(error, Some(expected), "{public:02X?}");
    }
}
