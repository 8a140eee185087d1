//! A card is loaded with fingers and with its CVCA; a terminal whose certificates lead there reads them, after PACE and after BAC.
//! Card, loader and terminal are ours, so this shows that they fit together; what each does is shown elsewhere, against published
//! examples and with OpenPACE's certificates.

#[allow(dead_code, reason = "other tests use the rest of it")]
#[path = "support/blank_chip.rs"]
mod blank_chip;

use blank_chip::*;
use card_applet::crypto::cipher::SymmetricAlgorithm;
use card_applet::crypto::curve::Curve;
use card_applet::wire::access::AccessRule;
use card_applet::wire::cvc::{Date, InspectionRights};
use card_applet::wire::key_generation::KeyPurpose;
use card_applet::wire::lds::DataGroup;
use card_applet::wire::security_info::ChipAuthenticationProtocol;
use getrandom::SysRng;
use host_issuer::load::manufacture::manufacture_in_memory;
use host_issuer::load::{self, KeyGeneration, LoadError};
use host_issuer::terminal::card_file::FileId;
use host_issuer::terminal::chip_auth::ChipAuthenticationKey;
use host_issuer::terminal::key_agreement::Group;
use host_issuer::terminal::password::Password;
use host_issuer::terminal::reader::{ChipReader, ReadError};
use host_issuer::terminal::terminal_auth::{TerminalAuthError, TerminalCredentials};
use host_issuer::transport::in_process::InProcess;
use host_issuer::transport::{Limits, Transport};
use personalization::attestation::{AttestedKey, ChipKeySpec};
use personalization::image::{Application, CardFile, TerminalTrust};
use personalization::key_file::{Passphrase, read_sealed};
use personalization::pki::cv_certificate::{CvSubject, CvValidity};
use personalization::pki::cvca::{CvAuthority, issue_cvca};
use personalization::signer::{FileSigner, PRIVATE_KEY_LABEL, Signer};

fn key() -> FileSigner {
    FileSigner::generate(&mut SysRng).unwrap()
}

fn pkcs8(signer: &FileSigner) -> Vec<u8> {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("terminal.key");
    let passphrase = Passphrase::new("specimen");
    signer.save(&path, &passphrase, &mut SysRng).unwrap();
    read_sealed(&path, PRIVATE_KEY_LABEL, &passphrase)
        .unwrap()
        .to_vec()
}

fn valid(from: u8, to: u8) -> CvValidity {
    CvValidity {
        from: Date::new(from, 6, 1).unwrap(),
        to: Date::new(to, 6, 1).unwrap(),
    }
}

/// The certificate that a card is loaded with, and what a terminal of the next CVCA shows.
struct Pki {
    cvca: Vec<u8>,
    credentials: TerminalCredentials,
}

fn pki(rights: InspectionRights) -> Pki {
    let [first_key, second_key, dv_key, terminal_key] = std::array::from_fn(|_| key());
    let first = issue_cvca("VNCVCA00001", InspectionRights::ALL, valid(25, 28), &first_key).unwrap();
    let second = issue_cvca("VNCVCA00002", InspectionRights::ALL, valid(26, 30), &second_key).unwrap();
    let link = CvAuthority::new(&first, &first_key)
        .unwrap()
        .issue_link(&second)
        .unwrap();
    let (dv_point, terminal_point) = (dv_key.public_point(), terminal_key.public_point());
    let subject = |reference, public_point| CvSubject {
        reference,
        public_point,
        rights,
        validity: valid(26, 27),
    };
    let dv = CvAuthority::new(&second, &second_key)
        .unwrap()
        .issue_verifier(&subject("VNDV00001", &dv_point), true)
        .unwrap();
    let terminal = CvAuthority::new(&dv, &dv_key)
        .unwrap()
        .issue_terminal(&subject("VNIS00001", &terminal_point))
        .unwrap();
    let files = [("link", link), ("dv", dv), ("terminal", terminal)];
    let files = files.map(|(name, bytes)| (name.to_owned(), bytes));
    Pki {
        cvca: first,
        credentials: TerminalCredentials::new(files.to_vec(), &pkcs8(&terminal_key)).unwrap(),
    }
}

const CIPHER: SymmetricAlgorithm = SymmetricAlgorithm::Aes128;

/// DG14 with ChipAuthenticationInfo for AES-128 and key 1. (Its public key is given to the terminal by the test.)
const DG14: &[u8] = &[
    0x6E, 0x16, 0x31, 0x14, 0x30, 0x12, 0x06, 0x0A, 0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x03, 0x02,
    0x02, 0x02, 0x01, 0x01, 0x02, 0x01, 0x01,
];

