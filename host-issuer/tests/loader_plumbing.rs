//! Our loader and our terminal against our chip. Proves that the parts fit together, and nothing about a standard.

#[path = "support/blank_chip.rs"]
mod blank_chip;
#[path = "support/short_only.rs"]
mod short_only;

use blank_chip::*;
use card_applet::crypto::cipher::SymmetricAlgorithm;
use card_applet::crypto::curve::Curve;
use card_applet::wire::access::AccessRule;
use card_applet::wire::global_platform::KEY_VERSION_ISSUER;
use card_applet::wire::lds::DataGroup;
use card_applet::wire::status::StatusWord;
use getrandom::SysRng;
use host_issuer::load::loader::Loader;
use host_issuer::load::read_back::ReadBackError;
use host_issuer::load::scp03::Scp03Error;
use host_issuer::load::{LoadError, Phase, issue};
use host_issuer::terminal::card_file::FileId;
use host_issuer::terminal::key_agreement::Group;
use host_issuer::terminal::password::{Password, PasswordKind};
use host_issuer::terminal::reader::{AccessError, AccessProtocol, ChipReader, ReadError};
use host_issuer::transport::in_process::InProcess;
use host_issuer::transport::pulled::{Moment, PulledCard};
use host_issuer::transport::trace::{Detail, Trace};
use host_issuer::transport::{Limits, Transport, TransportError};
use personalization::image::{Application, Can, CardFile, CardImage};
use short_only::ShortOnly;

#[test]
fn plumbing_issue_read_back_lock_and_read() {
    let image = image(Access::PaceAndBac);
    let mut chip = blank_chip();
    let mut phases = Vec::new();
    let issued = issue(&mut chip, &mut SysRng, chip_keys, &image, &mut |progress| {
        assert!(progress.done <= progress.total, "{progress:?}");
        if phases.last() != Some(&progress.phase) {
            phases.push(progress.phase);
        }
    })
    .unwrap();
    assert_eq!(phases, [Phase::Loading, Phase::ReadingBack, Phase::Locking]);
    assert_eq!(issued.serial, SERIAL);
    assert_eq!(issued.read_back.withheld, ["DG3"]);
    assert_eq!(issued.read_back.compared.len(), image.files.len() - 1);
    let doors: Vec<_> = issued
        .read_back
        .access
        .iter()
        .map(|report| (report.protocol == AccessProtocol::Bac, report.password))
        .collect();
    assert_eq!(
        doors,
        [
            (true, PasswordKind::Mrz),
            (false, PasswordKind::Mrz),
            (false, PasswordKind::Can)
        ]
    );
    assert!(issued.wire.apdus > 20);

    // Operational now: a stranger with the CAN reads every file but DG3.
    chip.reset().unwrap();
    let mut reader = ChipReader::new(&mut chip, SysRng);
    let atr_info = reader.read_atr_info().unwrap().unwrap();
    assert_eq!(atr_info, content(&image, FileId::AtrInfo));
    let report = reader.open(&can()).unwrap();
    assert_eq!(report.cipher, Some(SymmetricAlgorithm::Aes256));
    assert!(matches!(
        report.protocol,
        AccessProtocol::Pace {
            group: Group::Curve(Curve::BrainpoolP256r1),
            ..
        }
    ));
    for file in [FileId::Com, FileId::Sod, dg(1), dg(2)] {
        let before = reader.wire().apdus;
        assert_eq!(
            reader.read(file, &mut |_, _| {}).unwrap(),
            content(&image, file),
            "{file}"
        );
        // By short file identifier and with extended length: one command a file. The first also selects the application, and
        // DG2 is longer than the chip's longest answer.
        let more = u64::from(file == FileId::Com || file == dg(2));
        assert_eq!(reader.wire().apdus - before, 1 + more, "{file}");
    }
    let status = StatusWord::SECURITY_STATUS_NOT_SATISFIED;
    assert_eq!(
        reader.read(dg(3), &mut |_, _| {}),
        Err(ReadError::NotAllowed { status })
    );
    let missing = reader.read(dg(14), &mut |_, _| {});
    assert_eq!(
        missing,
        Err(ReadError::NotFound {
            status: StatusWord::FILE_NOT_FOUND
        })
    );
    // Neither ended the session.
    assert_eq!(
        reader.read(dg(1), &mut |_, _| {}).unwrap(),
        content(&image, dg(1))
    );
}

