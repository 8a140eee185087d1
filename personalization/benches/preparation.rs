//! What preparing a card costs: its data groups and EF.SOD, against the least that any issuer must compute.
//!
//! Prints, for each kind of document signer's key, CPU time of one thread, the best of several rounds in turn, so that
//! whatever else the machine does weighs on all alike. Judges nothing.

#[path = "../tests/support/attesting_chip.rs"]
mod attesting_chip;

use std::sync::Arc;

use personalization::attestation::AttestedKey;
use personalization::biometrics::enrolment::Enrolment;
use personalization::biometrics::face::FaceImage;
use personalization::citizen::CitizenRecord;
use personalization::image::{Application, Can, CardImage};
use personalization::job::PersonalizationJob;
use personalization::pki::csca::{self, Csca, CscaOptions};
use personalization::pki::curves::NamedCurve;
use personalization::pki::document_signer::{self, DocumentSignerOptions};
use personalization::pki::name::IssuingState;
use personalization::profile::{self, CheckedProfile};
use personalization::signer::{Engine, FileSigner, Signer};
use personalization::sod::{SignerCertificate, verify as sod};
use test_vectors::{SPECIMEN_FACE, specimen};
use time::OffsetDateTime;
use time::macros::datetime;

const NOW: OffsetDateTime = datetime!(2026-11-24 09:00 UTC);
const PROFILE: &str = "vn-cc-2024";
/// About as long as the signed attributes of EF.SOD.
const SIGNED_BYTES: usize = 98;
const ROUNDS: usize = 8;
/// What one measurement of one round should take. The system counts CPU time by ticks of some milliseconds.
const SLICE_NANOSECONDS: u64 = 300_000_000;

fn main() {
    let record = CitizenRecord::from_json(CitizenRecord::template(), NOW.date()).expect("the template");
    let face = FaceImage::from_bytes(specimen(SPECIMEN_FACE)).expect("the specimen");
    let profile = profile::builtin(PROFILE).expect("a profile");
    let keys = attesting_chip::attested_keys(profile.chip_keys());
    println!(
        "Preparing cards ({}, {PROFILE}, a portrait of {} bytes, decoded before; {}, one thread):",
        std::env::consts::ARCH,
        face.bytes().len(),
        if cpu_time().is_some() {
            "CPU time"
        } else {
            "wall clock"
        }
    );
    for (curve, engine) in [
        (NamedCurve::P256, "aws-lc"),
        (NamedCurve::P384, "aws-lc"),
        (NamedCurve::BrainpoolP256r1, "RustCrypto"),
    ] {
        let office = Office::new(curve);
        office.measure(&record, &face, &profile, &keys, &format!("{curve:?} by {engine}"));
    }
}

/// A document signer.
struct Office {
    signer: FileSigner,
    certificate: Arc<SignerCertificate>,
}

impl Office {
    fn new(curve: NamedCurve) -> Self {
        let mut rng = getrandom::SysRng;
        let csca_signer = FileSigner::generate(&mut rng).expect("a key");
        let state = IssuingState::new("VN", "VNM").expect("a state");
        let mut options = CscaOptions::new(state, "CSCA");
        options.document_years = 50;
        let csca = csca::issue(&csca_signer, &options, NOW, &mut rng).expect("a CSCA");
        let csca = Csca::from_der(&csca).expect("a CSCA");
        let signer = FileSigner::generate_on(curve, &mut rng).expect("a key");
        let mut options = DocumentSignerOptions::new("DS");
        options.document_years = 30;
        let der = document_signer::issue(&csca, &csca_signer, &signer, &options, NOW, &mut rng);
        let certificate = SignerCertificate::from_der(&der.expect("a DS")).expect("a DS");
        Self {
            signer,
            certificate: Arc::new(certificate),
        }
    }