/// A card of this access, with fingers, irises and the CVCA; and the chip's key.
fn issued(access: Access, cvca: &[u8]) -> (InProcess, ChipAuthenticationKey) {
    let (mut chip, manifest) = manufacture_in_memory(&SERIAL, &mut SysRng, chip_keys).unwrap();
    chip.reset().unwrap();
    let specs = [ChipKeySpec {
        purpose: KeyPurpose::ChipAuthentication,
        key_id: 1,
        curve: Curve::P256,
    }];
    let generation = KeyGeneration {
        manifest: &manifest,
        specs: &specs,
    };
    let mut point = Vec::new();
    let prepare = |keys: &[AttestedKey]| -> Result<_, LoadError> {
        point = keys[0].public().as_bytes().to_vec();
        let trust = TerminalTrust::new(vec![cvca.to_vec()], Date::new(26, 1, 1).unwrap()).unwrap();
        let mut image = image(access).with_terminal_trust(trust);
        let mut add = |number: u8, access, content: &[u8]| {
            let group = DataGroup::from_number(number).unwrap();
            image.files.push(CardFile {
                application: Application::Emrtd,
                fid: group.fid(),
                sfi: Some(group.sfi()),
                access,
                content: content.to_vec(),
            });
        };
        add(4, AccessRule::TerminalIrises, &[0x76, 3, 1, 2, 3]);
        add(14, AccessRule::PaceOrBac, DG14);
        Ok(image)
    };
    load::issue_with_keys(
        &mut chip,
        &mut SysRng,
        chip_keys,
        generation,
        prepare,
        &mut |_| {},
    )
    .unwrap();
    chip.reset().unwrap();
    let key = ChipAuthenticationKey {
        protocol: ChipAuthenticationProtocol::ecdh(CIPHER),
        group: Group::Curve(Curve::P256),
        public: point,
        key_id: Some(vec![1]),
    };
    (chip, key)
}

fn may_read(reader: &mut ChipReader<&mut InProcess, SysRng>, number: u8) -> bool {
    match reader.read(dg(number), &mut |_, _| {}) {
        Ok(_) => true,
        Err(ReadError::NotAllowed { .. }) => false,
        Err(error) => panic!("DG{number}: {error}"),
    }
}

fn open<'a>(chip: &'a mut InProcess, password: &Password) -> ChipReader<&'a mut InProcess, SysRng> {
    chip.reset().unwrap();
    let mut reader = ChipReader::new(chip, SysRng);
    reader.open(password).unwrap();
    reader
}

#[test]
fn plumbing_fingers_after_pace_and_after_bac() {
    let fingers = InspectionRights {
        fingers: true,
        irises: false,
    };
    let Pki { cvca, credentials } = pki(fingers);
    for (access, password) in [(Access::PaceOnly, can()), (Access::BacOnly, mrz())] {
        let (mut chip, key) = issued(access, &cvca);
        for round in 0..2 {
            let mut reader = open(&mut chip, &password);
            assert_eq!(
                reader.terminal_authentication(&credentials).unwrap_err(),
                TerminalAuthError::NoChipAuthentication
            );
            reader.chip_authentication(&key).unwrap();
            assert!(!may_read(&mut reader, 3));
            let report = reader.terminal_authentication(&credentials).unwrap();
            // The first time the chip is led to the next CVCA, and from then on it knows it.
            let authority = ["VNCVCA00001", "VNCVCA00002"][round];
            assert_eq!((report.authority.as_str(), report.rights), (authority, fingers));
            assert!(may_read(&mut reader, 3), "{access:?}");
            assert!(!may_read(&mut reader, 4));
            assert!(may_read(&mut reader, 1), "the session goes on");
        }
    }
}

#[test]
fn plumbing_the_chip_names_its_authorities_in_pace() {
    let Pki { cvca, credentials } = pki(InspectionRights::ALL);
    let (mut chip, key) = issued(Access::PaceOnly, &cvca);
    let mut reader = ChipReader::new(&mut chip, SysRng);
    reader.announce(credentials.authorization());
    reader.open(&can()).unwrap();
    reader.chip_authentication(&key).unwrap();
    reader.terminal_authentication(&credentials).unwrap();
    assert!(may_read(&mut reader, 3) && may_read(&mut reader, 4));
}

/// Certificates in several commands, where the reader carries short APDUs only.
#[test]
fn plumbing_short_apdus_are_chained() {
    struct Short<'a>(&'a mut InProcess);
    impl Transport for Short<'_> {
        fn transmit(
            &mut self,
            command: &[u8],
            response: &mut Vec<u8>,
        ) -> Result<(), host_issuer::transport::TransportError> {
            assert!(command.len() <= Limits::SHORT.command, "{} bytes", command.len());
            self.0.transmit(command, response)
        }
        fn reset(&mut self) -> Result<(), host_issuer::transport::TransportError> {
            self.0.reset()
        }
        fn limits(&self) -> Limits {
            Limits::SHORT
        }
        fn atr(&self) -> &[u8] {
            self.0.atr()
        }
    }
    let Pki { cvca, credentials } = pki(InspectionRights::ALL);
    let (mut chip, key) = issued(Access::PaceOnly, &cvca);
    let mut reader = ChipReader::new(Short(&mut chip), SysRng);
    reader.read_atr_info().unwrap();
    reader.open(&can()).unwrap();
    reader.chip_authentication(&key).unwrap();
    reader.terminal_authentication(&credentials).unwrap();
    assert!(
        reader
            .read(FileId::DataGroup(DataGroup::DG3), &mut |_, _| {})
            .is_ok()
    );
}

#[test]
fn plumbing_a_stranger_to_the_chip() {
    let Pki { cvca, .. } = pki(InspectionRights::ALL);
    let (mut chip, key) = issued(Access::PaceOnly, &cvca);
    // Another country's CVCA of the same name.
    let stranger = pki(InspectionRights::ALL).credentials;
    let mut reader = open(&mut chip, &can());
    reader.chip_authentication(&key).unwrap();
    let error = reader.terminal_authentication(&stranger).unwrap_err();
    assert!(
        matches!(&error, TerminalAuthError::CertificateRefused { reference, .. } if reference == "VNCVCA00002"),
        "{error}"
    );
    assert!(!may_read(&mut reader, 3) && may_read(&mut reader, 1));
}
