//! Ten thousand documents that somebody changed: bits flipped, bytes cut out or put in, elements reordered, signed again with a wrong
//! key, files of another card. A false accept is GENUINE while a signed attribute, the LDS security object or a data group differs from
//! what was issued. `make mutate MUTATIONS=1000000 SEED=7` runs more; mutation *n* has the seed `SEED + n`, so one that failed is run
//! again by `make mutate MUTATIONS=1 SEED=…`.

#[path = "mutations/cards.rs"]
mod cards;
#[path = "mutations/change.rs"]
mod change;

use std::collections::BTreeMap;
use std::num::NonZero;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;

use host_issuer::inspect::{CheckId, Policy, ReadDocument, Verdict, VerificationReport, inspect};

use cards::Card;
use change::{Mutation, Rng, mutate};

/// How many run in `make test`.
const MUTATIONS: u64 = 10_000;

fn setting(name: &str, default: u64) -> u64 {
    match std::env::var(name) {
        Ok(text) => text.parse().unwrap_or_else(|_| panic!("{name} is a number")),
        Err(_) => default,
    }
}

/// What came of the mutations of one region: how many there were, and which rule killed how many.
type Table = BTreeMap<&'static str, BTreeMap<String, u64>>;

#[test]
fn no_changed_document_is_genuine() {
    let (count, seed) = (
        setting("EID_MUTATIONS", MUTATIONS),
        setting("EID_MUTATION_SEED", 1),
    );
    let cards = cards::all();
    let threads = thread::available_parallelism().map_or(2, NonZero::get) as u64;
    let mut table = Table::new();
    let mut faults = Vec::new();
    thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|worker| {
                let cards = &cards;
                scope.spawn(move || run(cards, seed, (worker..count).step_by(threads as usize)))
            })
            .collect();
        for worker in workers {
            let (part, found) = worker.join().expect("a worker");
            faults.extend(found);
            for (region, rules) in part {
                let row = table.entry(region).or_default();
                for (rule, number) in rules {
                    *row.entry(rule).or_default() += number;
                }
            }
        }
    });
    print(&table, seed, count);
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    let regions = change::REGIONS
        .iter()
        .filter(|region| !table.contains_key(*region));
    let untouched: Vec<_> = regions.collect();
    assert!(
        count < MUTATIONS || untouched.is_empty(),
        "{untouched:?} were never changed"
    );
}

fn run(cards: &[Card], seed: u64, indices: impl Iterator<Item = u64>) -> (Table, Vec<String>) {
    let mut table = Table::new();
    let mut faults = Vec::new();
    for index in indices {
        let seed = seed.wrapping_add(index);
        let Mutation {
            card,
            document,
            region,
            kind,
        } = mutate(cards, &mut Rng::new(seed));
        let judged = catch_unwind(AssertUnwindSafe(|| {
            inspect(&document, &card.store, Policy::default(), cards::NOW)
        }));
        let outcome = match judged {
            Err(_) => {
                faults.push(format!("SEED={seed}: panic, {kind} in {region} of {}", card.name));
                "panic".to_owned()
            }
            Ok(report) if report.verdict != Verdict::Genuine => report.rule,
            Ok(report) => match card.differs(&document, &report) {
                Some(what) => {
                    faults.push(format!(
                        "SEED={seed}: false accept, {kind} in {region} of {}: {what}",
                        card.name
                    ));
                    "FALSE ACCEPT".to_owned()
                }
                None => "genuine: nothing that is signed differs".to_owned(),
            },
        };
        *table.entry(region).or_default().entry(outcome).or_default() += 1;
    }
    (table, faults)
}

impl Card {
    /// What that is signed differs from what was issued, though the report says GENUINE.
    fn differs(&self, document: &ReadDocument, report: &VerificationReport) -> Option<String> {
        if document.data_groups != self.document.data_groups {
            return Some("a data group".into());
        }
        let sod = document.sod.bytes().unwrap_or_default();
        for (what, signed) in [
            ("the LDS security object", &self.object),
            ("a signed attribute", &self.attributes),
        ] {
            let there = sod
                .windows(signed.len())
                .filter(|window| window == signed)
                .count();
            if there != 1 {
                return Some(what.into());
            }
        }
        // And what the inspector took from them.
        let said = |report: &VerificationReport| -> Vec<(CheckId, Option<String>)> {
            let signed = |id: &CheckId| {
                matches!(
                    id,
                    CheckId::DgDigest(_)
                        | CheckId::LdsSecurityObject
                        | CheckId::DsKeyUsagePeriod
                        | CheckId::Country
                )
            };
            let checks = report.checks.iter().filter(|check| signed(&check.id));
            checks.map(|check| (check.id, check.evidence.clone())).collect()
        };
        let right = self.report();
        (said(report) != said(right) || report.holder != right.holder || report.face != right.face)
            .then(|| "what the report says".into())
    }

    fn report(&self) -> &VerificationReport {
        self.report
            .get_or_init(|| inspect(&self.document, &self.store, Policy::default(), cards::NOW))
    }
}

fn print(table: &Table, seed: u64, count: u64) {
    println!("{count} mutations, SEED={seed}");
    for (region, rules) in table {
        let all: u64 = rules.values().sum();
        println!("{region:<28}{all:>8}");
        let mut rules: Vec<_> = rules.iter().collect();
        rules.sort_by_key(|(_, number)| std::cmp::Reverse(**number));
        for (rule, number) in rules {
            println!("    {number:>8}  {rule}");
        }
    }
}

/// The unchanged cards are genuine, or the mutations would prove nothing.
#[test]
fn the_unchanged_cards_are_genuine() {
    for card in cards::all() {
        let report = inspect(&card.document, &card.store, Policy::default(), cards::NOW);
        assert_eq!(
            report.verdict,
            Verdict::Genuine,
            "{}: {}",
            card.name,
            report.reason
        );
        assert_eq!(card.differs(&card.document, &report), None, "{}", card.name);
    }
}