#[test]
fn plumbing_every_way_in_and_no_other() {
    for access in [Access::PaceOnly, Access::PaceAndBac, Access::BacOnly] {
        let image = image(access);
        let mut chip = blank_chip();
        issue(&mut chip, &mut SysRng, chip_keys, &image, &mut |_| {}).unwrap();
        let mut open = |password: &Password, bac: bool| {
            chip.reset().unwrap();
            let mut reader = ChipReader::new(&mut chip, SysRng);
            if bac {
                reader.bac(password).map_err(AccessError::from)?;
            } else {
                reader.open(password)?;
            }
            Ok(reader.read(dg(1), &mut |_, _| {}).unwrap())
        };
        let dg1 = Ok(content(&image, dg(1)));
        let expect = |allowed: bool, result: Result<Vec<u8>, AccessError>| {
            if allowed {
                assert_eq!(result, dg1, "{access:?}");
            } else {
                assert!(result.is_err(), "{access:?}");
            }
        };
        expect(true, open(&mrz(), false));
        expect(access.pace(), open(&can(), false));
        expect(access.bac(), open(&mrz(), true));
        let wrong = open(&wrong_mrz(), false).unwrap_err();
        assert!(wrong.is_wrong_password(), "{access:?}: {wrong}");
        if access.pace() {
            let wrong = open(&wrong_can(), false).unwrap_err();
            assert!(wrong.is_wrong_password(), "{access:?}: {wrong}");
        }
        // A wrong password closes nothing for the next one.
        expect(true, open(&mrz(), false));
    }
}

#[test]
fn plumbing_every_cipher_and_curve() {
    for cipher in [
        SymmetricAlgorithm::TripleDes,
        SymmetricAlgorithm::Aes128,
        SymmetricAlgorithm::Aes192,
        SymmetricAlgorithm::Aes256,
    ] {
        for curve in [
            Curve::P256,
            Curve::P384,
            Curve::BrainpoolP256r1,
            Curve::BrainpoolP384r1,
        ] {
            let image = image_with(&[(cipher, curve)]);
            let mut chip = blank_chip();
            let issued = issue(&mut chip, &mut SysRng, chip_keys, &image, &mut |_| {}).unwrap();
            assert!(
                issued
                    .read_back
                    .access
                    .iter()
                    .all(|report| report.cipher == Some(cipher))
            );
        }
    }
}

/// The same cipher on both curves: MSE:Set AT has to say which, and the session works with either.
#[test]
fn plumbing_ambiguous_domain_parameters() {
    let offers = [
        (SymmetricAlgorithm::Aes128, Curve::P256),
        (SymmetricAlgorithm::Aes128, Curve::BrainpoolP256r1),
    ];
    let image = image_with(&offers);
    let mut chip = blank_chip();
    issue(&mut chip, &mut SysRng, chip_keys, &image, &mut |_| {}).unwrap();
    for (cipher, curve) in offers {
        chip.reset().unwrap();
        let mut reader = ChipReader::new(&mut chip, SysRng);
        reader.read_card_access().unwrap();
        reader.pace(&pace_info(cipher, curve), &can()).unwrap();
        assert_eq!(
            reader.read(dg(1), &mut |_, _| {}).unwrap(),
            content(&image, dg(1))
        );
    }
}

#[test]
fn plumbing_another_issuers_key_is_noticed_and_proves_nothing() {
    let image = image(Access::PaceOnly);
    let mut chip = blank_chip();
    let error = issue(&mut chip, &mut SysRng, other_issuers_keys, &image, &mut |_| {}).unwrap_err();
    assert_eq!(error, LoadError::Scp03(Scp03Error::WrongKey));
    assert!(error.is_wrong_issuer_key());
    // The chip was not asked to believe anything, so nothing was counted: the right key works.
    chip.reset().unwrap();
    issue(&mut chip, &mut SysRng, chip_keys, &image, &mut |_| {}).unwrap();
}

