//! The power cut at every word of every step of a card's life, in every way, and every recovery cut again: what the
//! card then holds is what it held before the step, after it, or at a point that the step's model names – and it goes
//! on holding the same.
//!
//! The model knows the journal's records by name and nothing of how they are stored.

use crate::nvm::journal::Journal;
use crate::nvm::record::RecordKey;
use crate::sim::memory::{CutKind, RamMemory};
use std::collections::BTreeMap;
use support::{Issuer, TestCard};

#[path = "../../tests/chip/support.rs"]
#[allow(dead_code)]
mod support;

const KINDS: [CutKind; 3] = [CutKind::Lost, CutKind::Done, CutKind::Unstable];

/// Everything that the journal holds, but for its own mark.
type Records = BTreeMap<u16, Vec<u8>>;

/// What a card holds after its power came back; it recovers as it would for its first command.
fn recovered(nvm: &mut RamMemory) -> Records {
    let card = TestCard::with_memory(nvm.clone());
    *nvm = card.into_memory();
    let journal = Journal::mount(nvm).unwrap();
    let mut records = journal.records(nvm).unwrap();
    assert!(
        records.remove(&RecordKey::SCRUB.0).is_none(),
        "recovery finishes what was begun"
    );
    records
}

/// A counter, and what it is after one more count; it moves this way only.
struct Counter {
    record: RecordKey,
    count: fn(Option<u8>) -> u8,
}

impl Counter {
    fn of(&self, records: &Records) -> Option<u8> {
        records.get(&self.record.0).map(|value| value[0])
    }
}

/// Tries that remain, written first when one is spent.
const SCP03_TRIES: Counter = Counter {
    record: RecordKey::SCP03_TRIES,
    count: |tries| tries.unwrap_or(10) - 1,
};
/// Failed proofs with the MRZ.
const FAILURES: Counter = Counter {
    record: RecordKey::password_failures(1),
    count: |failures| failures.unwrap_or(0) + 1,
};

/// A step of a card's life: what leads up to a command, and the command.
struct Step {
    name: &'static str,
    /// Brings a card that was just powered to the point before the command, and makes the command.
    prepare: fn(&mut TestCard) -> Vec<u8>,
    /// Counters that may have moved when nothing else has: they are written before what they count.
    counters: &'static [Counter],
}

/// Whether an answer says anything of the proof: 6581 and 6F00 only say that the memory failed.
fn tells(response: &[u8]) -> bool {
    !matches!(response, [0x65, 0x81] | [0x6F, 0x00])
}

/// What a card that was recovered must not do: show a protected byte without a session, or keep the issuer's keys when
/// it is operational.
fn gives_nothing_away(nvm: &RamMemory, records: &Records, place: &str) {
    let mut card = TestCard::with_memory(nvm.clone());
    card.send("00A4040C07A0000002471001");
    for sfi in [0x1E, 0x1D, 0x01, 0x02] {
        let status = card.send(&format!("00B0{:02X}0000", 0x80 | sfi));
        assert!(matches!(&*status, "6982" | "6A82" | "6985"), "{place}: {status}");
    }
    let operational = !records.contains_key(&RecordKey::SCP03_KEY_VERSION.0);
    let held = |key: &[u8]| nvm.content().windows(key.len()).any(|window| window == key);
    assert!(
        !operational || !support::ISSUER.iter().any(|key| held(key)),
        "{place}: keys are left"
    );
}

/// The random numbers that decide about words in doubt.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 17
    }
}

impl Step {
    /// Runs the step on a copy of the memory; the memory after it, and the response if it came whole.
    fn run(&self, nvm: &RamMemory, cut: Option<(usize, CutKind)>) -> (RamMemory, Option<Vec<u8>>) {
        let mut card = TestCard::with_memory(nvm.clone());
        let command = (self.prepare)(&mut card);
        if let Some((words, kind)) = cut {
            card.nvm_mut().cut(words, kind);
        }
        let response = card.try_send(&command);
        (card.into_memory(), response)
    }

    /// What the card held before the command (its preparation may have moved counters), and after it.
    fn states(&self, nvm: &RamMemory) -> (Records, Records, usize) {
        let mut card = TestCard::with_memory(nvm.clone());
        (self.prepare)(&mut card);
        let mut prepared = card.into_memory();
        let before = recovered(&mut prepared.clone());
        let written = prepared.words_written();
        let (mut done, response) = self.run(nvm, None);
        let words = done.words_written() - written;
        assert!(response.is_some(), "{}", self.name);
        prepared = done.clone();
        let after = recovered(&mut done);
        assert_eq!(after, recovered(&mut prepared));
        (before, after, words)
    }