    fn measure(
        &self,
        record: &CitizenRecord,
        face: &FaceImage,
        profile: &CheckedProfile,
        keys: &[AttestedKey],
        name: &str,
    ) {
        let can = Can::new("271828").expect("a CAN");
        let enrolment = Enrolment::new([0x5A; 32]);
        let job = PersonalizationJob {
            record,
            face,
            enrolment: &enrolment,
            profile,
            can: &can,
            card_id: "VN00000000000001",
        };
        let prepare = || -> CardImage {
            let unsigned = job
                .begin_with(&self.signer, &self.certificate, NOW)
                .expect("a card");
            unsigned.sign(&self.signer, keys).expect("a card")
        };
        let image = prepare();
        let groups: Vec<&[u8]> = image
            .files
            .iter()
            .filter(|file| file.application == Application::Emrtd && file.name().starts_with("DG"))
            .map(|file| file.content.as_slice())
            .collect();
        let bytes: usize = groups.iter().map(|group| group.len()).sum();
        let security_object = image
            .files
            .iter()
            .find(|file| file.name() == "EF.SOD")
            .expect("EF.SOD");
        let key = self.signer.public_key();
        let algorithm = self.signer.algorithm();
        let hash = profile.hash_algorithm();
        let message = [0x5A; SIGNED_BYTES];
        let signature = self.signer.sign(&message).expect("a signature");
        assert_eq!(
            Engine::for_key(key),
            Engine::for_curve(key.curve().expect("a curve"))
        );

        let mut least = || {
            for group in &groups {
                std::hint::black_box(hash.digest(group));
            }
            std::hint::black_box(self.signer.sign(&message).expect("a signature"));
        };
        let verifying_key = self.certificate.verifying_key();
        let mut raw_verification = || assert!(verifying_key.verify(algorithm, &message, &signature));
        let mut whole = || {
            std::hint::black_box(prepare());
        };
        let mut release = || {
            std::hint::black_box(
                sod::verify_with(&security_object.content, &self.certificate).expect("sound"),
            );
        };
        let [least, raw_verification, whole, release] =
            best([&mut least, &mut raw_verification, &mut whole, &mut release]);

        println!("  {name}, data groups of {bytes} bytes");
        let line = |what: &str, nanoseconds: f64| println!("    {what:<58} {:>9.1} us", nanoseconds / 1e3);
        line("hash of the same bytes + one raw signature", least);
        line("one raw verification", raw_verification);
        line("preparation + EF.SOD, verified before release", whole);
        line("of it the verification", release);
        let ratio = |what: &str, ratio: f64| println!("    {what:<58} {ratio:>9.2}");
        ratio(
            "ratio to hash + sign + verify by the same engine",
            whole / (least + raw_verification),
        );
        ratio(
            "ratio to hash + sign, verification taken off",
            (whole - release) / least,
        );
        println!("    {:<58} {:>9.0}", "cards per second per core", 1e9 / whole);
    }
}

/// Nanoseconds of each, the best of several rounds.
fn best<const N: usize>(mut steps: [&mut dyn FnMut(); N]) -> [f64; N] {
    let mut repetitions = [1u32; N];
    for (step, repetitions) in steps.iter_mut().zip(&mut repetitions) {
        // Doubled until it can be measured, then as many as fill the slice.
        while time_of(step, *repetitions) < SLICE_NANOSECONDS / 2 && *repetitions < 1 << 24 {
            *repetitions *= 2;
        }
    }
    let mut best = [f64::INFINITY; N];
    for _ in 0..ROUNDS {
        for ((step, &repetitions), best) in steps.iter_mut().zip(&repetitions).zip(&mut best) {
            *best = best.min(time_of(step, repetitions) as f64 / f64::from(repetitions));
        }
    }
    best
}

/// Nanoseconds that so many repetitions take.
fn time_of(step: &mut &mut dyn FnMut(), repetitions: u32) -> u64 {
    #[allow(clippy::disallowed_methods, reason = "a benchmark measures time")]
    let started = std::time::Instant::now();
    let cpu_before = cpu_time();
    for _ in 0..repetitions {
        step();
    }
    match (cpu_before, cpu_time()) {
        (Some(before), Some(after)) => after - before,
        _ => u64::try_from(started.elapsed().as_nanos()).unwrap_or(u64::MAX),
    }
}

/// Nanoseconds that this thread has spent on a processor (Linux).
fn cpu_time() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split_whitespace().next()?.parse().ok()
}
