//! The bodies of the fuzz targets. `tests/corpus.rs` of personalization compiles the same files on stable and replays the corpus.

pub mod seeds;
pub mod targets;
