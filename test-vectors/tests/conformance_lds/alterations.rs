//! A file, one thing wrong with it, and the one case that says so.

use std::collections::BTreeSet;

use test_vectors::conformance::lds::{Files, ids, judge};
use test_vectors::conformance::{Suite, Verdict};

use crate::{bsi, details, icao, iso_39794, signed};

/// One thing wrong.
pub struct Alteration {
    /// The case that it fails.
    pub id: &'static str,
    /// Files that pass the case.
    pub base: fn() -> Files,
    /// What is done to them.
    pub alter: fn(&mut Files),
}

/// A row of the table.
pub fn row(id: &'static str, base: fn() -> Files, alter: fn(&mut Files)) -> Alteration {
    Alteration { id, base, alter }
}

fn verdict(suite: Suite, id: &str, files: &Files) -> Verdict {
    judge(suite, id, files).unwrap_or_else(|| panic!("{id} is no case of files"))
}

/// The unit of a case: `LDS_A` of `LDS_A_1`.
fn unit(id: &str) -> &str {
    id.rsplit_once('_').expect("a case's id").0
}

#[track_caller]
fn assert_only_this_case_fails(suite: Suite, row: &Alteration) {
    let base = (row.base)();
    assert_eq!(
        verdict(suite, row.id, &base),
        Verdict::Passed,
        "{}: the base",
        row.id
    );
    let mut altered = base.clone();
    (row.alter)(&mut altered);
    let failed = verdict(suite, row.id, &altered);
    assert!(matches!(failed, Verdict::Failed(_)), "{}: {failed:?}", row.id);
    for other in ids(suite).filter(|other| unit(other) == unit(row.id) && *other != row.id) {
        let fails = |files| matches!(verdict(suite, other, files), Verdict::Failed(_));
        // Cases that are not about such files fail before and after.
        assert_eq!(
            fails(&altered),
            fails(&base),
            "{other} fails, too, with the change for {}: {:?}",
            row.id,
            verdict(suite, other, &altered)
        );
    }
}

fn assert_every_case_can_fail(suite: Suite, rows: &[Alteration]) {
    let covered: BTreeSet<&str> = rows.iter().map(|row| row.id).collect();
    let cases: BTreeSet<&str> = ids(suite).collect();
    assert_eq!(covered, cases, "cases with a change, and cases of files");
    for row in rows {
        assert_only_this_case_fails(suite, row);
    }
}

#[test]
fn every_case_of_icao_can_fail_alone() {
    let rows = [icao::rows(), iso_39794::rows(), signed::rows(), details::rows()];
    assert_every_case_can_fail(Suite::Icao3, &rows.into_iter().flatten().collect::<Vec<_>>());
}

#[test]
fn every_case_of_the_bsi_can_fail_alone() {
    assert_every_case_can_fail(Suite::Bsi32, &bsi::rows());
}
