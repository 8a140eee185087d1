//! Documents judged in a second, here and by others.

use std::path::Path;
use std::process::Command;

use host_issuer::inspect::{HashAlgorithm, Policy, Read, ReadDocument, TrustStore, Verdict, inspect};
use personalization::pki::curves::NamedCurve;
use personalization::signer::{FileSigner, SignatureAlgorithm, Signer as _, VerifyingKey};

use super::documents::{Documents, NOW};
use super::time_of;

/// Documents of a round.
const DOCUMENTS: usize = 400;
/// Rounds of which the best counts.
const ROUNDS: usize = 7;
/// Documents that `openssl cms` is started for.
const PROCESSES: usize = 20;

/// Prints what judging documents costs.
pub fn measure() {
    println!(
        "Passive authentication with every check, one thread, {}, microseconds of CPU time for a document:",
        std::env::consts::ARCH
    );
    for curve in [NamedCurve::P256, NamedCurve::P384, NamedCurve::BrainpoolP256r1] {
        measure_on(curve);
    }
}

fn measure_on(curve: NamedCurve) {
    let each = Documents::new(curve, DOCUMENTS, DOCUMENTS);
    let one = Documents::new(curve, DOCUMENTS, 1);
    println!(
        "  {curve:?}, data groups of {} bytes",
        group_bytes(&one.documents[0])
    );
    let line = |what: &str, nanoseconds: Option<u64>| match nanoseconds {
        Some(nanoseconds) => println!("    {what:<62} {:>10.1}", nanoseconds as f64 / 1e3),
        None => println!("    {what:<62} not measured"),
    };
    let ratio = |what: &str, ours: u64, others: Option<u64>| {
        if let Some(others) = others {
            println!("    {what:<62} {:>9.1}x", others as f64 / ours as f64);
        }
    };
    // Rounds in turn: whatever else the machine does weighs on all alike.
    let key = RawVerification::new(curve);
    // The station knows the document signer and the CRL from the first document on.
    let known = one.trust();
    let [first_seen, seen_before, hashes, raw] = best([
        &|| judged(&each, &each.trust()),
        &|| judged(&one, &known),
        &|| hashes(&one.documents),
        &|| key.rounds(),
    ]);
    line(
        "here, a document signer that was never seen before",
        Some(first_seen),
    );
    line(
        "here, a document signer that the station knows",
        Some(seen_before),
    );
    line("    of it hashes of the data groups", Some(hashes));
    line("one bare signature verification by the library", Some(raw));
    let (python_each, python_once) = (python(&each, "each"), python(&one, "once"));
    line(
        "Python, asn1crypto and cryptography, never seen before",
        python_each,
    );
    line("Python, asn1crypto and cryptography, known", python_once);
    ratio("faster than Python, never seen before", first_seen, python_each);
    ratio("faster than Python, known", seen_before, python_once);
    ratio(
        "    hashes and that one verification alone would be",
        hashes + raw,
        python_once,
    );
    let openssl = openssl(&one.documents);
    line(
        "openssl cms -verify, a process each, EF.SOD's signature alone",
        openssl,
    );
    ratio("faster than that process", seen_before, openssl);
    println!(
        "    {:<62} {:>10.0}",
        "documents per second per core",
        1e9 / seen_before as f64
    );
}

/// Nanoseconds for a document; every one must be genuine.
fn judged(documents: &Documents, trust: &TrustStore) -> u64 {
    let judge = |document: &ReadDocument| {
        let report = inspect(document, trust, Policy::default(), NOW);
        assert_eq!(report.verdict, Verdict::Genuine, "{}", report.reason);
    };
    time_of(|| documents.documents.iter().for_each(judge)) / DOCUMENTS as u64
}

/// Nanoseconds for the hashes of a document's data groups.
fn hashes(documents: &[ReadDocument]) -> u64 {
    let groups = documents
        .iter()
        .flat_map(|document| document.data_groups.values());
    let hash = |group: &Read| {
        std::hint::black_box(HashAlgorithm::Sha256.digest(group.bytes().expect("a group")));
    };
    time_of(|| groups.for_each(hash)) / DOCUMENTS as u64
}

/// A signature on a curve by the engine that preparation and inspection both ask for it, and nothing around it.
struct RawVerification {
    key: VerifyingKey,
    algorithm: SignatureAlgorithm,
    signature: Vec<u8>,
}

/// About as long as the signed attributes of EF.SOD.
const SIGNED: [u8; 98] = [0x5A; 98];

impl RawVerification {
    fn new(curve: NamedCurve) -> Self {
        let signer = FileSigner::generate_on(curve, &mut getrandom::SysRng).expect("a key");
        Self {
            key: VerifyingKey::new(signer.public_key().clone()),
            algorithm: signer.algorithm(),
            signature: signer.sign(&SIGNED).expect("a signature"),
        }
    }

    /// Nanoseconds for one.
    fn rounds(&self) -> u64 {
        let verify = || assert!(self.key.verify(self.algorithm, &SIGNED, &self.signature));
        time_of(|| (0..DOCUMENTS).for_each(|_| verify())) / DOCUMENTS as u64
    }
}

/// The best of several rounds in turn.
fn best<const N: usize>(steps: [&dyn Fn() -> u64; N]) -> [u64; N] {
    let mut best = [u64::MAX; N];
    for _ in 0..ROUNDS {
        for (step, best) in steps.iter().zip(&mut best) {
            *best = (*best).min(step());
        }
    }
    best
}

fn group_bytes(document: &ReadDocument) -> usize {
    let groups = document.data_groups.values();
    groups.map(|group| group.bytes().map_or(0, <[u8]>::len)).sum()
}

/// Nanoseconds that Debian's Python takes for a document; `None` where it or its packages are missing.
fn python(documents: &Documents, mode: &str) -> Option<u64> {
    let folder = tempfile::tempdir().ok()?;
    documents.write(folder.path());
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../.ci/passive_authentication.py");
    let output = Command::new("/usr/bin/python3")
        .arg(script)
        .arg(folder.path())
        .args([mode, &ROUNDS.to_string()])
        .output()
        .ok()?;
    if !output.status.success() {
        eprintln!("{}", String::from_utf8_lossy(&output.stderr));
        return None;
    }
    String::from_utf8(output.stdout).ok()?.trim().parse().ok()
}

/// Nanoseconds of CPU time that a process of `openssl cms -verify` takes for the signature of an EF.SOD; `None` without the program.
fn openssl(documents: &[ReadDocument]) -> Option<u64> {
    let folder = tempfile::tempdir().ok()?;
    let before = children_time()?;
    for document in documents.iter().take(PROCESSES) {
        let file = folder.path().join("sod.der");
        // Without the file's tag 77 and its length of three bytes.
        std::fs::write(&file, document.sod.bytes()?.get(4..)?).ok()?;
        let output = Command::new("openssl")
            .args(["cms", "-verify", "-noverify", "-binary", "-inform", "DER", "-in"])
            .arg(&file)
            .args(["-out", "/dev/null"])
            .output()
            .ok()?;
        if !output.status.success() {
            eprintln!("{}", String::from_utf8_lossy(&output.stderr));
            return None;
        }
    }
    Some((children_time()? - before) / PROCESSES as u64)
}

/// Nanoseconds that processes which this one started and that are over have spent (Linux): `cutime` and `cstime` of proc(5), in
/// hundredths of a second.
fn children_time() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/self/stat").ok()?;
    let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = |index: usize| fields.get(index)?.parse::<u64>().ok();
    Some((ticks(13)? + ticks(14)?) * 10_000_000)
}
