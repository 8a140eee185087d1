//! Writes `test-vectors/corpus` again: named faulty documents, and in `chips` faulty chips by the cases that they are; one JSON file
//! each, with the judgement that each must get.
//!
//! Keys, dates and nonces (RFC 6979) are fixed, so every run writes the same bytes. A judgement here is what the corpus demands of an
//! inspector; this program runs none.
//!
//! ```console
//! $ cargo run --package host-issuer --example make_corpus
//! ```
//!
//! With the word `algorithms` it has OpenSSL make `algorithms` instead: documents by every algorithm, with keys that it draws, so that
//! these are others after each run.

#[allow(dead_code, reason = "shared with the tests, which use more of it")]
#[path = "../tests/support/chip_plays.rs"]
mod chip_plays;
#[allow(dead_code, reason = "shared with the tests, which use more of it")]
#[path = "../tests/support/corpus.rs"]
mod corpus;
#[path = "../tests/support/cv_parties.rs"]
mod cv_parties;
#[allow(dead_code, reason = "shared with the tests, which use more of it")]
#[path = "../tests/support/faulty.rs"]
mod faulty;
#[path = "../tests/support/faulty_reader.rs"]
mod faulty_reader;
#[path = "../tests/support/foreign_pki.rs"]
mod foreign_pki;
#[path = "../tests/support/openssl_documents.rs"]
mod openssl_documents;
#[path = "../tests/support/rsa_keys.rs"]
mod rsa_keys;
#[allow(dead_code, reason = "shared with the tests, which use more of it")]
#[path = "../tests/support/test_issuer.rs"]
mod test_issuer;

use std::collections::BTreeMap;
use std::path::Path;
use std::{fs, io};

use host_issuer::conformance::verifier::{DocumentPlay, Expected, Opening, Trust};
use time::{Duration, OffsetDateTime};

fn main() -> io::Result<()> {
    if std::env::args().nth(1).as_deref() == Some("algorithms") {
        return write(
            &corpus::folder().join("algorithms"),
            &by_algorithm()?,
            "documents",
        );
    }
    let documents = faulty::all();
    let documents = documents.iter().map(|case| {
        let text = corpus::entry(case).text()?;
        Ok((case.name.clone(), text))
    });
    write(
        &corpus::folder(),
        &documents.collect::<io::Result<_>>()?,
        "documents",
    )?;
    let chips = chip_plays::all().into_iter();
    let chips = chips.map(|(name, play)| Ok((name, play.text()?)));
    write(&chip_plays::folder(), &chips.collect::<io::Result<_>>()?, "chips")
}

/// Documents that OpenSSL signs now, to be looked at tomorrow; SHA-1 must not be believed.
#[allow(clippy::disallowed_methods, reason = "OpenSSL's certificates begin now, too")]
fn by_algorithm() -> io::Result<BTreeMap<String, String>> {
    let pki = foreign_pki::ForeignPki::new();
    let openssl = String::from_utf8_lossy(&pki.openssl(&["version"])).into_owned();
    let openssl: Vec<&str> = openssl.split_whitespace().take(2).collect();
    let today = OffsetDateTime::now_utc().date();
    let digits = |days| (today + Duration::days(days)).to_string().replace('-', "") + "000000Z";
    let (from, to) = (digits(0), digits(90));
    let mut documents = BTreeMap::new();
    for row in &openssl_documents::ROWS {
        let (csca, sod) = openssl_documents::sign(&pki, row);
        let list = openssl_documents::revocation_list(&pki, row, (&from, &to));
        let com = test_issuer::Recipe::genuine().com(&[0x61, 0x75]);
        let mut files = BTreeMap::from([
            ("EF.SOD".to_owned(), hex::encode_upper(sod)),
            ("EF.COM".to_owned(), hex::encode_upper(com)),
        ]);
        for (number, file) in openssl_documents::groups() {
            files.insert(format!("DG{number}"), hex::encode_upper(file));
        }
        let (verdict, rule, failed) = match row.sod.0 {
            "sha1" => (
                "NOT_GENUINE",
                "failed:hash_policy",
                vec!["hash_policy".to_owned()],
            ),
            _ => ("GENUINE", "all_passed:copy_not_excluded", Vec::new()),
        };
        let document = DocumentPlay {
            about: format!("signed by {}: {}", openssl.join(" "), row.words()),
            tr_03105_5_1: row.ids.iter().map(|id| (*id).to_owned()).collect(),
            on: (today + Duration::days(1)).to_string(),
            tolerate: Vec::new(),
            expected: Expected {
                verdict: verdict.into(),
                rule: rule.into(),
                failed,
            },
            trust: Trust {
                csca: vec![hex::encode_upper(csca)],
                crl: vec![hex::encode_upper(list)],
            },
            files,
            refused: Vec::new(),
            access: Opening {
                by: "not_said".into(),
                pace_failed: None,
            },
            printed_mrz: None,
            qr: None,
            chip_key: None,
            chip_proofs: BTreeMap::new(),
        };
        documents.insert(row.ids.join("-"), document.text()?);
    }
    Ok(documents)
}

/// Writes files by name in place of those that are there.
#[allow(
    clippy::disallowed_methods,
    reason = "it writes into the source tree, for the developer who runs it"
)]
fn write(folder: &Path, files: &BTreeMap<String, String>, what: &str) -> io::Result<()> {
    if folder.exists() {
        for file in fs::read_dir(folder)? {
            let path = file?.path();
            if path.extension().is_some_and(|extension| extension == "json") {
                fs::remove_file(path)?;
            }
        }
    }
    fs::create_dir_all(folder)?;
    for (name, text) in files {
        fs::write(folder.join(format!("{name}.json")), text)?;
    }
    println!("{} {what} in {}", files.len(), folder.display());
    Ok(())
}
