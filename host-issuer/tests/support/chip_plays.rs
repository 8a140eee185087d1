//! Chips of BSI TR-03105 part 5.1 for the corpus: layers A to G of ISO 7816, EF.CVCA (LDS_G) and EF.ATR/INFO (LDS_K). What a case asks
//! is taken from its purpose; most of the texts are in ICAO's test standard, part 4, now.

#[path = "chip_plays/cases.rs"]
mod cases;
#[path = "chip_plays/file_cases.rs"]
mod file_cases;
#[path = "chip_plays/pace_cases.rs"]
mod pace_cases;
#[path = "chip_plays/signature_cases.rs"]
mod signature_cases;
#[path = "chip_plays/terminal_cases.rs"]
mod terminal_cases;

use std::collections::BTreeMap;
use std::path::PathBuf;

use host_issuer::conformance::verifier::{ChipPlay, Counter, Judgement, SCHEMA, Terminal, Trust};
use host_issuer::inspect::Verdict;

use crate::faulty_reader::{Bench, MRZ_INFORMATION, NOW};

/// A chip, and what has to be said of it. Several of a case are told apart by their order.
type Play = (Bench, Judgement);

/// The verifier does not read on, and says this.
fn refused(words: &str) -> Judgement {
    Judgement::Refused(words.into())
}

/// The verifier reads, and this check speaks against the chip.
fn against(verdict: Verdict, check: &str) -> Judgement {
    Judgement::Against {
        verdict: verdict.to_string(),
        check: check.into(),
    }
}

/// The chip gave these groups of those that it guards, and no others.
fn granted(groups: &[u8]) -> Judgement {
    Judgement::Granted(groups.to_vec())
}

/// The verifier has no rights, and says this.
fn no_rights(words: &str) -> Judgement {
    Judgement::NoRights(words.into())
}

/// Where the chips are.
pub fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../test-vectors/corpus/chips")
}

/// Every chip by its file's name.
pub fn all() -> BTreeMap<String, ChipPlay> {
    let mut plays: BTreeMap<&str, Vec<Play>> = BTreeMap::new();
    for layer in [
        cases::plays(),
        terminal_cases::plays(),
        signature_cases::plays(),
        pace_cases::plays(),
        file_cases::plays(),
    ] {
        for (id, play) in layer {
            plays.entry(id).or_default().push(play);
        }
    }
    let mut all = BTreeMap::new();
    for (id, of_case) in plays {
        let several = of_case.len() > 1;
        for (index, play) in of_case.into_iter().enumerate() {
            let name = if several {
                format!("{id}-{}", index + 1)
            } else {
                id.to_owned()
            };
            all.insert(name, as_data(id, play));
        }
    }
    all
}

/// The play as it is written down.
fn as_data(id: &str, (bench, expected): Play) -> ChipPlay {
    let hex = |list: &[Vec<u8>]| list.iter().map(hex::encode_upper).collect();
    let lists: Vec<Vec<u8>> = bench.recipe.crl.iter().map(|list| list.build()).collect();
    ChipPlay {
        schema: SCHEMA.into(),
        tr_03105_5_1: vec![id.into()],
        on: NOW.date().to_string(),
        expected,
        counter: Counter {
            mrz: MRZ_INFORMATION.into(),
            terminal: bench.terminal.as_ref().map(|(certificates, key)| Terminal {
                certificates: hex(certificates),
                key: hex::encode_upper(key),
            }),
            tolerate: Vec::new(),
            printed_mrz: None,
            qr: None,
        },
        trust: Trust {
            csca: hex(&[bench.recipe.csca.build()]),
            crl: hex(&lists),
        },
        setup: bench.setup_of(&bench.recipe.seal()),
        faults: bench.faults,
    }
}
