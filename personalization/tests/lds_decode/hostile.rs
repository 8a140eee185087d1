//! Bytes that want to do harm, any bytes, and that what is written reads back.

use card_applet::wire::lds::DataGroup;
use personalization::lds::dg11::AdditionalPersonalDetails;
use personalization::lds::dg12::AdditionalDocumentDetails;
use personalization::lds::dg16::PersonToNotify;
use personalization::lds::text::PersonName;
use personalization::lds::{self, LdsError};
use personalization::mrz::BirthDate;
use proptest::prelude::*;
use test_vectors::hex as hex_field;
use time::macros::date;

use super::{bytes, examples};

type Decoder = fn(&[u8]) -> Result<(), LdsError>;

/// Every decoder with the outer tag of its file.
const DECODERS: [(&str, Decoder); 13] = [
    ("60", |file| lds::com::Com::decode(file).map(drop)),
    ("61", |file| lds::dg1::decode(file).map(drop)),
    ("6B", |file| AdditionalPersonalDetails::decode(file).map(drop)),
    ("6C", |file| AdditionalDocumentDetails::decode(file).map(drop)),
    ("6D", |file| lds::dg13::decode(file).map(drop)),
    ("6E", |file| lds::dg14::decode(file).map(drop)),
    ("6F", |file| lds::dg15::decode(file).map(drop)),
    ("70", |file| lds::dg16::decode(file).map(drop)),
    ("66", |file| {
        lds::opaque::decode(DataGroup::from_number(6).unwrap(), file).map(drop)
    }),
    ("31", |file| lds::card_access::decode(file).map(drop)),
    ("30", |file| lds::card_security::decode(file).map(drop)),
    ("61", |file| lds::dir::decode(file).map(drop)),
    ("7F66", |file| lds::atr_info::decode(file).map(drop)),
];

/// A length of 4 GiB, 10,000 levels, more bytes than a chip has: an error, and no memory for what is not there.
#[test]
fn what_wants_to_do_harm() {
    let mut levels = Vec::new();
    for _ in 0..10_000 {
        levels.extend_from_slice(&[0x30, 0x83, 0x00, 0xFF, 0xFF]);
    }
    let mut nested = vec![0x02, 0x01, 0x01];
    for _ in 0..10_000 {
        let mut outer = vec![0x30, 0x83];
        outer.extend_from_slice(&(nested.len() as u32).to_be_bytes()[1..]);
        outer.append(&mut nested);
        nested = outer;
    }
    let too_long = vec![0; lds::MAX_FILE_BYTES + 1];
    for (tag, decode) in DECODERS {
        let tag = bytes(tag);
        let four_gib = [&tag[..], &[0x84, 0xFF, 0xFF, 0xFF, 0xFF]].concat();
        assert!(decode(&four_gib).is_err(), "{tag:02X?}: 4 GiB");
        assert!(
            decode(&[&tag[..], &[0x80, 0, 0]].concat()).is_err(),
            "{tag:02X?}: indefinite"
        );
        assert!(
            decode(&[&tag[..], &levels].concat()).is_err(),
            "{tag:02X?}: levels without end"
        );
        let mut length = vec![0x83];
        length.extend_from_slice(&(nested.len() as u32).to_be_bytes()[1..]);
        let file = [&tag[..], &length, &nested].concat();
        // A content that the standard leaves open may be anything.
        let open = tag == [0x66] || tag == [0x6D];
        assert_eq!(decode(&file).is_ok(), open, "{tag:02X?}: 10,000 levels");
        let file = [&tag[..], &too_long].concat();
        assert!(decode(&file).is_err(), "{tag:02X?}: too long");
        assert!(
            decode(&[]).is_err() || tag == [0x61] || tag == [0x7F, 0x66],
            "{tag:02X?}: empty"
        );
    }
}

prop_compose! {
    fn name()(primary in "[A-ZĐ][a-zế]{1,20}( [A-Z][a-z]{1,9}){0,2}", secondary in "([A-ZĐ][a-zế]{0,20})?") -> PersonName {
        PersonName::new(primary, secondary)
    }
}

fn text() -> impl Strategy<Value = Option<String>> {
    proptest::option::of("[ -;=-~À-ỹ]{1,60}")
}

fn parts() -> impl Strategy<Value = Vec<String>> {
    proptest::collection::vec("[ -;=-~À-ỹ]{1,40}", 0..5)
}

proptest! {
    /// What is written reads back. Failures print the seed.
    #[test]
    fn plumbing_dg11_reads_back(
        name in proptest::option::of(name()), other_names in proptest::collection::vec(name(), 0..5),
        personal_number in text(), place_of_birth in parts(), address in parts(), telephone in text(),
        profession in text(), title in text(), summary in text(), other_documents in parts(), custody in text(),
        image in proptest::option::of(proptest::collection::vec(any::<u8>(), 1..300)),
        birth_date in proptest::option::of((
            proptest::option::of(1900..2100_i32), proptest::option::of(1..=12_u8), proptest::option::of(1..=28_u8),
        )),
    ) {
        let details = AdditionalPersonalDetails {
            name, other_names, personal_number, place_of_birth, address, telephone, profession, title, summary,
            other_documents, custody,
            birth_date: birth_date.and_then(|(year, month, day)| BirthDate::new(year, month, day)),
            proof_of_citizenship: image,
        };
        if details == AdditionalPersonalDetails::default() {
            return Ok(());
        }
        let file = details.encode().unwrap();
        prop_assert!(AdditionalPersonalDetails::decode(&file).unwrap().into_content() == details);
    }

    #[test]
    fn plumbing_dg16_reads_back(persons in proptest::collection::vec((name(), text(), parts()), 1..15)) {
        let persons: Vec<_> = persons.into_iter().map(|(name, telephone, address)| PersonToNotify {
            recorded: Some(date!(2026 - 11 - 24)), name: Some(name), telephone, address,
        }).collect();
        let file = lds::dg16::encode(&persons).unwrap();
        prop_assert!(lds::dg16::decode(&file).unwrap().into_content() == persons);
    }

    /// No bytes make a decoder panic, damaged ones of a file least of all.
    #[test]
    fn any_bytes_are_answered(noise in proptest::collection::vec(any::<u8>(), 0..200), at in 0_usize..400, value: u8) {
        let example = examples();
        let files = [
            hex_field(&example["DG11_A5_corrected"]),
            hex_field(&example["short_dg_examples"]["DG12"]),
            hex_field(&example["DG16_A6"]),
            noise,
        ];
        for mut file in files {
            if let Some(byte) = file.get_mut(at) {
                *byte = value;
            }
            for (_, decode) in DECODERS {
                let _ = decode(&file);
            }
        }
    }
}
