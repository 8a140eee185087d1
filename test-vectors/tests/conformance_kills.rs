//! The suite can tell: sober cards pass every case that applies to them, each defect of a card makes a named case fail, and each case
//! is failed by some card. Which defect fails which case stands in `expected/kills.toml`.
//!
//! `EID_KILLS=full` plays every case on every card with every defect and compares; `EID_KILLS=write` writes the table anew. Without it,
//! of each row some cases are played that must fail, and some that must not.

#[path = "conformance_kills/alteration.rs"]
mod alteration;
#[path = "conformance_kills/chip.rs"]
mod chip;
#[path = "conformance_kills/defect.rs"]
mod defect;
#[path = "conformance_kills/matrix.rs"]
mod matrix;
#[path = "conformance_kills/specimen.rs"]
mod specimen;
#[path = "conformance_kills/table.rs"]
mod table;

use std::collections::BTreeSet;

use matrix::Suite;
use table::Table;

/// Whether this run is told to do more than `make test`.
fn asked_for(what: &str) -> bool {
    std::env::var("EID_KILLS").is_ok_and(|asked| asked == what)
}

/// No case that applies fails on a card that neglects nothing. Each is played on one card, with `EID_KILLS=full` on all of them.
#[test]
fn sober_cards_pass() {
    let suite = Suite::new();
    let failed = suite.sober_failures(asked_for("full"));
    assert!(failed.is_empty(), "\n{}", failed.join("\n"));
}

/// Every case that the suite plays applies to one of the cards at least, or stands in the table as one that does not.
#[test]
fn every_case_is_in_the_table() {
    let suite = Suite::new();
    let table = Table::load();
    let named: BTreeSet<&String> = table.kills.values().flatten().chain(&table.unkilled).collect();
    let played: BTreeSet<&String> = suite.implemented().collect();
    let missing: Vec<_> = played.difference(&named).collect();
    let stale: Vec<_> = named.difference(&played).collect();
    assert!(
        missing.is_empty() && stale.is_empty(),
        "EID_KILLS=write; not in the table: {missing:?}; not in the suite: {stale:?}"
    );
    assert!(
        table.unseen.is_empty(),
        "no case fails for these defects: {:?}",
        table.unseen
    );
    for (defect, cases) in &table.kills {
        assert!(!cases.is_empty(), "{defect} makes no case fail");
        assert!(
            table.unkilled.iter().all(|case| !cases.contains(case)),
            "{defect}"
        );
    }
    let lapses = table.kills.keys().filter(|name| !name.contains(' ')).count();
    assert!(lapses >= 40, "{lapses} lapses");
}

/// The table says what happens.
#[test]
fn each_defect_fails_the_cases_of_its_row() {
    let suite = Suite::new();
    if asked_for("write") {
        suite.write_table().save();
        return;
    }
    let table = Table::load();
    let differences = if asked_for("full") {
        suite.differences(&table)
    } else {
        suite.sampled_differences(&table)
    };
    assert!(differences.is_empty(), "\n{}", differences.join("\n"));
}
