//! Specimen cards: files that are right in every byte, made here with keys of their own, in the second chip.

#[path = "specimen/data_groups.rs"]
mod data_groups;
#[path = "specimen/der.rs"]
mod der;
#[path = "specimen/security_infos.rs"]
mod security_infos;
#[path = "specimen/signed.rs"]
mod signed;

use std::collections::BTreeMap;

use test_vectors::conformance::{Need, Secrets, Statement, TerminalAuthority};
use test_vectors::faulty_chip::{
    ChipKey, Cipher, Curve, FaultyChip, Group, Hash, Mapping, ModP, PaceSet, Setup, SigningKey, object,
};
use test_vectors::naive::Random;
use test_vectors::oracle::cv_certificate::{CvDate, CvKey, Part, Party, Role, rights, tag};
use test_vectors::{hex, list, load};

use crate::chip::Chip;

/// Document number, birth and expiry date of the zone, each with its check digit.
const MRZ_INFORMATION: &str = "196000017096081223608120";
const CAN: &str = "135790";
const PIN: &str = "246802";
const PUK: &str = "9876543210";

/// A card of the table.
pub struct Specimen {
    pub name: &'static str,
    pub setup: Setup,
    pub secrets: Secrets,
    pub statement: Statement,
}

/// Files before they are signed.
pub struct Content {
    /// Data groups by number.
    pub groups: BTreeMap<u8, Vec<u8>>,
    /// SecurityInfos of EF.CardAccess.
    pub announced: Vec<Vec<u8>>,
    /// SecurityInfos of DG14 and EF.CardSecurity, beside those.
    pub infos: Vec<Vec<u8>>,
}

impl Content {
    /// The files of the master file and of the application.
    fn seal(self, setup: &mut Setup) {
        let all: Vec<Vec<u8>> = self.announced.iter().chain(&self.infos).cloned().collect();
        let mut groups = self.groups;
        if !all.is_empty() {
            groups.insert(14, object(0x6E, &object(0x31, &all.concat())));
        }
        let master_file = &mut setup.master_file;
        master_file.insert(0x011C, object(0x31, &self.announced.concat()));
        master_file.insert(0x011D, signed::card_security(&all));
        master_file.insert(0x2F01, data_groups::atr_info());
        master_file.insert(0x2F00, data_groups::directory());
        let application = &mut setup.application;
        application.insert(0x011E, data_groups::com(&groups));
        application.insert(0x011D, signed::security_object(&groups));
        for (number, content) in groups {
            application.insert(0x0100 | u16::from(number), content);
        }
    }
}

fn generic(cipher: Cipher, group: impl Into<Group>) -> PaceSet {
    PaceSet {
        mapping: Mapping::Generic,
        cipher,
        group: group.into(),
    }
}

/// Asks the card what it has, and adds what only its maker knows.
fn specimen(name: &'static str, setup: Setup, secrets: Secrets, more: &[Need]) -> Specimen {
    let mut chip = Chip(FaultyChip::new(setup.clone(), Vec::new()));
    let probed = test_vectors::conformance::probe(&mut chip, &secrets, 1).expect("a card that answers");
    let mut statement = probed.statement;
    statement.features.extend(more.iter().copied());
    Specimen {
        name,
        setup,
        secrets,
        statement,
    }
}

fn printed() -> Secrets {
    Secrets {
        mrz_information: Some(MRZ_INFORMATION.into()),
        mrz: Some(data_groups::ZONE.into()),
        can: Some(CAN.into()),
        ..Secrets::default()
    }
}

fn empty(pace: Vec<PaceSet>) -> Setup {
    Setup {
        pace,
        mrz_information: MRZ_INFORMATION.into(),
        can: CAN.into(),
        ..Setup::default()
    }
}

