//! The real smart card stack: a `pcscd` that the test starts itself, the virtual card behind it, the program `eid` and
//! foreign programs in front of it.

#![allow(
    clippy::disallowed_methods,
    reason = "a test's own files, and waits for processes that it started"
)]

#[path = "pcscd/floor.rs"]
mod floor;
#[path = "pcscd/killed.rs"]
mod killed;
#[path = "pcscd/lab.rs"]
mod lab;
#[path = "support/office.rs"]
mod office;
#[path = "support/private_pcscd.rs"]
mod private_pcscd;
#[path = "pcscd/served.rs"]
mod served;
#[path = "pcscd/station.rs"]
mod station;
#[path = "support/virtual_card.rs"]
mod virtual_card;

use std::fs;
use std::path::Path;
use std::process::Command;

use office::{HOLDER, Office, PASSPHRASE};
use private_pcscd::PrivatePcscd;
use virtual_card::VirtualCardInReader;

/// The harness itself: the service is private, shows its reader to a foreign program and is gone afterwards.
#[test]
fn the_private_service_shows_its_reader_and_ends_with_its_guard() {
    let service = PrivatePcscd::start();
    let process = format!("/proc/{}", service.process_id());
    let readers = opensc_tool(&service, &["--list-readers"]);
    assert!(readers.contains("Test PCD 00 00"), "{readers}\n{}", service.log());
    assert!(Path::new(&process).exists());
    drop(service);
    assert!(!Path::new(&process).exists(), "pcscd is still running");
}

#[test]
fn plumbing_a_card_is_issued_and_verified_through_pcsc() {
    let service = PrivatePcscd::start();
    let office = Office::open(&service.socket());
    office.make_chip("one.chip");
    let card = VirtualCardInReader::insert(&office, &service, "one.chip");
    let issued = office.issue("out").expect(0);
    let can = office.printed_can("out");
    issued.assert_silent_about(&[&can, PASSPHRASE]);

    let verified = office
        .eid(&[
            "verify", "--can", &can, "--trust", "csca", "--save", "saved", "--json",
        ])
        .expect(0);
    verified.assert_silent_about(&[&can]);
    let report = verified.json();
    assert_eq!(report["schema"], "eid.verify/1");
    assert_eq!(report["verdict"], "GENUINE");
    assert_eq!(report["access"]["protocol"], "PACE");
    assert!(report["holder"].to_string().contains(HOLDER), "{report}");
    let face = test_vectors::specimen(test_vectors::SPECIMEN_FACE);
    let saved = fs::read_dir(office.path("saved")).expect("saved files");
    let found = saved
        .map(|entry| fs::read(entry.expect("entry").path()).expect("file"))
        .any(|file| file == face);
    assert!(found, "the face was not saved as it was supplied");
    drop(card);

    // The chip's memory is a file: another process, another power-on, the same card.
    let _card = VirtualCardInReader::insert(&office, &service, "one.chip");
    office
        .eid(&["verify", "--can", &can, "--trust", "csca"])
        .expect(0);
}

/// A counter whose operator types the number of each card as it comes, and ends the day with Ctrl-C.
#[test]
fn plumbing_a_counter_watches_while_cards_come_and_go() {
    use std::io::{BufRead, BufReader, Read, Write};
    use std::os::unix::process::ExitStatusExt;

    let service = PrivatePcscd::start();
    let office = Office::open(&service.socket());
    office.make_chip("one.chip");
    let card = VirtualCardInReader::insert(&office, &service, "one.chip");
    office.issue("out").expect(0);
    drop(card);
    let can = office.printed_can("out");

    let mut counter = office.spawn_with_input(&["verify", "--watch", "--json", "--trust", "csca"]);
    let mut keyboard = counter.stdin.take().expect("a standard input");
    let output = BufReader::new(counter.stdout.take().expect("a standard output"));
    let (sender, verdicts) = std::sync::mpsc::channel();
    let reading = std::thread::spawn(move || {
        for line in output.lines() {
            sender.send(line.expect("a line")).expect("the test");
        }
    });
    for _ in 0..2 {
        let card = VirtualCardInReader::insert(&office, &service, "one.chip");
        writeln!(keyboard, "{can}").expect("typed");
        let line = verdicts
            .recv_timeout(std::time::Duration::from_secs(60))
            .expect("a verdict");
        let report: serde_json::Value = serde_json::from_str(&line).expect("one object a line");
        assert_eq!(report["verdict"], "GENUINE", "{report}");
        assert!(
            report["reader"]
                .as_str()
                .is_some_and(|name| name.contains("Test PCD")),
            "{report}"
        );
        drop(card);
    }
    let interrupted = Command::new("kill")
        .args(["-INT", &counter.id().to_string()])
        .status();
    assert!(interrupted.expect("kill").success());
    // A shell makes 130 of it.
    assert_eq!(counter.wait().expect("an end").signal(), Some(2));
    reading.join().expect("nothing but verdicts was told");
    let mut messages = String::new();
    counter
        .stderr
        .take()
        .expect("a standard error")
        .read_to_string(&mut messages)
        .expect("UTF-8");
    assert!(
        !messages.contains("error:") && !messages.contains(&can),
        "{messages}"
    );
    assert_eq!(messages.matches("Its CAN or MRZ").count(), 2, "{messages}");
    office.assert_left_no_trace_of(&[&can, HOLDER]);
}

