//! What must hold once a station is at rest, whatever went wrong: of each chip as anybody can find out who holds it, of the ledger, of
//! the disk.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::atomic::Ordering;

use card_applet::wire::global_platform::KEY_VERSION_ISSUER;
use host_issuer::inspect::Verdict;
use host_issuer::ledger::LedgerStore;
use host_issuer::ledger::event::{CardState, ChipState, JobState};
use host_issuer::ledger::sqlite::SqliteLedger;
use host_issuer::ledger::verify;
use host_issuer::ledger::view::{CardFilter, CardView, ChipFilter, JobFilter, JobView};
use host_issuer::load::loader::Loader;
use host_issuer::load::scp03::StaticKeys;
use host_issuer::verify::{Password, Verifier};
use personalization::job::mrz;
use personalization::lds;
use time::macros::datetime;

use super::material::{Flavour, issuer};
use super::seams::hold;
use super::simulation::World;
use crate::seeded_chip::{HostRandom, Seeded, SeededChip};

/// Looks at everything.
///
/// # Errors
/// What does not hold.
pub fn check(world: &World) -> Result<(), String> {
    let ledger = SqliteLedger::open(&world.ledger).map_err(|error| error.to_string())?;
    let jobs = ledger
        .jobs(&JobFilter::default())
        .map_err(|error| error.to_string())?;
    let cards = ledger
        .cards(&CardFilter::default())
        .map_err(|error| error.to_string())?;
    jobs_are_done(world, &jobs, &cards)?;
    chips_are_what_the_ledger_says(world, &ledger, &jobs, &cards)?;
    signatures_are_accounted(world, &ledger)?;
    the_chain_verifies(&ledger)?;
    personal_data_are_gone(world, &ledger, &jobs)
}

fn must(holds: bool, what: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(what()) }
}

/// Each job is issued, or failed for a reason; each issued one has exactly one active card, whose identifier nobody else has.
fn jobs_are_done(world: &World, jobs: &[JobView], cards: &[CardView]) -> Result<(), String> {
    must(jobs.len() == world.prepared.records.len(), || {
        "a job is lost".into()
    })?;
    let mut ids = BTreeSet::new();
    let mut chips = BTreeSet::new();
    let mut citizens = BTreeSet::new();
    for card in cards.iter().filter(|card| card.state == CardState::Active) {
        must(ids.insert(&card.card_id), || {
            format!("card {} twice", card.card_id)
        })?;
        must(chips.insert(&card.chip), || {
            format!("chip {} is two cards", card.chip)
        })?;
        must(citizens.insert(&card.citizen), || {
            format!("the citizen of the job {} has two cards", card.job)
        })?;
    }
    for job in jobs {
        let active: Vec<_> = cards
            .iter()
            .filter(|card| card.job == job.job && card.state == CardState::Active)
            .collect();
        match job.state {
            JobState::Issued => must(active.len() == 1, || {
                format!("job {}: {} cards", job.job, active.len())
            })?,
            JobState::Failed => {
                must(active.is_empty(), || {
                    format!("job {} failed, and has a card", job.job)
                })?;
                must(job.reason.is_some(), || {
                    format!("job {} failed for no reason", job.job)
                })?;
            }
            other => return Err(format!("job {} is {}", job.job, other.name())),
        }
    }
    Ok(())
}

/// Each chip, by what it does.
fn chips_are_what_the_ledger_says(
    world: &World,
    ledger: &SqliteLedger,
    jobs: &[JobView],
    cards: &[CardView],
) -> Result<(), String> {
    let chips = ledger
        .chips(&ChipFilter::default())
        .map_err(|error| error.to_string())?;
    let mut operational: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (index, blank) in world.prepared.chips.iter().enumerate() {
        let view = chips.iter().find(|chip| chip.serial == blank.serial);
        let view = view.ok_or_else(|| format!("chip {} is lost", blank.serial))?;
        let loadable = takes_issuer_keys(world, index);
        match view.state {
            ChipState::Blank => must(loadable, || {
                format!("chip {} is BLANK and takes no keys", view.serial)
            })?,
            ChipState::Issued => {
                must(!loadable, || {
                    format!("chip {} is issued and has its personalisation keys", view.serial)
                })?;
                let card = cards
                    .iter()
                    .find(|card| card.chip == view.serial && card.state == CardState::Active);
                let card = card.ok_or_else(|| format!("chip {} is issued and no card", view.serial))?;
                let job = jobs.iter().find(|job| job.job == card.job);
                let job = job.ok_or_else(|| format!("card {} has no job", card.card_id))?;
                genuine(world, index, card, job)?;
                operational
                    .entry(card.card_id.clone())
                    .or_default()
                    .push(view.serial.clone());
            }
            ChipState::Quarantined => {}
            other => return Err(format!("chip {} is {}", view.serial, other.name())),
        }
    }
    for (card, chips) in operational {
        must(chips.len() == 1, || {
            format!("card {card} is on the chips {}", chips.join(", "))
        })?;
    }
    Ok(())
}

/// Whether the chip opens a session under the issuer's keys.
fn takes_issuer_keys(world: &World, index: usize) -> bool {
    let mut chip = hold(&world.chips[index]);
    chip.power_cycle();
    let keys_of = |serial: &[u8; 10]| StaticKeys::from(&issuer().keys.chip_keys(serial));
    let opened = Loader::new(&mut *chip).authenticate(KEY_VERSION_ISSUER, keys_of, &mut Seeded(9));
    let opens = opened.is_ok();
    drop(opened);
    chip.power_cycle();
    opens
}

