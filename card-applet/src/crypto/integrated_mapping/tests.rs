use super::*;
use test_vectors::{hex, list, load, text};

/// Appendix H.1 of ICAO Doc 9303-11 (published), then the second implementation's runs: every cipher and curve.
fn vectors() -> Vec<serde_json::Value> {
    let published = load("icao-pace-im")["vectors"][0].clone();
    let own = load("self-generated-crosscheck");
    let own = list(&own["pace"])
        .iter()
        .filter(|vector| text(&vector["id"]).ends_with("-IM"))
        .cloned();
    [published].into_iter().chain(own).collect()
}

fn algorithm(vector: &serde_json::Value) -> SymmetricAlgorithm {
    match hex(&vector["oid"]).last() {
        Some(1) => SymmetricAlgorithm::TripleDes,
        Some(2) => SymmetricAlgorithm::Aes128,
        Some(3) => SymmetricAlgorithm::Aes192,
        Some(4) => SymmetricAlgorithm::Aes256,
        other => panic!("{other:?}"),
    }
}

fn curve(vector: &serde_json::Value) -> Curve {
    Curve::from_parameter_id(vector["parameter_id"].as_u64().unwrap() as u8).unwrap()
}

fn reduced<C: PrimeCurveParams>(expanded: &[u8]) -> Vec<u8> {
    let element: C::FieldElement = reduce(expanded);
    AsRef::<[u8]>::as_ref(&element.to_be_repr()).to_vec()
}

#[test]
fn the_pseudo_random_function_and_the_point_encoding() {
    let mut covered = std::collections::BTreeSet::new();
    for vector in vectors() {
        let (curve, algorithm, id) = (curve(&vector), algorithm(&vector), text(&vector["id"]));
        let (s, t) = (hex(&vector["nonce"]), hex(&vector["nonce_t"]));
        assert_eq!(s.len(), nonce_len(algorithm), "{id}");
        assert_eq!(t.len(), algorithm.key_len(), "{id}");

        let mut expanded = vec![0; expanded_len(algorithm, curve.field_len() * 8)];
        expand(algorithm, &s, &t, &mut expanded).unwrap();
        assert_eq!(expanded, hex(&vector["prf"]), "{id}");

        let reduced = match curve {
            Curve::P256 => reduced::<NistP256>(&expanded),
            Curve::BrainpoolP256r1 => reduced::<BrainpoolP256r1>(&expanded),
            Curve::P384 => reduced::<NistP384>(&expanded),
            Curve::BrainpoolP384r1 => reduced::<BrainpoolP384r1>(&expanded),
        };
        assert_eq!(reduced, hex(&vector["prf_mod_p"]), "{id}");

        let generator = map_integrated(curve, algorithm, &s, &t).unwrap();
        assert_eq!(generator.as_bytes(), hex(&vector["mapped_generator"]), "{id}");
        covered.insert((
            vector["oid"].as_str().unwrap()[18..].to_owned(),
            curve.parameter_id(),
        ));
    }
    let ciphers: std::collections::BTreeSet<_> = covered.iter().map(|(cipher, _)| cipher).collect();
    let curves: std::collections::BTreeSet<_> = covered.iter().map(|(_, curve)| curve).collect();
    assert_eq!((ciphers.len(), curves.len()), (4, 4), "{covered:?}");
}

/// The first two iterations of appendix H.1: k_0 is the key of x_1.
#[test]
fn the_constants_are_the_standards() {
    let constants = &load("icao-pace-im")["constants"];
    assert_eq!(CONSTANTS_128[0][..], hex(&constants["c0_128"]));
    assert_eq!(CONSTANTS_128[1][..], hex(&constants["c1_128"]));
    assert_eq!(CONSTANTS_256[0].as_flattened(), hex(&constants["c0_256"]));
    assert_eq!(CONSTANTS_256[1].as_flattened(), hex(&constants["c1_256"]));
}

