//! Somebody else's reader at our card: `dmrtd`, written by other people from the same standards. What it opens, reads and
//! believes was understood by two readings of ICAO Doc 9303, not by one that agrees with itself.

#[path = "support/office.rs"]
mod office;

use std::fs;
use std::path::Path;

use card_applet::sim::VirtualCard;
use chrono::NaiveDate;
use dmrtd::auth::passive::{self, DataGroup, TrustAnchor};
use dmrtd::com::{TransceiveError, Transceiver};
use dmrtd::passport::Passport;
use dmrtd::proto::access_key::AccessKey;
use dmrtd::proto::can_key::CanKey;
use dmrtd::proto::dba_key::DBAKey;

use office::Office;

/// The virtual card as the foreign reader wants a chip.
struct Chip(VirtualCard);

impl Transceiver for Chip {
    fn transceive(&mut self, apdu: &[u8]) -> Result<Vec<u8>, TransceiveError> {
        let mut response = Vec::new();
        self.0
            .transmit(apdu, &mut response)
            .map_err(|error| TransceiveError::new(error.to_string()))?;
        Ok(response)
    }
}

/// A card of this profile, in an office without any reader service.
fn issued(profile: &str) -> Office {
    let office = Office::open(Path::new("/nonexistent/pcscd.comm"));
    office.make_chip("one.chip");
    let mut arguments = Office::issue_arguments("out").to_vec();
    arguments[2] = profile;
    arguments.extend(["--reader", "virtual:one.chip"]);
    if profile == "vn-cccd-2021" {
        arguments.extend([
            "--finger",
            "right-index=right.wsq",
            "--finger",
            "left-index=left.wsq",
        ]);
    }
    office.eid(&arguments).expect(0);
    office
}

fn insert(office: &Office) -> Passport<Chip> {
    let mut card = VirtualCard::open(&office.path("one.chip")).expect("the chip's memory");
    card.power_on();
    Passport::new(Chip(card))
}

/// Opens a session with PACE and lets the foreign reader judge the card.
fn open_with_pace(office: &Office, key: impl AccessKey) -> Passport<Chip> {
    let mut passport = insert(office);
    let card_access = passport.read_ef_card_access().expect("EF.CardAccess");
    passport.start_session_pace(key, &card_access).expect("PACE");
    passport
}

/// Reads everything with the session that is open, and passively authenticates it to the office's CSCA. The card keeps the
/// withheld groups back from a reader without rights.
fn judge(office: &Office, passport: &mut Passport<Chip>, data_groups: &[u8], withheld: &[u8]) {
    let com = passport.read_ef_com().expect("EF.COM");
    assert_eq!(
        com.dg_tags().len(),
        data_groups.len() + withheld.len(),
        "EF.COM lists {:?}",
        com.dg_tags()
    );
    let api = passport.api_mut();
    let sod = api.read_file_by_sfi(0x1D).expect("EF.SOD");
    for group in withheld {
        assert!(
            api.read_file_by_sfi(*group).is_err(),
            "DG{group} is shown to anybody"
        );
    }
    let contents: Vec<Vec<u8>> = data_groups
        .iter()
        .map(|group| api.read_file_by_sfi(*group).expect("data group"))
        .collect();
    let groups: Vec<DataGroup> = data_groups
        .iter()
        .zip(&contents)
        .map(|(number, bytes)| DataGroup {
            number: *number,
            bytes,
        })
        .collect();
    let csca = fs::read(office.path("csca/csca.der")).expect("CSCA certificate");
    let anchor = TrustAnchor::from_certificate(&csca).expect("CSCA certificate");
    let result = passive::verify(&sod, &groups, &[anchor]).expect("passive authentication");
    assert_eq!(result.covers_all_groups(), withheld.is_empty(), "{result:?}");

    let face = test_vectors::specimen(test_vectors::SPECIMEN_FACE);
    assert!(
        contents[1].windows(face.len()).any(|window| window == face),
        "the face in DG2 is another"
    );
}

