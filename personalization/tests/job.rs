//! A whole card: record, face and profile in, signed image and script out.

#[path = "job/demands.rs"]
mod demands;

#[path = "support/attesting_chip.rs"]
mod attesting_chip;

#[path = "support/specimen.rs"]
mod specimen_enrolment;

use card_applet::crypto::digest::HashFunction;
use card_applet::wire::access::AccessRule;
use card_applet::wire::lds::{DataGroup, fid};
use card_applet::wire::security_info::{EcdsaPlain, SubjectPublicKeyInfo, security_infos};
use card_applet::wire::tlv::{find, read_exact};
use personalization::biometrics::face::FaceImage;
use personalization::citizen::CitizenRecord;
use personalization::hash::HashAlgorithm;
use personalization::image::{Application, Can, CardImage};
use personalization::job::{PersonalizationJob, PrepareError};
use personalization::lds;
use personalization::lds::card_security::SECURITY_OBJECT;
use personalization::lds::dg11::AdditionalPersonalDetails;
use personalization::lds::dg12::AdditionalDocumentDetails;
use personalization::lds::dg13::OptionalDetails;
use personalization::lds::text::PersonName;
use personalization::mrz::BirthDate;
use personalization::pki::csca::{self, Csca, CscaOptions};
use personalization::pki::document_signer::{self, DocumentSignerOptions};
use personalization::pki::explicit_parameters::{NamedCurve, recognise_explicit};
use personalization::pki::name::IssuingState;
use personalization::profile::{self, CardProfile};
use personalization::script::{PasswordId, PasswordUse, PersonalizationScript, Step};
use personalization::signer::FileSigner;
use personalization::sod::LdsVersion;
use personalization::sod::verify::{verify, verify_content};
use test_vectors::{SPECIMEN_FACE, specimen};
use time::OffsetDateTime;
use time::macros::{date, datetime};

const NOW: OffsetDateTime = datetime!(2026-11-24 09:00 UTC);
const CAN: &str = "271828";
const CARD_ID: &str = "VN00000000000001";

/// A document signer under a CSCA of its own.
struct Issuer {
    signer: FileSigner,
    certificate: Vec<u8>,
}

impl Issuer {
    fn new(options: &DocumentSignerOptions) -> Self {
        Self::of_state("VN", "VNM", options)
    }

    fn of_state(two_letter: &str, mrz: &str, options: &DocumentSignerOptions) -> Self {
        let mut rng = getrandom::SysRng;
        let csca_signer = FileSigner::generate(&mut rng).unwrap();
        let state = IssuingState::new(two_letter, mrz).unwrap();
        let mut csca_options = CscaOptions::new(state, "Test CSCA");
        csca_options.document_years = 50;
        let csca_der = csca::issue(&csca_signer, &csca_options, NOW, &mut rng).unwrap();
        let csca = Csca::from_der(&csca_der).unwrap();
        let signer = FileSigner::generate(&mut rng).unwrap();
        let certificate =
            document_signer::issue(&csca, &csca_signer, &signer, options, NOW, &mut rng).unwrap();
        Self { signer, certificate }
    }
}

fn record() -> CitizenRecord {
    CitizenRecord::from_json(CitizenRecord::template(), NOW.date()).unwrap()
}

fn prepare_with(
    issuer: &Issuer,
    profile: &str,
    record: &CitizenRecord,
    card_id: &str,
    at: OffsetDateTime,
) -> Result<CardImage, PrepareError> {
    let face = FaceImage::from_bytes(specimen(SPECIMEN_FACE)).unwrap();
    let profile = profile::builtin(profile).unwrap();
    let can = Can::new(CAN).unwrap();
    PersonalizationJob {
        record,
        face: &face,
        enrolment: &specimen_enrolment::for_profile(&profile),
        profile: &profile,
        can: &can,
        card_id,
    }
    .prepare(
        &issuer.signer,
        &issuer.certificate,
        at,
        &attesting_chip::attested_keys(profile.chip_keys()),
    )
}