#[test]
fn lengths_that_are_not_the_standards_are_refused() {
    use SymmetricAlgorithm::{Aes128, Aes192, Aes256, TripleDes};
    for (algorithm, s, t) in [
        (TripleDes, 8, 16),
        (TripleDes, 16, 8),
        (Aes128, 32, 16),
        (Aes128, 16, 24),
        (Aes192, 16, 24),
        (Aes192, 32, 32),
        (Aes256, 16, 32),
        (Aes256, 32, 16),
        (Aes256, 0, 0),
    ] {
        for curve in [Curve::P256, Curve::P384] {
            assert!(map_integrated(curve, algorithm, &vec![1; s], &vec![2; t]).is_err());
        }
    }
    assert_eq!(
        expand(Aes128, &[0; 16], &[0; 16], &mut [0; 17]),
        Err(CryptoError::InvalidLength)
    );
    assert_eq!(
        [
            expanded_len(Aes128, 256),
            expanded_len(Aes256, 256),
            expanded_len(TripleDes, 384),
            expanded_len(Aes192, 384),
            expanded_len(Aes128, 1024),
        ],
        [48, 64, 64, 64, 144]
    );
}

/// Step 2 divides by zero for t = 0 and for t² = 1.
#[test]
fn values_that_cannot_be_encoded_are_refused() {
    for curve in [
        Curve::P256,
        Curve::BrainpoolP256r1,
        Curve::P384,
        Curve::BrainpoolP384r1,
    ] {
        let number = |value: u8| {
            let mut bytes = [0; MAX_EXPANDED];
            bytes[MAX_EXPANDED - 1] = value;
            bytes
        };
        assert_eq!(
            encode_point(curve, &number(0)).unwrap_err(),
            CryptoError::InvalidPoint
        );
        assert_eq!(
            encode_point(curve, &number(1)).unwrap_err(),
            CryptoError::InvalidPoint
        );
        assert!(encode_point(curve, &number(2)).is_ok());
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(48))]

    /// Whatever the nonces, the result is a point of the curve (the constructor checks it), and both branches of the
    /// encoding, for a square h2 and for none, give the point that the textbook formula with A gives.
    #[test]
    fn every_value_is_a_point(bytes in proptest::array::uniform::<_, MAX_EXPANDED>(proptest::num::u8::ANY)) {
        for curve in [Curve::P256, Curve::BrainpoolP256r1, Curve::P384, Curve::BrainpoolP384r1] {
            proptest::prop_assert!(encode_point(curve, &bytes).is_ok());
        }
        textbook::<NistP256>(&bytes)?;
        textbook::<BrainpoolP256r1>(&bytes)?;
        textbook::<NistP384>(&bytes)?;
        textbook::<BrainpoolP384r1>(&bytes)?;
    }
}

/// Steps 1 to 9 of 9303-11, B.2, as printed.
fn textbook<C: PrimeCurveParams>(bytes: &[u8]) -> Result<(), proptest::test_runner::TestCaseError> {
    type F<C> = <C as FieldArithmetic>::FieldElement;
    let (a, b, t) = (C::EQUATION_A, C::EQUATION_B, reduce::<F<C>>(bytes));
    let inverse = |value: F<C>| Field::invert(&value).unwrap();
    let alpha = -(t * t);
    let x2 = -b * inverse(a) * (F::<C>::ONE + inverse(alpha + alpha * alpha));
    let x3 = alpha * x2;
    let h2 = x2 * x2 * x2 + a * x2 + b;
    let u = t * t * t * h2;
    // p-1-(p+1)/4 undoes (p+1)/4: h^(p-1) is one.
    let big_a = inverse(power_of_quarter(h2));
    let printed = if big_a * big_a * h2 == F::<C>::ONE {
        (x2, big_a * h2)
    } else {
        (x3, big_a * u)
    };
    proptest::prop_assert!(encode_affine::<C>(t) == Some(printed));
    Ok(())
}
