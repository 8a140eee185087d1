//! BSI TR-03105 part 5.1 as a suite: the chips of the corpus as they lie on the disk get the judgement that they demand, they are what
//! the program that makes them makes, and no case of the guideline is passed over in silence.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use host_issuer::conformance::verifier::{Corpus, Outcome, Subject, run};

use crate::chip_plays;

fn corpus() -> Corpus {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../test-vectors/corpus");
    Corpus::read(&folder).expect("the corpus")
}

#[test]
fn every_case_is_judged_or_named() {
    let report = run(&corpus(), |_| true, |_| {}).expect("plays that are well formed");
    let failed = report.cases.iter().filter(|case| case.outcome.word() == "failed");
    let failed: Vec<_> = failed.map(|case| (&case.id, &case.outcome)).collect();
    assert!(failed.is_empty(), "{failed:#?}");
    let of_guideline = || report.cases.iter().filter(|case| case.layer != "corpus");
    let count = |word: &str| of_guideline().filter(|case| case.outcome.word() == word).count();
    let not_in_corpus: Vec<_> = of_guideline()
        .filter(|case| case.outcome == Outcome::NotImplemented("not in this corpus".into()))
        .map(|case| &case.id)
        .collect();
    assert!(not_in_corpus.is_empty(), "{not_in_corpus:?}");
    let counts = ["passed", "not_implemented", "obsolete"].map(count);
    assert_eq!((of_guideline().count(), counts), (338, [326, 3, 9]));
}

#[test]
fn the_chips_are_what_their_program_makes() {
    let made = chip_plays::all();
    let mut bytes = 0;
    for (name, play) in &made {
        let path = chip_plays::folder().join(format!("{name}.json"));
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        assert!(
            text == play.text().expect("JSON"),
            "{name}: cargo run -p host-issuer --example make_corpus"
        );
        bytes += text.len();
    }
    let read = corpus();
    let read: BTreeMap<_, _> = read
        .plays
        .iter()
        .filter_map(|play| match &play.subject {
            Subject::Chip(chip) => Some((play.name.as_str(), chip)),
            Subject::Document(_) => None,
        })
        .collect();
    // Nothing is lost on the way to the disk and back, and nothing else lies there.
    let made: BTreeMap<_, _> = made.iter().map(|(name, chip)| (name.as_str(), chip)).collect();
    assert_eq!(read, made);
    assert!(bytes <= 3_000_000, "{bytes} bytes");
}
