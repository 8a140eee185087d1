//! Published files and what the cases say of them.

use test_vectors::conformance::lds::{File, Files, ids, judge};
use test_vectors::conformance::{Suite, Verdict};
use test_vectors::documents;

use crate::bases::{bsi_2008, corpus, dg1, icao_td1, printed, published_example, tr_03105_5, vn_cccd_2021};

/// The cases of these units that fail, with why.
fn failing(suite: Suite, units: &[&str], files: &Files) -> Vec<(&'static str, String)> {
    let of_units = |id: &&str| units.iter().any(|unit| id.starts_with(&format!("LDS_{unit}_")));
    let failing = |id: &'static str| match judge(suite, id, files) {
        Some(Verdict::Failed(why)) => Some((id, why)),
        _ => None,
    };
    ids(suite).filter(of_units).filter_map(failing).collect()
}

/// Cases of DG2 for cards with a face of ISO/IEC 39794-5.
fn is_about_39794(id: &str) -> bool {
    let number = id
        .strip_prefix("LDS_C_")
        .and_then(|number| number.parse::<u8>().ok());
    number.is_some_and(|number| number >= 14)
}

fn passed(suite: Suite, files: &Files) -> usize {
    ids(suite)
        .filter(|id| judge(suite, id, files) == Some(Verdict::Passed))
        .count()
}

#[test]
fn specimens_of_the_bsi_pass_but_for_what_is_not_allowed_any_more() {
    // Of 2014: a certificate by the profile of its time.
    let failed = failing(Suite::Icao3, &["A", "B", "D", "E", "J"], &tr_03105_5());
    let ids_of = |failed: &[(&'static str, String)]| failed.iter().map(|(id, _)| *id).collect::<Vec<_>>();
    // DG15 is not among the hashes; it holds an RSA key, which needs no ActiveAuthenticationInfo.
    assert_eq!(ids_of(&failed), ["LDS_D_6", "LDS_D_7", "LDS_E_6"], "{failed:?}");
    // Of 2008: SHA-1, and a certificate by the profile of its time.
    let failed = failing(Suite::Icao3, &["A", "B", "C", "D", "E", "J"], &bsi_2008());
    // It was signed before DG4 was added, and the modulus of DG15 has no zero in front of it. The face is no record of ISO/IEC 39794.
    let failed: Vec<_> = failed.into_iter().filter(|(id, _)| !is_about_39794(id)).collect();
    let expected = ["LDS_D_5", "LDS_D_6", "LDS_D_7", "LDS_E_6", "LDS_J_5"];
    assert_eq!(ids_of(&failed), expected, "{failed:?}");
    for (id, why) in [
        ("LDS_D_5", "found SHA-1"),
        ("LDS_D_6", "expected DG4"),
        ("LDS_J_5", "expected a positive INTEGER"),
    ] {
        assert!(
            failed
                .iter()
                .any(|(failed, said)| *failed == id && said.contains(why)),
            "{failed:?}"
        );
    }
    assert_eq!(failing(Suite::Bsi32, &["G", "H"], &bsi_2008()), []);
    assert_eq!(passed(Suite::Bsi32, &bsi_2008()), 24);
}

#[test]
fn documents_of_another_issuer_pass_by_what_they_have() {
    for name in [
        "chip-authentication-mapping",
        "chip-authentication",
        "active-authentication",
        "lds-1-8",
        "dg11-and-dg12",
        "signer-by-key-identifier",
        "dg3-of-two-wsq-prints",
        "plain-ecdsa-with-sha-384",
    ] {
        let files = corpus(name);
        let failed = failing(Suite::Icao3, &["A", "B", "D", "J", "N", "O"], &files);
        // Its certificates have no extensions.
        let failed: Vec<_> = failed.iter().filter(|(id, _)| *id != "LDS_D_7").collect();
        assert!(failed.is_empty(), "{name}: {failed:?}");
    }
}

#[test]
fn mutated_security_objects_fail() {
    for mutated in documents::mutated_sods() {
        let mut files = tr_03105_5();
        files.put(File::Sod, mutated.content);
        let failed = failing(Suite::Icao3, &["D"], &files);
        let failed: Vec<_> = failed.iter().filter(|(id, _)| *id != "LDS_D_7").collect();
        assert!(!failed.is_empty(), "{}", mutated.description);
    }
}

#[test]
fn signatures_of_broken_documents_fail() {
    for name in [
        "a-signature-with-one-bit-changed",
        "another-message-digest",
        "another-content-type-among-the-signed-attributes",
    ] {
        let failed = failing(Suite::Icao3, &["D"], &corpus(name));
        assert!(
            failed.iter().any(|(id, _)| *id == "LDS_D_5"),
            "{name}: {failed:?}"
        );
    }
    let failed = failing(Suite::Icao3, &["D"], &corpus("sod-in-ber"));
    assert!(failed.iter().any(|(id, _)| *id == "LDS_D_3"), "{failed:?}");
}

#[test]
fn published_zones_of_every_size_pass() {
    let vectors = test_vectors::mrz::vectors();
    let mut sizes = std::collections::BTreeSet::new();
    let mut misprinted = 0;
    for vector in &vectors {
        let zone = vector.lines.concat();
        sizes.insert(zone.len());
        match failing(Suite::Icao3, &["B"], &dg1(&zone)).as_slice() {
            [] => {}
            [("LDS_B_13", _)] => misprinted += 1,
            others => panic!("{}: {others:?}", vector.source),
        }
    }
    // Composite check digits that are misprints: two of 9303-11, appendix D.2 (`errata` of the data), one of 9303-10, appendix A.2.1.
    assert_eq!(misprinted, 3);
    assert_eq!(sizes.into_iter().collect::<Vec<_>>(), [72, 88, 90]);
    assert_eq!(judge(Suite::Icao3, "LDS_B_14", &printed()), Some(Verdict::Passed));
}

#[test]
fn published_examples_of_short_files_pass() {
    for (name, file) in [
        ("EF_COM_A1", File::Com),
        ("DG11_A5_corrected", File::DataGroup(11)),
        ("DG12", File::DataGroup(12)),
    ] {
        let mut files = Files::new(None);
        files.put(file, published_example(name));
        assert_eq!(failing(Suite::Icao3, &["A", "N", "O"], &files), [], "{name}");
        assert!(passed(Suite::Icao3, &files) >= 4, "{name}");
    }
}

#[test]
fn issued_cards_pass_every_case_of_the_files_that_they_have() {
    for files in [vn_cccd_2021(), icao_td1()] {
        let units = ["A", "B", "D", "I", "J", "K", "N", "O"];
        assert_eq!(failing(Suite::Icao3, &units, &files), []);
        assert_eq!(failing(Suite::Bsi32, &["F", "L"], &files), []);
    }
}
