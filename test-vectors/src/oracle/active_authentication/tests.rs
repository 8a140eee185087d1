//! Against the published signatures of `active-authentication.json` and the second implementation of `self-generated-crosscheck.json`.

use super::*;
use crate::{hex, list, load, text};

/// The published vector with this id.
fn vector(id: &str) -> serde_json::Value {
    let file = load("active-authentication");
    let found = list(&file["vectors"])
        .iter()
        .find(|vector| text(&vector["id"]) == id);
    found.expect("a vector").clone()
}

/// 9303-11 appendix F publishes no key: what the signature opens to is checked.
#[test]
fn appendix_f_opens_to_a_right_representative() {
    let vector = vector("ICAO-9303-11-AppF");
    let (f, m2) = (hex(&vector["f"]), hex(&vector["m2"]));
    assert_eq!(check_representative(&f, &m2), Ok(()));
    for at in 0..f.len() {
        let mut other = f.clone();
        other[at] ^= 0x10;
        assert!(check_representative(&other, &m2).is_err(), "byte {at}");
    }
    assert!(check_representative(&f, &m2[1..]).is_err());
}

#[test]
fn a_signature_of_bouncy_castle_is_right_and_each_bent_one_is_wrong() {
    let vector = vector("BC-ISO9796-2-partial");
    let (n, e, s) = (
        hex(&vector["modulus"]),
        hex(&vector["public_exponent"]),
        hex(&vector["s"]),
    );
    assert_eq!(open(&n, &e, &s), Ok(hex(&vector["f"])));
    let key = ActiveKey::Rsa {
        modulus: n.clone(),
        exponent: e,
    };
    let m2 = hex(&vector["m2"]);
    assert_eq!(key.check(&m2, &s), Ok(()));
    // The alternative signature of ISO/IEC 9796-2: n - s.
    let number = BoxedUint::from_be_slice_vartime;
    let alternative = number(&n).wrapping_sub(number(&s)).to_be_bytes().into_vec();
    assert_eq!(key.check(&m2, &alternative), Ok(()));
    for at in (0..s.len()).step_by(7) {
        let mut other = s.clone();
        other[at] ^= 0x01;
        assert!(key.check(&m2, &other).is_err(), "byte {at}");
    }
    assert!(key.check(&[1, 0, 0, 0, 0, 0, 0, 0], &s).is_err());
    assert!(key.check(&m2, &s[1..]).is_err());
    assert!(key.check(&m2, &n).is_err());
}

#[test]
fn every_trailer_of_the_list_names_its_hash() {
    let file = load("active-authentication");
    let trailers = file["trailers"].as_object().expect("an object");
    let names = ["SHA-1", "SHA-224", "SHA-256", "SHA-384", "SHA-512"];
    for (hash, name) in Hash::ALL.into_iter().zip(names) {
        for trailer in hash.trailers() {
            let listed = &trailers[&hex::encode(trailer).to_uppercase()];
            assert_eq!(text(listed), name);
        }
    }
}

#[test]
fn plain_ecdsa_signatures_of_another_program_are_right() {
    let file = load("self-generated-crosscheck");
    let vectors = list(&file["active_authentication_ecdsa_rfc6979"]);
    assert!(!vectors.is_empty());
    for vector in vectors {
        let (curve, hash) = match text(&vector["hash"]) {
            "sha256" => (Curve::P256, Hash::Sha256),
            _ => (Curve::P384, Hash::Sha384),
        };
        let (challenge, signature) = (hex(&vector["rnd_ifd"]), hex(&vector["signature_plain"]));
        let public = hex(&vector["pub"]);
        let key = |hash| ActiveKey::Ecdsa {
            curve,
            public: public.clone(),
            hash,
        };
        assert_eq!(key(hash).check(&challenge, &signature), Ok(()));
        assert!(key(Hash::Sha224).check(&challenge, &signature).is_err());
        for at in (0..signature.len()).step_by(7) {
            let mut other = signature.clone();
            other[at] ^= 0x01;
            assert!(key(hash).check(&challenge, &other).is_err(), "byte {at}");
        }
        assert!(key(hash).check(&challenge[1..], &signature).is_err());
        assert!(key(hash).check(&challenge, &signature[1..]).is_err());
    }
}

#[test]
fn the_hash_is_what_the_info_in_dg14_names() {
    use crate::naive::object;
    let dg14 = |arc: u8| {
        let algorithm = object(0x06, &[&PLAIN_ECDSA[..], &[arc]].concat());
        let info = [
            object(0x06, &ACTIVE_AUTHENTICATION),
            object(0x02, &[1]),
            algorithm,
        ];
        object(0x6E, &object(0x31, &object(0x30, &info.concat())))
    };
    for hash in Hash::ALL {
        assert_eq!(Hash::in_dg14(&dg14(hash.arc())), Some(hash));
    }
    assert_eq!(Hash::in_dg14(&dg14(0x20)), None);
    assert_eq!(Hash::in_dg14(&[0x6E, 0x02, 0x31, 0x00]), None);
}
