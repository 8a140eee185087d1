//! Reading the files of the LDS: published examples, what issuers do differently, and bytes that want to do harm.

#[path = "lds_decode/details.rs"]
mod details;
#[path = "lds_decode/dg13.rs"]
mod dg13;
#[path = "lds_decode/hostile.rs"]
mod hostile;

use std::sync::LazyLock;

use card_applet::wire::lds::DataGroup;
use card_applet::wire::security_info::SecurityInfo;
use personalization::lds;
use personalization::lds::dg15::Key;
use personalization::mrz::MrzError;
use serde_json::Value;
use test_vectors::documents::{bsi_2008, tr_03105_5};
use test_vectors::{hex as hex_field, load};

static EXAMPLES: LazyLock<Value> =
    LazyLock::new(|| load("lds-specimen-sets")["icao_part10_examples"].clone());

fn examples() -> &'static Value {
    &EXAMPLES
}

fn bytes(digits: &str) -> Vec<u8> {
    hex::decode(digits.replace(' ', "")).unwrap()
}

/// A data object with a minimal length.
fn object(tag: &str, value: &[u8]) -> Vec<u8> {
    let length = match value.len() {
        len @ 0..=0x7F => vec![len as u8],
        len @ 0x80..=0xFF => vec![0x81, len as u8],
        len => vec![0x82, (len >> 8) as u8, len as u8],
    };
    [bytes(tag), length, value.to_vec()].concat()
}

/// 9303-10 appendix A.1 in its two versions, 9303-11 appendix D.4, and the sets.
#[test]
fn ef_com() {
    let examples = examples();
    for (field, version, groups) in [
        ("EF_COM_A1", [1, 7], &[1, 2, 4, 12][..]),
        ("EF_COM_A1_v1599", [15, 99], &[1, 2, 4, 12]),
        ("EF_COM_part11_D4", [1, 6], &[1, 2]),
    ] {
        let file = hex_field(&examples[field]);
        let com = lds::com::Com::decode(&file).unwrap();
        assert_eq!(com.bytes(), file);
        assert_eq!((com.lds_version, com.unicode_version), (version, [4, 0, 0]));
        let numbers: Vec<u8> = com.data_groups.iter().map(|group| group.number()).collect();
        assert_eq!(numbers, groups);
    }
    assert!(lds::com::Com::decode(tr_03105_5().file("EF_COM")).is_ok());
    for (wrong, error) in [
        (
            "60165F0104303130375F36063034303030305C0461756161",
            "EF.COM: tag list has DG1 twice",
        ),
        (
            "60165F0104303130375F36063034303030305C0461756362",
            "EF.COM: tag list has 62, the tag of no data group",
        ),
        (
            "60165F010430313A375F36063034303030305C046175766C",
            "EF.COM: LDS version must have 4 digits",
        ),
        ("60075F010430313037", "EF.COM: Unicode version is missing"),
        ("61", "EF.COM: file ends too early"),
        ("6100", "EF.COM: file cannot have tag 61"),
        (
            "600000",
            "EF.COM: file is followed by bytes that do not belong to it",
        ),
    ] {
        assert_eq!(
            lds::com::Com::decode(&bytes(wrong)).unwrap_err().to_string(),
            error
        );
    }
}

#[test]
fn dg1_of_the_sets() {
    for (set, expiry) in [(tr_03105_5(), "231031"), (bsi_2008(), "131031")] {
        let file = set.file("DG1");
        let mrz = lds::dg1::decode(file).unwrap();
        assert_eq!(mrz.bytes(), file);
        assert_eq!(mrz.check(), Ok(()));
        assert_eq!(mrz.name(), ("MUSTERMANN", "ERIKA"));
        assert_eq!(
            (mrz.issuing_state(), mrz.document_number().as_str()),
            ("D", "C11T002JM")
        );
        assert_eq!((mrz.birth_date(), mrz.expiry_date()), ("960812", expiry));
        assert_eq!(lds::dg1::encode(&mrz), file);
    }
    // 9303-10 appendix A.2.1: its composite check digit is misprinted, and the file still says what it says.
    let zone = b"I<NLDXI85935F86999999990<<<<<<7208148F1108268NLD<<<<<<<<<<<4VAN<DER<STEEN<<MARIANNE<LOUISE";
    let file = object("61", &object("5F1F", zone));
    let mrz = lds::dg1::decode(&file).unwrap();
    assert_eq!(mrz.check(), Err(MrzError::CheckDigit("whole zone")));
    assert_eq!(
        (mrz.bytes(), mrz.name()),
        (&file[..], ("VAN<DER<STEEN", "MARIANNE<LOUISE"))
    );
    assert_eq!(mrz.optional_data(), ["999999990", ""]);
    for wrong in [&zone[1..], &[b'\n'; 90], &[0xFF; 90]] {
        assert!(lds::dg1::decode(&object("61", &object("5F1F", wrong))).is_err());
    }
}

#[test]
fn dg14_and_dg15_of_the_sets() {
    for set in [tr_03105_5(), bsi_2008()] {
        let dg14 = lds::dg14::decode(set.file("DG14")).unwrap();
        assert_eq!(dg14.bytes(), set.file("DG14"));
        let chip_authentication = |info: &SecurityInfo<'_>| {
            info.as_chip_authentication_info().is_some()
                || info.as_chip_authentication_public_key_info().is_some()
        };
        assert!(dg14.iter().any(chip_authentication), "{}", set.id);
        let dg15 = lds::dg15::decode(set.file("DG15")).unwrap();
        let Key::Rsa { modulus, exponent } = dg15.key else {
            panic!("{}: an RSA key", set.id);
        };
        // The set of 2008 forgets the zero before the modulus: 1024 bits all the same.
        assert_eq!((modulus.len(), exponent), (128, &[1, 0, 1][..]), "{}", set.id);
    }
}

#[test]
fn ef_card_access_and_card_security_of_the_bsi_worked_example() {
    let values = &load("bsi-eac2-worked-example")["vectors"][0]["values"];
    let file = hex_field(&values["ef_cardaccess"]);
    let access = lds::card_access::decode(&file).unwrap();
    assert_eq!(access.bytes(), file);
    let pace: Vec<_> = access.iter().filter_map(SecurityInfo::as_pace_info).collect();
    assert_eq!(pace.len(), 1);
    let file = hex_field(&values["ef_cardsecurity"]);
    let security = lds::card_security::decode(&file).unwrap();
    assert_eq!(security.bytes(), file);
    assert!(security.iter().any(|info| info.as_pace_info() == Some(pace[0])));
    assert!(
        security
            .iter()
            .any(|info| info.as_chip_authentication_public_key_info().is_some())
    );
}

#[test]
fn opaque_data_groups() {
    for number in lds::opaque::OPAQUE {
        let group = DataGroup::from_number(number).unwrap();
        let file = lds::opaque::encode(group, b"anything").unwrap();
        let read = lds::opaque::decode(group, &file).unwrap();
        assert_eq!((*read, read.bytes()), (&b"anything"[..], &file[..]));
    }
    for number in [1, 2, 11, 14, 16] {
        let group = DataGroup::from_number(number).unwrap();
        assert!(lds::opaque::encode(group, b"").is_err());
    }
    assert!(lds::opaque::encode(DataGroup::from_number(6).unwrap(), &vec![0; 1 << 20]).is_err());
}
