//! `eid batch run`, in this process.

use host_issuer::ledger::Event;
use host_issuer::ledger::event::ChipState;
use host_issuer::station::shift;
use host_issuer::transport::TransportError;
use personalization::attestation::StockManifest;
use serde_json::Value;

use crate::floor::{BATCH, Floor, STATION, officer, officer_path};
use crate::world::{Outcome, SERIAL, World, secrets};

fn run(world: &World, floor: &Floor, more: &[&str]) -> Outcome {
    let station = floor.path("").display().to_string();
    let officer = officer_path("an").display().to_string();
    let arguments = [
        "batch",
        "run",
        BATCH,
        "--station",
        &station,
        "--officer",
        &officer,
        "--reader",
        "virtual:@chip",
        "--ds",
        "@ds",
        "--issuer-keys",
        "@issuer.keys",
    ];
    world.eid(&[&arguments, more].concat())
}

fn registered(world: &World, floor: &Floor) {
    floor.open_for_commands();
    world.make_chip("chip");
    let manifest = std::fs::read_to_string(world.path("chip.manifest.json")).expect("a manifest");
    floor.register(&SERIAL, &StockManifest::from_json(&manifest).expect("a manifest"));
}

#[test]
fn a_run_tells_what_it_does_in_lines_of_json_and_no_secret() {
    let (world, floor) = (World::with_office(), Floor::with(&[1, 2]));
    registered(&world, &floor);
    let outcome = run(&world, &floor, &["--limit", "1", "--stop-after", "8h", "--json"]).expect(0);
    let lines: Vec<Value> = outcome
        .output
        .lines()
        .map(|line| serde_json::from_str(line).expect("a line of JSON"))
        .collect();
    let kinds: Vec<&str> = lines.iter().filter_map(|line| line["event"].as_str()).collect();
    assert_eq!(
        kinds.iter().filter(|kind| **kind == "step").count(),
        7,
        "{kinds:?}"
    );
    let others: Vec<&str> = kinds.into_iter().filter(|kind| *kind != "step").collect();
    assert_eq!(others, ["waiting", "card", "begun", "issued", "left"]);
    let last = lines.last().expect("a summary");
    assert_eq!(last["schema"], "eid.batch.run/1");
    assert_eq!(
        (&last["ended"], &last["issued"], &last["failed"]),
        (&"limit".into(), &1.into(), &0.into())
    );
    assert_eq!(last["pending"], 1);

    let issued = lines
        .iter()
        .find(|line| line["event"] == "issued")
        .expect("a card");
    let card_id = issued["card_id"].as_str().expect("an identifier");
    assert_eq!(issued["chip"], hex::encode_upper(SERIAL));
    let station = floor.path("").display().to_string();
    let at_station = ["--station", &station, "--operator", "An"];
    let card = ["--card", card_id];
    let print = world.eid(&[&["batch", "print-data"], &at_station[..], &card[..]].concat());
    let print = print.expect(0).json();
    let can = print["can"].as_str().expect("a CAN");
    let mut secrets = secrets();
    secrets.push(format!("\"{can}\""));
    let secrets: Vec<&str> = secrets.iter().map(String::as_str).collect();
    outcome.assert_silent_about(&secrets);
    world
        .eid(&[
            "verify",
            "--reader",
            "virtual:@chip",
            "--trust",
            "@csca",
            "--can",
            can,
        ])
        .expect(0);
    // Printed again into a file; then it is accepted, and that was it.
    let again = ["batch", "print-data", "--card", card_id, "--out", "@print.json"];
    world.eid(&[&again[..], &at_station[..]].concat()).expect(0);
    let file = std::fs::read(world.path("print.json")).expect("print data");
    assert_eq!(serde_json::from_slice::<Value>(&file).expect("JSON"), print);
    let accept = [&["batch", "accept"], &at_station[..], &card[..]].concat();
    let accepted = world.eid(&[&accept[..], &["--json"]].concat()).expect(0).json();
    assert_eq!(
        (&accepted["accepted"][0], &accepted["purged"]),
        (&card_id.into(), &true.into())
    );
    world.eid(&accept).expect_failure(3, "its card is accepted");
    let again = [&["batch", "print-data"], &at_station[..], &card[..]].concat();
    world.eid(&again).expect_failure(3, "was accepted");
    let reprint = ["card", "reprint", card_id, "--out", "@reprint.json"];
    world
        .eid(&[&reprint[..], &at_station[..]].concat())
        .expect_failure(3, "was accepted");
}

