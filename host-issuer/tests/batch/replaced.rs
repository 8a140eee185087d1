//! A card that is lost: it is suspended and its holder's application taken in at once; it is revoked when the new one is issued.

use host_issuer::ledger::event::{CardState, JobKind};
use host_issuer::ledger::{Entry, Event, LedgerStore as _};
use host_issuer::station::acceptance;

use crate::production::{Made, chip, make};
use crate::station::{Station, sealed};
use crate::work::start;

/// A station where persons 1 and 2 have their cards.
fn with_cards() -> (Station, Vec<String>) {
    let station = Station::new();
    let (batch, jobs) = station.batch_of(2);
    start(&station, &batch);
    station.append(1, (1..=3).map(chip));
    station.append(2, make(&jobs[0], 1, 1, "ACS", Made::Issued));
    station.append(2, make(&jobs[1], 1, 2, "ACS", Made::Issued));
    let cards = acceptance::waiting(&station.ledger(), None).unwrap();
    station.batch(&["accept", "--batch", &batch]).expect(0);
    (station, cards)
}

fn replace(station: &Station, card: &str, application: &str) -> crate::world::Outcome {
    station.world.write("replacement.jsonl", application.as_bytes());
    let words = ["card", "replace", card, "--reason", "card.lost", "--json"];
    let what = ["--application", "@replacement.jsonl", "--profile", "vn-cc-2024"];
    let place = ["--station", "@station", "--operator", "An"];
    station.world.eid(&[&words[..], &what, &place].concat())
}

/// The last so many events.
fn last_events(station: &Station, count: u64) -> Vec<Event> {
    let ledger = station.ledger();
    let after = ledger.head().unwrap().sequence - count;
    let events = ledger.events(after, 100).unwrap();
    let entry = |content: &[u8]| serde_json::from_slice::<Entry>(content).unwrap();
    events.iter().map(|event| entry(&event.content).event).collect()
}

#[test]
fn a_lost_card_is_suspended_with_the_application_and_revoked_with_the_new_card() {
    let (station, cards) = with_cards();
    let before = station.ledger().head().unwrap().sequence;
    let replaced = replace(&station, &cards[0], &station.person(1)).expect(0).json();
    assert_eq!(replaced["state"], "SUSPENDED");
    let (batch, job) = (
        replaced["batch"].as_str().unwrap(),
        replaced["job"].as_str().unwrap(),
    );
    // One transaction: the suspension, the batch, its job.
    let ledger = station.ledger();
    assert_eq!(ledger.head().unwrap().sequence, before + 3);
    assert!(matches!(
        &last_events(&station, 3)[..],
        [
            Event::CardChanged {
                state: CardState::Suspended,
                ..
            },
            Event::BatchCreated { jobs: 1, .. },
            Event::JobAccepted { .. },
        ]
    ));
    let view = ledger.job(&job.to_owned()).unwrap().unwrap();
    assert_eq!(
        (view.kind, view.replaces.as_ref()),
        (JobKind::Replacement, Some(&cards[0]))
    );
    assert_eq!(sealed(&station.path()), [format!("{job}.sealed")]);

    // A second person starts it. Until the new card is issued the old one is what it was, and then it is revoked by the same event.
    start(&station, batch);
    station.append(3, make(job, 1, 3, "ACS", Made::Activating));
    let state = |card: &String| ledger.card(card).unwrap().unwrap();
    assert_eq!(state(&cards[0]).state, CardState::Suspended);
    station.append(
        4,
        [Event::CardIssued {
            job: job.to_owned(),
            attempt: 1,
            receipt_sha256: format!("{:064x}", 3),
        }],
    );
    let (old, waiting) = (state(&cards[0]), acceptance::waiting(&ledger, None).unwrap());
    assert_eq!(
        (old.state, old.replaced_by.as_ref()),
        (CardState::Revoked, waiting.first())
    );
    assert_eq!(state(&waiting[0]).state, CardState::Active);
    // The other citizen's card is as it was.
    assert_eq!(state(&cards[1]).state, CardState::Active);
}

#[test]
fn an_application_that_is_none_for_this_card_changes_nothing() {
    let (station, cards) = with_cards();
    let before = station.ledger().head().unwrap();
    let both = station.person(1) + &station.person(2);
    replace(&station, &cards[0], &both).expect_failure(3, "more than one application");
    replace(&station, &cards[0], &station.person(2)).expect_failure(3, "not of the holder");
    let first = station
        .person(1)
        .replace("{\"record\"", "{\"kind\":\"first\",\"record\"");
    replace(&station, &cards[0], &first).expect_failure(3, "none to replace");
    replace(&station, &cards[0], "{}").expect(3);
    replace(&station, "CARD000000000000", &station.person(1)).expect_failure(3, "there is no card");
    assert_eq!(station.ledger().head().unwrap(), before);
    assert!(sealed(&station.path()).is_empty());
}
