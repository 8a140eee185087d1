//! Two readers, each with a card of which nobody knows how its attempt ended: neither hides the other's. While one of them looks for
//! the job that its card may be of, the other one's chip is told to come again; it is neither no blank chip nor there twice.
//!
//! The simulation's first run found both (seeds 16 and 33).

use std::cell::RefCell;

use host_issuer::ledger::event::{ChipState, JobState};
use host_issuer::station::personalize::settle::Settled;
use host_issuer::station::personalize::{Done, Production, Refusal, Undone};
use host_issuer::transport::Transport as _;
use host_issuer::transport::in_process::InProcess;
use host_issuer::transport::pulled::{Moment, PulledCard};

use crate::failing::Counted;
use crate::floor::{Floor, attend, commands, issued};

const FIRST: &[u8; 10] = b"SPECIMEN01";
const SECOND: &[u8; 10] = b"SPECIMEN02";

/// A chip that is pulled at its activation: the job that comes next is its.
fn lost(floor: &Floor, serial: &[u8; 10], moment: Moment) -> InProcess {
    let mut chip = floor.chip(serial);
    let result = floor.attend(&mut PulledCard::new(&mut chip, commands() - 1, moment));
    assert!(matches!(result, Err(Undone::Unsettled(_))), "{result:?}");
    chip.reset().expect("reset");
    chip
}

/// How many commands it takes to find out that a card takes the issuer's keys no more.
fn commands_before_looking() -> usize {
    let floor = Floor::with(&[98]);
    let mut chip = floor.chip(b"SPECIMEN98");
    issued(floor.attend(&mut chip));
    chip.reset().expect("reset");
    let mut counted = Counted {
        inner: &mut chip,
        commands: 0,
        alarm: (usize::MAX, &|| {}),
    };
    let refused = floor.attend(&mut counted);
    assert!(
        matches!(refused, Err(Undone::Refused(Refusal::NotBlank))),
        "{refused:?}"
    );
    counted.commands
}

/// `second` is on one reader and looks for its job, the first one first; at that moment `first` is laid on the other reader.
fn meanwhile(
    production: &Production<'_>,
    first: &mut InProcess,
    second: &mut InProcess,
) -> Result<Done, Undone> {
    let other = RefCell::new((first, None));
    let lay_on = || {
        let mut other = other.borrow_mut();
        let (chip, result) = &mut *other;
        *result = Some(attend(production, *chip));
    };
    let mut counted = Counted {
        inner: second,
        commands: 0,
        alarm: (commands_before_looking(), &lay_on),
    };
    let settled = attend(production, &mut counted);
    assert!(
        matches!(settled, Ok(Done::Settled(Settled::Issued(_)))),
        "{settled:?}"
    );
    other.into_inner().1.expect("laid on meanwhile")
}

#[test]
fn a_finished_card_is_told_to_come_again_while_its_job_is_looked_at() {
    let floor = Floor::with(&[1, 2]);
    let mut first = lost(&floor, FIRST, Moment::BeforeAnswer);
    let mut second = lost(&floor, SECOND, Moment::BeforeAnswer);
    let production = floor.production();
    let told = meanwhile(&production, &mut first, &mut second);
    assert!(matches!(told, Err(Undone::Refused(Refusal::Later))), "{told:?}");
    // It is as it was, and found to be issued when it comes again.
    assert_eq!(floor.chip_view(FIRST).state, ChipState::InProduction);
    first.reset().expect("reset");
    let settled = attend(&production, &mut first);
    assert!(
        matches!(settled, Ok(Done::Settled(Settled::Issued(_)))),
        "{settled:?}"
    );
    assert_eq!(
        (floor.job(0).state, floor.job(1).state),
        (JobState::Issued, JobState::Issued)
    );
}

#[test]
fn a_chip_that_was_never_activated_is_told_to_come_again_and_is_not_there_twice() {
    let floor = Floor::with(&[1, 2]);
    let mut first = lost(&floor, FIRST, Moment::BeforeCommand);
    let mut second = lost(&floor, SECOND, Moment::BeforeAnswer);
    let production = floor.production();
    let told = meanwhile(&production, &mut first, &mut second);
    assert!(matches!(told, Err(Undone::Refused(Refusal::Later))), "{told:?}");
    first.reset().expect("reset");
    let card = issued(attend(&production, &mut first));
    assert_eq!(card.attempt, 2);
    floor.assert_issued(&card, first);
    assert_eq!(floor.job(1).state, JobState::Issued);
}
