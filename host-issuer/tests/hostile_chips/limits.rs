//! Chips that take their time: somebody is told, and it comes to an end. No clock is asked.

use std::cell::Cell;
use std::time::Duration;

use host_issuer::transport::{Limits, Transport, TransportError};
use host_issuer::verify::{Attendant, Blame, Password, ReadCardError, ReadLimits, Waiting};
use test_vectors::faulty_chip::Step;

use crate::faulty_reader::{Bench, FaultyReader, MRZ_INFORMATION};

thread_local! {
    /// What the stopwatch says.
    static TIME: Cell<Duration> = const { Cell::new(Duration::ZERO) };
}

const HALF: Duration = Duration::from_millis(500);

/// A reader in which every command takes time, one step above all.
struct Slow {
    reader: FaultyReader,
    every: Duration,
    slow_step: Option<(Step, Duration)>,
    gave_up: bool,
}

impl Slow {
    fn new(bench: &Bench) -> Self {
        Slow {
            reader: bench.reader(),
            every: Duration::ZERO,
            slow_step: None,
            gave_up: false,
        }
    }
}

impl Transport for Slow {
    fn transmit(&mut self, command: &[u8], response: &mut Vec<u8>) -> Result<(), TransportError> {
        self.transmit_watched(command, response, &mut |_| true)
    }

    fn transmit_watched(
        &mut self,
        command: &[u8],
        response: &mut Vec<u8>,
        waiting: &mut dyn FnMut(Duration) -> bool,
    ) -> Result<(), TransportError> {
        assert!(!self.gave_up, "a transport that was given up");
        self.reader.transmit(command, response)?;
        let step = self.reader.chip().steps().last().copied();
        let takes = match self.slow_step {
            Some((slow, takes)) if step == Some(slow) => takes,
            _ => self.every,
        };
        let mut elapsed = Duration::ZERO;
        while elapsed + HALF <= takes {
            elapsed += HALF;
            TIME.set(TIME.get() + HALF);
            if !waiting(elapsed) {
                self.gave_up = true;
                response.clear();
                return Err(TransportError::Timeout);
            }
        }
        TIME.set(TIME.get() + takes.saturating_sub(elapsed));
        Ok(())
    }

    fn reset(&mut self) -> Result<(), TransportError> {
        self.reader.reset()
    }

    fn limits(&self) -> Limits {
        Limits::EXTENDED
    }

    fn atr(&self) -> &[u8] {
        &[]
    }
}

#[derive(Default)]
struct Told(Vec<Waiting>);

impl Attendant for Told {
    fn waiting(&mut self, waiting: Waiting) {
        self.0.push(waiting);
    }
}

fn read(bench: &Bench, slow: Slow, limits: ReadLimits) -> (Option<ReadCardError>, Vec<Waiting>) {
    TIME.set(Duration::ZERO);
    let verifier = bench.verifier().with_limits(limits).with_stopwatch(|| TIME.get());
    let password = Password::mrz(MRZ_INFORMATION).expect("the zone's own fields");
    let mut told = Told::default();
    let outcome = verifier.read_attended(Box::new(slow), &password, &mut told);
    (outcome.err(), told.0)
}

/// The delay after wrong numbers is seen while the token is answered.
#[test]
fn a_chip_that_waits_after_wrong_numbers_is_told() {
    let bench = Bench::pace();
    let mut slow = Slow::new(&bench);
    slow.slow_step = Some((Step::PaceToken, Duration::from_secs(8)));
    let (error, told) = read(&bench, slow, ReadLimits::default());
    assert_eq!(error, None);
    assert_eq!(told.len(), 16);
    assert!(told.iter().all(|waiting| waiting.opening));
    assert_eq!(
        told.last().map(|waiting| waiting.elapsed),
        Some(Duration::from_secs(8))
    );
    // Elsewhere it is something else.
    let mut slow = Slow::new(&bench);
    slow.slow_step = Some((Step::ActiveAuthentication, Duration::from_secs(2)));
    let (error, told) = read(&bench, slow, ReadLimits::default());
    assert_eq!((error, told.len()), (None, 4));
    assert!(told.iter().all(|waiting| !waiting.opening));
}

#[test]
fn a_command_that_never_ends_is_given_up() {
    let bench = Bench::pace();
    for step in [
        Step::PaceNonce,
        Step::PaceToken,
        Step::Read,
        Step::ChipAuthentication,
    ] {
        let mut slow = Slow::new(&bench);
        slow.slow_step = Some((step, Duration::from_secs(1_000_000)));
        let (error, _) = read(&bench, slow, ReadLimits::default());
        let error = error.expect("an answer after days");
        assert_eq!(error.transport(), Some(&TransportError::Timeout), "{step:?}");
        assert!(TIME.get() < Duration::from_secs(62), "{step:?}");
    }
}

#[test]
fn a_card_has_so_much_time_and_so_many_commands() {
    let bench = Bench::pace();
    let mut slow = Slow::new(&bench);
    slow.every = Duration::from_secs(40);
    let (error, _) = read(&bench, slow, ReadLimits::default());
    let error = error.expect("a card that takes all day");
    assert!(
        matches!(error.transport(), Some(TransportError::GivenUp { .. })),
        "{error}"
    );
    assert_eq!(error.blame(), Blame::Chip);
    assert!(TIME.get() <= Duration::from_secs(300 + 40), "{:?}", TIME.get());

    let limits = ReadLimits {
        commands: 9,
        ..ReadLimits::default()
    };
    let slow = Slow::new(&bench);
    let reader = slow.reader.clone();
    let (error, _) = read(&bench, slow, limits);
    assert!(
        error
            .expect("too many commands")
            .to_string()
            .contains("more than 9 commands")
    );
    assert_eq!(reader.chip().commands(), 9);
}
