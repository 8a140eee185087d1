//! How a terminal comes into a chip: the strongest way on offer, and no weaker one because it failed.

use card_applet::crypto::cipher::SymmetricAlgorithm;
use host_issuer::inspect::Verdict;
use host_issuer::verify::{AccessProtocol, Password};
use test_vectors::faulty_chip::{Cipher, Curve, Fault, Mapping, Misdeed, PaceSet, Step};

use crate::faulty_reader::Bench;

fn set(cipher: Cipher, curve: Curve) -> PaceSet {
    PaceSet {
        mapping: Mapping::Generic,
        cipher,
        group: curve.into(),
    }
}

/// Whatever goes wrong in PACE of a chip that has BAC, too: BAC is not begun.
#[test]
fn pace_that_fails_is_not_followed_by_bac() {
    for step in [
        Step::PaceSetAt,
        Step::PaceNonce,
        Step::PaceMapping,
        Step::PaceKeyAgreement,
        Step::PaceToken,
    ] {
        for misdeed in [
            Misdeed::Refuse(0x6A80),
            Misdeed::Refuse(0x6D00),
            Misdeed::Refuse(0x6300),
            Misdeed::NoData,
            Misdeed::Silence,
        ] {
            if step == Step::PaceSetAt && misdeed == Misdeed::NoData {
                continue;
            }
            let bench = Bench::pace()
                .change(|bench| bench.setup.bac = true)
                .fault(Fault::new(step, misdeed.clone()));
            let (outcome, reader) = bench.verify();
            assert!(outcome.is_err(), "{step:?} {misdeed:?}");
            assert!(
                !reader.chip().steps().contains(&Step::GetChallenge),
                "{step:?} {misdeed:?}"
            );
        }
    }
}

/// EF.CardAccess that somebody takes away, or empties, on the way: BAC works, and the signed data tell.
#[test]
fn pace_that_is_hidden_is_found_out() {
    for hidden in [Vec::new(), vec![0x31, 0x00]] {
        let bench = Bench::pace().change(|bench| {
            bench.setup.bac = true;
            bench.setup.master_file.insert(0x011C, hidden.clone());
        });
        let verification = bench.verify().0.expect("read with BAC");
        assert_eq!(verification.card.access.protocol, AccessProtocol::Bac);
        assert_ne!(
            verification.verdict(),
            Verdict::Genuine,
            "{}",
            verification.reason()
        );
    }
}

#[test]
fn the_strongest_way_is_taken() {
    let weak = set(Cipher::TripleDes, Curve::P256);
    let middle = set(Cipher::Aes128, Curve::BrainpoolP256r1);
    let strong = set(Cipher::Aes256, Curve::P384);
    for sets in [
        [weak, middle, strong],
        [strong, weak, middle],
        [middle, strong, weak],
    ] {
        let verification = Bench::with_pace(&sets).verify().0.expect("a card");
        assert_eq!(verification.card.access.cipher, Some(SymmetricAlgorithm::Aes256));
        assert_eq!(
            verification.verdict(),
            Verdict::Genuine,
            "{}",
            verification.reason()
        );
    }
    // The stronger ones taken out of EF.CardAccess, which nobody signs; DG14 has them.
    let bench = Bench::with_pace(&[weak, strong]).change(|bench| {
        bench.recipe.announced_infos.remove(1);
    });
    let verification = bench.verify().0.expect("a card");
    assert_eq!(
        verification.card.access.cipher,
        Some(SymmetricAlgorithm::TripleDes)
    );
    assert_ne!(
        verification.verdict(),
        Verdict::Genuine,
        "{}",
        verification.reason()
    );
}

/// The strongest way fails: no weaker one is tried.
#[test]
fn a_way_that_fails_is_not_followed_by_a_weaker_one() {
    let sets = [
        set(Cipher::TripleDes, Curve::P256),
        set(Cipher::Aes256, Curve::P384),
    ];
    let bench = Bench::with_pace(&sets).fault(Fault::new(Step::PaceMapping, Misdeed::Refuse(0x6F00)).once());
    let (outcome, reader) = bench.verify();
    assert!(outcome.is_err());
    let begun = reader
        .chip()
        .steps()
        .iter()
        .filter(|step| **step == Step::PaceSetAt)
        .count();
    assert_eq!(begun, 1);
}

#[test]
fn a_chip_without_access_control_is_read_and_said_so() {
    let bench = Bench::plain();
    let verification = bench.verify().0.expect("a card");
    assert_eq!(verification.card.access.protocol, AccessProtocol::Plain);
    assert_eq!(verification.card.access.cipher, None);
    assert!(
        verification
            .card
            .notes
            .iter()
            .any(|note| note.contains("no access control"))
    );
    // Chip Authentication opened a session all the same.
    assert_eq!(
        verification.verdict(),
        Verdict::Genuine,
        "{}",
        verification.reason()
    );
    // A CAN is as good as a zone where neither is asked for.
    let can = Password::can("123456").expect("six digits");
    let outcome = bench.verifier().verify(bench.reader(), &can);
    assert_eq!(outcome.expect("a card").verdict(), Verdict::Genuine);
    // A CAN does not open BAC, and the chip is not asked.
    let bench = Bench::bac();
    let reader = bench.reader();
    let error = bench
        .verifier()
        .verify(reader.clone(), &can)
        .expect_err("BAC by CAN");
    assert!(error.to_string().contains("machine readable zone can"), "{error}");
    assert!(!reader.chip().steps().contains(&Step::GetChallenge));
}

#[test]
fn the_can_opens_pace() {
    let bench = Bench::pace();
    let right = Password::can("123456").expect("six digits");
    assert_eq!(
        bench
            .verifier()
            .verify(bench.reader(), &right)
            .expect("a card")
            .verdict(),
        Verdict::Genuine
    );
    let wrong = Password::can("123457").expect("six digits");
    let error = bench
        .verifier()
        .verify(bench.reader(), &wrong)
        .expect_err("a wrong number");
    assert!(
        error.to_string().contains("does not accept the password"),
        "{error}"
    );
}
