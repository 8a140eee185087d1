//! Documents that OpenSSL signs while the test runs; those that it signed once lie in the corpus (`algorithms`).

use host_issuer::inspect::{Policy, Read, ReadDocument, TrustStore, VerificationReport, inspect};
use host_issuer::quirk::{Quirk, Tolerance};
use time::OffsetDateTime;
use time::macros::datetime;

use crate::foreign_pki::ForeignPki;
use crate::openssl_documents::{ROWS, groups, sign};
use crate::test_issuer::Recipe;

/// OpenSSL's certificates begin when the test runs, so they are looked at later.
const NOW: OffsetDateTime = datetime!(2060-01-01 0:00 UTC);

fn judge(csca: &[u8], sod: Vec<u8>, tolerance: Tolerance) -> VerificationReport {
    let mut document = ReadDocument::empty();
    document.sod = Read::Bytes(sod);
    document.com = Read::Bytes(Recipe::genuine().com(&[0x61, 0x75]));
    document.data_groups = groups().map(|(number, file)| (number, Read::Bytes(file))).into();
    let store = TrustStore::new(&[csca], &[]).expect("trust store");
    let policy = Policy {
        tolerance,
        ..Policy::default()
    };
    inspect(&document, &store, policy, NOW)
}

/// Each document is proved but for a revocation list, which OpenSSL was not asked for; SHA-1 proves nothing.
#[test]
fn documents_that_openssl_signed() {
    let pki = ForeignPki::new();
    for row in &ROWS {
        let (csca, sod) = sign(&pki, row);
        let report = judge(&csca, sod.clone(), Tolerance::STRICT);
        let failed: Vec<String> = report
            .checks
            .iter()
            .filter(|check| check.status_word() == "failed")
            .map(|check| format!("{}: {}", check.id, check.why().unwrap_or_default()))
            .collect();
        if row.sod.0 == "sha1" {
            assert_eq!(report.rule, "failed:hash_policy", "{:?}: {failed:?}", row.ids);
            let tolerant = judge(&csca, sod, Tolerance::STRICT.with(Quirk::Sha1));
            assert_eq!(tolerant.rule, "missing:hash_policy", "{:?}", row.ids);
            assert!(tolerant.holder.is_none());
        } else {
            assert_eq!(
                (report.rule.as_str(), failed),
                ("missing:revocation", vec![]),
                "{:?}",
                row.ids
            );
            assert!(report.holder.is_some(), "{:?}", row.ids);
        }
    }
}
