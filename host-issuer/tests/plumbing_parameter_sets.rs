//! Our terminal against our chip, with several PACE parameter sets in EF.CardAccess. Each side is proved against published
//! transcripts elsewhere; here is only shown that they meet, in every set that a profile can have.

#[path = "support/blank_chip.rs"]
#[allow(dead_code, reason = "shared with the loader's tests, which use the rest")]
mod blank_chip;

use blank_chip::*;
use card_applet::crypto::cipher::SymmetricAlgorithm::{self, Aes128, Aes192, Aes256, TripleDes};
use card_applet::crypto::curve::Curve;
use card_applet::wire::lds::fid;
use card_applet::wire::security_info::{Mapping, PaceInfo, PaceProtocol};
use card_applet::wire::status::StatusWord;
use getrandom::SysRng;
use host_issuer::load::issue;
use host_issuer::terminal::key_agreement::Group;
use host_issuer::terminal::pace::{PaceError, PaceStep};
use host_issuer::terminal::reader::{AccessProtocol, ChipReader};
use host_issuer::transport::Transport;
use host_issuer::transport::in_process::InProcess;

/// Most sets of a profile.
const MAX_SETS: usize = 8;

/// Every set of the chip but those of chip authentication mapping, which need a static key.
fn every_set() -> Vec<PaceInfo> {
    let curves = [
        Curve::P256,
        Curve::BrainpoolP256r1,
        Curve::P384,
        Curve::BrainpoolP384r1,
    ];
    let mut sets = Vec::new();
    for mapping in [Mapping::EcdhGeneric, Mapping::EcdhIntegrated] {
        for cipher in [TripleDes, Aes128, Aes192, Aes256] {
            sets.extend(curves.map(|curve| info(mapping, cipher, curve)));
        }
    }
    sets
}

fn info(mapping: Mapping, cipher: SymmetricAlgorithm, curve: Curve) -> PaceInfo {
    PaceInfo::new(PaceProtocol { mapping, cipher }, curve.parameter_id())
}

/// An issued card with these sets.
fn card_with(sets: &[PaceInfo]) -> InProcess {
    let mut infos = Vec::new();
    for info in sets {
        let mut bytes = [0; 32];
        let len = info.encode(&mut bytes).unwrap();
        infos.extend_from_slice(&bytes[..len]);
    }
    let mut image = small_image();
    let card_access = image
        .files
        .iter_mut()
        .find(|file| file.fid == fid::CARD_ACCESS)
        .unwrap();
    let len = infos.len() as u8;
    card_access.content = match len {
        0..0x80 => vec![0x31, len],
        _ => vec![0x31, 0x81, len],
    };
    card_access.content.extend(infos);
    let mut chip = blank_chip();
    issue(&mut chip, &mut SysRng, chip_keys, &image, &mut |_| {}).unwrap();
    chip
}

#[test]
fn plumbing_every_set_opens_the_card() {
    let sets = every_set();
    assert_eq!(sets.len(), 32);
    for sets in sets.chunks(MAX_SETS) {
        let mut chip = card_with(sets);
        let dg1 = content(&small_image(), dg(1));
        for info in sets {
            chip.reset().unwrap();
            let mut reader = ChipReader::new(&mut chip, SysRng);
            reader.read_card_access().unwrap();
            let report = reader
                .pace(info, &can())
                .unwrap_or_else(|error| panic!("{info:?}: {error}"));
            assert_eq!(report.cipher, Some(info.protocol.cipher));
            assert_eq!(
                report.protocol,
                AccessProtocol::Pace {
                    mapping: info.protocol.mapping,
                    group: Group::from_parameter_id(info.parameter_id.unwrap()).unwrap(),
                }
            );
            assert_eq!(reader.read(dg(1), &mut |_, _| {}).unwrap(), dg1, "{info:?}");
        }
    }
}

/// The terminal takes the strongest set by itself, says which, and names its domain parameters.
#[test]
fn plumbing_the_strongest_set_is_taken() {
    let strongest = info(Mapping::EcdhIntegrated, Aes256, Curve::BrainpoolP384r1);
    let sets = [
        info(Mapping::EcdhGeneric, Aes256, Curve::P256),
        info(Mapping::EcdhGeneric, TripleDes, Curve::P384),
        strongest,
        info(Mapping::EcdhIntegrated, Aes256, Curve::BrainpoolP256r1),
        info(Mapping::EcdhGeneric, Aes192, Curve::P384),
    ];
    let mut chip = card_with(&sets);
    chip.reset().unwrap();
    let report = ChipReader::new(&mut chip, SysRng).open(&mrz()).unwrap();
    assert_eq!(report.cipher, Some(Aes256));
    assert_eq!(
        report.protocol,
        AccessProtocol::Pace {
            mapping: Mapping::EcdhIntegrated,
            group: Group::Curve(Curve::BrainpoolP384r1),
        }
    );
}

/// Two sets of one protocol: without EF.CardAccess the terminal does not know that it must name one, and the chip refuses.
#[test]
fn plumbing_an_ambiguous_choice_is_refused() {
    let sets = [
        info(Mapping::EcdhIntegrated, Aes128, Curve::P256),
        info(Mapping::EcdhIntegrated, Aes128, Curve::P384),
    ];
    let mut chip = card_with(&sets);
    chip.reset().unwrap();
    let mut reader = ChipReader::new(&mut chip, SysRng);
    assert_eq!(
        reader.pace(&sets[0], &can()),
        Err(PaceError::Refused {
            step: PaceStep::SetAt,
            status: StatusWord::REFERENCED_DATA_NOT_FOUND,
        })
    );
    reader.read_card_access().unwrap();
    assert!(reader.pace(&sets[1], &can()).is_ok());
}

/// A wrong CAN is told from everything else with integrated mapping, too.
#[test]
fn plumbing_a_wrong_password_with_integrated_mapping() {
    for cipher in [TripleDes, Aes128, Aes192, Aes256] {
        let set = info(Mapping::EcdhIntegrated, cipher, Curve::P256);
        let mut chip = card_with(&[set]);
        chip.reset().unwrap();
        let mut reader = ChipReader::new(&mut chip, SysRng);
        assert_eq!(
            reader.pace(&set, &wrong_can()),
            Err(PaceError::WrongPassword {
                status: StatusWord::AUTHENTICATION_FAILED,
            })
        );
        assert!(!reader.session_is_open());
        assert!(reader.pace(&set, &can()).is_ok());
    }
}
