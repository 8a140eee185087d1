//! The frozen corpus `test-vectors/corpus`: one JSON file for each document, whom its inspector trusts, and what must come out.

use std::collections::BTreeMap;
use std::path::PathBuf;

use card_applet::wire::domain_parameters::NamedCurve;
use card_applet::wire::security_info::{PaceInfo, security_infos};
use host_issuer::inspect::{
    Access, AgreementKey, ChipProof, Opened, Policy, Printed, ProvedKey, Read, ReadDocument, TrustStore,
    Verdict, VerificationReport, inspect,
};
use host_issuer::quirk::Quirk;
use serde::{Deserialize, Serialize};
use time::{Date, Month, OffsetDateTime, Time};

use crate::faulty::Case;

/// Bytes in hexadecimal.
type Hex = String;

/// One document of the corpus.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// What is wrong, in words.
    pub about: String,
    /// Cases of BSI TR-03105-5.1 that it is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tr_03105_5_1: Vec<String>,
    /// The day of the inspection.
    pub on: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tolerate: Vec<String>,
    pub expected: Expected,
    pub trust: Trust,
    /// EF.CardAccess, EF.CardSecurity, EF.COM, EF.SOD, DG1 to DG16.
    pub files: BTreeMap<String, Hex>,
    /// Files that the chip refuses.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refused: Vec<String>,
    pub access: Opening,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub printed_mrz: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub qr: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub chip_proofs: BTreeMap<String, Proof>,
}

#[derive(Debug, Serialize, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    pub verdict: String,
    pub rule: String,
    pub failed: Vec<String>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trust {
    pub csca: Vec<Hex>,
    pub crl: Vec<Hex>,
}

/// How the chip was opened.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opening {
    /// `not_said`, `plain`, `bac`, or the PACEInfo in hexadecimal.
    pub by: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pace_failed: Option<String>,
}

/// What the chip proved.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    Failed(String),
    /// The point on P-256.
    P256(Hex),
    Dg15(Hex),
}

fn file(read: &Read) -> Option<Hex> {
    read.bytes().map(hex::encode_upper)
}

fn bytes(text: &str) -> Vec<u8> {
    hex::decode(text).expect("hexadecimal")
}

impl Entry {
    /// The entry of a case.
    pub fn of(case: &Case) -> Self {
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
        Self {
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
                .filter_map(|(name, read)| Some((name, file(read)?)))
                .collect(),
            access: Opening::of(&document.access),
            printed_mrz: document.printed.mrz.clone(),
            qr: document.printed.qr.clone(),
            chip_proofs: [
                ("pace_cam", &proofs.pace_cam),
                ("chip_authentication", &proofs.chip_authentication),
                ("active_authentication", &proofs.active_authentication),
            ]
            .into_iter()
            .filter_map(|(name, proof)| Some((name.to_owned(), Proof::of(proof)?)))
            .collect(),
        }
    }

    /// The text of its file.
    pub fn text(&self) -> String {
        serde_json::to_string_pretty(self).expect("JSON") + "\n"
    }

    /// The document as a reader would have brought it back.
    pub fn document(&self) -> ReadDocument {
        let read = |name: &str| match self.files.get(name) {
            Some(text) => Read::Bytes(bytes(text)),
            None if self.refused.iter().any(|refused| refused == name) => Read::AccessDenied,
            None => Read::NotSupplied,
        };
        let mut document = ReadDocument::empty();
        document.card_access = read("EF.CardAccess");
        document.card_security = read("EF.CardSecurity");
        document.com = read("EF.COM");
        document.sod = read("EF.SOD");
        document.data_groups = (1..=16)
            .map(|number| (number, read(&format!("DG{number}"))))
            .filter(|(_, read)| *read != Read::NotSupplied)
            .collect();
        document.access = self.access.access();
        document.printed = Printed {
            mrz: self.printed_mrz.clone(),
            qr: self.qr.clone(),
        };
        let proof = |name| self.chip_proofs.get(name).map(Proof::proof).unwrap_or_default();
        document.chip_proofs.pace_cam = proof("pace_cam");
        document.chip_proofs.chip_authentication = proof("chip_authentication");
        document.chip_proofs.active_authentication = proof("active_authentication");
        document
    }

