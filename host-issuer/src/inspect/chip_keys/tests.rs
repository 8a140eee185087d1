//! Keys of published documents, and of OpenSSL's.

use super::*;

/// ChipAuthenticationPublicKeyInfo of Doc 9303-11 appendix I.1: brainpoolP256r1 by number.
#[test]
fn key_of_appendix_i1() {
    let vector = &test_vectors::load("icao-pace-cam")["vectors"][0];
    let info = test_vectors::hex(&vector["cam"]["chip_authentication_public_key_info"]);
    let pace = test_vectors::hex(&vector["pace_info"]);
    let length = u8::try_from(info.len() + pace.len()).unwrap();
    let set = [&[0x31, length][..], &pace, &info].concat();
    let keys = ChipKeys::from_security_infos(&set).unwrap();
    assert_eq!(
        keys.public_keys,
        [ChipPublicKey {
            key: Some(AgreementKey::Point {
                curve: NamedCurve::BrainpoolP256r1,
                point: test_vectors::hex(&vector["cam"]["static_pub"]),
            }),
            key_id: Some(vec![13]),
        }]
    );
    assert_eq!(keys.pace_cam, [vec![13]]);
    assert!(keys.chip_authentication.is_empty());
    for len in 0..set.len() {
        assert!(ChipKeys::from_security_infos(&set[..len]).is_err(), "{len} bytes");
    }
}

#[test]
fn an_offer_finds_its_key() {
    let key = |id: Option<u8>| ChipPublicKey {
        key: None,
        key_id: id.map(|id| vec![id]),
    };
    let offer = |id: Option<u8>| ChipAuthenticationOffer {
        protocol: Vec::new(),
        key_id: id.map(|id| vec![id]),
    };
    let with = |public_keys: Vec<ChipPublicKey>| ChipKeys {
        public_keys,
        ..ChipKeys::default()
    };
    assert!(with(vec![key(None)]).key_of(&offer(None)).is_some());
    assert!(with(vec![key(Some(1))]).key_of(&offer(None)).is_some());
    assert!(
        with(vec![key(Some(1)), key(Some(2))])
            .key_of(&offer(None))
            .is_none()
    );
    let two = with(vec![key(Some(1)), key(Some(2))]);
    assert_eq!(two.key_of(&offer(Some(2))), Some(&key(Some(2))));
    assert_eq!(two.key_of(&offer(Some(3))), None);
}

fn set_of_key(protocol: &[u8], spki: &[u8]) -> Vec<u8> {
    fn object(tag: u8, value: &[u8]) -> Vec<u8> {
        let [high, low] = u16::try_from(value.len()).unwrap().to_be_bytes();
        [&[tag, 0x82, high, low], value].concat()
    }
    object(0x31, &object(0x30, &[&object(0x06, protocol), spki].concat()))
}

const PK_DH: &[u8] = &[0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x01, 0x01];
const PK_ECDH: &[u8] = &[0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x01, 0x02];

/// EF.CardSecurity of the BSI's worked example: a key of MODP 1024/160 by number.
#[test]
fn key_of_the_worked_example_of_dh() {
    let values = &test_vectors::load("bsi-eac2-worked-example")["vectors"][1]["values"];
    let keys = ChipKeys::from_card_security(&test_vectors::hex(&values["ef_cardsecurity"])).unwrap();
    let expected = AgreementKey::Number {
        group: ModPGroup::Bits1024Order160,
        number: test_vectors::hex(&values["ca_picc_pub_key"]),
    };
    assert_eq!(keys.public_keys.len(), 1);
    assert_eq!(keys.public_keys[0].key, Some(expected));
}

/// Keys that OpenSSL made: with X9.42's parameters and with those of PKCS#3; each parameter changed is no known group.
#[test]
fn keys_of_openssl_and_their_parameters() {
    let file = test_vectors::load("self-generated-chip-authentication-dh");
    for vector in file["chip_authentication_v1_dh"].as_array().unwrap() {
        let group = ModPGroup::from_parameter_id(vector["parameter_id"].as_u64().unwrap() as u8).unwrap();
        for (spki, number) in [("chip_spki", "chip_pub"), ("chip_spki_pkcs3", "chip_pub_pkcs3")] {
            let spki = test_vectors::hex(&vector[spki]);
            let number = test_vectors::hex(&vector[number]);
            let read = |spki: &[u8], protocol| {
                let keys = ChipKeys::from_security_infos(&set_of_key(protocol, spki)).unwrap();
                keys.public_keys[0].key.clone()
            };
            assert_eq!(read(&spki, PK_DH), Some(AgreementKey::Number { group, number }));
            assert_eq!(read(&spki, PK_ECDH), None, "a key of another kind than it says");
            let parameters = group.numbers().into_iter().filter_map(|number| {
                let at = spki.windows(number.len()).position(|window| window == number)?;
                Some(at + number.len() - 1)
            });
            let mut changes = 0;
            for last in parameters {
                let mut changed = spki.clone();
                changed[last] ^= 2;
                assert_eq!(read(&changed, PK_DH), None);
                changes += 1;
            }
            assert!(changes >= 2, "{changes}");
            for len in 0..spki.len() {
                assert!(
                    ChipKeys::from_security_infos(&set_of_key(PK_DH, &spki[..len])).is_err(),
                    "{len}"
                );
            }
        }
    }
}

/// The subgroup factor, where it is written, is compared, too; how the primes were found is not.
#[test]
fn subgroup_factor_and_validation_parameters() {
    let group = ModPGroup::Bits1024Order160;
    let integer = |number: &[u8]| {
        let number = [&[0][..], number].concat();
        [&[0x02, 0x81, number.len() as u8][..], &number].concat()
    };
    let sequence = |content: &[u8]| {
        let [high, low] = (content.len() as u16).to_be_bytes();
        [&[0x30, 0x82, high, low], content].concat()
    };
    let [p, g, q] = group.numbers();
    let read = |more: &[u8]| {
        let parameters = [&integer(&p)[..], &integer(&g), &integer(&q), more].concat();
        let oid = [0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3E, 0x02, 0x01];
        let algorithm = sequence(&[&oid[..], &sequence(&parameters)].concat());
        let key = [0x03, 0x04, 0x00, 0x02, 0x01, 0x05];
        let set = set_of_key(PK_DH, &sequence(&[&algorithm[..], &key].concat()));
        ChipKeys::from_security_infos(&set).map(|keys| keys.public_keys[0].key.is_some())
    };
    let mut other = group.cofactor();
    assert_eq!(read(&[]), Ok(true));
    assert_eq!(read(&integer(&other)), Ok(true));
    let validation = [0x30, 0x07, 0x03, 0x02, 0x00, 0xAB, 0x02, 0x01, 0x09];
    assert_eq!(read(&[&integer(&other)[..], &validation].concat()), Ok(true));
    other[0] ^= 1;
    assert_eq!(read(&integer(&other)), Ok(false));
    assert!(read(&[0x04, 0x00]).is_err());
}
