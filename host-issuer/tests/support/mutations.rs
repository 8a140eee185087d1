//! What the mutation tests share: seal, inspect, and exactly one check must fail.

use host_issuer::inspect::{CheckId, Policy, Read, ReadDocument, Verdict, VerificationReport, inspect};
use time::OffsetDateTime;
use time::macros::datetime;

use crate::test_issuer::Recipe;

/// The time of every inspection that does not say otherwise.
pub const NOW: OffsetDateTime = datetime!(2026-08-01 12:00 UTC);

pub fn report(recipe: &Recipe) -> VerificationReport {
    inspect(&recipe.seal(), &recipe.trust(), Policy::default(), NOW)
}

pub fn words(report: &VerificationReport, status: &str) -> Vec<String> {
    let checks = report.checks.iter().filter(|check| check.status_word() == status);
    checks.map(|check| check.id.to_string()).collect()
}

/// Exactly `id` fails, the verdict is `verdict` and the reason names the check.
#[track_caller]
pub fn assert_fails_only(report: &VerificationReport, id: CheckId, verdict: Verdict) {
    assert_eq!(words(report, "failed"), [id.to_string()], "{:#?}", report.checks);
    assert_eq!(report.verdict, verdict);
    assert!(report.reason.starts_with(&id.to_string()), "{}", report.reason);
}

/// Seals a genuine document after `change` and expects exactly one failing check.
#[track_caller]
pub fn fails(id: CheckId, verdict: Verdict, change: impl FnOnce(&mut Recipe)) -> VerificationReport {
    let mut recipe = Recipe::genuine();
    change(&mut recipe);
    let report = report(&recipe);
    assert_fails_only(&report, id, verdict);
    report
}

/// Changes the sealed document and expects exactly one failing check.
#[track_caller]
pub fn tampered(id: CheckId, change: impl FnOnce(&mut ReadDocument)) {
    let recipe = Recipe::genuine();
    let mut document = recipe.seal();
    change(&mut document);
    assert_fails_only(
        &inspect(&document, &recipe.trust(), Policy::default(), NOW),
        id,
        Verdict::NotGenuine,
    );
}

pub fn flip(read: &mut Read, position: impl FnOnce(&[u8]) -> usize) {
    let Read::Bytes(bytes) = read else {
        panic!("nothing to change")
    };
    let position = position(bytes);
    bytes[position] ^= 1;
}
