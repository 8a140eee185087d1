//! Writes `test-vectors/corpus` again: named faulty documents, and in `chips` faulty chips by the cases that they are; one JSON file
//! each, with the judgement that each must get.
//!
//! Keys, dates and nonces (RFC 6979) are fixed, so every run writes the same bytes. A judgement here is what the corpus demands of an
//! inspector; this program runs none.
//!
//! ```console
//! $ cargo run --package host-issuer --example make_corpus
//! ```

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
#[path = "../tests/support/rsa_keys.rs"]
mod rsa_keys;
#[allow(dead_code, reason = "shared with the tests, which use more of it")]
#[path = "../tests/support/test_issuer.rs"]
mod test_issuer;

use std::collections::BTreeMap;
use std::path::Path;
use std::{fs, io};

fn main() -> io::Result<()> {
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