/// The trust point of Terminal Authentication with its key, and its certificate.
fn authority() -> (TerminalAuthority, Vec<u8>) {
    let key = CvKey::random(Curve::P256, Hash::Sha256, &mut Random::new(&[], 41));
    let party = Party {
        name: b"VNSPECCVCA00001".to_vec(),
        key,
    };
    let domain: Vec<Part> = der::P_256
        .domain()
        .into_iter()
        .map(|(tag, value)| Part::new(tag, value))
        .collect();
    let valid = (
        CvDate::from_bytes(&[2, 6, 0, 1, 0, 1]),
        CvDate::from_bytes(&[2, 9, 0, 1, 0, 1]),
    );
    let (Some(effective), Some(expiration)) = valid else {
        panic!("days of the calendar");
    };
    let public_key: Vec<u8> = party.key.parts(&domain).iter().flat_map(Part::to_bytes).collect();
    let body = party.body_for(&party, Role::Authority, rights::BOTH, (effective, expiration));
    let certificate = body.with(tag::PUBLIC_KEY, public_key).sign(&party.key).to_bytes();
    let authority = TerminalAuthority {
        party,
        domain,
        effective,
        expiration,
        rights: rights::BOTH,
    };
    (authority, certificate)
}

/// Every data group, BAC, PACE with generic mapping, Chip Authentication with both ways to ask for it, Active Authentication with ECDSA,
/// Terminal Authentication.
pub fn full() -> Specimen {
    let (authority, certificate) = authority();
    let chip_key = ChipKey {
        id: Some(1),
        group: Curve::P256.into(),
        private: vec![0x17; 32],
    };
    let mut setup = Setup {
        bac: true,
        trust_points: vec![certificate],
        signing_key: Some(SigningKey::P256(vec![0x18; 32])),
        chip_keys: vec![chip_key.clone()],
        ..empty(vec![generic(Cipher::Aes128, Curve::P256)])
    };
    let mut groups = data_groups::all();
    groups.insert(
        15,
        data_groups::active_authentication_key(&der::ec_public_key(&[0x18; 32])),
    );
    let content = Content {
        groups,
        announced: setup.pace.iter().map(PaceSet::info).collect(),
        infos: [
            security_infos::chip_authentication(&chip_key, &[Cipher::TripleDes, Cipher::Aes128]),
            vec![
                security_infos::chip_key(&chip_key, &der::ec_public_key(&chip_key.private)),
                security_infos::active_authentication(),
                security_infos::terminal_authentication(),
            ],
        ]
        .concat(),
    };
    content.seal(&mut setup);
    let mut names = object(0x42, &authority.party.name);
    names.resize(36, 0);
    setup.application.insert(0x011C, names);
    let secrets = Secrets {
        terminal_authority: Some(authority),
        ..printed()
    };
    let more = [
        Need::Finger19794,
        Need::Iris19794,
        Need::DateChecks,
        Need::Migration,
        Need::TerminalAuthenticationEcdsa,
    ];
    specimen("full", setup, secrets, &more)
}

/// PACE with chip authentication mapping beside generic mapping, no BAC, Active Authentication with RSA, biometric groups of ISO/IEC
/// 39794.
pub fn mapping() -> Specimen {
    let group = Group::from(Curve::P256);
    let chip_key = ChipKey {
        id: Some(12),
        group,
        private: vec![0x19; 32],
    };
    let rsa = &load("self-generated-rsa-keys")["keys"]["active-authentication"];
    let cam = PaceSet {
        mapping: Mapping::ChipAuthentication,
        ..generic(Cipher::Aes128, group)
    };
    let mut setup = Setup {
        chip_keys: vec![chip_key.clone()],
        signing_key: Some(SigningKey::Rsa {
            modulus: hex(&rsa["modulus"]),
            private_exponent: hex(&rsa["private_exponent"]),
            hash: Hash::Sha256,
        }),
        guarded: vec![0x0104],
        ..empty(vec![cam, generic(Cipher::Aes128, group)])
    };
    let mut groups = data_groups::of_iso_39794();
    groups.insert(15, data_groups::active_authentication_key(&hex(&rsa["spki"])));
    let infos = [
        security_infos::chip_authentication(&chip_key, &[Cipher::Aes128]),
        vec![security_infos::chip_key(
            &chip_key,
            &der::ec_public_key(&chip_key.private),
        )],
    ];
    let content = Content {
        groups,
        announced: setup.pace.iter().map(PaceSet::info).collect(),
        infos: infos.concat(),
    };
    content.seal(&mut setup);
    // Fingers and irises are open: no rule asks for Terminal Authentication where there is none.
    setup.guarded = Vec::new();
    specimen("mapping", setup, printed(), &[])
}

