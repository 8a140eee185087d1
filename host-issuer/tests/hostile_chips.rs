//! Chips that misbehave at every step, and chips with the ways of real cards, through the whole verification: reading by
//! `verify`, judging by `inspect`. The chip is `test_vectors::faulty_chip`, which shares no line with the project's own.

#[path = "hostile_chips/access.rs"]
mod access;
#[path = "hostile_chips/catalogue.rs"]
mod catalogue;
#[path = "support/chip_plays.rs"]
mod chip_plays;
#[path = "hostile_chips/corpus_files.rs"]
mod corpus_files;
#[path = "support/cv_parties.rs"]
mod cv_parties;
#[path = "hostile_chips/every_step.rs"]
mod every_step;
#[path = "hostile_chips/faults_in_opening.rs"]
mod faults_in_opening;
#[path = "support/faulty_reader.rs"]
mod faulty_reader;
#[path = "hostile_chips/lifted.rs"]
mod lifted;
#[path = "hostile_chips/limits.rs"]
mod limits;
#[path = "hostile_chips/named_faults.rs"]
mod named_faults;
#[path = "hostile_chips/quirks.rs"]
mod quirks;
#[path = "support/rsa_keys.rs"]
mod rsa_keys;
#[allow(dead_code, reason = "shared with the inspector's tests, which use the rest")]
#[path = "support/test_issuer.rs"]
mod test_issuer;
