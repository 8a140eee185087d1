//! Faults in PACE and BAC, each with the one name that it must be called by.

use test_vectors::faulty_chip::{BadMappingProof, Fault, Misdeed, Step};

use crate::faulty_reader::Bench;
use crate::named_faults::Expected::Error;
use crate::named_faults::{assert_expected, refuse};

#[test]
fn faults_in_pace() {
    for (step, misdeed, words) in [
        (Step::PaceSetAt, refuse(0x6A80), "refuses PACE (MSE:Set AT)"),
        (Step::PaceSetAt, refuse(0x6A88), "refuses PACE (MSE:Set AT)"),
        (Step::PaceNonce, refuse(0x6A80), "refuses PACE (encrypted nonce)"),
        (Step::PaceNonce, Misdeed::NoData, "malformed (encrypted nonce)"),
        (
            Step::PaceNonce,
            Misdeed::Retag(0x90),
            "malformed (encrypted nonce)",
        ),
        (Step::PaceNonce, Misdeed::Twice, "malformed (encrypted nonce)"),
        (
            Step::PaceNonce,
            Misdeed::NonceOf(0),
            "malformed (encrypted nonce)",
        ),
        (
            Step::PaceNonce,
            Misdeed::NonceOf(1),
            "malformed (encrypted nonce)",
        ),
        (
            Step::PaceNonce,
            Misdeed::NonceOf(15),
            "malformed (encrypted nonce)",
        ),
        (
            Step::PaceNonce,
            Misdeed::NonceOf(48),
            "malformed (encrypted nonce)",
        ),
        (
            Step::PaceNonce,
            Misdeed::NonceOf(200),
            "malformed (encrypted nonce)",
        ),
        (
            Step::PaceNonce,
            Misdeed::OtherNonce,
            "does not accept the password",
        ),
        (Step::PaceMapping, refuse(0x6A80), "refuses PACE (nonce mapping)"),
        (Step::PaceMapping, refuse(0x6282), "refuses PACE (nonce mapping)"),
        (Step::PaceMapping, Misdeed::NoData, "malformed (nonce mapping)"),
        (
            Step::PaceMapping,
            Misdeed::Retag(0x84),
            "malformed (nonce mapping)",
        ),
        (
            Step::PaceKeyAgreement,
            refuse(0x6A80),
            "refuses PACE (key agreement)",
        ),
        (
            Step::PaceKeyAgreement,
            Misdeed::Twice,
            "malformed (key agreement)",
        ),
        (
            Step::PaceKeyAgreement,
            Misdeed::Append(vec![0]),
            "malformed (key agreement)",
        ),
        (
            Step::PaceToken,
            refuse(0x6A80),
            "refuses PACE (mutual authentication)",
        ),
        (Step::PaceToken, refuse(0x6300), "does not accept the password"),
        (Step::PaceToken, refuse(0x63C2), "does not accept the password"),
        (
            Step::PaceToken,
            Misdeed::WrongMac,
            "could not prove that it knows the password",
        ),
        (
            Step::PaceToken,
            Misdeed::NoData,
            "malformed (mutual authentication)",
        ),
        (
            Step::PaceToken,
            Misdeed::Twice,
            "malformed (mutual authentication)",
        ),
        (
            Step::PaceToken,
            Misdeed::Retag(0x85),
            "malformed (mutual authentication)",
        ),
        (
            Step::PaceToken,
            Misdeed::MappingProof(BadMappingProof::Wrong),
            "malformed (mutual authentication)",
        ),
        (Step::PaceToken, Misdeed::Silence, "mute"),
        (Step::PaceToken, Misdeed::OneByte, "less than a status word"),
        (Step::PaceToken, Misdeed::MoreForEver, "does not come to the end"),
        (
            Step::PaceToken,
            Misdeed::EmptyMoreForEver,
            "does not come to the end",
        ),
    ] {
        let name = format!("{step:?} {misdeed:?}");
        let endless = misdeed == Misdeed::MoreForEver;
        let bench = Bench::pace().fault(Fault::new(step, misdeed));
        if endless {
            // As many commands as the longest answer takes.
            assert!(
                bench
                    .verify()
                    .0
                    .expect_err("an endless answer")
                    .to_string()
                    .contains(words),
                "{name}"
            );
        } else {
            assert_expected(&bench, &name, &Error(words));
        }
    }
}

#[test]
fn faults_in_bac() {
    for (step, misdeed, words) in [
        (Step::GetChallenge, refuse(0x6D00), "refuses Basic Access Control"),
        (Step::GetChallenge, refuse(0x6985), "refuses Basic Access Control"),
        (Step::GetChallenge, Misdeed::NoData, "GET CHALLENGE is malformed"),
        (
            Step::GetChallenge,
            Misdeed::Data(vec![0; 7]),
            "GET CHALLENGE is malformed",
        ),
        (
            Step::GetChallenge,
            Misdeed::Data(vec![0; 9]),
            "GET CHALLENGE is malformed",
        ),
        (
            Step::BacProof,
            refuse(0x6300),
            "does not accept the machine readable zone",
        ),
        (
            Step::BacProof,
            refuse(0x6A88),
            "does not accept the machine readable zone",
        ),
        (Step::BacProof, Misdeed::WrongMac, "could not prove"),
        (Step::BacProof, Misdeed::WrongCryptogram, "could not prove"),
        (
            Step::BacProof,
            Misdeed::Cut(39),
            "EXTERNAL AUTHENTICATE is malformed",
        ),
        (
            Step::BacProof,
            Misdeed::Append(vec![0]),
            "EXTERNAL AUTHENTICATE is malformed",
        ),
        (
            Step::BacProof,
            Misdeed::NoData,
            "EXTERNAL AUTHENTICATE is malformed",
        ),
    ] {
        let name = format!("{step:?} {misdeed:?}");
        assert_expected(
            &Bench::bac().fault(Fault::new(step, misdeed)),
            &name,
            &Error(words),
        );
    }
}