fn prepare(profile: &str) -> CardImage {
    let issuer = Issuer::new(&DocumentSignerOptions::new("Test DS"));
    prepare_with(&issuer, profile, &record(), CARD_ID, NOW).unwrap()
}

#[test]
fn files_of_each_profile() {
    for (profile, data_groups, access) in [
        (
            "vn-cccd-2021",
            &["DG1", "DG2", "DG3", "DG13", "DG14", "DG15"][..],
            AccessRule::PaceOrBac,
        ),
        ("vn-cc-2024", &["DG1", "DG2", "DG13", "DG14"], AccessRule::Pace),
        (
            "icao-td1",
            &["DG1", "DG2", "DG11", "DG12", "DG14", "DG15"],
            AccessRule::Pace,
        ),
    ] {
        let image = prepare(profile);
        let names: Vec<String> = image.files.iter().map(|file| file.name()).collect();
        let card_security = (profile == "icao-td1").then_some("EF.CardSecurity");
        let expected: Vec<&str> = ["EF.ATR/INFO", "EF.DIR", "EF.CardAccess"]
            .into_iter()
            .chain(card_security)
            .chain(["EF.COM"])
            .chain(data_groups.iter().copied())
            .chain(["EF.SOD"])
            .collect();
        assert_eq!(names, expected, "{profile}");
        for file in &image.files {
            let expected = match file.application {
                Application::MasterFile if file.fid == fid::CARD_SECURITY => AccessRule::Pace,
                Application::MasterFile => AccessRule::Always,
                Application::Emrtd if file.fid == DataGroup::DG3.fid() => AccessRule::TerminalFingers,
                Application::Emrtd => access,
            };
            assert_eq!(file.access, expected, "{profile} {file:?}");
        }
        assert_eq!(image.passwords.bac, access == AccessRule::PaceOrBac);
        assert_eq!(
            image.content_len(),
            image.files.iter().map(|file| file.content.len()).sum::<usize>()
        );
    }
}

/// EF.SOD signs exactly the data groups that are in the files and that EF.COM lists.
#[test]
fn the_signature_covers_the_files() {
    let image = prepare("vn-cccd-2021");
    let content = |fid| &image.file(Application::Emrtd, fid).unwrap().content;
    let verified = verify(content(fid::SOD)).unwrap();
    let object = &verified.security_object;
    let listed = find(read_exact(content(fid::COM), 0x60).unwrap(), 0x5C)
        .unwrap()
        .unwrap();
    assert_eq!(listed.len(), object.hashes().len());
    for (tag, (number, hash)) in listed.iter().zip(object.hashes()) {
        let group = DataGroup::from_number(*number).unwrap();
        assert_eq!(u32::from(*tag), group.tag());
        assert_eq!(
            *hash,
            object.hash_algorithm().digest(content(group.fid())),
            "DG{number}"
        );
    }
}

#[test]
fn what_is_said_twice_agrees() {
    let image = prepare("vn-cc-2024");
    let content = |application, fid| &image.file(application, fid).unwrap().content;
    let card_access = content(Application::MasterFile, fid::CARD_ACCESS);
    let dg14 = content(Application::Emrtd, DataGroup::DG14.fid());
    let announced: Vec<_> = security_infos(card_access).unwrap().map(Result::unwrap).collect();
    let signed: Vec<_> = security_infos(read_exact(dg14, 0x6E).unwrap())
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert!(announced.iter().all(|info| signed.contains(info)));
    assert_eq!(
        signed.len(),
        announced.len() + 2,
        "and the key of Chip Authentication"
    );
    let dg1 = content(Application::Emrtd, DataGroup::DG1.fid());
    let zone = read_exact(read_exact(dg1, 0x61).unwrap(), 0x5F1F).unwrap();
    assert_eq!(&zone[..30], b"IDVNM1960000170001196000017<<1");
    let information = format!(
        "{}{}{}",
        std::str::from_utf8(&zone[5..15]).unwrap(),
        std::str::from_utf8(&zone[30..37]).unwrap(),
        std::str::from_utf8(&zone[38..45]).unwrap()
    );
    assert_eq!(*image.passwords.mrz_information, information);
    // ISO/IEC 7816-4: DO'7F66' states the limits that the chip keeps.
    let atr_info = content(Application::MasterFile, fid::ATR_INFO);
    assert_eq!(hex::encode_upper(atr_info), "47038401E07F6609020208000203008100");
}

