//! Corpora that are none: each fault is told with the file and the field. And what is wrong with a chip on the wire stays on the wire.

#![allow(clippy::disallowed_methods, reason = "a test's own files")]

use std::fs;
use std::path::Path;
use std::process::Command;

use host_issuer::conformance::verifier::{ChipPlay, Corpus, MAX_FILE_BYTES, Subject};
use host_issuer::transport::{Limits, Transport, TransportError};
use serde_json::{Value, json};
use tempfile::TempDir;
use test_vectors::naive::Random;

use crate::chip_plays;
use crate::faulty_reader::FaultyReader;

fn text_of(name: &str) -> String {
    fs::read_to_string(chip_plays::folder().join(format!("{name}.json"))).expect("a chip of the corpus")
}

/// A corpus of this one chip.
fn corpus_of(text: &str) -> TempDir {
    let folder = TempDir::new().expect("temporary folder");
    fs::create_dir(folder.path().join("chips")).expect("a folder");
    fs::write(folder.path().join("chips/one.json"), text).expect("a file");
    folder
}

#[track_caller]
fn assert_refused(folder: &Path, words: &[&str]) {
    let said = Corpus::read(folder).expect_err("no corpus").to_string();
    for word in words {
        assert!(said.contains(word), "{word}: {said}");
    }
}

#[test]
fn a_chip_that_cannot_be_is_refused_by_its_field() {
    let good: Value = serde_json::from_str(&text_of("ISO7816_F_01")).expect("JSON");
    let corpus = corpus_of(&good.to_string());
    assert_eq!(Corpus::read(corpus.path()).expect("a corpus").plays.len(), 1);
    let fault = |misdeed: Value| json!([{"step": "read", "misdeed": misdeed}]);
    for (pointer, value, words) in [
        (
            "/schema",
            json!("eid.corpus.chip/2"),
            "schema: not eid.corpus.chip/1",
        ),
        ("/on", json!("2026-13-01"), "on: `2026-13-01` is no day"),
        ("/on", json!("+026-01-01"), "is no day"),
        (
            "/tr_03105_5_1",
            json!(["ISO7816_F_99"]),
            "`ISO7816_F_99` is no case",
        ),
        ("/trust/csca", json!(["30"]), "trust: "),
        ("/trust/crl", json!(["3G"]), "trust.crl[0]: not hexadecimal"),
        ("/counter/mrz", json!("196000017096081223608121"), "counter.mrz: "),
        (
            "/counter/tolerate",
            json!(["anything"]),
            "counter.tolerate: `anything`",
        ),
        (
            "/counter/terminal",
            json!({"certificates": [], "key": "00"}),
            "counter.terminal: ",
        ),
        ("/setup/today", json!("2601"), "setup.today: not six digits"),
        ("/setup/manners", json!({"pieces": 0}), "setup.manners.pieces"),
        (
            "/setup/chip_keys/0/private",
            json!("00"),
            "setup.chip_keys[0]: no private key",
        ),
        (
            "/setup/signing_key",
            json!({"rsa": {"modulus": "06", "private_exponent": "03", "hash": "sha256"}}),
            "setup.signing_key: no RSA key",
        ),
        ("/setup/signing_key", json!({"p256": "00"}), "setup.signing_key"),
        (
            "/setup/application/0101",
            json!("00".repeat(64_001)),
            "setup.application.0101: longer",
        ),
        (
            "/faults",
            fault(json!({"too_much": 1_000_000})),
            "faults[0].misdeed",
        ),
        (
            "/faults",
            fault(json!({"nonce_of": 1_000_000})),
            "faults[0].misdeed",
        ),
        (
            "/faults",
            fault(json!({"trailer": "00".repeat(300)})),
            "faults[0].misdeed",
        ),
        (
            "/faults",
            Value::Array(vec![fault(json!("silence"))[0].clone(); 101]),
            "faults: too many",
        ),
        ("/expected", json!("believed"), "unknown variant `believed`"),
        ("/setup/pin_code", json!("1"), "unknown field `pin_code`"),
    ] {
        let mut bad = good.clone();
        let (parent, name) = pointer.rsplit_once('/').expect("a pointer");
        bad.pointer_mut(parent).expect("an object")[name] = value;
        assert_refused(corpus_of(&bad.to_string()).path(), &["one.json: ", words]);
    }
    // Compressed numbers do not exist.
    let mut bad: Value = serde_json::from_str(&text_of("ISO7816_G_17-1")).expect("JSON");
    bad["faults"][0]["misdeed"] = json!({"point": "compressed"});
    assert_refused(corpus_of(&bad.to_string()).path(), &["faults[0].misdeed"]);
}

