//! Periods in which keys may be used, against what was made with them.

use host_issuer::inspect::{CheckId, Verdict};

use crate::mutations::{fails, report};
use crate::test_issuer::Recipe;

fn issued_on(recipe: &mut Recipe, day: &str) {
    for (number, text) in &mut recipe.national {
        if *number == 11 {
            *text = day.into();
        }
    }
}

#[test]
fn issue_date() {
    // The key is in use from 1 June to 1 September 2026, and EF.SOD is signed within.
    for day in ["28/05/2026", "04/09/2026", "01/07/2016"] {
        fails(CheckId::IssueDate, Verdict::Inconclusive, |recipe| {
            issued_on(recipe, day)
        });
    }
    // A day begins elsewhere before it begins in Greenwich, and ends after.
    for day in ["31/05/2026", "01/06/2026", "01/09/2026", "02/09/2026"] {
        let mut recipe = Recipe::genuine();
        issued_on(&mut recipe, day);
        assert_eq!(report(&recipe).verdict, Verdict::Genuine, "{day}");
    }
}

#[test]
fn csca_key_usage_period() {
    fails(CheckId::CscaKeyUsagePeriod, Verdict::Inconclusive, |recipe| {
        recipe.csca.usage_period = Some(("20260101", "20260501"));
    });
    fails(CheckId::CscaKeyUsagePeriod, Verdict::Inconclusive, |recipe| {
        recipe.csca.usage_period = Some(("20260701", "20290101"));
    });
    // Without the extension the certificate's own validity is the period.
    let mut recipe = Recipe::genuine();
    recipe.csca.usage_period = None;
    assert_eq!(report(&recipe).verdict, Verdict::Genuine);
    recipe.csca.valid.0 = "20260701";
    assert_eq!(report(&recipe).verdict, Verdict::Inconclusive);
}

/// Both the document signer's validity and its private key usage period bound the signing time.
#[test]
fn ds_key_usage_period_is_within_the_validity() {
    fails(CheckId::DsKeyUsagePeriod, Verdict::NotGenuine, |recipe| {
        recipe.ds.usage_period = Some(("20260101", "20260901"));
        recipe.ds.valid.0 = "20260705";
        issued_on(recipe, "10/07/2026");
    });
    fails(CheckId::DsKeyUsagePeriod, Verdict::NotGenuine, |recipe| {
        recipe.ds.usage_period = None;
        recipe.signing_time = Some("20260531");
    });
}