/// The keys that the chip attested are what DG14, DG15 and EF.CardSecurity name.
#[test]
fn chip_keys_are_in_the_signed_files() {
    let image = prepare("icao-td1");
    let content = |application, fid| &image.file(application, fid).unwrap().content;
    let dg14 = read_exact(content(Application::Emrtd, DataGroup::DG14.fid()), 0x6E).unwrap();
    let card_security = content(Application::MasterFile, fid::CARD_SECURITY);
    let signed = verify_content(card_security, SECURITY_OBJECT).unwrap();
    assert_eq!(signed.content, dg14, "one set of security infos, signed twice");

    let [(protocol, key)] = image.keys.chip_authentication.as_slice() else {
        panic!("{:?}", image.keys);
    };
    let infos: Vec<_> = security_infos(dg14).unwrap().map(Result::unwrap).collect();
    let offers: Vec<_> = infos
        .iter()
        .filter_map(|info| info.as_chip_authentication_info())
        .collect();
    assert_eq!(
        (offers[0].protocol, offers[0].key_id),
        (*protocol, Some(&[12][..]))
    );
    let keys: Vec<_> = infos
        .iter()
        .filter_map(|info| info.as_chip_authentication_public_key_info())
        .collect();
    let spki = SubjectPublicKeyInfo::parse(keys[0].subject_public_key_info).unwrap();
    assert_eq!(spki.subject_public_key, key.public().as_bytes());
    assert_eq!(keys[0].key_id, Some(&[12][..]));
    assert_eq!(
        recognise_explicit(spki.parameters),
        Some(NamedCurve::P256),
        "explicit domain parameters"
    );
    let active: Vec<_> = infos
        .iter()
        .filter_map(|info| info.as_active_authentication_info())
        .collect();
    assert_eq!(
        EcdsaPlain::from_oid(active[0].signature_algorithm).map(|algorithm| algorithm.hash),
        Some(HashFunction::Sha256)
    );
    let dg15 = content(Application::Emrtd, DataGroup::DG15.fid());
    let spki = SubjectPublicKeyInfo::parse(read_exact(dg15, 0x6F).unwrap()).unwrap();
    let key = image.keys.active_authentication.as_ref().unwrap();
    assert_eq!(spki.subject_public_key, key.public().as_bytes());
}

fn prepare_all_details(record: &CitizenRecord) -> Result<CardImage, PrepareError> {
    let issuer = Issuer::new(&DocumentSignerOptions::new("Test DS"));
    let (_, toml) = profile::BUILTIN[0];
    let toml = toml.replace("[1, 2, 11, 12, 14, 15]", "[1, 2, 11, 12, 13, 14, 15, 16]");
    let profile = CardProfile::from_toml(&toml).unwrap().check().unwrap();
    let face = FaceImage::from_bytes(specimen(SPECIMEN_FACE)).unwrap();
    let can = Can::new(CAN).unwrap();
    PersonalizationJob {
        record,
        face: &face,
        enrolment: &specimen_enrolment::for_profile(&profile),
        profile: &profile,
        can: &can,
        card_id: CARD_ID,
    }
    .prepare(
        &issuer.signer,
        &issuer.certificate,
        NOW,
        &attesting_chip::attested_keys(profile.chip_keys()),
    )
}