#[test]
fn a_folder_that_is_no_corpus_is_refused() {
    let folder = TempDir::new().expect("temporary folder");
    assert_refused(folder.path(), &["no document and no chip"]);
    assert_refused(&folder.path().join("nowhere"), &["nowhere: "]);
    let write = |name: &str, content: &[u8]| fs::write(folder.path().join(name), content).expect("a file");
    write("one.json", b"{");
    assert_refused(folder.path(), &["one.json: EOF", "line 1 column 1"]);
    write("one.json", "[".repeat(100_000).as_bytes());
    assert_refused(folder.path(), &["one.json: "]);
    write(
        "one.json",
        &vec![b' '; usize::try_from(MAX_FILE_BYTES).expect("a size") + 1],
    );
    assert_refused(folder.path(), &["one.json: longer than"]);
    let corpus = corpus_of(&text_of("ISO7816_F_01"));
    fs::create_dir(corpus.path().join("algorithms")).expect("a folder");
    let document = fs::read(chip_plays::folder().join("../a-plain-chip.json")).expect("a document");
    fs::write(corpus.path().join("algorithms/one.json"), document).expect("a file");
    assert_refused(
        corpus.path(),
        &["one.json: another file of the corpus has this name"],
    );
}

/// A document in a chip is judged as on the paper, but for what no reader can see of a chip; each with its reason.
#[test]
fn documents_in_chips_are_judged_as_documents() {
    let corpus = Corpus::read(&chip_plays::folder().join("..")).expect("the corpus");
    let mut differing = Vec::new();
    let mut documents = 0;
    for play in &corpus.plays {
        if let Subject::Document(document) = &play.subject {
            documents += 1;
            let chip = document.as_chip().expect("a chip");
            if let Some(said) = chip.misjudged().expect("a well formed chip") {
                differing.push(format!("{}: {said}", play.name));
            }
        }
    }
    let unexpected: Vec<_> = differing
        .iter()
        .filter(|said| {
            !SEEN_OTHERWISE
                .iter()
                .any(|(name, _)| said.starts_with(&format!("{name}: ")))
        })
        .collect();
    assert!(unexpected.is_empty(), "{unexpected:#?}");
    assert_eq!(differing.len(), SEEN_OTHERWISE.len(), "{differing:#?}");
    assert!(documents > 300, "{documents}");
}

const LENGTH: &str = "a reader reads as many bytes as the file says to have, and looks no further";
const NO_HASH: &str =
    "the document does not say with which hash the chip signs, and the proof was given in words";
const NOT_MADE: &str = "a chip cannot have a reader leave out a proof; without the key it refuses";
const OPENED: &str = "the reader decides how it opens a chip, and takes what EF.CardAccess offers";

/// Documents that a reader judges otherwise when it reads them from a chip, and why.
const SEEN_OTHERWISE: [(&str, &str); 26] = [
    ("active-authentication", NO_HASH),
    ("active-authentication-that-failed", NO_HASH),
    ("active-authentication-that-was-not-made", NOT_MADE),
    ("active-authentication-with-another-key", NO_HASH),
    ("card-access-hidden", OPENED),
    ("chip-authentication-that-was-not-made", NOT_MADE),
    ("com-with-a-length-too-big", LENGTH),
    ("dg1-with-a-length-too-big", LENGTH),
    ("dg1-with-a-length-too-small", LENGTH),
    ("dg14-with-a-length-too-big", LENGTH),
    ("dg14-with-a-length-too-small", LENGTH),
    ("dg15-that-nobody-signed", "a reader reads what EF.SOD lists"),
    ("dg15-with-a-length-too-big", LENGTH),
    ("dg15-with-a-length-too-small", LENGTH),
    ("dg2-with-a-length-too-big", LENGTH),
    ("dg2-with-a-length-too-small", LENGTH),
    ("dg3-with-a-length-too-big", LENGTH),
    ("dg3-with-a-length-too-small", LENGTH),
    ("dg4-with-a-length-too-big", LENGTH),
    ("dg4-with-a-length-too-small", LENGTH),
    ("opened-with-a-weaker-group-than-dg14-offers", OPENED),
    ("opened-with-bac-though-dg14-offers-pace", OPENED),
    ("opened-with-what-was-not-announced", OPENED),
    ("pace-that-failed-before-bac", OPENED),
    ("read-without-a-session-though-dg14-offers-pace", OPENED),
    ("sod-with-a-length-too-big", LENGTH),
];

/// A reader whose commands arrive changed.
struct Mangling {
    reader: FaultyReader,
    random: Random,
}

impl Transport for Mangling {
    fn transmit(&mut self, command: &[u8], response: &mut Vec<u8>) -> Result<(), TransportError> {
        let dice = self.random.bytes(4);
        let mut command = command.to_vec();
        let at = usize::from(dice[1]) % command.len();
        match dice[0] % 24 {
            0 => command[at] ^= 1 << (dice[2] % 8),
            1 => command.truncate(at),
            2 => command[at] = dice[2],
            3 => command.insert(at, dice[2]),
            _ => {}
        }
        self.reader.transmit(&command, response)
    }

    fn reset(&mut self) -> Result<(), TransportError> {
        self.reader.reset()
    }

