//! The life of a card that is torn, step by step.

use super::model::PIN_TRIES as ALL_TRIES;
use super::{Counter, Step, terminal};
use crate::life_cycle::LifeCycle;
use crate::nvm::record::RecordKey;
use crate::reader::{self, CAN, PIN};
use crate::secure_messaging::SELECT_APPLICATION;
use crate::support::{self, Issuer, TestCard};

/// Tries that remain, written first when one is spent.
const SCP03_TRIES: Counter = Counter {
    record: RecordKey::SCP03_TRIES,
    count: |tries| tries.unwrap_or(10) - 1,
};
/// Failed proofs with the CAN.
const CAN_FAILURES: Counter = Counter {
    record: RecordKey::password_failures(CAN),
    count: |failures| failures.unwrap_or(0) + 1,
};
/// Tries of the PIN that remain.
const PIN_TRIES: Counter = Counter {
    record: RecordKey::password_tries(PIN),
    count: |tries| tries.unwrap_or(3) - 1,
};

fn as_issuer(card: &mut TestCard, command: impl FnOnce(&mut Issuer<'_>) -> Vec<u8>) -> Option<Vec<u8>> {
    Some(command(&mut Issuer::open(card, 0x30, &support::ISSUER)))
}

/// PACE up to its last command, which carries the right token or a wrong one.
fn pace(card: &mut TestCard, password: u8, secret: &[u8]) -> Option<Vec<u8>> {
    let agreed = reader::agree(card, &mut None, password, secret).ok()?;
    Some(reader::last_command(&agreed.t_ifd))
}

fn as_administration(card: &mut TestCard, instruction: u8, p1: u8, p2: u8) -> Option<Vec<u8>> {
    let keys = &support::ADMINISTRATION;
    let mut issuer = reader::issuer(card, b"654321", &support::ISSUER_DOMAIN, 0x50, keys).ok()?;
    Some(issuer.wrap(instruction, p1, p2, &[]))
}

/// DG14, fingers and EF.CVCA, as they must be for Terminal Authentication.
fn load_for_terminals(card: &mut TestCard) {
    let mut issuer = Issuer::open(card, 0x30, &support::ISSUER);
    assert_eq!(issuer.send(0xA4, 4, 0x0C, &SELECT_APPLICATION), "9000");
    let dg14 = support::bytes("6E13 3111 300F 060A04007F00070202030202 020101");
    issuer.load(0x010E, 0x0E, 0x41, &dg14);
    issuer.load(0x0103, 0x03, 0xE1, b"fingers");
    assert_eq!(issuer.create("62128002002482010183 02011C8801E08C020141"), "9000");
    card.reset();
}

/// A card's life, step by step. Files are small: what is torn are the records that make them known.
pub(super) const HISTORY: &[Step] = &[
    Step::new(
        "the issuer's keys",
        |card| {
            let mut issuer = Issuer::open(card, 0x01, &support::TRANSPORT);
            Some(issuer.put_keys_command(0x30, 0x00, &support::ISSUER))
        },
        |model| model.life = LifeCycle::Personalisation,
    ),
    Step::new(
        "an SCP03 session",
        |card| {
            card.send("00A4040C08A000000151000000");
            Some(Issuer::open_command(card, 0x30, &support::ISSUER))
        },
        |_| {},
    )
    .counts(&[SCP03_TRIES]),
    Step::new(
        "EF.CardAccess is created",
        |card| {
            let fcp = support::bytes("62128002001682010183 02011C8801E08C020100");
            as_issuer(card, |issuer| issuer.wrap(0xE0, 0, 0, &fcp))
        },
        |model| model.files += 1,
    ),
    Step::new(
        "everything is loaded, then deleted",
        |card| {
            support::load_small(card);
            as_issuer(card, |issuer| issuer.wrap(0xE4, 0, 0, &[]))
        },
        |model| {
            model.wiped(LifeCycle::Personalisation);
            model.issuer_keys = true;
        },
    ),
    Step::new(
        "a password",
        |card| {
            support::load_small(card);
            as_issuer(card, |issuer| issuer.password_command(2, 1, b"654321"))
        },
        |model| model.can = Some(b"654321".to_vec()),
    ),
    Step::new(
        "a key for Chip Authentication",
        |card| {
            let scalar = vec![terminal::STATIC_SCALAR; 32];
            let request = support::bytes("A60684010180010D871077777777777777777777777777777777");
            let mut issuer = Issuer::open(card, 0x30, &support::ISSUER);
            issuer.card.rng.script.borrow_mut().push_back(scalar);
            Some(issuer.wrap(0x47, 0x80, 0, &request))
        },
        |model| model.chip_key = true,
    ),
    Step::new(
        "the first trust point",
        |card| {
            load_for_terminals(card);
            let cvca = terminal::cvca(1);
            let certificate = cvca.certifies_from(terminal::of_link(1), &cvca, 0xC3);
            as_issuer(card, |issuer| issuer.wrap(0xDA, 0x7F, 0x21, &certificate))
        },
        |model| {
            model.trust = vec![1];
            model.saw(terminal::of_link(1));
        },
    ),
    Step::new(
        "the date",
        |card| {
            as_issuer(card, |issuer| {
                issuer.wrap(0xDA, 0x5F, 0x25, &terminal::day(1, 1, 1))
            })
        },
        |model| model.date = Some(terminal::day(1, 1, 1)),
    ),
    Step::new(
        "activation",
        |card| as_issuer(card, |issuer| issuer.wrap(0x44, 0, 0, &[])),
        |model| {
            model.life = LifeCycle::OperationalActivated;
            model.issuer_keys = false;
        },
    )
    .about_terminals(),
    Step::new(
        "PACE with a wrong CAN",
        |card| pace(card, CAN, b"111111"),
        |model| model.can_failures += 1,
    )
    .counts(&[CAN_FAILURES]),
    Step::new(
        "PACE with another wrong CAN",
        |card| pace(card, CAN, b"222222"),
        |model| model.can_failures += 1,
    )
    .counts(&[CAN_FAILURES]),
    Step::new(
        "PACE with the CAN",
        |card| pace(card, CAN, b"654321"),
        |model| model.can_failures = 0,
    )
    .counts(&[CAN_FAILURES]),
    Step::new(
        "PACE with a wrong PIN",
        |card| pace(card, PIN, b"000000"),
        |model| model.pin_tries -= 1,
    )
    .counts(&[PIN_TRIES]),
    Step::new(
        "PACE with the PIN",
        |card| pace(card, PIN, b"271828"),
        |model| match &model.pin {
            Some(pin) if pin == b"271828" => model.pin_tries = ALL_TRIES,
            _ => model.pin_tries -= 1,
        },
    )
    .counts(&[PIN_TRIES]),
    Step::new(
        "another PIN",
        |card| {
            let mut session = reader::pace(card, None, PIN, b"271828").ok()?;
            Some(session.protect([0, 0x2C, 0x02, PIN], b"314159", None, false))
        },
        |model| {
            model.pin = Some(b"314159".to_vec());
            model.pin_tries = ALL_TRIES;
        },
    ),
    Step::new(
        "a PIN that is unblocked by the administration",
        |card| {
            assert!(reader::pace(card, None, PIN, b"000000").is_err());
            as_administration(card, 0x2C, 0x03, PIN)
        },
        |model| model.pin_tries = ALL_TRIES,
    ),
    Step::new("a document verifier's certificate", terminal::verifier, |model| {
        model.saw(terminal::of_verifier(model.trust[0]));
    })
    .about_terminals(),
    Step::new("a link certificate", terminal::link, |model| {
        let number = model.trust[0] + 1;
        model.trust.insert(0, number);
        model.trust.truncate(2);
        model.saw(terminal::of_link(number));
    })
    .about_terminals(),
    Step::new("a terminal's certificate", terminal::terminal, |model| {
        model.saw(terminal::of_terminal(model.trust[0]));
    })
    .about_terminals(),
    Step::new(
        "deactivation",
        |card| as_administration(card, 0x04, 0, 0),
        |model| model.life = LifeCycle::OperationalDeactivated,
    ),
    Step::new(
        "reactivation",
        |card| as_administration(card, 0x44, 0, 0),
        |model| model.life = LifeCycle::OperationalActivated,
    ),
    Step::new(
        "termination",
        |card| as_administration(card, 0xFE, 0, 0),
        |model| model.wiped(LifeCycle::Termination),
    ),
];
