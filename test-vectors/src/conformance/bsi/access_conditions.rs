//! ISO7816_H: DG3 and DG4 before Terminal Authentication, EF.CVCA without and with a session.

use crate::conformance::bench::{Bench, CVCA_LENGTH, CvcaFile, DG3, DG4, in_session};
use crate::conformance::case::Case;
use crate::conformance::expect::{StatusSet, expected};
use crate::conformance::verdict::{Finding, Played};
use crate::naive::find;
use crate::oracle::{Command, Response};

/// DO'53' with its length around seven bytes and fewer.
const ODD_LE: usize = 7;

/// How a file is read.
#[derive(Clone, Copy)]
enum By {
    /// SELECT, then READ BINARY.
    Selection,
    /// READ BINARY with a short file identifier.
    Short,
    /// READ BINARY with the odd instruction and a short file identifier.
    OddShort,
    /// READ BINARY with the odd instruction and the file identifier.
    OddFile,
}

pub(super) fn cases() -> Vec<Case> {
    let biometrics = [
        ("ISO7816_H_1", DG3, By::Selection),
        ("ISO7816_H_2", DG4, By::Selection),
        ("ISO7816_H_3", DG3, By::Short),
        ("ISO7816_H_4", DG4, By::Short),
        ("ISO7816_H_5", DG3, By::OddShort),
        ("ISO7816_H_6", DG4, By::OddShort),
        ("ISO7816_H_11", DG3, By::OddFile),
        ("ISO7816_H_12", DG4, By::OddFile),
    ];
    let closed = [
        ("ISO7816_H_7", By::Selection),
        ("ISO7816_H_8", By::Short),
        ("ISO7816_H_9", By::OddShort),
        ("ISO7816_H_10", By::OddFile),
    ];
    let open = [
        ("ISO7816_H_13", By::Selection),
        ("ISO7816_H_14", By::Short),
        ("ISO7816_H_15", By::OddShort),
        ("ISO7816_H_16", By::OddFile),
    ];
    let mut cases = Vec::new();
    cases.extend(biometrics.map(|(id, sfi, by)| Case::new(id, move |bench| biometric(bench, sfi, by))));
    cases.extend(closed.map(|(id, by)| Case::new(id, move |bench| without_session(bench, by))));
    cases.extend(open.map(|(id, by)| Case::new(id, move |bench| in_a_session(bench, by))));
    cases
}

impl By {
    /// READ BINARY from the file's beginning.
    fn read(self, file: CvcaFile, le: usize) -> Played<Command> {
        let sfi = || {
            file.sfi
                .ok_or_else(|| Finding::NotApplicable("DG14 gives EF.CVCA no short file identifier".into()))
        };
        Ok(match self {
            By::Selection => Command::read_binary(0, le),
            By::Short => Command::read_binary_sfi(sfi()?, 0, le),
            By::OddShort => Command::read_binary_odd(u16::from(sfi()?), 0, le),
            By::OddFile => Command::read_binary_odd(file.fid, 0, le),
        })
    }

    fn is_odd(self) -> bool {
        matches!(self, By::OddShort | By::OddFile)
    }
}

/// A file of biometrics after Chip Authentication: READ BINARY is refused in the session, SELECT may be.
fn biometric(bench: &mut Bench<'_>, sfi: u8, by: By) -> Played {
    let file = CvcaFile {
        fid: 0x0100 | u16::from(sfi),
        sfi: Some(sfi),
    };
    bench.by_each_opening(|bench, opening| {
        bench.open_extended(opening)?;
        if let By::Selection = by {
            let answer = bench.send(&Command::select_file(file.fid))?;
            let set = StatusSet::SUCCESS_OR_CHECKING_ERROR;
            let answer = in_session(answer, &format!("SELECT of DG{sfi}"), set)?;
            if StatusSet::CHECKING_ERROR.has(answer.status) {
                return bench.expect_biometrics_closed();
            }
        }
        let le = if by.is_odd() { ODD_LE } else { 1 };
        let answer = bench.send(&by.read(file, le)?)?;
        let step = format!("READ BINARY of DG{sfi}");
        in_session(answer, &step, StatusSet::CHECKING_ERROR)?.expect_no_data(&step)?;
        bench.expect_session_alive()
    })
}

/// EF.CVCA in plain, the application being selected: no byte of it.
fn without_session(bench: &mut Bench<'_>, by: By) -> Played {
    let opening = bench.openings()?.first().copied();
    let file = match opening {
        Some(opening) => {
            bench.open_by(opening.protocol())?;
            bench.cvca_file()?
        }
        None => CvcaFile::STANDARD,
    };
    let le = if by.is_odd() { ODD_LE } else { 1 };
    let read = by.read(file, le)?;
    bench.reset()?;
    let step = "SELECT of the eMRTD application in plain";
    let answer = bench.send_plain(&Command::select_application(
        &crate::conformance::bench::EMRTD_AID,
    ))?;
    let answer = answer.expect(step, StatusSet::SUCCESS_OR_CHECKING_ERROR)?;
    if StatusSet::CHECKING_ERROR.has(answer.status) {
        return Ok(());
    }
    if let By::Selection = by {
        let answer = bench.send_plain(&Command::select_file(file.fid))?;
        let answer = answer.expect("SELECT of EF.CVCA", StatusSet::SUCCESS_OR_CHECKING_ERROR)?;
        if StatusSet::CHECKING_ERROR.has(answer.status) {
            return Ok(());
        }
    }
    let step = "READ BINARY of EF.CVCA in plain";
    let answer = bench.send_plain(&read)?;
    answer
        .expect(step, StatusSet::CHECKING_ERROR)?
        .expect_no_data(step)?;
    Ok(())
}

/// EF.CVCA in a session: 36 bytes.
fn in_a_session(bench: &mut Bench<'_>, by: By) -> Played {
    bench.by_each_opening(|bench, opening| {
        bench.open_by(opening.protocol())?;
        let file = bench.cvca_file()?;
        if let By::Selection = by {
            let answer = bench.send(&Command::select_file(file.fid))?;
            in_session(answer, "SELECT of EF.CVCA", StatusSet::SUCCESS)?;
        }
        let le = if by.is_odd() { CVCA_LENGTH + 2 } else { CVCA_LENGTH };
        let answer = bench.send(&by.read(file, le)?)?;
        let step = "READ BINARY of EF.CVCA";
        let answer = in_session(answer, step, StatusSet::SUCCESS)?;
        whole(&answer, by)
    })
}

fn whole(answer: &Response, by: By) -> Played {
    let content = match by.is_odd() {
        true => find(&answer.data, 0x53).unwrap_or_default(),
        false => &answer.data,
    };
    expected(
        content.len() == CVCA_LENGTH,
        "READ BINARY of EF.CVCA",
        "36 bytes, of the odd instruction in DO'53'",
    )?;
    crate::conformance::bench::references(content).map(|_| ())
}
