//! The same on the command line: exit codes, words, files.

use std::fs;

use host_issuer::environment::SystemDisk;
use host_issuer::ledger::event::Role;
use host_issuer::ledger::sqlite::SqliteLedger;
use host_issuer::station::officers;
use host_issuer::station::place::NewStation;
use host_issuer::station::vault::Vault;
use personalization::approval::Officer;
use personalization::key_file::Passphrase;

use crate::ledger_events::{Station, card_id, hex};
use crate::shop;
use crate::world::{PASSPHRASE, SERIAL, World};

/// An office with a station of two officers, and a chip in its stock.
fn station() -> World {
    let world = World::with_office();
    for name in ["an", "binh"] {
        let out = format!("@{name}");
        world
            .eid(&["approve", "init", "--name", name, "--out", &out])
            .expect(0);
    }
    make_station(&world, "station", "hn-01", 1);
    world.make_chip("one.chip");
    world
        .eid(&[
            "stock",
            "register",
            "--station",
            "@station",
            "--operator",
            "an",
            "--delivery",
            "delivery-1",
            "--applet-version",
            "0.1.0",
            "@one.chip.manifest.json",
        ])
        .expect(0);
    world
}

fn make_station(world: &World, directory: &str, name: &str, ledger: u8) {
    let new = NewStation::begin(&world.path(directory), name, &SystemDisk).unwrap();
    let entry = |who: &str, role| {
        let json = fs::read(world.path(who).join("officer.json")).unwrap();
        officers::entry(&Officer::from_json(&json).unwrap(), role)
    };
    let set =
        officers::first_set(vec![entry("an", Role::Operator), entry("binh", Role::Supervisor)]).unwrap();
    shop::create(&new.layout().ledger(), name, ledger, set);
    let passphrase = Passphrase::new(PASSPHRASE);
    Vault::create(&new.layout().vault_key(), &passphrase, &mut getrandom::SysRng).unwrap();
    new.finish(&hex(ledger, 32), &SystemDisk).unwrap();
}

/// Asks as An and has Bình say yes; the files are NAME and NAME.yes.
fn ask(world: &World, name: &str, purpose: &str, more: &[&str]) {
    let (out, yes) = (format!("@{name}"), format!("@{name}.yes"));
    let mut arguments = vec![
        "approve",
        "request",
        "--station",
        "@station",
        "--officer",
        "@an",
        "--purpose",
        purpose,
        "--out",
        &out,
    ];
    arguments.extend(more);
    world.eid(&arguments).expect(0);
    let signed = world
        .eid(&["approve", "sign", &out, "--officer", "@binh", "--out", &yes])
        .expect(0);
    assert!(
        signed.messages.contains("an asks"),
        "said in words first: {}",
        signed.messages
    );
}

