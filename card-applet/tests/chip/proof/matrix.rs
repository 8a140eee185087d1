//! The whole access matrix: every file, every form of every command, every state a reader can reach, against a table
//! written here on its own. Two things count: a byte that may be read comes, and no other byte ever does.

use super::rights::{Pki, card, chip_authentication};
use super::*;
use crate::reader::{self, CAN, PIN, PUK};
use test_vectors::bac;

/// A file: where it is, its identifiers, what opens it, what is in it.
pub(super) struct File {
    pub(super) in_application: bool,
    pub(super) fid: u16,
    pub(super) sfi: u8,
    pub(super) opened_by: &'static [Proof],
    pub(super) content: &'static [u8],
}

/// An application: its name and the identifier of its dedicated file.
pub(super) struct Application {
    pub(super) aid: &'static [u8],
    fid: [u8; 2],
}

/// The document.
const EMRTD: Application = Application {
    aid: &SELECT_APPLICATION,
    fid: [0x3F, 0x01],
};

/// An application beside it, with keys of its own.
pub(super) const UTILITY: Application = Application {
    aid: b"\xF0VNMBHYT",
    fid: [0x3F, 0x02],
};

/// What a state has proved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Proof {
    /// Nothing.
    None,
    /// BAC.
    Bac,
    /// PACE with MRZ or CAN.
    Pace,
    /// Chip Authentication after PACE.
    Chip,
    /// Terminal Authentication for fingers.
    Fingers,
    /// Terminal Authentication for irises.
    Irises,
}

use Proof::{Bac, Chip, Fingers, Irises, None as Nothing, Pace};

pub(super) const FILES: &[File] = &[
    File {
        in_application: false,
        fid: 0x011C,
        sfi: 0x1C,
        opened_by: &[Nothing, Bac, Pace, Chip],
        content: b"",
    },
    File {
        in_application: true,
        fid: 0x011E,
        sfi: 0x1E,
        opened_by: &[Bac, Pace],
        content: b"",
    },
    File {
        in_application: true,
        fid: 0x0101,
        sfi: 0x01,
        opened_by: &[Bac, Pace],
        content: b"",
    },
    File {
        in_application: true,
        fid: 0x010F,
        sfi: 0x0F,
        opened_by: &[Pace],
        content: b"by PACE alone",
    },
    File {
        in_application: true,
        fid: 0x0105,
        sfi: PROTECTED,
        opened_by: &[Chip],
        content: b"protected",
    },
    File {
        in_application: true,
        fid: 0x0103,
        sfi: 0x03,
        opened_by: &[Fingers],
        content: b"fingers",
    },
    File {
        in_application: true,
        fid: 0x0104,
        sfi: 0x04,
        opened_by: &[Irises],
        content: b"irises",
    },
    File {
        in_application: true,
        fid: 0x0110,
        sfi: 0x10,
        opened_by: &[],
        content: b"nobody's",
    },
];

/// The files of the application beside the document: the first two are written by its own keys, in SCP03 alone.
pub(super) const UTILITY_FILES: &[File] = &[
    File {
        in_application: true,
        fid: 0x0201,
        sfi: 0x01,
        opened_by: &[Pace],
        content: b"insured till 2030",
    },
    File {
        in_application: true,
        fid: 0x0202,
        sfi: 0x02,
        opened_by: &[],
        content: b"kept by the fund",
    },
    File {
        in_application: true,
        fid: 0x0203,
        sfi: 0x03,
        opened_by: &[Chip],
        content: b"after chip proof",
    },
    File {
        in_application: true,
        fid: 0x0204,
        sfi: 0x04,
        opened_by: &[Nothing, Bac, Pace, Chip],
        content: b"version 1",
    },
];

/// A state: its name, what it has proved, and the session, if there is one.
struct State {
    name: &'static str,
    proofs: &'static [Proof],
    session: Option<SecureMessaging>,
}

impl State {
    fn send(&mut self, card: &mut TestCard, header: [u8; 4], data: &[u8], le: bool) -> (Vec<u8>, String) {
        let le: &[u8] = if le { &[0] } else { &[] };
        if let Some(session) = &mut self.session {
            return session.send(card, header, data, (!le.is_empty()).then_some(le));
        }
        let lc: &[u8] = if data.is_empty() { &[] } else { &[data.len() as u8] };
        let mut response = card.try_send(&[&header[..], lc, data, le].concat()).unwrap();
        let status = response.split_off(response.len() - 2);
        (response, hex::encode_upper(status))
    }

    fn may_read(&self, file: &File) -> bool {
        file.opened_by.iter().any(|proof| self.proofs.contains(proof)) || file.opened_by.contains(&Nothing)
    }
}

