//! Blank virtual chips, and card images of a specimen person without signature: what loader and terminal are tried with.

use card_applet::crypto::cipher::SymmetricAlgorithm;
use card_applet::crypto::curve::Curve;
use card_applet::wire::access::AccessRule;
use card_applet::wire::lds::{DataGroup, fid, sfi};
use card_applet::wire::security_info::{PaceInfo, PaceProtocol};
use getrandom::SysRng;
use host_issuer::load::manufacture::manufacture_in_memory;
use host_issuer::terminal::card_file::{Directory, FileId};
use host_issuer::terminal::password::Password;
use host_issuer::transport::in_process::InProcess;
use personalization::image::{Application, Can, CardFile, CardImage, CardKeys, CardPasswords};
use personalization::keys::{ChipKeys, IssuerMasterKeys};
use zeroize::Zeroizing;

/// The serial number of the first chip.
pub const SERIAL: [u8; 10] = *b"SPECIMEN01";
/// The card access number of every image here.
pub const CAN: &str = "731946";
/// The MRZ information of every image here: a specimen person's.
pub const MRZ_INFORMATION: &str = "L898902C<369080619406236";

/// The chip's keys under the issuer's master.
pub fn chip_keys(serial: &[u8; 10]) -> ChipKeys {
    IssuerMasterKeys::from_bytes(*b"a master key for tests, 32 bytes").chip_keys(serial)
}

/// The keys that another issuer would take to be the chip's.
pub fn other_issuers_keys(serial: &[u8; 10]) -> ChipKeys {
    IssuerMasterKeys::from_bytes(*b"another master for tests, 32 byt").chip_keys(serial)
}

/// A chip in Personalisation with the issuer's keys.
pub fn blank_chip_with(serial: &[u8; 10]) -> InProcess {
    let (mut chip, _) = manufacture_in_memory(serial, &mut SysRng, chip_keys).unwrap();
    host_issuer::transport::Transport::reset(&mut chip).unwrap();
    chip
}

/// The first such chip.
pub fn blank_chip() -> InProcess {
    blank_chip_with(&SERIAL)
}

/// Which protocols open an image's card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    PaceOnly,
    PaceAndBac,
    BacOnly,
}

impl Access {
    pub fn pace(self) -> bool {
        self != Access::BacOnly
    }

    pub fn bac(self) -> bool {
        self != Access::PaceOnly
    }
}

pub fn can() -> Password {
    Password::can(CAN).unwrap()
}

pub fn wrong_can() -> Password {
    Password::can("000000").unwrap()
}

pub fn mrz() -> Password {
    Password::mrz(MRZ_INFORMATION).unwrap()
}

pub fn wrong_mrz() -> Password {
    Password::from_mrz_digest([0x5A; 20])
}

pub fn dg(number: u8) -> FileId {
    FileId::DataGroup(DataGroup::from_number(number).unwrap())
}

pub fn pace_info(cipher: SymmetricAlgorithm, curve: Curve) -> PaceInfo {
    PaceInfo::new(PaceProtocol::ecdh_generic(cipher), curve.parameter_id())
}

/// An image with two PACE offers and a DG2 of 40,000 bytes, which the odd instructions are needed for.
pub fn image(access: Access) -> CardImage {
    let offers = [
        (SymmetricAlgorithm::Aes128, Curve::P256),
        (SymmetricAlgorithm::Aes256, Curve::BrainpoolP256r1),
    ];
    build(access, &offers, 40_000)
}

/// An image with these PACE offers.
pub fn image_with(offers: &[(SymmetricAlgorithm, Curve)]) -> CardImage {
    build(Access::PaceOnly, offers, 3_000)
}

/// An image that is loaded in few commands.
pub fn small_image() -> CardImage {
    build(
        Access::PaceOnly,
        &[(SymmetricAlgorithm::Aes128, Curve::P256)],
        2_500,
    )
}

fn build(access: Access, offers: &[(SymmetricAlgorithm, Curve)], dg2_len: usize) -> CardImage {
    let mut files = Vec::new();
    if access.pace() {
        let mut infos = Vec::new();
        for (cipher, curve) in offers {
            let mut bytes = [0; 32];
            let len = pace_info(*cipher, *curve).encode(&mut bytes).unwrap();
            infos.extend_from_slice(&bytes[..len]);
        }
        let content = object(0x31, &infos);
        files.push(file(
            Application::MasterFile,
            fid::CARD_ACCESS,
            sfi::CARD_ACCESS,
            AccessRule::Always,
            content,
        ));
    }
    let atr_info = vec![0x7F, 0x66, 9, 2, 2, 0x08, 0x00, 2, 3, 0x00, 0x81, 0x00];
    files.push(file(
        Application::MasterFile,
        fid::ATR_INFO,
        sfi::ATR_INFO,
        AccessRule::Always,
        atr_info,
    ));

    let rule = if access.bac() {
        AccessRule::PaceOrBac
    } else {
        AccessRule::Pace
    };
    let emrtd = |fid, sfi, rule, content| file(Application::Emrtd, fid, sfi, rule, content);
    files.push(emrtd(
        fid::COM,
        sfi::COM,
        rule,
        object(0x60, &[0x5C, 0x02, 0x61, 0x75]),
    ));
    files.push(emrtd(
        0x0101,
        1,
        rule,
        object(0x61, b"MUSTERFRAU<<ERIKA<<<<<<<<<<<<<"),
    ));
    files.push(emrtd(0x0102, 2, rule, object(0x75, &pattern(dg2_len))));
    files.push(emrtd(
        0x0103,
        3,
        AccessRule::TerminalFingers,
        object(0x63, &pattern(600)),
    ));
    files.push(emrtd(fid::SOD, sfi::SOD, rule, object(0x77, &pattern(1_800))));
    CardImage {
        card_id: "SPECIMEN00000001".to_owned(),
        files,
        applications: Vec::new(),
        passwords: CardPasswords {
            holder: None,
            mrz_information: Zeroizing::new(MRZ_INFORMATION.to_owned()),
            can: access.pace().then(|| Can::new(CAN).unwrap()),
            pace: access.pace(),
            bac: access.bac(),
        },
        terminal_trust: None,
        keys: CardKeys::default(),
    }
}

fn file(application: Application, fid: u16, sfi: u8, access: AccessRule, content: Vec<u8>) -> CardFile {
    CardFile {
        application,
        fid,
        sfi: Some(sfi),
        access,
        content,
    }
}

fn object(tag: u8, value: &[u8]) -> Vec<u8> {
    let mut bytes = match value.len() {
        len @ 0..=0x7F => vec![tag, len as u8],
        len => vec![tag, 0x82, (len >> 8) as u8, len as u8],
    };
    bytes.extend_from_slice(value);
    bytes
}

fn pattern(len: usize) -> Vec<u8> {
    (0..len).map(|index| (index % 251) as u8).collect()
}

/// What the image has in a file.
pub fn content(image: &CardImage, file: FileId) -> Vec<u8> {
    let location = file.location();
    let application = match location.directory {
        Directory::MasterFile => Application::MasterFile,
        Directory::Emrtd => Application::Emrtd,
        Directory::Application(aid) => panic!("{aid:?}"),
    };
    image.file(application, location.fid).unwrap().content.clone()
}
