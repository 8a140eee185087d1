//! BSI TR-03105 part 5.1 v1.5 is the list of what a verifier must judge. Every case of its LDS units is a document of the corpus, is
//! signed by OpenSSL in `algorithms.rs`, or stands here with the reason why it is neither.

use std::collections::{BTreeMap, BTreeSet};

use host_issuer::terminal::terminal_auth::read_ef_cvca;
use test_vectors::inspection_cases::tr_03105_5_1;

use super::entries;
use crate::openssl_documents::ROWS;

/// Cases that no document of ours is, and why.
const ELSEWHERE: [(&str, &str); 12] = [
    ("LDS_G_01", "a chip of the corpus, and the test below"),
    ("LDS_G_02", "a chip of the corpus, and the test below"),
    (
        "LDS_H_08",
        "DSA is not computed: INCONCLUSIVE, as `ds-with-a-key-of-dsa`",
    ),
    ("LDS_H_16", "deleted in version 1.5"),
    ("LDS_H_34", "deleted in version 1.1"),
    ("LDS_H_35", "deleted in version 1.1"),
    (
        "LDS_H_97",
        "DSA is not computed: INCONCLUSIVE, as `ds-with-a-key-of-dsa`",
    ),
    (
        "LDS_H_98",
        "DSA is not computed: INCONCLUSIVE, as `ds-with-a-key-of-dsa`",
    ),
    (
        "LDS_K_01",
        "a chip of the corpus, and terminal::reader, sizes_of_tr_03105_5_1",
    ),
    (
        "LDS_K_02",
        "a chip of the corpus, and terminal::reader, sizes_of_tr_03105_5_1",
    ),
    (
        "LDS_K_03",
        "a chip of the corpus, and terminal::reader, sizes_of_tr_03105_5_1",
    ),
    (
        "LDS_K_04",
        "a chip of the corpus, and terminal::reader, sizes_of_tr_03105_5_1",
    ),
];

/// Cases that the guideline wants to succeed; every other one of its documents must not be GENUINE.
const SUCCEED: [&str; 26] = [
    "LDS_A_10", "LDS_B_01", "LDS_B_02", "LDS_B_03", "LDS_B_04", "LDS_B_25", "LDS_B_26", "LDS_B_27",
    "LDS_B_28", "LDS_C_01", "LDS_C_02", "LDS_C_03", "LDS_C_12", "LDS_D_01", "LDS_D_02", "LDS_D_03",
    "LDS_D_16", "LDS_E_01", "LDS_E_02", "LDS_H_11", "LDS_H_12", "LDS_H_13", "LDS_H_14", "LDS_H_86",
    "LDS_H_89", "LDS_J_01",
];

/// LDS_H_15 (optional) wants success of an EF.SOD without its signer's certificate; Doc 9303-10 §4.6.2.2 requires it there since 2015.
const STRICTER: [&str; 1] = ["LDS_H_15"];

#[test]
fn every_case_is_judged_or_has_a_reason() {
    let cases = tr_03105_5_1().iter();
    let all: BTreeSet<String> = cases
        .filter(|case| case.layer.starts_with("LDS_"))
        .map(|case| case.id.clone())
        .collect();
    let mut judged: BTreeMap<String, &str> = BTreeMap::new();
    let mut place = |id: &str, how| assert_eq!(judged.insert(id.to_owned(), how), None, "{id} twice");
    let (mut genuine, mut documents) = (BTreeSet::new(), 0);
    for (name, (entry, _)) in entries() {
        for id in &entry.tr_03105_5_1 {
            place(id, "document");
            documents += 1;
            let succeeds = SUCCEED.contains(&id.as_str());
            assert_eq!(entry.expected.verdict == "GENUINE", succeeds, "{id}: {name}");
            if succeeds {
                genuine.insert(id.clone());
            }
        }
    }
    ROWS.iter()
        .flat_map(|row| row.ids)
        .for_each(|id| place(id, "signed by OpenSSL"));
    ELSEWHERE.iter().for_each(|(id, _)| place(id, "elsewhere"));
    assert_eq!(judged.keys().cloned().collect::<BTreeSet<_>>(), all);
    assert_eq!(genuine.len(), SUCCEED.len());
    assert!(STRICTER.iter().all(|id| judged[*id] == "document"));
    let count = |how: &str| judged.values().filter(|other| **other == how).count();
    assert_eq!(
        (
            all.len(),
            documents,
            count("signed by OpenSSL"),
            count("elsewhere")
        ),
        (214, 177, 25, 12)
    );
}

/// LDS_G: without a trust point's name there is nothing to begin a chain with, and fingers stay closed.
#[test]
fn ef_cvca_without_a_name() {
    let right = [&[0x42, 11][..], b"VNCVCA00001", &[0; 23]].concat();
    assert_eq!(read_ef_cvca(&right), [b"VNCVCA00001".to_vec()]);
    let mut other_tag = right;
    other_tag[0] = 0x43;
    assert_eq!(read_ef_cvca(&other_tag), Vec::<Vec<u8>>::new());
    assert_eq!(read_ef_cvca(&[]), Vec::<Vec<u8>>::new());
}
