//! The power cut at every word of every step of a card's life, in every way, and every recovery cut again: what the
//! card then holds is what it held before the step, after it, or at a point that the step's model names – and it goes
//! on holding the same.
//!
//! The model knows the journal's records by name and nothing of how they are stored.

mod history;

use crate::nvm::journal::Journal;
use crate::nvm::record::RecordKey;
use crate::sim::memory::{CutKind, RamMemory};
use crate::support::{self, TestCard};
use history::HISTORY;
use std::collections::BTreeMap;

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

/// A step of a card's life: what leads up to a command, and the command.
struct Step {
    name: &'static str,
    /// Brings a card that was just powered to the point before the command, and makes the command; `None` when the
    /// card does not let it come so far.
    prepare: fn(&mut TestCard) -> Option<Vec<u8>>,
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
        let command = (self.prepare)(&mut card).expect(self.name);
        if let Some((words, kind)) = cut {
            card.nvm_mut().cut(words, kind);
        }
        let response = card.try_send(&command);
        (card.into_memory(), response)
    }

    /// What the step does to a card; `None` when the card does not let it come so far.
    fn effect(&self, nvm: &RamMemory) -> Option<Effect<'_>> {
        let mut card = TestCard::with_memory(nvm.clone());
        (self.prepare)(&mut card)?;
        let prepared = card.into_memory();
        // The preparation may have moved counters.
        let before = recovered(&mut prepared.clone());
        let (mut done, response) = self.run(nvm, None);
        assert!(response.is_some(), "{}", self.name);
        let words = done.words_written() - prepared.words_written();
        let after = recovered(&mut done);
        assert_eq!(after, recovered(&mut done));
        Some(Effect {
            step: self,
            before,
            after,
            words,
        })
    }

    /// Cuts the step everywhere. Returns how many cuts and recoveries were made.
    fn tear(&self, nvm: &RamMemory, random: &mut Random) -> (usize, usize) {
        let effect = self.effect(nvm).expect(self.name);
        let (mut cuts, mut recoveries) = (0, 0);
        // A step that rewrites pages writes hundreds of words that are alike.
        for at in (0..effect.words).step_by(1 + effect.words / 60) {
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
                    let place = format!("word {at} {kind:?}, recovery {recovery_at} {recovery_kind:?}");
                    effect.judge(&mut again, response.as_deref(), random, &place);
                    recoveries += 1;
                }
            }
        }
        (cuts, recoveries)
    }
}

/// What a step does to a card.
struct Effect<'a> {
    step: &'a Step,
    before: Records,
    after: Records,
    /// Words that it writes.
    words: usize,
}

impl Effect<'_> {
    /// Holds a card whose power came back against the model.
    fn judge(&self, nvm: &mut RamMemory, response: Option<&[u8]>, random: &mut Random, place: &str) {
        let (before, after, place) = (&self.before, &self.after, format!("{}, {place}", self.step.name));
        let without_counters = |records: &Records| {
            let mut records = records.clone();
            for counter in self.step.counters {
                records.remove(&counter.record.0);
            }
            records
        };
        let found = recovered(nvm);
        let counted = without_counters(&found) == without_counters(before);
        assert!(found == *before || found == *after || counted, "{place}: between");
        for counter in self.step.counters {
            let (was, is) = (counter.of(before), counter.of(&found));
            let went_on = found == *after || is == was || is == Some((counter.count)(was));
            assert!(went_on, "{place}: a counter went back");
            let was_told = response.is_some_and(tells);
            assert!(
                found == *after || is != was || !was_told,
                "{place}: an answer that cost nothing"
            );
        }
        gives_nothing_away(nvm, &found, &place);
        nvm.restore_power_with(random.next());
        assert_eq!(recovered(nvm), found, "{place}: the state wavers");
    }
}

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

/// Random histories of a card in use, each step cut at a random word or not at all; `EID_TEAR_HISTORIES` says how many,
/// `EID_TEAR_SEED` from which seed on. A failing history says its seed, and runs alone with it.
#[test]
fn random_histories() {
    let number = |name: &str| {
        std::env::var(name)
            .ok()
            .and_then(|value| value.parse::<u64>().ok())
    };
    let histories = number("EID_TEAR_HISTORIES").unwrap_or(12);
    let first = number("EID_TEAR_SEED").unwrap_or(1);
    let mut nvm = TestCard::manufactured().into_memory();
    let in_use = HISTORY
        .iter()
        .position(|step| step.name == "activation")
        .expect("a step")
        + 1;
    for step in &HISTORY[..in_use] {
        nvm = step.run(&nvm, None).0;
    }
    let mut steps = 0;
    for seed in first..first + histories {
        println!("EID_TEAR_SEED={seed} EID_TEAR_HISTORIES=1");
        let (mut random, mut nvm) = (Random(seed), nvm.clone());
        for _ in 0..8 {
            let choices = &HISTORY[in_use..];
            let step = &choices[random.next() as usize % choices.len()];
            // Termination ends most histories soon enough.
            if step.name == "termination" && random.next() % 4 != 0 {
                continue;
            }
            if matches!(
                TestCard::with_memory(nvm.clone())
                    .status("00A4000C023F00")
                    .as_str(),
                "6285"
            ) {
                break;
            }
            let Some(effect) = step.effect(&nvm) else { continue };
            let at = random.next() as usize % (effect.words + 1);
            let kind = KINDS[random.next() as usize % KINDS.len()];
            let (mut torn, response) = step.run(&nvm, Some((at, kind)));
            torn.restore_power_with(random.next());
            effect.judge(
                &mut torn,
                response.as_deref(),
                &mut random,
                &format!("seed {seed}, word {at} {kind:?}"),
            );
            nvm = torn;
            steps += 1;
        }
    }
    println!("{histories} histories, {steps} steps");
    assert!(steps >= histories, "{steps}");
}
