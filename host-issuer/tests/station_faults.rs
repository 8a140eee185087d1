//! A station whose every touch of the world may go wrong: deterministic simulation of many readers, from one seed.
//!
//! A world is a [station](station_faults::simulation): in-process chips whose memory survives, a real ledger in a file, a disk in
//! memory, a signer in a file, a clock that ticks when it is looked at, two readers between which a baton is passed at every seam. A
//! [plan](station_faults::faults) says which calls go wrong and how: not done, done and an error told, the card pulled before or after
//! the chip acted, the process killed before or after. Killed processes are followed by new ones over the same chips and disks, until
//! nothing is left to do; then the [invariants](station_faults::invariants) must hold.
//!
//! A seed that fails is printed, and `make simulate SEEDS=1 SEED=n` does the same again, call by call.

#[path = "support/seeded_chip.rs"]
mod seeded_chip;
mod station_faults {
    pub mod baton;
    pub mod failing_ledger;
    pub mod faults;
    pub mod invariants;
    pub mod material;
    pub mod memory_disk;
    pub mod seams;
    pub mod simulation;
}

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use seeded_chip::Seeded;
use station_faults::faults::{Fault, Kind, Seam, sample};
use station_faults::invariants;
use station_faults::material::{Scene, prepared};
use station_faults::simulation::World;

/// Seeds of a run of `make test`.
const SEEDS: u64 = 1000;
/// Of so many seeds one makes cards with everything that a chip proves: they take ten times as long.
const FULL_EVERY: u64 = 50;

/// How a simulation ended.
struct Ended {
    calls: Vec<(Seam, &'static str)>,
    happened: Vec<(Seam, &'static str, Kind)>,
}

/// Runs a world to rest and looks at everything.
fn simulate(scene: Scene, seed: u64, plan: &[Fault]) -> Result<Ended, String> {
    let world = World::new(prepared(scene), seed, plan);
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        world.run().and_then(|()| invariants::check(&world))
    }));
    let outcome = outcome.unwrap_or_else(|_| Err("it panicked".into()));
    let happened = world.fate.happened();
    match outcome {
        Ok(()) => Ok(Ended {
            calls: world.fate.calls(),
            happened,
        }),
        Err(why) => Err(format!(
            "{why}\n  {scene:?}, seed {seed}, {plan:?}\n  what went wrong: {happened:?}\n  what was seen:\n{}",
            world.story()
        )),
    }
}

/// What a seed stands for.
fn by_seed(seed: u64) -> Result<Ended, String> {
    let scene = if seed.is_multiple_of(FULL_EVERY) {
        Scene::Full
    } else if seed.is_multiple_of(2) {
        Scene::Plain
    } else {
        Scene::OnePlain
    };
    let mut random = Seeded(seed);
    let calls = typical_calls(scene);
    let plan = sample(&mut random, calls);
    simulate(scene, random.draw(), &plan)
}

/// Calls of a day on which nothing goes wrong.
fn typical_calls(scene: Scene) -> usize {
    static CALLS: [OnceLock<usize>; 4] = [const { OnceLock::new() }; 4];
    *CALLS[scene as usize].get_or_init(|| {
        let day = simulate(scene, 0, &[]).unwrap_or_else(|why| panic!("{why}"));
        day.calls.len()
    })
}

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}

/// `make simulate SEEDS=n SEED=first` runs more of them.
#[test]
fn seeded_faults_lose_and_double_nothing() {
    let first = number("EID_SIMULATION_SEED").unwrap_or(1);
    let seeds = number("EID_SIMULATION_SEEDS").unwrap_or(SEEDS);
    let (next, failed) = (AtomicU64::new(first), AtomicU64::new(0));
    let work = || {
        let mut happened: BTreeMap<String, u32> = BTreeMap::new();
        let mut failures = Vec::new();
        while failed.load(Ordering::Relaxed) < 5 {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= first.saturating_add(seeds) {
                break;
            }
            match by_seed(seed) {
                Ok(ended) => {
                    for (seam, _, kind) in ended.happened {
                        *happened.entry(format!("{seam:?} {kind:?}")).or_default() += 1;
                    }
                }
                Err(why) => {
                    eprintln!(
                        "seed {seed} fails; `make simulate SEEDS=1 SEED={seed}` does it again\n  {why}"
                    );
                    failures.push(seed);
                    failed.fetch_add(1, Ordering::Relaxed);
                }
            }
        }
        (happened, failures)
    };
    // Worlds have nothing in common, so as many are run at once as the machine can.
    let threads = thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let mut happened: BTreeMap<String, u32> = BTreeMap::new();
    let mut failures = Vec::new();
    thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        for worker in workers {
            let (of_worker, failed) = worker.join().expect("what panics is caught in simulate");
            for (way, count) in of_worker {
                *happened.entry(way).or_default() += count;
            }
            failures.extend(failed);
        }
    });
    println!("what went wrong in {seeds} seeds: {happened:#?}");
    assert!(failures.is_empty(), "seeds {failures:?} fail");
    if seeds >= SEEDS {
        // Every way of every seam was met: else the simulation tells less than it says.
        let ways: usize = [
            Seam::Transport,
            Seam::LedgerRead,
            Seam::LedgerWrite,
            Seam::Signer,
            Seam::DiskRead,
            Seam::DiskWrite,
        ]
        .iter()
        .map(|seam| seam.kinds().len())
        .sum();
        assert_eq!(happened.len(), ways, "{happened:#?}");
    }
}

/// Every call of a day on which one card is made goes wrong, one at a time: under `make simulate` in every way, else in one way in turn
/// and no more than every `step`th call.
fn every_call_may_fail_once(scene: Scene, step: usize) {
    let day = simulate(scene, 0, &[]).unwrap_or_else(|why| panic!("{why}"));
    let mut failures = Vec::new();
    let mut runs = 0;
    let thorough = number("EID_SIMULATION_SEEDS").is_some();
    for (call, (seam, what)) in day.calls.iter().enumerate() {
        let kinds = seam.kinds().len();
        let ways = match thorough {
            true => 0..kinds,
            false if call.is_multiple_of(step) => call / step % kinds..call / step % kinds + 1,
            false => 0..0,
        };
        for way in ways {
            runs += 1;
            if let Err(why) = simulate(scene, 0, &[Fault { call, way }]) {
                failures.push(format!("{seam:?} {what}: {why}"));
            }
        }
    }
    println!("{scene:?}: {} calls, {runs} runs", day.calls.len());
    assert!(
        failures.is_empty(),
        "{} fail:\n{}",
        failures.len(),
        failures[..failures.len().min(3)].join("\n")
    );
}

#[test]
fn every_call_for_a_plain_card_may_fail_once() {
    every_call_may_fail_once(Scene::OnePlain, 1);
}

#[test]
fn every_call_for_a_card_with_keys_may_fail_once() {
    every_call_may_fail_once(Scene::OneFull, 4);
}

/// The same seed is the same day, call by call, whatever the machine does meanwhile.
#[test]
fn a_seed_is_a_day() {
    for seed in [4, 50] {
        let days: Vec<_> = (0..2)
            .map(|_| by_seed(seed).unwrap_or_else(|why| panic!("{why}")))
            .collect();
        assert_eq!(days[0].calls, days[1].calls, "seed {seed}");
        assert_eq!(days[0].happened, days[1].happened, "seed {seed}");
    }
}
