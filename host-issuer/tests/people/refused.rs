//! What does not count as two people's yes. Each of it is recorded, and nothing is done.

use host_issuer::ledger::LedgerStore as _;
use host_issuer::ledger::error::{Conflict, LedgerError};
use host_issuer::ledger::event::Event;
use host_issuer::station::approvals::request::Request;
use host_issuer::station::approvals::{Act, ApprovalFailure, Presented, Refusal, authorise, digest};
use host_issuer::station::desk::Desk;
use proptest::prelude::*;
use time::Duration;

use crate::shop::{NOW, People, Person, Shop};

/// A shop with a batch, and the act of starting it.
fn shop() -> (Shop, Act) {
    let shop = Shop::open();
    let events = shop.events();
    let created = Event::BatchCreated {
        batch: "batch-1".into(),
        profile: "vn-cc-2024".into(),
        jobs: 1,
    };
    events.add(created).unwrap();
    events
        .add(crate::ledger_events::job(1, "batch-1", 1, None))
        .unwrap();
    let act = Act::StartBatch {
        batch: "batch-1".into(),
    };
    (shop, act)
}

fn start(desk: &Desk<'_>, act: &Act, presented: &Presented) -> Result<(), ApprovalFailure> {
    let yes = authorise(desk, act, presented)?;
    yes.commit(desk, |approval| {
        vec![Event::BatchStarted {
            batch: act.subject(),
            approval: approval.to_owned(),
        }]
    })?;
    Ok(())
}

