//! The power cut at every word of every step of a card's life, in every way, and every recovery cut again: what the
//! card then holds is what it held before the step, after it, or at a point that the step's model names – and it goes
//! on holding the same.
//!
//! The [model] knows the journal's records by name and nothing of how they are stored; what a step makes of it
//! the [history] says.

mod history;
mod model;
mod terminal;

use crate::nvm::journal::Journal;
use crate::nvm::record::RecordKey;
use crate::sim::memory::{CutKind, RamMemory};
use crate::support::{self, TestCard};
use history::HISTORY;
use model::Model;
use std::collections::BTreeMap;

/// Bytes of the chip's memory.
const MEMORY: usize = 16 * 1024;
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

/// The memory of a new chip, no larger than its files want.
fn manufactured() -> RamMemory {
    TestCard::manufactured_with(RamMemory::with_size(MEMORY)).into_memory()
}

/// Where a power cut leaves something of its own between two states of a memory: each word that is programmed, the
/// beginning, the midst and the end of each erasure of a page, and behind the last.
fn cuts(before: &RamMemory, after: &RamMemory) -> Vec<usize> {
    let words = before.words_written()..after.words_written();
    let erasures: Vec<_> = after.erasures()[before.erasures().len()..].to_vec();
    let is_like_the_one_before = |word: &usize| {
        let erasure = erasures.iter().find(|erasure| erasure.contains(word));
        erasure.is_some_and(|erasure| {
            let places = [
                erasure.start,
                erasure.start + 1,
                (erasure.start + erasure.end) / 2,
                erasure.end - 1,
            ];
            !places.contains(word)
        })
    };
    let distinct = words.clone().filter(|word| !is_like_the_one_before(word));
    distinct
        .chain([words.end])
        .map(|word| word - words.start)
        .collect()
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
    /// What the command makes of a card.
    then: fn(&mut Model),
    /// Counters that may have moved when nothing else has: they are written before what they count.
    counters: &'static [Counter],
    /// Whether it is about Terminal Authentication, which must then be possible at every point.
    is_about_terminals: bool,
}

impl Step {
    const fn new(
        name: &'static str,
        prepare: fn(&mut TestCard) -> Option<Vec<u8>>,
        then: fn(&mut Model),
    ) -> Self {
        Self {
            name,
            prepare,
            then,
            counters: &[],
            is_about_terminals: false,
        }
    }

    const fn counts(self, counters: &'static [Counter]) -> Self {
        Self { counters, ..self }
    }

    const fn about_terminals(self) -> Self {
        Self {
            is_about_terminals: true,
            ..self
        }
    }
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
    // Each of these keys is one byte again and again.
    let held = |key: &[u8]| {
        let mut run = 0;
        nvm.content().iter().any(|byte| {
            run = if *byte == key[0] { run + 1 } else { 0 };
            run == key.len()
        })
    };
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
        let command = (self.prepare)(&mut card)?;
        let prepared = card.nvm_mut().clone();
        // The preparation may have moved counters.
        let before = recovered(&mut prepared.clone());
        assert!(card.try_send(&command).is_some(), "{}", self.name);
        let mut done = card.into_memory();
        let cuts = cuts(&prepared, &done);
        let after = recovered(&mut done);
        assert_eq!(after, recovered(&mut done));
        let mut model = Model::of(&before);
        (self.then)(&mut model);
        assert_eq!(Model::of(&after), model, "{}", self.name);
        Some(Effect {
            step: self,
            before,
            after,
            cuts,
        })
    }

    /// Cuts the step everywhere, and the recovery of each cut so many times at most, one cut's here, the next one's
    /// there. Returns how many cuts and recoveries were made.
    fn tear(&self, nvm: &RamMemory, recoveries_of_each: usize, random: &mut Random) -> (usize, usize) {
        let effect = self.effect(nvm).expect(self.name);
        let (mut cuts, mut recoveries) = (0, 0);
        for at in effect.cuts.iter().copied() {
            for kind in KINDS {
                let (mut torn, response) = self.run(nvm, Some((at, kind)));
                cuts += 1;
                torn.restore_power_with(random.next());
                let mut whole = torn.clone();
                recovered(&mut whole);
                let places = self::cuts(&torn, &whole);
                let apart = places.len().div_ceil(recoveries_of_each);
                for number in (cuts % apart..places.len()).step_by(apart) {
                    let (recovery_at, recovery_kind) = (places[number], KINDS[(number + cuts) % KINDS.len()]);
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
    /// Words after which the power may go.
    cuts: Vec<usize>,
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
        let model = Model::of(&found);
        assert!(
            model.has_not_fallen_back(&Model::of(before)),
            "{place}: trust points or date fell back"
        );
        gives_nothing_away(nvm, &found, &place);
        if self.step.is_about_terminals {
            terminal::reads_fingers(nvm, &model, &place);
        }
        nvm.restore_power_with(random.next());
        assert_eq!(recovered(nvm), found, "{place}: the state wavers");
    }
}

/// Says how a history that failed is replayed.
struct Replay(u64);

impl Drop for Replay {
    fn drop(&mut self) {
        if std::thread::panicking() {
            println!("EID_TEAR_SEED={} EID_TEAR_HISTORIES=1", self.0);
        }
    }
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// `EID_TEAR_RECOVERIES` says how many cuts there may be of each recovery; as many as it has words are all.
#[test]
fn every_cut_leaves_before_or_after() {
    let recoveries_of_each = number("EID_TEAR_RECOVERIES").unwrap_or(8) as usize;
    let mut nvm = manufactured();
    let mut random = Random(0x7EA6);
    let (mut cuts, mut recoveries) = (0, 0);
    for step in HISTORY {
        let (step_cuts, step_recoveries) = step.tear(&nvm, recoveries_of_each, &mut random);
        cuts += step_cuts;
        recoveries += step_recoveries;
        let (next, response) = step.run(&nvm, None);
        assert!(response.is_some());
        nvm = next;
    }
    println!("{cuts} cuts, {recoveries} recoveries");
    assert!(cuts > 1500 && recoveries > cuts);
}

/// Random histories of a card in use, each step cut at a random word or not at all; `EID_TEAR_HISTORIES` says how many,
/// `EID_TEAR_SEED` from which seed on. A failing history says its seed, and runs alone with it.
#[test]
fn random_histories() {
    let histories = number("EID_TEAR_HISTORIES").unwrap_or(12);
    let first = number("EID_TEAR_SEED").unwrap_or(1);
    let mut nvm = manufactured();
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
        let _seed = Replay(seed);
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
            let at = effect.cuts[random.next() as usize % effect.cuts.len()];
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
    println!("{histories} histories from seed {first}, {steps} steps");
    assert!(steps >= histories, "{steps}");
}
