//! The bodies of the fuzz targets. `tests/corpus.rs` of the applet compiles the same files on stable and replays the
//! corpus.

#[path = "../../tests/chip/pki.rs"]
#[allow(dead_code, missing_docs)]
mod pki;
#[path = "../../tests/chip/reader.rs"]
#[allow(dead_code, missing_docs)]
mod reader;
#[path = "../../tests/chip/remembering.rs"]
#[allow(dead_code, missing_docs)]
mod remembering;
#[path = "../../tests/chip/secure_messaging.rs"]
#[allow(dead_code, missing_docs)]
mod secure_messaging;
#[path = "../../tests/chip/support.rs"]
#[allow(dead_code, missing_docs)]
mod support;

mod host;
pub mod seeds;
mod states;
pub mod targets;

/// The engine of the chips on the bench.
type BenchEngine = remembering::RememberingEngine;
