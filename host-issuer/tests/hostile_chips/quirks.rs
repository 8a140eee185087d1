//! The ways of real cards: read all the same, and named. Sources: JMRTD and NFCPassportReader (issues #25, #29, #89, #91, #174) for Le
//! limits and ends of files, DESIGN §6 for SELECT of the master file.

use host_issuer::inspect::Verdict;
use host_issuer::quirk::{Quirk, Tolerance};
use host_issuer::verify::{Password, Policy, Verification};
use test_vectors::faulty_chip::{EndOfFile, Fault, Manners, Misdeed, OverLimit, Step};

use crate::faulty_reader::{Bench, MRZ_INFORMATION, atr_info};
use crate::test_issuer::groups::{Face, JPEG, group};

/// GENUINE, with exactly these departures.
#[track_caller]
fn assert_read(name: &str, bench: &Bench, quirks: &[Quirk]) -> Verification {
    let (outcome, reader) = bench.verify();
    let verification = outcome.unwrap_or_else(|error| panic!("{name}: {error}\n{:?}", reader.chip().steps()));
    assert_eq!(
        verification.verdict(),
        Verdict::Genuine,
        "{name}: {}",
        verification.reason()
    );
    let seen: Vec<Quirk> = verification.report.quirks.iter().map(|quirk| quirk.id).collect();
    assert_eq!(seen, quirks, "{name}: {:?}", verification.report.quirks);
    verification
}

fn with(manners: Manners) -> Bench {
    Bench::pace().change(|bench| bench.setup.manners = manners)
}

/// A face of this many bytes.
fn face_of(len: usize) -> Vec<u8> {
    let image = [JPEG.to_vec(), vec![0x55; len]].concat();
    group(
        0x75,
        &[Face {
            image,
            ..Face::default()
        }
        .template()],
    )
}

#[test]
fn a_sober_card_has_none() {
    assert_read("PACE", &Bench::pace(), &[]);
    // Without PACE there need not be one; it is said all the same.
    assert_read("BAC", &Bench::bac(), &[Quirk::CardAccessMissing]);
    assert_read("plain", &Bench::plain(), &[Quirk::CardAccessMissing]);
}

/// Where the signed data offer PACE, a missing EF.CardAccess is no way of a card but what an attacker would do.
#[test]
fn a_missing_ef_card_access_hides_no_pace() {
    let bench = Bench::pace().change(|bench| {
        bench.setup.bac = true;
        bench.setup.master_file.insert(0x011C, Vec::new());
    });
    let verification = bench.verify().0.expect("read with BAC");
    assert_eq!(verification.verdict(), Verdict::NotGenuine);
    assert!(
        verification.reason().starts_with("downgrade"),
        "{}",
        verification.reason()
    );
    let seen: Vec<Quirk> = verification.report.quirks.iter().map(|quirk| quirk.id).collect();
    assert_eq!(seen, [Quirk::CardAccessMissing]);
}

#[test]
fn select_of_the_master_file_is_refused() {
    let manners = Manners {
        select_master_file: 0x6D00,
        ..Manners::default()
    };
    // With PACE nothing asks for it: after a reset the master file is current.
    assert_read("PACE", &with(manners.clone()), &[]);
    let bench = Bench::bac().change(|bench| bench.setup.manners = manners);
    assert_read(
        "BAC",
        &bench,
        &[Quirk::CardAccessMissing, Quirk::SelectMasterFileRefused],
    );
}

#[test]
fn short_file_identifiers_are_refused() {
    let manners = Manners {
        no_short_file_identifier: true,
        ..Manners::default()
    };
    assert_read(
        "no short identifiers",
        &with(manners.clone()),
        &[Quirk::NoShortFileIdentifier],
    );
    // Found out once: the other files are selected at once.
    let (_, reader) = with(manners).verify();
    let selected = reader
        .chip()
        .steps()
        .iter()
        .filter(|step| **step == Step::SelectFile)
        .count();
    assert!(selected > 5, "{:?}", reader.chip().steps());
}

#[test]
fn le_has_a_limit() {
    for limit in [223, 160, 112, 100, 64] {
        for (over, quirks) in [
            (OverLimit::Refuse(0x6700), &[Quirk::ShortLeLimit][..]),
            (OverLimit::Correct, &[Quirk::ShortLeLimit]),
            (OverLimit::Shorten, &[Quirk::ShortAnswers]),
            (OverLimit::Warn, &[Quirk::ShortAnswers]),
            (
                OverLimit::EndSession(0x6700),
                &[Quirk::ShortLeLimit, Quirk::LeEndsSession],
            ),
            (
                OverLimit::EndSession(0x6C00 | limit as u16),
                &[Quirk::ShortLeLimit, Quirk::LeEndsSession],
            ),
            (
                OverLimit::EndSession(0x6282),
                &[Quirk::ShortLeLimit, Quirk::LeEndsSession],
            ),
        ] {
            let mut bench = with(Manners {
                limit: Some((limit, over)),
                ..Manners::default()
            });
            bench.recipe.dg2 = face_of(2_000);
            let name = format!("{limit} {over:?}");
            let (outcome, _) = bench.verify();
            let verification = outcome.unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_eq!(
                verification.verdict(),
                Verdict::Genuine,
                "{name}: {}",
                verification.reason()
            );
            let seen: Vec<Quirk> = verification.report.quirks.iter().map(|quirk| quirk.id).collect();
            // What the terminal asks for may be within the limit; what is over it is named by its way.
            assert!(
                seen.iter().all(|quirk| quirks.contains(quirk)),
                "{name}: {seen:?}"
            );
            assert!(limit >= 223 || !seen.is_empty(), "{name}");
        }
    }
}

