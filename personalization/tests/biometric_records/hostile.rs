//! Records and groups that want to do harm: a length of 4 GiB, 10,000 levels, counts that nothing follows.

use card_applet::wire::lds::DataGroup;
use personalization::biometrics::error::BiometricError;
use personalization::biometrics::{
    iso_19794_4, iso_19794_5, iso_19794_6, iso_39794_4, iso_39794_5, iso_39794_6, modality,
};
use personalization::lds::{dg2, dg3, dg4, dg5, dg7};

type Decoder = fn(&[u8]) -> Result<(), BiometricError>;

/// Groups by the outer tag, and records of ISO/IEC 39794 by theirs.
const TAGGED: [(u8, Decoder); 9] = [
    (0x75, |file| dg2::decode(file).map(drop)),
    (0x63, |file| dg3::decode(file).map(drop)),
    (0x76, |file| dg4::decode(file).map(drop)),
    (0x65, |file| dg5::decode(file).map(drop)),
    (0x67, |file| dg7::decode(file).map(drop)),
    (0x69, |file| {
        modality::decode(file, DataGroup::from_number(9).unwrap()).map(drop)
    }),
    (0x64, |record| iso_39794_4::decode(record).map(drop)),
    (0x65, |record| iso_39794_5::decode(record).map(drop)),
    (0x66, |record| iso_39794_6::decode(record).map(drop)),
];

#[test]
fn objects_that_want_to_do_harm() {
    // The innermost first, each with its right length; all of them without an end.
    let mut nested = vec![0x02, 0x01, 0x01];
    for _ in 0..10_000 {
        let mut outer = vec![0x30, 0x83];
        outer.extend_from_slice(&u32::try_from(nested.len()).unwrap().to_be_bytes()[1..]);
        outer.append(&mut nested);
        nested = outer;
    }
    let endless = [0x30, 0x80].repeat(10_000);
    for (tag, decode) in TAGGED {
        for harm in [
            &[0x84, 0xFF, 0xFF, 0xFF, 0xFF][..],
            &[0x83, 0xFF, 0xFF, 0xFF],
            &[0x80],
            &[0x80, 0, 0],
            &[&[0x80][..], &endless].concat(),
            &[&[0x83, 0, 0xEA, 0x60][..], &[0x30, 0x80].repeat(30_000)].concat(),
            // A group of 255 templates, none of which is there.
            &[7, 0x7F, 0x61, 4, 2, 1, 0xFF, 0],
        ] {
            assert!(
                decode(&[&[tag], harm].concat()).is_err(),
                "{tag:02X}: {:02X?}",
                &harm[..1]
            );
        }
        let mut file = vec![tag, 0x83];
        file.extend_from_slice(&u32::try_from(nested.len()).unwrap().to_be_bytes()[1..]);
        file.extend_from_slice(&nested);
        assert!(decode(&file).is_err(), "{tag:02X}: 10,000 levels");
    }
}

/// Records of ISO/IEC 19794 state lengths and counts of up to six bytes.
#[test]
fn records_that_promise_more_than_there_is() {
    let older: [(&[u8], Decoder); 3] = [
        (b"FIR\x00010\x00", |record| iso_19794_4::decode(record).map(drop)),
        (b"FAC\x00010\x00", |record| iso_19794_5::decode(record).map(drop)),
        (b"IIR\x00010\x00", |record| iso_19794_6::decode(record).map(drop)),
    ];
    for (header, decode) in older {
        for filler in [0x00, 0x01, 0x7F, 0xFF] {
            for len in [0, 1, 4, 30, 100, 70_000] {
                let mut record = [header, &vec![filler; len]].concat();
                assert!(decode(&record).is_err(), "{filler:02X} {len}");
                // The right length, and all else as it was.
                let total = u32::try_from(record.len()).unwrap().to_be_bytes();
                let at = if header.starts_with(b"FIR") { 10 } else { 8 };
                if let Some(length) = record.get_mut(at..at + 4) {
                    length.copy_from_slice(&total);
                    record[8..at].fill(0);
                    assert!(decode(&record).is_err(), "{filler:02X} {len}, the right length");
                }
            }
        }
    }
}
