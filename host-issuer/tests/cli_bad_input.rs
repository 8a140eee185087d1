//! Whatever is wrong with what an operator gives: one `error:` line that names field or cause, a `hint:`, the exit code,
//! nothing half-written, and nothing said of CAN, keys or holder.

#[path = "support/world.rs"]
mod world;

use std::path::PathBuf;

use host_issuer::transport::TransportError;
use host_issuer::transport::pulled::Moment;
use personalization::key_file::Passphrase;
use personalization::keys::IssuerMasterKeys;
use world::{HOLDER, Outcome, PASSPHRASE, World, can};

#[track_caller]
fn assert_says_nothing(outcome: &Outcome) {
    let secrets = world::secrets();
    outcome.assert_silent_about(&secrets.iter().map(String::as_str).collect::<Vec<_>>());
}

/// A search for the wrong thing finds nothing.
#[test]
fn the_secrets_that_are_searched_for_are_the_real_ones() {
    let world = World::with_office();
    let file =
        IssuerMasterKeys::open(&world.path("issuer.keys"), &Passphrase::new(PASSPHRASE)).expect("the keys");
    assert_eq!(
        file.check_value(),
        IssuerMasterKeys::from_bytes(world::master_key()).check_value()
    );
    world.make_chip("one.chip");
    world.issue("one.chip", "out", &[]).expect(0);
    let print = std::fs::read_to_string(world.path("out/print.json")).expect("print.json");
    for secret in [&can(), HOLDER, "001196000017"] {
        assert!(print.contains(secret), "{secret}");
    }
    let chip_keys = file.chip_keys(&world::SERIAL);
    assert!(world::secrets().contains(&hex::encode(chip_keys.enc)));
}

/// Runs an issuance that must fail before anything is written; the chip is as it was.
#[track_caller]
fn refused(world: &World, code: u8, cause: &str, change: &[(&str, &str)]) {
    let before = world.all_files();
    let outcome = world
        .issue("blank.chip", "out", change)
        .expect_failure(code, cause);
    assert_says_nothing(&outcome);
    assert_eq!(world.all_files(), before, "something was left behind");
    assert!(!world.path("out").exists(), "an empty directory was left behind");
}

fn template(world: &World) -> serde_json::Value {
    serde_json::from_str(&world.eid(&["record", "template"]).expect(0).output).expect("JSON")
}

fn record_with(world: &World, field: &str, value: &str) {
    let mut record = template(world);
    record[field] = value.into();
    world.write("wrong.json", record.to_string().as_bytes());
}

#[test]
fn records_that_break_a_rule() {
    let world = World::with_office();
    world.make_chip("blank.chip");
    for (field, value) in [
        // The century and sex digit says male.
        ("citizen_number", "001096000017"),
        ("citizen_number", "00119600001"),
        ("birth_date", "1996-02-30"),
        ("birth_date", "12/08/1996"),
        ("full_name", "Nguyễn 漢字 Mẫu"),
        ("expiry_date", "2020-01-01"),
        ("sex", "f"),
    ] {
        record_with(&world, field, value);
        let check = world
            .eid(&["record", "check", "@wrong.json"])
            .expect_failure(3, field);
        assert_says_nothing(&check);
        refused(&world, 3, field, &[("--record", "@wrong.json")]);
    }
    let mut unknown = template(&world);
    unknown["spuose"] = "Lê Văn Mẫu".into();
    world.write("wrong.json", unknown.to_string().as_bytes());
    refused(&world, 3, "spuose", &[("--record", "@wrong.json")]);
    world.write("wrong.json", b"{");
    refused(&world, 3, "wrong.json", &[("--record", "@wrong.json")]);
    refused(&world, 3, "missing.json", &[("--record", "@missing.json")]);
}

