//! What is issued: a specimen card with everything that a chip proves.

use card_applet::platform::Nvm;
use host_issuer::load::{self, LoadError};
use host_issuer::transport::Transport;
use personalization::attestation::StockManifest;
use personalization::biometrics::enrolment::Enrolment;
use personalization::biometrics::face::FaceImage;
use personalization::citizen::CitizenRecord;
use personalization::image::Can;
use personalization::job::{PersonalizationJob, PrepareError};
use personalization::keys::IssuerMasterKeys;
use personalization::pki::csca::{self, Csca, CscaOptions};
use personalization::pki::document_signer::{self, DocumentSignerOptions};
use personalization::pki::name::IssuingState;
use personalization::profile::{self, CheckedProfile};
use personalization::signer::FileSigner;
use test_vectors::{SPECIMEN_FACE, specimen};
use time::OffsetDateTime;
use time::macros::datetime;

use crate::seeded_chip::{Seeded, SeededChip};

const NOW: OffsetDateTime = datetime!(2026-11-24 09:00 UTC);

/// Why no card came of it.
#[derive(Debug)]
pub enum Failed {
    Load(#[allow(dead_code, reason = "printed")] LoadError),
    Prepare(#[allow(dead_code, reason = "printed")] PrepareError),
}

impl From<LoadError> for Failed {
    fn from(error: LoadError) -> Self {
        Self::Load(error)
    }
}

/// Who issues, and what.
pub struct Issuer {
    keys: IssuerMasterKeys,
    signer: FileSigner,
    certificate: Vec<u8>,
    profile: CheckedProfile,
    record: CitizenRecord,
    face: FaceImage,
}

impl Issuer {
    pub fn new() -> Self {
        let mut random = getrandom::SysRng;
        let csca_signer = FileSigner::generate(&mut random).expect("a key");
        let options = CscaOptions::new(IssuingState::new("VN", "VNM").expect("a State"), "Bench CSCA");
        let csca = csca::issue(&csca_signer, &options, NOW, &mut random).expect("a CSCA");
        let csca = Csca::from_der(&csca).expect("a CSCA");
        let signer = FileSigner::generate(&mut random).expect("a key");
        let options = DocumentSignerOptions::new("Bench DS");
        let certificate = document_signer::issue(&csca, &csca_signer, &signer, &options, NOW, &mut random);
        Self {
            keys: IssuerMasterKeys::from_bytes(*b"a master key for a bench, 32 byt"),
            signer,
            certificate: certificate.expect("a document signer"),
            profile: profile::builtin("vn-cc-2024").expect("a profile"),
            record: CitizenRecord::from_json(CitizenRecord::template(), NOW.date()).expect("a record"),
            face: FaceImage::from_bytes(specimen(SPECIMEN_FACE)).expect("a face"),
        }
    }

    /// A blank chip with this memory.
    pub fn blank<N: Nvm>(&self, memory: N, number: u64) -> (SeededChip<N>, StockManifest) {
        let mut serial = [0; 10];
        serial[2..].copy_from_slice(&number.to_be_bytes());
        SeededChip::blank(memory, &serial, number, |serial| self.keys.chip_keys(serial))
    }

    /// Makes a card of it; gives the bytes of its files.
    pub fn issue(&self, transport: impl Transport, manifest: &StockManifest, number: u64) -> usize {
        let card_id = format!("BENCH{number:011}");
        let can = Can::new("271828").expect("a CAN");
        let enrolment = Enrolment::new([0x5A; 32]);
        let job = PersonalizationJob {
            record: &self.record,
            face: &self.face,
            enrolment: &enrolment,
            profile: &self.profile,
            can: &can,
            card_id: &card_id,
        };
        let unsigned = job.begin(&self.signer, &self.certificate, NOW).expect("prepared");
        let issued = load::issue_known_chip(
            transport,
            &mut Seeded(number),
            |serial| self.keys.key_sets(serial),
            |_| Ok::<_, Failed>(manifest.clone()),
            self.profile.chip_keys(),
            |keys| unsigned.sign(&self.signer, keys).map_err(Failed::Prepare),
            &mut |_| {},
        );
        let (_, image) = issued.expect("issued");
        image.content_len()
    }
}
