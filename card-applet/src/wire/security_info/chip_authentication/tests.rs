use super::*;
use crate::wire::security_info::{MAX_SECURITY_INFOS, security_infos};
use test_vectors::{hex, load};

fn infos(set: &[u8]) -> Vec<SecurityInfo<'_>> {
    security_infos(set).unwrap().map(Result::unwrap).collect()
}

fn set(entries: &[&[u8]]) -> Vec<u8> {
    let content = entries.concat();
    let mut set = vec![0x31, 0x82, (content.len() >> 8) as u8, content.len() as u8];
    set.extend(content);
    set
}

/// The public key info of ICAO Doc 9303-11, appendix I.
#[test]
fn public_key_info_of_9303_11_appendix_i() {
    let vector = load("icao-pace-cam")["vectors"][0]["cam"].clone();
    let bytes = hex(&vector["chip_authentication_public_key_info"]);
    let set = set(&[&bytes]);
    let info = infos(&set)[0].as_chip_authentication_public_key_info().unwrap();
    assert_eq!(
        (info.key_agreement, info.key_id),
        (KeyAgreement::Ecdh, Some(&[13][..]))
    );
    let public_key = SubjectPublicKeyInfo::parse(info.subject_public_key_info).unwrap();
    assert_eq!(public_key.subject_public_key, hex(&vector["static_pub"]));
    assert_eq!(
        public_key.algorithm,
        [0x04, 0, 0x7F, 0, 7, 1, 2],
        "standardized domain parameters"
    );
    assert_eq!(public_key.parameters, [2, 1, 13]);
    let mut out = [0; 128];
    let len = info.encode(&mut out).unwrap();
    assert_eq!(out[..len], bytes);
    assert!(infos(&set)[0].as_chip_authentication_info().is_none());
    assert!(infos(&set)[0].as_pace_info().is_none());
}

/// EF.CardAccess of the BSI worked example says Chip Authentication version 2 with key 41.
#[test]
fn infos_of_the_bsi_worked_example() {
    let vectors = load("bsi-eac2-worked-example");
    let set = hex(&vectors["vectors"][0]["values"]["ef_cardaccess"]);
    let found: Vec<_> = infos(&set)
        .iter()
        .filter_map(SecurityInfo::as_chip_authentication_info)
        .collect();
    assert!(!found.is_empty());
    for info in &found {
        assert_eq!(info.protocol.key_agreement, KeyAgreement::Ecdh);
        let mut out = [0; 48];
        let len = info.encode(&mut out).unwrap();
        assert!(infos(&set).iter().any(|entry| entry.raw == &out[..len]));
    }
    assert!(infos(&set).len() < MAX_SECURITY_INFOS);
}

#[test]
fn key_identifiers_are_numbers_without_leading_zeros() {
    let entry = |tail: &str| {
        hex::decode(format!(
            "30{:02X}060A04007F00070202030202020101{tail}",
            15 + tail.len() / 2
        ))
        .unwrap()
    };
    for (tail, expected) in [
        ("", Some(None)),
        ("020100", Some(Some(&[0][..]))),
        ("02017F", Some(Some(&[0x7F][..]))),
        ("02020080", Some(Some(&[0x80][..]))),
        ("02020102", Some(Some(&[1, 2][..]))),
        ("020180", None),
        ("0200", None),
        ("040101", None),
        ("020101020102", None),
    ] {
        let set = set(&[&entry(tail)]);
        let info = infos(&set)[0].as_chip_authentication_info();
        assert_eq!(info.map(|info| info.key_id), expected, "{tail}");
        if let Some(info) = info {
            let mut out = [0; 48];
            let len = info.encode(&mut out).unwrap();
            assert_eq!(out[..len], entry(tail));
        }
    }
}

#[test]
fn malformed_public_keys_are_refused() {
    let good = "300C300706022A030201010301 00".replace(' ', "");
    let good = hex::decode(good).unwrap();
    assert!(SubjectPublicKeyInfo::parse(&good).is_ok());
    for len in 0..good.len() {
        assert!(SubjectPublicKeyInfo::parse(&good[..len]).is_err());
    }
    for (at, value) in [(0, 0x31), (2, 0x31), (4, 0x04), (11, 0x04), (13, 0x01)] {
        let mut bad = good.clone();
        bad[at] = value;
        assert!(SubjectPublicKeyInfo::parse(&bad).is_err(), "{at}");
    }
    assert!(SubjectPublicKeyInfo::parse(&[&good[..], &[0]].concat()).is_err());
}

#[test]
fn every_oid_reads_back() {
    let mut known = 0;
    for key_agreement in 0..=3u8 {
        for cipher in 0..=5u8 {
            let mut oid = oid::CHIP_AUTHENTICATION.to_vec();
            oid.extend([key_agreement, cipher]);
            if let Some(protocol) = ChipAuthenticationProtocol::from_oid(&oid) {
                assert_eq!(protocol.oid()[..], oid);
                known += 1;
            }
        }
    }
    assert_eq!(known, 8);
    assert_eq!(
        ChipAuthenticationProtocol::from_oid(&oid::CHIP_AUTHENTICATION),
        None
    );
}
