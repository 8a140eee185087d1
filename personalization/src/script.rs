//! The personalization script: what is sent to a chip to turn a blank one into the card of an image.
//!
//! Steps are commands' *contents* (file control parameters, file bytes, passwords). Splitting into APDUs,
//! encryption under the issuer's keys and secure messaging are the loader's, because they depend on the chip.

pub mod offline;

use core::fmt;

use card_applet::wire::access::{SecurityAttribute, UpdateRule};
use card_applet::wire::global_platform::{DATA_CURRENT_DATE, DATA_DOCUMENT_NUMBER, DATA_TRUST_POINT};
use card_applet::wire::lds::{AID_EMRTD, fid};
use zeroize::Zeroizing;

use crate::image::{Application, CardFile, CardImage, UtilityApplication};
use crate::lds::tlv;

/// A password of a chip, with its reference in PACE (9303-11, table 6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordId {
    /// 01: the MRZ.
    Mrz,
    /// 02: the CAN.
    Can,
    /// 03: the PIN.
    Pin,
    /// 04: the PUK.
    Puk,
}

impl PasswordId {
    /// The password reference.
    #[must_use]
    pub const fn reference(self) -> u8 {
        match self {
            Self::Mrz => 0x01,
            Self::Can => 0x02,
            Self::Pin => 0x03,
            Self::Puk => 0x04,
        }
    }
}

/// Which protocols a password opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordUse {
    /// PACE alone.
    Pace,
    /// PACE and, for the MRZ, BAC.
    PaceAndBac,
    /// BAC alone, on a card without PACE.
    Bac,
}

/// One step of loading. `Debug` shows no content.
#[derive(Clone, PartialEq, Eq)]
pub enum Step {
    /// SELECT the master file, so that the next file is created in it.
    SelectMasterFile,
    /// CREATE FILE; the new file (or application) becomes the current one.
    CreateFile {
        /// The file's name for progress and errors.
        name: String,
        /// File control parameters, `62 …` (ISO/IEC 7816-4, table 10; 7816-9).
        fcp: Vec<u8>,
    },
    /// UPDATE BINARY of the current file from offset 0, in as many commands as it takes.
    Update {
        /// The file's name for progress and errors.
        name: String,
        /// All of its content.
        content: Vec<u8>,
    },
    /// PUT KEY of an application's own key set, while the application is current.
    PutApplicationKeys {
        /// The application's name.
        application: String,
        /// Key version number.
        key_version: u8,
    },
    /// PUT DATA: what Terminal Authentication starts from.
    PutData {
        /// What it is, for errors.
        name: &'static str,
        /// P1-P2.
        object: u16,
        /// The data field.
        value: Zeroizing<Vec<u8>>,
    },
    /// PUT KEY of a password.
    PutPassword {
        /// Which one.
        id: PasswordId,
        /// What it opens.
        usage: PasswordUse,
        /// The value as the chip stores it: SHA-1 of the MRZ_information, or the CAN's digits in ASCII.
        value: Zeroizing<Vec<u8>>,
    },
    /// ACTIVATE: the card becomes operational, for good. Only after everything was read back and compared.
    Activate,
}

impl fmt::Debug for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SelectMasterFile => f.write_str("SelectMasterFile"),
            Self::CreateFile { name, .. } => write!(f, "CreateFile({name})"),
            Self::Update { name, content } => write!(f, "Update({name}, {} bytes)", content.len()),
            Self::PutApplicationKeys {
                application,
                key_version,
            } => write!(f, "PutApplicationKeys({application}, {key_version:02X})"),
            Self::PutData { name, value, .. } => write!(f, "PutData({name}, {} bytes)", value.len()),
            Self::PutPassword { id, usage, .. } => write!(f, "PutPassword({id:?}, {usage:?})"),
            Self::Activate => f.write_str("Activate"),
        }
    }
}

/// The steps for one card, in order; [`Step::Activate`] is the last and only there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonalizationScript {
    steps: Vec<Step>,
}