    /// Noon of the day of the inspection.
    pub fn noon(&self) -> OffsetDateTime {
        let parts: Vec<u16> = self
            .on
            .split('-')
            .map(|part| part.parse().expect("a number"))
            .collect();
        let month = Month::try_from(u8::try_from(parts[1]).expect("a month")).expect("a month");
        let date = Date::from_calendar_date(parts[0].into(), month, u8::try_from(parts[2]).expect("a day"));
        let noon = Time::from_hms(12, 0, 0).expect("noon");
        date.expect("a date").with_time(noon).assume_utc()
    }

    /// Whom its inspector trusts.
    pub fn store(&self) -> TrustStore {
        let read = |texts: &[Hex]| -> Vec<Vec<u8>> { texts.iter().map(|text| bytes(text)).collect() };
        let (csca, crl) = (read(&self.trust.csca), read(&self.trust.crl));
        let csca: Vec<&[u8]> = csca.iter().map(Vec::as_slice).collect();
        let crl: Vec<&[u8]> = crl.iter().map(Vec::as_slice).collect();
        TrustStore::new(&csca, &crl).expect("trust store")
    }

    /// What the inspector puts up with.
    pub fn policy(&self) -> Policy {
        let quirks = self.tolerate.iter();
        Policy {
            tolerance: quirks
                .map(|id| Quirk::from_id(id).expect("a known departure"))
                .collect(),
            ..Policy::default()
        }
    }

    /// What the inspector says.
    pub fn inspect(&self) -> VerificationReport {
        inspect(&self.document(), &self.store(), self.policy(), self.noon())
    }
}

impl Expected {
    /// What a report says, in the same words.
    pub fn of(report: &VerificationReport) -> Self {
        let failed = report
            .checks
            .iter()
            .filter(|check| check.status_word() == "failed");
        Self {
            verdict: report.verdict.to_string(),
            rule: report.rule.clone(),
            failed: failed.map(|check| check.id.to_string()).collect(),
        }
    }
}

impl Opening {
    fn of(access: &Access) -> Self {
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
        Self {
            by,
            pace_failed: access.pace_failed.clone(),
        }
    }

    fn access(&self) -> Access {
        Access {
            pace_failed: self.pace_failed.clone(),
            ..Access::by(match self.by.as_str() {
                "not_said" => Opened::NotSaid,
                "plain" => Opened::Plain,
                "bac" => Opened::Bac,
                info => Opened::Pace(pace_info(&bytes(info))),
            })
        }
    }
}

fn pace_info(info: &[u8]) -> PaceInfo {
    let set = [&[0x31, u8::try_from(info.len()).expect("short")], info].concat();
    let mut infos = security_infos(&set).expect("a set");
    let info = infos.next().expect("one info").expect("an info");
    info.as_pace_info().expect("a PACEInfo")
}

impl Proof {
    fn of(proof: &ChipProof) -> Option<Self> {
        Some(match proof {
            ChipProof::NotAttempted => return None,
            ChipProof::Unsupported(why) | ChipProof::Failed(why) => Self::Failed(why.clone()),
            ChipProof::Held { key, .. } | ChipProof::Recorded { key, .. } => match key {
                ProvedKey::Agreement(AgreementKey::Point { point, .. }) => {
                    Self::P256(hex::encode_upper(point))
                }
                ProvedKey::Agreement(AgreementKey::Number { .. }) => return None,
                ProvedKey::Dg15(file) => Self::Dg15(hex::encode_upper(file)),
            },
        })
    }

    fn proof(&self) -> ChipProof {
        let held = |key| ChipProof::Held {
            key,
            how: "as the corpus says".into(),
        };
        match self {
            Self::Failed(why) => ChipProof::Failed(why.clone()),
            Self::P256(point) => held(ProvedKey::Agreement(AgreementKey::Point {
                curve: NamedCurve::P256,
                point: bytes(point),
            })),
            Self::Dg15(file) => held(ProvedKey::Dg15(bytes(file))),
        }
    }
}

/// Where the corpus is.
pub fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../test-vectors/corpus")
}

/// The verdicts by name, so that a test can count them.
pub fn verdict(name: &str) -> Verdict {
    [Verdict::Genuine, Verdict::Inconclusive, Verdict::NotGenuine]
        .into_iter()
        .find(|verdict| verdict.to_string() == name)
        .expect("a verdict")
}
