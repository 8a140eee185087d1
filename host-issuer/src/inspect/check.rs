//! The vocabulary of a report: which checks there are and how one ends.

use std::fmt;

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

/// One named check. The names are a contract: programs read them from `eid verify --json`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CheckId {
    /// EF.SOD is CMS SignedData as Doc 9303-10 §4.6.2.2 profiles it, with its signer's certificate.
    CmsStructure,
    /// The signed content is an LDS security object (Doc 9303-10 §4.6.2.3).
    LdsSecurityObject,
    /// Every hash of the chain of trust is one that is believed (Doc 9303-12 §4.4); SHA-1 is not.
    HashPolicy,
    /// The signed attributes name the LDS security object and hold its digest (RFC 5652 §11).
    SignedAttributes,
    /// The document signer signed (RFC 5652 §5.6).
    SodSignature,
    /// The signer's certificate may sign documents and nothing else (Doc 9303-12 §7.1.1).
    DsProfile,
    /// A trusted CSCA with the issuer's name and key identifier is known.
    Chain,
    /// That CSCA signed the document signer's certificate.
    ChainSignature,
    /// The document was signed while the document signer's key was in use.
    DsKeyUsagePeriod,
    /// Both certificates are valid now.
    CertificateValidity,
    /// A fresh CRL of that CSCA does not list the document signer (Doc 9303-12 §7.1.4).
    Revocation,
    /// A data group that EF.SOD lists has the signed digest.
    DgDigest(u8),
    /// A data group that the chip gave is listed in EF.SOD.
    DgListed(u8),
    /// EF.COM and EF.SOD list the same data groups.
    ComMatchesSod,
    /// What EF.CardAccess announced in clear is in the signed DG14 (Doc 9303-11 §9.2).
    CardAccessMatchesDg14,
    /// DG1 is a machine readable zone and its check digits hold (Doc 9303-3 §4.9).
    Mrz,
    /// CSCA, document signer and DG1 are of one country (Doc 9303-12 §7.1.1).
    Country,
    /// The document signer may sign documents of DG1's type (document type list).
    DocumentType,
    /// DG1 and the national data of DG13 say the same about the holder.
    Dg1MatchesDg13,
    /// DG1 and DG11 say the same about the holder.
    Dg1MatchesDg11,
    /// DG11 and the national data of DG13 say the same about the holder.
    Dg11MatchesDg13,
    /// DG12 and the national data of DG13 say the same about the document.
    Dg12MatchesDg13,
    /// DG16 names persons to notify as Doc 9303-10 §4.7.16 has them.
    Dg16Structure,
    /// The document has not expired.
    DocumentExpiry,
    /// EF.CardSecurity is signed by a trusted document signer and agrees with EF.CardAccess and DG14.
    CardSecurity,
    /// The chip proved a signed key in PACE with chip authentication mapping (Doc 9303-11 §4.4.3.5).
    PaceCam,
    /// The chip proved a signed key by Chip Authentication (Doc 9303-11 §6.2).
    ChipAuthentication,
    /// The chip proved the key of DG15 by Active Authentication (Doc 9303-11 §6.1).
    ActiveAuthentication,
    /// The chip granted this terminal its rights (Doc 9303-11 §7.1). Says nothing of the document.
    TerminalAuthentication,
    /// The chip proved in one of these ways that it is no copy.
    CloneProof,
}

