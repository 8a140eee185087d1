//! BSI TR-03105 part 5.1, the layers of ISO 7816 (A to G): every case is played against the faulty chip and judged, or named with the
//! reason why not. What a case asks is taken from its purpose; most of the texts are in ICAO's test standard, part 4, now.

#[path = "catalogue/cases.rs"]
mod cases;
#[path = "catalogue/pace_cases.rs"]
mod pace_cases;
#[path = "catalogue/signature_cases.rs"]
mod signature_cases;
#[path = "catalogue/terminal_cases.rs"]
mod terminal_cases;

use std::collections::BTreeMap;

use host_issuer::inspect::{CheckId, Read, Verdict};
use host_issuer::verify::Verification;
use test_vectors::inspection_cases::tr_03105_5_1;

use crate::faulty_reader::Bench;

/// What a verifier has to say.
enum Judgement {
    /// It reads the chip and believes it.
    Genuine,
    /// It does not read on, and says this.
    Refused(&'static str),
    /// It reads, and this check speaks against it.
    Against(Verdict, &'static str),
    /// It reads the chip and believes it, twice, and shows another ephemeral key each time.
    FreshKeys,
    /// It believes the chip, and the chip gave it these groups of those that it guards, and no others.
    Granted(&'static [u8]),
    /// It believes the chip, has no rights, and says this.
    NoRights(&'static str),
    /// It believes the chip, and did not ask it for rights.
    NotAsked,
}

/// A chip, and what has to be said of it. Several of a case are told apart by their order.
type Play = (Bench, Judgement);

/// Groups that one chip or another guards.
const GUARDED: [u8; 4] = [3, 4, 11, 12];

/// Which of these groups were read.
fn guarded_groups(verification: &Verification) -> Vec<u8> {
    let document = &verification.card.document;
    let read = |number: &u8| matches!(document.data_group(*number), Read::Bytes(_));
    GUARDED.into_iter().filter(read).collect()
}

/// What is wrong with the verifier's judgement, if anything.
fn misjudged((bench, judgement): &Play) -> Option<String> {
    let (outcome, reader) = bench.verify();
    let verification = match (outcome, judgement) {
        (Err(error), Judgement::Refused(words)) if error.to_string().contains(words) => return None,
        (Err(error), _) => return Some(error.to_string()),
        (Ok(verification), _) => verification,
    };
    let reason = verification.reason();
    let said = || format!("{}: {reason}", verification.verdict());
    let is_genuine = verification.verdict() == Verdict::Genuine;
    let check = verification.report.check(CheckId::TerminalAuthentication);
    let word = check.map(|check| check.status_word());
    let is_right = match judgement {
        Judgement::Genuine => is_genuine,
        Judgement::Refused(_) => false,
        Judgement::Against(verdict, check) => verification.verdict() == *verdict && reason.starts_with(check),
        Judgement::FreshKeys => {
            let again = bench.verify().1;
            let (first, second) = (
                reader.chip().terminal_keys().to_vec(),
                again.chip().terminal_keys().to_vec(),
            );
            is_genuine && (first.len(), second.len()) == (1, 1) && first != second
        }
        Judgement::Granted(groups) => {
            is_genuine && word == Some("passed") && guarded_groups(&verification) == *groups
        }
        Judgement::NoRights(words) => {
            let why = check
                .map(|check| format!("{:?}", check.status))
                .unwrap_or_default();
            is_genuine
                && word == Some("failed")
                && why.contains(words)
                && guarded_groups(&verification).is_empty()
        }
        Judgement::NotAsked => {
            is_genuine && word == Some("not_performed") && guarded_groups(&verification).is_empty()
        }
    };
    (!is_right).then(|| format!("{}; {check:?}, {:?}", said(), guarded_groups(&verification)))
}

#[test]
fn every_case_is_judged_or_named() {
    let mut plays: BTreeMap<&str, Vec<Play>> = BTreeMap::new();
    for layer in [
        cases::plays(),
        terminal_cases::plays(),
        signature_cases::plays(),
        pace_cases::plays(),
    ] {
        for (id, play) in layer {
            plays.entry(id).or_default().push(play);
        }
    }
    let cases: Vec<_> = tr_03105_5_1()
        .into_iter()
        .filter(|case| case.id.starts_with("ISO7816_"))
        .collect();
    for case in &cases {
        let named = NOT_PLAYED.iter().any(|(id, _)| *id == case.id);
        assert!(
            plays.contains_key(case.id.as_str()) != named,
            "{} ({}): played or named, and not both",
            case.id,
            case.purpose
        );
    }
    for id in plays.keys().chain(NOT_PLAYED.iter().map(|(id, _)| id)) {
        assert!(cases.iter().any(|case| case.id == **id), "{id} is no case");
    }
    assert_eq!((cases.len(), plays.len(), NOT_PLAYED.len()), (124, 123, 1));
    let misjudged: Vec<String> = plays
        .iter()
        .flat_map(|(id, plays)| {
            plays
                .iter()
                .enumerate()
                .map(move |(index, play)| (id, index, play))
        })
        .filter_map(|(id, index, play)| {
            misjudged(play).map(|said| format!("{id}, chip {}: {said}", index + 1))
        })
        .collect();
    assert!(misjudged.is_empty(), "{misjudged:#?}");
}

/// Cases that are not played, each with the reason.
const NOT_PLAYED: [(&str, &str); 1] = [(
    "ISO7816_F_03",
    "deleted in version 1.5: Doc 9303-11 §6.1 has no Active Authentication with RSASSA-PSS",
)];
