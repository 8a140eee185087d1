//! ISO7816_K: the terminal proves that it has the key of its certificate.

use crate::conformance::bench::{Bench, Chain, DG3, EF_COM, Opened, Opening, in_session};
use crate::conformance::case::Case;
use crate::conformance::expect::{StatusSet, expected};
use crate::conformance::statement::Need;
use crate::conformance::verdict::{Finding, Played};
use crate::oracle::cv_certificate::{Party, rights};
use crate::oracle::terminal_authentication::set_at;
use crate::oracle::{Command, Le};

/// EXTERNAL AUTHENTICATE in a report.
const EXTERNAL_AUTHENTICATE: &str = "EXTERNAL AUTHENTICATE";
/// DO'84' where DO'83' belongs.
const OTHER_REFERENCE: u32 = 0x84;

pub(super) fn cases() -> Vec<Case> {
    vec![
        Case::new("ISO7816_K_1", good),
        each("ISO7816_K_2", |bench, opened, chain| {
            let mut name = chain.terminal.name.clone();
            super::change_last(&mut name);
            not_selected(bench, opened, &set_at(&name), &chain.terminal)
        }),
        each("ISO7816_K_4", without_secure_messaging),
        Case::new("ISO7816_K_5", |bench| {
            bench.by_each_opening(|bench, opening| {
                let opened = bench.open_for_terminal(opening)?;
                let chain = bench.chain(&opened.authority, rights::BOTH, rights::BOTH);
                let authority = &opened.authority.party.name;
                bench.show(
                    authority,
                    &chain.verifier_certificate,
                    "the verifier's certificate",
                )?;
                not_selected(bench, &opened, &set_at(&chain.verifier.name), &chain.verifier)
            })
        }),
        Case::new("ISO7816_K_6", |bench| {
            bench.by_each_opening(|bench, opening| {
                let opened = bench.open_for_terminal(opening)?;
                let authority = &opened.authority.party;
                not_selected(bench, &opened, &set_at(&authority.name), authority)
            })
        }),
        each("ISO7816_K_7", |bench, opened, chain| {
            let challenge = bench.terminal_challenge(&chain.terminal.name)?;
            let command = opened.binding.prove(&chain.terminal, &challenge).class(0x80);
            let answer = bench.send(&command)?;
            bench.expect_bad_class(answer, "EXTERNAL AUTHENTICATE with class 8C", opened)
        }),
        each("ISO7816_K_10", first_of_two_challenges),
        each("ISO7816_K_12", short_challenge),
        each("ISO7816_K_14", |bench, opened, chain| {
            let answer = bench.send(&set_at(&chain.terminal.name))?;
            in_session(
                answer,
                "MSE:Set AT of Terminal Authentication",
                StatusSet::SUCCESS,
            )?;
            refused(bench, opened, &chain.terminal, &[])
        }),
        each("ISO7816_K_15", |bench, opened, chain| {
            challenged_unselected(bench, opened, &chain.terminal)
        }),
        each("ISO7816_K_17", |bench, opened, chain| {
            let data = crate::naive::object(OTHER_REFERENCE, &chain.terminal.name);
            let command = Command::manage_security_environment(0x81, 0xA4, data);
            let answer = bench.send(&command)?;
            let step = "MSE:Set AT of Terminal Authentication with DO'84' for DO'83'";
            in_session(answer, step, StatusSet::CHECKING_ERROR)?;
            challenged_unselected(bench, opened, &chain.terminal)
        }),
        Case::new("ISO7816_K_18", |bench| {
            bench.by_each_opening(|bench, opening| {
                let opened = bench.open_for_terminal(opening)?;
                let chain = bench.chain(&opened.authority, rights::BOTH, rights::BOTH);
                bench.authenticate(&opened, &chain)?;
                bench.open_by(opening.protocol())?;
                bench.expect_closed(DG3)
            })
        }),
        Case::new("ISO7816_K_19", |bench| {
            bench.by_each_opening(after_other_authentications)
        }),
        Case::new("ISO7816_K_20", wrong_binding),
    ]
}

