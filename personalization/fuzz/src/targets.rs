//! What each target does with its input. A panic is a finding.

#[path = "targets/biometrics.rs"]
mod biometrics;
#[path = "targets/images.rs"]
mod images;
#[path = "targets/office.rs"]
mod office;
#[path = "targets/pki.rs"]
mod pki;

use card_applet::wire::lds::DataGroup;
use personalization::biometrics::enrolment::{Enrolment, EnrolmentError};
use personalization::citizen::CitizenRecord;
use personalization::lds::dg11::AdditionalPersonalDetails;
use personalization::lds::dg12::AdditionalDocumentDetails;
use personalization::lds::dg13::OptionalDetails;
use personalization::lds::{
    atr_info, card_access, card_security, com, dg1, dg13, dg14, dg15, dg16, dir, opaque,
};
use personalization::mrz::{Mrz, name_field, transliterate};
use personalization::profile::CardProfile;
use time::macros::date;

pub use biometrics::biometrics;
pub use images::{image, photograph};
pub use office::office;
pub use pki::{signed, terminals};

/// A target: takes anything, and must not panic.
pub type Target = fn(&[u8]);

/// Every target by its name.
pub const ALL: [(&str, Target); 10] = [
    ("mrz", mrz),
    ("lds", lds),
    ("dg13", dg13),
    ("record", record),
    ("image", image),
    ("photograph", photograph),
    ("biometrics", biometrics),
    ("signed", signed),
    ("terminals", terminals),
    ("office", office),
];

/// A zone, and the same bytes as a name. A zone that is taken is written out and must read the same.
pub fn mrz(data: &[u8]) {
    let Ok(text) = core::str::from_utf8(data) else {
        return;
    };
    if let Ok(zone) = Mrz::parse_unchecked(text) {
        assert_eq!(Mrz::parse_unchecked(&zone.lines().join("\n")), Ok(zone.clone()));
        let _ = (zone.name(), zone.optional_data(), zone.document_number());
        if zone.check().is_ok() {
            assert!(zone.mrz_information().len() >= 24);
        }
    }
    if let Ok(name) = transliterate(text) {
        assert!(name.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'<'));
        assert!(!name.starts_with('<') && !name.ends_with('<'));
        if let Ok(field) = name_field(text, "", 30) {
            assert_eq!(field.len(), 30);
        }
    }
}

/// A file of the LDS by its outer tag. What is read keeps its bytes; what can be written again reads the same.
pub fn lds(data: &[u8]) {
    if let Ok(file) = com::Com::decode(data) {
        assert_eq!(file.bytes(), data);
        assert_eq!(
            com::Com::decode(&com::encode(&file.data_groups))
                .unwrap()
                .data_groups
                .len(),
            file.data_groups.len()
        );
    }
    if let Ok(zone) = dg1::decode(data) {
        assert_eq!(*dg1::decode(&dg1::encode(&zone)).unwrap(), *zone);
    }
    if let Ok(details) = AdditionalPersonalDetails::decode(data)
        && let Ok(again) = details.encode()
    {
        // Spaces and fillers of a name mean the same, so that only the second writing is like the first.
        let read = AdditionalPersonalDetails::decode(&again).unwrap();
        assert_eq!(read.encode().unwrap(), again);
    }
    if let Ok(details) = AdditionalDocumentDetails::decode(data)
        && let Ok(again) = details.encode()
    {
        let read = AdditionalDocumentDetails::decode(&again).unwrap();
        assert_eq!(read.encode().unwrap(), again);
    }
    if let Ok(persons) = dg16::decode(data)
        && let Ok(again) = dg16::encode(&persons)
    {
        assert_eq!(dg16::encode(&dg16::decode(&again).unwrap()).unwrap(), again);
    }
    let _ = dg14::decode(data);
    let _ = dg15::decode(data);
    let _ = card_access::decode(data);
    let _ = card_security::decode(data);
    let _ = dir::decode(data);
    let _ = atr_info::decode(data);
    for number in opaque::OPAQUE {
        let Some(group) = DataGroup::from_number(number) else {
            continue;
        };
        if let Ok(content) = opaque::decode(group, data) {
            assert!(opaque::encode(group, &content).unwrap().len() <= data.len());
        }
    }
}

/// DG13. Fields that keep the rules of the schema are written again and must read the same.
pub fn dg13(data: &[u8]) {
    if let Ok(read) = dg13::decode(data)
        && let OptionalDetails::Vietnamese(details) = read.into_content()
        && let Ok(again) = details.encode()
    {
        assert!(*dg13::decode(&again).unwrap() == OptionalDetails::Vietnamese(details));
    }
}

/// What operators write: a citizen record, an enrolment record, a card profile. Errors and `Debug` say nothing of a record; what is
/// taken can be written into every data group.
pub fn record(data: &[u8]) {
    let Ok(text) = core::str::from_utf8(data) else {
        return;
    };
    let today = date!(2026 - 11 - 24);
    let record = CitizenRecord::from_json(text, today);
    if let Ok(record) = &record {
        assert_eq!(format!("{record:?}"), "CitizenRecord { .. }");
        assert!(dg13::encode(record, "VN00000000000001").is_ok());
    }
    let mut enrolment = Enrolment::new([0; 32]);
    // Files that are no images: samples of modalities are taken all the same.
    let _ = enrolment.add_record::<EnrolmentError>(text, &mut |name| Ok(name.as_bytes().to_vec()));
    if let Ok(profile) = CardProfile::from_toml(text).and_then(CardProfile::check) {
        let _ = profile.check_issue_date(today);
        let _ = profile.check_enrolment(&enrolment);
        if let Ok(record) = &record {
            let _ = profile.check_record(record);
        }
    }
}