    fn limits(&self) -> Limits {
        self.reader.limits()
    }

    fn atr(&self) -> &[u8] {
        self.reader.atr()
    }
}

/// The program serves these chips to readers of other people: whatever comes, a chip answers.
#[test]
fn no_command_makes_a_chip_panic() {
    let names = [
        "ISO7816_E_07",
        "ISO7816_E_36",
        "ISO7816_F_05-1",
        "ISO7816_G_34",
        "ISO7816_G_03-2",
        "ISO7816_D_01-3",
    ];
    for name in names {
        let play: ChipPlay = serde_json::from_str(&text_of(name)).expect("a chip");
        play.check().expect("a well formed chip");
        for seed in 0..15 {
            let mangling = Mangling {
                reader: play.reader(),
                random: Random::new(&[], seed),
            };
            let verifier = play.verifier().expect("a verifier");
            // The outcome is the reader's; a panic would end the test with the name and seed in its output.
            println!("{name}, seed {seed}");
            let _ = verifier.verify(mangling, &play.password().expect("a password"));
        }
    }
}

fn eid(arguments: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_eid"))
        .args(arguments)
        .env("EID_CORPUS", chip_plays::folder().join(".."))
        .output()
        .expect("eid");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    let code = output.status.code().expect("an exit code");
    (code, text(output.stdout), text(output.stderr))
}

#[test]
fn the_command_tells_of_each_case() {
    let folder = TempDir::new().expect("temporary folder");
    let path = |name: &str| folder.path().join(name).display().to_string();
    let (code, table, said) = eid(&["conformance", "verifier", "--case", "iso7816_a_*"]);
    assert_eq!(code, 0, "{said}");
    let together = table
        .lines()
        .find(|line| line.starts_with("together"))
        .expect("a sum");
    assert_eq!(
        together.split_whitespace().collect::<Vec<_>>(),
        ["together", "3", "0", "0", "0"]
    );

    let mut arguments = vec![
        "conformance",
        "verifier",
        "--json",
        "--case",
        "ISO7816_F_0?",
        "--case",
        "a-plain-chip",
    ];
    let reports = [path("r.json"), path("r.xml"), path("r.html"), path("r.txt")];
    arguments.extend(reports.iter().flat_map(|report| ["--report", report]));
    let (code, printed, said) = eid(&arguments);
    assert_eq!(code, 0, "{said}");
    let report: Value = serde_json::from_str(&printed).expect("JSON");
    assert_eq!(report["schema"], "eid.conformance.verifier/1");
    let cases = report["cases"].as_array().expect("cases");
    assert_eq!(cases.len(), 10);
    assert_eq!(cases[2]["verdict"], "obsolete");
    assert_eq!(cases[4]["plays"].as_array().map(Vec::len), Some(2));
    assert_eq!(
        (&cases[9]["suite"], &cases[9]["verdict"]),
        (&json!("corpus"), &json!("passed"))
    );
    let read = |name: &str| fs::read_to_string(path(name)).expect("a report");
    assert_eq!(
        serde_json::from_str::<Value>(&read("r.json")).expect("JSON"),
        report
    );
    assert!(read("r.xml").contains("skipped=\"1\"") && read("r.html").contains("ISO7816_F_03"));

    // Whoever wants something else of a verifier sees in what ours differs, and the exit code says so.
    let mut other: Value = serde_json::from_str(&text_of("ISO7816_F_01")).expect("JSON");
    other["expected"] = json!({"against": {"verdict": "NOT_GENUINE", "check": "<b>"}});
    let corpus = corpus_of(&other.to_string());
    let folder_of_other = corpus.path().display().to_string();
    let page = path("other.html");
    let (code, table, _) = eid(&[
        "conformance",
        "verifier",
        "--corpus",
        &folder_of_other,
        "--report",
        &page,
    ]);
    assert_eq!(code, 4);
    assert!(
        table.contains("FAILED ISO7816_F_01") && table.contains("judged GENUINE"),
        "{table}"
    );
    assert!(read("other.html").contains("&lt;b&gt;") && !read("other.html").contains("<b>"));

    for (arguments, code, words) in [
        (
            &["conformance", "verifier", "--case", "NOTHING"][..],
            2,
            "no case is what --case says",
        ),
        (
            &["conformance", "verifier", "--corpus", "/nowhere"],
            3,
            "/nowhere",
        ),
        (
            &["conformance", "verifier", "--report", "r.doc"],
            2,
            "no kind of report",
        ),
        (
            &["conformance", "serve", "--case", "ISO7816_B_03"],
            2,
            "ISO7816_B_03-1, ISO7816_B_03-2",
        ),
        (&["conformance", "serve", "--case", "LDS_H_16"], 2, "is this"),
    ] {
        let (got, _, said) = eid(arguments);
        assert_eq!(got, code, "{said}");
        assert!(said.contains(words) && said.contains("hint:"), "{said}");
    }
}
