//! The corpus of faulty documents as it lies on the disk: each gets the judgement that it demands, it is what the program that makes
//! it makes, and it has every case of BSI TR-03105-5.1's LDS units whose text is known.

#[allow(dead_code, reason = "shared with the program that makes the corpus")]
#[path = "support/corpus.rs"]
mod corpus;
#[allow(dead_code, reason = "shared with the program that makes the corpus")]
#[path = "support/faulty.rs"]
mod faulty;
#[allow(dead_code, reason = "shared by several tests")]
#[path = "support/test_issuer.rs"]
mod test_issuer;

#[path = "inspect_corpus/algorithms.rs"]
mod algorithms;
#[path = "support/foreign_pki.rs"]
mod foreign_pki;
#[path = "inspect_corpus/mutations.rs"]
mod mutations;
#[allow(dead_code, reason = "shared with the program that makes the corpus")]
#[path = "support/openssl_documents.rs"]
mod openssl_documents;
#[path = "inspect_corpus/tr_03105_5_1.rs"]
mod tr_03105_5_1;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use corpus::{Entry, Expected};
use host_issuer::inspect::CheckId;

/// Every entry by its file's name.
fn entries() -> BTreeMap<String, (Entry, String)> {
    let folder = corpus::folder();
    let mut entries = BTreeMap::new();
    for file in fs::read_dir(&folder).expect("the corpus") {
        let path = file.expect("a file").path();
        if path.extension().is_some_and(|extension| extension == "json") {
            let text = fs::read_to_string(&path).expect("text");
            let entry =
                serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
            entries.insert(name, (entry, text));
        }
    }
    entries
}

#[test]
fn every_document_gets_the_judgement_that_it_demands() {
    let mut wrong = Vec::new();
    let entries = entries();
    for (name, (entry, _)) in &entries {
        let report = entry.inspect().expect("a well formed entry");
        let got = Expected::of(&report);
        if got != entry.expected {
            let checks: Vec<String> = report
                .checks
                .iter()
                .filter_map(|check| Some(format!("{}: {}", check.id, check.why()?)))
                .collect();
            wrong.push(format!(
                "{name}\n  demands {:?}\n  got     {got:?}\n  {}",
                entry.expected,
                checks.join("\n  ")
            ));
        }
        // What is put up with is named.
        for quirk in &entry.tolerate {
            assert!(
                report.quirks.iter().any(|observed| observed.id.id() == quirk),
                "{name}: {quirk}"
            );
        }
        // Nothing is shown of a document whose signature chain does not hold.
        let proved = [CheckId::SodSignature, CheckId::ChainSignature];
        let proved = proved
            .iter()
            .all(|id| report.check(*id).is_some_and(|check| check.is_passed()));
        assert!(
            proved || (report.holder.is_none() && report.face.is_none()),
            "{name}"
        );
    }
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        entries.len(),
        wrong.join("\n")
    );
    assert!(entries.len() >= 60, "{} documents", entries.len());
}

#[test]
fn the_corpus_is_what_its_program_makes() {
    let entries = entries();
    let made: BTreeMap<String, String> = faulty::all()
        .iter()
        .map(|case| (case.name.clone(), corpus::entry(case).text().expect("JSON")))
        .collect();
    assert_eq!(made.len(), faulty::all().len(), "two cases have one name");
    let names = |map: Vec<&String>| map.into_iter().cloned().collect::<BTreeSet<_>>();
    assert_eq!(
        names(entries.keys().collect()),
        names(made.keys().collect()),
        "cargo run -p host-issuer --example make_corpus"
    );
    let mut bytes = 0;
    for (name, (_, text)) in &entries {
        assert_eq!(*text, made[name], "{name}");
        bytes += text.len();
    }
    assert!(bytes <= 1_500_000, "{bytes} bytes");
}

/// Checks that move no verdict, whose failure others show first, or that need deviation lists, which the corpus does not have.
const NO_FAILURE: [&str; 4] = [
    "terminal_authentication",
    "clone_proof",
    "deviation_list",
    "aa_key_compromised",
];

#[test]
fn every_check_fails_or_is_missing_somewhere() {
    let rules: BTreeSet<String> = entries()
        .into_values()
        .map(|(entry, _)| entry.expected.rule)
        .collect();
    let untouched: Vec<String> = CheckId::all()
        .filter(|id| {
            !matches!(
                id,
                CheckId::DgDigest(_) | CheckId::DgListed(_) | CheckId::DgStructure(_)
            )
        })
        .map(|id| id.to_string())
        .filter(|id| {
            !rules
                .iter()
                .any(|rule| rule.split_once(':').is_some_and(|(_, name)| name == id))
        })
        .filter(|id| !NO_FAILURE.contains(&id.as_str()))
        .collect();
    assert!(untouched.is_empty(), "{untouched:?}");
    for kind in ["digest", "listed", "structure"] {
        assert!(rules.iter().any(|rule| rule.ends_with(kind)), "{kind}");
    }
}