impl PersonalizationScript {
    /// The script that loads an image.
    ///
    /// Files of the master file come first, then the eMRTD with its files, then the applications beside it with their keys
    /// and files, each group in the image's order; passwords follow, so that an interrupted chip lets nobody in.
    #[must_use]
    pub fn from_image(image: &CardImage) -> Self {
        let in_application = |application| {
            image
                .files
                .iter()
                .filter(move |file| file.application == application)
        };
        let mut steps = vec![Step::SelectMasterFile];
        steps.extend(in_application(Application::MasterFile).flat_map(file_steps));
        steps.push(Step::CreateFile {
            name: "eMRTD application".to_owned(),
            fcp: application_fcp(fid::EMRTD, &AID_EMRTD),
        });
        steps.extend(in_application(Application::Emrtd).flat_map(file_steps));
        steps.extend(image.applications.iter().flat_map(application_steps));
        steps.extend(terminal_trust_steps(image));
        steps.extend(password_steps(image));
        steps.push(Step::Activate);
        Self { steps }
    }

    /// The steps in order.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }
}

fn file_steps(file: &CardFile) -> Vec<Step> {
    let name = file.name();
    let mut steps = vec![Step::CreateFile {
        name: name.clone(),
        fcp: file_fcp(file),
    }];
    // The chip keeps EF.CVCA itself: its content follows from the trust points.
    if (file.application, file.fid) != (Application::Emrtd, fid::CVCA) {
        steps.push(Step::Update {
            name,
            content: file.content.clone(),
        });
    }
    steps
}

fn application_steps(application: &UtilityApplication) -> Vec<Step> {
    let mut steps = vec![
        Step::SelectMasterFile,
        Step::CreateFile {
            name: format!("application {}", application.name),
            fcp: application_fcp(application.fid, &application.aid),
        },
    ];
    steps.extend(
        application
            .key_version
            .map(|key_version| Step::PutApplicationKeys {
                application: application.name.clone(),
                key_version,
            }),
    );
    for file in &application.files {
        let name = application.file_name(file);
        let size = file.content.len();
        steps.push(Step::CreateFile {
            name: name.clone(),
            fcp: elementary_fcp(size, file.fid, file.sfi, file.attribute),
        });
        steps.push(Step::Update {
            name,
            content: file.content.clone(),
        });
    }
    steps
}

fn terminal_trust_steps(image: &CardImage) -> Vec<Step> {
    let Some(trust) = &image.terminal_trust else {
        return Vec::new();
    };
    let step = |name, object, value: &[u8]| Step::PutData {
        name,
        object,
        value: Zeroizing::new(value.to_vec()),
    };
    let mut steps: Vec<Step> = trust
        .certificate_contents()
        .map(|content| step("a CVCA's certificate", DATA_TRUST_POINT, content))
        .collect();
    steps.push(step(
        "the current date",
        DATA_CURRENT_DATE,
        &trust.current_date().to_bytes(),
    ));
    // After BAC the chip is known to terminals by its document number; after PACE by its ephemeral key.
    if image.passwords.bac {
        let document_number = image.passwords.document_number().as_bytes();
        steps.push(step("the document number", DATA_DOCUMENT_NUMBER, document_number));
    }
    steps
}

fn password_steps(image: &CardImage) -> Vec<Step> {
    let passwords = &image.passwords;
    let mrz_usage = match (passwords.pace, passwords.bac) {
        (true, true) => Some(PasswordUse::PaceAndBac),
        (true, false) => Some(PasswordUse::Pace),
        (false, true) => Some(PasswordUse::Bac),
        (false, false) => None,
    };
    let mut steps = Vec::new();
    if let Some(usage) = mrz_usage {
        let value = Zeroizing::new(passwords.mrz_information_sha1().to_vec());
        steps.push(Step::PutPassword {
            id: PasswordId::Mrz,
            usage,
            value,
        });
    }
    if let (true, Some(can)) = (passwords.pace, &passwords.can) {
        let value = Zeroizing::new(can.digits().as_bytes().to_vec());
        steps.push(Step::PutPassword {
            id: PasswordId::Can,
            usage: PasswordUse::Pace,
            value,
        });
    }
    if let (true, Some(holder)) = (passwords.pace, &passwords.holder) {
        for (id, digits) in [(PasswordId::Pin, holder.pin()), (PasswordId::Puk, holder.puk())] {
            let value = Zeroizing::new(digits.as_bytes().to_vec());
            steps.push(Step::PutPassword {
                id,
                usage: PasswordUse::Pace,
                value,
            });
        }
    }
    steps
}