/// What the record says is in DG11, DG12 and DG16, each part in its place.
#[test]
fn additional_details() {
    let image = prepare_all_details(&record()).unwrap();
    let content = |group: DataGroup| &image.file(Application::Emrtd, group.fid()).unwrap().content;
    let personal = AdditionalPersonalDetails::decode(content(DataGroup::DG11)).unwrap();
    let expected = AdditionalPersonalDetails {
        name: Some(PersonName::new("Nguyễn", "Thị Mẫu")),
        other_names: vec![PersonName::new("Nguyễn", "Thị Mẫu Xưa")],
        personal_number: Some("001196000017".to_owned()),
        birth_date: Some(date!(1996 - 08 - 12).into()),
        place_of_birth: ["Phường Mẫu", "Quận Ba Đình", "Hà Nội"]
            .map(str::to_owned)
            .to_vec(),
        address: ["Số 1 Phố Mẫu", "Phường Mẫu", "Quận Ba Đình", "Hà Nội"]
            .map(str::to_owned)
            .to_vec(),
        telephone: Some("+84 24 0000 0000".to_owned()),
        profession: Some("Giáo viên".to_owned()),
        ..AdditionalPersonalDetails::default()
    };
    assert!(*personal == expected);
    let document = AdditionalDocumentDetails::decode(content(DataGroup::DG12)).unwrap();
    assert_eq!(document.issuing_authority.as_deref(), Some("Cục Cảnh sát Mẫu"));
    assert_eq!(document.issue_date, Some(date!(2026 - 11 - 24)));
    assert_eq!(document.personalized, Some(datetime!(2026-11-24 09:00)));
    let persons = lds::dg16::decode(content(DataGroup::DG16)).unwrap();
    assert!(persons[0].name == Some(PersonName::new("Phạm", "Văn Mẫu")));
    assert_eq!(persons[0].recorded, Some(date!(2026 - 11 - 20)));
    assert_eq!(persons[0].address.len(), 4);
}

/// A date of birth that is not known whole: fillers in the zone, as much as is known in DG11 and DG13.
#[test]
fn partial_birth_date() {
    let json = CitizenRecord::template().replace("1996-08-12", "1996-08");
    let image = prepare_all_details(&CitizenRecord::from_json(&json, NOW.date()).unwrap()).unwrap();
    let content = |group: DataGroup| &image.file(Application::Emrtd, group.fid()).unwrap().content;
    let mrz = lds::dg1::decode(content(DataGroup::DG1)).unwrap();
    assert_eq!((mrz.birth_date(), mrz.check()), ("9608<<", Ok(())));
    let personal = AdditionalPersonalDetails::decode(content(DataGroup::DG11)).unwrap();
    assert_eq!(
        personal.birth_date.map(BirthDate::iso).as_deref(),
        Some("1996-08")
    );
    let dg13 = lds::dg13::decode(content(DataGroup::DG13)).unwrap();
    let OptionalDetails::Vietnamese(details) = &*dg13 else {
        panic!("the Vietnamese schema");
    };
    assert_eq!(details.birth_date.as_deref(), Some("08/1996"));
}

#[test]
fn nobody_to_notify() {
    let mut fields: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(CitizenRecord::template()).unwrap();
    fields.remove("notify");
    let json = serde_json::to_string(&fields).unwrap();
    let record = CitizenRecord::from_json(&json, NOW.date()).unwrap();
    let error = prepare_all_details(&record).unwrap_err();
    assert_eq!(error.to_string(), "notify is missing: the profile has DG16");
}

