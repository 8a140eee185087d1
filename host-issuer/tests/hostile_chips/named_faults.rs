//! Each fault with the one name that it must be called by.

use host_issuer::inspect::Verdict;
use host_issuer::verify::Blame;
use test_vectors::faulty_chip::{BadProtection, Fault, Misdeed, Step};

use crate::faulty_reader::Bench;

/// What must come of it.
pub enum Expected {
    /// The card cannot be read, the chip is to blame, and the error says this.
    Error(&'static str),
    /// It is read, and this check decides.
    Judged(Verdict, &'static str),
}

use Expected::{Error, Judged};

#[track_caller]
pub fn assert_expected(bench: &Bench, name: &str, expected: &Expected) {
    let (outcome, reader) = bench.verify();
    match (outcome, expected) {
        (Err(error), Error(words)) => {
            assert!(error.to_string().contains(words), "{name}: {error}");
            let wrong_password = error.to_string().contains("does not accept");
            let blame = if wrong_password {
                Blame::Password
            } else {
                Blame::Chip
            };
            if error.transport().is_none() {
                assert_eq!(error.blame(), blame, "{name}: {error}");
            }
        }
        (Ok(verification), Judged(verdict, check)) => {
            assert_eq!(
                verification.verdict(),
                *verdict,
                "{name}: {}",
                verification.reason()
            );
            assert!(
                verification.reason().starts_with(check),
                "{name}: {}",
                verification.reason()
            );
        }
        (outcome, _) => panic!("{name}: {outcome:?}"),
    }
    assert!(
        reader.chip().commands() < 60,
        "{name}: {} commands",
        reader.chip().commands()
    );
}

pub fn refuse(status: u16) -> Misdeed {
    Misdeed::Refuse(status)
}

#[test]
fn faults_while_files_are_read() {
    const SOD: u16 = 0x011D;
    const DG2: u16 = 0x0102;
    use BadProtection::{
        CryptogramTwice, HugeLength, LongMac, NoCryptogram, NoMac, NoStatus, OtherStatus, Plain, Replayed,
        StatusFirst, StatusTwice, Trailing, WrongIndicator, WrongMac, WrongPadding,
    };
    let protection = |bad| Misdeed::Protection(bad);
    for (file, misdeed, expected) in [
        (SOD, refuse(0x6F00), Error("EF.SOD: the chip refuses")),
        (SOD, refuse(0x6A82), Judged(Verdict::Inconclusive, "")),
        (
            SOD,
            Misdeed::EndSession(0x6988),
            Error("EF.SOD: secure messaging: the chip ended the session"),
        ),
        (
            SOD,
            Misdeed::Data(vec![0x77, 0x84, 0xFF, 0xFF, 0xFF, 0xFF]),
            Error("EF.SOD: the file announces"),
        ),
        (
            SOD,
            Misdeed::Data(vec![0x77, 0x83, 0x01, 0x00, 0x01]),
            Error("EF.SOD: the file announces"),
        ),
        (
            SOD,
            Misdeed::Data(vec![0x77, 0x80, 0x00, 0x00]),
            Error("EF.SOD: the chip's answer is malformed"),
        ),
        (
            SOD,
            Misdeed::NoData,
            Error("EF.SOD: the chip's answer is malformed"),
        ),
        (
            SOD,
            Misdeed::TooMuch(1),
            Error("EF.SOD: the chip's answer is malformed"),
        ),
        (SOD, Misdeed::Drip(4), Error("EF.SOD: the chip gave")),
        (SOD, protection(NoMac), Error("data object 8E missing")),
        (SOD, protection(NoStatus), Error("unexpected data object 8E")),
        (SOD, protection(WrongMac), Error("wrong MAC")),
        (SOD, protection(Replayed), Error("wrong MAC")),
        (
            SOD,
            protection(BadProtection::ChangedCryptogram),
            Error("wrong MAC"),
        ),
        (SOD, protection(OtherStatus), Error("was changed on the way")),
        (SOD, protection(StatusFirst), Error("unexpected data object 87")),
        (SOD, protection(StatusTwice), Error("unexpected data object 99")),
        (
            SOD,
            protection(CryptogramTwice),
            Error("unexpected data object 87"),
        ),
        (SOD, protection(Trailing), Error("unexpected data object 53")),
        (
            SOD,
            protection(LongMac),
            Error("data object 8E of a wrong length"),
        ),
        (SOD, protection(HugeLength), Error("malformed protected answer")),
        (SOD, protection(WrongIndicator), Error("cryptogram is malformed")),
        (SOD, protection(WrongPadding), Error("cryptogram is malformed")),
        (
            SOD,
            protection(BadProtection::BrokenBlock),
            Error("cryptogram is malformed"),
        ),
        (SOD, protection(Plain), Error("secure messaging")),
        // A whole file whose answer holds nothing: 9000 and no data.
        (
            SOD,
            protection(NoCryptogram),
            Error("EF.SOD: the chip's answer is malformed"),
        ),
        (DG2, refuse(0x6982), Judged(Verdict::Inconclusive, "dg2_digest")),
        (DG2, refuse(0x6A82), Judged(Verdict::Inconclusive, "dg2_digest")),
        (DG2, refuse(0x6581), Error("DG2: the chip refuses")),
        (
            DG2,
            Misdeed::Data(vec![0x75, 0x00]),
            Judged(Verdict::NotGenuine, "dg2_digest"),
        ),
    ] {
        let name = format!("{file:04X} {misdeed:?}");
        let bench = Bench::pace().fault(Fault::new(Step::Read, misdeed).of_file(file));
        assert_expected(&bench, &name, &expected);
    }
}

#[test]
fn faults_in_the_proofs_that_the_chip_is_no_copy() {
    let not_genuine = |check| Judged(Verdict::NotGenuine, check);
    for (step, misdeed, expected) in [
        (
            Step::ChipAuthenticationSet,
            refuse(0x6A88),
            not_genuine("chip_authentication"),
        ),
        (
            Step::ChipAuthentication,
            refuse(0x6A80),
            not_genuine("chip_authentication"),
        ),
        (
            Step::ChipAuthentication,
            Misdeed::KeepKeys,
            not_genuine("chip_authentication"),
        ),
        (
            Step::ChipAuthentication,
            Misdeed::OtherKey,
            not_genuine("chip_authentication"),
        ),
        (
            Step::ChipAuthentication,
            Misdeed::Retag(0x7D),
            not_genuine("chip_authentication"),
        ),
        (
            Step::ChipAuthentication,
            Misdeed::NoData,
            not_genuine("chip_authentication"),
        ),
        (
            Step::ActiveAuthentication,
            refuse(0x6D00),
            not_genuine("active_authentication"),
        ),
        (
            Step::ActiveAuthentication,
            Misdeed::WrongSignature,
            not_genuine("active_authentication"),
        ),
        (
            Step::ActiveAuthentication,
            Misdeed::NoData,
            not_genuine("active_authentication"),
        ),
        (
            Step::ActiveAuthentication,
            Misdeed::Cut(63),
            not_genuine("active_authentication"),
        ),
        (
            Step::ActiveAuthentication,
            Misdeed::Data(vec![0; 64]),
            not_genuine("active_authentication"),
        ),
    ] {
        let name = format!("{step:?} {misdeed:?}");
        assert_expected(&Bench::pace().fault(Fault::new(step, misdeed)), &name, &expected);
    }
}

/// What is in EF.CardAccess is read before anything protects it.
#[test]
fn hostile_ef_card_access() {
    let nested = |depth: usize| {
        let mut object = vec![0x31, 0x00];
        for _ in 0..depth {
            object = test_vectors::faulty_chip::object(0x31, &object);
        }
        object
    };
    let many = |count: usize| {
        let entry = [0x30, 0x04, 0x06, 0x02, 0x2A, 0x03];
        test_vectors::faulty_chip::object(0x31, &entry.repeat(count))
    };
    for (name, content, words) in [
        ("no set", vec![0x30, 0x00], "EF.CardAccess is malformed"),
        (
            "an entry that is cut off",
            vec![0x31, 0x02, 0x30, 0x10],
            "EF.CardAccess is malformed",
        ),
        ("4 GiB", vec![0x31, 0x84, 0xFF, 0xFF, 0xFF, 0xFF], "announces"),
        (
            "9000 bytes",
            test_vectors::faulty_chip::object(0x31, &vec![0; 9000]),
            "announces",
        ),
        ("1000 levels", nested(1_000), "EF.CardAccess is malformed"),
        ("65 entries", many(65), "more than 64 entries"),
        ("1000 entries", many(1_000), "more than 64 entries"),
        ("indefinite length", vec![0x31, 0x80, 0x00, 0x00], "malformed"),
    ] {
        let bench = Bench::bac().change(|bench| {
            bench.setup.master_file.insert(0x011C, content);
        });
        let (outcome, reader) = bench.verify();
        let error = outcome.expect_err(name);
        assert!(error.to_string().contains(words), "{name}: {error}");
        // It may have been PACE that somebody wants to hide: no BAC.
        assert!(!reader.chip().steps().contains(&Step::GetChallenge), "{name}");
    }
}

/// EF.SOD that lists every group there is, and groups that are not.
#[test]
fn an_ef_sod_that_lists_many_groups() {
    let bench = Bench::pace().change(|bench| {
        bench.recipe.extra_listed = (1..=16)
            .filter(|number| ![1, 2, 13, 14, 15].contains(number))
            .collect();
    });
    assert_expected(
        &bench,
        "all groups",
        &Judged(Verdict::NotGenuine, "com_matches_sod"),
    );
    let bench = Bench::pace().change(|bench| bench.recipe.extra_listed = (17..=120).collect());
    let (outcome, reader) = bench.verify();
    assert_ne!(
        outcome.map(|verification| verification.verdict()).ok(),
        Some(Verdict::Genuine)
    );
    assert!(reader.chip().commands() < 60);
}
