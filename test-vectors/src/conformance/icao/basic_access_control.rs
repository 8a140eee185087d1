//! ISO7816_C: Basic Access Control and the errors of its secure messaging (ICAO Doc 9303-11 §4.3, §9.8).

use crate::conformance::bench::{Bench, EF_COM, begins, refused};
use crate::conformance::case::Case;
use crate::conformance::expect::{StatusSet, expected};
use crate::conformance::statement::{AccessProtocol, Need};
use crate::conformance::verdict::Played;
use crate::naive::object;
use crate::oracle::{Bac, Bend, Command};

/// Bytes that the positive cases read, as the suite does.
const LEN: usize = 6;

pub(super) fn cases() -> Vec<Case> {
    let select = || Command::select_file(EF_COM.fid);
    vec![
        Case::new("ISO7816_C_1", challenges),
        Case::new("ISO7816_C_2", |bench| {
            bench.open_by(AccessProtocol::Bac)?;
            bench.expect_session_alive()
        }),
        Case::new("ISO7816_C_3", |bench| {
            refuses(bench, |bac| {
                bac.k_enc = vec![0x11; 16];
                bac.k_mac = vec![0x11; 16];
            })
        }),
        Case::new("ISO7816_C_4", challenge_missing_or_old),
        Case::new("ISO7816_C_6", wrong_mac),
        Case::new("ISO7816_C_8", |bench| read_even(bench, false)),
        Case::new("ISO7816_C_9", |bench| read_odd(bench, false)).needs(Need::OddInstruction),
        Case::new("ISO7816_C_10", |bench| read_even(bench, true)),
        Case::new("ISO7816_C_11", |bench| read_odd(bench, true)).needs(Need::OddInstruction),
        Case::new("ISO7816_C_12", move |bench| breaks(bench, &select(), Bend::NoMac)),
        Case::new("ISO7816_C_13", move |bench| {
            breaks(bench, &select(), Bend::WrongMac)
        }),
        Case::new("ISO7816_C_14", wrong_counter),
        Case::new("ISO7816_C_16", plain_select),
        Case::new("ISO7816_C_17", |bench| breaks(bench, &read(), Bend::NoMac)),
        Case::new("ISO7816_C_18", |bench| breaks(bench, &read(), Bend::WrongMac)),
    ]
}

/// READ BINARY of EF.COM by its short identifier.
fn read() -> Command {
    Command::read_binary_sfi(EF_COM.sfi, 0, LEN)
}

/// Eight bytes, each time others.
fn challenges(bench: &mut Bench<'_>) -> Played {
    bench.select_application()?;
    let mut seen = Vec::new();
    for step in ["GET CHALLENGE", "the second GET CHALLENGE"] {
        let challenge = challenge(bench, step)?;
        expected(!seen.contains(&challenge), step, "another challenge than before")?;
        seen.push(challenge);
    }
    Ok(())
}

fn challenge(bench: &mut Bench<'_>, step: &str) -> Played<Vec<u8>> {
    let answer = bench.send_plain(&Command::get_challenge())?;
    let data = answer.expect(step, StatusSet::SUCCESS)?.data;
    expected(data.len() == 8, step, "eight bytes")?;
    Ok(data)
}

/// The authentication is refused without a byte, nothing can be read, and a right one succeeds at once.
fn authentication_refused(bench: &mut Bench<'_>, command: &Command, step: &str) -> Played {
    let answer = bench.send_plain(command)?;
    answer.expect_no_data(step)?.expect(step, StatusSet::REFUSAL)?;
    refused(bench.send_plain(&read())?, "READ BINARY of EF.COM in plain")?;
    Ok(())
}

fn refuses(bench: &mut Bench<'_>, change: impl Fn(&mut Bac)) -> Played {
    bench.select_application()?;
    let mut bac = bench.bac()?;
    bac.rnd_ic = challenge(bench, "GET CHALLENGE")?;
    change(&mut bac);
    let step = "EXTERNAL AUTHENTICATE with other keys";
    authentication_refused(bench, &bac.authenticate(), step)?;
    bench.run_bac()?;
    bench.expect_session_alive()
}

/// Without GET CHALLENGE, with a challenge that another one followed, and with one that has served.
fn challenge_missing_or_old(bench: &mut Bench<'_>) -> Played {
    bench.select_application()?;
    let mut bac = bench.bac()?;
    bac.rnd_ic = vec![0; 8];
    let step = "EXTERNAL AUTHENTICATE without GET CHALLENGE";
    authentication_refused(bench, &bac.authenticate(), step)?;
    bac.rnd_ic = challenge(bench, "GET CHALLENGE")?;
    challenge(bench, "the second GET CHALLENGE")?;
    let step = "EXTERNAL AUTHENTICATE with the challenge before";
    authentication_refused(bench, &bac.authenticate(), step)?;
    bac.rnd_ic = challenge(bench, "GET CHALLENGE")?;
    let step = "EXTERNAL AUTHENTICATE";
    bench
        .send_plain(&bac.authenticate())?
        .expect(step, StatusSet::SUCCESS)?;
    let step = "the same EXTERNAL AUTHENTICATE once more";
    authentication_refused(bench, &bac.authenticate(), step)?;
    bench.select_application()?;
    bench.run_bac()?;
    bench.expect_session_alive()
}

