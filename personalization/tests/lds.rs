//! Data groups and elementary files against published examples and, where there are none, layouts by hand.

use card_applet::crypto::cipher::SymmetricAlgorithm;
use card_applet::wire::lds::DataGroup;
use card_applet::wire::security_info::{PaceInfo, PaceProtocol, security_infos};
use card_applet::wire::tlv::{TlvReader, read_exact};
use personalization::biometrics::face::FaceImage;
use personalization::biometrics::format::FaceFormat;
use personalization::biometrics::iso_19794_5::Gender;
use personalization::citizen::CitizenRecord;
use personalization::lds;
use personalization::mrz::{DocumentNumber, DocumentSize, Mrz, MrzFields};
use proptest::prelude::*;
use test_vectors::documents::bsi_2008;
use test_vectors::{SPECIMEN_FACE, hex as hex_field, load, specimen};
use time::macros::date;

fn groups(numbers: &[u8]) -> Vec<DataGroup> {
    numbers
        .iter()
        .map(|number| DataGroup::from_number(*number).unwrap())
        .collect()
}

/// 9303-10 appendix A.1, the BSI sets of 2008 and of TR-03105-5.
#[test]
fn ef_com_published() {
    let file = load("lds-specimen-sets");
    assert_eq!(
        lds::com::encode(&groups(&[1, 2, 4, 12])),
        hex_field(&file["icao_part10_examples"]["EF_COM_A1"])
    );
    let listed = |id: usize| hex_field(&file["sets"][id]["files_hex"]["EF_COM"]);
    assert_eq!(lds::com::encode(&groups(&[1, 2, 3, 4, 14])), listed(0));
    assert_eq!(
        lds::com::encode(&groups(&[14, 3, 2, 1, 2])),
        listed(1),
        "whatever the order, each once"
    );
    let short = &file["icao_part10_examples"]["short_dg_examples"]["EF_COM"];
    assert_eq!(
        lds::com::encode(&groups(&[1, 2, 3, 7, 11, 12, 14, 15])),
        hex_field(short)
    );
}

#[test]
fn dg1_holds_the_zone_as_printed() {
    let fields = MrzFields {
        document_code: "I",
        issuing_state: "UTO",
        document_number: DocumentNumber::Icao("D23145890"),
        birth_date: date!(1974 - 08 - 12).into(),
        sex: 'F',
        expiry_date: Some(date!(2012 - 04 - 15)),
        nationality: "UTO",
        surname: "Eriksson",
        given_names: "Anna Maria",
        optional_data: "",
        optional_data_2: "",
    };
    let td1 = Mrz::build(DocumentSize::Td1, &fields).unwrap();
    let dg1 = lds::dg1::encode(&td1);
    // 9303-10, section 4.7.1: the tags and lengths for 90 characters.
    assert_eq!(dg1[..5], [0x61, 0x5D, 0x5F, 0x1F, 0x5A]);
    assert_eq!(
        dg1[5..],
        *b"I<UTOD231458907<<<<<<<<<<<<<<<7408122F1204159UTO<<<<<<<<<<<6ERIKSSON<<ANNA<MARIA<<<<<<<<<<"
    );
}

/// The BSI set of 2008 has the same image in the same kind of record. It states a size of 337 × 449 where the
/// image has 413 × 531, and no colour space; all other bytes agree.
#[test]
fn dg2_published_but_for_the_size_of_the_image() {
    let published = bsi_2008().file("DG2").to_vec();
    let face = FaceImage::from_bytes(specimen(SPECIMEN_FACE)).unwrap();
    let encoded = lds::dg2::encode(&face, Gender::Unspecified, FaceFormat::Iso19794);
    assert_eq!(encoded.len(), published.len());
    let differing: Vec<(usize, u8, u8)> = published
        .iter()
        .zip(&encoded)
        .enumerate()
        .filter(|(_, (a, b))| a != b)
        .map(|(offset, (a, b))| (offset, *a, *b))
        .collect();
    let record = published
        .windows(4)
        .position(|window| window == b"FAC\0")
        .unwrap();
    let expected = [
        (record + 37, 0x51, 0x9D), // width, second byte: 0151 and 019D
        (record + 38, 0x01, 0x02), // height: 01C1 and 0213
        (record + 39, 0xC1, 0x13),
        (record + 40, 0x00, 0x01), // colour space: unspecified and 24-bit RGB
    ];
    assert_eq!(differing, expected);

    let gender = record + 20;
    for (value, stated) in [(Gender::Male, 1), (Gender::Female, 2)] {
        let with_gender = lds::dg2::encode(&face, value, FaceFormat::Iso19794);
        assert_eq!((with_gender[gender], encoded[gender]), (stated, 0));
        assert_eq!(with_gender.len(), encoded.len());
    }
}

