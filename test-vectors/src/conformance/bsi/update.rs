//! ISO7816_M: what certificates change for good, the card's date and its trust points. ISO7816_N: its mechanism.
//!
//! Every case begins with what the card has: its date is found out first, and the trust points that the suite put into it before are
//! known by their names. So a card can be played with again and again, until its date comes to the end of the CVCA's certificate.

use crate::conformance::bench::{Bench, CVCA_LENGTH, Opened, Opening, in_session, references};
use crate::conformance::case::Case;
use crate::conformance::expect::{StatusSet, expected};
use crate::conformance::statement::Need;
use crate::conformance::verdict::{Finding, Played};
use crate::oracle::Command;
use crate::oracle::cv_certificate::{CvDate, Role, rights};
use crate::oracle::terminal_authentication::set_dst;

/// ISO7816_N_1, which ICAO's suite has as ISO7816_I_30.
pub(in crate::conformance) fn migration(id: &'static str) -> Case {
    Case::new(id, |bench| bench.by_each_opening(other_mechanism))
        .needs(Need::Migration)
        .lasting()
}

pub(super) fn cases() -> Vec<Case> {
    let mut cases: Vec<Case> = [
        (
            "ISO7816_M_1",
            domestic_terminal as fn(&mut Bench<'_>, Opening) -> Played,
        ),
        ("ISO7816_M_2", verifier),
        ("ISO7816_M_3", one_link),
        ("ISO7816_M_4", two_links),
        ("ISO7816_M_5", terminal_under_new_authority),
        ("ISO7816_M_6", file_stays_sane),
    ]
    .into_iter()
    .map(|(id, play)| Case::new(id, move |bench| bench.by_each_opening(play)).lasting())
    .collect();
    cases.push(migration("ISO7816_N_1"));
    cases
}

/// The day after the card's date, with at least one more day in the CVCA's certificate.
fn tomorrow(bench: &mut Bench<'_>, opened: &Opened) -> Played<CvDate> {
    let tomorrow = bench.card_date(opened)?.plus_days(1);
    if tomorrow >= opened.authority.expiration {
        return Err(Finding::NotApplicable(format!(
            "the card's date has come to the end of the CVCA's certificate, {}",
            opened.authority.expiration
        )));
    }
    Ok(tomorrow)
}

/// The card's date is this one, after a reset.
fn expect_date(bench: &mut Bench<'_>, opening: Opening, date: CvDate) -> Played {
    let opened = bench.open_for_terminal(opening)?;
    bench.show_verifier_until(&opened, date.plus_days(-1), StatusSet::REFUSAL)?;
    let found = bench.card_date(&opened)?;
    let what = format!("that of the certificate, {date}, not {found}");
    expected(found == date, "the card's date", &what)
}

/// A terminal's certificate under a domestic verifier moves the date.
fn domestic_terminal(bench: &mut Bench<'_>, opening: Opening) -> Played {
    let opened = bench.open_for_terminal(opening)?;
    let (date, last) = (tomorrow(bench, &opened)?, opened.authority.expiration);
    let chain = bench.chain(&opened.authority, rights::BOTH, rights::BOTH);
    let terminal = |valid| {
        chain
            .verifier
            .certify(&chain.terminal, Role::Terminal, rights::BOTH, valid)
    };
    let (authority, issuer) = (&opened.authority.party.name, &chain.verifier.name);
    let what = "the domestic verifier's certificate";
    bench.show(authority, &chain.verifier_certificate, what)?;
    bench.show(
        issuer,
        &terminal((date, last)),
        &format!("a terminal's certificate from {date}"),
    )?;

    bench.open_for_terminal(opening)?;
    bench.show(authority, &chain.verifier_certificate, what)?;
    let before = date.plus_days(-1);
    let old = terminal((opened.authority.effective, before));
    bench.show_refused(issuer, &old, &format!("a terminal's certificate until {before}"))?;
    expect_date(bench, opening, date)
}

/// A verifier's certificate moves the date.
fn verifier(bench: &mut Bench<'_>, opening: Opening) -> Played {
    let opened = bench.open_for_terminal(opening)?;
    let (date, authority) = (tomorrow(bench, &opened)?, &opened.authority);
    let verifier = bench.party(authority, "TESTDV");
    let valid = (date, authority.expiration);
    let certificate = authority
        .party
        .certify(&verifier, Role::DomesticVerifier, rights::BOTH, valid);
    let what = format!("a verifier's certificate from {date}");
    bench.show(&authority.party.name, &certificate, &what)?;
    expect_date(bench, opening, date)
}

/// A link certificate makes the trust point another; the one before stays until its certificate has ended.
fn one_link(bench: &mut Bench<'_>, opening: Opening) -> Played {
    let opened = bench.open_for_terminal(opening)?;
    let (old, new) = (opened.authority.clone(), opened.authority.successor());
    bench.show(&old.party.name, &old.link(&new), "the link certificate")?;

    let opened = bench.open_for_terminal(opening)?;
    let names = references(&opened.ef_cvca)?;
    expected(
        names == [new.party.name.clone(), old.party.name.clone()],
        "EF.CVCA after the link certificate",
        "the new reference, then the one before",
    )?;
    let verifier = bench.party(&old, "TESTDV");
    let of_old = old.verifier(&verifier, Role::DomesticVerifier, rights::BOTH);
    bench.show(
        &old.party.name,
        &of_old,
        "a verifier's certificate of the trust point before",
    )?;

    bench.open_for_terminal(opening)?;
    let after = old.expiration.plus_days(1);
    let valid = (after, new.expiration);
    let of_new = new
        .party
        .certify(&verifier, Role::DomesticVerifier, rights::BOTH, valid);
    let what =
        "a verifier's certificate of the new trust point, from the day after the end of the one before";
    bench.show(&new.party.name, &of_new, what)?;

    bench.open_for_terminal(opening)?;
    let what = "a verifier's certificate of the trust point whose certificate has ended";
    bench.show_under_unknown(&old.party.name, &of_old, what)?;
    expect_date(bench, opening, after)
}

/// Two link certificates in one session: the last two trust points are there.
fn two_links(bench: &mut Bench<'_>, opening: Opening) -> Played {
    let opened = bench.open_for_terminal(opening)?;
    let first = opened.authority.clone();
    let (second, third) = (first.successor(), first.successor().successor());
    bench.show(
        &first.party.name,
        &first.link(&second),
        "the first link certificate",
    )?;
    bench.show(
        &second.party.name,
        &second.link(&third),
        "the second link certificate",
    )?;
    let verifier = bench.party(&third, "TESTDV");
    let certificate = third.verifier(&verifier, Role::DomesticVerifier, rights::BOTH);
    let what = "a verifier's certificate of the newest trust point";
    bench.show(&third.party.name, &certificate, what)?;
    for opened in [Some(opened), None] {
        let ef_cvca = match opened {
            Some(opened) => bench.read_cvca(opened.file)?,
            None => bench.open_for_terminal(opening)?.ef_cvca,
        };
        expected(
            references(&ef_cvca)? == [third.party.name.clone(), second.party.name.clone()],
            "EF.CVCA after two link certificates",
            "the references of both, the newest first",
        )?;
    }
    Ok(())
}

/// CVCA → CVCA is right, the new CVCA → terminal is not.
fn terminal_under_new_authority(bench: &mut Bench<'_>, opening: Opening) -> Played {
    let opened = bench.open_for_terminal(opening)?;
    let (old, new) = (opened.authority.clone(), opened.authority.successor());
    bench.show(&old.party.name, &old.link(&new), "the link certificate")?;
    let terminal = bench.party(&new, "TESTIS");
    let certificate = new.verifier(&terminal, Role::Terminal, rights::BOTH);
    let what = "a terminal's certificate that the new CVCA signed";
    bench.show_refused(&new.party.name, &certificate, what)?;
    let opened = bench.open_for_terminal(opening)?;
    let names = references(&opened.ef_cvca)?;
    expected(
        names.first() == Some(&new.party.name),
        "EF.CVCA after the link certificate",
        "the new reference first",
    )
}

/// A link certificate to a key whose signatures are made with another hash, and a chain under it. The statement says that the card changes
/// its mechanism, and not to which ones; a card that does not take this one is not judged by it.
fn other_mechanism(bench: &mut Bench<'_>, opening: Opening) -> Played {
    let opened = bench.open_for_terminal(opening)?;
    let (old, new) = (opened.authority.clone(), opened.authority.moved_successor());
    let answer = bench.send(&set_dst(&old.party.name))?;
    in_session(answer, "MSE:Set DST", StatusSet::SUCCESS)?;
    let what = "a link certificate to another mechanism";
    if let Err(Finding::Failed(_)) = bench.verify(&old.link(&new), what, StatusSet::SUCCESS) {
        bench.expect_trust_unchanged(&opened)?;
        return Err(Finding::NotApplicable(format!(
            "the card does not move to ECDSA with {:?}, and the suite moves to no other mechanism",
            new.party.key.hash
        )));
    }
    let chain = bench.chain(&new, rights::BOTH, rights::BOTH);
    let opened = Opened {
        authority: new.clone(),
        ..opened
    };
    bench.show_chain(&opened, &chain)?;
    // After a reset, too, and to the end.
    let opened = bench.open_for_terminal(opening)?;
    let is_new = opened.authority.party.name == new.party.name;
    expected(
        is_new,
        "EF.CVCA after the link certificate",
        "the new reference first",
    )?;
    let chain = bench.chain(&opened.authority, rights::BOTH, rights::BOTH);
    bench.authenticate(&opened, &chain)
}

/// EF.CVCA with two trust points: 36 bytes and not one more.
fn file_stays_sane(bench: &mut Bench<'_>, opening: Opening) -> Played {
    let mut opened = bench.open_for_terminal(opening)?;
    if references(&opened.ef_cvca)?.len() == 1 {
        let (old, new) = (opened.authority.clone(), opened.authority.successor());
        bench.show(&old.party.name, &old.link(&new), "a link certificate")?;
        opened = bench.open_for_terminal(opening)?;
    }
    let two = references(&opened.ef_cvca)?.len() == 2;
    expected(two, "EF.CVCA", "two references")?;
    let step = "READ BINARY behind the 36 bytes of EF.CVCA";
    let answer = bench.send(&Command::select_file(opened.file.fid))?;
    in_session(answer, "SELECT of EF.CVCA", StatusSet::SUCCESS)?;
    let answer = bench.send(&Command::read_binary(CVCA_LENGTH as u16, 1))?;
    in_session(answer, step, StatusSet::CHECKING_ERROR)?.expect_no_data(step)?;
    // Its newest trust point still is one.
    let answer = bench.send(&set_dst(&opened.authority.party.name))?;
    in_session(
        answer,
        "MSE:Set DST of the newest trust point",
        StatusSet::SUCCESS,
    )?;
    Ok(())
}
