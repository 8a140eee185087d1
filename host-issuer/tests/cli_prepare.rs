//! A card that is prepared in one place and issued in another, on the command line: `eid prepare` and `eid issue --script`.

#![allow(clippy::disallowed_methods, reason = "a test's own files")]

#[path = "cli_prepare/stock.rs"]
mod stock;
#[path = "support/world.rs"]
mod world;

use std::fs;
use std::path::Path;

use host_issuer::transport::pulled::Moment;
use personalization::stock::Stock;
use world::{HOLDER, Outcome, SERIAL, World, can, secrets};

const SCRIPT: &str = "@out/30313233343536373839.cardscript";
const IMAGE: &str = "@out/30313233343536373839.cardimg";

/// An office with one chip in stock that drew its keys, and a station.
fn prepared_world() -> World {
    let world = World::with_office();
    world.make_chip("one.chip");
    world
        .eid(&["stock", "add", "--stock", "@stock", "@one.chip.manifest.json"])
        .expect(0);
    draw(&world, "one.chip");
    for name in ["office", "station", "other"] {
        world
            .eid(&["keys", "exchange", "--out", &format!("@{name}.key")])
            .expect(0);
    }
    world
}

fn draw(world: &World, memory: &str) {
    let reader = format!("virtual:@{memory}");
    world
        .eid(&[
            "stock",
            "generate-keys",
            "-r",
            &reader,
            "--stock",
            "@stock",
            "--profile",
            "vn-cc-2024",
            "--issuer-keys",
            "@issuer.keys",
        ])
        .expect(0);
}

const PREPARE: [&str; 20] = [
    "prepare",
    "--profile",
    "vn-cc-2024",
    "--record",
    "@record.json",
    "--photo",
    "@face.jp2",
    "--ds",
    "@ds",
    "--issuer-keys",
    "@issuer.keys",
    "--stock",
    "@stock",
    "--office-key",
    "@office.key",
    "--station",
    "@station.key.pub",
    "--out",
    "@out",
    "--json",
];

fn issue(world: &World, memory: &str, script: &str, out: &str, change: &[(&str, &str)]) -> Outcome {
    let reader = format!("virtual:@{memory}");
    let mut options = vec![
        ("--script", script),
        ("--station-key", "@station.key"),
        ("--office", "@office.key.pub"),
        ("-r", reader.as_str()),
        ("--out", out),
        ("--log-level", "traffic"),
    ];
    for (option, value) in change {
        options.retain(|(known, _)| known != option);
        options.push((option, value));
    }
    let mut arguments = vec!["issue"];
    arguments.extend(options.iter().flat_map(|(option, value)| [*option, *value]));
    world.eid(&arguments)
}

#[cfg(unix)]
fn mode(world: &World, name: &str) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    let metadata = fs::metadata(world.path(name)).expect("metadata");
    metadata.permissions().mode() & 0o777
}

/// From the office to the station to a verifier; nothing secret is said, and none stands in a file but in the printer's.
#[test]
fn plumbing_prepared_there_issued_here_and_genuine() {
    let world = prepared_world();
    let prepared = world.eid(&PREPARE).expect(0);
    let object = prepared.json();
    assert_eq!(
        (&object["schema"], &object["first_sequence"]),
        (&"eid.prepare/1".into(), &2.into())
    );
    let secrets = secrets();
    let secrets: Vec<&str> = secrets.iter().map(String::as_str).collect();
    prepared.assert_silent_about(&secrets);
    let binary = [can().into_bytes(), HOLDER.as_bytes().to_vec()];
    for name in [
        "out/30313233343536373839.cardscript",
        "out/30313233343536373839.cardimg",
    ] {
        #[cfg(unix)]
        assert_eq!(mode(&world, name), 0o600, "{name}");
        let content = fs::read(world.path(name)).expect("file");
        for secret in &binary {
            assert!(
                !content.windows(secret.len()).any(|window| window == *secret),
                "{name}"
            );
        }
    }
    let listed = world
        .eid(&["stock", "list", "--stock", "@stock"])
        .expect(0)
        .output;
    let card_id = object["card_id"].as_str().expect("an identifier");
    assert!(listed.contains(&format!("taken for card {card_id}")), "{listed}");

    let issued = issue(&world, "one.chip", SCRIPT, "@results", &[]).expect(0);
    issued.assert_silent_about(&secrets);
    let receipt = fs::read_to_string(world.path("results/receipt.json")).expect("receipt");
    let receipt: serde_json::Value = serde_json::from_str(&receipt).expect("JSON");
    assert_eq!(receipt["card_id"], card_id);
    assert_eq!(receipt["profile"], "vn-cc-2024");
    assert_eq!(receipt["chip_serial"], hex::encode_upper(SERIAL));
    let print = fs::read_to_string(world.path("results/print.json")).expect("print data");
    let print: serde_json::Value = serde_json::from_str(&print).expect("JSON");
    assert_eq!(
        (&print["full_name"], &print["can"]),
        (&HOLDER.into(), &can().into())
    );
    #[cfg(unix)]
    assert_eq!(mode(&world, "results/print.json"), 0o600);

    let (password, reader) = (can(), "virtual:@one.chip");
    let verify = [
        "verify",
        "-r",
        reader,
        "--can",
        &password,
        "--trust",
        "@csca",
        "--require-clone-proof",
    ];
    let verified = world.eid(&verify).expect(0);
    assert!(verified.output.contains("GENUINE"), "{}", verified.output);
    // Its administration keys are the issuer's, which the station never had.
    world
        .eid(&[
            "card",
            "deactivate",
            "-r",
            reader,
            "--can",
            &password,
            "--issuer-keys",
            "@issuer.keys",
            "--force",
        ])
        .expect(0);
    // The card is no blank chip any more.
    issue(&world, "one.chip", SCRIPT, "@again", &[]).expect_failure(3, "not a blank chip");
    assert!(!world.path("again").exists());
}

