//! A document of the corpus: files as a reader would have brought them back, what else is known of their chip, and what must come out.

mod as_chip;

use std::collections::BTreeMap;

use card_applet::wire::domain_parameters::NamedCurve;
use card_applet::wire::security_info::{PaceInfo, security_infos};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::fields::{FieldError, Hex, Trust, bytes, noon, tolerance};
use crate::inspect::{
    Access, AgreementKey, ChipProof, Opened, Policy, Printed, ProvedKey, Read, ReadDocument,
    VerificationReport, inspect,
};

/// One document of the corpus.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DocumentPlay {
    /// What is wrong, in words.
    pub about: String,
    /// Cases of BSI TR-03105-5.1 that it is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tr_03105_5_1: Vec<String>,
    /// The day of the inspection, `YYYY-MM-DD`; at noon, UTC.
    pub on: String,
    /// Departures that the inspector puts up with ([`Quirk::id`](crate::quirk::Quirk::id)).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tolerate: Vec<String>,
    /// What must come out.
    pub expected: Expected,
    /// Whom the inspector trusts.
    pub trust: Trust,
    /// EF.CardAccess, EF.CardSecurity, EF.COM, EF.SOD, DG1 to DG16.
    pub files: BTreeMap<String, Hex>,
    /// Files that the chip refuses.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refused: Vec<String>,
    /// How the chip was opened.
    pub access: Opening,
    /// The machine readable zone that is printed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub printed_mrz: Option<String>,
    /// The QR code that is printed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub qr: Option<String>,
    /// The private key on P-256 that the chip proves in Chip, Active Authentication and PACE-CAM, where it is known. Nothing is judged by
    /// it; a reader needs it that meets the document [as a chip](Self::as_chip).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chip_key: Option<Hex>,
    /// `pace_cam`, `chip_authentication`, `active_authentication`: what came of them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub chip_proofs: BTreeMap<String, Proof>,
}

/// A judgement of a document.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    /// `GENUINE`, `INCONCLUSIVE`, `NOT_GENUINE`.
    pub verdict: String,
    /// The rule that decides: `failed:dg1_digest`.
    pub rule: String,
    /// The checks that fail.
    pub failed: Vec<String>,
}

/// How a chip was opened.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opening {
    /// `not_said`, `plain`, `bac`, or the PACEInfo in hexadecimal.
    pub by: String,
    /// PACE was tried before, and failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pace_failed: Option<String>,
}

/// What a chip proved.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// Nothing, and why.
    Failed(String),
    /// The private key of this point on P-256.
    P256(Hex),
    /// The private key of this DG15.
    Dg15(Hex),
}