#[test]
fn photos_that_are_no_portrait() {
    let world = World::with_office();
    world.make_chip("blank.chip");
    let face = test_vectors::specimen(test_vectors::SPECIMEN_FACE);
    for (length, cause) in [
        (face.len() - 1, "truncated"),
        (face.len() / 2, "the image"),
        (100, "the image"),
        (0, "the image"),
    ] {
        world.write("wrong.jp2", &face[..length]);
        let before = world.all_files();
        let outcome = world.issue("blank.chip", "out", &[("--photo", "@wrong.jp2")]);
        let outcome = outcome.expect(3);
        assert!(outcome.messages.contains("wrong.jp2"), "{}", outcome.messages);
        assert!(
            outcome.messages.contains(cause) || outcome.messages.contains("the image"),
            "{}",
            outcome.messages
        );
        assert_says_nothing(&outcome);
        assert_eq!(world.all_files(), before);
    }
    world.write("wrong.jp2", b"GIF89a");
    refused(
        &world,
        3,
        "neither a JPEG nor a JPEG 2000",
        &[("--photo", "@wrong.jp2")],
    );
}

#[test]
fn profiles_keys_and_signers_that_are_none() {
    let world = World::with_office();
    world.make_chip("blank.chip");
    refused(&world, 3, "vn-cccd-1999", &[("--profile", "vn-cccd-1999")]);
    world.write("wrong.toml", b"name = 1");
    refused(&world, 3, "wrong.toml", &[("--profile", "@wrong.toml")]);
    refused(&world, 3, "ds.der", &[("--ds", "@csca")]);
    refused(&world, 3, "missing.keys", &[("--issuer-keys", "@missing.keys")]);
    world.write("passphrase.txt", b"not the right one\n");
    refused(
        &world,
        3,
        "issuer.keys: wrong passphrase",
        &[("--passphrase-file", "@passphrase.txt")],
    );
    world.write("passphrase.txt", b"");
    refused(
        &world,
        3,
        "passphrase.txt: the file is empty",
        &[("--passphrase-file", "@passphrase.txt")],
    );
}

#[test]
fn another_issuers_key() {
    let world = World::with_office();
    world.make_chip("blank.chip");
    world.eid(&["keys", "init", "--out", "@other.keys"]).expect(0);
    refused(&world, 13, "issuer's key", &[("--issuer-keys", "@other.keys")]);
    // The right key still opens the chip.
    world.issue("blank.chip", "out", &[]).expect(0);
}

