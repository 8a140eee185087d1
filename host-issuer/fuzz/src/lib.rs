//! The bodies of the fuzz targets. `tests/inspect_hostile.rs` of host-issuer compiles the same files on stable and replays the corpus.

pub mod seeds;
pub mod targets;
#[path = "../../tests/support/test_issuer.rs"]
#[allow(dead_code, missing_docs)]
mod test_issuer;