#[test]
fn extended_length_is_announced_and_refused() {
    let mut bench = with(Manners {
        refuses_extended_length: Some(0x6700),
        ..Manners::default()
    });
    bench.setup.master_file.insert(0x2F01, atr_info());
    assert_read(
        "refused",
        &bench,
        &[Quirk::ExtendedLengthRefused, Quirk::LeEndsSession],
    );
    let bench = Bench::pace().change(|bench| {
        bench.setup.master_file.insert(0x2F01, atr_info());
    });
    assert_read("kept", &bench, &[]);
}

/// A chip that takes extended length and does not say how much it gives at once may give what it can; one that says so may not.
#[test]
fn what_a_chip_did_not_promise_is_no_short_answer() {
    // Historical bytes with extended length, and without the word that EF.ATR/INFO has more to say.
    const UNSTATED: [u8; 10] = [0x3B, 0x85, 0x80, 0x01, 0x80, 0x73, 0xB4, 0x21, 0xC0, 0x62 ^ 0xC0];
    let mut bench = with(Manners {
        limit: Some((1_000, OverLimit::Shorten)),
        ..Manners::default()
    });
    bench.recipe.dg2 = face_of(4_000);
    let verify = |bench: &Bench, atr: Option<&[u8]>| -> Vec<Quirk> {
        let reader = bench.reader();
        let reader = atr.map_or(reader.clone(), |atr| reader.with_atr(atr));
        let password = Password::mrz(MRZ_INFORMATION).expect("the zone's own fields");
        let verification = bench.verifier().verify(reader, &password).expect("a card");
        assert_eq!(
            verification.verdict(),
            Verdict::Genuine,
            "{}",
            verification.reason()
        );
        verification.report.quirks.iter().map(|quirk| quirk.id).collect()
    };
    assert_eq!(verify(&bench, Some(&UNSTATED)), []);
    bench.setup.master_file.insert(0x2F01, atr_info());
    assert_eq!(verify(&bench, None), [Quirk::ShortAnswers]);
}

#[test]
fn files_end_in_every_way() {
    for end_of_file in [
        EndOfFile::Warn,
        EndOfFile::Shorten,
        EndOfFile::WrongOffset,
        EndOfFile::Correct,
        EndOfFile::WrongLength,
    ] {
        let bench = with(Manners {
            end_of_file,
            ..Manners::default()
        });
        assert_read(&format!("{end_of_file:?}"), &bench, &[]);
    }
}

#[test]
fn answers_come_in_pieces() {
    for pieces in [40, 128, 200] {
        let bench = with(Manners {
            pieces: Some(pieces),
            ..Manners::default()
        });
        assert_read(&format!("{pieces} bytes"), &bench, &[]);
    }
}

#[test]
fn a_long_file_without_do_53() {
    for (no_discretionary_object, quirks) in [(false, &[][..]), (true, &[Quirk::NoDiscretionaryObject])] {
        let mut bench = with(Manners {
            no_discretionary_object,
            ..Manners::default()
        });
        bench.recipe.dg2 = face_of(40_000);
        assert_read("40,000 bytes", &bench, quirks);
    }
}

#[test]
fn refusing_fingers_ends_the_session() {
    for (refusal_ends_session, quirks) in [(false, &[][..]), (true, &[Quirk::RefusalEndsSession])] {
        let mut bench = with(Manners {
            refusal_ends_session,
            ..Manners::default()
        });
        for number in [3, 4] {
            bench.recipe.groups.insert(number, vec![0x63, 0x00]);
            bench.recipe.com.push(if number == 3 { 0x63 } else { 0x76 });
        }
        assert_read("fingers and irises", &bench, quirks);
    }
}

#[test]
fn ef_com_is_missing() {
    let bench = Bench::pace().change(|bench| {
        bench.setup.application.insert(0x011E, Vec::new());
    });
    assert_read("no EF.COM", &bench, &[Quirk::ComMissing]);
    let bench = Bench::plain().change(|bench| {
        bench.setup.application.insert(0x011E, Vec::new());
    });
    assert_read(
        "no EF.COM, plain",
        &bench,
        &[Quirk::CardAccessMissing, Quirk::ComMissing],
    );
}

/// PACE that fails opens BAC only where that was asked for by name.
#[test]
fn pace_fails_and_bac_works() {
    let bench = Bench::pace()
        .change(|bench| bench.setup.bac = true)
        .fault(Fault::new(Step::PaceMapping, Misdeed::Refuse(0x6F00)));
    let (outcome, reader) = bench.verify();
    assert!(outcome.is_err());
    assert!(!reader.chip().steps().contains(&Step::GetChallenge));

    let tolerant = bench.verifier().with_policy(Policy {
        tolerance: Tolerance::STRICT.with(Quirk::PaceFails),
        ..Policy::default()
    });
    let (outcome, _) = bench.verify_by(&tolerant);
    let verification = outcome.expect("read with BAC");
    let quirks: Vec<String> = verification
        .report
        .quirks
        .iter()
        .map(ToString::to_string)
        .collect();
    assert!(
        quirks.iter().any(|quirk| quirk.starts_with("pace-fails")),
        "{quirks:?}"
    );

    // A wrong number is no failure of PACE, and does not open BAC either.
    let bench = Bench::pace()
        .change(|bench| bench.setup.bac = true)
        .fault(Fault::new(Step::PaceToken, Misdeed::Refuse(0x6300)));
    let (outcome, reader) = bench.verify_by(&tolerant);
    assert!(outcome.is_err() && !reader.chip().steps().contains(&Step::GetChallenge));
}
