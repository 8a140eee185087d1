//! Several CSCA certificates and CRLs of one name: each is tried, none speaks for another State, and as many as there may be are
//! still an answer at once.

use host_issuer::inspect::{CheckId, Policy, TrustStore, Verdict, inspect};

use crate::mutations::{NOW, assert_fails_only, fails, words};
use crate::test_issuer::{CertificateRecipe, CrlRecipe, Recipe, extension, key, tlv};

fn store(anchors: &[&CertificateRecipe], lists: &[Vec<u8>]) -> TrustStore {
    let anchors: Vec<_> = anchors.iter().map(|anchor| anchor.build()).collect();
    let anchors: Vec<&[u8]> = anchors.iter().map(Vec::as_slice).collect();
    let lists: Vec<&[u8]> = lists.iter().map(Vec::as_slice).collect();
    TrustStore::new(&anchors, &lists).expect("a store")
}

/// The same name and the same key identifier, another key.
fn namesake(recipe: &Recipe, seed: u8) -> CertificateRecipe {
    CertificateRecipe {
        serial: seed,
        subject_key: key(seed),
        issuer_key: key(seed),
        ..recipe.csca.clone()
    }
}

#[test]
fn each_anchor_of_the_name_and_key_identifier_is_tried() {
    let recipe = Recipe::genuine();
    let others: Vec<_> = (10..30).map(|seed| namesake(&recipe, seed)).collect();
    let mut anchors: Vec<_> = others.iter().collect();
    anchors.push(&recipe.csca);
    let crl = recipe.crl.as_ref().expect("a CRL").build();
    let report = inspect(&recipe.seal(), &store(&anchors, &[crl]), Policy::default(), NOW);
    assert_eq!(report.verdict, Verdict::Genuine, "{:#?}", report.checks);
    let [used] = report.trust.anchors.as_slice() else {
        panic!("{:?}", report.trust)
    };
    let csca = host_issuer::inspect::Certificate::from_der(&recipe.csca.build()).expect("a certificate");
    assert_eq!(used.sha256, csca.fingerprint(), "the one that signed is named");

    // None of them signed: that key identifier's keys all deny it.
    let anchors: Vec<_> = others.iter().collect();
    let report = inspect(&recipe.seal(), &store(&anchors, &[]), Policy::default(), NOW);
    assert_fails_only(&report, CheckId::ChainSignature, Verdict::NotGenuine);
}

/// A CSCA certificate without key identifier may be that of another key: it cannot deny a signature.
#[test]
fn a_name_alone_contradicts_nothing() {
    let recipe = Recipe::genuine();
    let mut namesake = namesake(&recipe, 7);
    namesake.authority_key = None;
    namesake.own_key_identifier = [8; 4];
    let report = inspect(&recipe.seal(), &store(&[&namesake], &[]), Policy::default(), NOW);
    assert_fails_only(&report, CheckId::Chain, Verdict::Inconclusive);
}

#[test]
fn thousands_of_namesakes_are_an_answer() {
    let recipe = Recipe::genuine();
    let one = namesake(&recipe, 7);
    let many: Vec<_> = (0..=255u8)
        .flat_map(|high| [high; 8])
        .map(|serial| CertificateRecipe {
            serial,
            ..one.clone()
        })
        .collect();
    let anchors: Vec<_> = many.iter().collect();
    let store = store(&anchors, &[]);
    let report = inspect(&recipe.seal(), &store, Policy::default(), NOW);
    assert_fails_only(&report, CheckId::ChainSignature, Verdict::NotGenuine);
}

/// issuerAltName with a directory name: the names that an issuer had before (Doc 9303-12 Table 10).
fn successor_of(crl: &CrlRecipe, country: &str, common_name: &str) -> Vec<u8> {
    let former = tlv(0xA4, &[&crate::test_issuer::der::name(country, common_name)]);
    let extension = extension("551D12", false, &tlv(0x30, &[&former]));
    crl.build_with(&tlv(0xA0, &[&tlv(0x30, &[&extension])]))
}

