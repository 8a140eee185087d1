//! How a terminal comes into a chip: the strongest way on offer, and no weaker one because it failed.

use card_applet::crypto::cipher::SymmetricAlgorithm;
use host_issuer::inspect::{CheckId, Read, Verdict};
use host_issuer::quirk::Quirk;
use host_issuer::verify::{AccessProtocol, Password, Verification};
use test_vectors::faulty_chip::{Cipher, Curve, Fault, Mapping, Misdeed, PaceSet, Step};

use crate::faulty_reader::Bench;
use crate::test_issuer::CardSecurityRecipe;

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

/// The usual chip, whose EF.CardAccess announces Chip Authentication, with an EF.CardSecurity of these entries.
fn with_card_security(infos: impl FnOnce(&Bench) -> Vec<Vec<u8>>) -> Bench {
    Bench::pace().change(|bench| {
        let infos = infos(bench);
        bench.recipe.card_security = Some(CardSecurityRecipe::of(&bench.recipe, infos));
    })
}

/// All that EF.CardAccess and DG14 have.
fn all(bench: &Bench) -> Vec<Vec<u8>> {
    bench.recipe.security_infos.clone()
}

fn word(verification: &Verification, id: CheckId) -> Option<&'static str> {
    verification.report.check(id).map(|check| check.status_word())
}

/// EF.CardSecurity is read where EF.CardAccess says that there is one, though nothing needs it, and held against the others.
#[test]
fn ef_card_security_is_held_against_ef_card_access_and_dg14() {
    const CHECKS: [CheckId; 3] = [
        CheckId::CardSecurity,
        CheckId::CardAccessMatchesCardSecurity,
        CheckId::CardSecurityMatchesDg14,
    ];
    let verification = with_card_security(all).verify().0.expect("a card");
    assert_eq!(
        verification.verdict(),
        Verdict::Genuine,
        "{}",
        verification.reason()
    );
    assert!(CHECKS.iter().all(|id| word(&verification, *id) == Some("passed")));

    // PACE that EF.CardAccess announces and nobody signed there.
    let bench = with_card_security(|bench| all(bench).split_off(1));
    let verification = bench.verify().0.expect("a card");
    assert_eq!(verification.verdict(), Verdict::NotGenuine);
    assert!(
        verification
            .reason()
            .starts_with("card_access_matches_card_security")
    );

    // Not on the chip, or not for this session: nothing rests on it, and nothing is said of it.
    let bench = Bench::pace();
    let verification = bench.verify().0.expect("a card");
    assert_eq!(
        verification.verdict(),
        Verdict::Genuine,
        "{}",
        verification.reason()
    );
    assert_eq!(word(&verification, CheckId::CardSecurity), None);
    let refused = Fault::new(Step::Read, Misdeed::Refuse(0x6982))
        .of_file(0x011D)
        .once();
    let verification = with_card_security(all).fault(refused).verify().0.expect("a card");
    assert_eq!(
        verification.verdict(),
        Verdict::Genuine,
        "{}",
        verification.reason()
    );
    assert_eq!(verification.card.document.card_security, Read::NotSupplied);
}

/// A refusal that ends the session costs another opening, and no verdict.
#[test]
fn refusing_ef_card_security_may_end_the_session() {
    let bench = with_card_security(all).fault(
        Fault::new(Step::Read, Misdeed::EndSession(0x6982))
            .of_file(0x011D)
            .once(),
    );
    let (outcome, reader) = bench.verify();
    let verification = outcome.expect("a card");
    assert_eq!(
        verification.verdict(),
        Verdict::Genuine,
        "{}",
        verification.reason()
    );
    let seen: Vec<Quirk> = verification.report.quirks.iter().map(|quirk| quirk.id).collect();
    assert_eq!(seen, [Quirk::RefusalEndsSession]);
    let steps = reader.chip().steps().to_vec();
    assert_eq!(steps.iter().filter(|step| **step == Step::PaceToken).count(), 2);
}

/// A chip whose EF.CardAccess announces neither PACE-CAM nor Chip Authentication is not asked for EF.CardSecurity.
#[test]
fn ef_card_security_is_not_looked_for_in_vain() {
    let announcing = Bench::pace();
    let silent = Bench::pace().change(|bench| bench.recipe.announced_infos.truncate(1));
    let commands = |bench: &Bench| {
        let (outcome, reader) = bench.verify();
        assert_eq!(outcome.expect("a card").verdict(), Verdict::Genuine);
        reader.chip().commands()
    };
    // READ BINARY by short identifier and SELECT, both refused.
    assert_eq!(commands(&silent) + 2, commands(&announcing));
}

/// Asked in the end and only where somebody wants to know; whatever the answer, no verdict moves.
#[test]
fn bac_beside_pace_is_asked_for_in_the_end() {
    for (bac, fault, expected) in [
        (true, None, Some(true)),
        (false, None, Some(false)),
        (true, Some(Misdeed::Data(vec![0; 7])), Some(false)),
        (true, Some(Misdeed::Silence), None),
    ] {
        let mut bench = Bench::pace().change(|bench| bench.setup.bac = bac);
        bench
            .faults
            .extend(fault.map(|misdeed| Fault::new(Step::GetChallenge, misdeed)));
        let (outcome, reader) = bench.verify();
        assert_eq!(
            outcome.expect("a card").card.document.access.bac_beside_pace,
            None
        );
        assert!(!reader.chip().steps().contains(&Step::GetChallenge));

        let (outcome, reader) = bench.verify_by(&bench.verifier().asking_for_bac(true));
        let verification = outcome.expect("a card");
        assert_eq!(verification.card.document.access.bac_beside_pace, expected);
        assert_eq!(
            verification.verdict(),
            Verdict::Genuine,
            "{}",
            verification.reason()
        );
        assert_eq!(reader.chip().steps().last(), Some(&Step::GetChallenge));
        let said = verification
            .card
            .notes
            .iter()
            .any(|note| note.contains("could not be asked"));
        assert_eq!(said, expected.is_none());
    }
    // A chip that does not even select its application without PACE has no BAC; one that was opened by BAC is not asked.
    let bench = Bench::pace().fault(Fault::new(Step::SelectApplication, Misdeed::Refuse(0x6982)).after(1));
    let (outcome, _) = bench.verify_by(&bench.verifier().asking_for_bac(true));
    assert_eq!(
        outcome.expect("a card").card.document.access.bac_beside_pace,
        Some(false)
    );
    let bench = Bench::bac();
    let (outcome, reader) = bench.verify_by(&bench.verifier().asking_for_bac(true));
    assert_eq!(
        outcome.expect("a card").card.document.access.bac_beside_pace,
        None
    );
    let asked = reader
        .chip()
        .steps()
        .iter()
        .filter(|step| **step == Step::GetChallenge)
        .count();
    assert_eq!(asked, 1);
}
