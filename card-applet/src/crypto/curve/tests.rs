use super::*;
use test_vectors::{hex, load};

const ALL: [Curve; 4] = [
    Curve::P256,
    Curve::BrainpoolP256r1,
    Curve::P384,
    Curve::BrainpoolP384r1,
];

/// Every elliptic curve value of ICAO Doc 9303-11, G.1 (brainpoolP256r1), then the second implementation's
/// values on all four curves.
#[test]
fn mapping_and_agreement() {
    let published = load("icao-pace-gm")["vectors"][0].clone();
    let crosscheck = load("self-generated-crosscheck");
    let ours = |vector: &&serde_json::Value| {
        let known = vector["parameter_id"]
            .as_u64()
            .and_then(|id| Curve::from_parameter_id(id as u8));
        known.is_some() && vector["id"].as_str().unwrap().ends_with("-GM")
    };
    let mut curves = std::collections::BTreeSet::new();
    for vector in crosscheck["pace"]
        .as_array()
        .unwrap()
        .iter()
        .filter(ours)
        .chain([&published])
    {
        let curve = Curve::from_parameter_id(vector["parameter_id"].as_u64().unwrap() as u8).unwrap();
        curves.insert(curve.parameter_id());
        let private = |name: &str| PrivateKey::from_bytes(curve, &hex(&vector[name])).unwrap();
        let public = |name: &str| PublicPoint::from_uncompressed(curve, &hex(&vector[name])).unwrap();
        let standard = Generator::Standard(curve);
        assert!(standard.public_key(&private("map_term_priv")).unwrap() == public("map_term_pub"));
        assert!(standard.public_key(&private("map_chip_priv")).unwrap() == public("map_chip_pub"));
        let h = private("map_chip_priv").agree(&public("map_term_pub")).unwrap();
        assert!(h == public("map_shared_h"));
        let mapped = Generator::map_generic(&hex(&vector["nonce"]), &h).unwrap();
        assert!(matches!(&mapped, Generator::Mapped(point) if *point == public("mapped_generator")));
        assert!(mapped.public_key(&private("ka_chip_priv")).unwrap() == public("ka_chip_pub"));
        let shared = private("ka_term_priv").agree(&public("ka_chip_pub")).unwrap();
        assert_eq!(shared.x(), hex(&vector["shared_secret"]));
    }
    assert_eq!(curves.into_iter().collect::<Vec<_>>(), [12, 13, 15, 16]);
}

#[test]
fn refuses_what_is_no_public_key() {
    for curve in ALL {
        let len = curve.field_len();
        let key = PrivateKey::from_bytes(curve, &vec![1; len]).unwrap();
        let good = Generator::Standard(curve).public_key(&key).unwrap();
        assert!(PublicPoint::from_uncompressed(curve, good.as_bytes()).is_ok());
        let mut off_curve = good.as_bytes().to_vec();
        off_curve[2 * len] ^= 1;
        let mut out_of_range = good.as_bytes().to_vec();
        out_of_range[1..=len].fill(0xFF);
        let mut compressed = vec![2];
        compressed.extend_from_slice(good.x());
        let mut infinity_padded = vec![0; curve.point_len()];
        infinity_padded[0] = 4;
        for bad in [
            &[0][..],
            &[],
            &off_curve,
            &out_of_range,
            &compressed,
            &infinity_padded,
            &good.as_bytes()[..2 * len],
        ] {
            assert_eq!(
                PublicPoint::from_uncompressed(curve, bad).unwrap_err(),
                CryptoError::InvalidPoint
            );
        }
    }
}

#[test]
fn refuses_what_is_no_private_key() {
    for curve in ALL {
        let of = |byte: u8, len: usize| vec![byte; len];
        let len = curve.field_len();
        for bad in [
            &of(0, len)[..],
            &of(0xFF, len),
            &of(1, len - 1),
            &of(1, len + 1),
            &[],
        ] {
            assert_eq!(
                PrivateKey::from_bytes(curve, bad).unwrap_err(),
                CryptoError::InvalidScalar
            );
        }
    }
    assert!(
        PrivateKey::from_bytes(Curve::P256, &[1; 32])
            .unwrap()
            .agree(&{
                let key = PrivateKey::from_bytes(Curve::BrainpoolP256r1, &[1; 32]).unwrap();
                Generator::Standard(Curve::BrainpoolP256r1)
                    .public_key(&key)
                    .unwrap()
            })
            .is_err()
    );
}

/// s·G + H at infinity: H is the negative of s·G.
#[test]
fn a_mapping_to_infinity_is_refused() {
    let mut negative_five =
        hex::decode("FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551").unwrap();
    negative_five[31] -= 5;
    let key = PrivateKey::from_bytes(Curve::P256, &negative_five).unwrap();
    let h = Generator::Standard(Curve::P256).public_key(&key).unwrap();
    assert_eq!(
        Generator::map_generic(&[5], &h).unwrap_err(),
        CryptoError::InvalidPoint
    );
    assert!(Generator::map_generic(&[6], &h).is_ok());
    assert_eq!(
        Generator::map_generic(&[0; 16], &h).unwrap_err(),
        CryptoError::InvalidScalar
    );
}