/// An operational card with every kind of file, a Chip Authentication key and a trust point.
pub(super) fn whole_card(pki: &Pki, mrz_information: &str) -> TestCard {
    let key = Key::chip_authentication(1, Curve::BrainpoolP256r1, vec![6; 32]);
    // DG15 speaks of one.
    let active = Key {
        template: 0xB6,
        id: 0,
        ..key.clone()
    };
    let infos = dg14(&[chip_authentication_info(AES_128, 1, None)]);
    let mut card = loaded(CARD_ACCESS_G1, &[key, active], &infos, mrz_information);
    let mut issuer = Issuer::open(&mut card, 0x30, &ISSUER);
    assert_eq!(issuer.put_password(PIN, 1, b"271828"), "F09000");
    assert_eq!(issuer.put_password(PUK, 1, b"3141592653"), "F09000");
    assert_eq!(issuer.send(0xA4, 4, 0x0C, &SELECT_APPLICATION), "9000");
    issuer.load(0x0104, 0x04, 0xE2, b"irises");
    issuer.load(0x010F, 0x0F, 0x42, b"by PACE alone");
    issuer.load(0x0110, 0x10, 0xFF, b"nobody's");
    assert_eq!(issuer.send(0xA4, 0, 0x0C, &[0x3F, 0]), "9000");
    assert_eq!(issuer.create("6211 820138 83023F02 8408F0564E4D42485954"), "9000");
    assert_eq!(issuer.put_keys(0x60, 0, &UTILITY_KEYS), "6090009000");
    for (file, read, update) in UTILITY_FILES
        .iter()
        .zip([(0x42, 0xE3), (0xFF, 0xE3), (0x43, 0xFF), (0x00, 0xFF)])
        .map(|(file, (read, update))| (file, read, update))
    {
        issuer.load_with_rules(file.fid, file.sfi, read, update, file.content);
    }
    card.reset();
    pki.activate(card)
}

/// The keys of the application beside the document.
pub(super) const UTILITY_KEYS: [[u8; 16]; 3] = [[0x61; 16], [0x62; 16], [0x63; 16]];

/// Tries every file in every form in a state. Returns how many commands were tried.
fn examine(card: &mut TestCard, mut state: State) -> usize {
    examine_application(card, &mut state, &EMRTD, FILES)
        + examine_application(card, &mut state, &UTILITY, UTILITY_FILES)
}

/// The same of these files: of an application, and of the MF.
fn examine_application(
    card: &mut TestCard,
    state: &mut State,
    application: &Application,
    files: &[File],
) -> usize {
    let mut tried = 0;
    for file in files {
        let readable = state.may_read(file);
        let name = format!("{}, file {:04X}", state.name, file.fid);
        let [high, low] = file.fid.to_be_bytes();
        let path = if file.in_application {
            [&application.fid[..], &[high, low]].concat()
        } else {
            vec![high, low]
        };
        let p2 = if readable { "9000" } else { "6982" };
        let mut check = |state: &mut State,
                         card: &mut TestCard,
                         header: [u8; 4],
                         data: &[u8],
                         le: bool,
                         allowed: &[&str]| {
            let (answer, status) = state.send(card, header, data, le);
            assert!(
                allowed.contains(&&*status),
                "{name}: {header:02X?} answered {status}"
            );
            let leaks = !file.content.is_empty()
                && answer
                    .windows(4)
                    .any(|window| file.content.windows(4).any(|own| own == window));
            assert!(readable || !leaks, "{name}: {header:02X?} leaked");
            tried += 1;
            answer
        };
        // Into the file's dedicated file.
        let (p1, name_of_df): (u8, &[u8]) = if file.in_application {
            (4, application.aid)
        } else {
            (0, &[0x3F, 0])
        };
        check(state, card, [0, 0xA4, p1, 0x0C], name_of_df, false, &["9000"]);

        // Reading: by short identifier in both forms, by identifier in the odd one, then through SELECT in three, and what is current then.
        let even = check(state, card, [0, 0xB0, 0x80 | file.sfi, 0], &[], true, &[p2]);
        let odd = check(state, card, [0, 0xB1, 0, file.sfi], &[0x54, 1, 0], true, &[p2]);
        if readable {
            assert!(even.len() > 2 && odd.starts_with(&[0x53]), "{}", state.name);
            assert!(odd.ends_with(&even) && (file.content.is_empty() || even == file.content));
        } else {
            assert!(even.is_empty() && odd.is_empty(), "{}", state.name);
        }
        let named = check(state, card, [0, 0xB1, high, low], &[0x54, 1, 0], true, &[p2]);
        assert_eq!(named, odd, "{}", state.name);
        for (p1, data) in [(0, &[high, low][..]), (2, &[high, low]), (8, &path)] {
            check(state, card, [0, 0xA4, p1, 0x0C], data, false, &[p2]);
            let current = check(state, card, [0, 0xB0, 0, 0], &[], true, &["9000", "6982", "6986"]);
            assert!(
                readable == (current == even) || current.is_empty() || current != file.content,
                "{}",
                state.name
            );
        }

        // Writing, in every form and for every file: never.
        for (header, data) in [
            ([0, 0xD6, 0x80 | file.sfi, 0], &[0xEE][..]),
            ([0, 0xD6, 0, 0], &[0xEE]),
            ([0, 0xD7, 0, file.sfi], &[0x54, 1, 0, 0x53, 1, 0xEE]),
            ([0, 0xD7, high, low], &[0x54, 1, 0, 0x53, 1, 0xEE]),
            ([0, 0xD0, 0x80 | file.sfi, 0], &[0xEE]),
            ([0, 0x0E, 0x80 | file.sfi, 0], &[]),
            ([0, 0xDA, 0x01, 0x00], &[0xEE]),
            (
                [0, 0xE0, 0, 0],
                &[0x62, 0x0B, 0x80, 2, 0, 1, 0x82, 1, 1, 0x83, 2, 2, 0],
            ),
            ([0, 0xE4, 0, 0], &[]),
            ([0, 0x44, 0, 0], &[]),
            ([0, 0x04, 0, 0], &[]),
            ([0, 0xFE, 0, 0], &[]),
            ([0, 0x47, 0x80, 0], &[0xA6, 0]),
            ([0, 0xD8, 0, 0x81], &[0x30]),
        ] {
            check(
                state,
                card,
                header,
                data,
                false,
                &["6982", "6985", "6D00", "6A80", "6A86", "6700"],
            );
        }
        if readable {
            check(state, card, [0, 0xA4, p1, 0x0C], name_of_df, false, &["9000"]);
            let again = check(state, card, [0, 0xB0, 0x80 | file.sfi, 0], &[], true, &["9000"]);
            assert_eq!(again, even, "{}: unchanged", state.name);
        }
    }
    tried
}