impl DocumentPlay {
    /// The text of its file.
    ///
    /// # Errors
    /// When a map or string cannot be written as JSON, which none of these is.
    pub fn text(&self) -> serde_json::Result<String> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }

    /// The document as a reader would have brought it back.
    ///
    /// # Errors
    /// [`FieldError`] for what is no file's name or not hexadecimal.
    pub fn document(&self) -> Result<ReadDocument, FieldError> {
        let mut document = ReadDocument::empty();
        for (name, read) in self.reads()? {
            match name {
                "EF.CardAccess" => document.card_access = read,
                "EF.CardSecurity" => document.card_security = read,
                "EF.COM" => document.com = read,
                "EF.SOD" => document.sod = read,
                name => {
                    let number = name.strip_prefix("DG").and_then(|number| number.parse().ok());
                    let number = number.filter(|number| (1..=16).contains(number));
                    let number = number
                        .ok_or_else(|| FieldError::new(format!("files.{name}"), "no file has this name"))?;
                    document.data_groups.insert(number, read);
                }
            }
        }
        document.access = self.access.access()?;
        document.printed = Printed {
            mrz: self.printed_mrz.clone(),
            qr: self.qr.clone(),
        };
        for (name, proof) in &self.chip_proofs {
            let field = format!("chip_proofs.{name}");
            let place = match name.as_str() {
                "pace_cam" => &mut document.chip_proofs.pace_cam,
                "chip_authentication" => &mut document.chip_proofs.chip_authentication,
                "active_authentication" => &mut document.chip_proofs.active_authentication,
                _ => return Err(FieldError::new(field, "no proof has this name")),
            };
            *place = proof.proof(&field)?;
        }
        Ok(document)
    }

    /// Every file that is there or was refused.
    fn reads(&self) -> Result<Vec<(&str, Read)>, FieldError> {
        let refused = self.refused.iter();
        let mut reads: Vec<(&str, Read)> = refused.map(|name| (name.as_str(), Read::AccessDenied)).collect();
        for (name, text) in &self.files {
            let content = bytes(&format!("files.{name}"), text)?;
            reads.push((name, Read::Bytes(content)));
        }
        Ok(reads)
    }

    /// Noon of the day of the inspection.
    ///
    /// # Errors
    /// [`FieldError`] when it is none.
    pub fn noon(&self) -> Result<OffsetDateTime, FieldError> {
        noon("on", &self.on)
    }

    /// What the inspector puts up with.
    ///
    /// # Errors
    /// [`FieldError`] for a departure that nobody knows.
    pub fn policy(&self) -> Result<Policy, FieldError> {
        Ok(Policy {
            tolerance: tolerance("tolerate", &self.tolerate)?,
            ..Policy::default()
        })
    }

    /// Whether every field holds what it must.
    ///
    /// # Errors
    /// [`FieldError`] for the first that does not.
    pub fn check(&self) -> Result<(), FieldError> {
        self.document()?;
        self.as_chip()?.check()?;
        self.trust.store()?;
        self.policy()?;
        self.noon().map(|_| ())
    }

    /// What this crate's inspector says.
    ///
    /// # Errors
    /// [`FieldError`] for a field that does not hold what it must.
    pub fn inspect(&self) -> Result<VerificationReport, FieldError> {
        let (document, store) = (self.document()?, self.trust.store()?);
        Ok(inspect(&document, &store, self.policy()?, self.noon()?))
    }

    /// What is wrong with this crate's judgement, if anything.
    ///
    /// # Errors
    /// [`FieldError`] for a field that does not hold what it must.
    pub fn misjudged(&self) -> Result<Option<String>, FieldError> {
        let got = Expected::of(&self.inspect()?);
        Ok((got != self.expected).then(|| format!("expected {}; judged {got}", self.expected)))
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

impl std::fmt::Display for Expected {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{} by {}", self.verdict, self.rule)?;
        if !self.failed.is_empty() {
            write!(formatter, ", failed: {}", self.failed.join(", "))?;
        }
        Ok(())
    }
}

impl Opening {
    /// The same for an inspector.
    fn access(&self) -> Result<Access, FieldError> {
        Ok(Access {
            pace_failed: self.pace_failed.clone(),
            ..Access::by(match self.by.as_str() {
                "not_said" => Opened::NotSaid,
                "plain" => Opened::Plain,
                "bac" => Opened::Bac,
                info => Opened::Pace(self.pace_info(info)?),
            })
        })
    }

    pub(super) fn pace_info(&self, text: &str) -> Result<PaceInfo, FieldError> {
        let field = "access.by";
        let info = bytes(field, text)?;
        let wrong = || FieldError::new(field, "neither not_said, plain, bac nor a PACEInfo");
        let length = u8::try_from(info.len()).ok().filter(|length| *length < 0x80);
        let set = [&[0x31, length.ok_or_else(wrong)?], &info[..]].concat();
        let first = security_infos(&set).ok().and_then(|mut infos| infos.next());
        let info = first.and_then(Result::ok).ok_or_else(wrong)?;
        info.as_pace_info().ok_or_else(wrong)
    }
}

impl Proof {
    fn proof(&self, field: &str) -> Result<ChipProof, FieldError> {
        let held = |key| ChipProof::Held {
            key,
            how: "as the corpus says".into(),
        };
        Ok(match self {
            Self::Failed(why) => ChipProof::Failed(why.clone()),
            Self::P256(point) => held(ProvedKey::Agreement(AgreementKey::Point {
                curve: NamedCurve::P256,
                point: bytes(field, point)?,
            })),
            Self::Dg15(file) => held(ProvedKey::Dg15(bytes(field, file)?)),
        })
    }
}
