//! From the document signer to its CSCA, revocation, and time.

use super::Cases;
use crate::test_issuer::{CrlRecipe, Recipe, key};

type Change = fn(&mut Recipe);

fn crl(recipe: &mut Recipe) -> &mut CrlRecipe {
    recipe.crl.as_mut().expect("a CRL")
}

pub fn add(cases: &mut Cases) {
    cases.undecided("ds of an unknown issuer", &["LDS_H_54"], "chain", |recipe| {
        recipe.ds.issuer.1 = "Other CSCA".into();
    });
    cases.undecided(
        "ds whose issuer has another country",
        &["LDS_H_53"],
        "chain",
        |recipe| {
            recipe.ds.issuer.0 = "LA".into();
        },
    );
    cases.undecided("ds of another key of its issuer", &[], "chain", |recipe| {
        recipe.ds.authority_key = Some([9; 4]);
    });
    cases.fails(
        "ds that its issuer did not sign",
        &["LDS_H_67"],
        "chain_signature",
        |recipe| {
            recipe.ds.issuer_key = key(7);
        },
    );
    cases.undecided("ds expired", &[], "certificate_validity", |recipe| {
        recipe.ds.valid.1 = "20260715"
    });
    cases.undecided("csca expired", &[], "certificate_validity", |recipe| {
        recipe.csca.valid.1 = "20260715"
    });
    cases.undecided(
        "ds issued after the key of its csca was out of use",
        &[],
        "csca_key_usage_period",
        |recipe| {
            recipe.csca.usage_period = Some(("20260101", "20260501"));
        },
    );
    cases.undecided(
        "issued ten years before its ds had a key",
        &[],
        "issue_date",
        |recipe| {
            for (number, text) in &mut recipe.national {
                if *number == 11 {
                    *text = "01/07/2016".into();
                }
            }
        },
    );
    cases.fails("ds revoked", &[], "revocation", |recipe| {
        crl(recipe).revoked = vec![99, 2]
    });
    cases.fails("ds revoked by an old list", &[], "revocation", |recipe| {
        let crl = crl(recipe);
        (crl.revoked, crl.valid) = (vec![2], ("20260101", "20260201"));
    });
    let lists: [(&str, Change); 5] = [
        ("no revocation list", |recipe| recipe.crl = None),
        ("an old revocation list", |recipe| {
            crl(recipe).valid = ("20260101", "20260731")
        }),
        ("a revocation list of the future", |recipe| {
            crl(recipe).valid = ("20260901", "20261001")
        }),
        ("a revocation list for ten years", |recipe| {
            crl(recipe).valid = ("20260401", "20360401")
        }),
        ("a revocation list by another key", |recipe| {
            crl(recipe).issuer_key = key(7)
        }),
    ];
    for (name, change) in lists {
        cases.missing(name, &[], "revocation", change);
    }
    cases
        .undecided("the document expired", &[], "document_expiry", |recipe| {
            crl(recipe).valid = ("20360801", "20361101");
        })
        .on("2036-08-13");
    cases
        .genuine("the last day of the document", &[], |recipe| {
            crl(recipe).valid = ("20360801", "20361101")
        })
        .on("2036-08-12");
    cases.fails(
        "csca and ds of another country than the zone",
        &[],
        "country",
        |recipe| {
            for name in [
                &mut recipe.ds.subject,
                &mut recipe.ds.issuer,
                &mut recipe.csca.subject,
                &mut recipe.csca.issuer,
            ] {
                name.0 = "DE".into();
            }
            crl(recipe).issuer.0 = "DE".into();
        },
    );
}
