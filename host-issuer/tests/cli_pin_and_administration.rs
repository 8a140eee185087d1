//! PIN, PUK and the administration of an issued card, by the program `eid` on virtual chips. Terminal and chip are both ours:
//! that they agree proves nothing about the standards, which have their own tests.

#![allow(clippy::disallowed_methods, reason = "a test's own files")]

#[path = "support/office.rs"]
mod office;

use std::fs;
use std::path::Path;

use office::{Office, Outcome};
use serde_json::Value;

const READER: &str = "virtual:one.chip";

/// An issued card with a PIN, and what the letter to its holder says.
struct Card {
    office: Office,
    can: String,
    pin: String,
    puk: String,
}

fn issued(profile: &str) -> (Office, Value) {
    let office = Office::open(Path::new("/nonexistent/pcscd.comm"));
    let with_pin = office
        .eid(&["profile", "show", "vn-cc-2024"])
        .expect(0)
        .stdout
        .replace("bac = false", "bac = false\npin = true");
    assert!(with_pin.contains("pin = true"), "{with_pin}");
    office.write("with-pin.toml", with_pin.as_bytes());
    office.make_chip("one.chip");
    #[rustfmt::skip]
    let arguments = [
        "issue", "--reader", READER, "--profile", profile, "--record", "record.json", "--photo", "face.jp2",
        "--ds", "ds", "--issuer-keys", "issuer.keys", "--out", "out",
    ];
    office.eid(&arguments).expect(0);
    let print = fs::read_to_string(office.path("out/print.json")).expect("print.json");
    (office, serde_json::from_str(&print).expect("JSON"))
}

impl Card {
    fn issue() -> Self {
        let (office, print) = issued("with-pin.toml");
        let text = |value: &Value| value.as_str().expect("text").to_owned();
        let card = Self {
            can: text(&print["can"]),
            pin: text(&print["letter"]["pin"]),
            puk: text(&print["letter"]["puk"]),
            office,
        };
        card.secret("pin", &card.pin);
        card.secret("puk", &card.puk);
        // Never the right one: it differs from it in every digit.
        let wrong: String = card
            .pin
            .bytes()
            .map(|digit| char::from(b'0' + (digit - b'0' + 1) % 10))
            .collect();
        card.secret("wrong", &wrong);
        card.secret("new", "271828");
        card
    }

    fn secret(&self, name: &str, digits: &str) {
        self.office.write(name, format!("{digits}\n").as_bytes());
    }

    fn pin(&self, arguments: &[&str]) -> Outcome {
        let outcome = self
            .office
            .eid(&[&["card", "pin"], arguments, &["--reader", READER]].concat());
        outcome.assert_silent_about(&[&self.pin, &self.puk]);
        outcome
    }

    fn administer(&self, act: &str, more: &[&str]) -> Outcome {
        let keys = ["--issuer-keys", "issuer.keys"];
        let arguments = [&["card", act, "--reader", READER, "--can", &self.can][..], &keys].concat();
        self.office.eid(&[&arguments[..], more].concat())
    }

    fn life_cycle(&self) -> String {
        let info = self
            .office
            .eid(&["card", "info", "--reader", READER, "--json"])
            .expect(0)
            .json();
        info["life_cycle"].as_str().expect("text").to_owned()
    }

    fn reads(&self) -> i32 {
        let verify = [
            "verify", "--reader", READER, "--can", &self.can, "--trust", "csca",
        ];
        self.office.eid(&verify).code
    }

    /// Wrong until one try is left.
    fn suspend(&self) {
        for tries in ["2 tries", "1 tries"] {
            let outcome = self.pin(&["change", "--pin-file", "wrong", "--new-pin-file", "new"]);
            assert!(outcome.expect_failure(12).stderr.contains(tries));
        }
    }
}

#[test]
fn plumbing_a_pin_is_changed_suspended_resumed_blocked_and_unblocked() {
    let card = Card::issue();
    assert_eq!(card.reads(), 0, "the PIN changes nothing for a verifier");
    card.pin(&["change", "--pin-file", "pin", "--new-pin-file", "new"])
        .expect(0);
    card.suspend();
    // Suspended: not even the right one without the CAN.
    let change = ["change", "--pin-file", "new", "--new-pin-file", "pin"];
    let outcome = card.pin(&change).expect_failure(12);
    assert!(outcome.stderr.contains("suspended"), "{}", outcome.stderr);
    card.pin(&["resume", "--can", &card.can, "--pin-file", "new"])
        .expect(0);
    card.suspend();
    card.pin(&[&change[..], &["--can", &card.can]].concat()).expect(0);
    card.suspend();
    let outcome = card
        .pin(&["resume", "--can", &card.can, "--pin-file", "wrong"])
        .expect_failure(12);
    assert!(outcome.stderr.contains("0 tries"), "{}", outcome.stderr);
    let outcome = card
        .pin(&["resume", "--can", &card.can, "--pin-file", "pin"])
        .expect_failure(12);
    assert!(outcome.stderr.contains("blocked"), "{}", outcome.stderr);
    // The PUK with the old PIN, then with a new one.
    card.pin(&["unblock", "--puk-file", "puk"]).expect(0);
    card.pin(&["change", "--pin-file", "pin", "--new-pin-file", "new"])
        .expect(0);
    card.pin(&["unblock", "--puk-file", "puk", "--new-pin-file", "pin"])
        .expect(0);
    card.pin(&["change", "--pin-file", "pin", "--new-pin-file", "new"])
        .expect(0);
    // What is no PIN is said before the card is touched.
    card.secret("short", "123");
    card.pin(&["change", "--pin-file", "short", "--new-pin-file", "new"])
        .expect_failure(2);
    card.pin(&["change", "--new-pin-file", "new"]).expect_failure(3);
}

