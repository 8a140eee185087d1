//! Writes `test-vectors/corpus` again: named faulty documents, one JSON file each, with the judgement that each must get.
//!
//! Keys, dates and nonces (RFC 6979) are fixed, so every run writes the same bytes. A judgement here is what the corpus demands of an
//! inspector; this program runs none.
//!
//! ```console
//! $ cargo run --package host-issuer --example make_corpus
//! ```

#[allow(dead_code, reason = "shared with the tests, which use more of it")]
#[path = "../tests/support/corpus.rs"]
mod corpus;
#[allow(dead_code, reason = "shared with the tests, which use more of it")]
#[path = "../tests/support/faulty.rs"]
mod faulty;
#[allow(dead_code, reason = "shared with the tests, which use more of it")]
#[path = "../tests/support/test_issuer.rs"]
mod test_issuer;

use std::fs;

#[allow(
    clippy::disallowed_methods,
    reason = "it writes into the source tree, for the developer who runs it"
)]
fn main() -> std::io::Result<()> {
    let folder = corpus::folder();
    if folder.exists() {
        for file in fs::read_dir(&folder)? {
            let path = file?.path();
            if path.extension().is_some_and(|extension| extension == "json") {
                fs::remove_file(path)?;
            }
        }
    }
    fs::create_dir_all(&folder)?;
    let cases = faulty::all();
    for case in &cases {
        let path = folder.join(format!("{}.json", case.name));
        fs::write(path, corpus::Entry::of(case).text())?;
    }
    println!("{} documents in {}", cases.len(), folder.display());
    Ok(())
}
