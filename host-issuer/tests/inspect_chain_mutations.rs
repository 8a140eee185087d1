//! One mutation for each named check, each failing exactly that check. The documents are written by an issuer that
//! belongs to this test alone, so that neither our encoders nor the inspector vouch for themselves.
//! This file: the document signer, its CSCA and the CRL.

#[path = "inspect_chain_mutations/deviations.rs"]
mod deviations;
#[path = "support/foreign_pki.rs"]
mod foreign_pki;
#[allow(dead_code, reason = "shared by two tests")]
#[path = "support/mutations.rs"]
mod mutations;
#[path = "inspect_chain_mutations/periods.rs"]
mod periods;
#[path = "inspect_chain_mutations/several_anchors.rs"]
mod several_anchors;
#[allow(dead_code, reason = "shared by several tests")]
#[path = "support/test_issuer.rs"]
mod test_issuer;

use host_issuer::inspect::{CheckId, Policy, TrustStore, Verdict, inspect};
use mutations::{NOW, assert_fails_only, fails, report, words};
use test_issuer::{CertificateRecipe, KEY_CERT_SIGN_AND_CRL_SIGN, Recipe, key};

#[test]
fn ds_profile() {
    let changes: [fn(&mut CertificateRecipe); 7] = [
        |ds| ds.key_usage = None,
        |ds| ds.key_usage = Some((false, test_issuer::DIGITAL_SIGNATURE)),
        |ds| ds.key_usage = Some((true, KEY_CERT_SIGN_AND_CRL_SIGN)),
        |ds| ds.is_ca = true,
        |ds| ds.authority_key = None,
        |ds| ds.more_extensions = vec![test_issuer::unknown_extension(true)],
        |ds| ds.more_extensions = vec![test_issuer::tls_server_extension()],
    ];
    for change in changes {
        let report = fails(CheckId::DsProfile, Verdict::NotGenuine, |recipe| {
            change(&mut recipe.ds)
        });
        assert!(report.holder.is_none());
    }
}

#[test]
fn chain() {
    // Another name, and the right name with another key identifier.
    let changes: [fn(&mut CertificateRecipe); 2] = [
        |ds| ds.issuer.1 = "Other CSCA".into(),
        |ds| ds.authority_key = Some([9; 4]),
    ];
    for change in changes {
        let report = fails(CheckId::Chain, Verdict::Inconclusive, |recipe| {
            change(&mut recipe.ds)
        });
        assert!(report.holder.is_none(), "nothing is shown before the chain holds");
    }
    let report = inspect(
        &Recipe::genuine().seal(),
        &TrustStore::default(),
        Policy::default(),
        NOW,
    );
    assert_fails_only(&report, CheckId::Chain, Verdict::Inconclusive);
}

#[test]
fn names_of_a_chain_are_compared_without_regard_to_case_and_spaces() {
    let mut recipe = Recipe::genuine();
    recipe.ds.issuer.1 = "test  CSCA ".into();
    assert_eq!(report(&recipe).verdict, Verdict::Genuine);
}

#[test]
fn chain_signature() {
    let report = fails(CheckId::ChainSignature, Verdict::NotGenuine, |recipe| {
        recipe.ds.issuer_key = key(7)
    });
    assert!(report.holder.is_none());
}

#[test]
fn ds_key_usage_period() {
    for date in ["20260531", "20260902"] {
        fails(CheckId::DsKeyUsagePeriod, Verdict::NotGenuine, |recipe| {
            recipe.signing_time = Some(date)
        });
    }
    // Without a signing time the date of issue in DG13 counts.
    fails(CheckId::DsKeyUsagePeriod, Verdict::NotGenuine, |recipe| {
        recipe.signing_time = None;
        recipe.national[4].1 = "01/10/2026".into();
    });
}

#[test]
fn certificate_validity() {
    fails(CheckId::CertificateValidity, Verdict::Inconclusive, |recipe| {
        recipe.ds.valid.1 = "20260715"
    });
    fails(CheckId::CertificateValidity, Verdict::Inconclusive, |recipe| {
        recipe.csca.valid.1 = "20260715"
    });
}

#[test]
fn revocation() {
    let with_crl = |change: fn(&mut test_issuer::CrlRecipe)| {
        move |recipe: &mut Recipe| recipe.crl.iter_mut().for_each(change)
    };
    fails(
        CheckId::Revocation,
        Verdict::NotGenuine,
        with_crl(|crl| crl.revoked = vec![99, 2]),
    );
    // An old list still revokes; it only cannot acquit. What a disowned signer says of the holder is not shown.
    let revoked = fails(CheckId::Revocation, Verdict::NotGenuine, |recipe| {
        let crl = recipe.crl.as_mut().expect("a CRL");
        (crl.revoked, crl.valid) = (vec![2], ("20260101", "20260201"));
    });
    assert!(revoked.holder.is_none() && revoked.face.is_none());

    let missing: [fn(&mut Recipe); 5] = [
        // Good for ten years, it says.
        |recipe| recipe.crl.as_mut().expect("a CRL").valid = ("20260401", "20360401"),
        |recipe| recipe.crl = None,
        |recipe| recipe.crl.as_mut().expect("a CRL").valid = ("20260101", "20260731"),
        |recipe| recipe.crl.as_mut().expect("a CRL").valid = ("20260901", "20261001"),
        |recipe| recipe.crl.as_mut().expect("a CRL").issuer_key = key(7),
    ];
    for change in missing {
        let mut recipe = Recipe::genuine();
        change(&mut recipe);
        let report = report(&recipe);
        assert_eq!(words(&report, "failed"), [""; 0]);
        assert!(words(&report, "not_performed").contains(&"revocation".to_owned()));
        assert_eq!(report.verdict, Verdict::Inconclusive);
    }
}
