//! The terminal's Active Authentication alone, against signatures computed elsewhere.

use card_applet::wire::domain_parameters::NamedCurve;
use serde_json::Value;

use super::*;
use crate::terminal::scripted::ScriptedRng;
use crate::transport::replay::{Exchange, Replay, Session};

fn signed(challenge: &[u8], signature: &[u8]) -> SignedChallenge {
    let session = Session {
        atr: Vec::new(),
        exchanges: vec![Exchange {
            command: [&[0x00, 0x88, 0x00, 0x00, 0x08], challenge, &[0x00]].concat(),
            response: [signature, &[0x90, 0x00]].concat(),
        }],
    };
    let mut link = CardLink::new(Replay::new(session));
    let mut rng = ScriptedRng::new(&[challenge]);
    let signed = run(&mut link, 64, &mut rng).unwrap();
    assert_eq!(link.into_transport().remaining(), 0);
    signed
}

/// (curve, hash, public point, challenge, r ‖ s)
type Vector = (NamedCurve, HashAlgorithm, Vec<u8>, Vec<u8>, Vec<u8>);

fn vectors() -> Vec<Vector> {
    let file = test_vectors::load("self-generated-crosscheck");
    let vectors = file["active_authentication_ecdsa_rfc6979"].as_array().unwrap();
    let read = |vector: &Value| {
        let (curve, hash) = match vector["id"].as_str().unwrap() {
            "AA-NIST P-256" => (NamedCurve::P256, HashAlgorithm::Sha256),
            "AA-NIST P-384" => (NamedCurve::P384, HashAlgorithm::Sha384),
            other => panic!("{other}"),
        };
        let field = |name: &str| test_vectors::hex(&vector[name]);
        (
            curve,
            hash,
            field("pub"),
            field("rnd_ifd"),
            field("signature_plain"),
        )
    };
    vectors.iter().map(read).collect()
}

#[test]
fn signatures_of_another_implementation_and_every_flip_of_them() {
    let vectors = vectors();
    assert_eq!(vectors.len(), 2);
    for (curve, hash, point, challenge, signature) in vectors {
        let key = PublicKey::Ec { curve, point };
        let evidence = signed(&challenge, &signature).verify(&key, Some(hash)).unwrap();
        assert_eq!(evidence, format!("ECDSA with {}, {}", hash.name(), curve.name()));
        for position in 0..signature.len() {
            let mut changed = signature.clone();
            changed[position] ^= 1;
            let outcome = signed(&challenge, &changed).verify(&key, Some(hash));
            assert!(
                matches!(outcome, Err(ActiveAuthFailure::Wrong(_))),
                "byte {position}"
            );
        }
        let mut other = challenge.clone();
        other[0] ^= 1;
        let replayed = signed(&other, &signature).verify(&key, Some(hash));
        assert!(matches!(replayed, Err(ActiveAuthFailure::Wrong(_))));
        for wrong_length in [&signature[1..], &[], &[&signature[..], &[0]].concat()] {
            let outcome = signed(&challenge, wrong_length).verify(&key, Some(hash));
            assert!(matches!(outcome, Err(ActiveAuthFailure::Wrong(_))));
        }
        let zero = signed(&challenge, &vec![0; signature.len()]).verify(&key, Some(hash));
        assert!(matches!(zero, Err(ActiveAuthFailure::Wrong(_))));
    }
}

#[test]
fn what_is_not_computed_is_not_held_against_the_chip() {
    let (curve, _, point, challenge, signature) = vectors().remove(0);
    let answer = signed(&challenge, &signature);
    let key = PublicKey::Ec {
        curve,
        point: point.clone(),
    };
    // No hash named, one that is not believed, one longer than the key.
    for hash in [None, Some(HashAlgorithm::Sha1), Some(HashAlgorithm::Sha384)] {
        assert!(matches!(
            answer.verify(&key, hash),
            Err(ActiveAuthFailure::Unsupported(_))
        ));
    }
    // A curve that only a build with libssl has.
    let key = PublicKey::Ec {
        curve: NamedCurve::P224,
        point,
    };
    let outcome = signed(&challenge, &[1; 56]).verify(&key, Some(HashAlgorithm::Sha224));
    if cfg!(feature = "legacy-curves") {
        assert!(matches!(outcome, Err(ActiveAuthFailure::Wrong(_))));
    } else {
        assert!(matches!(outcome, Err(ActiveAuthFailure::Unsupported(_))));
    }
}

#[test]
fn a_refusal_is_told_and_a_generator_that_fails_sends_nothing() {
    let challenge = [7; 8];
    let exchange = Exchange {
        command: [&[0x00, 0x88, 0x00, 0x00, 0x08], &challenge[..], &[0x00]].concat(),
        response: vec![0x69, 0x85],
    };
    let session = Session {
        atr: Vec::new(),
        exchanges: vec![exchange],
    };
    let mut link = CardLink::new(Replay::new(session));
    let refused = run(&mut link, 64, &mut ScriptedRng::new(&[&challenge]));
    assert_eq!(
        refused,
        Err(ActiveAuthError::Refused {
            status: StatusWord::CONDITIONS_NOT_SATISFIED
        })
    );
    let exhausted = run(&mut link, 64, &mut ScriptedRng::new(&[&challenge[1..]]));
    assert_eq!(exhausted, Err(ActiveAuthError::Random));
    assert_eq!(link.wire().apdus, 1);
}
