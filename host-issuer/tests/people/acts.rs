//! Each act that takes two people: what they sign, and what it allows.

use host_issuer::ledger::LedgerStore as _;
use host_issuer::ledger::event::{CardState, Event, Role};
use host_issuer::station::approvals::request::Request;
use host_issuer::station::approvals::{Act, authorise};
use host_issuer::station::cards::{self, CardError};
use host_issuer::station::officers::{self, OfficersError, check_set, must_work_here};
use host_issuer::station::quota;
use personalization::key_file::Passphrase;
use personalization::pki::csca::CscaOptions;
use personalization::pki::directory::{Destination, NewKey, init_csca};
use personalization::pki::document_signer::DocumentSignerOptions;
use personalization::pki::name::IssuingState;
use personalization::signer::Signer as _;
use tempfile::TempDir;

use crate::ledger_events::card_id;
use crate::shop::{NOW, People, Person, Shop};

#[test]
fn officers_are_replaced_by_two_of_them() {
    let shop = Shop::open();
    let new = People::new();
    let Event::OfficersSet { officers } = new.set() else {
        panic!("a set of officers");
    };
    let act = Act::SetOfficers {
        officers: officers.clone(),
    };
    let presented = shop.yes(&act);
    let words = Request::parse(&presented.request).unwrap().words().join("\n");
    for entry in &officers {
        assert!(words.contains(&entry.public_key), "a key is shown: {words}");
    }
    let desk = shop.desk("An");
    authorise(&desk, &act, &presented)
        .unwrap()
        .commit(&desk, |_| {
            vec![Event::OfficersSet {
                officers: officers.clone(),
            }]
        })
        .unwrap();
    assert_eq!(shop.store.officers().unwrap(), officers);
}

#[test]
fn who_can_be_the_officers_of_a_ledger() {
    let [an, binh, chi] = ["An", "Bình", "Chi"].map(Person::new);
    let entry = |person: &Person, role| officers::entry(&person.officer(), role);
    let (o, s, a) = (Role::Operator, Role::Supervisor, Role::Auditor);
    assert!(check_set(&[entry(&an, o), entry(&binh, s)]).is_ok());
    assert!(check_set(&[entry(&an, s), entry(&binh, s)]).is_ok());
    for (set, why) in [
        (vec![entry(&an, o)], "one alone"),
        (
            vec![entry(&an, o), entry(&binh, o), entry(&chi, a)],
            "nobody says yes",
        ),
        (
            vec![entry(&binh, s), entry(&chi, a)],
            "nobody asks but who says yes",
        ),
        (vec![entry(&an, o), entry(&binh, s), entry(&an, s)], "one twice"),
    ] {
        assert!(check_set(&set).is_err(), "{why}");
    }
    let mut other_name = entry(&an, s);
    other_name.name = "Bình".into();
    assert!(
        check_set(&[entry(&an, o), other_name]).is_err(),
        "one key with two names"
    );
    let mut broken = entry(&binh, s);
    broken.public_key.pop();
    assert!(check_set(&[entry(&an, o), broken]).is_err());
}

#[test]
fn strangers_and_auditors_do_not_work_here() {
    let shop = Shop::open();
    for (name, allowed) in [
        ("An", true),
        ("Dung", true),
        ("Chi", false),
        ("Phúc", false),
        ("station", false),
    ] {
        let answer = must_work_here(&shop.desk(name));
        assert_eq!(answer.is_ok(), allowed, "{name}");
        if let Err(error) = answer {
            assert!(matches!(error, OfficersError::NotAllowed { .. }), "{error}");
        }
    }
}

#[test]
fn a_card_is_suspended_by_one_and_revoked_by_two() {
    let shop = Shop::open();
    shop.register(&[1], "delivery-1", "0.1.0");
    let events = shop.events();
    events.batch("batch-1", 1, &[(1, 1, None)]);
    events.issue(1, 1, 1, 1);
    let (desk, card) = (shop.desk("Em"), card_id(1));
    let state = || shop.store.card(&card).unwrap().unwrap().state;
    let change = |to, reason: &str, presented| cards::change(&desk, &card, to, reason, presented);

    change(CardState::Suspended, "card.lost", None).unwrap();
    assert_eq!(state(), CardState::Suspended);
    assert!(change(CardState::Suspended, "again", None).is_err());
    for to in [CardState::Active, CardState::Revoked] {
        let error = change(to, "alone", None).unwrap_err();
        assert!(matches!(error, CardError::TwoPeople(_)), "{error}");
    }
    let found = shop.yes(&Act::Reinstate {
        card_id: card.clone(),
        reason: "card.found".into(),
    });
    assert!(
        change(CardState::Revoked, "card.found", Some(&found)).is_err(),
        "for something else"
    );
    change(CardState::Active, "card.found", Some(&found)).unwrap();
    let revoke = shop.yes(&Act::Revoke {
        card_id: card.clone(),
        reason: "card.stolen".into(),
    });
    assert!(change(CardState::Revoked, "another reason", Some(&revoke)).is_err());
    change(CardState::Revoked, "card.stolen", Some(&revoke)).unwrap();
    assert_eq!(state(), CardState::Revoked);
    for to in [
        CardState::Active,
        CardState::Suspended,
        CardState::Revoked,
        CardState::New,
    ] {
        assert!(change(to, "too late", Some(&revoke)).is_err(), "{to:?}");
    }
    assert_eq!(
        shop.refusals(),
        ["other_purpose", "other_details", "other_purpose", "replayed"]
    );
}

#[test]
fn a_quota_is_extended_and_reaches_the_signer_once() {
    let shop = Shop::open();
    let folder = TempDir::new().unwrap();
    let secret = Passphrase::new("a passphrase for tests only");
    let destination = |directory| Destination {
        directory,
        key: NewKey::default(),
        secret: &secret,
        named_curve_twin: false,
    };
    let (csca_path, ds_path) = (folder.path().join("csca"), folder.path().join("ds"));
    let rng = &mut getrandom::SysRng;
    let csca = init_csca(
        destination(&csca_path),
        &CscaOptions::new(IssuingState::new("VN", "VNM").unwrap(), "CSCA"),
        NOW,
        rng,
    )
    .unwrap();
    let csca_signer = csca.signer(&secret).unwrap();
    let options = DocumentSignerOptions {
        max_signatures: 2,
        ..DocumentSignerOptions::new("DS")
    };
    let ds = csca
        .issue_document_signer(&csca_signer, destination(&ds_path), &options, NOW, rng)
        .unwrap();
    let signer = ds.signer(&secret).unwrap();
    for _ in 0..2 {
        signer.sign(b"a card").unwrap();
    }
    signer.sign(b"one too many").unwrap_err();

    let desk = shop.desk("An");
    let act = Act::ExtendQuota {
        document_signer: ds.serial().unwrap(),
        signatures: 3,
    };
    let presented = shop.yes(&act);
    // For another number it is another request.
    assert!(quota::extend(&desk, &ds, 300, &presented).is_err());
    quota::extend(&desk, &ds, 3, &presented).unwrap();
    assert!(quota::extend(&desk, &ds, 3, &presented).is_err(), "used");
    assert_eq!(ds.status(NOW).unwrap().max_signatures, 5);
    quota::apply(&shop.store, &ds).unwrap();
    assert_eq!(
        ds.status(NOW).unwrap().max_signatures,
        5,
        "nothing is added twice"
    );
    for _ in 0..3 {
        signer.sign(b"a card").unwrap();
    }
    signer.sign(b"one too many").unwrap_err();
    assert_eq!(shop.refusals(), ["other_details", "replayed"]);
}