#[test]
fn plumbing_a_card_goes_out_of_service_and_back_and_dies() {
    let card = Card::issue();
    // Nobody to ask: nothing is done without --force.
    for act in ["deactivate", "terminate"] {
        card.administer(act, &[]).expect_failure(2);
    }
    assert_eq!(card.life_cycle(), "operational, activated");
    let done = card
        .administer("deactivate", &["--force", "--json"])
        .expect(0)
        .json();
    assert_eq!(
        (&done["schema"], &done["done"]),
        (&Value::from("eid.card.administer/1"), &Value::from("deactivated"))
    );
    assert_eq!(card.life_cycle(), "operational, deactivated");
    assert_eq!(card.reads(), 3);
    card.administer("deactivate", &["--force"]).expect_failure(3);
    card.administer("reactivate", &[]).expect(0);
    assert_eq!(card.reads(), 0);
    card.administer("reactivate", &[]).expect_failure(3);

    card.suspend();
    card.pin(&["resume", "--can", &card.can, "--pin-file", "wrong"])
        .expect_failure(12);
    card.administer("unblock", &[]).expect(0);
    // Whose CAN is another's is told nothing of the card.
    let wrong = [
        "card",
        "unblock",
        "--reader",
        READER,
        "--can",
        "000000",
        "--issuer-keys",
        "issuer.keys",
    ];
    card.office.eid(&wrong).expect_failure(12);
    card.pin(&["change", "--pin-file", "pin", "--new-pin-file", "new"])
        .expect(0);

    // Another issuer's keys.
    card.office
        .eid(&["keys", "init", "--out", "other.keys"])
        .expect(0);
    let others = [
        "card",
        "deactivate",
        "--force",
        "--reader",
        READER,
        "--can",
        &card.can,
        "--issuer-keys",
        "other.keys",
    ];
    card.office.eid(&others).expect_failure(13);

    // That issuer takes the card over, and this one has no more to say.
    let done = card
        .administer(
            "replace-keys",
            &["--new-issuer-keys", "other.keys", "--force", "--json"],
        )
        .expect(0)
        .json();
    assert_eq!(done["schema"], "eid.card.replace_keys/1");
    card.administer("deactivate", &["--force"]).expect_failure(13);
    card.office.eid(&others).expect(0);
    assert_eq!(card.life_cycle(), "operational, deactivated");
    let back = [
        "card",
        "replace-keys",
        "--reader",
        READER,
        "--can",
        &card.can,
        "--issuer-keys",
        "other.keys",
        "--new-issuer-keys",
        "issuer.keys",
        "--force",
    ];
    card.office.eid(&back).expect(0);

    card.administer("terminate", &["--force"]).expect(0);
    assert_eq!(card.life_cycle(), "terminated");
    assert_eq!(card.reads(), 3, "no password is at fault");
    for act in ["reactivate", "unblock", "terminate"] {
        card.administer(act, &["--force"]).expect_failure(3);
    }
    let memory = fs::read(card.office.path("one.chip")).expect("the chip's memory");
    for secret in [&card.can, &card.pin, &card.puk] {
        let digits = secret.as_bytes();
        assert!(
            !memory.windows(digits.len()).any(|window| window == digits),
            "{secret}"
        );
    }
}

#[test]
fn plumbing_a_profile_without_pin_gives_none() {
    let (office, print) = issued("vn-cc-2024");
    assert_eq!(print.get("letter"), None);
    office.write("pin", b"271828");
    let change = [
        "card",
        "pin",
        "change",
        "--reader",
        READER,
        "--pin-file",
        "pin",
        "--new-pin-file",
        "pin",
    ];
    let outcome = office.eid(&change).expect_failure(3);
    assert!(outcome.stderr.contains("no PIN"), "{}", outcome.stderr);
    let unblock = [
        "card",
        "unblock",
        "--reader",
        READER,
        "--can",
        print["can"].as_str().expect("a CAN"),
        "--issuer-keys",
        "issuer.keys",
    ];
    let outcome = office.eid(&unblock).expect_failure(3);
    assert!(outcome.stderr.contains("no PIN"), "{}", outcome.stderr);
}
