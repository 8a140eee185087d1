//! The files of a card against the logical data structure: what the units LDS_* of both suites look at.
//!
//! This is the suite's own reading of 9303-10, -11 and -12, of TR-03110 and of the biometric formats, shared with nobody: small decoders
//! that know where in the file they are, and checks that say of a field what was expected and what is there. Nothing of it panics,
//! whatever a card sends.
//!
//! A check looks at what its case is about and at nothing else: a wrong tag fails the case of that tag, and the case of what is inside
//! goes on with the content. So a report names what is wrong once.

mod atr_info;
mod biometric;
mod card_access;
mod certificate;
mod chip_keys;
mod com;
mod cvca;
mod der;
mod details;
mod face;
mod face_39794;
mod files;
mod mrz;
mod mrz_dates;
mod names;
mod objects;
mod outer;
mod public_key;
mod security_infos;
mod security_object;
mod signature;
mod signed_data;
mod signer_info;
mod tables;

pub use files::{File, Files};

use super::bench::Bench;
use super::case::Case;
use super::catalogue::Suite;
use super::verdict::{Finding, Played, Verdict};

/// What is checked of files.
type Check = fn(&Files) -> Played;

/// A case of a unit LDS_*.
struct LdsCase {
    id: &'static str,
    /// What it looks at.
    reads: &'static [File],
    /// It compares with every data group that can be read, too.
    all_data_groups: bool,
    check: Check,
}

impl LdsCase {
    const fn new(id: &'static str, reads: &'static [File], check: Check) -> Self {
        LdsCase {
            id,
            reads,
            all_data_groups: false,
            check,
        }
    }

    const fn and_all_data_groups(mut self) -> Self {
        self.all_data_groups = true;
        self
    }

    fn play(&self, bench: &mut Bench<'_>) -> Played {
        let mut files = Files::new(bench.secrets.mrz.clone());
        for file in self.reads {
            files.put(*file, bench.read_lds_file(*file)?);
        }
        if self.all_data_groups {
            bench.read_data_groups(&mut files)?;
        }
        (self.check)(&files)
    }
}

/// The cases of a suite, for the runner.
pub(super) fn cases(suite: Suite) -> Vec<Case> {
    let play = |case: &'static LdsCase| Case::new(case.id, |bench| case.play(bench));
    tables::of(suite).map(play).collect()
}

/// Ids of the cases of a suite that look at files.
pub fn ids(suite: Suite) -> impl Iterator<Item = &'static str> {
    tables::of(suite).map(|case| case.id)
}

/// What a case says of these files, without a card. `None` when the suite has no such case; a file that the case looks at and that is
/// not among them makes it not applicable.
pub fn judge(suite: Suite, id: &str, files: &Files) -> Option<Verdict> {
    let case = tables::of(suite).find(|case| case.id == id)?;
    let judged = case
        .reads
        .iter()
        .try_for_each(|file| files.get(*file).map(|_| ()));
    Some(match judged.and_then(|()| (case.check)(files)) {
        Ok(()) => Verdict::Passed,
        Err(Finding::Failed(why)) => Verdict::Failed(why),
        Err(Finding::NotApplicable(why)) => Verdict::NotApplicable(why),
        Err(Finding::Link(error)) => Verdict::NotApplicable(error.to_string()),
    })
}