#[test]
fn a_card_that_is_issued_is_told_and_the_job_waits_on() {
    let (world, floor) = (World::with_office(), Floor::with(&[1, 2]));
    registered(&world, &floor);
    let outcome = run(&world, &floor, &[]).expect(0);
    assert!(
        outcome.output.contains("1 issued, 0 failed, 1 waiting"),
        "{}",
        outcome.output
    );
    assert!(outcome.messages.contains("issued card"), "{}", outcome.messages);
    assert_eq!(floor.chip_view(&SERIAL).state, ChipState::Issued);

    // No chip is left in stock: that is said before anybody lays one on.
    let outcome = run(&world, &floor, &[]).expect_failure(3, "0 blank chips at hn-01");
    assert!(
        outcome.messages.contains("eid stock register"),
        "{}",
        outcome.messages
    );

    floor.chip(b"SPECIMEN77");
    let outcome = run(&world, &floor, &[]).expect(0);
    assert!(
        outcome.output.contains("0 issued, 0 failed, 1 waiting"),
        "{}",
        outcome.output
    );
    assert!(
        outcome.messages.contains("[chip.not_blank]"),
        "{}",
        outcome.messages
    );
}

#[test]
fn a_run_that_cannot_begin_says_why() {
    let (world, floor) = (World::with_office(), Floor::with_batch("vn-cc-2024", &[1]));
    registered(&world, &floor);
    run(&world, &floor, &[]).expect_failure(22, "has not been started");
    // A name alone proves nothing; a key proves only whose it is.
    let station = floor.path("").display().to_string();
    let start = ["batch", "run", BATCH, "--station", &station];
    world
        .eid(&[&start[..], &["--operator", "An"]].concat())
        .expect_failure(22, "nobody proves who makes these cards");
    run(&world, &floor, &["--operator", "Binh"]).expect_failure(22, "the key is that of An");
    for name in ["An", "Chi"] {
        let out = format!("@officer-{name}");
        world
            .eid(&["approve", "init", "--name", name, "--out", &out])
            .expect(0);
    }
    let stranger = ["--officer", "@officer-Chi"];
    world
        .eid(&[&start[..], &stranger].concat())
        .expect_failure(22, "Chi is no operator or supervisor");
    let an = officer_path("an").display().to_string();
    let other = ["batch", "run", "other", "--station", &station, "--officer", &an];
    world.eid(&other).expect_failure(3, "there is no batch other");
    let office = [
        "--ds",
        "@ds",
        "--issuer-keys",
        "@issuer.keys",
        "--reader",
        "virtual:@chip",
    ];
    let namesake = [&start[..], &office, &["--officer", "@officer-An"]].concat();
    world
        .eid(&namesake)
        .expect_failure(22, "not the key by which the ledger knows An");
    run(&world, &floor, &["--stop-after", "soon"]).expect(2);
    let opened = || {
        let events = floor.events().into_iter();
        let opened: Vec<Event> = events
            .filter(|event| matches!(event, Event::ShiftOpened { .. }))
            .collect();
        opened
    };
    // Of those that came so far: the one whose batch was not started.
    let [event] = &opened()[..] else {
        panic!("{:?}", opened());
    };
    let (ledger, an) = (floor.place.ledger_id(), officer("an"));
    shift::check_opened(event, ledger, STATION, an.officer()).expect("An signed it");
    shift::check_opened(event, ledger, "hcm-02", an.officer()).expect_err("for this station alone");
    shift::check_opened(event, ledger, STATION, officer("binh").officer()).expect_err("and not Binh");
    // Another run has the station.
    let lock = floor
        .place
        .lock_run(&host_issuer::environment::SystemDisk)
        .expect("locked");
    run(&world, &floor, &[]).expect_failure(21, "another run");
    drop(lock);
}

#[test]
fn the_doctor_looks_at_a_station_as_a_run_does() {
    let (world, floor) = (World::with_office(), Floor::with(&[1, 2]));
    floor.open_for_commands();
    let station = floor.path("").display().to_string();
    let doctor = |world: &World| world.eid(&["doctor", "--station", &station, "--ds", "@ds", "--json"]);
    world.readers().broken.set(Some(|| TransportError::NoReader));
    let checks = |outcome: &Outcome| -> Vec<(String, String)> {
        let text = |check: &Value, name: &str| check[name].as_str().expect("text").to_owned();
        let json = outcome.json();
        let checks = json["checks"].as_array().expect("checks");
        checks
            .iter()
            .map(|check| (text(check, "id"), text(check, "state")))
            .collect()
    };
    let found = checks(&doctor(&world));
    for (id, state) in [
        ("ledger", "ready"),
        ("signer", "ready"),
        ("officers", "ready"),
        ("stock.none", "missing"),
    ] {
        assert!(found.contains(&(id.into(), state.into())), "{id}: {found:?}");
    }
    floor.chip(b"SPECIMEN77");
    let found = checks(&doctor(&world));
    assert!(
        found.contains(&("stock.few".into(), "attention".into())),
        "{found:?}"
    );
    world
        .eid(&["doctor", "--station", "@nowhere"])
        .expect_failure(3, "no station");
}
