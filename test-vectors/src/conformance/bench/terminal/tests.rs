//! The extended inspection system before the second chip, in the one way in that no virtual card has: PACE with Chip Authentication
//! Mapping, then Terminal Authentication at once.

use super::Opening;
use crate::conformance::authority::TerminalAuthority;
use crate::conformance::bench::{Bench, DG3, DG4, Secrets};
use crate::conformance::link::{Link, LinkError};
use crate::conformance::statement::{ChipKey, PaceParameters, Statement};
use crate::conformance::verdict::{Finding, Played};
use crate::faulty_chip::{self, Cipher, Curve, FaultyChip, Hash, Mapping, PaceSet, Setup};
use crate::naive::{Random, object};
use crate::oracle::cv_certificate::{CvDate, CvKey, Party, Role, rights};

struct Chip(FaultyChip);

impl Link for Chip {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, LinkError> {
        Ok(self.0.process(command))
    }

    fn reset(&mut self) -> Result<(), LinkError> {
        self.0.reset();
        Ok(())
    }

    fn atr(&self) -> Vec<u8> {
        Vec::new()
    }
}

const OPENINGS: [Opening; 3] = [Opening::PaceWithMapping, Opening::Pace, Opening::Bac];

fn date(digits: [u8; 6]) -> CvDate {
    CvDate::from_bytes(&digits).expect("a day")
}

/// A chip with DG3 and DG4 behind Terminal Authentication, and what the bench knows of it.
fn chip() -> (Chip, Statement, Secrets) {
    let authority = TerminalAuthority {
        party: Party {
            name: b"UTTESTCVCA00001".to_vec(),
            key: CvKey::random(Curve::P256, Hash::Sha256, &mut Random::new(&[], 7)),
        },
        domain: Vec::new(),
        effective: date([2, 6, 0, 1, 0, 1]),
        expiration: date([2, 8, 1, 2, 3, 1]),
        rights: rights::BOTH,
    };
    let certificate = authority.verifier(&authority.party, Role::Authority, rights::BOTH);
    let set = |mapping| PaceSet {
        mapping,
        cipher: Cipher::Aes128,
        group: Curve::P256.into(),
    };
    let pace = vec![set(Mapping::ChipAuthentication), set(Mapping::Generic)];
    let key = faulty_chip::ChipKey {
        id: Some(1),
        group: Curve::P256.into(),
        private: vec![0x17; 32],
    };
    let mut setup = Setup {
        bac: true,
        pace: pace.clone(),
        chip_keys: vec![key.clone()],
        trust_points: vec![certificate.to_bytes()],
        today: "260101".into(),
        ..Setup::default()
    };
    let mut names = object(0x42, &authority.party.name);
    names.resize(36, 0);
    let files = [
        (0x0103, object(0x63, &[0x01])),
        (0x0104, object(0x76, &[0x01])),
        (0x010E, object(0x6E, &object(0x31, &[]))),
        (0x011C, names),
    ];
    setup.application.extend(files);
    let statement = Statement {
        pace: pace
            .into_iter()
            .map(|set| PaceParameters {
                set,
                ambiguous: false,
            })
            .collect(),
        chip_keys: vec![ChipKey {
            id: key.id,
            group: key.group,
            public: key.public(),
            ciphers: vec![Cipher::Aes128],
        }],
        ..Statement::default()
    };
    let secrets = Secrets {
        mrz_information: Some(setup.mrz_information.clone()),
        can: Some(setup.can.clone()),
        terminal_authority: Some(authority),
        ..Secrets::default()
    };
    (Chip(FaultyChip::new(setup, Vec::new())), statement, secrets)
}

/// Terminal Authentication with the right to DG3, its binding changed before it is signed.
fn authenticate(bench: &mut Bench<'_>, opening: Opening, bend: fn(&mut super::Opened)) -> Played {
    let mut opened = bench.open_for_terminal(opening)?;
    bend(&mut opened);
    let chain = bench.chain(&opened.authority, rights::BOTH, rights::FINGERS);
    bench.authenticate(&opened, &chain)?;
    bench.expect_open(DG3)?;
    bench.expect_closed(DG4)
}

#[test]
fn terminal_authentication_after_each_way_in() {
    let (mut chip, statement, secrets) = chip();
    let mut bench = Bench::new(&mut chip, &statement, &secrets, 5);
    for opening in OPENINGS {
        assert_eq!(authenticate(&mut bench, opening, |_| {}), Ok(()), "{opening:?}");
        // Both parts of the binding count.
        let bends: [fn(&mut super::Opened); 2] = [
            |opened| opened.binding.id_picc[0] ^= 1,
            |opened| opened.binding.terminal_key[0] ^= 1,
        ];
        for bend in bends {
            let refused = authenticate(&mut bench, opening, bend);
            let is_refused =
                matches!(&refused, Err(Finding::Failed(why)) if why.starts_with("EXTERNAL AUTHENTICATE"));
            assert!(is_refused, "{opening:?}: {refused:?}");
            assert_eq!(bench.expect_closed(DG3), Ok(()), "{opening:?}");
        }
    }
}

/// The card's date is found out, and looking for it does not move it.
#[test]
fn date_of_the_card() {
    let (mut chip, statement, secrets) = chip();
    let mut bench = Bench::new(&mut chip, &statement, &secrets, 5);
    for _ in 0..2 {
        let opened = bench.open_for_terminal(Opening::Bac).expect("a way in");
        assert_eq!(bench.card_date(&opened), Ok(date([2, 6, 0, 1, 0, 1])));
    }
}

/// Without the CVCA's key, or with a stranger's, nothing is said of the card.
#[test]
fn authority_that_is_not_the_cards() {
    let (mut chip, statement, secrets) = chip();
    let mut stranger = secrets.clone();
    if let Some(authority) = &mut stranger.terminal_authority {
        authority.party.name = b"UTOTHERCVCA00001".to_vec();
    }
    let nobody = Secrets {
        terminal_authority: None,
        ..secrets.clone()
    };
    for secrets in [stranger, nobody] {
        let mut bench = Bench::new(&mut chip, &statement, &secrets, 5);
        let outcome = bench.run_terminal_authentication(rights::BOTH);
        assert!(matches!(outcome, Err(Finding::NotApplicable(_))), "{outcome:?}");
    }
}