#[test]
fn a_foreign_reader_opens_p256_with_the_can_and_believes_the_card() {
    let office = issued("icao-td1");
    let key = CanKey::new(&office.printed_can("out")).expect("CAN");
    let mut passport = open_with_pace(&office, key);
    judge(&office, &mut passport, &[1, 2, 11, 12, 14, 15], &[]);
    let personal = passport.read_ef_dg11().expect("DG11");
    assert_eq!(personal.name_of_holder.as_deref(), Some("Nguyễn<<Thị<Mẫu"));
    assert_eq!(personal.personal_number.as_deref(), Some("001196000017"));
    assert_eq!(personal.full_date_of_birth, Some(birth()));
    assert_eq!(
        personal.permanent_address,
        ["Số 1 Phố Mẫu<Phường Mẫu<Quận Ba Đình<Hà Nội"]
    );
    let document = passport.read_ef_dg12().expect("DG12");
    assert_eq!(document.issuing_authority.as_deref(), Some("Cục Cảnh sát Mẫu"));
}

#[test]
fn a_foreign_reader_opens_brainpool_with_the_can_and_reads_the_holder() {
    let office = issued("vn-cc-2024");
    let key = CanKey::new(&office.printed_can("out")).expect("CAN");
    let mut passport = open_with_pace(&office, key);
    judge(&office, &mut passport, &[1, 2, 13, 14], &[]);
    let mrz = passport.read_ef_dg1().expect("DG1");
    assert_eq!(mrz.mrz().document_number(), "196000017");
    assert_eq!(mrz.mrz().date_of_birth, birth());
    assert_eq!(mrz.mrz().last_name, "NGUYEN");
}

#[test]
fn a_foreign_reader_opens_every_aes_with_the_machine_readable_zone() {
    // It has no PACE with 3DES; its BAC below has 3DES.
    for cipher in ["AES-128", "AES-192", "AES-256"] {
        let office = Office::open(Path::new("/nonexistent/pcscd.comm"));
        let profile = format!(
            "name = \"foreign\"\ndescription = \"for a test\"\ndocument_code = \"ID\"\nissuing_state = \"VNM\"\n\
             mrz = \"vietnamese\"\ndata_groups = [1, 2, 13, 14]\nbac = false\n\
             [[pace]]\nmapping = \"GM\"\ncurve = \"P-256\"\ncipher = \"{cipher}\"\n\
             [validity]\nrenewal_ages = [14, 25, 40, 60]\n"
        );
        office.write("profile.toml", profile.as_bytes());
        office.make_chip("one.chip");
        let mut arguments = Office::issue_arguments("out").to_vec();
        arguments[2] = "profile.toml";
        arguments.extend(["--reader", "virtual:one.chip"]);
        office.eid(&arguments).expect(0);
        judge(
            &office,
            &mut open_with_pace(&office, machine_readable_zone(true)),
            &[1, 2, 13, 14],
            &[],
        );
    }
}

#[test]
fn a_foreign_reader_opens_the_legacy_card_with_bac() {
    let office = issued("vn-cccd-2021");
    let mut passport = insert(&office);
    passport.start_session(machine_readable_zone(false)).expect("BAC");
    judge(&office, &mut passport, &[1, 2, 13, 14, 15], &[3]);
}

#[test]
fn a_foreign_reader_with_a_wrong_can_or_an_unwanted_protocol_stays_outside() {
    let office = issued("vn-cc-2024");
    let wrong = if office.printed_can("out") == "314159" {
        "271828"
    } else {
        "314159"
    };
    let mut passport = insert(&office);
    let card_access = passport.read_ef_card_access().expect("EF.CardAccess");
    passport
        .start_session_pace(CanKey::new(wrong).expect("CAN"), &card_access)
        .expect_err("a wrong CAN");
    // A chip's memory is open once.
    drop(passport);
    // This profile has no BAC: the chip does not fall back.
    insert(&office)
        .start_session(machine_readable_zone(false))
        .expect_err("BAC on a card without it");
    insert(&office).read_ef_dg1().expect_err("DG1 without a session");
}

fn birth() -> NaiveDate {
    NaiveDate::from_ymd_opt(1996, 8, 12).expect("a date")
}

/// The key of the template's person; `pace` or BAC.
fn machine_readable_zone(pace: bool) -> DBAKey {
    let expiry = NaiveDate::from_ymd_opt(2036, 8, 12).expect("a date");
    DBAKey::new("196000017", birth(), expiry, pace).expect("key")
}
