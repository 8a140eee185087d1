//! ISO7816_D: SELECT of each file in a session (ICAO Doc 9303-10 §3.6.2).

use crate::conformance::bench::{Bench, EF_COM, File, LDS_FILES, begins, refused};
use crate::conformance::case::Case;
use crate::conformance::expect::StatusSet;
use crate::conformance::verdict::Played;
use crate::oracle::Command;

/// The numbers of the cases: 2 to 5 are withdrawn.
const FIRST: usize = 1;
const OTHERS: usize = 5;
/// A file identifier that no application has.
const UNKNOWN: u16 = 0x0202;

pub(super) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (at, file) in LDS_FILES.into_iter().enumerate() {
        let number = if at == 0 { FIRST } else { OTHERS + at };
        cases.push(Case::new(format!("ISO7816_D_{number}"), move |bench| {
            selectable(bench, &file)
        }));
    }
    cases.push(Case::new("ISO7816_D_23", unknown));
    cases
}

/// In a session of each kind that the card has: SELECT, and the first byte is the file's.
fn selectable(bench: &mut Bench<'_>, file: &File) -> Played {
    bench.in_each_session(file, |bench| {
        let step = format!("SELECT of {}", file.name);
        let answer = bench.send(&Command::select_file(file.fid))?;
        let answer = answer.expect(&step, StatusSet::SUCCESS)?;
        answer.expect_protected(&step)?.expect_no_data(&step)?;
        let step = format!("READ BINARY of {}", file.name);
        let answer = bench.send(&Command::read_binary(0, 1))?;
        let answer = answer.expect(&step, StatusSet::SUCCESS)?;
        begins(&answer.expect_protected(&step)?.data, file, 1, &step)
    })
}

/// An error like any other: it comes protected, and the session goes on.
fn unknown(bench: &mut Bench<'_>) -> Played {
    bench.in_each_session(&EF_COM, |bench| {
        let step = "SELECT of 0202, which is not there";
        let answer = bench.send(&Command::select_file(UNKNOWN))?;
        refused(answer, step)?.expect_protected(step)?;
        bench.expect_session_alive()
    })
}
