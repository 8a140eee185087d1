//! The conformance suite: on the virtual card of each profile, and as a command.

#[path = "support/seeded_chip.rs"]
mod seeded_chip;
#[path = "support/world.rs"]
mod world;

#[path = "conformance/cards.rs"]
mod cards;
#[path = "conformance/command.rs"]
mod command;
#[path = "conformance/expected.rs"]
mod expected;
