//! Cases × cards × defects.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use test_vectors::conformance::Verdict;
use test_vectors::conformance::runner::{self, Listed, case_seed};
use test_vectors::faulty_chip::{FaultyChip, Lapse};
use test_vectors::naive::Random;

use crate::alteration::{Alteration, file_of};
use crate::chip::Chip;
use crate::defect::Defect;
use crate::specimen::{Specimen, all_specimens};
use crate::table::Table;

/// Where the oracle's keys come from.
const SEED: u64 = 1;
/// Cases of a row that are played in `make test`, of those that must fail.
const MUST_FAIL: usize = 3;
/// The same of those that must not.
const MUST_NOT: usize = 2;

/// The suite and the cards.
pub struct Suite {
    cases: Vec<(String, Listed)>,
    cards: Vec<Specimen>,
    /// By card and case, the rules that count in it.
    at_stake: Mutex<BTreeMap<(&'static str, String), BTreeSet<Lapse>>>,
}

impl Suite {
    pub fn new() -> Self {
        let named = |listed: Listed| (listed.entry.id.to_string(), listed);
        Suite {
            cases: runner::list().into_iter().map(named).collect(),
            cards: all_specimens(),
            at_stake: Mutex::default(),
        }
    }

    /// What the suite plays.
    pub fn implemented(&self) -> impl Iterator<Item = &String> {
        let cases = self.cases.iter().filter(|(_, listed)| listed.is_implemented());
        cases.map(|(id, _)| id)
    }

    /// Cards and cases that should agree and do not. Each case on one card that it applies to, or on `every` one.
    pub fn sober_failures(&self, every: bool) -> Vec<String> {
        let mut failures = Vec::new();
        for (id, listed) in &self.cases {
            for card in &self.cards {
                let mut chip = Chip(FaultyChip::new(card.setup.clone(), Vec::new()));
                match play(listed, card, &mut chip) {
                    Verdict::Failed(why) => failures.push(format!("{} {id}: {why}", card.name)),
                    Verdict::Passed if !every => break,
                    _ => {}
                }
            }
        }
        failures
    }

    /// Whether a defect makes a case fail on one of the cards that it is seen on.
    fn is_killed(&self, defect: &Defect, listed: &Listed) -> bool {
        let cards = self.cards.iter().filter(|card| defect.concerns(card.name));
        let mut that_matter = cards.filter(|card| self.matters(defect, card, listed));
        that_matter.any(|card| fails(defect, card, listed))
    }

    /// The same without a look at the rules that count.
    fn is_surely_killed(&self, defect: &Defect, listed: &Listed) -> bool {
        let mut cards = self.cards.iter().filter(|card| defect.concerns(card.name));
        cards.any(|card| fails(defect, card, listed))
    }

    /// Whether it makes a difference. A chip that never came to where a rule counts behaves as if it kept it.
    fn matters(&self, defect: &Defect, card: &Specimen, listed: &Listed) -> bool {
        let Defect::Lapse(lapse) = defect else {
            return true;
        };
        let key = (card.name, listed.entry.id.to_string());
        let mut at_stake = self.at_stake.lock().expect("no panic elsewhere");
        let rules = at_stake.entry(key).or_insert_with(|| {
            let mut chip = Chip(FaultyChip::new(card.setup.clone(), Vec::new()));
            play(listed, card, &mut chip);
            chip.0.rules_at_stake()
        });
        rules.contains(lapse)
    }

    /// The cases that a defect is tried with.
    fn cases_for<'a>(&'a self, defect: &'a Defect) -> impl Iterator<Item = &'a (String, Listed)> {
        self.cases.iter().filter(move |(id, listed)| {
            let content = file_of(id).is_some();
            listed.is_implemented()
                && match defect {
                    Defect::Alteration(alteration) => alteration.concerns(id),
                    // What a card answers is tried with the cases that are about answers.
                    _ => !content,
                }
        })
    }

    fn row(&self, defect: &Defect) -> Vec<String> {
        let cases = self.cases_for(defect);
        let killed = cases.filter(|(_, listed)| self.is_killed(defect, listed));
        killed.map(|(id, _)| id.clone()).collect()
    }

    /// Rows of these defects, on every core.
    fn rows(&self, defects: &[Defect]) -> BTreeMap<String, Vec<String>> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        std::thread::scope(|scope| {
            let workers: Vec<_> = (0..cores)
                .map(|worker| {
                    let mine = defects.iter().skip(worker).step_by(cores);
                    scope.spawn(move || {
                        mine.map(|defect| (defect.name(), self.row(defect)))
                            .collect::<Vec<_>>()
                    })
                })
                .collect();
            workers
                .into_iter()
                .flat_map(|worker| worker.join().expect("a worker"))
                .collect()
        })
    }