#[test]
fn keys_that_are_not_the_profiles_are_refused() {
    let issuer = Issuer::new(&DocumentSignerOptions::new("Test DS"));
    let (record, can) = (record(), Can::new(CAN).unwrap());
    let face = FaceImage::from_bytes(specimen(SPECIMEN_FACE)).unwrap();
    let profile = profile::builtin("icao-td1").unwrap();
    let job = PersonalizationJob {
        record: &record,
        face: &face,
        enrolment: &specimen_enrolment::for_profile(&profile),
        profile: &profile,
        can: &can,
        card_id: CARD_ID,
    };
    let specs = profile.chip_keys();
    let other = profile::builtin("vn-cccd-2021").unwrap();
    for keys in [
        vec![],
        attesting_chip::attested_keys(&specs[..1]),
        attesting_chip::attested_keys(&[specs, specs].concat()),
        attesting_chip::attested_keys(other.chip_keys()),
    ] {
        let unsigned = job.begin(&issuer.signer, &issuer.certificate, NOW).unwrap();
        let error = unsigned.sign(&issuer.signer, &keys).unwrap_err();
        assert!(matches!(error, PrepareError::ChipKeys), "{error}");
    }
}

#[test]
fn the_script_creates_then_fills_then_locks() {
    let image = prepare("vn-cccd-2021");
    let script = PersonalizationScript::from_image(&image);
    let steps: Vec<String> = script.steps().iter().map(|step| format!("{step:?}")).collect();
    assert_eq!(steps[0], "SelectMasterFile");
    assert_eq!(steps[steps.len() - 1], "Activate");
    assert_eq!(steps.iter().filter(|step| *step == "Activate").count(), 1);
    let position = |text: &str| steps.iter().position(|step| step.starts_with(text)).unwrap();
    assert!(position("CreateFile(EF.CardAccess)") < position("CreateFile(eMRTD application)"));
    assert!(position("CreateFile(eMRTD application)") < position("CreateFile(EF.COM)"));
    assert!(position("Update(EF.SOD") < position("PutPassword"));
    for file in &image.files {
        let create = position(&format!("CreateFile({})", file.name()));
        assert_eq!(create + 1, position(&format!("Update({},", file.name())));
        match &script.steps()[create + 1] {
            Step::Update { content, .. } => assert_eq!(*content, file.content),
            other => panic!("{other:?}"),
        }
    }
    let passwords: Vec<_> = script
        .steps()
        .iter()
        .filter_map(|step| match step {
            Step::PutPassword { id, usage, value } => Some((*id, *usage, value.len())),
            _ => None,
        })
        .collect();
    assert_eq!(
        passwords,
        [
            (PasswordId::Mrz, PasswordUse::PaceAndBac, 20),
            (PasswordId::Can, PasswordUse::Pace, 6)
        ]
    );
}