#[test]
fn no_service_no_reader_no_card() {
    let world = World::with_office();
    world.make_chip("blank.chip");
    type Case = (fn() -> TransportError, u8, &'static str);
    let cases: [Case; 6] = [
        (
            || TransportError::NoPcscd {
                detail: "not running".into(),
            },
            10,
            "PC/SC service does not answer",
        ),
        (|| TransportError::NoReader, 10, "no smart card reader"),
        (
            || TransportError::NoCard { reader: "R".into() },
            10,
            "no card in R",
        ),
        (
            || TransportError::SeveralReaders {
                candidates: vec!["A".into(), "B".into()],
            },
            10,
            "0: A, 1: B",
        ),
        (|| TransportError::ReaderGone, 10, "reader was disconnected"),
        (|| TransportError::Mute, 14, "mute"),
    ];
    for (error, code, cause) in cases {
        world.readers().broken.set(Some(error));
        refused(&world, code, cause, &[]);
        let verified = world.eid(&["verify", "--can", &can(), "--trust", "@csca", "--save", "@saved"]);
        assert_says_nothing(&verified.expect_failure(code, cause));
        assert!(!world.path("saved").exists());
    }
    world.readers().broken.set(None);
    refused(
        &world,
        3,
        "missing.chip",
        &[("--reader", "virtual:@missing.chip")],
    );
}

/// Until the last command nothing is operational and no file is there, and the chip can be issued again.
#[test]
fn a_card_pulled_in_the_middle_of_an_issuance() {
    let world = World::with_office();
    world.make_chip("whole.chip");
    world.issue("whole.chip", "whole", &[]).expect(0);
    let receipt = std::fs::read_to_string(world.path("whole/receipt.json")).expect("a receipt");
    let receipt: serde_json::Value = serde_json::from_str(&receipt).expect("JSON");
    let commands = usize::try_from(receipt["wire"]["apdus"].as_u64().expect("a number")).expect("small");
    assert!(commands > 20, "{commands}");

    world.make_chip("pulled.chip");
    let before = world.all_files();
    // The loader's own test pulls the card at every single command; here it is what the command line makes of it.
    let last = commands - 1;
    for command in (0..last).step_by(4).chain([last - 1, last]) {
        let moment = match command % 8 {
            0 => Moment::BeforeAnswer,
            _ => Moment::BeforeCommand,
        };
        if (command, moment) == (last, Moment::BeforeAnswer) {
            continue;
        }
        world.readers().pull.set(Some((command, moment)));
        // The very last command activates: the host cannot know whether it arrived.
        let cause = if command == last {
            "activated or not"
        } else {
            "removed"
        };
        let outcome = world.issue("pulled.chip", "out", &[]).expect_failure(11, cause);
        assert_says_nothing(&outcome);
        assert_eq!(world.all_files(), before, "command {command}");
    }
    // The chips themselves know it, and the printer has to.
    let may_know = ["whole/print.json", "whole.chip", "pulled.chip"];
    assert_eq!(world.files_with(&[&can()], &may_know), Vec::<PathBuf>::new());

    world.readers().pull.set(None);
    world.issue("pulled.chip", "out", &[]).expect(0);
    let verify = [
        "verify",
        "--reader",
        "virtual:@pulled.chip",
        "--trust",
        "@csca",
        "--can",
        &can(),
    ];
    world.eid(&verify).expect(0);

    // The answer to the last command is lost: this card is operational, and there is no receipt for it.
    world.make_chip("unknown.chip");
    world.readers().pull.set(Some((last, Moment::BeforeAnswer)));
    let outcome = world
        .issue("unknown.chip", "unknown", &[])
        .expect_failure(11, "activated or not");
    assert_says_nothing(&outcome);
    assert!(!world.path("unknown").exists());
    world.readers().pull.set(None);
    let info = world
        .eid(&["card", "info", "--reader", "virtual:@unknown.chip", "--json"])
        .expect(0)
        .json();
    assert_eq!(info["life_cycle"], "operational, activated");
}

#[test]
fn a_card_pulled_at_any_command_of_a_verification() {
    let world = World::with_office();
    world.make_chip("one.chip");
    world.issue("one.chip", "out", &[]).expect(0);
    let can = can();
    let verify = [
        "verify",
        "--reader",
        "virtual:@one.chip",
        "--trust",
        "@csca",
        "--can",
        &can,
        "--save",
        "@saved",
        "--log-level",
        "traffic",
    ];
    let before = world.all_files();
    let mut command = 0;
    loop {
        world.readers().pull.set(Some((command, Moment::BeforeAnswer)));
        let outcome = world.eid(&verify);
        if outcome.code == 0 {
            break;
        }
        assert_says_nothing(&outcome.expect_failure(11, "removed"));
        assert_eq!(world.all_files(), before, "command {command}");
        assert!(!world.path("saved").exists());
        command += 1;
    }
    assert!(command > 10, "only {command} commands");
}

#[test]
fn a_password_that_is_wrong_or_none() {
    let world = World::with_office();
    world.make_chip("one.chip");
    world.issue("one.chip", "out", &[]).expect(0);
    let wrong = if can() == "314159" { "271828" } else { "314159" };
    let verify = |option: &str, value: &str| {
        let reader = [
            "--reader",
            "virtual:@one.chip",
            "--trust",
            "@csca",
            "--save",
            "@saved",
            "--log-level",
            "traffic",
        ];
        world.eid(&[&["verify", option, value][..], &reader].concat())
    };
    let outcome = verify("--can", wrong).expect_failure(12, "does not accept");
    outcome.assert_silent_about(&[wrong]);
    assert_says_nothing(&outcome);
    assert!(!world.path("saved").exists());
    // A machine readable zone of somebody else, whose check digits hold.
    let other = "IDVNM1960000187001196000018<<29608122F3608120VNM<<<<<<<<<<<6";
    let outcome = verify("--mrz", &format!("{other}NGUYEN<<THI<MAU<<<<<<<<<<<<<<<"));
    assert!([2, 12].contains(&outcome.code), "{}", outcome.messages);
    assert_says_nothing(&outcome);
    for can in ["12345", "1234567", "12345a", ""] {
        assert_says_nothing(&verify("--can", can).expect_failure(2, "six digits"));
    }
    assert_says_nothing(&verify("--mrz", "IDVNM").expect_failure(2, "machine readable zone"));
    assert_eq!(world.eid(&["verify", "--trust", "@csca"]).expect(2).output, "");
}

#[test]
fn a_trust_directory_that_is_none() {
    let world = World::with_office();
    world.make_chip("one.chip");
    world.issue("one.chip", "out", &[]).expect(0);
    let can = can();
    let verify = |trust: &str| {
        world.eid(&[
            "verify",
            "--reader",
            "virtual:@one.chip",
            "--can",
            &can,
            "--trust",
            trust,
        ])
    };
    assert_says_nothing(&verify("@missing").expect_failure(3, "missing"));
    // A document signer is no anchor.
    assert_says_nothing(&verify("@ds").expect_failure(3, "no CSCA certificate"));
    std::fs::create_dir(world.path("damaged")).expect("directory");
    world.write("damaged/csca.der", &[0x30, 0x03, 0x02, 0x01, 0x00]);
    assert_says_nothing(&verify("@damaged").expect_failure(3, "csca.der"));
}

#[test]
fn results_are_never_overwritten_and_keys_neither() {
    let world = World::with_office();
    world.make_chip("blank.chip");
    std::fs::create_dir(world.path("taken")).expect("directory");
    for name in ["receipt.json", "print.json"] {
        world.write(&format!("taken/{name}"), b"something of value");
        let before = world.all_files();
        let outcome = world.issue("blank.chip", "taken", &[]).expect_failure(21, name);
        assert_says_nothing(&outcome);
        assert_eq!(world.all_files(), before);
        std::fs::remove_file(world.path(&format!("taken/{name}"))).expect("removed");
    }
    // The chip was not touched.
    world.issue("blank.chip", "taken", &[]).expect(0);
    world
        .eid(&["keys", "init", "--out", "@issuer.keys"])
        .expect_failure(21, "issuer.keys");
    world
        .eid(&["pki", "csca", "init", "--out", "@csca"])
        .expect_failure(21, "csca");
    world
        .eid(&[
            "card",
            "create",
            "--memory",
            "@blank.chip",
            "--issuer-keys",
            "@issuer.keys",
        ])
        .expect_failure(21, "blank.chip");
    // A card that is issued takes nothing more.
    let outcome = world
        .issue("blank.chip", "again", &[])
        .expect_failure(3, "not a blank chip");
    assert_says_nothing(&outcome);
    assert!(!world.path("again").exists());
}

/// The disk fills up after the card became operational: that is what must be said, and which result is lost.
#[test]
fn a_full_disk_at_the_very_end() {
    let world = World::with_office();
    for (name, cause) in [
        ("print.json", "print data are lost"),
        ("receipt.json", "but not its receipt"),
    ] {
        let (memory, out) = (format!("{name}.chip"), format!("{name}.out"));
        world.make_chip(&memory);
        world.fill_disk_for(Some(name));
        let outcome = world.issue(&memory, &out, &[]).expect_failure(21, cause);
        assert!(
            outcome.messages.contains("the card is issued"),
            "{}",
            outcome.messages
        );
        assert_says_nothing(&outcome);
        assert!(!world.path(&out).join(name).exists());
        world.fill_disk_for(None);
        let reader = format!("virtual:@{memory}");
        let info = world
            .eid(&["card", "info", "--reader", &reader, "--json"])
            .expect(0)
            .json();
        assert_eq!(info["life_cycle"], "operational, activated");
    }
}

#[test]
fn with_json_the_failure_is_an_object_too() {
    let world = World::with_office();
    let outcome = world.issue("missing.chip", "out", &[("--profile", "none")]);
    assert_eq!(outcome.output, "");
    let outcome = world
        .eid(&["profile", "check", "none", "--json"])
        .expect_failure(3, "none");
    let object = outcome.json();
    assert_eq!(
        (object["schema"].as_str(), object["exit_code"].as_u64()),
        (Some("eid.error/1"), Some(3))
    );
    assert_eq!(object["id"], "profile.invalid");
}
