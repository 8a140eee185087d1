//! What issuing a card costs: simulated time on a contact reader with a memory as slow as a chip's, and cards that one core of the station
//! makes in an hour.
//!
//! Judges nothing; `make bench` prints it.

#![allow(
    clippy::disallowed_methods,
    reason = "a benchmark measures time and writes its own files"
)]

#[path = "issuing/cards.rs"]
mod cards;
#[path = "issuing/on_a_reader.rs"]
mod on_a_reader;
#[path = "../tests/support/seeded_chip.rs"]
mod seeded_chip;
#[path = "issuing/throughput.rs"]
mod throughput;
#[path = "issuing/timed.rs"]
mod timed;

fn main() {
    on_a_reader::measure();
    throughput::measure();
}
