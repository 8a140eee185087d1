//! What is expected of every case on the virtual card of every profile stands in `test-vectors/expected`. Any difference fails, and no
//! case that applies may fail. `EID_EXPECTED=write` writes the lists anew; `make conformance` shows the tables.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use host_issuer::conformance::TransportLink;
use test_vectors::conformance::report::{LayerTally, tally};
use test_vectors::conformance::runner::{self, End, Run, Selection};
use test_vectors::conformance::{CaseRecord, Given, Kind, Suite, probe};

use crate::cards;
use crate::world::World;

/// The seed of every run here: another one must come to the same.
const SEED: u64 = 1;

/// Cases of each suite that are played at least.
const FLOORS: [(Suite, usize); 3] = [(Suite::Icao3, 406), (Suite::Bsi32, 132), (Suite::Bsi33, 15)];

/// A list: verdicts by id, by suite.
type Verdicts = BTreeMap<String, BTreeMap<String, Kind>>;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../test-vectors/expected")
}

/// What the maker of the card says of it, where there is a file of it.
fn given(profile: &str) -> Given {
    match std::fs::read_to_string(folder().join(format!("{profile}.ics.toml"))) {
        Ok(text) => Given::from_toml(&text).unwrap_or_else(|error| panic!("{profile}: {error}")),
        Err(_) => Given::default(),
    }
}

/// Plays everything, and what changes the card for good, too.
fn play(world: &World, profile: &str) -> Vec<CaseRecord> {
    let secrets = cards::secrets(world, profile);
    let mut link = TransportLink::new(Box::new(cards::chip(world, profile)));
    let probed = probe(&mut link, &secrets, SEED).expect("a card that answers");
    let (statement, differences) = given(profile).over(&probed);
    for note in probed.notes.iter().chain(&differences) {
        println!("{profile}: {note}");
    }
    let run = Run {
        statement: &statement,
        secrets: &secrets,
        seed: SEED,
        destructive: true,
    };
    let mut records = Vec::new();
    let cases = Selection::default().cases();
    let end = runner::run(&mut link, &cases, run, &BTreeSet::new(), &mut |mut record| {
        if record.verdict != Kind::Failed {
            record.trace.clear();
        }
        records.push(record);
        ControlFlow::Continue(())
    });
    assert_eq!(end, End::Finished, "{profile}");
    records
}

fn table(profile: &str, records: &[CaseRecord]) {
    println!("\n{profile:<24} passed  failed  not applicable  not implemented");
    for LayerTally {
        suite,
        layer,
        counts: [passed, failed, not_applicable, not_implemented],
    } in tally(records)
    {
        let layer = format!("{} {layer}", suite.name());
        println!("{layer:<24} {passed:>6} {failed:>7} {not_applicable:>15} {not_implemented:>16}");
    }
}

fn verdicts(records: &[CaseRecord]) -> Verdicts {
    let mut verdicts = Verdicts::new();
    for record in records {
        let suite = verdicts.entry(record.suite.name().into()).or_default();
        suite.insert(record.id.clone(), record.verdict);
    }
    verdicts
}

/// The list as a file, in the catalogue's order.
fn list(profile: &str, verdicts: &Verdicts) -> String {
    let mut text = format!(
        "# What every case comes to on the virtual card of the profile {profile}, those that change it for good included.\n\
         # Written by `EID_EXPECTED=write make conformance`, compared by host-issuer/tests/conformance/expected.rs.\n"
    );
    let mut suite = None;
    for entry in test_vectors::conformance::catalogue::entries() {
        let name = entry.id.suite.name();
        if suite != Some(name) {
            let _ = writeln!(text, "\n[\"{name}\"]");
            suite = Some(name);
        }
        let verdict = verdicts[name][&entry.id.id];
        let _ = writeln!(text, "{} = \"{}\"", entry.id.id, verdict.name());
    }
    text
}

#[test]
fn every_case_comes_to_what_is_expected_of_the_card_of_every_profile() {
    let world = cards::office();
    let mut failures = Vec::new();
    for profile in cards::PROFILES {
        cards::issue(&world, profile);
        let records = play(&world, profile);
        table(profile, &records);
        for record in records.iter().filter(|record| record.verdict == Kind::Failed) {
            failures.push(format!(
                "{profile}: {} FAILED: {} ({})",
                record.case(),
                record.why.as_deref().unwrap_or_default(),
                record.purpose
            ));
            for apdu in &record.trace {
                println!("> {}\n< {}", apdu.command, apdu.response);
            }
        }
        let verdicts = verdicts(&records);
        let path = folder().join(format!("{profile}.toml"));
        if std::env::var("EID_EXPECTED").as_deref() == Ok("write") {
            #[allow(clippy::disallowed_methods, reason = "the list of the repository")]
            std::fs::write(&path, list(profile, &verdicts)).expect("a list is written");
        }
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        let expected: Verdicts = toml::from_str(&text).expect("a list of verdicts");
        for (suite, id) in ids(&expected).union(&ids(&verdicts)) {
            let verdict = |verdicts: &Verdicts| verdicts.get(suite).and_then(|suite| suite.get(id)).copied();
            let (wanted, found) = (verdict(&expected), verdict(&verdicts));
            if wanted != found {
                let word = |kind: Option<Kind>| kind.map_or("not there", Kind::words);
                let why = records
                    .iter()
                    .find(|record| record.id == *id && record.suite.name() == suite);
                failures.push(format!(
                    "{profile}: {suite}/{id}: expected {}, found {}: {}",
                    word(wanted),
                    word(found),
                    why.and_then(|record| record.why.as_deref()).unwrap_or_default()
                ));
            }
        }
    }
    assert!(
        failures.is_empty(),
        "seed {SEED}\n{}\n{} differences; `EID_EXPECTED=write` writes the lists anew",
        failures.join("\n"),
        failures.len()
    );
}

fn ids(verdicts: &Verdicts) -> BTreeSet<(String, String)> {
    let ids = |(suite, cases): (&String, &BTreeMap<String, Kind>)| {
        let ids: Vec<_> = cases.keys().map(|id| (suite.clone(), id.clone())).collect();
        ids
    };
    verdicts.iter().flat_map(ids).collect()
}

#[test]
fn no_suite_has_fewer_cases_than_it_had() {
    let listed = runner::list();
    for (suite, floor) in FLOORS {
        let of_suite = listed.iter().filter(|listed| listed.entry.id.suite == suite);
        let count = of_suite.filter(|listed| listed.is_implemented()).count();
        println!("{}: {count} cases are played", suite.name());
        assert!(count >= floor, "{}: {count} cases are played", suite.name());
    }
}
