use card_applet::crypto::cipher::SymmetricAlgorithm::{self, Aes128, Aes256, TripleDes};
use card_applet::wire::security_info::{Mapping, PaceInfo, PaceProtocol};
use time::macros::datetime;

use super::*;

fn info(mapping: Mapping, cipher: SymmetricAlgorithm, parameter_id: u8) -> PaceInfo {
    PaceInfo::new(PaceProtocol { mapping, cipher }, parameter_id)
}

fn set(infos: &[PaceInfo]) -> Vec<u8> {
    let mut content = Vec::new();
    for info in infos {
        let mut bytes = [0; 32];
        let length = info.encode(&mut bytes).unwrap();
        content.extend_from_slice(&bytes[..length]);
    }
    let mut set = vec![0x31, u8::try_from(content.len()).unwrap()];
    set.extend(content);
    set
}

const GENERIC: Mapping = Mapping::EcdhGeneric;

#[test]
fn every_way_into_a_chip() {
    let announced = Read::Bytes(set(&[info(GENERIC, Aes128, 13)]));
    for (opened, card_access, word) in [
        (Opened::NotSaid, &announced, "not_performed"),
        (Opened::Plain, &Read::NotSupplied, "passed"),
        (Opened::Bac, &Read::NotSupplied, "passed"),
        (Opened::Pace(info(GENERIC, Aes128, 13)), &announced, "passed"),
        (Opened::Pace(info(GENERIC, Aes128, 12)), &announced, "failed"),
        (
            Opened::Pace(info(GENERIC, Aes128, 13)),
            &Read::NotSupplied,
            "failed",
        ),
    ] {
        let check = access(&Access::by(opened), card_access);
        assert_eq!(check.status_word(), word, "{opened:?}");
    }
    for mapping in [
        Mapping::DhGeneric,
        Mapping::EcdhGeneric,
        Mapping::DhIntegrated,
        Mapping::EcdhIntegrated,
        Mapping::EcdhChipAuthentication,
    ] {
        let parameter = if matches!(mapping, Mapping::DhGeneric | Mapping::DhIntegrated) {
            2
        } else {
            12
        };
        let used = info(mapping, Aes128, parameter);
        let check = access(&Access::by(Opened::Pace(used)), &Read::Bytes(set(&[used])));
        assert!(check.is_passed(), "{check:?}");
    }
}

#[test]
fn a_weaker_way_than_offered_is_a_downgrade() {
    let weak = info(GENERIC, Aes128, 12);
    let strong = info(GENERIC, Aes256, 17);
    let mapping = info(Mapping::EcdhChipAuthentication, Aes128, 12);
    let none = Read::NotSupplied;
    let (only_weak, both) = (Read::Bytes(set(&[weak])), Read::Bytes(set(&[weak, strong])));
    let signed = set(&[weak, strong]);
    let rows: [(Opened, &Read, &[&[u8]], &str); 10] = [
        (Opened::Pace(weak), &only_weak, &[], "passed"),
        (Opened::Pace(strong), &both, &[], "passed"),
        (Opened::Pace(weak), &both, &[], "failed"),
        // What is in clear was cut; what is signed tells.
        (Opened::Pace(weak), &only_weak, &[&signed], "failed"),
        (Opened::Bac, &none, &[&signed], "failed"),
        (Opened::Plain, &none, &[&signed], "failed"),
        (Opened::Bac, &both, &[], "failed"),
        (Opened::Bac, &none, &[], "passed"),
        // Shows that the chip is no copy, which a longer key does not.
        (Opened::Pace(mapping), &both, &[], "passed"),
        (Opened::NotSaid, &both, &[], "not_performed"),
    ];
    for (index, (opened, card_access, signed, word)) in rows.into_iter().enumerate() {
        let check = downgrade(&Access::by(opened), card_access, signed, None);
        assert_eq!(check.status_word(), word, "row {index}: {check:?}");
    }
    // A form that this terminal does not have was no choice.
    let cannot = Access {
        unsupported: vec![strong],
        ..Access::by(Opened::Pace(weak))
    };
    assert!(downgrade(&cannot, &both, &[], None).is_passed());
    let failed = Access {
        pace_failed: Some("6300".into()),
        ..Access::by(Opened::Bac)
    };
    assert_eq!(downgrade(&failed, &both, &[], None).status_word(), "failed");
}

#[test]
fn weakest_link() {
    assert_eq!(strength(&info(GENERIC, Aes256, 12)), 128);
    assert_eq!(strength(&info(GENERIC, TripleDes, 18)), 112);
    assert_eq!(strength(&info(Mapping::DhGeneric, Aes128, 0)), 80);
}

#[test]
fn bac_is_noted_by_year() {
    for (issued, what) in [
        (Some(datetime!(2021-01-01 0:00 UTC)), "until 2026"),
        (Some(datetime!(2027-06-01 0:00 UTC)), "as well"),
        (Some(datetime!(2028-01-01 0:00 UTC)), "may not"),
        (None, "until 2026"),
    ] {
        let check = downgrade(&Access::by(Opened::Bac), &Read::NotSupplied, &[], issued);
        assert!(check.evidence.unwrap().contains(what), "{issued:?}");
    }
}

#[test]
fn bac_beside_pace_is_noted_by_year() {
    let used = info(GENERIC, Aes128, 12);
    let announced = Read::Bytes(set(&[used]));
    for (beside, issued, what) in [
        (
            Some(true),
            Some(datetime!(2026-11-24 0:00 UTC)),
            "until 2027 may have",
        ),
        (Some(true), None, "until 2027 may have"),
        (
            Some(true),
            Some(datetime!(2028-01-01 0:00 UTC)),
            "since 2028 may not have",
        ),
        (Some(false), None, "no Basic Access Control"),
        (None, None, "of 1 on offer"),
    ] {
        let access = Access {
            bac_beside_pace: beside,
            ..Access::by(Opened::Pace(used))
        };
        let check = downgrade(&access, &announced, &[], issued);
        assert!(check.is_passed(), "{check:?}");
        let evidence = check.evidence.unwrap();
        assert!(evidence.ends_with(what), "{evidence}");
        assert_eq!(
            evidence.contains("Basic Access Control"),
            beside.is_some(),
            "{evidence}"
        );
    }
}