impl fmt::Display for CheckId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::CmsStructure => "cms_structure",
            Self::LdsSecurityObject => "lds_security_object",
            Self::HashPolicy => "hash_policy",
            Self::SignedAttributes => "signed_attributes",
            Self::SodSignature => "sod_signature",
            Self::DsProfile => "ds_profile",
            Self::Chain => "chain",
            Self::ChainSignature => "chain_signature",
            Self::DsKeyUsagePeriod => "ds_key_usage_period",
            Self::CertificateValidity => "certificate_validity",
            Self::Revocation => "revocation",
            Self::DgDigest(number) => return write!(formatter, "dg{number}_digest"),
            Self::DgListed(number) => return write!(formatter, "dg{number}_listed"),
            Self::ComMatchesSod => "com_matches_sod",
            Self::CardAccessMatchesDg14 => "card_access_matches_dg14",
            Self::Mrz => "mrz",
            Self::Country => "country",
            Self::DocumentType => "document_type",
            Self::Dg1MatchesDg13 => "dg1_matches_dg13",
            Self::Dg1MatchesDg11 => "dg1_matches_dg11",
            Self::Dg11MatchesDg13 => "dg11_matches_dg13",
            Self::Dg12MatchesDg13 => "dg12_matches_dg13",
            Self::Dg16Structure => "dg16_structure",
            Self::DocumentExpiry => "document_expiry",
            Self::CardSecurity => "card_security",
            Self::PaceCam => "pace_cam",
            Self::ChipAuthentication => "chip_authentication",
            Self::ActiveAuthentication => "active_authentication",
            Self::TerminalAuthentication => "terminal_authentication",
            Self::CloneProof => "clone_proof",
        })
    }
}

/// How a check ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Status {
    /// It holds.
    Passed,
    /// It does not hold, and this is what was seen.
    Failed(String),
    /// It was not made.
    NotPerformed(Absence),
}

/// Why a check was not made; decides whether that counts against the document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Absence {
    /// The document has nothing to check here. Counts nothing.
    NotApplicable(String),
    /// Another check failed before it; that one counts.
    Blocked(CheckId),
    /// The evidence is missing, or cannot be computed. Counts as the verdict table says.
    Missing(String),
}

impl fmt::Display for Absence {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotApplicable(why) | Self::Missing(why) => formatter.write_str(why),
            Self::Blocked(cause) => write!(formatter, "{cause} did not pass"),
        }
    }
}

/// One line of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// Which check.
    pub id: CheckId,
    /// How it ended.
    pub status: Status,
    /// What it looked at, without personal data.
    pub evidence: Option<String>,
}

impl Check {
    /// A check that holds.
    pub(crate) fn passed(id: CheckId, evidence: impl Into<String>) -> Self {
        Self {
            id,
            status: Status::Passed,
            evidence: Some(evidence.into()),
        }
    }

    /// A check that does not hold.
    pub(crate) fn failed(id: CheckId, why: impl Into<String>) -> Self {
        Self {
            id,
            status: Status::Failed(why.into()),
            evidence: None,
        }
    }

    /// A check whose evidence is missing.
    pub(crate) fn missing(id: CheckId, why: impl Into<String>) -> Self {
        Self {
            id,
            status: Status::NotPerformed(Absence::Missing(why.into())),
            evidence: None,
        }
    }

    /// A check with nothing to look at.
    pub(crate) fn not_applicable(id: CheckId, why: impl Into<String>) -> Self {
        Self {
            id,
            status: Status::NotPerformed(Absence::NotApplicable(why.into())),
            evidence: None,
        }
    }

    /// A check that an earlier failure made pointless.
    pub(crate) fn blocked(id: CheckId, cause: CheckId) -> Self {
        Self {
            id,
            status: Status::NotPerformed(Absence::Blocked(cause)),
            evidence: None,
        }
    }

    /// Adds what was looked at.
    pub(crate) fn with_evidence(mut self, evidence: impl Into<String>) -> Self {
        self.evidence = Some(evidence.into());
        self
    }

    /// True when the check holds.
    #[must_use]
    pub fn is_passed(&self) -> bool {
        self.status == Status::Passed
    }

    /// `passed`, `failed` or `not_performed`.
    #[must_use]
    pub fn status_word(&self) -> &'static str {
        match self.status {
            Status::Passed => "passed",
            Status::Failed(_) => "failed",
            Status::NotPerformed(_) => "not_performed",
        }
    }

    /// Why it failed or was not made.
    #[must_use]
    pub fn why(&self) -> Option<String> {
        match &self.status {
            Status::Passed => None,
            Status::Failed(why) => Some(why.clone()),
            Status::NotPerformed(absence) => Some(absence.to_string()),
        }
    }
}

impl Serialize for Check {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Check", 4)?;
        fields.serialize_field("id", &self.id.to_string())?;
        fields.serialize_field("status", self.status_word())?;
        fields.serialize_field("why", &self.why())?;
        fields.serialize_field("evidence", &self.evidence)?;
        fields.end()
    }
}