#[test]
fn who_gets_nothing_from_a_script() {
    let world = prepared_world();
    world.eid(&PREPARE).expect(0);
    let refused = |change: &[(&str, &str)], code: u8, cause: &str| {
        let outcome = issue(&world, "one.chip", SCRIPT, "@results", change).expect_failure(code, cause);
        assert!(!world.path("results").exists(), "something was left behind");
        outcome
    };
    refused(&[("--station-key", "@other.key")], 3, "sealed for another key");
    refused(&[("--office", "@other.key.pub")], 3, "made by another office");
    refused(&[("--office", "@station.key.pub")], 3, "made by another office");
    refused(&[("--office", "@office.key")], 3, "not a key file");
    refused(&[("--station-key", "@station.key.pub")], 3, "not a key file");
    refused(&[("--script", IMAGE)], 3, "not an eid.cardscript/1 file");
    refused(&[("--script", "@record.json")], 3, "not a sealed file");
    refused(&[("--script", "@missing.cardscript")], 3, "missing.cardscript");
    let both = [
        "issue",
        "--script",
        SCRIPT,
        "--station-key",
        "@station.key",
        "--office",
        "@office.key.pub",
        "--record",
        "x",
    ];
    world.eid(&both).expect(2);
    world.eid(&["issue", "--script", SCRIPT]).expect(2);

    // Another chip, of the same issuer.
    world
        .eid(&[
            "card",
            "create",
            "--memory",
            "@two.chip",
            "--issuer-keys",
            "@issuer.keys",
            "--serial",
            "000000000000000000AA",
        ])
        .expect(0);
    refused(
        &[("-r", "virtual:@two.chip")],
        14,
        "000000000000000000AA, the script is for 30313233343536373839",
    );
    // A flipped byte, sampled here; each byte of a sealed file has its turn in the tests of `personalization`.
    let good = fs::read(world.path("out/30313233343536373839.cardscript")).expect("script");
    let sampled = (0..256)
        .step_by(13)
        .chain((256..good.len()).step_by(good.len() / 12));
    for at in sampled {
        let mut bytes = good.clone();
        bytes[at] ^= 0x10;
        world.write("changed.cardscript", &bytes);
        let outcome = issue(&world, "one.chip", "@changed.cardscript", "@results", &[]).expect(3);
        assert!(
            outcome.messages.contains("changed.cardscript: "),
            "byte {at}: {}",
            outcome.messages
        );
    }
    // Nothing of all that cost the chip anything.
    issue(&world, "one.chip", SCRIPT, "@results", &[]).expect(0);
}

