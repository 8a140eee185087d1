//! What this project prepares, its own inspector believes: every profile that comes with the program, and records
//! at the edges. Both sides are ours, so this shows that they agree, not that either follows the standards.

use card_applet::wire::lds::{DataGroup, fid};
use host_issuer::inspect::{
    Policy, Read, ReadDocument, Status, TrustStore, Verdict, VerificationReport, inspect,
};
use personalization::biometrics::face::FaceImage;
use personalization::citizen::CitizenRecord;
use personalization::image::{Application, Can, CardImage};
use personalization::job::PersonalizationJob;
use personalization::pki::crl;
use personalization::pki::csca::{self, Csca, CscaOptions};
use personalization::pki::document_signer::{self, DocumentSignerOptions};
use personalization::pki::name::IssuingState;
use personalization::profile::{self, BUILTIN};
use personalization::signer::FileSigner;
use test_vectors::{SPECIMEN_FACE, specimen};
use time::OffsetDateTime;
use time::macros::datetime;

const NOW: OffsetDateTime = datetime!(2026-11-24 09:00 UTC);

/// A CSCA with its CRL and a document signer.
struct Issuer {
    csca: Vec<u8>,
    crl: Vec<u8>,
    signer: FileSigner,
    certificate: Vec<u8>,
}

impl Issuer {
    fn new() -> Self {
        let mut rng = getrandom::SysRng;
        let csca_signer = FileSigner::generate(&mut rng).unwrap();
        let options = CscaOptions::new(IssuingState::new("VN", "VNM").unwrap(), "Test CSCA");
        let csca_der = csca::issue(&csca_signer, &options, NOW, &mut rng).unwrap();
        let csca = Csca::from_der(&csca_der).unwrap();
        let crl = crl::issue(&csca, &csca_signer, 1, &[], 30, NOW).unwrap();
        let signer = FileSigner::generate(&mut rng).unwrap();
        let options = DocumentSignerOptions::new("Test DS");
        let certificate =
            document_signer::issue(&csca, &csca_signer, &signer, &options, NOW, &mut rng).unwrap();
        Self {
            csca: csca_der,
            crl,
            signer,
            certificate,
        }
    }

    fn prepare(&self, profile: &str, json: &str) -> CardImage {
        let record = CitizenRecord::from_json(json, NOW.date()).unwrap();
        let face = FaceImage::from_bytes(specimen(SPECIMEN_FACE)).unwrap();
        let (profile, can) = (profile::builtin(profile).unwrap(), Can::new("271828").unwrap());
        let job = PersonalizationJob {
            record: &record,
            face: &face,
            profile: &profile,
            can: &can,
            card_id: "VN00000000000001",
        };
        job.prepare(&self.signer, &self.certificate, NOW).unwrap()
    }

    fn inspect(&self, image: &CardImage) -> VerificationReport {
        let store = TrustStore::new(&[&self.csca], &[&self.crl]).unwrap();
        inspect(&as_read(image), &store, Policy::default(), NOW)
    }
}

/// The image as a reader would have brought it back.
fn as_read(image: &CardImage) -> ReadDocument {
    let read = |application, fid| match image.file(application, fid) {
        Some(file) => Read::Bytes(file.content.clone()),
        None => Read::NotSupplied,
    };
    ReadDocument {
        card_access: read(Application::MasterFile, fid::CARD_ACCESS),
        com: read(Application::Emrtd, fid::COM),
        sod: read(Application::Emrtd, fid::SOD),
        data_groups: DataGroup::all()
            .filter(|group| image.file(Application::Emrtd, group.fid()).is_some())
            .map(|group| (group.number(), read(Application::Emrtd, group.fid())))
            .collect(),
    }
}

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
        // A child born this year.
        changed(&[("001196000017", "001326000017"), ("1996-08-12", "2026-11-24")]),
    ] {
        let json = json.replace(
            "\"expiry_date\": \"2036-08-12\"",
            "\"expiry_date\": \"2036-08-11\"",
        );
        genuine(&issuer.inspect(&issuer.prepare("vn-cc-2024", &json)));
    }
}