#[test]
fn plumbing_an_issued_card_is_not_loaded_again() {
    let image = image(Access::PaceOnly);
    let mut chip = blank_chip();
    issue(&mut chip, &mut SysRng, chip_keys, &image, &mut |_| {}).unwrap();
    chip.reset().unwrap();
    let error = issue(&mut chip, &mut SysRng, chip_keys, &image, &mut |_| {}).unwrap_err();
    assert!(
        matches!(error, LoadError::Scp03(_) | LoadError::Refused { .. }),
        "{error}"
    );
    let mut reader = ChipReader::new(&mut chip, SysRng);
    reader.reset().unwrap();
    reader.open(&can()).unwrap();
    assert_eq!(
        reader.read(dg(1), &mut |_, _| {}).unwrap(),
        content(&image, dg(1))
    );
}

/// The card is pulled at every single APDU of an issuance, before the command and before the answer. Each time the chip can be
/// issued again, unless it had already been activated, and then it is whole.
#[test]
fn plumbing_a_pulled_card_can_be_issued_again() {
    let image = small_image();
    let mut chip = blank_chip();
    let total = issue(&mut chip, &mut SysRng, chip_keys, &image, &mut |_| {})
        .unwrap()
        .wire
        .apdus as usize;
    let mut unknown = 0;
    for moment in [Moment::BeforeCommand, Moment::BeforeAnswer] {
        for carried in 0..total {
            let mut pulled = PulledCard::new(blank_chip(), carried, moment);
            let error = issue(&mut pulled, &mut SysRng, chip_keys, &image, &mut |_| {}).unwrap_err();
            assert!(
                error.transport().is_some_and(TransportError::is_card_gone),
                "APDU {carried}: {error}"
            );
            assert!(pulled.is_gone());
            let mut chip = pulled.into_inner();
            chip.reset().unwrap();
            let again = issue(&mut chip, &mut SysRng, chip_keys, &image, &mut |_| {});
            if matches!(error, LoadError::ActivationUnknown { .. }) {
                // Both outcomes are possible, and the error says so.
                unknown += 1;
                assert_eq!(again.is_err(), moment == Moment::BeforeAnswer);
            } else {
                again.unwrap_or_else(|error| panic!("APDU {carried}, {moment:?}: {error}"));
            }
            assert_whole(&mut chip, &image);
        }
    }
    assert_eq!(unknown, 2);
}

fn assert_whole(chip: &mut impl Transport, image: &CardImage) {
    chip.reset().unwrap();
    let mut reader = ChipReader::new(chip, SysRng);
    reader.read_atr_info().unwrap();
    reader.open(&can()).unwrap();
    for file in [FileId::Com, FileId::Sod, dg(1), dg(2)] {
        assert_eq!(reader.read(file, &mut |_, _| {}).unwrap(), content(image, file));
    }
}

/// A transport that carries short APDUs only: loading and reading work, in more commands.
#[test]
fn plumbing_short_apdus_only() {
    let image = image(Access::PaceAndBac);
    let mut chip = ShortOnly(blank_chip());
    issue(&mut chip, &mut SysRng, chip_keys, &image, &mut |_| {}).unwrap();
    assert_whole(&mut chip, &image);
}

/// Two chips of which one lies on the reader until the given reset, and the other from then on.
struct Swapped {
    first: InProcess,
    second: InProcess,
    resets_left: usize,
}

impl Swapped {
    fn current(&mut self) -> &mut InProcess {
        if self.resets_left > 0 {
            &mut self.first
        } else {
            &mut self.second
        }
    }
}

impl Transport for Swapped {
    fn transmit(&mut self, command: &[u8], response: &mut Vec<u8>) -> Result<(), TransportError> {
        self.current().transmit(command, response)
    }

    fn reset(&mut self) -> Result<(), TransportError> {
        self.resets_left = self.resets_left.saturating_sub(1);
        self.current().reset()
    }

    fn limits(&self) -> Limits {
        Limits::EXTENDED
    }

    fn atr(&self) -> &[u8] {
        self.first.atr()
    }
}

/// Loads `image` into a new chip and leaves it there, neither read back nor locked.
fn loaded_chip(serial: &[u8; 10], image: &CardImage) -> InProcess {
    let mut chip = blank_chip_with(serial);
    let keyed = Loader::new(&mut chip)
        .authenticate(
            KEY_VERSION_ISSUER,
            |serial| (&chip_keys(serial)).into(),
            &mut SysRng,
        )
        .unwrap();
    keyed.load(image, &mut |_| {}).unwrap();
    chip
}

