//! A card's transport with somebody who watches it: counts commands and time, and tells when the chip takes long.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use super::attendant::{Attendant, Waiting};
use crate::environment::Random;
use crate::terminal::reader::ChipReader;
use crate::transport::{Limits, Transport, TransportError};

/// The reader of a card that somebody watches.
pub(super) type Reader<'a> = ChipReader<Attended<'a>, Random>;

/// What a card may take before it is given up: a chip that answers for ever is a chip that never answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadLimits {
    /// For one command. Chips let one wait after wrong passwords, for seconds.
    pub command: Duration,
    /// For the whole card, without the time that it was taken away.
    pub card: Duration,
    /// Commands for the whole card.
    pub commands: u64,
}

impl Default for ReadLimits {
    /// One minute, five minutes, and as many commands as the largest card takes by short steps.
    fn default() -> Self {
        Self {
            command: Duration::from_secs(60),
            card: Duration::from_secs(300),
            commands: 8_192,
        }
    }
}

/// Who watches, and what was used up.
pub(super) struct Watch<'a> {
    attendant: RefCell<&'a mut dyn Attendant>,
    stopwatch: &'a dyn Fn() -> Duration,
    limits: ReadLimits,
    commands: Cell<u64>,
    used: Cell<Duration>,
    opening: Cell<bool>,
}

impl<'a> Watch<'a> {
    /// `stopwatch` tells how much time has passed since some fixed moment.
    pub(super) fn new(
        attendant: &'a mut dyn Attendant,
        stopwatch: &'a dyn Fn() -> Duration,
        limits: ReadLimits,
    ) -> Self {
        Self {
            attendant: RefCell::new(attendant),
            stopwatch,
            limits,
            commands: Cell::new(0),
            used: Cell::new(Duration::ZERO),
            opening: Cell::new(false),
        }
    }

    /// Calls the attendant.
    pub(super) fn tell<R>(&self, tell: impl FnOnce(&mut dyn Attendant) -> R) -> R {
        tell(*self.attendant.borrow_mut())
    }

    /// Says whether the card is being opened.
    pub(super) fn opening(&self, opening: bool) {
        self.opening.set(opening);
    }

    /// Counts a command, unless there were enough.
    fn begin(&self) -> Result<(), TransportError> {
        let given_up = |detail| Err(TransportError::GivenUp { detail });
        self.commands.set(self.commands.get() + 1);
        if self.commands.get() > self.limits.commands {
            return given_up(format!("it took more than {} commands", self.limits.commands));
        }
        if self.used.get() > self.limits.card {
            return given_up(format!("it took longer than {} s", self.limits.card.as_secs()));
        }
        Ok(())
    }
}

/// The transport of a card that somebody watches.
pub(super) struct Attended<'a> {
    inner: Box<dyn Transport + 'a>,
    watch: &'a Watch<'a>,
}

impl<'a> Attended<'a> {
    pub(super) fn new(inner: Box<dyn Transport + 'a>, watch: &'a Watch<'a>) -> Self {
        Self { inner, watch }
    }
}

impl Transport for Attended<'_> {
    fn transmit(&mut self, command: &[u8], response: &mut Vec<u8>) -> Result<(), TransportError> {
        let watch = self.watch;
        watch.begin()?;
        let limit = watch.limits.command;
        let begun = (watch.stopwatch)();
        let mut waiting = |elapsed: Duration| {
            let opening = watch.opening.get();
            watch.tell(|attendant| attendant.waiting(Waiting { elapsed, opening }));
            elapsed < limit
        };
        let result = self.inner.transmit_watched(command, response, &mut waiting);
        let took = (watch.stopwatch)().saturating_sub(begun);
        watch.used.set(watch.used.get() + took);
        // Not every transport can give up; an answer that comes too late is none.
        if result.is_ok() && took > limit {
            response.clear();
            return Err(TransportError::GivenUp {
                detail: format!("a command took longer than {} s", limit.as_secs()),
            });
        }
        result
    }

    fn wait_for_card(&mut self, limit: Duration) -> Result<(), TransportError> {
        self.inner.wait_for_card(limit)
    }

    fn reset(&mut self) -> Result<(), TransportError> {
        self.inner.reset()
    }

    fn limits(&self) -> Limits {
        self.inner.limits()
    }

    fn atr(&self) -> &[u8] {
        self.inner.atr()
    }
}
