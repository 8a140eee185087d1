//! Whoever changes a ledger is found out, against an anchor that somebody else kept.
//!
//! Thousands of random changes of a chain, of its checkpoints and of its tables in memory, through the same functions that verify a
//! ledger in a file; and some on the file. `EID_LEDGER_SEED` replays one, `EID_LEDGER_TAMPERINGS` says how many.

#[path = "tampering/changes.rs"]
mod changes;
#[path = "tampering/copy.rs"]
mod copy;
#[path = "tampering/file.rs"]
mod file;

use copy::{Copy, Original};

use crate::random::Random;

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

#[test]
fn ten_thousand_random_changes_are_all_found() {
    let original = Original::make();
    assert_eq!(
        original.copy().verify(&original).told(),
        [],
        "the untouched ledger"
    );
    let count = number("EID_LEDGER_TAMPERINGS").unwrap_or(10_000);
    let seeds = match number("EID_LEDGER_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..count,
    };
    let mut by_kind = vec![0; changes::ALL.len()];
    for seed in seeds {
        let mut random = Random::new(seed);
        let mut copy = original.copy();
        let kind = random.below(changes::ALL.len());
        let (name, change) = changes::ALL[kind];
        change(&mut copy, &original, &mut random);
        assert!(!copy.is(&original), "seed {seed}: {name} changed nothing");
        let findings = copy.verify(&original);
        assert!(
            findings.count() > 0,
            "seed {seed}: {name} was not found; EID_LEDGER_SEED={seed} replays it"
        );
        // A line of the anchor that is cut off may be the machine's doing: it is told, and is no damage.
        assert!(
            findings.has_damage() || name == "anchor edited",
            "seed {seed}: {name} is told as no damage"
        );
        by_kind[kind] += 1;
    }
    for ((name, _), count) in changes::ALL.iter().zip(&by_kind) {
        println!("{count:>6}  {name}");
    }
}

/// What is not found without an anchor, so that nobody believes more than there is: a ledger that was rewritten as a whole, with its
/// tables, by whoever has the whole database.
#[test]
fn without_an_anchor_a_ledger_that_was_rewritten_whole_is_whole() {
    let original = Original::make();
    let mut copy = original.copy();
    copy.events.truncate(3);
    copy.kept.clear();
    copy.anchor.clear();
    copy.tables = Copy::rebuilt(&copy.events);
    assert_eq!(copy.verify_as_it_is().told(), []);
    copy.anchor = original.copy().anchor;
    assert!(copy.verify_as_it_is().has_damage());
}
