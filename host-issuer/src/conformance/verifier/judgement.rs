//! What a verifier has to say of a chip.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::inspect::{CheckId, Read};
use crate::verify::{ReadCardError, Verification};

/// What a verifier has to say of a chip.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Judgement {
    /// It reads the chip and believes it.
    Genuine,
    /// It does not read on. This crate's verifier says these words, among others.
    Refused(String),
    /// It reads the chip, and a check speaks against it.
    Against {
        /// `INCONCLUSIVE` or `NOT_GENUINE`.
        verdict: String,
        /// The check: `revocation`.
        check: String,
    },
    /// It reads the chip and believes it, twice, and shows another ephemeral key in Chip Authentication each time.
    FreshKeys,
    /// It believes the chip, and the chip gave it these groups of those that it guards, and no others.
    Granted(Vec<u8>),
    /// It believes the chip, has no rights, and says these words, among others.
    NoRights(String),
    /// It believes the chip, and did not ask it for rights.
    NotAsked,
}

impl fmt::Display for Judgement {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Genuine => write!(formatter, "the card is read and believed"),
            Self::Refused(words) => write!(formatter, "the card is not read on ({words})"),
            Self::Against { verdict, check } => write!(formatter, "the card is {verdict} ({check})"),
            Self::FreshKeys => write!(
                formatter,
                "the card is believed, and each reading shows another ephemeral key in Chip Authentication"
            ),
            Self::Granted(groups) if groups.is_empty() => {
                write!(formatter, "the card is believed, and gives no guarded group")
            }
            Self::Granted(groups) => {
                let names: Vec<String> = groups.iter().map(|group| format!("DG{group}")).collect();
                write!(formatter, "the card is believed, and gives {}", names.join(", "))
            }
            Self::NoRights(words) => {
                write!(formatter, "the card is believed, and gives no rights ({words})")
            }
            Self::NotAsked => write!(formatter, "the card is believed, and is not asked for rights"),
        }
    }
}

/// Groups that one chip or another guards.
const GUARDED: [u8; 4] = [3, 4, 11, 12];

/// Which of these groups were read.
fn guarded_groups(verification: &Verification) -> Vec<u8> {
    let document = &verification.card.document;
    let read = |number: &u8| matches!(document.data_group(*number), Read::Bytes(_));
    GUARDED.into_iter().filter(read).collect()
}

impl Judgement {
    /// The verdict of a verifier that says so; `None` where it does not read on.
    #[must_use]
    pub fn verdict(&self) -> Option<&str> {
        match self {
            Self::Refused(_) => None,
            Self::Against { verdict, .. } => Some(verdict),
            _ => Some("GENUINE"),
        }
    }

    /// What is wrong with what a verifier said, if anything.
    pub(super) fn misjudged(
        &self,
        outcome: &Result<Verification, ReadCardError>,
        keys_are_fresh: impl FnOnce() -> bool,
    ) -> Option<String> {
        let verification = match (outcome, self) {
            (Err(error), Self::Refused(words)) if error.to_string().contains(words) => return None,
            (Err(error), _) => return Some(format!("expected: {self}; not read: {error}")),
            (Ok(verification), _) => verification,
        };
        let verdict = verification.verdict().to_string();
        let groups = guarded_groups(verification);
        let check = verification.report.check(CheckId::TerminalAuthentication);
        let asked = check.map(|check| check.status_word());
        let why = check.and_then(|check| check.why()).unwrap_or_default();
        let is_genuine = verdict == "GENUINE";
        let is_right = match self {
            Self::Genuine => is_genuine,
            Self::Refused(_) => false,
            Self::Against {
                verdict: expected,
                check,
            } => verdict == *expected && verification.reason().starts_with(check.as_str()),
            Self::FreshKeys => is_genuine && keys_are_fresh(),
            Self::Granted(expected) => is_genuine && asked == Some("passed") && groups == *expected,
            Self::NoRights(words) => {
                is_genuine && asked == Some("failed") && why.contains(words) && groups.is_empty()
            }
            Self::NotAsked => is_genuine && asked == Some("not_performed") && groups.is_empty(),
        };
        (!is_right).then(|| {
            format!(
                "expected: {self}; judged {verdict}: {}; terminal authentication {}: {why}; guarded groups read: {groups:?}",
                verification.reason(),
                asked.unwrap_or("not in the report"),
            )
        })
    }
}
