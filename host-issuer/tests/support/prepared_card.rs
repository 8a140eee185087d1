//! Cards as this project prepares them, under a PKI of their own, and as a reader would have brought them back.
#![allow(dead_code, reason = "each test file uses its part of this module")]

#[path = "../../../personalization/tests/support/attesting_chip.rs"]
pub mod attesting_chip;
#[path = "../../../personalization/tests/support/specimen.rs"]
mod specimen_enrolment;

use card_applet::wire::lds::{DataGroup, fid};
use host_issuer::inspect::{
    AgreementKey, Certificate, ChipProof, ChipProofs, Policy, ProvedKey, Read, ReadDocument, TerminalRights,
    TrustStore, VerificationReport, inspect,
};
use personalization::biometrics::face::FaceImage;
use personalization::citizen::CitizenRecord;
use personalization::image::{Application, Can, CardImage};
use personalization::job::PersonalizationJob;
use personalization::pki::crl::{self, RevokedCertificate};
use personalization::pki::csca::{self, Csca, CscaOptions};
use personalization::pki::document_signer::{self, DocumentSignerOptions};
use personalization::pki::name::IssuingState;
use personalization::profile::{self, CheckedProfile};
use personalization::signer::FileSigner;
use test_vectors::{SPECIMEN_FACE, specimen};
use time::OffsetDateTime;
use time::macros::datetime;

/// When everything is issued and inspected.
pub const NOW: OffsetDateTime = datetime!(2026-11-24 09:00 UTC);

/// A CSCA with its CRL and a document signer.
pub struct Issuer {
    csca: Vec<u8>,
    csca_signer: FileSigner,
    crl: Vec<u8>,
    signer: FileSigner,
    certificate: Vec<u8>,
}

impl Issuer {
    pub fn new() -> Self {
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
            csca_signer,
            crl,
            signer,
            certificate,
        }
    }

    /// The document signer's key.
    pub fn signer(&self) -> &FileSigner {
        &self.signer
    }

    /// The document signer's certificate.
    pub fn certificate(&self) -> &[u8] {
        &self.certificate
    }

    pub fn prepare(&self, profile: &str, json: &str) -> CardImage {
        self.prepare_by(&profile::builtin(profile).unwrap(), json)
    }

    pub fn prepare_by(&self, profile: &CheckedProfile, json: &str) -> CardImage {
        let record = CitizenRecord::from_json(json, NOW.date()).unwrap();
        let face = FaceImage::from_bytes(specimen(SPECIMEN_FACE)).unwrap();
        let can = Can::new("271828").unwrap();
        let job = PersonalizationJob {
            record: &record,
            face: &face,
            enrolment: &specimen_enrolment::for_profile(profile),
            profile,
            can: &can,
            card_id: "VN00000000000001",
        };
        let keys = attesting_chip::attested_keys(profile.chip_keys());
        job.prepare(&self.signer, &self.certificate, NOW, &keys).unwrap()
    }

    pub fn inspect(&self, image: &CardImage) -> VerificationReport {
        self.inspect_document(&as_read(image))
    }

    pub fn inspect_document(&self, document: &ReadDocument) -> VerificationReport {
        inspect(document, &self.trust(), Policy::default(), NOW)
    }

    /// What a counter that has seen nothing yet believes.
    pub fn trust(&self) -> TrustStore {
        TrustStore::new(&[&self.csca], &[&self.crl]).unwrap()
    }

    /// The same after the document signer was revoked.
    pub fn trust_after_revocation(&self) -> TrustStore {
        let csca = Csca::from_der(&self.csca).unwrap();
        let certificate = Certificate::from_der(&self.certificate).unwrap();
        let revoked = RevokedCertificate {
            serial: hex::decode(certificate.serial()).unwrap(),
            since: NOW,
        };
        let crl = crl::issue(&csca, &self.csca_signer, 2, &[revoked], 30, NOW).unwrap();
        TrustStore::new(&[&self.csca], &[&crl]).unwrap()
    }
}

/// What a chip with the image's keys proves to a terminal that asks for everything.
pub fn proofs(image: &CardImage) -> ChipProofs {
    let mut proofs = ChipProofs::default();
    if let Some((_, key)) = image.keys.chip_authentication.first() {
        let held = ChipProof::Held {
            key: ProvedKey::Agreement(AgreementKey::Point {
                curve: key.public().curve().into(),
                point: key.public().as_bytes().to_vec(),
            }),
            how: "in this test".into(),
        };
        if image.file(Application::MasterFile, fid::CARD_SECURITY).is_some() {
            proofs.pace_cam = held;
        } else {
            proofs.chip_authentication = held;
        }
    }
    if let Some(file) = image.file(Application::Emrtd, DataGroup::DG15.fid()) {
        proofs.active_authentication = ChipProof::Held {
            key: ProvedKey::Dg15(file.content.clone()),
            how: "in this test".into(),
        };
    }
    proofs
}

/// The image as a reader would have brought it back.
pub fn as_read(image: &CardImage) -> ReadDocument {
    let read = |application, fid| match image.file(application, fid) {
        Some(file) => Read::Bytes(file.content.clone()),
        None => Read::NotSupplied,
    };
    ReadDocument {
        card_access: read(Application::MasterFile, fid::CARD_ACCESS),
        card_security: read(Application::MasterFile, fid::CARD_SECURITY),
        com: read(Application::Emrtd, fid::COM),
        sod: read(Application::Emrtd, fid::SOD),
        data_groups: DataGroup::all()
            .filter(|group| image.file(Application::Emrtd, group.fid()).is_some())
            .map(|group| (group.number(), read(Application::Emrtd, group.fid())))
            .collect(),
        chip_proofs: proofs(image),
        terminal_rights: TerminalRights::NoKey,
        ..ReadDocument::empty()
    }
}
