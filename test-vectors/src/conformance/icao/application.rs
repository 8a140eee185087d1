//! ISO7816_A: selection of the eMRTD application by its name.

use crate::conformance::bench::{Bench, EMRTD_AID};
use crate::conformance::case::Case;
use crate::conformance::expect::{StatusSet, expected};
use crate::conformance::statement::{AccessProtocol, Need};
use crate::conformance::verdict::{Finding, Played};
use crate::oracle::Command;

pub(super) fn cases() -> Vec<Case> {
    vec![
        Case::new("ISO7816_A_1", |bench| {
            not_with(bench, Need::Pace)?;
            plain(bench)
        }),
        Case::new("ISO7816_A_2", plain),
        Case::new("ISO7816_A_3", |bench| {
            not_with(bench, Need::Bac)?;
            in_session(bench)
        }),
    ]
}

fn not_with(bench: &Bench<'_>, need: Need) -> Played {
    if bench.statement.has(need) {
        return Err(Finding::NotApplicable(format!("the card has {need}, too")));
    }
    Ok(())
}

/// In plain, and BAC is possible afterwards.
fn plain(bench: &mut Bench<'_>) -> Played {
    bench.open_by(AccessProtocol::Bac)
}

/// In plain the card may refuse it, as nothing is to be had there; in the session that PACE opened it must succeed.
fn in_session(bench: &mut Bench<'_>) -> Played {
    let step = "SELECT of the eMRTD application in plain";
    let answer = bench.send_plain(&Command::select_application(&EMRTD_AID))?;
    answer
        .expect_no_data(step)?
        .expect(step, StatusSet::SELECTED_OR_NOT)?;
    bench.open_by(AccessProtocol::Pace)?;
    expected(bench.session.is_some(), "PACE", "a session")
}