fn wrong_mac(bench: &mut Bench<'_>) -> Played {
    bench.select_application()?;
    let mut bac = bench.bac()?;
    bac.rnd_ic = challenge(bench, "GET CHALLENGE")?;
    let mut command = bac.authenticate();
    if let Some(last) = command.data.last_mut() {
        *last ^= 0x01;
    }
    authentication_refused(bench, &command, "EXTERNAL AUTHENTICATE with a wrong M.IFD")?;
    bench.run_bac()?;
    bench.expect_session_alive()
}

fn select(bench: &mut Bench<'_>) -> Played {
    let step = "SELECT of EF.COM in the session";
    let answer = bench.send(&Command::select_file(EF_COM.fid))?;
    let answer = answer.expect(step, StatusSet::SUCCESS)?;
    answer.expect_protected(step)?.expect_no_data(step)?;
    Ok(())
}

/// READ BINARY with the even instruction: by short identifier, or after SELECT.
fn read_even(bench: &mut Bench<'_>, after_select: bool) -> Played {
    bench.open_by(AccessProtocol::Bac)?;
    let command = match after_select {
        true => {
            select(bench)?;
            Command::read_binary(0, LEN)
        }
        false => read(),
    };
    let step = "READ BINARY with the even instruction";
    let answer = bench.send(&command)?.expect(step, StatusSet::SUCCESS)?;
    begins(&answer.expect_protected(step)?.data, &EF_COM, LEN, step)
}

/// READ BINARY with the odd instruction: the same bytes in DO'53', which counts for Le.
fn read_odd(bench: &mut Bench<'_>, after_select: bool) -> Played {
    bench.open_by(AccessProtocol::Bac)?;
    let step = "READ BINARY with the even instruction, to compare with";
    let even = bench.send(&read())?.expect(step, StatusSet::SUCCESS)?.data;
    if after_select {
        select(bench)?;
    }
    let file = if after_select { 0 } else { u16::from(EF_COM.sfi) };
    let step = "READ BINARY with the odd instruction";
    let answer = bench.send(&Command::read_binary_odd(file, 0, LEN))?;
    let answer = answer.expect(step, StatusSet::SUCCESS)?.expect_protected(step)?;
    let Some(begin) = even.get(..LEN - 2) else {
        return expected(false, step, "a file of some bytes");
    };
    expected(
        answer.data == object(0x53, begin),
        step,
        "DO'53' with the first bytes of EF.COM",
    )
}

/// An error of secure messaging is answered in plain, and the session is over: not even a right command goes through.
fn breaks(bench: &mut Bench<'_>, command: &Command, bend: Bend) -> Played {
    bench.open_by(AccessProtocol::Bac)?;
    bench.expect_session_alive()?;
    let before = bench.session.clone();
    let answer = bench.send_bent(command, Some(bend))?;
    let (step, set) = match bend {
        Bend::NoMac => ("a command without DO'8E'", StatusSet::CHECKING_ERROR),
        Bend::WrongCounter => (
            "a command with a counter that is ahead",
            StatusSet::SECURE_MESSAGING_ERROR,
        ),
        _ => ("a command with a wrong DO'8E'", StatusSet::SECURE_MESSAGING_ERROR),
    };
    expected(!answer.protected, step, "an answer in plain")?;
    answer.expect_no_data(step)?.expect(step, set)?;
    bench.expect_session_over(before, &read())?;
    bench.run_bac_again()
}

/// A counter that is ahead, and a command that was there before.
fn wrong_counter(bench: &mut Bench<'_>) -> Played {
    let select = Command::select_file(EF_COM.fid);
    breaks(bench, &select, Bend::WrongCounter)?;
    bench.open_by(AccessProtocol::Bac)?;
    let first = bench.session.clone();
    bench
        .send(&select)?
        .expect("SELECT of EF.COM", StatusSet::SUCCESS)?;
    let before = std::mem::replace(&mut bench.session, first);
    let step = "the same protected SELECT once more";
    let answer = bench.send(&select)?;
    expected(!answer.protected, step, "an answer in plain")?;
    answer
        .expect_no_data(step)?
        .expect(step, StatusSet::SECURE_MESSAGING_ERROR)?;
    bench.session.clone_from(&before);
    bench.expect_session_over(before, &read())?;
    bench.run_bac_again()
}

/// A plain SELECT may succeed or not; the session does not survive it.
fn plain_select(bench: &mut Bench<'_>) -> Played {
    bench.open_by(AccessProtocol::Bac)?;
    let before = bench.session.clone();
    let step = "SELECT of EF.COM in plain, in the session";
    let answer = bench.send_plain(&Command::select_file(EF_COM.fid))?;
    answer
        .expect_no_data(step)?
        .expect(step, StatusSet::SUCCESS_OR_NO_ACCESS)?;
    bench.expect_session_over(before, &read())?;
    bench.run_bac_again()
}

impl Bench<'_> {
    /// Without a reset, SELECT of the application and BAC open a new session.
    ///
    /// # Errors
    /// When they do not.
    fn run_bac_again(&mut self) -> Played {
        self.session = None;
        self.select_application()?;
        self.run_bac()?;
        self.expect_session_alive()
    }
}
