//! The frozen corpus `test-vectors/corpus`: one JSON file for each document, whom its inspector trusts, and what must come out.

use std::path::PathBuf;

pub use host_issuer::conformance::verifier::{DocumentPlay as Entry, Expected};
use host_issuer::conformance::verifier::{Opening, Proof, Trust};
use host_issuer::inspect::{Access, AgreementKey, ChipProof, Opened, ProvedKey, Read, ReadDocument};

use crate::faulty::Case;
use crate::test_issuer::der::key;
use crate::test_issuer::groups::dg15;

/// The entry of a case.
pub fn entry(case: &Case) -> Entry {
    let document = &case.document;
    let named = [
        ("EF.CardAccess", &document.card_access),
        ("EF.CardSecurity", &document.card_security),
        ("EF.COM", &document.com),
        ("EF.SOD", &document.sod),
    ];
    let named = named.into_iter().map(|(name, read)| (name.to_owned(), read));
    let groups = document.data_groups.iter();
    let groups = groups.map(|(number, read)| (format!("DG{number}"), read));
    let all: Vec<(String, &Read)> = named.chain(groups).collect();
    let refused = all.iter().filter(|(_, read)| **read == Read::AccessDenied);
    let proofs = &document.chip_proofs;
    Entry {
        about: case.about.clone(),
        tr_03105_5_1: case.tr.iter().map(|id| (*id).to_owned()).collect(),
        on: case.on.to_owned(),
        tolerate: case.tolerate.iter().map(|id| (*id).to_owned()).collect(),
        expected: Expected {
            verdict: case.verdict.to_string(),
            rule: case.rule.clone(),
            failed: case.failed.clone(),
        },
        trust: Trust {
            csca: case.csca.iter().map(hex::encode_upper).collect(),
            crl: case.crl.iter().map(hex::encode_upper).collect(),
        },
        refused: refused.map(|(name, _)| name.clone()).collect(),
        files: all
            .into_iter()
            .filter_map(|(name, read)| Some((name, read.bytes().map(hex::encode_upper)?)))
            .collect(),
        access: opening(&document.access),
        printed_mrz: document.printed.mrz.clone(),
        qr: document.printed.qr.clone(),
        chip_key: chip_key(document),
        chip_proofs: [
            ("pace_cam", &proofs.pace_cam),
            ("chip_authentication", &proofs.chip_authentication),
            ("active_authentication", &proofs.active_authentication),
        ]
        .into_iter()
        .filter_map(|(name, proof)| Some((name.to_owned(), proof_of(proof)?)))
        .collect(),
    }
}

fn opening(access: &Access) -> Opening {
    let by = match access.opened {
        Opened::NotSaid => "not_said".to_owned(),
        Opened::Plain => "plain".to_owned(),
        Opened::Bac => "bac".to_owned(),
        Opened::Pace(info) => {
            let mut bytes = [0; 32];
            let length = info.encode(&mut bytes).expect("room");
            hex::encode_upper(&bytes[..length])
        }
    };
    Opening {
        by,
        pace_failed: access.pace_failed.clone(),
    }
}

fn proof_of(proof: &ChipProof) -> Option<Proof> {
    Some(match proof {
        ChipProof::NotAttempted => return None,
        ChipProof::Unsupported(why) | ChipProof::Failed(why) => Proof::Failed(why.clone()),
        ChipProof::Held { key, .. } | ChipProof::Recorded { key, .. } => match key {
            ProvedKey::Agreement(AgreementKey::Point { point, .. }) => Proof::P256(hex::encode_upper(point)),
            ProvedKey::Agreement(AgreementKey::Number { .. }) => return None,
            ProvedKey::Dg15(file) => Proof::Dg15(hex::encode_upper(file)),
        },
    })
}

/// Where the corpus is.
pub fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../test-vectors/corpus")
}

/// Seeds of the keys that chips of the corpus have, and one that none has.
const CHIP_KEYS: [u8; 2] = [5, 6];
const NO_CHIP_KEY: u8 = 9;

/// The private key behind what the chip proved; where it failed, one that is not its own.
fn chip_key(document: &ReadDocument) -> Option<String> {
    let proofs = &document.chip_proofs;
    let private = |seed: u8| hex::encode_upper([seed; 32]);
    let all = [
        &proofs.pace_cam,
        &proofs.chip_authentication,
        &proofs.active_authentication,
    ];
    all.into_iter().find_map(|proof| match proof {
        ChipProof::NotAttempted => None,
        ChipProof::Unsupported(_) | ChipProof::Failed(_) => Some(private(NO_CHIP_KEY)),
        ChipProof::Held { key: proved, .. } | ChipProof::Recorded { key: proved, .. } => {
            let is_proved = |seed: &u8| match proved {
                ProvedKey::Agreement(AgreementKey::Point { point, .. }) => {
                    key(*seed).verifying_key().to_sec1_point(false).as_bytes() == point.as_slice()
                }
                ProvedKey::Agreement(AgreementKey::Number { .. }) => false,
                ProvedKey::Dg15(file) => dg15(&key(*seed)) == *file,
            };
            CHIP_KEYS.into_iter().find(is_proved).map(private)
        }
    })
}