#[test]
fn debug_shows_no_secret_and_no_person() {
    let image = prepare("vn-cccd-2021");
    let script = PersonalizationScript::from_image(&image);
    let shown = format!("{image:?} {script:?} {:?}", image.passwords);
    for secret in [CAN, "1960000170", "Mẫu", "NGUYEN", "001196000017"] {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
    assert!(shown.contains("DG13"));
}

#[test]
fn what_is_refused() {
    let issuer = Issuer::new(&DocumentSignerOptions::new("Test DS"));
    let record = record();
    for card_id in [
        "",
        "VN0000000000001",
        "VN000000000000011",
        "vn00000000000001",
        "VN 0000000000001",
        "VN0000000000001Ạ",
    ] {
        let error = prepare_with(&issuer, "vn-cc-2024", &record, card_id, NOW).unwrap_err();
        assert!(matches!(error, PrepareError::CardId), "{error}");
    }
    // BAC after its end, even when the record is dated before it.
    let late = datetime!(2028-01-01 00:00 UTC);
    let error = prepare_with(&issuer, "vn-cccd-2021", &record, CARD_ID, late).unwrap_err();
    assert!(matches!(error, PrepareError::Profile(_)), "{error}");
    // A key that has had its time.
    let late = datetime!(2027-06-01 00:00 UTC);
    let error = prepare_with(&issuer, "vn-cc-2024", &record, CARD_ID, late).unwrap_err();
    assert!(matches!(error, PrepareError::SecurityObject(_)), "{error}");
    // Another key than the certificate's.
    let stranger = Issuer {
        signer: FileSigner::generate(&mut getrandom::SysRng).unwrap(),
        certificate: issuer.certificate.clone(),
    };
    let error = prepare_with(&stranger, "vn-cc-2024", &record, CARD_ID, NOW).unwrap_err();
    assert!(matches!(error, PrepareError::SecurityObject(_)), "{error}");

    let longer = CitizenRecord::template().replace("2036-08-12", "2036-08-13");
    let longer = CitizenRecord::from_json(&longer, NOW.date()).unwrap();
    let error = prepare_with(&issuer, "vn-cc-2024", &longer, CARD_ID, NOW).unwrap_err();
    assert!(
        matches!(&error, PrepareError::Record(error) if error.field == "expiry_date"),
        "{error}"
    );
}

#[test]
fn signers_that_do_not_cover_the_card() {
    let mut options = DocumentSignerOptions::new("Test DS");
    options.document_types = vec!["P".to_owned()];
    let error = prepare_with(&Issuer::new(&options), "vn-cc-2024", &record(), CARD_ID, NOW).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the document signer may not sign this type of document"
    );

    // "I" stands for every code that begins so.
    options.document_types = vec!["I".to_owned()];
    assert!(prepare_with(&Issuer::new(&options), "vn-cc-2024", &record(), CARD_ID, NOW).is_ok());

    options.document_years = 5;
    let error = prepare_with(&Issuer::new(&options), "vn-cc-2024", &record(), CARD_ID, NOW).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the document signer has a certificate that expires before the card does"
    );

    let stranger = Issuer::of_state("UT", "UTO", &DocumentSignerOptions::new("Test DS"));
    let error = prepare_with(&stranger, "vn-cc-2024", &record(), CARD_ID, NOW).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the document signer is of another state than the profile's issuing_state"
    );
}

#[test]
fn the_profile_chooses_hash_and_version_of_ef_sod() {
    let (_, text) = profile::BUILTIN
        .iter()
        .find(|(name, _)| *name == "vn-cc-2024")
        .unwrap();
    let issuer = Issuer::new(&DocumentSignerOptions::new("Test DS"));
    let prepared = |chosen: &str| {
        let profile = CardProfile::from_toml(&format!("{text}\n{chosen}"))?.check()?;
        let face = FaceImage::from_bytes(specimen(SPECIMEN_FACE)).unwrap();
        let job = PersonalizationJob {
            record: &record(),
            face: &face,
            enrolment: &specimen_enrolment::for_profile(&profile),
            profile: &profile,
            can: &Can::new(CAN).unwrap(),
            card_id: CARD_ID,
        };
        let keys = attesting_chip::attested_keys(profile.chip_keys());
        job.prepare(&issuer.signer, &issuer.certificate, NOW, &keys)
    };
    let v1 = LdsVersion::V1 {
        lds: "0108".into(),
        unicode: "040000".into(),
    };
    for (chosen, hash, version, com) in [
        ("", HashAlgorithm::Sha256, LdsVersion::V0, "0107"),
        (
            "[security_object]\nhash = \"SHA-384\"",
            HashAlgorithm::Sha384,
            LdsVersion::V0,
            "0107",
        ),
        (
            "[security_object]\nhash = \"SHA-512\"\nversion = 1",
            HashAlgorithm::Sha512,
            v1,
            "0108",
        ),
    ] {
        let image = prepared(chosen).unwrap();
        let content = |id| &image.file(Application::Emrtd, id).unwrap().content;
        let signed = verify(content(fid::SOD)).unwrap().security_object;
        assert_eq!((signed.hash_algorithm(), signed.version()), (hash, &version));
        assert_eq!(content(fid::COM)[5..9], *com.as_bytes());
    }
    for wrong in ["version = 2", "hash = \"SHA-1\"", "salt = 1"] {
        let error = prepared(&format!("[security_object]\n{wrong}")).unwrap_err();
        assert!(matches!(error, PrepareError::Profile(_)), "{error}");
    }
}