/// PACE and Chip Authentication in MODP groups.
pub fn mod_p() -> Specimen {
    let file = load("self-generated-chip-authentication-dh");
    let runs = list(&file["chip_authentication_v1_dh"]);
    let run = runs.iter().find(|run| run["parameter_id"] == 0).expect("group 0");
    let group = Group::from(ModP::Bits1024Order160);
    let chip_key = ChipKey {
        id: None,
        group,
        private: hex(&run["chip_priv"]),
    };
    let mut setup = Setup {
        chip_keys: vec![chip_key.clone()],
        ..empty(vec![generic(Cipher::TripleDes, group)])
    };
    let content = Content {
        groups: data_groups::few(),
        announced: setup.pace.iter().map(PaceSet::info).collect(),
        infos: [
            security_infos::chip_authentication(&chip_key, &[Cipher::TripleDes, Cipher::Aes128]),
            vec![security_infos::chip_key(&chip_key, &hex(&run["chip_spki"]))],
        ]
        .concat(),
    };
    content.seal(&mut setup);
    specimen("mod-p", setup, printed(), &[])
}

/// PACE with integrated mapping, in two groups, so that DO'84' has to name one; and PIN and PUK.
pub fn integrated() -> Specimen {
    let integrated = |cipher, curve: Curve| PaceSet {
        mapping: Mapping::Integrated,
        ..generic(cipher, curve)
    };
    let mut setup = Setup {
        pin: Some(PIN.into()),
        puk: Some(PUK.into()),
        puk_changes_pin: true,
        ..empty(vec![
            integrated(Cipher::Aes256, Curve::P256),
            integrated(Cipher::Aes256, Curve::P384),
        ])
    };
    with_few_groups(&mut setup);
    let more = [
        Need::Pin,
        Need::ChangePinByPuk,
        Need::NoChangePinByTerminal,
        Need::NoChangeCanByTerminal,
    ];
    specimen("integrated", setup, with_pin(), &more)
}

/// PIN and PUK, where the PUK unblocks and no more.
pub fn pin() -> Specimen {
    let mut setup = Setup {
        pin: Some(PIN.into()),
        puk: Some(PUK.into()),
        ..empty(vec![generic(Cipher::Aes128, Curve::P256)])
    };
    with_few_groups(&mut setup);
    let more = [
        Need::Pin,
        Need::NoChangePinByPuk,
        Need::NoChangePinByTerminal,
        Need::NoChangeCanByTerminal,
    ];
    specimen("pin", setup, with_pin(), &more)
}

fn with_pin() -> Secrets {
    Secrets {
        pin: Some(PIN.into()),
        puk: Some(PUK.into()),
        ..printed()
    }
}

fn with_few_groups(setup: &mut Setup) {
    let content = Content {
        groups: data_groups::few(),
        announced: setup.pace.iter().map(PaceSet::info).collect(),
        infos: Vec::new(),
    };
    content.seal(setup);
}

/// BAC alone, as cards were before PACE.
pub fn basic() -> Specimen {
    let mut setup = Setup {
        bac: true,
        ..empty(Vec::new())
    };
    let mut groups = data_groups::all();
    groups.retain(|number, _| *number <= 4);
    let content = Content {
        groups,
        announced: Vec::new(),
        infos: Vec::new(),
    };
    content.seal(&mut setup);
    // Nothing is behind Terminal Authentication.
    setup.guarded = Vec::new();
    setup.master_file.remove(&0x011C);
    setup.master_file.remove(&0x011D);
    specimen("basic", setup, printed(), &[Need::Finger19794, Need::Iris19794])
}

/// Every card.
pub fn all_specimens() -> Vec<Specimen> {
    vec![full(), mapping(), mod_p(), integrated(), pin(), basic()]
}