#[test]
fn a_renamed_csca_revokes_and_a_strange_one_that_calls_itself_so_does_not() {
    let recipe = Recipe::genuine();
    let (_, old_name) = recipe.csca.subject.clone();
    for (country, is_heard) in [("VN", true), ("UT", false)] {
        let renamed = CertificateRecipe {
            serial: 50,
            issuer: (country.into(), "CSCA Renamed".into()),
            subject: (country.into(), "CSCA Renamed".into()),
            subject_key: key(5),
            issuer_key: key(5),
            authority_key: Some([5; 4]),
            own_key_identifier: [5; 4],
            ..recipe.csca.clone()
        };
        let crl = |revoked: Vec<u8>| CrlRecipe {
            issuer: renamed.subject.clone(),
            issuer_key: key(5),
            revoked,
            ..recipe.crl.clone().expect("a CRL")
        };
        // Document signer 2 is revoked by the successor, or its being there replaces a CRL that is missing.
        let revoking = successor_of(&crl(vec![2]), "VN", &old_name);
        let clearing = successor_of(&crl(vec![99]), "VN", &old_name);
        let judge = |list: Vec<u8>| {
            let store = store(&[&recipe.csca, &renamed], &[list]);
            inspect(&recipe.seal(), &store, Policy::default(), NOW)
        };
        let (revoked, cleared) = (judge(revoking), judge(clearing));
        if is_heard {
            assert_fails_only(&revoked, CheckId::Revocation, Verdict::NotGenuine);
            assert_eq!(cleared.verdict, Verdict::Genuine);
            let used = cleared.trust.revocation_list.expect("a CRL was used");
            assert!(used.issuer.contains("CSCA Renamed"));
            assert_eq!(used.age_days, 31);
        } else {
            for report in [revoked, cleared] {
                assert_eq!(report.verdict, Verdict::Inconclusive);
                assert!(words(&report, "not_performed").contains(&"revocation".to_owned()));
                assert_eq!(report.trust.revocation_list, None);
            }
        }
    }
}

/// A CRL may list its own issuer, and a link certificate that it signed (Doc 9303-12 §4.2).
#[test]
fn a_revoked_csca_vouches_for_nothing() {
    let report = fails(CheckId::Revocation, Verdict::NotGenuine, |recipe| {
        let serial = recipe.csca.serial;
        recipe.crl.as_mut().expect("a CRL").revoked = vec![serial];
    });
    assert!(report.holder.is_none());

    let mut recipe = Recipe::genuine();
    let old = recipe.csca.clone();
    let link = CertificateRecipe {
        serial: 61,
        subject: ("VN".into(), "CSCA Renamed".into()),
        subject_key: key(5),
        authority_key: Some(old.own_key_identifier),
        own_key_identifier: [5; 4],
        ..old.clone()
    };
    recipe.ds.issuer = link.subject.clone();
    recipe.ds.issuer_key = key(5);
    recipe.ds.authority_key = Some([5; 4]);
    let own = recipe.crl.clone().expect("a CRL");
    let of_link = CrlRecipe {
        issuer: link.subject.clone(),
        issuer_key: key(5),
        ..own.clone()
    };
    let judged = |of_old: &CrlRecipe| {
        let store = store(&[&old, &link], &[of_link.build(), of_old.build()]);
        inspect(&recipe.seal(), &store, Policy::default(), NOW)
    };
    assert_eq!(judged(&own).verdict, Verdict::Genuine);
    let listing = CrlRecipe {
        revoked: vec![link.serial],
        ..own.clone()
    };
    assert_fails_only(&judged(&listing), CheckId::Revocation, Verdict::NotGenuine);
    let forged = CrlRecipe {
        issuer_key: key(9),
        ..listing
    };
    assert_eq!(judged(&forged).verdict, Verdict::Genuine);
}
