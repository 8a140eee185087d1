//! ISO7816_B and ISO7816_O: what may be read before BAC or PACE, and how in the session that it opened (ICAO Doc 9303-11 §4, §9.8).

use crate::conformance::bench::{
    Bench, EF_CARD_SECURITY, EMRTD_AID, File, LDS_FILES, PaceStep, begins, refused,
};
use crate::conformance::case::Case;
use crate::conformance::expect::StatusSet;
use crate::conformance::statement::{AccessProtocol, Need};
use crate::conformance::verdict::{Finding, Played};
use crate::faulty_chip::Mapping;
use crate::oracle::Command;

pub(super) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (unit, protocol) in [("B", AccessProtocol::Bac), ("O", AccessProtocol::Pace)] {
        for (at, file) in LDS_FILES.into_iter().enumerate() {
            let id = |family: usize| format!("ISO7816_{unit}_{}", family * LDS_FILES.len() + at + 1);
            cases.push(Case::new(id(0), move |bench| select(bench, protocol, &file)));
            cases.push(Case::new(id(1), move |bench| {
                read_by_short_identifier(bench, protocol, &file)
            }));
            cases.push(Case::new(id(2), move |bench| in_session(bench, protocol, &file)));
        }
    }
    cases.push(Case::new("ISO7816_O_55", |bench| {
        bench.reset()?;
        select_and_read(bench, &EF_CARD_SECURITY, StatusSet::SELECTED_OR_NOT)
    }));
    cases.push(Case::new("ISO7816_O_56", |bench| {
        bench.reset()?;
        let answer = bench.send_plain(&Command::read_binary_sfi(EF_CARD_SECURITY.sfi, 0, 256))?;
        refused(answer, "READ BINARY of EF.CardSecurity in plain")?;
        Ok(())
    }));
    cases.push(Case::new("ISO7816_O_57", |bench| {
        card_security(bench, Some(Mapping::ChipAuthentication))
    }));
    // The file is the same whatever mapping opened the session, and the card needs have no mapping of Chip Authentication to have it.
    cases.push(Case::new("ISO7816_O_58", |bench| card_security(bench, None)).needs(Need::CardSecurity));
    cases
}

/// SELECT of the application in plain. A card that has PACE may refuse it: then there is nothing to be read, and `false` comes.
fn application(bench: &mut Bench<'_>, protocol: AccessProtocol) -> Played<bool> {
    bench.reset()?;
    if protocol == AccessProtocol::Bac {
        bench.select_application()?;
        return Ok(true);
    }
    let step = "SELECT of the eMRTD application in plain";
    let answer = bench.send_plain(&Command::select_application(&EMRTD_AID))?;
    let answer = answer
        .expect_no_data(step)?
        .expect(step, StatusSet::SELECTED_OR_NOT)?;
    Ok(answer.status == 0x9000)
}

/// SELECT of the file is a matter of taste, what comes of it is not: the file cannot be read.
fn select(bench: &mut Bench<'_>, protocol: AccessProtocol, file: &File) -> Played {
    let set = match protocol {
        AccessProtocol::Bac => StatusSet::SUCCESS_OR_NO_ACCESS,
        AccessProtocol::Pace => StatusSet::SELECTED_OR_NOT,
    };
    if application(bench, protocol)? {
        select_and_read(bench, file, set)?;
    }
    Ok(())
}

fn select_and_read(bench: &mut Bench<'_>, file: &File, set: StatusSet) -> Played {
    let step = format!("SELECT of {} in plain", file.name);
    let answer = bench.send_plain(&Command::select_file(file.fid))?;
    answer.expect_no_data(&step)?.expect(&step, set)?;
    let step = format!("READ BINARY of {} in plain after SELECT", file.name);
    refused(bench.send_plain(&Command::read_binary(0, 256))?, &step)?;
    Ok(())
}

/// READ BINARY by short identifier is refused, and leaves nothing behind that could be read.
fn read_by_short_identifier(bench: &mut Bench<'_>, protocol: AccessProtocol, file: &File) -> Played {
    // In the master file the short identifiers are those of other files.
    if !application(bench, protocol)? {
        return Ok(());
    }
    let step = format!("READ BINARY of {} in plain", file.name);
    let answer = bench.send_plain(&Command::read_binary_sfi(file.sfi, 0, 256))?;
    let answer = refused(answer, &step)?;
    if protocol == AccessProtocol::Bac {
        answer.expect(&step, StatusSet::SECURITY_STATUS_NOT_SATISFIED)?;
    }
    let step = format!("READ BINARY of the current file after {} was refused", file.name);
    refused(bench.send_plain(&Command::read_binary(0, 256))?, &step)?;
    Ok(())
}

/// The session reads the file; a plain READ BINARY of it is refused, and with it the session is over.
fn in_session(bench: &mut Bench<'_>, protocol: AccessProtocol, file: &File) -> Played {
    if bench.is_behind_terminal_authentication(file) {
        return Err(Finding::NotApplicable(format!(
            "{} is behind Terminal Authentication",
            file.name
        )));
    }
    bench.open_by(protocol)?;
    enforced(bench, file)
}

/// The same of EF.CardSecurity in the master file, after PACE with this mapping, or with another than Chip Authentication Mapping.
fn card_security(bench: &mut Bench<'_>, mapping: Option<Mapping>) -> Played {
    let found = bench.statement.pace_with(mapping).cloned();
    let parameters = found
        .ok_or_else(|| Finding::NotApplicable("EF.CardAccess offers no PACE with such a mapping".into()))?;
    bench.reset()?;
    let password = bench.pace_password()?;
    let mut pace = bench.pace(&parameters, password)?;
    bench.pace_until(&mut pace, PaceStep::Prove)?;
    enforced(bench, &EF_CARD_SECURITY)
}

fn enforced(bench: &mut Bench<'_>, file: &File) -> Played {
    let step = format!("READ BINARY of {} in the session", file.name);
    let read = Command::read_binary_sfi(file.sfi, 0, 6);
    let answer = bench.send(&read)?.expect(&step, StatusSet::SUCCESS)?;
    begins(&answer.expect_protected(&step)?.data, file, 6, &step)?;
    let before = bench.session.clone();
    let step = format!("READ BINARY of {} in plain, in the session", file.name);
    refused(bench.send_plain(&Command::read_binary(0, 256))?, &step)?;
    bench.expect_session_over(before, &read)
}
