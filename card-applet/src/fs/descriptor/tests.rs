//! File control parameters as they come, are stored and are answered.

use super::*;

fn parse(fcp: &str, parent: Parent) -> Result<Descriptor, Error> {
    Descriptor::from_fcp(&hex::decode(fcp.replace(' ', "")).unwrap(), parent)
}

#[test]
fn create_file_store_and_answer() {
    let file = parse(
        "62 12 80 02 1234 82 01 01 83 02 0101 88 01 08 8C 02 01 41",
        Parent::Dedicated(0),
    )
    .unwrap();
    assert_eq!(Descriptor::from_stored(&file.store().unwrap()).unwrap(), file);
    let Kind::Transparent(ef) = &file.kind else {
        panic!("an EF")
    };
    assert_eq!(
        (ef.sfi, ef.size, ef.read),
        (Some(1), 0x1234, AccessRule::PaceOrBac)
    );
    assert_eq!(
        hex::encode_upper(file.fcp(LifeCycle::OperationalActivated).unwrap()),
        "621180021234820101830201018801088A0105"
    );
    let df = parse(
        "62 10 82 01 38 83 02 3F01 84 07 A0000002471001",
        Parent::MasterFile,
    )
    .unwrap();
    assert_eq!(Descriptor::from_stored(&df.store().unwrap()).unwrap(), df);
    let updatable = parse(
        "62 10 80 02 0040 82 01 01 83 02 0201 8C 03 03 E3 42",
        Parent::Dedicated(1),
    )
    .unwrap();
    assert!(matches!(
        updatable.kind,
        Kind::Transparent(Transparent {
            read: AccessRule::Pace,
            update: UpdateRule::ApplicationKeys,
            ..
        })
    ));
    assert_eq!(
        Descriptor::from_stored(&updatable.store().unwrap()).unwrap(),
        updatable
    );
    let no_rule = parse("62 0B 80 02 0001 82 01 01 83 02 0102", Parent::Dedicated(0)).unwrap();
    assert!(matches!(
        no_rule.kind,
        Kind::Transparent(Transparent {
            read: AccessRule::Never,
            update: UpdateRule::Never,
            sfi: None,
            ..
        })
    ));
}

#[test]
fn refuses_malformed_templates() {
    let parent = Parent::Dedicated(0);
    for bad in [
        "",
        "62 00",
        "61 0B 80 02 0001 82 01 01 83 02 0102",
        "62 0B 80 02 0000 82 01 01 83 02 0102",
        "62 0B 80 02 0001 82 01 02 83 02 0102",
        "62 0B 80 02 0001 82 01 01 83 02 3F00",
        "62 0B 80 02 0001 82 01 01 83 02 FFFF",
        "62 0F 80 02 0001 80 02 0001 82 01 01 83 02 0102",
        "62 0E 80 02 0001 82 01 01 83 02 0102 88 01 F8",
        "62 0E 80 02 0001 82 01 01 83 02 0102 88 01 09",
        "62 0E 80 02 0001 82 01 01 83 02 0102 99 01 00",
        "62 0F 80 02 0001 82 01 01 83 02 0102 8C 02 03 E3",
        "62 10 80 02 0001 82 01 01 83 02 0102 8C 03 05 E3 42",
        "62 10 82 01 38 83 02 3F01 84 07 A0000002471001",
        "62 0B 82 01 01 83 02 0102 80 02 0001 00",
    ] {
        assert_eq!(parse(bad, parent), Err(Error::Data), "{bad}");
    }
    let of_the_mf = parse(
        "62 10 80 02 0040 82 01 01 83 02 0201 8C 03 03 E3 42",
        Parent::MasterFile,
    );
    assert_eq!(of_the_mf, Err(Error::Data), "the MF has no keys of its own");
    for (fid, open, right) in [("0103", "41", "E1"), ("0104", "E1", "E2")] {
        let fcp = |condition: &str| format!("62 0F 80 02 0001 82 01 01 83 02 {fid} 8C 02 01 {condition}");
        assert_eq!(parse(&fcp(open), parent), Err(Error::Data));
        assert!(parse(&fcp(right), parent).is_ok());
    }
}