#[test]
fn plumbing_a_chip_is_released_by_two_people_and_looked_at() {
    let world = station();
    let serial = hex::encode_upper(SERIAL);
    let station = ["--station", "@station", "--operator", "an"];
    let run = |command: &[&str], more: &[&str]| {
        let arguments: Vec<&str> = command.iter().chain(&station).chain(more).copied().collect();
        world.eid(&arguments)
    };
    let show = world
        .eid(&[
            "stock",
            "show",
            "--station",
            "@station",
            "-r",
            "virtual:@one.chip",
            "--json",
        ])
        .expect(0)
        .json();
    assert_eq!(
        (&show["serial"], &show["state"]),
        (&serial.as_str().into(), &"BLANK".into())
    );
    run(&["stock", "quarantine"], &["--reason", "chip.silent", &serial]).expect(0);
    run(&["stock", "quarantine"], &["--reason", "chip.silent", &serial]).expect_failure(3, "QUARANTINED");

    ask(&world, "release", "release-quarantine", &["--subject", &serial]);
    let shown = world.eid(&["approve", "show", "@release"]).expect(0);
    assert!(shown.output.contains("chip.silent"), "{}", shown.output);
    // One signature; then An twice.
    let alone = ["--request", "@release", &serial];
    run(&["stock", "release"], &alone).expect_failure(22, "a signature is missing");
    world
        .eid(&[
            "approve",
            "sign",
            "@release",
            "--officer",
            "@an",
            "--out",
            "@an.yes",
        ])
        .expect_failure(22, "an asks for this");
    let twice = ["--request", "@release", "--approval", "@release.sig", &serial];
    run(&["stock", "release"], &twice).expect_failure(22, "signed twice");
    // Another chip than the one that lies there.
    world
        .eid(&[
            "card",
            "create",
            "--memory",
            "@two.chip",
            "--issuer-keys",
            "@issuer.keys",
        ])
        .expect(0);
    let look = |chip| {
        [
            "--request",
            "@release",
            "--approval",
            "@release.yes",
            "--look",
            chip,
            &serial,
        ]
    };
    run(&["stock", "release"], &look("virtual:@two.chip")).expect_failure(3, "the chip on the reader is");
    run(&["stock", "release"], &look("virtual:@one.chip")).expect(0);
    run(&["stock", "quarantine"], &["--reason", "chip.silent", &serial]).expect(0);
    run(&["stock", "release"], &look("virtual:@one.chip")).expect_failure(22, "used before");

    ask(&world, "destroy", "destroy", &["--subject", &serial]);
    let destroyed = run(
        &["stock", "destroy"],
        &[
            "--request",
            "@destroy",
            "--approval",
            "@destroy.yes",
            &serial,
            "--json",
        ],
    );
    assert_eq!(destroyed.expect(0).json()["chips"][0]["state"], "DESTROYED");
    // A chip that nobody delivered.
    world
        .eid(&[
            "stock",
            "show",
            "--station",
            "@station",
            "-r",
            "virtual:@two.chip",
        ])
        .expect(3);
    // A stranger.
    world
        .eid(&[
            "stock",
            "spoil",
            "--station",
            "@station",
            "--operator",
            "eve",
            "--reason",
            "x",
            &serial,
        ])
        .expect_failure(22, "eve is no operator");
}

#[test]
fn plumbing_chips_go_to_another_station() {
    let world = station();
    make_station(&world, "other", "hn-02", 2);
    let serial = hex::encode_upper(SERIAL);
    let give = [
        "stock",
        "move",
        "--station",
        "@station",
        "--to",
        "hn-02",
        "--officer",
        "@an",
        "--out",
        "@chips",
        &serial,
    ];
    world.eid(&give).expect(0);
    world.eid(&give).expect(0);
    let receive = [
        "stock",
        "receive",
        "--station",
        "@other",
        "--operator",
        "an",
        "@chips",
        "--json",
    ];
    let first = world.eid(&receive).expect(0).json();
    let second = world.eid(&receive).expect(0).json();
    assert_eq!(
        (&first["arrived"][0], &second["known"][0]),
        (&serial.as_str().into(), &serial.as_str().into())
    );
    let here = world.eid(&["stock", "list", "--station", "@station"]).expect(0);
    assert_eq!(here.output, "0 chips at hn-01\n");
    let there = world
        .eid(&["stock", "list", "--station", "@other", "--state", "blank"])
        .expect(0);
    assert!(there.output.contains(&serial), "{}", there.output);
    let spoil = [
        "stock",
        "spoil",
        "--station",
        "@station",
        "--operator",
        "an",
        "--reason",
        "x",
        &serial,
    ];
    world
        .eid(&spoil)
        .expect_failure(3, "belongs to the station hn-02");
}

