//! The life of a card that is torn, step by step.

use super::{Counter, Step};
use crate::nvm::record::RecordKey;
use crate::reader::{self, CAN, PIN};
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
    Some(Issuer::open(card, 0x50, &support::ADMINISTRATION).wrap(instruction, p1, p2, &[]))
}

/// A card's life, step by step. Files are small: what is torn are the records that make them known.
pub(super) const HISTORY: &[Step] = &[
    Step {
        name: "the issuer's keys",
        prepare: |card| {
            Some(Issuer::open(card, 0x01, &support::TRANSPORT).put_keys_command(0x30, 0x00, &support::ISSUER))
        },
        counters: &[],
    },
    Step {
        name: "an SCP03 session",
        prepare: |card| {
            card.send("00A4040C08A000000151000000");
            Some(Issuer::open_command(card, 0x30, &support::ISSUER))
        },
        counters: &[SCP03_TRIES],
    },
    Step {
        name: "EF.CardAccess is created",
        prepare: |card| {
            as_issuer(card, |issuer| {
                issuer.wrap(
                    0xE0,
                    0,
                    0,
                    &support::bytes("62128002001682010183 02011C8801E08C020100"),
                )
            })
        },
        counters: &[],
    },
    Step {
        name: "everything is loaded, then deleted",
        prepare: |card| {
            support::load_small(card);
            as_issuer(card, |issuer| issuer.wrap(0xE4, 0, 0, &[]))
        },
        counters: &[],
    },
    Step {
        name: "a password",
        prepare: |card| {
            support::load_small(card);
            as_issuer(card, |issuer| issuer.password_command(2, 1, b"654321"))
        },
        counters: &[],
    },
    Step {
        name: "activation",
        prepare: |card| as_issuer(card, |issuer| issuer.wrap(0x44, 0, 0, &[])),
        counters: &[],
    },
    Step {
        name: "PACE with a wrong CAN",
        prepare: |card| pace(card, CAN, b"111111"),
        counters: &[CAN_FAILURES],
    },
    Step {
        name: "PACE with another wrong CAN",
        prepare: |card| pace(card, CAN, b"222222"),
        counters: &[CAN_FAILURES],
    },
    Step {
        name: "PACE with the CAN",
        prepare: |card| pace(card, CAN, b"654321"),
        counters: &[CAN_FAILURES],
    },
    Step {
        name: "PACE with a wrong PIN",
        prepare: |card| pace(card, PIN, b"000000"),
        counters: &[PIN_TRIES],
    },
    Step {
        name: "PACE with the PIN",
        prepare: |card| pace(card, PIN, b"271828"),
        counters: &[PIN_TRIES],
    },
    Step {
        name: "another PIN",
        prepare: |card| {
            let mut session = reader::pace(card, None, PIN, b"271828").ok()?;
            Some(session.protect([0, 0x2C, 0x02, PIN], b"314159", None, false))
        },
        counters: &[],
    },
    Step {
        name: "a PIN that is unblocked by the administration",
        prepare: |card| {
            assert!(reader::pace(card, None, PIN, b"000000").is_err());
            as_administration(card, 0x2C, 0x03, PIN)
        },
        counters: &[],
    },
    Step {
        name: "deactivation",
        prepare: |card| as_administration(card, 0x04, 0, 0),
        counters: &[],
    },
    Step {
        name: "reactivation",
        prepare: |card| as_administration(card, 0x44, 0, 0),
        counters: &[],
    },
    Step {
        name: "termination",
        prepare: |card| as_administration(card, 0xFE, 0, 0),
        counters: &[],
    },
];