fn pace_info(cipher: SymmetricAlgorithm, parameter_id: u8) -> PaceInfo {
    PaceInfo::new(PaceProtocol::ecdh_generic(cipher), parameter_id)
}

/// The PACEInfo of 9303-11 appendix G.1.
#[test]
fn ef_card_access_published_info() {
    let file = load("icao-pace-gm");
    let published = hex_field(&file["vectors"][0]["pace_info"]);
    let encoded = lds::card_access::encode(&[pace_info(SymmetricAlgorithm::Aes128, 13)], false);
    assert_eq!(encoded, [&[0x31, 0x14][..], &published].concat());
}

#[test]
fn security_infos_are_a_der_set_and_dg14_repeats_them() {
    let (a, b) = (
        pace_info(SymmetricAlgorithm::Aes256, 12),
        pace_info(SymmetricAlgorithm::Aes128, 13),
    );
    let set = lds::card_access::encode(&[a, b, a], false);
    let read: Vec<PaceInfo> = security_infos(&set)
        .unwrap()
        .map(|info| info.unwrap().as_pace_info().unwrap())
        .collect();
    assert_eq!(read, [b, a], "ascending and without repetition");
    assert_eq!(
        lds::card_access::encode(&[b, a], false),
        set,
        "whatever the order given"
    );
    assert_eq!(
        lds::dg14::encode(lds::security_infos::SecurityInfos::pace(&[a, b])),
        [&[0x6E, u8::try_from(set.len()).unwrap()][..], &set].concat()
    );
}

fn record(json: &str) -> CitizenRecord {
    CitizenRecord::from_json(json, date!(2026 - 11 - 24)).unwrap()
}

/// Number and raw values of the fields of a DG13.
fn dg13_fields(dg13: &[u8]) -> Vec<(u8, Vec<u8>)> {
    let sequence = read_exact(read_exact(dg13, 0x6D).unwrap(), 0x30).unwrap();
    let parts: Vec<_> = TlvReader::new(sequence).map(Result::unwrap).collect();
    assert_eq!(
        parts.iter().map(|part| part.tag).collect::<Vec<_>>(),
        [0x02, 0x06, 0x31]
    );
    assert_eq!(parts[0].value, [1]);
    assert_eq!(
        parts[1].value,
        hex::decode("28D316010008").unwrap(),
        "1.0.10646.1.0.8"
    );
    let elements: Vec<_> = TlvReader::new(parts[2].value).map(Result::unwrap).collect();
    assert!(
        elements.windows(2).all(|pair| pair[0].raw < pair[1].raw),
        "DER order"
    );
    let mut fields: Vec<(u8, Vec<u8>)> = elements
        .iter()
        .map(|element| {
            assert_eq!(element.tag, 0x30);
            let (number, value) = element.value.split_at(3);
            assert_eq!(number[..2], [0x02, 0x01]);
            (number[2], value.to_vec())
        })
        .collect();
    fields.sort();
    fields
}

fn string(tag: u8, text: &str) -> Vec<u8> {
    let mut object = vec![tag, u8::try_from(text.len()).unwrap()];
    assert!(text.len() < 128);
    object.extend_from_slice(text.as_bytes());
    object
}

