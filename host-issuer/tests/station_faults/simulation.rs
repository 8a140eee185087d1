//! A station from the first chip to rest: lives of its process, readers with the baton between them, an operator who lays chips on.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::slice;
use std::sync::atomic::AtomicU64;
use std::sync::{Mutex, MutexGuard, PoisonError};

use host_issuer::environment::{Clock as _, Disk as _, Random};
use host_issuer::ledger::LedgerStore;
use host_issuer::ledger::event::{CardId, ChipState, JobState};
use host_issuer::ledger::sqlite::SqliteLedger;
use host_issuer::ledger::view::JobFilter;
use host_issuer::station::acceptance::{self, AcceptanceError};
use host_issuer::station::desk::Desk;
use host_issuer::station::jobs::JobStore;
use host_issuer::station::office::Office;
use host_issuer::station::personalize::settle::Settled;
use host_issuer::station::personalize::{Done, Production, Queue, Refusal, Undone};
use host_issuer::station::place::StationDirectory;
use tempfile::TempDir;

use super::baton::{Baton, Leaving};
use super::failing_ledger::FailingLedger;
use super::faults::{Fate, Fault};
use super::invariants;
use super::material::{self, BATCH, Prepared, issuer, station_path};
use super::memory_disk::MemoryDisk;
use super::seams::{Chip, CountingSigner, FailingDisk, Gate, OnReader, Ticking};
use crate::seeded_chip::{HostRandom, Seeded, SeededChip};

/// Readers of the station.
const READERS: usize = 2;
/// Lives after which a station that is not at rest never will be.
const LIVES: usize = 12;
/// Of so many worlds the files of one are searched.
const SEARCHED: u64 = 8;

/// Everything that outlives a process.
pub struct World {
    pub prepared: &'static Prepared,
    pub chips: Vec<Chip>,
    pub disk: MemoryDisk,
    _folder: TempDir,
    pub ledger: PathBuf,
    pub fate: Fate,
    clock: Ticking,
    /// Signatures that the document signer has really made.
    pub signatures: AtomicU64,
    random: Mutex<Seeded>,
    /// What the printer got of each card that was accepted.
    printed: Mutex<BTreeMap<CardId, Vec<u8>>>,
    /// What should have been nowhere, and was.
    pub found: Mutex<Vec<String>>,
    /// Files of one world in so many are searched for what must be nowhere in clear.
    seed: u64,
    /// What the operator saw, for a failing seed.
    seen: Mutex<Vec<String>>,
}

