//! Whoever waits while a card is read.

use std::time::Duration;

/// A chip that lets one wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// How long it has not answered.
    pub elapsed: Duration,
    /// Whether it is being opened: chips let one wait there after wrong passwords, so that nobody can try them all.
    pub opening: bool,
}

/// Whoever waits while a card is read: is told how far it is, and asked when the card goes away. Everything may be left out.
pub trait Attendant {
    /// A file is being read: its name, how many of its bytes are there, and how many there will be.
    fn progress(&mut self, file: &str, done: u64, total: u64) {
        let _ = (file, done, total);
    }

    /// The chip takes its time; told about twice a second.
    fn waiting(&mut self, waiting: Waiting) {
        let _ = waiting;
    }

    /// The card was taken away before all was read. How long to wait until it is put back; zero, which is what happens unasked, to
    /// give up.
    fn card_lifted(&mut self) -> Duration {
        Duration::ZERO
    }

    /// A card is there again. Whether it is the same one is seen next.
    fn card_back(&mut self) {}
}

/// Nobody waits.
pub struct Nobody;

impl Attendant for Nobody {}

/// Somebody who is told how far it is, and nothing else.
pub struct OnProgress<F>(pub F);

impl<F: FnMut(&str, u64, u64)> Attendant for OnProgress<F> {
    fn progress(&mut self, file: &str, done: u64, total: u64) {
        (self.0)(file, done, total);
    }
}
