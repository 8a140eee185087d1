//! From checks to a verdict, by a table.
//!
//! NOT GENUINE: evidence contradicts what the document claims. INCONCLUSIVE: evidence that should be
//! there is missing. GENUINE: neither, and every check that carries the proof was made and holds.

use std::fmt;

use serde::{Serialize, Serializer};

use super::check::{Absence, Check, CheckId, Status};

/// What may be said about the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// The issuing state signed this data, and nothing speaks against it.
    Genuine,
    /// It could not be decided.
    Inconclusive,
    /// Something contradicts the document.
    NotGenuine,
}

impl fmt::Display for Verdict {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Genuine => "GENUINE",
            Self::Inconclusive => "INCONCLUSIVE",
            Self::NotGenuine => "NOT_GENUINE",
        })
    }
}

impl Serialize for Verdict {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// What a check does to the verdict when it fails, and when its evidence is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Effect {
    pub(crate) failed: Verdict,
    pub(crate) missing: Option<Verdict>,
}

/// The table: which check gives which verdict.
pub(crate) fn effect(check: CheckId) -> Effect {
    use CheckId::*;
    use Verdict::{Inconclusive, NotGenuine};
    let (failed, missing) = match check {
        // How the terminal came in says nothing of the document, but the channel is not the one that was announced.
        Access => (Inconclusive, None),
        // The chip does not do what it says that it does, or someone between it and the terminal made it look so.
        Downgrade => (NotGenuine, Some(Inconclusive)),
        // The document contradicts itself or its signature.
        CmsStructure | LdsSecurityObject | HashPolicy | SignedAttributes | SodSignature | DsProfile => {
            (NotGenuine, Some(Inconclusive))
        }
        // A CSCA we do not know proves nothing, neither way.
        Chain => (Inconclusive, Some(Inconclusive)),
        // A known CSCA's key says that it did not sign.
        ChainSignature => (NotGenuine, Some(Inconclusive)),
        // Signed with a key that was not to be used any more, or not yet.
        DsKeyUsagePeriod => (NotGenuine, None),
        // Dates that do not fit speak of carelessness at least; a State may print another day than that of the signature.
        CscaKeyUsagePeriod | IssueDate => (Inconclusive, None),
        // Expired trust is no forgery, but no proof either.
        CertificateValidity => (Inconclusive, Some(Inconclusive)),
        // Failed: the CRL lists the signer. Missing: no CRL, or a stale one.
        Revocation => (NotGenuine, Some(Inconclusive)),
        // Fingers and irises are readable for authorised terminals only: their absence says nothing. So it may be with DG8 to DG10,
        // whose content and readers Doc 9303-10 leaves to the issuer.
        DgDigest(3 | 4 | 8..=10) => (NotGenuine, None),
        DgDigest(_) => (NotGenuine, Some(Inconclusive)),
        DgListed(_) | DgStructure(_) => (NotGenuine, None),
        // EF.COM is unsigned and may be absent; what is read comes from EF.SOD.
        ComMatchesSod => (NotGenuine, None),
        CardAccessMatchesDg14 | CardAccessMatchesCardSecurity => (NotGenuine, Some(Inconclusive)),
        CardSecurityMatchesDg14 => (NotGenuine, None),
        Mrz | Country | DocumentType | Dg1MatchesDg13 | Dg1MatchesDg11 | Dg11MatchesDg13
        | Dg12MatchesDg13 => (NotGenuine, None),
        // Printed and signed differ: the card's surface was altered, or the chip is another card's. Missing: what was read from the
        // surface cannot be understood, so nothing was compared although someone wanted it.
        Dg1MatchesPrintedMrz | QrMatchesDg1 | QrMatchesDg13 => (NotGenuine, Some(Inconclusive)),
        // What the issuing State knows of its own documents explains, and neither condemns nor excuses one.
        DeviationList => (Verdict::Genuine, None),
        // A copy may have the key, too.
        AaKeyCompromised => (Inconclusive, None),
        // The terminal's rights, not the document's authenticity.
        TerminalAuthentication => (Verdict::Genuine, None),
        // A genuine card of yesterday; whoever relies on it must be told.
        DocumentExpiry => (Inconclusive, Some(Inconclusive)),
        // Failed: a copy, or another document's chip. Missing: offered, and not made.
        CardSecurity | PaceCam | ChipAuthentication | ActiveAuthentication | CloneProof => {
            (NotGenuine, Some(Inconclusive))
        }
    };
    Effect { failed, missing }
}

/// Without these there is no proof at all, whatever else holds. A report in which one of them is
/// absent can never be GENUINE, so a check forgotten in the code cannot open the door.
const ESSENTIAL: [CheckId; 12] = [
    CheckId::CmsStructure,
    CheckId::LdsSecurityObject,
    CheckId::HashPolicy,
    CheckId::SignedAttributes,
    CheckId::SodSignature,
    CheckId::DsProfile,
    CheckId::Chain,
    CheckId::ChainSignature,
    CheckId::CertificateValidity,
    CheckId::Revocation,
    CheckId::DgDigest(1),
    CheckId::DgDigest(2),
];

/// A verdict with the rule that decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Decision {
    pub(crate) verdict: Verdict,
    /// As [`VerificationReport::rule`](super::VerificationReport::rule).
    pub(crate) rule: String,
    /// In one sentence, why.
    pub(crate) reason: String,
}

/// The gravest effect decides; of equals the one that was found first. A failure and missing evidence count by the table, what is not
/// applicable or was blocked by another check counts nothing.
pub(crate) fn decide(checks: &[Check]) -> Decision {
    let mut decision = None::<Decision>;
    for check in checks {
        let effect = effect(check.id);
        let (row, effect) = match &check.status {
            Status::Failed(_) => ("failed", Some(effect.failed)),
            Status::NotPerformed(Absence::Missing(_)) => ("missing", effect.missing),
            Status::Passed | Status::NotPerformed(Absence::NotApplicable(_) | Absence::Blocked(_)) => {
                continue;
            }
        };
        let gravest = decision
            .as_ref()
            .map_or(Verdict::Genuine, |decision| decision.verdict);
        if let Some(verdict) = effect
            && verdict > gravest
        {
            decision = Some(Decision {
                verdict,
                rule: format!("{row}:{}", check.id),
                reason: format!("{}: {}", check.id, check.why().unwrap_or_default()),
            });
        }
    }
    decision.unwrap_or_else(|| nothing_against(checks))
}

/// Nothing speaks against the document. What speaks for it must all be there.
fn nothing_against(checks: &[Check]) -> Decision {
    let passed = |id: CheckId| checks.iter().any(|check| check.id == id && check.is_passed());
    if let Some(id) = ESSENTIAL.into_iter().find(|id| !passed(*id)) {
        return Decision {
            verdict: Verdict::Inconclusive,
            rule: format!("absent:{id}"),
            reason: format!("{id}: not performed"),
        };
    }
    let (rule, reason) = if passed(CheckId::CloneProof) {
        (
            "all_passed:no_copy",
            "signed by a trusted document signer, not revoked, unchanged, and no copy",
        )
    } else {
        (
            "all_passed:copy_not_excluded",
            "signed by a trusted document signer, not revoked, unchanged; a copy is not excluded",
        )
    };
    Decision {
        verdict: Verdict::Genuine,
        rule: rule.into(),
        reason: reason.into(),
    }
}

#[cfg(test)]
mod tests;