#[test]
fn foreign_programs_see_a_card_and_get_no_further_than_a_stranger_may() {
    let service = PrivatePcscd::start();
    let office = Office::open(&service.socket());
    office.make_chip("one.chip");
    let _card = VirtualCardInReader::insert(&office, &service, "one.chip");
    office.issue("out").expect(0);

    let atr = opensc_tool(&service, &["--atr"]);
    assert!(atr.trim().starts_with("3b:"), "no answer to reset: {atr}");
    // In the clear: select the application, EF.CardAccess and its content.
    let answer = opensc_send(&service, &["00A4040C07A0000002471001", "00B0810000"]);
    assert_eq!(
        status_words(&answer),
        ["9000", "6982"],
        "DG1 without a session: {answer}"
    );
    let answer = opensc_send(&service, &["00A4000C023F00", "00A4020C02011C", "00B0000000"]);
    assert_eq!(status_words(&answer)[..2], ["9000", "9000"], "{answer}");
    // The content begins with a SET of SecurityInfos and holds id-PACE-ECDH-GM-AES-CBC-CMAC-128.
    assert!(
        answer.replace([' ', '\n'], "").contains("04007F0007020204020"),
        "{answer}"
    );
    // A card in use takes no personalisation command.
    let answer = opensc_send(
        &service,
        &["00A4040008A000000151000000", "8050300008000102030405060700"],
    );
    assert_ne!(
        status_words(&answer)[1],
        "9000",
        "INITIALIZE UPDATE in an operational card: {answer}"
    );
}

#[test]
fn a_wrong_can_is_its_own_exit_code_and_is_not_repeated_in_what_is_said() {
    let service = PrivatePcscd::start();
    let office = Office::open(&service.socket());
    office.make_chip("one.chip");
    let _card = VirtualCardInReader::insert(&office, &service, "one.chip");
    office.issue("out").expect(0);
    let can = office.printed_can("out");
    let wrong = if can == "314159" { "271828" } else { "314159" };
    let failed = office
        .eid(&["verify", "--can", wrong, "--trust", "csca", "--save", "saved"])
        .expect_failure(12);
    failed.assert_silent_about(&[wrong, &can, HOLDER]);
    office.assert_left_no_trace_of(&[wrong, &can, HOLDER]);
    assert!(
        !office.path("saved").exists(),
        "a failed verification saved something"
    );
}

#[test]
fn a_card_pulled_while_it_is_issued_can_be_issued_again() {
    let service = PrivatePcscd::start();
    let office = Office::open(&service.socket());
    // Early in the authentication, in the middle of loading, and while it is read back.
    for commands in [3, 20, 50] {
        let (memory, out) = (format!("{commands}.chip"), format!("out-{commands}"));
        office.make_chip(&memory);
        let card = VirtualCardInReader::insert_to_be_pulled(&office, &service, &memory, commands);
        let failed = office.issue(&out).expect_failure(11);
        failed.assert_silent_about(&[HOLDER, PASSPHRASE]);
        office.assert_left_no_trace_of(&[HOLDER, PASSPHRASE]);
        drop(card);
        assert!(
            !office.path(&out).join("receipt.json").exists(),
            "a receipt for a card that was pulled"
        );

        let _card = VirtualCardInReader::insert(&office, &service, &memory);
        office.issue(&out).expect(0);
        let can = office.printed_can(&out);
        office
            .eid(&["verify", "--can", &can, "--trust", "csca"])
            .expect(0);
    }
}