/// The file control parameters of a file of the document, which nobody updates.
fn file_fcp(file: &CardFile) -> Vec<u8> {
    let attribute = SecurityAttribute {
        read: file.access,
        update: UpdateRule::Never,
    };
    elementary_fcp(file.content.len(), file.fid, file.sfi, attribute)
}

/// `62 { 80 size · 82 transparent EF · 83 FID · 88 SFI · 8C security attribute }`.
fn elementary_fcp(size: usize, fid: u16, sfi: Option<u8>, attribute: SecurityAttribute) -> Vec<u8> {
    // Three bytes of size reach 16 MiB, beyond every chip's memory.
    let size = u32::try_from(size).unwrap_or(u32::MAX).to_be_bytes();
    let size = if size[1] == 0 { &size[2..] } else { &size[1..] };
    let mut content = [tlv(0x80, size), tlv(0x82, &[0x01]), tlv(0x83, &fid.to_be_bytes())].concat();
    if let Some(sfi) = sfi {
        content.extend(tlv(0x88, &[sfi << 3]));
    }
    content.extend(tlv(0x8C, &attribute.to_compact()[..attribute.compact_len()]));
    tlv(0x62, &content)
}

/// `62 { 82 DF · 83 FID · 84 AID }`.
fn application_fcp(fid: u16, aid: &[u8]) -> Vec<u8> {
    let content = [tlv(0x82, &[0x38]), tlv(0x83, &fid.to_be_bytes()), tlv(0x84, aid)].concat();
    tlv(0x62, &content)
}

#[cfg(test)]
mod tests {
    use card_applet::wire::access::AccessRule;

    use super::*;
    use crate::image::UtilityFile;

    fn file(len: usize, sfi: Option<u8>) -> CardFile {
        CardFile {
            application: Application::Emrtd,
            fid: 0x0102,
            sfi,
            access: AccessRule::Pace,
            content: vec![0x75; len],
        }
    }

    #[test]
    fn file_control_parameters() {
        for (len, sfi, expected) in [
            (0x1234, Some(2), "6212 80021234 820101 83020102 880110 8C020142"),
            (0x01_0000, None, "6210 8003010000 820101 83020102 8C020142"),
        ] {
            assert_eq!(
                hex::encode_upper(file_fcp(&file(len, sfi))),
                expected.replace(' ', "")
            );
        }
        assert_eq!(
            hex::encode_upper(application_fcp(fid::EMRTD, &AID_EMRTD)),
            "6210820138830 23F018407A0000002471001".replace(' ', "")
        );
    }

    #[test]
    fn an_application_beside_the_emrtd() {
        let application = UtilityApplication {
            name: "insurance".to_owned(),
            aid: vec![0xF0, 1, 2, 3, 4],
            fid: 0x3F02,
            key_version: Some(0x60),
            files: vec![UtilityFile {
                fid: 0x0202,
                sfi: Some(2),
                attribute: SecurityAttribute {
                    read: AccessRule::Pace,
                    update: UpdateRule::ApplicationKeys,
                },
                content: vec![0x20; 16],
            }],
        };
        let steps = application_steps(&application);
        assert_eq!(
            format!("{steps:?}"),
            "[SelectMasterFile, CreateFile(application insurance), PutApplicationKeys(insurance, 60), \
             CreateFile(EF 0202 of insurance), Update(EF 0202 of insurance, 16 bytes)]"
        );
        let fcps: Vec<String> = steps
            .iter()
            .filter_map(|step| match step {
                Step::CreateFile { fcp, .. } => Some(hex::encode_upper(fcp)),
                _ => None,
            })
            .collect();
        assert_eq!(
            fcps,
            [
                "620E82013883023F028405F001020304",
                "621380020010820101830202028801108C0303E342",
            ]
        );
    }

    #[test]
    fn debug_shows_no_content() {
        let steps = file_steps(&file(16, None));
        assert_eq!(format!("{steps:?}"), "[CreateFile(DG2), Update(DG2, 16 bytes)]");
        let value = Zeroizing::new(b"123456".to_vec());
        let step = Step::PutPassword {
            id: PasswordId::Can,
            usage: PasswordUse::Pace,
            value,
        };
        assert_eq!(format!("{step:?}"), "PutPassword(Can, Pace)");
    }
}
