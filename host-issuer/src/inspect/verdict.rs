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
pub(crate) struct Effect {
    pub(crate) failed: Verdict,
    pub(crate) missing: Option<Verdict>,
}

/// The table of DESIGN: which check gives which verdict.
pub(crate) fn effect(check: CheckId) -> Effect {
    use CheckId::*;
    use Verdict::{Inconclusive, NotGenuine};
    let (failed, missing) = match check {
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
        // Expired trust is no forgery, but no proof either.
        CertificateValidity => (Inconclusive, Some(Inconclusive)),
        // Failed: the CRL lists the signer. Missing: no CRL, or a stale one.
        Revocation => (NotGenuine, Some(Inconclusive)),
        // Fingers and irises are readable for authorised terminals only: their absence says nothing. So it may be with DG8 to DG10,
        // whose content and readers Doc 9303-10 leaves to the issuer.
        DgDigest(3 | 4 | 8..=10) => (NotGenuine, None),
        DgDigest(_) => (NotGenuine, Some(Inconclusive)),
        DgListed(_) => (NotGenuine, None),
        // EF.COM is unsigned and may be absent; what is read comes from EF.SOD.
        ComMatchesSod => (NotGenuine, None),
        CardAccessMatchesDg14 => (NotGenuine, Some(Inconclusive)),
        Mrz | Country | DocumentType | Dg1MatchesDg13 | Dg1MatchesDg11 | Dg11MatchesDg13
        | Dg12MatchesDg13 | Dg16Structure => (NotGenuine, None),
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

/// The verdict, and in one sentence why.
pub(crate) fn decide(checks: &[Check]) -> (Verdict, String) {
    let mut verdict = Verdict::Genuine;
    let mut reason = None;
    for check in checks {
        let effect = effect(check.id);
        let effect = match &check.status {
            Status::Passed => continue,
            Status::Failed(_) => Some(effect.failed),
            Status::NotPerformed(Absence::Missing(_)) => effect.missing,
            Status::NotPerformed(Absence::NotApplicable(_) | Absence::Blocked(_)) => None,
        };
        if let Some(effect) = effect
            && effect > verdict
        {
            verdict = effect;
            reason = Some(format!("{}: {}", check.id, check.why().unwrap_or_default()));
        }
    }
    if verdict == Verdict::Genuine
        && let Some(id) = ESSENTIAL
            .iter()
            .find(|id| !checks.iter().any(|check| check.id == **id && check.is_passed()))
    {
        return (Verdict::Inconclusive, format!("{id}: not performed"));
    }
    (verdict, reason.unwrap_or_else(|| genuine_reason(checks)))
}

fn genuine_reason(checks: &[Check]) -> String {
    let proved = checks
        .iter()
        .any(|check| check.id == CheckId::CloneProof && check.is_passed());
    if proved {
        "signed by a trusted document signer, not revoked, unchanged, and no copy".into()
    } else {
        "signed by a trusted document signer, not revoked, unchanged; a copy is not excluded".into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all_passed() -> Vec<Check> {
        ESSENTIAL.iter().map(|&id| Check::passed(id, "")).collect()
    }

    #[test]
    fn nothing_checked_is_not_genuine() {
        assert_eq!(decide(&[]).0, Verdict::Inconclusive);
        for missing in 0..ESSENTIAL.len() {
            let mut checks = all_passed();
            let removed = checks.remove(missing);
            assert_eq!(decide(&checks).0, Verdict::Inconclusive, "{}", removed.id);
        }
        assert_eq!(decide(&all_passed()).0, Verdict::Genuine);
    }

    #[test]
    fn a_contradiction_outweighs_missing_evidence() {
        let mut checks = all_passed();
        checks.push(Check::missing(CheckId::Revocation, "no CRL"));
        checks.push(Check::failed(CheckId::DgDigest(14), "differs"));
        assert_eq!(
            decide(&checks),
            (Verdict::NotGenuine, "dg14_digest: differs".into())
        );
    }

    #[test]
    fn biometric_groups_behind_terminal_authentication_move_nothing() {
        let mut checks = all_passed();
        checks.push(Check::missing(CheckId::DgDigest(3), "access denied"));
        checks.push(Check::missing(CheckId::DgDigest(9), "access denied"));
        assert_eq!(decide(&checks).0, Verdict::Genuine);
        checks.push(Check::missing(CheckId::DgDigest(13), "access denied"));
        assert_eq!(decide(&checks).0, Verdict::Inconclusive);
    }
}
