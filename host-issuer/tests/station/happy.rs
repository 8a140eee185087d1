//! Nothing goes wrong.

use host_issuer::ledger::Event;
use host_issuer::station::personalize::Done;

use crate::floor::{Floor, issued};

/// The kind of an event, as it is written.
fn kind(event: &Event) -> String {
    let json = serde_json::to_value(event).expect("JSON");
    json["kind"].as_str().expect("a kind").to_owned()
}

#[test]
fn a_card_is_made_and_the_ledger_knows_every_step_of_it() {
    let floor = Floor::with(&[1]);
    let mut chip = floor.chip(b"SPECIMEN01");
    let before = floor.events().len();
    let card = issued(floor.attend(&mut chip));
    let kinds: Vec<String> = floor.events()[before..].iter().map(kind).collect();
    assert_eq!(
        kinds,
        [
            "production_intended",
            "chip_keys_drawn",
            "signature_intended",
            "signature_made",
            "activation_intended",
            "card_issued",
        ]
    );
    // Application and draft are sealed until the card is accepted.
    assert_eq!(floor.sealed_files(), 2);
    let verified = floor.assert_issued(&card, chip);
    assert_eq!(floor.sealed_files(), 0, "personal data are left");
    let kinds: Vec<String> = floor.events()[before + kinds.len()..].iter().map(kind).collect();
    assert_eq!(kinds, ["print_data_given", "card_accepted", "job_purged"]);
    let holder = verified.holder().expect("a holder");
    assert_eq!(holder.name(), "Nguyễn Thị Mẫu");
}

#[test]
fn a_profile_with_card_security_has_two_signatures_accounted() {
    let floor = Floor::with_batch("icao-td1", &[1]);
    floor.start();
    let mut chip = floor.chip(b"SPECIMEN01");
    let card = issued(floor.attend(&mut chip));
    floor.assert_issued(&card, chip);
    use host_issuer::ledger::LedgerStore as _;
    let signer = floor.ledger.document_signer("5A").expect("read");
    assert_eq!((signer.asked, signer.made), (2, 2));
}

#[test]
fn a_chip_stays_blank_when_no_job_is_waiting() {
    let floor = Floor::with(&[1]);
    let mut first = floor.chip(b"SPECIMEN01");
    let card = issued(floor.attend(&mut first));
    let mut second = floor.chip(b"SPECIMEN02");
    let before = floor.events().len();
    assert!(matches!(floor.attend(&mut second), Ok(Done::NothingToDo)));
    assert_eq!(floor.events().len(), before);
    floor.assert_issued(&card, first);
}