#[test]
fn every_file_every_command_every_state() {
    let pki = Pki::new();
    let mrz_information = pace::worked_example().password;
    let mut tried = 0;
    let id_ic = card(&pki).1;
    let by_password = |number: u8, secret: &'static [u8]| {
        move |card: &mut TestCard| Some(reader::pace(card, None, number, secret).unwrap())
    };
    type Open = Box<dyn Fn(&mut TestCard) -> Option<SecureMessaging>>;
    let terminal = |chat: u8| -> Open {
        let id_ic = id_ic.clone();
        Box::new(move |card: &mut TestCard| {
            let mut session = in_application(card);
            let (mut session, key) = chip_authentication(&mut session, card, 9);
            assert_eq!(
                Pki::with_rights(chat).authenticate(&mut session, card, &id_ic, &key),
                "9000"
            );
            Some(session)
        })
    };
    let states: Vec<(&'static str, &'static [Proof], Open)> = vec![
        ("no session", &[Nothing], Box::new(|_| None)),
        (
            "PACE by the MRZ",
            &[Pace],
            Box::new(|card| Some(SecureMessaging::by_pace(card))),
        ),
        ("PACE by the CAN", &[Pace], Box::new(by_password(CAN, b"123456"))),
        (
            "PACE by the PIN",
            &[Nothing],
            Box::new(by_password(PIN, b"271828")),
        ),
        (
            "PACE by the PUK",
            &[Nothing],
            Box::new(by_password(PUK, b"3141592653")),
        ),
        (
            "Chip Authentication",
            &[Pace, Chip],
            Box::new(|card| {
                let mut session = in_application(card);
                Some(chip_authentication(&mut session, card, 9).0)
            }),
        ),
        (
            "Terminal Authentication without rights",
            &[Pace, Chip],
            terminal(0x00),
        ),
        (
            "Terminal Authentication, fingers",
            &[Pace, Chip, Fingers],
            terminal(0x01),
        ),
        (
            "Terminal Authentication, irises",
            &[Pace, Chip, Irises],
            terminal(0x02),
        ),
        (
            "Terminal Authentication, both",
            &[Pace, Chip, Fingers, Irises],
            terminal(0x03),
        ),
        (
            "Terminal Authentication, reserved bits",
            &[Pace, Chip],
            terminal(0x3C),
        ),
    ];
    let memory = whole_card(&pki, &mrz_information).into_memory();
    for (name, proofs, open) in states {
        let mut card = TestCard::with_memory(memory.clone());
        let session = open(&mut card);
        tried += examine(
            &mut card,
            State {
                name,
                proofs,
                session,
            },
        );
    }
    let mut card = whole_card(&pki, &bac::worked_example().mrz_information);
    let session = Some(SecureMessaging::by_bac(&mut card));
    tried += examine(
        &mut card,
        State {
            name: "BAC",
            proofs: &[Bac],
            session,
        },
    );
    assert!(tried > 3_000, "{tried}");
}
