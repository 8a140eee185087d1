//! One thread at a time, and at each seam the seed decides which.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use crate::seeded_chip::Seeded;

/// Passed between the threads of a station: whoever has it works, everybody else waits.
pub struct Baton {
    state: Mutex<State>,
    passed: Condvar,
}

struct State {
    random: Seeded,
    /// Who works; nobody before all have come.
    holder: Option<usize>,
    expected: usize,
    waiting: Vec<usize>,
}

impl Baton {
    /// For so many threads. Nobody begins before all of them have [come](Self::come).
    pub fn new(threads: usize, seed: u64) -> Self {
        Self {
            state: Mutex::new(State {
                random: Seeded(seed),
                holder: None,
                expected: threads,
                waiting: Vec::new(),
            }),
            passed: Condvar::new(),
        }
    }

    /// The thread `me` is there. Comes back when it is its turn.
    pub fn come(&self, me: usize) {
        let mut state = self.state();
        state.waiting.push(me);
        if state.waiting.len() == state.expected {
            // Who came first is the machine's doing, not the seed's.
            state.waiting.sort_unstable();
            self.pass_on(&mut state);
        }
        self.wait(state, me);
    }

    /// Lets another thread work, or goes on.
    pub fn pass(&self, me: usize) {
        let mut state = self.state();
        if state.waiting.is_empty() {
            return;
        }
        state.waiting.push(me);
        state.waiting.sort_unstable();
        self.pass_on(&mut state);
        self.wait(state, me);
    }

    /// The thread is done.
    pub fn leave(&self) {
        let mut state = self.state();
        state.holder = None;
        if !state.waiting.is_empty() {
            self.pass_on(&mut state);
        }
    }

    fn pass_on(&self, state: &mut State) {
        let chosen = state.random.below(state.waiting.len());
        state.holder = Some(state.waiting.remove(chosen));
        self.passed.notify_all();
    }

    fn wait(&self, mut state: MutexGuard<'_, State>, me: usize) {
        while state.holder != Some(me) {
            state = self.passed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Leaves when it goes out of scope, also by a panic: the others must not wait for ever.
pub struct Leaving<'b>(pub &'b Baton);

impl Drop for Leaving<'_> {
    fn drop(&mut self) {
        self.0.leave();
    }
}
