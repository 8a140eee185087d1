//! The table against OpenSSL's, and against the curve crates.

use std::process::Command;

use super::*;
use crate::crypto::curve::{Generator, PrivateKey, PublicPoint};

/// What OpenSSL writes: the curve's explicit parameters, or its object identifier.
fn openssl(curve: NamedCurve, form: &str) -> Vec<u8> {
    let name = match curve {
        NamedCurve::P192 => "prime192v1",
        NamedCurve::P224 => "secp224r1",
        NamedCurve::P256 => "prime256v1",
        NamedCurve::P384 => "secp384r1",
        NamedCurve::P521 => "secp521r1",
        brainpool => brainpool.name(),
    };
    let output = Command::new("openssl")
        .args(["ecparam", "-name", name, "-param_enc", form, "-outform", "DER"])
        .output()
        .expect("the openssl command must be installed for this test");
    assert!(output.status.success(), "{curve}");
    output.stdout
}

#[test]
fn every_curve_is_that_of_openssl() {
    for curve in NamedCurve::ALL {
        let domain = curve.parameters();
        let der = openssl(curve, "explicit");
        let contains = |value: &[u8]| der.windows(value.len()).any(|bytes| bytes == value);
        for (tag, value) in [0x02, 0x04, 0x04, 0x04, 0x02].into_iter().zip(domain.values()) {
            // An INTEGER has as few bytes as it needs and is positive.
            let value = match (tag, value) {
                (0x02, [0x80..=0xFF, ..]) => [&[0], value].concat(),
                _ => value.to_vec(),
            };
            let length = match u8::try_from(value.len()).unwrap() {
                long @ 0x80.. => vec![0x81, long],
                short => vec![short],
            };
            let object = [&[tag], &length[..], &value].concat();
            assert!(contains(&object), "{curve}: {}", hex::encode(&object));
        }
        assert!(der.ends_with(&[0x02, 0x01, 0x01]), "{curve}: cofactor");

        let oid = openssl(curve, "named_curve");
        assert_eq!(oid.get(2..), Some(curve.oid()), "{curve}");
        assert_eq!(NamedCurve::from_oid(curve.oid()), Some(curve));
        assert_eq!(NamedCurve::from_parameter_id(curve.parameter_id()), Some(curve));
        assert_eq!(domain.named_curve(), Some(curve));
        assert_eq!(domain.curve(), curve.on_chip());
        for value in [domain.prime, domain.a, domain.b, domain.order] {
            assert_eq!(value.len(), curve.field_len(), "{curve}");
        }
    }
}

/// The chip's curves: the generator is the curve crate's.
#[test]
fn the_chips_curves_are_those_of_their_crates() {
    for curve in NamedCurve::ALL.into_iter().filter_map(NamedCurve::on_chip) {
        let domain = DomainParameters::of(curve);
        assert_eq!(domain, NamedCurve::from(curve).parameters());
        let mut one = vec![0; curve.field_len()];
        *one.last_mut().unwrap() = 1;
        let one = PrivateKey::from_bytes(curve, &one).unwrap();
        let generator = Generator::Standard(curve).public_key(&one).unwrap();
        assert_eq!(domain.base, generator.as_bytes());
        assert!(PublicPoint::from_uncompressed(curve, domain.base).is_ok());
    }
}

#[test]
fn one_changed_bit_is_no_known_curve() {
    let domain = NamedCurve::BrainpoolP512r1.parameters();
    for position in 0..domain.order.len() {
        let mut order = domain.order.to_vec();
        order[position] ^= 1;
        let changed = DomainParameters {
            order: &order,
            ..domain
        };
        assert_eq!(changed.named_curve(), None);
    }
}
