//! ISO7816_E: READ BINARY in a session (ICAO Doc 9303-10 §3.6.3).

use crate::conformance::bench::{
    Bench, CVCA_LENGTH, CvcaFile, EF_COM, EF_DG14, File, LDS_FILES, begins, in_session, refused,
};
use crate::conformance::case::Case;
use crate::conformance::expect::{StatusSet, expected};
use crate::conformance::statement::Need;
use crate::conformance::verdict::Played;
use crate::naive::object;
use crate::oracle::Command;

/// The number of the first case that reads by short file identifier.
const BY_SHORT_IDENTIFIER: usize = 5;
/// DG16 has no case.
const FILES: usize = 17;
/// Behind the end of every EF.COM.
const FAR: u16 = 0x7FFF;
/// More than an EF.COM has.
const MUCH: usize = 0xE0;

pub(super) fn cases() -> Vec<Case> {
    let mut cases = vec![
        Case::new("ISO7816_E_1", |bench| {
            after_select(bench, |bench| {
                let step = "READ BINARY of EF.COM";
                let answer = bench.send(&Command::read_binary(0, 1))?;
                let answer = in_session(answer, step, StatusSet::SUCCESS)?;
                begins(&answer.data, &EF_COM, 1, step)
            })
        }),
        Case::new("ISO7816_E_3", |bench| {
            after_select(bench, |bench| {
                let step = "READ BINARY of EF.COM behind its end";
                let answer = bench.send(&Command::read_binary(FAR, 1))?;
                refused(answer, step)?.expect_protected(step)?;
                bench.expect_session_alive()
            })
        }),
        Case::new("ISO7816_E_4", |bench| after_select(bench, more_than_there_is)),
        Case::new("ISO7816_E_22", trust_points).needs(Need::OddInstruction),
    ];
    for (at, file) in LDS_FILES.into_iter().take(FILES).enumerate() {
        let id = format!("ISO7816_E_{}", BY_SHORT_IDENTIFIER + at);
        cases.push(Case::new(id, move |bench| {
            bench.in_each_session(&file, |bench| {
                let step = format!("READ BINARY of {} by its short identifier", file.name);
                bench.expect_readable(&file, &step)
            })
        }));
    }
    cases
}

fn after_select(bench: &mut Bench<'_>, then: impl Fn(&mut Bench<'_>) -> Played) -> Played {
    bench.in_each_session(&EF_COM, |bench| {
        let answer = bench.send(&Command::select_file(EF_COM.fid))?;
        in_session(answer, "SELECT of EF.COM", StatusSet::SUCCESS)?;
        then(bench)
    })
}

/// What is there comes, with 9000 or a warning, and it is the file from its beginning.
fn more_than_there_is(bench: &mut Bench<'_>) -> Played {
    let step = "READ BINARY of more than EF.COM has";
    let answer = bench.send(&Command::read_binary(0, MUCH))?;
    let all = in_session(answer, step, StatusSet::SUCCESS_OR_WARNING)?.data;
    let whole = bench.read_file(EF_COM.fid)?;
    let enough = all.starts_with(&whole) || (all.len() == MUCH && whole.starts_with(&all));
    expected(enough, step, "all bytes of the file")
}

/// READ BINARY with the odd instruction, EF.CVCA by its file identifier: 36 bytes in DO'53', the same as after SELECT.
fn trust_points(bench: &mut Bench<'_>) -> Played {
    bench.in_each_session(&EF_DG14, |bench| {
        let file = bench.cvca_file()?;
        let content = bench.read_cvca(file)?;
        by_file_identifier(bench, file, &content)
    })
}

fn by_file_identifier(bench: &mut Bench<'_>, file: CvcaFile, content: &[u8]) -> Played {
    let step = "READ BINARY of EF.CVCA with the odd instruction and its file identifier";
    // Another file is current.
    let answer = bench.send(&Command::select_file(EF_COM.fid))?;
    in_session(answer, "SELECT of EF.COM", StatusSet::SUCCESS)?;
    let read = Command::read_binary_odd(file.fid, 0, CVCA_LENGTH + 2);
    let answer = in_session(bench.send(&read)?, step, StatusSet::SUCCESS)?;
    expected(
        answer.data == object(0x53, content),
        step,
        "DO'53' with its 36 bytes",
    )
}

impl Bench<'_> {
    /// Does this in a session of each kind that the card has, BAC and PACE, in which the file may be read: for a file behind Terminal
    /// Authentication, in the one of an authenticated terminal.
    ///
    /// # Errors
    /// When the session does not open, or `then` fails.
    pub(super) fn in_each_session(&mut self, file: &File, then: impl Fn(&mut Self) -> Played) -> Played {
        use crate::conformance::statement::AccessProtocol::{Bac, Pace};
        if self.is_behind_terminal_authentication(file) {
            self.run_terminal_authentication(crate::oracle::cv_certificate::rights::BOTH)?;
            return then(self);
        }
        for (need, protocol) in [(Need::Bac, Bac), (Need::Pace, Pace)] {
            if self.statement.has(need) {
                self.open_by(protocol)?;
                then(self)?;
            }
        }
        Ok(())
    }
}
