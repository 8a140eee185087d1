//! Statements as files: what comes back, what is refused, and what wins.

use super::file::{Given, StatementError};
use super::*;
use crate::faulty_chip::Curve;

const P256_GENERATOR: &str = "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c2964fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5";

fn whole() -> String {
    format!(
        r#"schema = "eid.ics/1"
card = "a specimen"
data_groups = [1, 2, 14]

[features]
BAC = true
CNG_PIN_PUK = false

[extended_length]
command = 2048
response = 33024

[[pace]]
mapping = "GM"
cipher = "AES-128"
parameter_id = 12

[[pace]]
mapping = "GM"
cipher = "AES-128"
parameter_id = 13

[[chip_authentication]]
parameter_id = 12
public_key = "{P256_GENERATOR}"
ciphers = ["3DES", "AES-256"]
"#
    )
}

fn shows(statement: &Statement, undecided: &[Need]) -> Probed {
    Probed {
        statement: statement.clone(),
        undecided: undecided.to_vec(),
        ..Probed::default()
    }
}

#[test]
fn a_file_says_what_holds() {
    let given = Given::from_toml(&whole()).expect("a statement");
    let (statement, differences) = given.over(&Probed::default());
    assert_eq!(differences.len(), 5, "{differences:#?}");
    assert!(statement.pace.iter().all(|parameters| parameters.ambiguous));
    assert_eq!(statement.pace[1].set.group, Curve::BrainpoolP256r1.into());
    assert_eq!(statement.extended_length, Some((2048, 33_024)));
    for (need, has) in [
        (Need::Bac, true),
        (Need::Pace, true),
        (Need::PaceEcdh, true),
        (Need::PaceCam, false),
        (Need::Dg14, true),
        (Need::Dg3, false),
        (Need::ChangePinByPuk, false),
        (Need::NoChangePinByPuk, true),
        (Need::ChipAuthenticationTripleDes, true),
        (Need::ChipAuthenticationDh, false),
    ] {
        assert_eq!(statement.has(need), has, "{need}");
    }
    // What was written is the same when it is read, and differs in nothing.
    let again = Given::from_toml(&statement.to_toml(&[])).expect("a statement");
    let (same, differences) = again.over(&shows(&statement, &[]));
    assert_eq!((same, differences), (statement, Vec::new()));
}

#[test]
fn what_a_file_leaves_out_is_what_the_card_shows() {
    let (probed, _) = Given::from_toml(&whole())
        .expect("a statement")
        .over(&Probed::default());
    let given = Given::from_toml("schema = \"eid.ics/1\"\nfeatures = { BAC = false, migration = true }\n");
    let given = given.expect("a statement");
    let (statement, differences) = given.over(&shows(&probed, &[]));
    assert_eq!(statement.pace, probed.pace);
    assert!(!statement.has(Need::Bac) && statement.has(Need::Migration));
    assert_eq!(
        differences,
        [
            "BAC: the statement says no, the card shows yes",
            "migration: the statement says yes, the card shows no"
        ]
    );
    // What the card does not tell is no difference.
    let (_, differences) = given.over(&shows(&probed, &[Need::Migration]));
    assert_eq!(differences.len(), 1, "{differences:?}");
}

#[test]
fn what_is_wrong_is_named_with_its_field() {
    let change = |from: &str, to: &str| Given::from_toml(&whole().replace(from, to));
    for (from, to, named) in [
        ("eid.ics/1", "eid.ics/2", "schema: must be"),
        ("[1, 2, 14]", "[1, 17]", "data_groups: numbers from 1 to 16"),
        ("BAC = true", "BACK = true", "features.\"BACK\""),
        ("CNG_PIN_PUK", "\"NOT CNG_PIN_PUK\"", "without NOT"),
        ("2048", "12", "extended_length"),
        ("parameter_id = 13", "parameter_id = 9", "pace[1].parameter_id"),
        ("mapping = \"GM\"", "mapping = \"XX\"", "pace[0].mapping"),
        ("AES-128", "AES-512", "pace[0].cipher"),
        ("046b17", "046b18", "chip_authentication[0].public_key"),
        ("\"3DES\"", "\"DES\"", "chip_authentication[0].ciphers"),
    ] {
        let error = change(from, to).expect_err(to).to_string();
        assert!(error.contains(named), "{to}: {error}");
    }
    for text in ["", "schema = 1", "schema = \"eid.ics/1\"\nsurprise = 1", "[["] {
        let error = Given::from_toml(text).expect_err(text);
        assert!(matches!(error, StatementError::Toml(_)), "{text}: {error}");
    }
    let long = format!("{}# {}", whole(), "x".repeat(file::MAX_LEN));
    assert_eq!(Given::from_toml(&long), Err(StatementError::TooLong));
}
