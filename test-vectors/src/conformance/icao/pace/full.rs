//! Whole runs, and secure messaging behind them.

use super::{every, kinds, password};
use crate::conformance::bench::{Bench, EMRTD_AID, Password};
use crate::conformance::case::Case;
use crate::conformance::expect::{StatusSet, expected};
use crate::conformance::statement::PaceParameters;
use crate::conformance::verdict::{Finding, Played};
use crate::faulty_chip::{Mapping, PaceSet};
use crate::oracle::{Bend, Command, Pace, chip_authentication_mapping};

/// EF.CardSecurity.
const CARD_SECURITY: u16 = 0x011D;
/// EF.CardAccess.
const CARD_ACCESS: u16 = 0x011C;
/// What the suite allows as an answer to a wrong counter.
const WRONG_COUNTER: StatusSet = StatusSet::new("6982 or 6988", &[0x6982..=0x6982, 0x6988..=0x6988]);

pub(super) fn cases() -> Vec<Case> {
    vec![
        Case::new("ISO7816_P_1", |bench| every_set(bench, Password::Mrz)),
        Case::new("ISO7816_P_2", |bench| every_set(bench, Password::Can)),
        Case::new("ISO7816_P_3", plain_command),
        Case::new("ISO7816_P_73", |bench| only_parameters(bench, true)),
        Case::new("ISO7816_P_74", |bench| only_parameters(bench, false)),
        Case::new("ISO7816_P_78", no_chip_authentication_data),
        Case::new("ISO7816_P_79", wrong_counter),
        Case::new("ISO7816_P_80", missing_cryptogram),
    ]
}

fn run(bench: &mut Bench<'_>, parameters: &PaceParameters, password: Password) -> Played<Pace> {
    bench.reset()?;
    bench.run_pace(parameters, password)
}

/// With every parameter set of EF.CardAccess. Where the mapping authenticates the chip, it does.
fn every_set(bench: &mut Bench<'_>, password: Password) -> Played {
    for parameters in bench.statement.pace.clone() {
        let pace = run(bench, &parameters, password)?;
        if pace.set.mapping == Mapping::ChipAuthentication {
            chip_is_authentic(bench, &pace)?;
        }
        bench.session_lives("PACE")?;
    }
    kinds(bench, every).map(drop)
}

/// DO'8A' proves the private key of EF.CardSecurity.
fn chip_is_authentic(bench: &mut Bench<'_>, pace: &Pace) -> Played {
    let file = bench.read_file(CARD_SECURITY)?;
    let key = chip_authentication_mapping::static_key(&file, pace.set.group.parameter_id());
    let key =
        key.ok_or_else(|| Finding::failed("EF.CardSecurity: expected a key for these domain parameters"))?;
    chip_authentication_mapping::verify(pace, &key)
        .map_err(|why| Finding::failed(format!("Chip Authentication Mapping: {why}")))
}

/// A plain command in a session gets no data, and ends it.
fn plain_command(bench: &mut Bench<'_>) -> Played {
    for parameters in kinds(bench, every)? {
        let password = password(bench)?;
        run(bench, &parameters, password)?;
        bench.select_application()?;
        let step = "READ BINARY of EF.COM in plain, in a session";
        bench
            .send_plain(&Command::read_binary_sfi(0x1E, 0, 4))?
            .expect(step, StatusSet::CHECKING_ERROR)?
            .expect_no_data(step)?;
        bench.session_is_dead("a plain command")?;
    }
    Ok(())
}

/// Where there is only one set of domain parameters, DO'84' may be sent, and may be left out.
fn only_parameters(bench: &mut Bench<'_>, named: bool) -> Played {
    let mut groups: Vec<u8> = bench
        .statement
        .pace
        .iter()
        .map(|known| known.set.group.parameter_id())
        .collect();
    groups.dedup();
    if groups.len() > 1 {
        return Err(Finding::NotApplicable(
            "EF.CardAccess offers several sets of domain parameters".into(),
        ));
    }
    for parameters in kinds(bench, every)? {
        bench.reset()?;
        let password = password(bench)?;
        let mut pace = bench.pace(&parameters, password)?;
        pace.names_parameters = named;
        super::complete(bench, &mut pace, crate::conformance::bench::PaceStep::SetAt)?;
    }
    Ok(())
}

fn without_chip_authentication(set: &PaceSet) -> bool {
    set.mapping != Mapping::ChipAuthentication
}

/// Generic and integrated mapping prove nothing of the chip, even where it could.
fn no_chip_authentication_data(bench: &mut Bench<'_>) -> Played {
    for parameters in kinds(bench, without_chip_authentication)? {
        let password = password(bench)?;
        let pace = run(bench, &parameters, password)?;
        expected(
            pace.chip_authentication_data.is_none(),
            "GENERAL AUTHENTICATE of the tokens",
            "no DO'8A'",
        )?;
        bench.session_lives("PACE")?;
    }
    Ok(())
}

/// SELECT of the application whose MAC is of another counter.
fn wrong_counter(bench: &mut Bench<'_>) -> Played {
    for parameters in kinds(bench, every)? {
        let password = password(bench)?;
        run(bench, &parameters, password)?;
        let mut session = bench.session.clone();
        let command = Command::select_application(&EMRTD_AID);
        let step = "SELECT of the eMRTD application with a wrong counter";
        bench
            .send_bent(&command, Some(Bend::WrongCounter))?
            .expect(step, WRONG_COUNTER)?
            .expect_no_data(step)?;
        // A card that kept the session has counted one command, not two.
        if let Some(session) = &mut session {
            session.count();
        }
        bench.session = session;
        bench.session_is_dead("a wrong send sequence counter")?;
    }
    Ok(())
}

/// SELECT of a file without DO'87', its MAC right. A card that misses the object ends the session and says so in plain; one that takes it
/// for a SELECT without data refuses that in the session, which goes on.
fn missing_cryptogram(bench: &mut Bench<'_>) -> Played {
    for parameters in kinds(bench, every)? {
        let password = password(bench)?;
        run(bench, &parameters, password)?;
        let step = "protected SELECT without DO'87'";
        let answer = bench
            .send_bent(&Command::select_file(CARD_ACCESS), Some(Bend::NoCryptogram))?
            .expect(step, StatusSet::CHECKING_ERROR)?
            .expect_no_data(step)?;
        match answer.protected {
            true => bench.session_lives("a refused SELECT")?,
            false => bench.session_is_dead("a missing data object of secure messaging")?,
        }
    }
    Ok(())
}
