//! Whatever happens at whatever step: an end, in few commands, and GENUINE only of what the issuer signed, read from the chip that it
//! was signed for.

use host_issuer::inspect::{CheckId, ReadDocument, Verdict};
use host_issuer::verify::Verification;
use test_vectors::faulty_chip::{
    BadPoint, BadProtection, Cipher, Curve, Fault, Mapping, Misdeed, PaceSet, Step,
};

use crate::faulty_reader::{Bench, Sealed};

const PACE: [Step; 9] = [
    Step::SelectApplication,
    Step::Read,
    Step::PaceSetAt,
    Step::PaceNonce,
    Step::PaceMapping,
    Step::PaceKeyAgreement,
    Step::PaceToken,
    Step::SelectFile,
    Step::SelectMasterFile,
];
const PROOFS: [Step; 3] = [
    Step::ChipAuthenticationSet,
    Step::ChipAuthentication,
    Step::ActiveAuthentication,
];
const BAC: [Step; 4] = [
    Step::GetChallenge,
    Step::BacProof,
    Step::SelectApplication,
    Step::Read,
];

/// PACE over the curve that is computed fastest.
fn pace() -> Sealed {
    Sealed::new(Bench::with_pace(&[PaceSet {
        mapping: Mapping::Generic,
        cipher: Cipher::Aes128,
        group: Curve::P256.into(),
    }]))
}

fn anywhere() -> Vec<Misdeed> {
    let statuses = [
        0x6100, 0x6282, 0x6283, 0x6300, 0x6400, 0x6700, 0x6982, 0x6985, 0x6988, 0x6A82, 0x6B00, 0x6C00,
        0x6D00, 0x0000, 0xFFFF,
    ];
    let mut misdeeds: Vec<Misdeed> = statuses.into_iter().map(Misdeed::Refuse).collect();
    misdeeds.extend([0x6700, 0x6982, 0x6C10, 0x9000].map(Misdeed::EndSession));
    misdeeds.extend([
        Misdeed::NoData,
        Misdeed::Data(vec![0x7C, 0x84, 0xFF, 0xFF, 0xFF, 0xFF]),
        Misdeed::Data([[0x30, 0x80]; 120].concat()),
        Misdeed::Data(vec![0x00; 250]),
        Misdeed::Append(vec![0x80, 0x01, 0x00]),
        Misdeed::Cut(5),
        Misdeed::Silence,
        Misdeed::OneByte,
        Misdeed::Drip(1),
        Misdeed::Drip(4),
        Misdeed::TooMuch(1),
        Misdeed::MoreForEver,
        Misdeed::EmptyMoreForEver,
        Misdeed::WrongLeForEver(0x10),
        Misdeed::Retag(0x90),
        Misdeed::Twice,
        Misdeed::WrongMac,
    ]);
    misdeeds
}

/// What only the issuer's chip with the issuer's data may get.
fn assert_deserved(verification: &Verification, sealed: &ReadDocument, fault: &Fault) {
    let report = &verification.report;
    if report.verdict != Verdict::Genuine {
        return;
    }
    for (number, file) in &sealed.data_groups {
        assert_eq!(
            verification.card.document.data_group(*number),
            file,
            "DG{number}, {fault:?}"
        );
    }
    assert_eq!(verification.card.document.sod, sealed.sod, "{fault:?}");
    let proved = report.check(CheckId::CloneProof).expect("clone_proof");
    assert!(proved.is_passed(), "{fault:?}");
}

