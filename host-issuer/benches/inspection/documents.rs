//! A State that issues documents to be judged: a CSCA with its CRL, document signers, cards as a reader brings them back.

use std::path::Path;

use host_issuer::inspect::{ReadDocument, TrustStore};
use personalization::biometrics::enrolment::Enrolment;
use personalization::biometrics::face::FaceImage;
use personalization::citizen::CitizenRecord;
use personalization::image::Can;
use personalization::job::PersonalizationJob;
use personalization::pki::crl;
use personalization::pki::csca::{self, Csca, CscaOptions};
use personalization::pki::curves::NamedCurve;
use personalization::pki::document_signer::{self, DocumentSignerOptions};
use personalization::pki::name::IssuingState;
use personalization::profile;
use personalization::signer::FileSigner;
use test_vectors::{SPECIMEN_FACE, specimen};

#[path = "../../tests/support/prepared_card.rs"]
mod prepared_card;

pub use prepared_card::NOW;
use prepared_card::attesting_chip;

const PROFILE: &str = "vn-cc-2024";

/// Documents of one State, each signed by a document signer of its own, or all by one.
pub struct Documents {
    csca: Vec<u8>,
    crl: Vec<u8>,
    /// As a reader brings them back, with the proof that their chips are no copies.
    pub documents: Vec<ReadDocument>,
}

impl Documents {
    /// So many documents by so many document signers with keys on this curve.
    pub fn new(curve: NamedCurve, documents: usize, signers: usize) -> Self {
        let mut rng = getrandom::SysRng;
        let csca_signer = FileSigner::generate_on(curve, &mut rng).expect("a key");
        let state = IssuingState::new("VN", "VNM").expect("a state");
        let options = CscaOptions::new(state, "Bench CSCA");
        let csca_der = csca::issue(&csca_signer, &options, NOW, &mut rng).expect("a CSCA");
        let csca = Csca::from_der(&csca_der).expect("a CSCA");
        let crl = crl::issue(&csca, &csca_signer, 1, &[], 30, NOW).expect("a CRL");

        let record = CitizenRecord::from_json(CitizenRecord::template(), NOW.date()).expect("the template");
        let face = FaceImage::from_bytes(specimen(SPECIMEN_FACE)).expect("the specimen");
        let profile = profile::builtin(PROFILE).expect("a profile");
        let keys = attesting_chip::attested_keys(profile.chip_keys());
        let (can, enrolment) = (Can::new("271828").expect("a CAN"), Enrolment::new([0x5A; 32]));
        let job = PersonalizationJob {
            record: &record,
            face: &face,
            enrolment: &enrolment,
            profile: &profile,
            can: &can,
            card_id: "VN00000000000001",
        };
        let signers: Vec<(FileSigner, Vec<u8>)> = (0..signers)
            .map(|number| {
                let signer = FileSigner::generate_on(curve, &mut rng).expect("a key");
                let options = DocumentSignerOptions::new(format!("Bench DS {number}"));
                let der = document_signer::issue(&csca, &csca_signer, &signer, &options, NOW, &mut rng);
                (signer, der.expect("a DS"))
            })
            .collect();
        let documents = signers.iter().cycle().take(documents).map(|(signer, der)| {
            let image = job.prepare(signer, der, NOW, &keys).expect("a card");
            prepared_card::as_read(&image)
        });
        Self {
            csca: csca_der,
            crl,
            documents: documents.collect(),
        }
    }

    /// What a counter that has seen nothing yet believes.
    pub fn trust(&self) -> TrustStore {
        TrustStore::new(&[&self.csca], &[&self.crl]).expect("a trust store")
    }

    /// Writes everything as files for another program.
    pub fn write(&self, folder: &Path) {
        let write = |name: &Path, content: &[u8]| std::fs::write(name, content).expect("written");
        write(&folder.join("csca.der"), &self.csca);
        write(&folder.join("crl.der"), &self.crl);
        for (number, document) in self.documents.iter().enumerate() {
            let place = folder.join(format!("{number:05}"));
            std::fs::create_dir(&place).expect("a folder");
            write(&place.join("sod.bin"), document.sod.bytes().expect("EF.SOD"));
            for (number, group) in &document.data_groups {
                write(
                    &place.join(format!("dg{number}.bin")),
                    group.bytes().expect("a group"),
                );
            }
        }
    }
}
