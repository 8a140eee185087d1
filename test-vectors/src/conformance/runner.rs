//! Plays cases: which ones, in which order, and what came of each.

mod play;
mod run;
mod selection;
mod state;
#[cfg(test)]
mod tests;

pub use play::{Listed, list};
pub use run::{End, Run, case_seed, run};
pub use selection::{Selection, matches};
pub use state::{Header, StateError, read_state};

use sha2::{Digest, Sha256};

/// The version of the suite: that of this crate, and eight digits of what the catalogue asks and which of its cases are written. Two runs
/// with the same version asked a card the same questions by name.
pub fn version() -> String {
    let mut digest = Sha256::new();
    for listed in list() {
        let is_played = listed.case.is_some_and(|case| case.play.is_ok());
        digest.update(format!(
            "{} {} {} {:?}\n",
            listed.entry.id, is_played, listed.entry.purpose, listed.entry.needs
        ));
    }
    let digest = hex::encode(digest.finalize());
    format!("{}-{}", env!("CARGO_PKG_VERSION"), &digest[..8])
}