/// Plays every misdeed at these steps: at the first passage, at a later one or at all of them, in turn. Gives those after which the
/// card was GENUINE all the same.
fn play(card: &Sealed, steps: &[Step]) -> Vec<(Step, Misdeed)> {
    let mut genuine = Vec::new();
    for (column, step) in steps.iter().enumerate() {
        for (row, misdeed) in anywhere().into_iter().enumerate() {
            let fault = Fault::new(*step, misdeed.clone());
            let fault = match (column + row) % 3 {
                0 => fault,
                1 if matches!(step, Step::Read) => fault.after(2).once(),
                _ => fault.once(),
            };
            match card.verify(fault.clone()) {
                Ok(verification) => {
                    assert_deserved(&verification, &card.document, &fault);
                    if verification.verdict() == Verdict::Genuine {
                        genuine.push((*step, misdeed));
                    }
                }
                Err(error) => assert!(!error.to_string().is_empty()),
            }
        }
    }
    genuine
}

#[test]
fn pace_chips_that_misbehave() {
    play(&pace(), &PACE);
}

#[test]
fn bac_chips_that_misbehave() {
    play(&Sealed::new(Bench::bac()), &BAC);
}

/// A proof that the chip is no copy which is not given is no reason to believe it.
#[test]
fn chips_that_misbehave_in_their_proofs() {
    for (step, misdeed) in play(&pace(), &PROOFS) {
        // What changes nothing at these steps: no file is read, and not every answer has an object to tag, repeat or cut.
        let nothing = matches!(
            misdeed,
            Misdeed::Drip(_)
                | Misdeed::TooMuch(_)
                | Misdeed::Retag(_)
                | Misdeed::Twice
                | Misdeed::WrongMac
                | Misdeed::Append(_)
                | Misdeed::Data(_)
                | Misdeed::NoData
                | Misdeed::Cut(_)
        );
        let object = step == Step::ChipAuthentication
            && matches!(misdeed, Misdeed::NoData | Misdeed::Retag(_) | Misdeed::Data(_));
        let signature = step == Step::ActiveAuthentication
            && matches!(
                misdeed,
                Misdeed::NoData | Misdeed::Cut(_) | Misdeed::Append(_) | Misdeed::Data(_)
            );
        assert!(nothing && !object && !signature, "{step:?} {misdeed:?}");
    }
}

/// Every way to break the protection of an answer, at every step inside the session.
#[test]
fn answers_whose_protection_is_wrong() {
    use BadProtection::{
        BrokenBlock, CryptogramTwice, NoCryptogram, StatusFirst, WrongIndicator, WrongPadding,
    };
    let card = pace();
    for bad in BadProtection::ALL {
        for (step, passages) in [
            (Step::SelectApplication, 0),
            // EF.CardAccess is read in plain, EF.CardSecurity is not there; then EF.SOD, DG14 and the rest.
            (Step::Read, 2),
            (Step::Read, 3),
            (Step::Read, 5),
            (Step::ChipAuthenticationSet, 0),
            (Step::ChipAuthentication, 0),
            (Step::ActiveAuthentication, 0),
        ] {
            let fault = Fault::new(step, Misdeed::Protection(bad)).after(passages);
            let outcome = card.verify(fault.clone());
            if let Ok(verification) = &outcome {
                assert_deserved(verification, &card.document, &fault);
            }
            let genuine = outcome.is_ok_and(|verification| verification.verdict() == Verdict::Genuine);
            // An answer without data has no cryptogram to be wrong.
            let without_data = matches!(step, Step::SelectApplication | Step::ChipAuthenticationSet);
            let about_data = matches!(
                bad,
                NoCryptogram | WrongPadding | BrokenBlock | WrongIndicator | StatusFirst | CryptogramTwice
            );
            assert_eq!(genuine, without_data && about_data, "{fault:?}");
        }
    }
}

/// Keys that are none, at both steps of PACE.
#[test]
fn keys_that_are_none() {
    let card = pace();
    for step in [Step::PaceMapping, Step::PaceKeyAgreement] {
        for bad in BadPoint::ALL {
            let error = card
                .verify(Fault::new(step, Misdeed::Point(bad)))
                .expect_err("a session with a key that is none");
            let named = if bad == BadPoint::Reflected {
                "own key back"
            } else {
                "invalid public key"
            };
            assert!(error.to_string().contains(named), "{step:?} {bad:?}: {error}");
        }
    }
}