#[test]
fn a_card_pulled_while_it_is_verified_is_said_to_be_gone() {
    let service = PrivatePcscd::start();
    let office = Office::open(&service.socket());
    office.make_chip("one.chip");
    let card = VirtualCardInReader::insert(&office, &service, "one.chip");
    office.issue("out").expect(0);
    drop(card);
    let can = office.printed_can("out");
    let _card = VirtualCardInReader::insert_to_be_pulled(&office, &service, "one.chip", 9);
    let failed = office
        .eid(&["verify", "--can", &can, "--trust", "csca", "--save", "saved"])
        .expect_failure(11);
    failed.assert_silent_about(&[&can, HOLDER]);
    office.assert_left_no_trace_of(&[&can, HOLDER]);
    assert!(!office.path("saved").exists(), "half a card was saved");
}

/// PC/SC's own notion of a card that leaves and comes back.
#[test]
fn a_card_that_is_put_back_is_read_on() {
    let service = PrivatePcscd::start();
    let office = Office::open(&service.socket());
    office.make_chip("one.chip");
    let card = VirtualCardInReader::insert(&office, &service, "one.chip");
    office.issue("out").expect(0);
    drop(card);
    let can = office.printed_can("out");
    let card = VirtualCardInReader::insert_to_be_pulled(&office, &service, "one.chip", 12);
    let verification = office.spawn(&[
        "verify",
        "--can",
        &can,
        "--trust",
        "csca",
        "--put-back",
        "60",
        "--json",
    ]);
    // Comes back when PC/SC has noticed that it left.
    card.wait_until_pulled();
    drop(card);
    let _card = VirtualCardInReader::insert(&office, &service, "one.chip");
    let verified = office.finish(verification).expect(0);
    assert_eq!(verified.json()["verdict"], "GENUINE");
    assert!(verified.stderr.contains("put it back"), "{}", verified.stderr);
}

#[test]
fn without_a_service_a_reader_or_a_card_the_exit_code_is_10() {
    let service = PrivatePcscd::start();
    let office = Office::open(&service.socket());
    let verify = ["verify", "--can", "123456", "--trust", "csca"];
    office
        .eid(&verify)
        .expect_failure(10)
        .assert_silent_about(&["123456"]);
    office.eid(&["readers"]).expect(0);

    let empty = PrivatePcscd::start_without_reader();
    let office = Office::open(&empty.socket());
    let no_reader = office.eid(&verify).expect_failure(10);
    assert!(no_reader.stderr.contains("reader"), "{}", no_reader.stderr);

    let office = Office::open(Path::new("/nonexistent/pcscd.comm"));
    let no_service = office.eid(&verify).expect_failure(10);
    assert!(no_service.stderr.contains("pcscd"), "{}", no_service.stderr);
    no_service.assert_silent_about(&["123456"]);
}

fn opensc_tool(service: &PrivatePcscd, arguments: &[&str]) -> String {
    let output = Command::new("opensc-tool")
        .args(arguments)
        .env("PCSCLITE_CSOCK_NAME", service.socket())
        .output()
        .expect("opensc-tool (package opensc)");
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

/// Sends raw APDUs in one connection.
fn opensc_send(service: &PrivatePcscd, apdus: &[&str]) -> String {
    // Without a card driver of its own opinion: bytes out, bytes in.
    let mut arguments = vec!["--card-driver", "default"];
    arguments.extend(apdus.iter().flat_map(|apdu| ["--send-apdu", apdu]));
    opensc_tool(service, &arguments)
}

/// The status words in the order of the answers: opensc-tool prints `Received (SW1=0x90, SW2=0x00)`.
fn status_words(answer: &str) -> Vec<String> {
    answer
        .lines()
        .filter_map(|line| {
            let (_, rest) = line.split_once("SW1=0x")?;
            let (sw1, rest) = rest.split_once(", SW2=0x")?;
            Some(format!("{}{}", sw1, rest.get(..2)?).to_uppercase())
        })
        .collect()
}
