//! The inspector against published documents: the reference data sets of BSI TR-03105-5 and of 2008,
//! and the mutated EF.SOD of another project's fuzz tests.

use host_issuer::inspect::{
    Check, CheckId, Policy, Read, ReadDocument, TrustStore, Verdict, VerificationReport, inspect,
    listed_data_groups,
};
use test_vectors::documents::{self, SpecimenDocument};
use time::macros::datetime;

/// A time at which the reference document signer's certificate was valid.
const NOW: time::OffsetDateTime = datetime!(2014-06-01 12:00 UTC);

/// EF.COM, EF.SOD and the data groups of a published set that a terminal may read.
fn read(set: &SpecimenDocument) -> ReadDocument {
    let mut document = ReadDocument::empty();
    document.com = Read::Bytes(set.file("EF_COM").to_vec());
    document.sod = Read::Bytes(set.file("EF_SOD").to_vec());
    for number in 1..=16 {
        if let Some(bytes) = set.files.get(&format!("DG{number}")) {
            document.data_groups.insert(number, Read::Bytes(bytes.clone()));
        }
    }
    document
}

fn inspect_untrusting(document: &ReadDocument) -> VerificationReport {
    inspect(document, &TrustStore::default(), Policy::default(), NOW)
}

#[track_caller]
fn assert_status(report: &VerificationReport, id: CheckId, status: &str, why: Option<&str>) {
    let check = report
        .check(id)
        .unwrap_or_else(|| panic!("{id} is not in the report"));
    assert_eq!(
        (check.status_word(), check.why().as_deref()),
        (status, why),
        "{id}"
    );
}

#[test]
fn the_tr_03105_5_reference_document() {
    let document = read(&documents::tr_03105_5());
    let report = inspect_untrusting(&document);
    for id in [
        CheckId::CmsStructure,
        CheckId::LdsSecurityObject,
        CheckId::HashPolicy,
        CheckId::SignedAttributes,
        CheckId::SodSignature,
        CheckId::DsProfile,
        CheckId::DgDigest(1),
        CheckId::DgDigest(14),
        CheckId::ComMatchesSod,
        CheckId::Country,
    ] {
        assert_status(&report, id, "passed", None);
    }
    let signature = report
        .check(CheckId::SodSignature)
        .and_then(|check| check.evidence.as_deref());
    assert_eq!(signature, Some("RSASSA-PSS with SHA-256, RSA 2048"));
    for number in [2, 3, 4] {
        assert_status(
            &report,
            CheckId::DgDigest(number),
            "not_performed",
            Some("not supplied"),
        );
    }
    assert_status(
        &report,
        CheckId::DgListed(15),
        "failed",
        Some("not listed in EF.SOD"),
    );
    assert_status(&report, CheckId::Chain, "failed", Some("unknown CSCA"));
    assert_eq!(report.verdict, Verdict::NotGenuine);
    assert!(
        report.holder.is_none(),
        "nothing decoded is shown before the chain holds"
    );
}

#[test]
fn without_the_unlisted_group_the_reference_document_is_inconclusive() {
    let mut document = read(&documents::tr_03105_5());
    document.data_groups.remove(&15);
    let report = inspect_untrusting(&document);
    assert_eq!(
        (report.verdict, report.reason.as_str()),
        (Verdict::Inconclusive, "chain: unknown CSCA")
    );
}

#[test]
fn the_2008_document_fails_at_its_hash() {
    let report = inspect_untrusting(&read(&documents::bsi_2008()));
    assert_status(&report, CheckId::CmsStructure, "passed", None);
    assert_status(&report, CheckId::LdsSecurityObject, "passed", None);
    assert_status(
        &report,
        CheckId::HashPolicy,
        "failed",
        Some("the data group digests: SHA-1 is not believed"),
    );
    let failed: Vec<_> = report
        .checks
        .iter()
        .filter(|check| check.status_word() == "failed")
        .collect();
    assert_eq!(failed.len(), 1, "{failed:?}");
    assert_eq!(report.verdict, Verdict::NotGenuine);
}

#[test]
fn mutated_security_objects_fail_at_their_structure() {
    let mut document = read(&documents::tr_03105_5());
    let mutated = documents::mutated_sods();
    assert!(!mutated.is_empty());
    for case in mutated {
        document.sod = Read::Bytes(case.content);
        let report = inspect_untrusting(&document);
        let failed: Vec<_> = report
            .checks
            .iter()
            .filter(|check| check.status_word() == "failed")
            .collect();
        assert_eq!(failed.len(), 1, "{}: {failed:?}", case.description);
        assert_eq!(failed[0].id, CheckId::CmsStructure, "{}", case.description);
        assert_eq!(report.verdict, Verdict::NotGenuine, "{}", case.description);
    }
}

#[test]
fn what_to_read_comes_from_the_security_object() {
    let set = documents::tr_03105_5();
    assert_eq!(listed_data_groups(set.file("EF_SOD")), Ok(vec![1, 2, 3, 4, 14]));
    assert!(listed_data_groups(&set.file("EF_SOD")[..100]).is_err());
}

/// A changed byte may hit a part that nothing depends on (the announced digest algorithms, the
/// embedded certificate's own signature when its CSCA is unknown). It must never change what the
/// signature is believed to say.
#[test]
fn no_flipped_byte_of_the_security_object_changes_what_is_believed() {
    let set = documents::tr_03105_5();
    let mut document = read(&set);
    let digests = |report: &VerificationReport| -> Vec<_> {
        let groups = report
            .checks
            .iter()
            .filter(|check| matches!(check.id, CheckId::DgDigest(_) | CheckId::DgListed(_)));
        groups.map(|check| (check.id, check.status.clone())).collect()
    };
    let original = digests(&inspect_untrusting(&document));
    let mut detected = 0;
    for position in 0..set.file("EF_SOD").len() {
        let mut sod = set.file("EF_SOD").to_vec();
        sod[position] ^= 0x01;
        document.sod = Read::Bytes(sod);
        let report = inspect_untrusting(&document);
        let signed = [
            CheckId::CmsStructure,
            CheckId::HashPolicy,
            CheckId::SignedAttributes,
            CheckId::SodSignature,
        ];
        if signed
            .iter()
            .all(|&id| report.check(id).is_some_and(Check::is_passed))
        {
            assert_eq!(digests(&report), original, "byte {position}");
        } else {
            detected += 1;
        }
    }
    assert!(detected > 1000, "only {detected} changes were detected");
}

#[test]
fn truncated_files_are_never_believed() {
    let set = documents::tr_03105_5();
    let whole = set.file("EF_SOD");
    let mut document = read(&set);
    for length in 0..whole.len() {
        document.sod = Read::Bytes(whole[..length].to_vec());
        let report = inspect_untrusting(&document);
        assert_status(
            &report,
            CheckId::CmsStructure,
            "failed",
            report
                .check(CheckId::CmsStructure)
                .and_then(Check::why)
                .as_deref(),
        );
    }
}