    /// The table as it is: every lapse and fault, and for each case about a file the first alteration that makes it fail.
    pub fn write_table(&self) -> Table {
        let mut kills = self.rows(&Defect::of_behaviour());
        let unseen = kills.iter().filter(|(_, cases)| cases.is_empty());
        let unseen = unseen.map(|(name, _)| name.clone()).collect();
        kills.retain(|_, cases| !cases.is_empty());
        let mut chosen: BTreeMap<String, Defect> = BTreeMap::new();
        for (id, listed) in self.cases.iter().filter(|(_, listed)| listed.is_implemented()) {
            let Some((folder, fid)) = file_of(id) else {
                continue;
            };
            if chosen
                .values()
                .any(|defect| self.fits(defect, id) && self.is_killed(defect, listed))
            {
                continue;
            }
            let cards = self.cards.iter().filter(|card| {
                let mut chip = Chip(FaultyChip::new(card.setup.clone(), Vec::new()));
                play(listed, card, &mut chip) == Verdict::Passed
            });
            let all = cards.flat_map(|card| Alteration::all(card.name, &card.setup, folder, fid));
            let first = all
                .map(Defect::Alteration)
                .find(|defect| self.is_killed(defect, listed));
            if let Some(defect) = first {
                chosen.insert(defect.name(), defect);
            }
        }
        let chosen: Vec<Defect> = chosen.into_values().collect();
        kills.extend(self.rows(&chosen));
        let killed: BTreeSet<&String> = kills.values().flatten().collect();
        let unkilled = self
            .implemented()
            .filter(|id| !killed.contains(id))
            .cloned()
            .collect();
        Table {
            unkilled,
            unseen,
            kills,
        }
    }

    fn fits(&self, defect: &Defect, id: &str) -> bool {
        matches!(defect, Defect::Alteration(alteration) if alteration.concerns(id))
    }

    /// The defects that the table has rows for.
    fn defects_of(&self, table: &Table) -> Vec<Defect> {
        let behaviour = Defect::of_behaviour().into_iter();
        let altered = table.kills.keys().filter_map(|name| self.alteration(name));
        behaviour.chain(altered.map(Defect::Alteration)).collect()
    }

    /// An alteration by its name: `full DF/0101 61.0/5F1F.0 is gone`.
    fn alteration(&self, name: &str) -> Option<Alteration> {
        let (card, rest) = name.split_once(' ')?;
        let card = self.cards.iter().find(|known| known.name == card)?;
        let (folder, fid) = self
            .cases
            .iter()
            .filter_map(|(id, _)| file_of(id))
            .find(|(folder, fid)| {
                let folder = if *folder == crate::alteration::Folder::MasterFile {
                    "MF"
                } else {
                    "DF"
                };
                rest.starts_with(&format!("{folder}/{fid:04X} "))
            })?;
        let all = Alteration::all(card.name, &card.setup, folder, fid);
        all.into_iter().find(|alteration| alteration.name() == name)
    }

    /// Where the table and the whole matrix differ.
    pub fn differences(&self, table: &Table) -> Vec<String> {
        let rows = self.rows(&self.defects_of(table));
        let mut differences = Vec::new();
        for (name, killed) in rows
            .iter()
            .filter(|(name, killed)| table.kills.get(*name) != Some(killed))
        {
            match table.kills.get(name) {
                None if killed.is_empty() && table.unseen.contains(name) => {}
                row => differences.push(format!("{name}: table {row:?}, played {killed:?}")),
            }
        }
        let unknown = table.kills.keys().filter(|name| !rows.contains_key(*name));
        differences.extend(unknown.map(|name| format!("{name} is no defect")));
        differences
    }

    /// Where the table and what is played of it differ.
    pub fn sampled_differences(&self, table: &Table) -> Vec<String> {
        let mut differences = Vec::new();
        let mut random = Random::new(&[], SEED);
        let defects = self.defects_of(table);
        for defect in &defects {
            let name = defect.name();
            let none = Vec::new();
            let row = table.kills.get(&name).unwrap_or(&none);
            if row.is_empty() != table.unseen.contains(&name) {
                differences.push(format!("{name} has no row"));
            }
            let (must, must_not): (Vec<_>, Vec<_>) =
                self.cases_for(defect).partition(|(id, _)| row.contains(id));
            for (expected, cases, some) in [(true, must, MUST_FAIL), (false, must_not, MUST_NOT)] {
                for (id, listed) in sample(cases, some, &mut random) {
                    if self.is_surely_killed(defect, listed) != expected {
                        differences.push(format!("{name}: {id} should fail: {expected}"));
                    }
                }
            }
        }
        let names: BTreeSet<String> = defects.iter().map(Defect::name).collect();
        let unknown = table.kills.keys().filter(|name| !names.contains(*name));
        differences.extend(unknown.map(|name| format!("{name} is no defect")));
        differences
    }
}

/// Some of these.
fn sample<T>(mut from: Vec<T>, some: usize, random: &mut Random) -> Vec<T> {
    let mut chosen = Vec::new();
    while chosen.len() < some && !from.is_empty() {
        let at = random
            .bytes(2)
            .iter()
            .fold(0, |n, byte| n << 8 | usize::from(*byte));
        chosen.push(from.swap_remove(at % from.len()));
    }
    chosen
}

/// Whether a case fails on a card with a defect.
fn fails(defect: &Defect, card: &Specimen, listed: &Listed) -> bool {
    let mut chip = defect.chip(&card.setup);
    matches!(play(listed, card, &mut chip), Verdict::Failed(_))
}

/// What comes of a case on a card; a card that falls silent has failed.
fn play(listed: &Listed, card: &Specimen, chip: &mut Chip) -> Verdict {
    let seed = case_seed(SEED, &listed.entry.id);
    match listed.play(chip, &card.statement, &card.secrets, seed) {
        Ok((verdict, _)) => verdict,
        Err(error) => Verdict::Failed(error.to_string()),
    }
}