/// Chips as the operator has them.
struct Table {
    /// To be laid on a reader.
    waiting: VecDeque<usize>,
    /// Cards, and chips that the station does not want.
    away: BTreeSet<usize>,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl World {
    /// A station with a batch that was started; the seed decides everything that is left open, the plan what goes wrong.
    pub fn new(prepared: &'static Prepared, seed: u64, plan: &[Fault]) -> Self {
        let mut random = Seeded(seed);
        let chips = prepared
            .chips
            .iter()
            .map(|blank| Mutex::new(SeededChip::with_memory(blank.memory.clone(), random.draw())))
            .collect();
        let folder = material::folder();
        let ledger = folder.path().join("ledger.sqlite");
        #[allow(clippy::disallowed_methods, reason = "a test's own file")]
        std::fs::write(&ledger, &prepared.ledger).expect("a ledger");
        Self {
            prepared,
            chips,
            disk: prepared.disk.copy(),
            _folder: folder,
            ledger,
            fate: Fate::new(plan),
            clock: Ticking::new(),
            signatures: AtomicU64::new(0),
            random: Mutex::new(random),
            printed: Mutex::default(),
            found: Mutex::default(),
            seed,
            seen: Mutex::default(),
        }
    }

    /// Works until nothing is left to do.
    ///
    /// # Errors
    /// Why it does not come to rest.
    pub fn run(&self) -> Result<(), String> {
        let mut table = Table {
            waiting: (0..self.chips.len()).collect(),
            away: BTreeSet::new(),
        };
        for life in 0..LIVES {
            self.fate.revive();
            self.tell(format!("life {life}"));
            let at_rest = self.live(&mut table)?;
            if at_rest {
                return Ok(());
            }
        }
        Err(format!("not at rest after {LIVES} lives"))
    }

    /// One process, from its start to its end. Says whether nothing is left to do.
    fn live(&self, table: &mut Table) -> Result<bool, String> {
        let ledger = SqliteLedger::open(&self.ledger).map_err(|error| format!("the ledger: {error}"))?;
        self.work(&ledger, table);
        // Whatever the operator still has is laid on again by the next process, in another order.
        let mut waiting: Vec<usize> = (0..self.chips.len())
            .filter(|chip| !table.away.contains(chip))
            .collect();
        let mut random = locked(&self.random);
        let turn = random.below(waiting.len().max(1));
        waiting.rotate_left(turn);
        table.waiting = waiting.into();
        let unsettled = JobFilter {
            unsettled: true,
            ..JobFilter::default()
        };
        let pending = JobFilter {
            state: Some(JobState::Pending),
            ..JobFilter::default()
        };
        let to_purge = JobFilter {
            to_purge: true,
            ..JobFilter::default()
        };
        let to_accept = JobFilter {
            to_accept: true,
            ..JobFilter::default()
        };
        for filter in [unsettled, pending, to_accept, to_purge] {
            let left = ledger.jobs(&filter).map_err(|error| error.to_string())?;
            if !left.is_empty() {
                return Ok(false);
            }
        }
        Ok(!self.fate.is_dead())
    }

    fn work(&self, ledger: &SqliteLedger, table: &mut Table) {
        let gate = Gate {
            fate: &self.fate,
            baton: Baton::new(READERS, locked(&self.random).draw()),
        };
        let disk = FailingDisk {
            gate: &gate,
            inner: self.disk.clone(),
        };
        let ledger = FailingLedger {
            gate: &gate,
            inner: ledger,
        };
        let signer = CountingSigner {
            gate: &gate,
            inner: &issuer().signer,
            made: &self.signatures,
        };
        let place = match StationDirectory::open(&station_path(), &disk) {
            Ok(place) => place,
            Err(error) => return self.tell(format!("the station does not open: {error}")),
        };
        let jobs = JobStore {
            place: &place,
            ledger: &ledger,
            disk: &disk,
        };
        let office = Office {
            certificate: issuer().certificate.clone(),
            document_signer: issuer().signer_serial.clone(),
            quota: None,
            signer: &signer,
            issuer_keys: &issuer().keys,
            terminal_trust: None,
            application_masters: &issuer().application_masters,
        };
        let production = Production::new(jobs, &issuer().vault, office, &self.clock, "An");
        if let Err(error) = production.catch_up() {
            return self.tell(format!("no catching up: {error}"));
        }
        let queue = Queue::new(BATCH.into(), None);
        let table = Mutex::new(table);
        std::thread::scope(|scope| {
            for reader in 0..READERS {
                let seed = locked(&self.random).draw();
                let (gate, production, queue, table) = (&gate, &production, &queue, &table);
                scope.spawn(move || {
                    gate.come(reader);
                    let _leaving = Leaving(&gate.baton);
                    let mut random: Random = Box::new(HostRandom(Seeded(seed)));
                    self.read(reader, gate, production, queue, table, &mut random);
                });
            }
        });
        if let Err(error) = self.accept(&ledger, &jobs) {
            self.tell(format!("no acceptance: {error}"));
        }
    }

    /// The operator prints what is issued, and accepts it.
    fn accept(&self, ledger: &FailingLedger<'_>, jobs: &JobStore<'_>) -> Result<(), AcceptanceError> {
        let desk = Desk {
            store: ledger,
            station: material::STATION,
            actor: "An",
            now: self.clock.now(),
        };
        for card in acceptance::waiting(ledger, Some(&BATCH.into()))? {
            let print = acceptance::print_data(&desk, jobs, &issuer().vault, &card)?;
            locked(&self.printed).insert(card.clone(), print.to_vec());
            if self.searches()
                && let Err(found) = invariants::nothing_is_in_clear(self)
            {
                locked(&self.found).push(found);
            }
            let accepted = acceptance::accept(&desk, jobs, slice::from_ref(&card))?;
            self.tell(format!("accepted {card}, {:?}", accepted.not_purged));
        }
        Ok(())
    }

    /// Whether the files of this world are searched, which takes its time.
    pub fn searches(&self) -> bool {
        self.seed.is_multiple_of(SEARCHED)
    }

    /// What the printer got of a card.
    ///
    /// # Errors
    /// When it never got anything.
    pub fn printed(&self, card: &str) -> Result<Vec<u8>, String> {
        let printed = locked(&self.printed);
        printed
            .get(card)
            .cloned()
            .ok_or_else(|| format!("card {card} was never printed"))
    }

    /// All of it.
    pub fn all_printed(&self) -> Vec<Vec<u8>> {
        locked(&self.printed).values().cloned().collect()
    }

    /// One reader: chip after chip.
    fn read(
        &self,
        reader: usize,
        gate: &Gate<'_>,
        production: &Production<'_>,
        queue: &Queue,
        table: &Mutex<&mut Table>,
        random: &mut Random,
    ) {
        let name = format!("reader {reader}");
        // Chips of this life for which there was no job: they stay on the table until the next one.
        let mut patience = 4 * self.chips.len();
        while patience > 0 && !self.fate.is_dead() {
            patience -= 1;
            let Some(index) = locked(table).waiting.pop_front() else {
                return;
            };
            let mut card = OnReader::lay(gate, &self.chips[index]);
            let ended = production.attend(&mut card, &name, queue, random, &mut |_| {});
            self.tell(format!("reader {reader}, chip {index}: {}", described(&ended)));
            if self.fate.is_dead() {
                return;
            }
            let mut table = locked(table);
            match ended {
                Ok(Done::Issued(_) | Done::Settled(Settled::Issued(_))) => {
                    table.away.insert(index);
                }
                Ok(Done::Settled(Settled::Failed(failed))) | Err(Undone::Failed(failed)) => {
                    if failed.chip_state == ChipState::Blank {
                        table.waiting.push_back(index);
                    } else {
                        table.away.insert(index);
                    }
                    if failed.stops {
                        return;
                    }
                }
                // Left for the next life.
                Ok(Done::NothingToDo) => {}
                // Nothing was learnt of it: it is laid on again.
                Err(Undone::Refused(Refusal::Chip(_) | Refusal::Later)) => table.waiting.push_back(index),
                Err(Undone::Refused(_)) => {
                    table.away.insert(index);
                }
                Err(Undone::Unsettled(attempt)) => {
                    table.waiting.push_front(index);
                    if attempt.stops {
                        return;
                    }
                }
                Err(Undone::Stopped(_)) => return,
            }
        }
    }

    /// A file of the station.
    ///
    /// # Errors
    /// When it is not there.
    pub fn file(&self, path: &Path) -> Result<Vec<u8>, String> {
        self.disk.read(path, u64::MAX).map_err(|error| error.to_string())
    }

    fn tell(&self, line: String) {
        locked(&self.seen).push(line);
    }

    /// What the operator saw.
    pub fn story(&self) -> String {
        let mut story = String::new();
        for line in locked(&self.seen).iter() {
            let _ = writeln!(story, "    {line}");
        }
        story
    }
}

fn described(ended: &Result<Done, Undone>) -> String {
    match ended {
        Ok(Done::Issued(card)) => format!("issued {} (job {:.6})", card.card_id, card.job),
        Ok(Done::Settled(Settled::Issued(card))) => {
            format!("settled: issued {} (job {:.6})", card.card_id, card.job)
        }
        Ok(Done::Settled(Settled::Failed(failed))) => format!(
            "settled: {} chip {} job {:.6} {}",
            failed.reason,
            failed.chip_state.name(),
            failed.job,
            failed.job_state.name()
        ),
        Ok(Done::NothingToDo) => "nothing to do".into(),
        Err(Undone::Failed(failed)) => format!(
            "failed: {} ({}) chip {} job {:.6} {}",
            failed.reason,
            failed.cause,
            failed.chip_state.name(),
            failed.job,
            failed.job_state.name()
        ),
        Err(other) => other.to_string(),
    }
}