#[test]
fn plumbing_a_card_by_the_ledger_and_the_end_of_a_shift() {
    let world = station();
    let serial = hex::encode_upper(SERIAL);
    {
        // The card that is made of the chip, as the ledger has it.
        let ledger = SqliteLedger::open(&world.path("station/ledger.sqlite")).unwrap();
        let events = Station { store: &ledger };
        events.batch("batch-1", 1, &[(1, 1, None)]);
        let intended = match events.intend(1, 1, 1, 1) {
            host_issuer::ledger::Event::ProductionIntended {
                job,
                attempt,
                card_id,
                reader,
                ..
            } => host_issuer::ledger::Event::ProductionIntended {
                job,
                attempt,
                chip: serial.clone(),
                card_id,
                reader,
            },
            other => other,
        };
        events.add(intended).unwrap();
        for event in events.steps(1, 1) {
            events.add(event).unwrap();
        }
    }
    let card = card_id(1);
    let recalled = world
        .eid(&[
            "stock",
            "recall",
            "--station",
            "@station",
            "--applet-version",
            "0.1.0",
            "--csv",
        ])
        .expect(0);
    let expected = format!("{card},{serial},delivery-1,0.1.0,ACTIVE,2026-11-24T09:00:00Z,\r\n");
    assert!(recalled.output.ends_with(&expected), "{}", recalled.output);
    let reprint = [
        "card",
        "reprint",
        "--station",
        "@station",
        "--operator",
        "an",
        "--out",
        "@again.json",
        &card,
    ];
    world.eid(&reprint).expect_failure(3, "are gone");
    let replace = [
        "card",
        "replace",
        "--station",
        "@station",
        "--operator",
        "an",
        "--reason",
        "card.lost",
        &card,
        "--json",
    ];
    let replaced = world.eid(&replace).expect(0).json();
    assert_eq!(
        (&replaced["state"], &replaced["application"]["replaces"]),
        (&"SUSPENDED".into(), &card.as_str().into())
    );
    let revoke = [
        "card",
        "state",
        "--station",
        "@station",
        "--operator",
        "an",
        "--set",
        "revoked",
        &card,
    ];
    let mut alone = revoke.to_vec();
    alone.extend(["--reason", "card.lost"]);
    world.eid(&alone).expect_failure(22, "takes two people");
    ask(
        &world,
        "revoke",
        "revoke",
        &["--subject", &card, "--reason", "card.lost"],
    );
    let mut both = revoke.to_vec();
    both.extend(["--request", "@revoke", "--approval", "@revoke.yes", "--json"]);
    assert_eq!(world.eid(&both).expect(0).json()["state"], "REVOKED");

    // Nothing is left on the shelf; one chip too many was counted.
    world.write("counted", b"BLANK 1\n");
    let reconcile = [
        "stock",
        "reconcile",
        "--station",
        "@station",
        "--counted",
        "@counted",
    ];
    assert!(world.eid(&reconcile).expect(3).output.contains("differs"));
    world.write("counted", b"BLANK 0\n");
    world.eid(&reconcile).expect(0);
    ask(&world, "shift", "close-shift", &["--counted", "@counted"]);
    let close = [
        "stock",
        "close-shift",
        "--station",
        "@station",
        "--operator",
        "an",
        "--counted",
        "@counted",
        "--request",
        "@shift",
        "--approval",
        "@shift.yes",
    ];
    world.eid(&close).expect(0);
    world.eid(&close).expect_failure(22, "used before");
}

#[test]
fn plumbing_officers_are_replaced_and_options_mean_something() {
    let world = station();
    world
        .eid(&["approve", "init", "--name", "chi", "--out", "@chi"])
        .expect(0);
    let set = [
        "--set",
        "@an/officer.json:operator",
        "--set",
        "@binh/officer.json:supervisor",
        "--set",
        "@chi/officer.json:supervisor",
    ];
    ask(&world, "officers", "set-officers", &set);
    let mut arguments = vec![
        "approve",
        "officers",
        "--station",
        "@station",
        "--operator",
        "an",
        "--request",
        "@officers",
        "--approval",
        "@officers.yes",
    ];
    arguments.extend(set);
    let done = world.eid(&arguments).expect(0);
    assert!(done.output.contains("supervisor  chi"), "{}", done.output);
    for (purpose, more, cause) in [
        ("start-batch", vec![], "--subject is required"),
        (
            "start-batch",
            vec!["--subject", "b", "--reason", "x"],
            "--reason means nothing",
        ),
        (
            "extend-quota",
            vec!["--subject", "0A"],
            "--signatures is required",
        ),
        ("revoke", vec!["--subject", "CARD"], "--reason is required"),
        ("destroy", vec!["--subject", "xyz"], "not 20 hexadecimal digits"),
        ("close-shift", vec![], "--counted is required"),
    ] {
        let mut arguments = vec![
            "approve",
            "request",
            "--station",
            "@station",
            "--officer",
            "@an",
            "--out",
            "@never",
            "--purpose",
            purpose,
        ];
        arguments.extend(more);
        world.eid(&arguments).expect_failure(2, cause);
    }
    world
        .eid(&[
            "approve",
            "request",
            "--station",
            "@station",
            "--officer",
            "@an",
            "--out",
            "@never",
            "--purpose",
            "start-batch",
            "--subject",
            "batch-9",
        ])
        .expect_failure(3, "there is no batch batch-9");
    assert!(!world.path("never").exists());
}