    /// Cuts the step everywhere. Returns how many cuts and recoveries were made.
    fn tear(&self, nvm: &RamMemory, random: &mut Random) -> (usize, usize) {
        let (before, after, words) = self.states(nvm);
        let without_counters = |records: &Records| {
            let mut records = records.clone();
            for counter in self.counters {
                records.remove(&counter.record.0);
            }
            records
        };
        let (mut cuts, mut recoveries) = (0, 0);
        // A step that rewrites pages writes hundreds of words that are alike.
        for at in (0..words).step_by(1 + words / 60) {
            for kind in KINDS {
                let (mut torn, response) = self.run(nvm, Some((at, kind)));
                cuts += 1;
                torn.restore_power_with(random.next());
                let recovery_words = {
                    let mut copy = torn.clone();
                    let written = copy.words_written();
                    recovered(&mut copy);
                    copy.words_written() - written
                };
                for recovery_at in (0..=recovery_words).step_by(1 + recovery_words / 4) {
                    let recovery_kind = KINDS[recovery_at % KINDS.len()];
                    let mut again = torn.clone();
                    again.cut(recovery_at, recovery_kind);
                    // A chip whose power goes while it recovers answers nothing.
                    again = TestCard::with_memory(again).into_memory();
                    again.restore_power_with(random.next());
                    let place = || {
                        format!(
                            "{}, word {at} {kind:?}, recovery {recovery_at} {recovery_kind:?}",
                            self.name
                        )
                    };
                    let found = recovered(&mut again);
                    let counted = without_counters(&found) == without_counters(&before);
                    assert!(
                        found == before || found == after || counted,
                        "{}: between",
                        place()
                    );
                    for counter in self.counters {
                        let (was, is) = (counter.of(&before), counter.of(&found));
                        assert!(
                            found == after || is == was || is == Some((counter.count)(was)),
                            "{}: a counter went back",
                            place()
                        );
                        assert!(
                            found == after || is != was || !response.as_deref().is_some_and(tells),
                            "{}: an answer that cost nothing",
                            place()
                        );
                    }
                    gives_nothing_away(&again, &found, &place());
                    again.restore_power_with(random.next());
                    assert_eq!(recovered(&mut again), found, "{}: the state wavers", place());
                    recoveries += 1;
                }
            }
        }
        (cuts, recoveries)
    }
}

fn as_issuer(card: &mut TestCard, command: impl FnOnce(&mut Issuer<'_>) -> Vec<u8>) -> Vec<u8> {
    command(&mut Issuer::open(card, 0x30, &support::ISSUER))
}

/// PACE with the CAN up to its last command, which carries the right token or a wrong one.
fn pace(card: &mut TestCard, right: bool) -> Vec<u8> {
    let vector = test_vectors::pace::worked_example();
    card.rng.script.borrow_mut().extend([
        vector.nonce.clone(),
        vector.map_chip_priv.clone(),
        vector.ka_chip_priv.clone(),
    ]);
    let exchanges = test_vectors::pace::worked_example_exchanges();
    for exchange in &exchanges[..4] {
        assert_eq!(card.try_send(&exchange.command).unwrap(), exchange.response);
    }
    let mut last = exchanges[4].command.clone();
    if !right {
        last[12] ^= 1;
    }
    last
}

/// A card's life, step by step. Files are small: what is torn are the records that make them known.
const HISTORY: &[Step] = &[
    Step {
        name: "the issuer's keys",
        prepare: |card| {
            Issuer::open(card, 0x01, &support::TRANSPORT).put_keys_command(0x30, 0x00, &support::ISSUER)
        },
        counters: &[],
    },
    Step {
        name: "an SCP03 session",
        prepare: |card| {
            card.send("00A4040C08A000000151000000");
            Issuer::open_command(card, 0x30, &support::ISSUER)
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
        name: "PACE with a wrong password",
        prepare: |card| pace(card, false),
        counters: &[FAILURES],
    },
    Step {
        name: "PACE with a wrong password again",
        prepare: |card| pace(card, false),
        counters: &[FAILURES],
    },
    Step {
        name: "PACE with the right password",
        prepare: |card| pace(card, true),
        counters: &[FAILURES],
    },
];

#[test]
fn every_cut_leaves_before_or_after() {
    let mut nvm = TestCard::manufactured().into_memory();
    let mut random = Random(0x7EA6);
    let (mut cuts, mut recoveries) = (0, 0);
    for step in HISTORY {
        let (step_cuts, step_recoveries) = step.tear(&nvm, &mut random);
        cuts += step_cuts;
        recoveries += step_recoveries;
        let (next, response) = step.run(&nvm, None);
        assert!(response.is_some());
        nvm = next;
    }
    println!("{cuts} cuts, {recoveries} recoveries");
    assert!(cuts > 300 && recoveries > cuts);
}
