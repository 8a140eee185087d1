//! BSI TR-03105 part 5.1, the layers of ISO 7816 (A to G): every case is played against the faulty chip and judged, or named with the
//! reason why not. What a case asks is taken from its purpose; most of the texts are in ICAO's test standard, part 4, now.

#[path = "catalogue/cases.rs"]
mod cases;
#[path = "catalogue/pace_cases.rs"]
mod pace_cases;

use std::collections::BTreeMap;

use host_issuer::inspect::Verdict;
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
}

/// A chip, and what has to be said of it. Several of a case are told apart by their order.
type Play = (Bench, Judgement);

/// What is wrong with the verifier's judgement, if anything.
fn misjudged((bench, judgement): &Play) -> Option<String> {
    match (bench.verify().0, judgement) {
        (Ok(verification), Judgement::Genuine) if verification.verdict() == Verdict::Genuine => None,
        (Err(error), Judgement::Refused(words)) if error.to_string().contains(words) => None,
        (Ok(verification), Judgement::Against(verdict, check))
            if verification.verdict() == *verdict && verification.reason().starts_with(check) =>
        {
            None
        }
        (Ok(verification), _) => Some(format!("{}: {}", verification.verdict(), verification.reason())),
        (Err(error), _) => Some(error.to_string()),
    }
}

#[test]
fn every_case_is_judged_or_named() {
    let mut plays: BTreeMap<&str, Vec<Play>> = BTreeMap::new();
    for (id, play) in cases::plays().into_iter().chain(pace_cases::plays()) {
        plays.entry(id).or_default().push(play);
    }
    let elsewhere: BTreeMap<String, &str> = cases::elsewhere().collect();
    let cases: Vec<_> = tr_03105_5_1()
        .into_iter()
        .filter(|case| case.id.starts_with("ISO7816_"))
        .collect();
    for case in &cases {
        let (played, named) = (plays.get(case.id.as_str()), elsewhere.get(&case.id));
        assert!(
            played.is_some() != named.is_some(),
            "{} ({}): played or named, and not both",
            case.id,
            case.purpose
        );
    }
    for id in plays
        .keys()
        .map(|id| (*id).to_owned())
        .chain(elsewhere.keys().cloned())
    {
        assert!(cases.iter().any(|case| case.id == id), "{id} is no case");
    }
    assert_eq!((cases.len(), plays.len(), elsewhere.len()), (124, JUDGED, NAMED));
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

/// How many are played against the chip, and how many are named with a reason.
const JUDGED: usize = 70;
const NAMED: usize = 54;
