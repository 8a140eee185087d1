//! A good chain, wrong names, commands outside of the session.

use super::{begin, each};
use crate::conformance::bench::{Bench, Chain, Opened, in_session};
use crate::conformance::bsi::change_last;
use crate::conformance::case::Case;
use crate::conformance::expect::StatusSet;
use crate::conformance::verdict::Played;
use crate::oracle::terminal_authentication::{set_dst, verify_certificate};

pub(super) fn cases() -> Vec<Case> {
    vec![
        each("ISO7816_J_1", |bench, opened, chain| {
            bench.show_chain(opened, chain)?;
            bench.expect_trust_unchanged(opened)
        }),
        each("ISO7816_J_2", |bench, opened, chain| {
            let mut name = opened.authority.party.name.clone();
            change_last(&mut name);
            let what = "the verifier's certificate";
            bench.show_under_unknown(&name, &chain.verifier_certificate, what)?;
            not_imported(bench, opened, chain)
        }),
        each("ISO7816_J_12", without_secure_messaging),
        each("ISO7816_J_13", |bench, opened, _| {
            let command = set_dst(&opened.authority.party.name).class(0x80);
            let answer = bench.send(&command)?;
            bench.expect_bad_class(answer, "MSE:Set DST with class 8C", opened)
        }),
        each("ISO7816_J_15", |bench, opened, chain| {
            select(bench, opened)?;
            let command = verify_certificate(&chain.verifier_certificate).class(0x80);
            let answer = bench.send(&command)?;
            bench.expect_bad_class(answer, "PSO:VERIFY CERTIFICATE with class 8C", opened)
        }),
        each("ISO7816_J_22", |bench, opened, chain| {
            let authority = &opened.authority.party.name;
            bench.show(
                authority,
                &chain.verifier_certificate,
                "the verifier's certificate",
            )?;
            let opened = bench.open_for_terminal(opened.opening)?;
            not_imported(bench, &opened, chain)
        }),
    ]
}

/// The verifier's key is not at hand: it verifies no terminal. The session lives, EF.CVCA is what it was.
pub(super) fn not_imported(bench: &mut Bench<'_>, opened: &Opened, chain: &Chain) -> Played {
    bench.show_under_unknown(
        &chain.verifier.name,
        &chain.terminal_certificate,
        "the terminal's certificate",
    )?;
    bench.expect_trust_unchanged(opened)
}

fn select(bench: &mut Bench<'_>, opened: &Opened) -> Played {
    let answer = bench.send(&set_dst(&opened.authority.party.name))?;
    in_session(answer, "MSE:Set DST", StatusSet::SUCCESS)?;
    Ok(())
}

/// MSE:Set DST in plain ends the session, and so does PSO:VERIFY CERTIFICATE in plain, which is refused.
fn without_secure_messaging(bench: &mut Bench<'_>, opened: &Opened, chain: &Chain) -> Played {
    let before = bench.session.clone();
    let answer = bench.send_plain(&set_dst(&opened.authority.party.name))?;
    answer.expect("MSE:Set DST in plain", StatusSet::SUCCESS_OR_CHECKING_ERROR)?;
    bench.expect_session_over(before, &verify_certificate(&chain.verifier_certificate))?;

    let (opened, chain) = begin(bench, opened.opening)?;
    select(bench, &opened)?;
    let before = bench.session.clone();
    let step = "PSO:VERIFY CERTIFICATE in plain";
    let answer = bench.send_plain(&verify_certificate(&chain.verifier_certificate))?;
    answer
        .expect(step, StatusSet::CHECKING_ERROR)?
        .expect_no_data(step)?;
    bench.expect_session_over(before, &set_dst(&chain.verifier.name))?;
    bench.expect_date_unchanged(opened.opening)
}