/// The card is read as a stranger would: it is genuine, and to the byte the job's.
fn genuine(world: &World, index: usize, card: &CardView, job: &JobView) -> Result<(), String> {
    let record = world.prepared.records.get(&job.job).ok_or("no record")?;
    let profile = world.prepared.profile.checked();
    let paths = world.prepared.place.layout();
    let print = world.printed(&card.card_id)?;
    let print: serde_json::Value = serde_json::from_slice(&print).map_err(|error| error.to_string())?;
    must(print["card_id"] == card.card_id.as_str(), || {
        "print data of another card".into()
    })?;
    world.file(&paths.receipt(&card.card_id))?;
    let password = match world.prepared.flavour {
        Flavour::Full => Password::can(print["can"].as_str().ok_or("no CAN printed")?),
        Flavour::Plain => {
            let zone = mrz(record, profile).map_err(|error| error.to_string())?;
            Password::mrz(&zone.mrz_information())
        }
    };
    let password = password.map_err(|error| error.to_string())?;
    let now = datetime!(2026-11-25 09:00 UTC);
    let verifier = Verifier::new(issuer().trust())
        .at(now)
        .with_random(|| Box::new(HostRandom(Seeded(11))));
    let memory = hold(&world.chips[index]).memory().clone();
    let seen = verifier
        .verify(SeededChip::with_memory(memory, 13), &password)
        .map_err(|error| format!("card {} cannot be read: {error}", card.card_id))?;
    must(seen.verdict() == Verdict::Genuine, || {
        format!("card {} is {:?}: {}", card.card_id, seen.verdict(), seen.reason())
    })?;
    let zone = mrz(record, profile).map_err(|error| error.to_string())?;
    let of_the_job = [
        (1, lds::dg1::encode(&zone)),
        (2, world.prepared.dg2.clone()),
        (
            13,
            lds::dg13::encode(record, &card.card_id).map_err(|error| error.to_string())?,
        ),
    ];
    for (number, content) in of_the_job {
        let read = seen.card.document.data_group(number).bytes();
        must(read == Some(&content[..]), || {
            format!("card {}: DG{number} is not the job's", card.card_id)
        })?;
    }
    Ok(())
}

/// What the signer made was asked for before, and is in the books: as made, or as in doubt.
fn signatures_are_accounted(world: &World, ledger: &SqliteLedger) -> Result<(), String> {
    let books = ledger
        .document_signer(&issuer().signer_serial)
        .map_err(|error| error.to_string())?;
    let made = world.signatures.load(Ordering::Relaxed);
    must(books.made <= made && made <= books.asked, || {
        format!(
            "the signer made {made} signatures; the ledger knows of {} and asked for {}",
            books.made, books.asked
        )
    })
}

/// Every event is bound to those before it, and the tables are what the events make of them.
fn the_chain_verifies(ledger: &SqliteLedger) -> Result<(), String> {
    let report = verify::ledger(ledger, &[]).map_err(|error| error.to_string())?;
    must(report.is_whole(), || {
        format!("the ledger is not whole: {report:?}")
    })
}

/// Nothing personal is kept of a job whose card is accepted, as every card is that was issued; and nothing of it ever stood in clear on
/// the disk, in the ledger or in its log.
fn personal_data_are_gone(world: &World, ledger: &SqliteLedger, jobs: &[JobView]) -> Result<(), String> {
    for job in jobs.iter().filter(|job| job.state == JobState::Issued) {
        must(job.accepted, || format!("job {} is not accepted", job.job))?;
        must(job.purged, || format!("job {} is not purged", job.job))?;
        let key = ledger.job_key(&job.job).map_err(|error| error.to_string())?;
        must(key.is_none(), || {
            format!("the key of the job {} is still there", job.job)
        })?;
        let left = world.disk.names();
        let left = left.iter().find(|path| {
            let name = path.file_name().and_then(|name| name.to_str());
            name.is_some_and(|name| name.starts_with(&job.job))
        });
        must(left.is_none(), || format!("{left:?} is still there"))?;
    }
    if world.searches() {
        nothing_is_in_clear(world)?;
    }
    let found = world.found.lock().map_err(|error| error.to_string())?;
    must(found.is_empty(), || found.join("; "))
}

/// Name, number and CAN of the holders whose cards were printed are in no file.
///
/// # Errors
/// What is in which.
pub fn nothing_is_in_clear(world: &World) -> Result<(), String> {
    let mut canaries = BTreeSet::new();
    for print in world.all_printed() {
        let print: serde_json::Value = serde_json::from_slice(&print).map_err(|error| error.to_string())?;
        let said = ["full_name", "citizen_number", "can"].map(|field| print[field].as_str());
        canaries.extend(said.into_iter().flatten().map(str::to_owned));
    }
    let mut log = world.ledger.clone().into_os_string();
    log.push("-wal");
    let mut files: Vec<(PathBuf, Vec<u8>)> = Vec::new();
    for path in world.disk.names() {
        let content = world.file(&path)?;
        files.push((path, content));
    }
    for path in [world.ledger.clone(), log.into()] {
        // The log is there while a process has the ledger open.
        files.extend(std::fs::read(&path).ok().map(|content| (path, content)));
    }
    for (path, content) in files {
        let text = String::from_utf8_lossy(&content);
        for canary in &canaries {
            must(!holds(&text, canary), || {
                format!("{canary} is in {}", path.display())
            })?;
        }
    }
    Ok(())
}

/// From one place where its first letter is to the next: a library's own search is slow where this is compiled without optimisation.
fn holds(text: &str, canary: &str) -> bool {
    let Some(first) = canary.chars().next() else {
        return false;
    };
    let mut rest = text;
    while let Some(found) = rest.find(first).and_then(|at| rest.get(at..)) {
        if found.starts_with(canary) {
            return true;
        }
        rest = &found[first.len_utf8()..];
    }
    false
}
