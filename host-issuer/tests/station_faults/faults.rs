//! Which calls of a simulation go wrong, and how.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::seeded_chip::Seeded;

/// Where the station touches the world.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seam {
    /// An APDU, or a reset.
    Transport,
    /// The ledger is read.
    LedgerRead,
    /// The ledger is written.
    LedgerWrite,
    /// The document signer signs.
    Signer,
    /// A file is read.
    DiskRead,
    /// A file is written or removed.
    DiskWrite,
}

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It is not done, and an error is told.
    Before,
    /// It is done, and an error is told.
    After,
    /// It is not done, and nobody is told whether it was.
    Doubt,
    /// The card is pulled: the command does not reach it.
    PulledBefore,
    /// The card is pulled: it acts, and its answer is lost.
    PulledAfter,
    /// The process is killed; it is not done.
    KilledBefore,
    /// The process is killed; it is done.
    KilledAfter,
}

impl Seam {
    /// All that can go wrong there.
    pub const fn kinds(self) -> &'static [Kind] {
        use Kind::{After, Before, Doubt, KilledAfter, KilledBefore, PulledAfter, PulledBefore};
        match self {
            Self::Transport => &[
                Before,
                After,
                PulledBefore,
                PulledAfter,
                KilledBefore,
                KilledAfter,
            ],
            Self::LedgerWrite => &[Before, After, Doubt, KilledBefore, KilledAfter],
            Self::Signer | Self::DiskWrite => &[Before, After, KilledBefore, KilledAfter],
            Self::LedgerRead | Self::DiskRead => &[Before, KilledBefore],
        }
    }
}

/// The call with this number, counted from 0 over the whole simulation, goes wrong in the way with this number among those of its seam.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    /// Which call.
    pub call: usize,
    /// In which way; counted round.
    pub way: usize,
}

impl fmt::Debug for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "call {} way {}", self.call, self.way)
    }
}

/// What a call has to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// All is well.
    Go,
    /// This goes wrong.
    Fail(Kind),
    /// The process is dead: nothing is done, nothing is heard.
    Dead,
}

/// Counts the calls of all threads and all lives of a station, and decides what becomes of each.
pub struct Fate {
    state: Mutex<State>,
}

struct State {
    plan: Vec<Fault>,
    calls: Vec<(Seam, &'static str)>,
    happened: Vec<(Seam, &'static str, Kind)>,
    dead: bool,
}

impl Fate {
    /// These calls go wrong.
    pub fn new(plan: &[Fault]) -> Self {
        Self {
            state: Mutex::new(State {
                plan: plan.to_vec(),
                calls: Vec::new(),
                happened: Vec::new(),
                dead: false,
            }),
        }
    }

    /// The next call.
    pub fn decide(&self, seam: Seam, what: &'static str) -> Order {
        let mut state = self.state();
        if state.dead {
            return Order::Dead;
        }
        let number = state.calls.len();
        state.calls.push((seam, what));
        let fault = state.plan.iter().find(|fault| fault.call == number).copied();
        let Some(fault) = fault else {
            return Order::Go;
        };
        let kinds = seam.kinds();
        let kind = kinds[fault.way % kinds.len()];
        state.happened.push((seam, what, kind));
        if matches!(kind, Kind::KilledBefore | Kind::KilledAfter) {
            state.dead = true;
        }
        Order::Fail(kind)
    }

    /// Whether the process was killed.
    pub fn is_dead(&self) -> bool {
        self.state().dead
    }

    /// A new process.
    pub fn revive(&self) {
        self.state().dead = false;
    }

    /// Every call so far, in order.
    pub fn calls(&self) -> Vec<(Seam, &'static str)> {
        self.state().calls.clone()
    }

    /// What went wrong so far.
    pub fn happened(&self) -> Vec<(Seam, &'static str, Kind)> {
        self.state().happened.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Some calls among the first `calls`, by the seed: mostly two, sometimes one or three.
pub fn sample(random: &mut Seeded, calls: usize) -> Vec<Fault> {
    let count = match random.below(8) {
        0 => 1,
        7 => 3,
        _ => 2,
    };
    let mut plan: Vec<Fault> = Vec::new();
    while plan.len() < count {
        // Faults come together as often as not: the second hits what the first one left.
        let call = match plan.last() {
            Some(last) if random.below(2) == 0 => last.call + 1 + random.below(24),
            _ => random.below(calls),
        };
        if plan.iter().all(|fault| fault.call != call) {
            let way = random.below(60);
            plan.push(Fault { call, way });
        }
    }
    plan
}