#[track_caller]
fn refusal(desk: &Desk<'_>, act: &Act, presented: &Presented) -> &'static str {
    let before = desk.store.head().unwrap().sequence;
    let Err(ApprovalFailure::Refused(refusal)) = start(desk, act, presented) else {
        panic!("not refused");
    };
    let after = desk.store.head().unwrap().sequence;
    assert_eq!(after, before + 1, "one event: that it was refused");
    refusal.id()
}

#[test]
fn two_people_start_a_batch_once() {
    let (shop, act) = shop();
    let presented = shop.yes(&act);
    let desk = shop.desk("An");
    start(&desk, &act, &presented).unwrap();
    assert!(shop.store.approval_seen(&digest(&presented.request)).unwrap());
    // The same again, and the same request signed again by others.
    assert_eq!(refusal(&desk, &act, &presented), "replayed");
    let signed_again = Presented {
        approvals: vec![
            shop.people.an.sign(&presented.request),
            shop.people.dung.sign(&presented.request),
        ],
        ..presented
    };
    assert_eq!(refusal(&desk, &act, &signed_again), "replayed");
    assert_eq!(shop.refusals(), ["replayed", "replayed"]);
}

#[test]
fn two_who_use_one_approval_at_the_same_time_use_it_once() {
    let (shop, act) = shop();
    let presented = shop.yes(&act);
    let desk = shop.desk("An");
    let (first, second) = (
        authorise(&desk, &act, &presented).unwrap(),
        authorise(&desk, &act, &presented).unwrap(),
    );
    first.commit(&desk, |_| Vec::new()).unwrap();
    let second = second.commit(&desk, |_| Vec::new());
    assert!(
        matches!(second, Err(ApprovalFailure::Refused(Refusal::Replayed))),
        "{second:?}"
    );
    assert_eq!(shop.refusals(), ["replayed"]);
}

#[test]
fn what_is_refused_and_recorded() {
    let (shop, act) = shop();
    let people = &shop.people;
    let desk = shop.desk("An");
    let request = shop.request(&act);
    let by = |signers: &[&Person]| Presented {
        request: request.clone(),
        approvals: signers.iter().map(|person| person.sign(&request)).collect(),
    };
    let with = |approvals: Vec<Vec<u8>>| Presented {
        request: request.clone(),
        approvals,
    };
    let (an, binh) = (people.an.sign(&request), people.binh.sign(&request));
    let stranger = Person::new("Phúc");
    let of_chi = shop.request_of("Chi", &act);
    let other = Act::StartBatch {
        batch: "batch-2".into(),
    };
    let close = Act::CloseBatch {
        batch: "batch-1".into(),
    };
    let elsewhere = Shop::named("hn-02", 2, People::new());
    let pretty: serde_json::Value = serde_json::from_slice(&request).unwrap();
    let pretty = serde_json::to_vec_pretty(&pretty).unwrap();
    let compact: serde_json::Value = serde_json::from_slice(&binh).unwrap();
    let compact = serde_json::to_vec(&compact).unwrap();
    let late = NOW + Duration::hours(30);

    let cases: Vec<(&str, &Act, Presented)> = vec![
        ("missing", &act, by(&[])),
        ("missing", &act, by(&[&people.an])),
        ("missing", &act, by(&[&people.binh])),
        ("missing", &act, by(&[&people.binh, &people.dung])),
        ("self_approval", &act, by(&[&people.an, &people.an])),
        (
            "self_approval",
            &act,
            by(&[&people.an, &people.binh, &people.binh]),
        ),
        // An signs in the name of Bình.
        (
            "self_approval",
            &act,
            with(vec![an.clone(), people.an.sign_as("Bình", &request, NOW)]),
        ),
        (
            "altered",
            &act,
            with(vec![an.clone(), people.em.sign_as("Bình", &request, NOW)]),
        ),
        (
            "altered",
            &act,
            with(vec![an.clone(), stranger.sign_as("Bình", &request, NOW)]),
        ),
        (
            "altered",
            &act,
            with(vec![an.clone(), people.binh.sign(b"another file")]),
        ),
        ("unknown_officer", &act, by(&[&people.an, &stranger])),
        ("wrong_role", &act, by(&[&people.an, &people.chi])),
        ("wrong_role", &act, by(&[&people.an, &people.em])),
        (
            "wrong_role",
            &act,
            Presented {
                approvals: vec![people.chi.sign(&of_chi), people.binh.sign(&of_chi)],
                request: of_chi.clone(),
            },
        ),
        (
            "signed_out_of_time",
            &act,
            with(vec![an.clone(), people.binh.sign_as("Bình", &request, late)]),
        ),
        ("other_subject", &other, by(&[&people.an, &people.binh])),
        ("other_purpose", &close, by(&[&people.an, &people.binh])),
        ("malformed", &act, with(vec![an.clone(), compact])),
        ("malformed", &act, with(vec![an.clone(), b"{}".to_vec()])),
        ("malformed", &act, with(vec![an.clone(); 9])),
        (
            "malformed",
            &act,
            Presented {
                approvals: vec![people.an.sign(&pretty), people.binh.sign(&pretty)],
                request: pretty.clone(),
            },
        ),
        (
            "malformed",
            &act,
            Presented {
                request: vec![b' '; 100_000],
                approvals: vec![an.clone(), binh.clone()],
            },
        ),
    ];
    for (index, (reason, act, presented)) in cases.iter().enumerate() {
        assert_eq!(refusal(&desk, act, presented), *reason, "case {index}");
    }
    let recorded: Vec<String> = cases.iter().map(|(reason, ..)| (*reason).to_owned()).collect();
    assert_eq!(shop.refusals(), recorded);

    // In another ledger with the same people.
    let there = elsewhere.desk("An");
    assert_eq!(
        refusal(&there, &act, &by(&[&people.an, &people.binh])),
        "other_ledger"
    );
    // Out of time, on both sides.
    let good = by(&[&people.an, &people.binh]);
    let later = shop.desk_at("An", NOW + Duration::hours(24) + Duration::seconds(1));
    assert_eq!(refusal(&later, &act, &good), "expired");
    let earlier = shop.desk_at("An", NOW - Duration::minutes(6));
    assert_eq!(refusal(&earlier, &act, &good), "not_yet");
    // Nothing of all that spent the request: it is used at its last moment.
    start(&shop.desk_at("An", NOW + Duration::hours(24)), &act, &good).unwrap();
}

#[test]
fn what_was_approved_is_what_is_there() {
    let (shop, act) = shop();
    let presented = shop.yes(&act);
    let added = Event::BatchCreated {
        batch: "batch-2".into(),
        profile: "vn-cc-2024".into(),
        jobs: 2,
    };
    let events = shop.events();
    events.add(added).unwrap();
    events
        .add(crate::ledger_events::job(7, "batch-2", 7, None))
        .unwrap();
    let other = Act::StartBatch {
        batch: "batch-2".into(),
    };
    let of_one = shop.yes(&other);
    events
        .add(crate::ledger_events::job(8, "batch-2", 8, None))
        .unwrap();
    let desk = shop.desk("An");
    assert_eq!(
        refusal(&desk, &other, &of_one),
        "other_details",
        "a job came in after they signed"
    );
    start(&desk, &act, &presented).unwrap();
    // Something that is not there cannot even be asked for.
    let nothing = Act::StartBatch {
        batch: "batch-9".into(),
    };
    let error = Request::new(&desk, &nothing, Duration::hours(1), &mut getrandom::SysRng).unwrap_err();
    assert!(error.to_string().contains("batch-9"), "{error}");
}

#[test]
fn a_request_lives_for_some_time_and_not_for_long() {
    let (shop, act) = shop();
    let desk = shop.desk("An");
    for (lifetime, allowed) in [
        (Duration::ZERO, false),
        (Duration::seconds(1), true),
        (Duration::days(7), true),
        (Duration::days(7) + Duration::seconds(1), false),
        (-Duration::days(1), false),
    ] {
        let request = Request::new(&desk, &act, lifetime, &mut getrandom::SysRng);
        assert_eq!(request.is_ok(), allowed, "{lifetime}");
    }
}

#[test]
fn an_approval_does_not_outlive_its_officer() {
    let (shop, act) = shop();
    let presented = shop.yes(&act);
    let others = People::new();
    shop.events().add(others.set()).unwrap();
    assert_eq!(
        refusal(&shop.desk("An"), &act, &presented),
        "altered",
        "the names have other keys now"
    );
}

#[test]
fn a_conflict_is_no_refusal() {
    let (shop, act) = shop();
    let desk = shop.desk("An");
    start(&desk, &act, &shop.yes(&act)).unwrap();
    // Both sign once more; the batch is started already.
    let error = start(&desk, &act, &shop.yes(&act)).unwrap_err();
    assert!(
        matches!(
            &error,
            ApprovalFailure::Ledger(LedgerError::Conflict(Conflict::State { .. }))
        ),
        "{error:?}"
    );
    assert!(shop.refusals().is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, ..ProptestConfig::default() })]

    /// Every byte of the three files counts: none can be another one.
    #[test]
    fn every_byte_of_request_and_approvals_counts(mask in 1u8..=255, start_at in 0usize..8) {
        let (shop, act) = shop();
        let presented = shop.yes(&act);
        let files = [&presented.request, &presented.approvals[0], &presented.approvals[1]];
        let desk = shop.desk("An");
        for (which, file) in files.into_iter().enumerate() {
            for at in (start_at..file.len()).step_by(8) {
                let mut altered = presented.clone();
                let target = if which == 0 { &mut altered.request } else { &mut altered.approvals[which - 1] };
                target[at] ^= mask;
                let answer = authorise(&desk, &act, &altered);
                prop_assert!(
                    matches!(answer, Err(ApprovalFailure::Refused(_))),
                    "file {which}, byte {at}, mask {mask:02X}: {answer:?}"
                );
            }
        }
        prop_assert!(authorise(&desk, &act, &presented).is_ok());
    }
}
