//! ISO7816_L: what a terminal may read is what all certificates of its chain allow, and only while its session lasts.

use crate::conformance::bench::{Bench, DG3, DG4, Opening, in_session};
use crate::conformance::case::Case;
use crate::conformance::expect::StatusSet;
use crate::conformance::statement::{AccessProtocol, Need};
use crate::conformance::verdict::{Finding, Played};
use crate::oracle::cv_certificate::rights::{BOTH, FINGERS, IRISES};

/// Rights of verifier and terminal, the file, and whether it is open.
const RIGHTS: [(&str, u8, u8, u8, bool); 8] = [
    ("ISO7816_L_1", BOTH, FINGERS, DG3, true),
    ("ISO7816_L_2", BOTH, FINGERS, DG4, false),
    ("ISO7816_L_3", BOTH, IRISES, DG4, true),
    ("ISO7816_L_4", BOTH, IRISES, DG3, false),
    ("ISO7816_L_5", FINGERS, BOTH, DG3, true),
    ("ISO7816_L_6", FINGERS, BOTH, DG4, false),
    ("ISO7816_L_7", IRISES, BOTH, DG4, true),
    ("ISO7816_L_8", IRISES, BOTH, DG3, false),
];

pub(super) fn cases() -> Vec<Case> {
    let mut cases: Vec<Case> = RIGHTS
        .into_iter()
        .map(|(id, of_verifier, of_terminal, sfi, is_open)| {
            Case::new(id, move |bench| {
                bench.by_each_opening(|bench, opening| {
                    effective(bench, opening, (of_verifier, of_terminal), sfi, is_open)
                })
            })
        })
        .collect();
    cases.extend([("ISO7816_L_9", DG3), ("ISO7816_L_10", DG4)].map(|(id, sfi)| {
        Case::new(id, move |bench| {
            bench.by_each_opening(|bench, opening| chain_alone(bench, opening, sfi))
        })
    }));
    cases.extend([("ISO7816_L_11", DG3), ("ISO7816_L_12", DG4)].map(|(id, sfi)| {
        Case::new(id, move |bench| {
            bench.by_each_opening(|bench, opening| failed_proof(bench, opening, sfi))
        })
    }));
    cases.extend(
        [
            ("ISO7816_L_13", Opening::Bac, AccessProtocol::Bac),
            ("ISO7816_L_14", Opening::Pace, AccessProtocol::Pace),
            ("ISO7816_L_15", Opening::Pace, AccessProtocol::Bac),
            ("ISO7816_L_16", Opening::Bac, AccessProtocol::Pace),
        ]
        .map(|(id, first, second)| Case::new(id, move |bench| opened_again(bench, first, second))),
    );
    cases
}

/// A chain with these rights is shown and its terminal proves itself; the file is open or not.
fn effective(
    bench: &mut Bench<'_>,
    opening: Opening,
    (of_verifier, of_terminal): (u8, u8),
    sfi: u8,
    is_open: bool,
) -> Played {
    let opened = bench.open_for_terminal(opening)?;
    if !opened.authority.grants_both() {
        let why = "the CVCA that was given may not grant both DG3 and DG4";
        return Err(Finding::NotApplicable(why.into()));
    }
    let chain = bench.chain(&opened.authority, of_verifier, of_terminal);
    bench.authenticate(&opened, &chain)?;
    match is_open {
        true => bench.expect_open(sfi),
        false => bench.expect_closed(sfi),
    }
}

/// Certificates alone open nothing.
fn chain_alone(bench: &mut Bench<'_>, opening: Opening, sfi: u8) -> Played {
    let opened = bench.open_for_terminal(opening)?;
    let chain = bench.chain(&opened.authority, BOTH, BOTH);
    bench.show_chain(&opened, &chain)?;
    bench.expect_closed(sfi)
}

/// A signature with a wrong last byte opens nothing.
fn failed_proof(bench: &mut Bench<'_>, opening: Opening, sfi: u8) -> Played {
    let opened = bench.open_for_terminal(opening)?;
    let chain = bench.chain(&opened.authority, BOTH, BOTH);
    bench.show_chain(&opened, &chain)?;
    let challenge = bench.terminal_challenge(&chain.terminal.name)?;
    let mut command = opened.binding.prove(&chain.terminal, &challenge);
    super::change_last(&mut command.data);
    let answer = bench.send(&command)?;
    let step = "EXTERNAL AUTHENTICATE with a wrong signature";
    in_session(answer, step, StatusSet::REFUSAL)?;
    bench.expect_closed(sfi)?;
    bench.expect_trust_unchanged(&opened)
}

/// After Terminal Authentication an access protocol is run again in the session: it is refused, or the rights are gone.
fn opened_again(bench: &mut Bench<'_>, first: Opening, second: AccessProtocol) -> Played {
    if !bench.openings()?.contains(&first) {
        return Err(Finding::NotApplicable(format!(
            "the way in {} is not known",
            first.name()
        )));
    }
    let opened = bench.open_for_terminal(first)?;
    let chain = bench.chain(&opened.authority, BOTH, BOTH);
    bench.authenticate(&opened, &chain)?;
    if bench.open_again(second)? && bench.statement.has(Need::Dg3) {
        bench.expect_closed(DG3)?;
    }
    Ok(())
}