/// A case that begins after a good chain was shown, once for each way in.
fn each(
    id: &'static str,
    play: impl Fn(&mut Bench<'_>, &Opened, &Chain) -> Played + Copy + Send + Sync + 'static,
) -> Case {
    Case::new(id, move |bench| {
        bench.by_each_opening(|bench, opening| {
            let opened = bench.open_for_terminal(opening)?;
            let chain = bench.chain(&opened.authority, rights::BOTH, rights::BOTH);
            bench.show_chain(&opened, &chain)?;
            play(bench, &opened, &chain)
        })
    })
}

/// Terminal Authentication works: after PACE, after BAC, and after PACE with Chip Authentication Mapping.
fn good(bench: &mut Bench<'_>) -> Played {
    bench.by_each_opening(good_after)?;
    match bench.statement.has(Need::PaceCam) && bench.pace_password().is_ok() {
        true => good_after(bench, Opening::PaceWithMapping),
        false => Ok(()),
    }
}

fn good_after(bench: &mut Bench<'_>, opening: Opening) -> Played {
    let opened = bench.open_for_terminal(opening)?;
    let chain = bench.chain(&opened.authority, rights::BOTH, rights::BOTH);
    bench.authenticate(&opened, &chain)?;
    if bench.statement.has(Need::Dg3) && opened.authority.rights & rights::FINGERS != 0 {
        bench.expect_open(DG3)?;
    }
    bench.expect_trust_unchanged(&opened)
}

/// EXTERNAL AUTHENTICATE with this party's signature is refused in the session, which lives and gives no biometrics.
fn refused(bench: &mut Bench<'_>, opened: &Opened, signer: &Party, r_picc: &[u8]) -> Played {
    let answer = bench.send(&opened.binding.prove(signer, r_picc))?;
    in_session(answer, EXTERNAL_AUTHENTICATE, StatusSet::REFUSAL)?;
    bench.expect_biometrics_closed()?;
    bench.expect_trust_unchanged(opened)
}

/// MSE:Set AT of a key that cannot be a terminal's is refused at once or when it is used.
fn not_selected(bench: &mut Bench<'_>, opened: &Opened, select: &Command, signer: &Party) -> Played {
    let answer = bench.send(select)?;
    let set = StatusSet::SUCCESS_OR_CHECKING_ERROR;
    in_session(answer, "MSE:Set AT of a key that is no terminal's", set)?;
    let challenge = challenge_or_refusal(bench)?;
    refused(bench, opened, signer, &challenge.unwrap_or_else(|| vec![0; 8]))
}

/// GET CHALLENGE without a terminal's key, and EXTERNAL AUTHENTICATE if there was a challenge.
fn challenged_unselected(bench: &mut Bench<'_>, opened: &Opened, terminal: &Party) -> Played {
    match challenge_or_refusal(bench)? {
        Some(challenge) => refused(bench, opened, terminal, &challenge),
        None => bench.expect_biometrics_closed(),
    }
}

/// GET CHALLENGE that may be refused: r_PICC if it was not.
fn challenge_or_refusal(bench: &mut Bench<'_>) -> Played<Option<Vec<u8>>> {
    let answer = bench.send(&Command::get_challenge())?;
    let answer = in_session(answer, "GET CHALLENGE", StatusSet::SUCCESS_OR_CHECKING_ERROR)?;
    if StatusSet::CHECKING_ERROR.has(answer.status) {
        return Ok(None);
    }
    expected(answer.data.len() == 8, "GET CHALLENGE", "eight bytes")?;
    Ok(Some(answer.data))
}

/// EXTERNAL AUTHENTICATE in plain: refused in plain, the session is over.
fn without_secure_messaging(bench: &mut Bench<'_>, opened: &Opened, chain: &Chain) -> Played {
    let challenge = bench.terminal_challenge(&chain.terminal.name)?;
    let before = bench.session.clone();
    let answer = bench.send_plain(&opened.binding.prove(&chain.terminal, &challenge))?;
    let step = "EXTERNAL AUTHENTICATE in plain";
    answer
        .expect(step, StatusSet::CHECKING_ERROR)?
        .expect_no_data(step)?;
    bench.expect_session_over(before, &Command::read_binary_sfi(EF_COM.sfi, 0, 1))?;
    bench.open_extended(opened.opening)?;
    bench.expect_biometrics_closed()
}

/// The first of two challenges is signed.
fn first_of_two_challenges(bench: &mut Bench<'_>, opened: &Opened, chain: &Chain) -> Played {
    let first = bench.terminal_challenge(&chain.terminal.name)?;
    match challenge_or_refusal(bench)? {
        Some(second) => {
            expected(first != second, "the second GET CHALLENGE", "another challenge")?;
            refused(bench, opened, &chain.terminal, &first)
        }
        None => bench.expect_biometrics_closed(),
    }
}

/// A challenge of seven bytes is asked for; if it comes, its signature is refused.
fn short_challenge(bench: &mut Bench<'_>, opened: &Opened, chain: &Chain) -> Played {
    let answer = bench.send(&set_at(&chain.terminal.name))?;
    in_session(
        answer,
        "MSE:Set AT of Terminal Authentication",
        StatusSet::SUCCESS,
    )?;
    let answer = bench.send(&Command::get_challenge().le(Le::Short(7)))?;
    let step = "GET CHALLENGE of seven bytes";
    let answer = in_session(answer, step, StatusSet::SUCCESS_OR_CHECKING_ERROR)?;
    if StatusSet::CHECKING_ERROR.has(answer.status) {
        return bench.expect_biometrics_closed();
    }
    expected(answer.data.len() == 7, step, "seven bytes, or a refusal")?;
    refused(bench, opened, &chain.terminal, &answer.data)
}

/// Between Chip and Terminal Authentication the files of Passive Authentication are read, and Active Authentication is run.
fn after_other_authentications(bench: &mut Bench<'_>, opening: Opening) -> Played {
    let opened = bench.open_for_terminal(opening)?;
    for fid in [0x011D, 0x0101, 0x010E] {
        bench.read_file(fid)?;
    }
    if bench.statement.has(Need::ActiveAuthentication) {
        bench.read_file(0x010F)?;
        let rnd_ifd = bench.random.bytes(8);
        let answer = bench.send(&Command::internal_authenticate(&rnd_ifd, 256))?;
        in_session(answer, "INTERNAL AUTHENTICATE", StatusSet::SUCCESS)?;
    }
    let chain = bench.chain(&opened.authority, rights::BOTH, rights::BOTH);
    bench.authenticate(&opened, &chain)
}

/// After PACE: a signature that is tied to the document number as after BAC, one that is tied to nobody, and one with a wrong last byte.
fn wrong_binding(bench: &mut Bench<'_>) -> Played {
    if !bench.openings()?.contains(&Opening::Pace) {
        return Err(Finding::NotApplicable("no password of PACE is known".into()));
    }
    let information = bench.secrets.mrz_information.clone().unwrap_or_default();
    let number = information.len().saturating_sub(14);
    let number = information.as_bytes().get(..number).unwrap_or_default().to_vec();
    for id_picc in [Some(number), Some(Vec::new()), None] {
        let mut opened = bench.open_for_terminal(Opening::Pace)?;
        let chain = bench.chain(&opened.authority, rights::BOTH, rights::BOTH);
        bench.show_chain(&opened, &chain)?;
        let challenge = bench.terminal_challenge(&chain.terminal.name)?;
        let is_other = id_picc.is_some();
        if let Some(id_picc) = id_picc {
            opened.binding.id_picc = id_picc;
        }
        let mut command = opened.binding.prove(&chain.terminal, &challenge);
        if !is_other && let Some(last) = command.data.last_mut() {
            *last = last.wrapping_add(1);
        }
        let answer = bench.send(&command)?;
        let step = "EXTERNAL AUTHENTICATE with a signature that is not bound to the session";
        in_session(answer, step, StatusSet::REFUSAL)?;
        bench.expect_biometrics_closed()?;
        bench.expect_trust_unchanged(&opened)?;
    }
    Ok(())
}
