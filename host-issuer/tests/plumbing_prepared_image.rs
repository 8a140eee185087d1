//! What this project prepares, its own inspector believes: every profile that comes with the program, and records
//! at the edges. Both sides are ours, so this shows that they agree, not that either follows the standards.

#[path = "support/prepared_card.rs"]
mod prepared_card;

use host_issuer::inspect::{
    CheckId, Policy, Read, ReadDocument, Status, TrustStore, Verdict, VerificationReport, inspect,
};
use personalization::citizen::CitizenRecord;
use personalization::profile::{BUILTIN, CardProfile};
use prepared_card::{Issuer, NOW, as_read};
use test_vectors::{SPECIMEN_FACE, specimen};
use time::{Duration, OffsetDateTime};

#[track_caller]
fn genuine(report: &VerificationReport) {
    let failed: Vec<_> = report
        .checks
        .iter()
        .filter(|check| matches!(check.status, Status::Failed(_)))
        .collect();
    assert!(failed.is_empty(), "{failed:#?}");
    assert_eq!(report.verdict, Verdict::Genuine, "{}", report.reason);
}

#[test]
fn plumbing_every_profile_is_genuine() {
    let issuer = Issuer::new();
    for (profile, _) in BUILTIN {
        let report = issuer.inspect(&issuer.prepare(profile, CitizenRecord::template()));
        genuine(&report);
        let holder = report.holder.unwrap();
        assert_eq!(holder.primary_identifier, "NGUYEN", "{profile}");
        assert_eq!(holder.national.is_some(), profile != "icao-td1");
        let face = report.face.unwrap();
        assert_eq!(
            face.image,
            specimen(SPECIMEN_FACE),
            "the photograph comes back as it was given"
        );
    }
}

#[test]
fn plumbing_records_at_the_edges() {
    let issuer = Issuer::new();
    // All the data groups that say something of the person.
    let (_, toml) = BUILTIN[1];
    let all = CardProfile::from_toml(&toml.replace("[1, 2, 13, 14]", "[1, 2, 11, 12, 13, 14, 16]"));
    let all = all.unwrap().check().unwrap();
    let template = CitizenRecord::template;
    let changed = |changes: &[(&str, &str)]| {
        let mut json = template().to_owned();
        for (old, new) in changes {
            assert!(json.contains(old), "{old}");
            json = json.replace(old, new);
        }
        json
    };
    for json in [
        // One name.
        changed(&[("Nguyễn Thị Mẫu", "Mẫu")]),
        // A name that the MRZ has to cut.
        changed(&[("Nguyễn Thị Mẫu", "Nguyễn Hoàng Phương Quỳnh Trường Nghiêm")]),
        // A name that fits the MRZ to the last position.
        changed(&[("Nguyễn Thị Mẫu", "Nguyễn Hoàng Phương Quỳnh Trư")]),
        // Letters that become two.
        changed(&[("Nguyễn Thị Mẫu", "Größe Ærø Đỗ-Nguyễn")]),
        // Nobody else in the family.
        changed(&[
            ("\"Nguyễn Văn Mẫu\"", "null"),
            ("\"Trần Thị Đức Mẫu\"", "null"),
            ("\"Lê Văn Mẫu\"", "null"),
            ("\"010000017\"", "null"),
        ]),
        // The mother alone.
        changed(&[("\"Nguyễn Văn Mẫu\"", "null")]),
        // A holder past the last renewal age, whose card never expires.
        changed(&[
            ("001196000017", "001146000017"),
            ("1996-08-12", "1946-08-12"),
            ("2036-08-12\"", "unlimited\""),
        ]),
        // A holder of whose birth only the year is known, or the month with it.
        changed(&[("\"1996-08-12\"", "\"1996\""), ("2036-08-12", "2036-01-01")]),
        changed(&[("\"1996-08-12\"", "\"1996-08\""), ("2036-08-12", "2036-01-01")]),
        // A child born this year.
        changed(&[("001196000017", "001326000017"), ("1996-08-12", "2026-11-24")]),
    ] {
        let json = json.replace(
            "\"expiry_date\": \"2036-08-12\"",
            "\"expiry_date\": \"2036-08-11\"",
        );
        genuine(&issuer.inspect(&issuer.prepare("vn-cc-2024", &json)));
        let report = issuer.inspect(&issuer.prepare_by(&all, &json));
        genuine(&report);
        for id in [
            CheckId::Dg1MatchesDg11,
            CheckId::Dg11MatchesDg13,
            CheckId::Dg12MatchesDg13,
        ] {
            assert!(
                report
                    .checks
                    .iter()
                    .any(|check| check.id == id && check.is_passed()),
                "{id}"
            );
        }
        let holder = report.holder.unwrap();
        assert_eq!(holder.persons_to_notify.len(), 1);
        let authority = holder.document.unwrap().issuing_authority;
        assert_eq!(authority.as_deref(), Some("Cục Cảnh sát Mẫu"));
    }
}

/// What a counter remembers of a document signer are signatures that hold, no verdicts: it judges like one that has seen nothing.
#[test]
fn plumbing_a_counter_that_knows_the_document_signer_judges_like_one_that_does_not() {
    let issuer = Issuer::new();
    let document = as_read(&issuer.prepare("vn-cc-2024", CitizenRecord::template()));
    let known = issuer.trust();
    let judge = |document: &ReadDocument, trust: &TrustStore, now: OffsetDateTime| {
        inspect(document, trust, Policy::default(), now)
    };
    genuine(&judge(&document, &known, NOW));
    let judged = |document: &ReadDocument, now: OffsetDateTime| {
        let (here, fresh) = (
            judge(document, &known, now),
            judge(document, &issuer.trust(), now),
        );
        assert_eq!(here.checks, fresh.checks);
        assert_ne!(here.verdict, Verdict::Genuine);
        here
    };
    // Time goes on: the CRL is stale, then the certificates are over, or not yet valid.
    let status = |report: &VerificationReport, id: CheckId| report.check(id).unwrap().status_word();
    let stale = judged(&document, NOW + Duration::days(40));
    assert_eq!(status(&stale, CheckId::Revocation), "not_performed");
    for now in [NOW + Duration::days(366 * 60), NOW - Duration::days(400)] {
        let report = judged(&document, now);
        assert_eq!(status(&report, CheckId::CertificateValidity), "failed");
    }
    // One bit of EF.SOD, wherever it is: in the certificate, its signature, the signed attributes, the signature.
    let sod = document.sod.bytes().unwrap().to_vec();
    for position in (4..sod.len()).step_by(41).chain([sod.len() - 1]) {
        let mut altered = document.clone();
        let mut bytes = sod.clone();
        bytes[position] ^= 0x01;
        altered.sod = Read::Bytes(bytes);
        let report = judge(&altered, &known, NOW);
        assert_ne!(report.verdict, Verdict::Genuine, "byte {position}");
        assert_eq!(report.checks, judge(&altered, &issuer.trust(), NOW).checks);
    }
    // Another State's counter, and the same State's after it revoked the signer.
    let stranger = Issuer::new().trust();
    assert_eq!(judge(&document, &stranger, NOW).verdict, Verdict::Inconclusive);
    let revoked = judge(&document, &issuer.trust_after_revocation(), NOW);
    assert_eq!(status(&revoked, CheckId::Revocation), "failed");
    assert_eq!(revoked.verdict, Verdict::NotGenuine);
    genuine(&judge(&document, &known, NOW));
}