#[test]
fn dg13_fields_by_hand() {
    const UTF8: u8 = 0x0C;
    const PRINTABLE: u8 = 0x13;
    let parents = [
        [&[0x30, 21][..], &string(UTF8, "Nguyễn Văn Mẫu")].concat(),
        [&[0x30, 27][..], &string(UTF8, "Trần Thị Đức Mẫu")].concat(),
    ];
    let dg13 = lds::dg13::encode(&record(CitizenRecord::template()), "VN00000000000001").unwrap();
    let expected = [
        string(PRINTABLE, "001196000017"),
        string(UTF8, "Nguyễn Thị Mẫu"),
        string(PRINTABLE, "12/08/1996"),
        string(UTF8, "Nữ"),
        string(UTF8, "Việt Nam"),
        string(UTF8, "Kinh"),
        string(UTF8, "Không"),
        string(UTF8, "Phường Mẫu, Quận Ba Đình, Hà Nội"),
        string(UTF8, "Số 1 Phố Mẫu, Phường Mẫu, Quận Ba Đình, Hà Nội"),
        string(UTF8, "Nốt ruồi cách 1 cm dưới mắt trái"),
        string(PRINTABLE, "24/11/2026"),
        string(UTF8, "12/08/2036"),
        parents.concat(),
        string(UTF8, "Lê Văn Mẫu"),
        string(PRINTABLE, "010000017"),
        string(PRINTABLE, "VN00000000000001"),
    ];
    assert_eq!(dg13_fields(&dg13), (1..).zip(expected).collect::<Vec<_>>());
}

#[test]
fn dg13_of_what_is_not_there() {
    let json = CitizenRecord::template();
    let without = |names: &[&str]| {
        let mut fields: serde_json::Map<String, serde_json::Value> = serde_json::from_str(json).unwrap();
        for name in names {
            fields.remove(*name);
        }
        let record = record(&serde_json::to_string(&fields).unwrap());
        dg13_fields(&lds::dg13::encode(&record, "VN00000000000001").unwrap())
    };
    let fields = without(&["father", "mother", "spouse", "old_number"]);
    assert_eq!(fields.len(), 16, "a field without a value is still there");
    for number in [13, 14, 15] {
        assert_eq!(fields[number - 1], (u8::try_from(number).unwrap(), Vec::new()));
    }
    // The mother stays in second place.
    assert!(
        without(&["father"])[12]
            .1
            .starts_with(&[0x30, 0x02, 0x0C, 0x00, 0x30])
    );
    assert!(without(&["mother"])[12].1.ends_with(&[0x30, 0x02, 0x0C, 0x00]));

    let unlimited = json.replace("\"2036-08-12\"", "\"unlimited\"");
    let fields = dg13_fields(&lds::dg13::encode(&record(&unlimited), "VN00000000000001").unwrap());
    assert_eq!(fields[11].1, string(0x0C, "Không thời hạn"));
}

proptest! {
    /// Text of any length comes back unchanged, whatever lengths of lengths it needs. Failures print the seed.
    #[test]
    fn dg13_of_any_text(residence in "[A-ZĐÊa-zđế]{1,200}", origin in "[À-ÖØ-öø-ÿẠ-ỹ]{1,200}") {
        let mut fields: serde_json::Map<String, serde_json::Value> =
            serde_json::from_str(CitizenRecord::template()).unwrap();
        fields.insert("residence".to_owned(), residence.as_str().into());
        fields.insert("place_of_origin".to_owned(), origin.as_str().into());
        let json = serde_json::to_string(&fields).unwrap();
        let record = CitizenRecord::from_json(&json, date!(2026 - 11 - 24)).unwrap();
        let fields = dg13_fields(&lds::dg13::encode(&record, "VN00000000000001").unwrap());
        prop_assert_eq!(read_exact(&fields[7].1, 0x0C).unwrap(), origin.as_bytes());
        prop_assert_eq!(read_exact(&fields[8].1, 0x0C).unwrap(), residence.as_bytes());
    }
}