/// Issues `image`; before the read-back the chip is exchanged for one that holds `found`.
fn read_back_of(image: &CardImage, found: &CardImage) -> LoadError {
    let second = loaded_chip(&SERIAL, found);
    let mut chips = Swapped {
        first: blank_chip(),
        second,
        resets_left: 1,
    };
    issue(&mut chips, &mut SysRng, chip_keys, image, &mut |_| {}).unwrap_err()
}

fn dg2(image: &mut CardImage) -> &mut CardFile {
    image
        .files
        .iter_mut()
        .find(|file| file.fid == DataGroup::DG2.fid())
        .unwrap()
}

#[test]
fn plumbing_a_card_that_is_not_as_written_is_not_locked() {
    let image = small_image();
    for offset in [
        0,
        1,
        2_000,
        image.files.iter().map(|file| file.content.len()).max().unwrap() - 1,
    ] {
        let mut found = image.clone();
        dg2(&mut found).content[offset] ^= 1;
        let expected = ReadBackError::Differs {
            file: "DG2".to_owned(),
            offset,
        };
        assert_eq!(read_back_of(&image, &found), LoadError::ReadBack(expected));
    }

    let mut shorter = image.clone();
    dg2(&mut shorter).content.pop();
    assert!(matches!(
        read_back_of(&image, &shorter),
        LoadError::ReadBack(ReadBackError::Read { .. })
    ));

    let mut missing = image.clone();
    missing.files.retain(|file| file.fid != DataGroup::DG2.fid());
    assert!(matches!(
        read_back_of(&image, &missing),
        LoadError::ReadBack(ReadBackError::Read { .. })
    ));

    let mut other_can = image.clone();
    other_can.passwords.can = Some(Can::new("111111").unwrap());
    assert!(matches!(
        read_back_of(&image, &other_can),
        LoadError::ReadBack(ReadBackError::Access {
            password: PasswordKind::Can,
            ..
        })
    ));
}

/// A file that only Terminal Authentication may open, on a chip where anybody with the CAN can read it.
#[test]
fn plumbing_a_file_that_should_be_withheld_and_is_not() {
    let mut found = small_image();
    let dg5 = CardFile {
        application: Application::Emrtd,
        fid: 0x0105,
        sfi: Some(5),
        access: AccessRule::Pace,
        content: vec![0x65, 2, 1, 2],
    };
    found.files.push(dg5);
    let mut image = found.clone();
    image.files.last_mut().unwrap().access = AccessRule::TerminalFingers;
    let expected = ReadBackError::Exposed {
        file: "DG5".to_owned(),
    };
    assert_eq!(read_back_of(&image, &found), LoadError::ReadBack(expected));
}

/// Another chip, itself in order, is put on the reader between read-back and locking.
#[test]
fn plumbing_only_the_chip_that_was_read_back_is_locked() {
    let image = small_image();
    let second = loaded_chip(b"SPECIMEN02", &image);
    // Resets: after loading, between the two passwords, after the read-back.
    let mut chips = Swapped {
        first: blank_chip(),
        second,
        resets_left: 3,
    };
    let error = issue(&mut chips, &mut SysRng, chip_keys, &image, &mut |_| {}).unwrap_err();
    assert_eq!(error, LoadError::ReadBack(ReadBackError::OtherChip));
    chips.second.reset().unwrap();
    issue(&mut chips.second, &mut SysRng, chip_keys, &image, &mut |_| {}).unwrap();
}

#[test]
fn plumbing_a_redacted_trace_holds_no_secret() {
    let image = small_image();
    let mut trace = Trace::new(blank_chip(), Vec::new(), Detail::Redacted);
    issue(&mut trace, &mut SysRng, chip_keys, &image, &mut |_| {}).unwrap();
    let text = String::from_utf8(trace.into_parts().1).unwrap().to_uppercase();
    assert!(text.lines().count() > 40);
    let enc = hex::encode_upper(&chip_keys(&SERIAL).enc[..8]);
    let name = hex::encode_upper("MUSTERFRAU");
    for secret in [
        CAN,
        &hex::encode_upper(CAN),
        &enc,
        "MUSTERFRAU",
        &name,
        MRZ_INFORMATION,
    ] {
        assert!(!text.contains(secret), "{secret}");
    }
}
