//! The table of causes: what the chip and the job are after each, and whether the station goes on.

use getrandom::SysRng;
use host_issuer::ledger::LedgerError;
use host_issuer::ledger::error::Conflict;
use host_issuer::ledger::event::{ChipState, JobState};
use host_issuer::load::LoadError;
use host_issuer::load::manufacture::manufacture_in_memory;
use host_issuer::load::read_back::ReadBackError;
use host_issuer::load::scp03::Scp03Error;
use host_issuer::load::session::SessionError;
use host_issuer::station::personalize::ruling::{self, PATIENCE};
use host_issuer::station::personalize::{AttemptError, FailedAttempt, Stop, Undone};
use host_issuer::terminal::link::LinkError;
use host_issuer::transport::{Transport as _, TransportError};
use personalization::job::PrepareError;

use crate::failing::{FullDisk, Glitch, GoneSigner};
use crate::floor::{Floor, ISSUER, Seams, attend, chip_keys, commands, issued};

const SERIAL: &[u8; 10] = b"SPECIMEN01";

fn failed(result: Result<host_issuer::station::personalize::Done, Undone>) -> FailedAttempt {
    match result {
        Err(Undone::Failed(failed)) => *failed,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_signer_that_is_gone_stops_the_station_and_costs_nothing() {
    let floor = Floor::with(&[1]);
    let mut chip = floor.chip(SERIAL);
    let signer = GoneSigner(ISSUER.signer());
    let production = floor.production_over(Seams {
        signer: &signer,
        ..floor.seams()
    });
    let failed = failed(attend(&production, &mut chip));
    assert!(failed.stops);
    floor.assert_again(0, SERIAL, "signer.failed", ChipState::Blank);
    chip.reset().expect("reset");
    let card = issued(floor.attend(&mut chip));
    floor.assert_issued(&card, chip);
    // What was asked in vain is accounted, too.
    use host_issuer::ledger::LedgerStore as _;
    let signer = floor.ledger.document_signer("5A").expect("read");
    assert_eq!((signer.asked, signer.made), (2, 1));
}

#[test]
fn a_full_disk_stops_the_station_before_anything_is_signed() {
    let floor = Floor::with(&[1]);
    let mut chip = floor.chip(SERIAL);
    let disk = FullDisk("drafts");
    let production = floor.production_over(Seams {
        disk: &disk,
        ..floor.seams()
    });
    let failed = failed(attend(&production, &mut chip));
    assert!(failed.stops);
    floor.assert_again(0, SERIAL, "station.disk", ChipState::Blank);
    chip.reset().expect("reset");
    issued(floor.attend(&mut chip));
}

#[test]
#[allow(clippy::disallowed_methods, reason = "a test's own file")]
fn an_application_that_was_altered_or_lost_is_a_failed_job() {
    let floor = Floor::with(&[1, 2]);
    let mut chip = floor.chip(SERIAL);
    let path = |place: usize| floor.path(&format!("jobs/{}.sealed", floor.jobs[place]));
    let mut sealed = std::fs::read(path(0)).expect("sealed");
    *sealed.last_mut().expect("content") ^= 1;
    std::fs::write(path(0), sealed).expect("altered");
    std::fs::remove_file(path(1)).expect("removed");
    for place in [0, 1] {
        let failed = failed(floor.attend(&mut chip));
        assert_eq!((failed.reason, failed.stops), ("application.lost", false));
        assert_eq!(floor.job(place).state, JobState::Failed);
        assert_eq!(floor.chip_view(SERIAL).state, ChipState::Blank);
        chip.reset().expect("reset");
    }
}

#[test]
fn a_chip_whose_keys_nobody_vouches_for_is_kept_apart() {
    let floor = Floor::with(&[1]);
    let (mut chip, _) = manufacture_in_memory(SERIAL, &mut SysRng, chip_keys).expect("a chip");
    let (_, other) = manufacture_in_memory(SERIAL, &mut SysRng, chip_keys).expect("a chip");
    chip.reset().expect("reset");
    floor.register(SERIAL, &other);
    let failed = failed(floor.attend(&mut chip));
    assert_eq!(failed.reason, "chip.attestation");
    floor.assert_again(0, SERIAL, "chip.attestation", ChipState::Quarantined);
    use host_issuer::ledger::LedgerStore as _;
    assert_eq!(floor.ledger.document_signer("5A").expect("read").asked, 0);
}

#[test]
fn a_chip_that_misbehaves_is_kept_apart_and_one_without_room_is_not() {
    let silence = None;
    let no_mac = Some(vec![0x90, 0x00]);
    let refuses = Some(vec![0x69, 0x85]);
    let no_room = Some(vec![0x6A, 0x84]);
    for (answer, reason, chip_state, job_state) in [
        (silence, "chip.mute", ChipState::Quarantined, JobState::Pending),
        (no_mac, "chip.session", ChipState::Quarantined, JobState::Pending),
        (refuses, "chip.refused", ChipState::Quarantined, JobState::Pending),
        (
            no_room,
            "application.too_large",
            ChipState::Blank,
            JobState::Failed,
        ),
    ] {
        let floor = Floor::with(&[1]);
        let mut chip = floor.chip(SERIAL);
        let mut glitch = Glitch {
            inner: &mut chip,
            left: commands() / 3,
            answer,
        };
        let failed = failed(floor.attend(&mut glitch));
        assert_eq!(failed.reason, reason);
        assert_eq!(floor.chip_view(SERIAL).state, chip_state, "{reason}");
        assert_eq!(floor.job(0).state, job_state, "{reason}");
    }
}

#[test]
fn every_other_line_of_the_table() {
    let transport = |error| AttemptError::from(LoadError::Link(LinkError::Transport(error)));
    let conflict = |conflict| AttemptError::from(LedgerError::Conflict(conflict));
    let exchanged = LoadError::ReadBack(ReadBackError::OtherChip);
    let differs = |offset| ReadBackError::Differs {
        file: "DG1".into(),
        offset,
    };
    let (blank, apart) = (ChipState::Blank, ChipState::Quarantined);
    let (again, never) = (JobState::Pending, JobState::Failed);
    let stops = true;
    let goes_on = false;
    for (error, reason, chip, job, station) in [
        (
            transport(TransportError::CardRemoved),
            "chip.removed",
            blank,
            again,
            goes_on,
        ),
        (
            transport(TransportError::ReaderGone),
            "reader.failed",
            blank,
            again,
            goes_on,
        ),
        (
            transport(TransportError::CardReset),
            "reader.failed",
            blank,
            again,
            goes_on,
        ),
        (
            transport(TransportError::Timeout),
            "chip.mute",
            apart,
            again,
            goes_on,
        ),
        (exchanged.into(), "chip.exchanged", blank, again, goes_on),
        (
            LoadError::ReadBack(differs(7)).into(),
            "chip.read_back",
            apart,
            again,
            goes_on,
        ),
        (
            LoadError::KeyCheck.into(),
            "chip.read_back",
            apart,
            again,
            goes_on,
        ),
        (
            LoadError::from(SessionError::WrongMac).into(),
            "chip.session",
            apart,
            again,
            goes_on,
        ),
        (
            LoadError::from(Scp03Error::Malformed).into(),
            "chip.load",
            apart,
            again,
            goes_on,
        ),
        (
            LoadError::from(Scp03Error::Random).into(),
            "station.random",
            blank,
            again,
            stops,
        ),
        (
            LoadError::NoApplicationKeys("x".into()).into(),
            "station.keys",
            blank,
            again,
            stops,
        ),
        (
            AttemptError::Interrupted,
            "operator.interrupted",
            apart,
            again,
            goes_on,
        ),
        (AttemptError::Died, "station.died", blank, again, goes_on),
        (
            AttemptError::NotActivated,
            "chip.not_activated",
            blank,
            again,
            goes_on,
        ),
        (
            AttemptError::Differs(differs(0)),
            "chip.differs",
            apart,
            never,
            goes_on,
        ),
        (
            AttemptError::Stop(Stop::Random),
            "station.random",
            blank,
            again,
            stops,
        ),
        (
            PrepareError::NoTerminalTrust.into(),
            "station.no_cvca",
            blank,
            again,
            stops,
        ),
        (
            PrepareError::DocumentSigner("x").into(),
            "signer.unfit",
            blank,
            never,
            goes_on,
        ),
        (
            PrepareError::ChipKeys.into(),
            "station.internal",
            blank,
            never,
            goes_on,
        ),
        (
            conflict(Conflict::KeyTwice("x".into())),
            "chip.duplicate_key",
            apart,
            again,
            goes_on,
        ),
        (
            conflict(Conflict::CardIdTwice("x".into())),
            "ledger.conflict",
            blank,
            again,
            stops,
        ),
    ] {
        let ruling = ruling::of(&error, 1);
        let found = (ruling.reason, ruling.chip, ruling.job, ruling.stops);
        assert_eq!(found, (reason, chip, job, station), "{error}");
        // A job that costs one chip after the other is not tried for ever.
        let late = ruling::of(&error, PATIENCE);
        let last = if chip == apart { never } else { job };
        assert_eq!((late.chip, late.job), (chip, last), "{error}");
    }
}