#[test]
fn plumbing_pulled_cards_and_a_script_that_is_used_up() {
    let world = prepared_world();
    let mut few = PREPARE.to_vec();
    few.extend(["--attempts", "2"]);
    let card_id = world.eid(&few).expect(0).json()["card_id"].clone();
    for _ in 0..2 {
        world.readers().pull.set(Some((12, Moment::BeforeAnswer)));
        issue(&world, "one.chip", SCRIPT, "@results", &[]).expect_failure(11, "the card was removed");
        assert!(!world.path("results").exists());
    }
    world.readers().pull.set(None);
    let used_up = issue(&world, "one.chip", SCRIPT, "@results", &[]).expect_failure(
        14,
        "the chip's sequence counter is 4, the script loads from 2 to 3",
    );
    assert!(
        used_up.messages.contains("eid prepare --image"),
        "{}",
        used_up.messages
    );

    // The office writes the same card down again, without record and signer.
    let again = |change: &[&str]| {
        let mut arguments = vec![
            "prepare",
            "--image",
            IMAGE,
            "--issuer-keys",
            "@issuer.keys",
            "--stock",
            "@stock",
            "--office-key",
            "@office.key",
            "--station",
            "@station.key.pub",
            "--out",
            "@later",
            "--json",
            "--sequence",
            "4",
        ];
        arguments.extend(change);
        world.eid(&arguments)
    };
    let prepared = again(&[]).expect(0).json();
    assert_eq!(
        (&prepared["card_id"], &prepared["first_sequence"]),
        (&card_id, &4.into())
    );
    assert!(prepared["image"].is_null());
    let later = "@later/30313233343536373839.cardscript";
    let receipt = issue(&world, "one.chip", later, "@results", &[("--log-level", "info")]).expect(0);
    assert!(
        receipt.output.contains(card_id.as_str().expect("text")),
        "{}",
        receipt.output
    );
    // Never over what is there.
    again(&[]).expect_failure(21, "cardscript");
    let stock = Stock::open(&world.path("stock")).expect("stock");
    stock.give_back(&SERIAL).expect("given back");
    fs::remove_dir_all(world.path("later")).expect("removed");
    again(&[]).expect_failure(3, "no chip with the serial number");
    stock
        .take(&SERIAL, "CARD000000000099", "2026-11-24T09:00:00Z")
        .expect("taken");
    again(&[]).expect_failure(3, "taken for card CARD000000000099");
}

#[test]
fn what_cannot_be_prepared() {
    let world = prepared_world();
    let refused = |change: &[(&str, &str)], code: u8, cause: &str| {
        let mut arguments = PREPARE.to_vec();
        arguments.retain(|argument| *argument != "--json");
        for (option, value) in change {
            match arguments.iter().position(|argument| argument == option) {
                Some(at) => arguments[at + 1] = value,
                None => arguments.extend([*option, *value]),
            }
        }
        world.eid(&arguments).expect_failure(code, cause);
        assert!(!world.path("out").exists(), "something was left behind");
        let listed = world
            .eid(&["stock", "list", "--stock", "@stock"])
            .expect(0)
            .output;
        assert!(listed.ends_with("free\n"), "{listed}");
    };
    refused(
        &[("--chip", "00000000000000000000")],
        3,
        "no chip with the serial number",
    );
    refused(&[("--chip", "30")], 2, "not 20 hexadecimal digits");
    refused(&[("--profile", "icao-td1")], 3, "no chip in stock is free");
    refused(
        &[("--profile", "icao-td1"), ("--chip", "30313233343536373839")],
        3,
        "did not draw the keys",
    );
    refused(&[("--stock", "@csca")], 3, "no stock of chips");
    refused(&[("--station", "@station.key")], 3, "not a key file");
    refused(&[("--office-key", "@office.key.pub")], 3, "not a key file");
    refused(&[("--sequence", "16777215")], 2, "within the chip's counter");
    world.write("wrong.json", b"{}");
    refused(&[("--record", "@wrong.json")], 3, "wrong.json");
    // A disk that is full at the first file leaves nothing, at the second the office's file and the chip's place.
    world.fill_disk_for(Some("30313233343536373839.cardimg"));
    refused(&[], 21, "cardimg");
    world.fill_disk_for(Some("30313233343536373839.cardscript"));
    let half = world.eid(&PREPARE).expect(21);
    assert!(half.messages.contains("prepare --image"), "{}", half.messages);
    world.fill_disk_for(None);
    assert!(world.path("out/30313233343536373839.cardimg").exists());
    let taken = world
        .eid(&["stock", "list", "--stock", "@stock"])
        .expect(0)
        .output;
    assert!(taken.contains("taken for card"), "{taken}");
    fs::remove_dir_all(world.path("out")).expect("removed");
    let stock = Stock::open(&world.path("stock")).expect("stock");
    stock.give_back(&SERIAL).expect("given back");
    // The chip goes to one card.
    world.eid(&PREPARE).expect(0);
    let mut second = PREPARE;
    second[18] = "@other-out";
    world.eid(&second).expect(3);
    let mut named = second.to_vec();
    named.extend(["--chip", "30313233343536373839"]);
    let outcome = world.eid(&named).expect(3);
    assert!(
        outcome.messages.contains("was taken for card"),
        "{}",
        outcome.messages
    );
    assert!(!world.path("other-out").exists());
}
