//! Many cards by several threads: all of them, each its own, and what stops them.

#[path = "support/attesting_chip.rs"]
mod attesting_chip;
#[path = "support/specimen.rs"]
mod specimen_enrolment;

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};

use personalization::attestation::AttestedKey;
use personalization::batch::{Batch, BatchError, BatchItem, Flow};
use personalization::biometrics::face::FaceImage;
use personalization::citizen::CitizenRecord;
use personalization::image::{Can, CardImage};
use personalization::job::{PersonalizationJob, PrepareError};
use personalization::pki::csca::{self, Csca, CscaOptions};
use personalization::pki::document_signer::{self, DocumentSignerOptions};
use personalization::pki::name::IssuingState;
use personalization::profile::{self, CheckedProfile};
use personalization::signer::{FileSigner, PublicKey, SignatureAlgorithm, Signer, SignerError};
use personalization::sod::verify::verify;
use test_vectors::{SPECIMEN_FACE, specimen};
use time::OffsetDateTime;
use time::macros::datetime;

const NOW: OffsetDateTime = datetime!(2026-11-24 09:00 UTC);
const CARDS: usize = 60;

struct Station {
    signer: FileSigner,
    certificate: Vec<u8>,
    record: CitizenRecord,
    face: FaceImage,
    profile: CheckedProfile,
    keys: Vec<AttestedKey>,
    can: Can,
    card_ids: Vec<String>,
}

impl Station {
    fn new() -> Self {
        let mut rng = getrandom::SysRng;
        let csca_signer = FileSigner::generate(&mut rng).unwrap();
        let mut options = CscaOptions::new(IssuingState::new("VN", "VNM").unwrap(), "Test CSCA");
        options.document_years = 50;
        let csca = Csca::from_der(&csca::issue(&csca_signer, &options, NOW, &mut rng).unwrap()).unwrap();
        let signer = FileSigner::generate(&mut rng).unwrap();
        let options = DocumentSignerOptions::new("Test DS");
        let certificate =
            document_signer::issue(&csca, &csca_signer, &signer, &options, NOW, &mut rng).unwrap();
        let profile = profile::builtin("icao-td1").unwrap();
        Self {
            signer,
            certificate,
            record: CitizenRecord::from_json(CitizenRecord::template(), NOW.date()).unwrap(),
            face: FaceImage::from_bytes(specimen(SPECIMEN_FACE)).unwrap(),
            keys: attesting_chip::attested_keys(profile.chip_keys()),
            profile,
            can: Can::new("271828").unwrap(),
            card_ids: (0..CARDS).map(|number| format!("VN{number:014}")).collect(),
        }
    }

    fn with_items<T>(&self, work: impl FnOnce(Vec<BatchItem<'_>>) -> T) -> T {
        let enrolment = specimen_enrolment::for_profile(&self.profile);
        let item = |card_id| BatchItem {
            job: PersonalizationJob {
                record: &self.record,
                face: &self.face,
                enrolment: &enrolment,
                profile: &self.profile,
                can: &self.can,
                card_id,
            },
            keys: &self.keys,
        };
        work(self.card_ids.iter().map(|card_id| item(card_id)).collect())
    }

    fn batch<'a>(&self, signer: &'a dyn Signer, threads: usize) -> Batch<'a> {
        let batch = Batch::new(signer, &self.certificate, NOW).unwrap();
        batch.threads(NonZeroUsize::new(threads).unwrap())
    }
}

/// Fails after so many signatures, as a token does that is pulled.
struct Pulled<'a> {
    inner: &'a FileSigner,
    left: AtomicUsize,
}

impl Signer for Pulled<'_> {
    fn algorithm(&self) -> SignatureAlgorithm {
        self.inner.algorithm()
    }

    fn public_key(&self) -> &PublicKey {
        self.inner.public_key()
    }

    fn sign_digest(&self, digest: &[u8]) -> Result<Vec<u8>, SignerError> {
        let left = self
            .left
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        left.map_err(|_| SignerError::Failed("pulled".into()))?;
        self.inner.sign_digest(digest)
    }
}

#[test]
fn every_card_is_its_own_and_bears_a_sound_signature() {
    let station = Station::new();
    for threads in [1, 4] {
        let mut cards: Vec<Option<CardImage>> = vec![None; CARDS];
        let good = station.with_items(|items| {
            station
                .batch(&station.signer, threads)
                .prepare(&items, |index, card| {
                    assert!(cards[index].replace(card.unwrap()).is_none());
                    Flow::Continue
                })
        });
        assert_eq!(good.unwrap(), CARDS);
        for (card, card_id) in cards.iter().zip(&station.card_ids) {
            let card = card.as_ref().unwrap();
            assert_eq!(card.card_id, *card_id);
            let sod = card.files.iter().find(|file| file.name() == "EF.SOD").unwrap();
            let verified = verify(&sod.content).unwrap();
            assert_eq!(verified.certificate_der, station.certificate);
        }
    }
}

#[test]
fn a_signer_that_fails_stops_the_batch_and_what_was_signed_is_delivered() {
    let station = Station::new();
    // Two signatures a card: EF.SOD and EF.CardSecurity.
    for (threads, signatures) in [(1, 20), (4, 21), (4, 0)] {
        let signer = Pulled {
            inner: &station.signer,
            left: AtomicUsize::new(signatures),
        };
        let mut seen = 0;
        let ended = station.with_items(|items| {
            station.batch(&signer, threads).prepare(&items, |_, card| {
                seen += usize::from(card.is_ok());
                Flow::Continue
            })
        });
        let Err(BatchError::Signer { delivered, error, .. }) = ended else {
            panic!("{ended:?}");
        };
        assert!(error.to_string().contains("pulled"), "{error}");
        assert_eq!(delivered, seen);
        assert!(
            seen <= signatures / 2 && seen + threads >= signatures / 2,
            "{seen} of {signatures}"
        );
    }
}

#[test]
fn a_bad_record_stops_nobody_and_whoever_takes_the_cards_may_stop() {
    let mut station = Station::new();
    station.card_ids[7] = "not a card id".into();
    let mut bad = Vec::new();
    let good = station.with_items(|items| {
        station.batch(&station.signer, 3).prepare(&items, |index, card| {
            match card {
                Ok(_) => {}
                Err(PrepareError::CardId) => bad.push(index),
                Err(error) => panic!("{error}"),
            }
            Flow::Continue
        })
    });
    assert_eq!((good.unwrap(), bad), (CARDS - 1, vec![7]));

    let mut taken = 0;
    let ended = station.with_items(|items| {
        station.batch(&station.signer, 3).prepare(&items, |_, _| {
            taken += 1;
            if taken == 5 { Flow::Stop } else { Flow::Continue }
        })
    });
    assert!(matches!(ended, Err(BatchError::Stopped { .. })), "{ended:?}");
    assert_eq!(taken, 5);

    let nothing = station
        .batch(&station.signer, 3)
        .prepare(&[], |_, _| Flow::Continue);
    assert_eq!(nothing.unwrap(), 0);
    assert!(matches!(
        Batch::new(&station.signer, &[0x30, 0x00], NOW),
        Err(BatchError::Certificate(_))
    ));
}
