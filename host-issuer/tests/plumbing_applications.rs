//! Our loader and an application's issuer against our chip: keys that are missing, pieces, key replacement, read-back.

#[path = "support/blank_chip.rs"]
#[allow(dead_code, reason = "other tests use the rest")]
mod blank_chip;

#[path = "support/short_only.rs"]
mod short_only;

use blank_chip::*;
use card_applet::wire::access::{AccessRule, SecurityAttribute, UpdateRule};
use card_applet::wire::status::StatusWord;
use getrandom::SysRng;
use host_issuer::load::application::{ApplicationSession, FileName};
use host_issuer::load::scp03::{Scp03Error, StaticKeys};
use host_issuer::load::{LoadError, issue};
use host_issuer::transport::Transport;
use host_issuer::transport::in_process::InProcess;
use personalization::image::{CardImage, UtilityApplication, UtilityFile};
use personalization::keys::{ChipKeySets, ChipKeys, IssuerMasterKeys};
use short_only::ShortOnly;

const AID: [u8; 8] = *b"\xF0VNMBHYT";
const FILE: FileName = FileName::Identifier(0x0202);

fn master() -> IssuerMasterKeys {
    IssuerMasterKeys::from_bytes(*b"an insurer's master, for tests!!")
}

fn keys(serial: &[u8; 10]) -> StaticKeys {
    StaticKeys::from(&master().application_keys(serial, &AID))
}

fn key_sets(serial: &[u8; 10]) -> ChipKeySets {
    ChipKeySets {
        applications: vec![("insurance".to_owned(), master().application_keys(serial, &AID))],
        ..chip_keys(serial).into()
    }
}

fn image() -> CardImage {
    let file = |fid, read, update, len| UtilityFile {
        fid,
        sfi: None,
        attribute: SecurityAttribute { read, update },
        content: vec![0x20; len],
    };
    let mut image = small_image();
    image.applications = vec![UtilityApplication {
        name: "insurance".to_owned(),
        aid: AID.to_vec(),
        fid: 0x3F02,
        key_version: Some(0x60),
        files: vec![
            file(0x0201, AccessRule::Pace, UpdateRule::Never, 16),
            file(0x0202, AccessRule::Pace, UpdateRule::ApplicationKeys, 5000),
            file(0x0203, AccessRule::Never, UpdateRule::ApplicationKeys, 16),
        ],
    }];
    image
}

fn issued() -> InProcess {
    let mut chip = blank_chip();
    let issued = issue(&mut chip, &mut SysRng, key_sets, &image(), &mut |_| {}).unwrap();
    let compared = |name: &str| issued.read_back.compared.iter().any(|(file, _)| file == name);
    assert!(compared("EF 0201 of insurance") && compared("EF 0202 of insurance"));
    assert_eq!(issued.read_back.withheld, ["DG3", "EF 0203 of insurance"]);
    chip.reset().unwrap();
    chip
}

#[test]
fn plumbing_without_an_applications_keys_nothing_is_written() {
    let mut chip = blank_chip();
    let without = |serial: &[u8; 10]| ChipKeySets::from(chip_keys(serial));
    let error = issue(&mut chip, &mut SysRng, without, &image(), &mut |_| {}).unwrap_err();
    assert_eq!(error, LoadError::NoApplicationKeys("insurance".to_owned()));
    chip.reset().unwrap();
    // It is blank still.
    issue(&mut chip, &mut SysRng, key_sets, &image(), &mut |_| {}).unwrap();
}

#[test]
fn plumbing_pieces_read_back_and_new_keys() {
    let mut chip = issued();
    let content: Vec<u8> = (0..5000u32).map(|index| (index % 241) as u8).collect();
    let through = |transport: &mut dyn Transport, at_most: usize| {
        transport.reset().unwrap();
        let mut session = ApplicationSession::open(transport, &can(), &AID, keys, &mut SysRng).unwrap();
        let mut told = Vec::new();
        let commands = session
            .write(FILE, &content, &mut |done| told.push(done))
            .unwrap();
        assert!(commands > 1 && commands <= at_most, "{commands}");
        assert_eq!((told.len(), told.last()), (commands, Some(&5000)));
        assert_eq!(session.read(FILE, 5000).unwrap(), content);
        assert_eq!(
            session.read(FILE, 6000).unwrap(),
            content,
            "no more than there is"
        );
    };
    through(&mut chip, 3);
    through(&mut ShortOnly(&mut chip), 25);
    chip.reset().unwrap();
    let refused = |session: &mut ApplicationSession<&mut InProcess>, file, content: &[u8]| match session
        .write(file, content, &mut |_| {})
    {
        Err(LoadError::Refused { status, .. }) => status,
        other => panic!("{other:?}"),
    };
    let mut session = ApplicationSession::open(&mut chip, &can(), &AID, keys, &mut SysRng).unwrap();
    assert_eq!(refused(&mut session, FILE, &[0; 5001]), StatusWord::WRONG_OFFSET);
    assert_eq!(
        refused(&mut session, FileName::Identifier(0x0201), b"x"),
        StatusWord::SECURITY_STATUS_NOT_SATISFIED
    );
    assert_eq!(
        refused(&mut session, FileName::Short(7), b"x"),
        StatusWord::FILE_NOT_FOUND
    );
    assert_eq!(session.read(FILE, 5000).unwrap(), content, "nothing was written");

    let new = ChipKeys::random(&mut SysRng).unwrap();
    session.replace_keys(&StaticKeys::from(&new)).unwrap();
    drop(session);
    chip.reset().unwrap();
    let error = ApplicationSession::open(&mut chip, &can(), &AID, keys, &mut SysRng).err();
    assert_eq!(error, Some(LoadError::Scp03(Scp03Error::WrongKey)));
    chip.reset().unwrap();
    let mut session =
        ApplicationSession::open(&mut chip, &can(), &AID, |_| StaticKeys::from(&new), &mut SysRng).unwrap();
    session
        .write(FileName::Identifier(0x0203), b"notes", &mut |_| {})
        .unwrap();
}
