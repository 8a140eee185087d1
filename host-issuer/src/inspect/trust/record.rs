//! `trust.json`: what a managed trust folder believes, and why. Informative fields are for people; what is used is read from
//! the certificates themselves, whose SHA-256 is here.
//!
//! Fields may be added; what changes the meaning of those that are there changes the schema.

use ::time::OffsetDateTime;
use ::time::format_description::well_known::Rfc3339;
use serde::{Deserialize, Serialize};

use crate::inspect::certificate::Certificate;
use crate::inspect::hash::HashAlgorithm;
use crate::inspect::revocation::RevocationList;

/// Name of the record in its folder.
pub const RECORD: &str = "trust.json";

/// The schema that this program writes and reads.
pub const SCHEMA: &str = "eid.trust/1";

/// The whole record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrustRecord {
    /// `eid.trust/1`.
    pub schema: String,
    /// Grows with every change.
    pub generation: u64,
    /// When it was changed, RFC 3339.
    pub updated: String,
    /// SHA-256 of the index over certificates and CRLs, capital hexadecimal; the file is `indexes/SHA256.index`. None in a folder
    /// that an older program wrote: it is read whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub index: Option<String>,
    /// How many bundles were made of this folder: the number of the newest.
    #[serde(default)]
    pub bundles: u64,
    /// The bundle that the folder is a copy of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bundle: Option<BundleRecord>,
    /// The newest master list of each State that was imported.
    #[serde(default)]
    pub master_lists: Vec<MasterListRecord>,
    /// The newest deviation list of each State.
    #[serde(default)]
    pub deviation_lists: Vec<DeviationListRecord>,
    /// What is not believed any more because a person said so.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub removals: Vec<RemovalRecord>,
    /// Every CSCA certificate that is believed.
    pub anchors: Vec<AnchorRecord>,
    /// The newest CRL of each issuer.
    #[serde(default)]
    pub revocation_lists: Vec<RevocationListRecord>,
}

/// What a verifier reads of a record: everything but the certificates and CRLs, which the index finds.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct RecordHead {
    pub schema: String,
    pub generation: u64,
    pub updated: String,
    #[serde(default)]
    pub index: Option<String>,
    #[serde(default)]
    pub master_lists: Vec<MasterListRecord>,
    #[serde(default)]
    pub deviation_lists: Vec<DeviationListRecord>,
    #[serde(default)]
    pub bundle: Option<BundleRecord>,
}

/// A trust bundle, as it is remembered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BundleRecord {
    /// SHA-256 of the signer's SubjectPublicKeyInfo, capital hexadecimal.
    pub signer: String,
    /// Its number among the bundles of this signer.
    pub sequence: u64,
    /// When it was made, RFC 3339.
    pub created: String,
    /// Until when it may be used, RFC 3339.
    pub valid_until: String,
}

/// A CSCA certificate that a person took out. It, and any other over the same key, comes back only when a person says so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemovalRecord {
    /// SHA-256 of the certificate, capital hexadecimal.
    pub sha256: String,
    /// SHA-256 of the contents of its subjectPublicKey, capital hexadecimal.
    pub key: String,
    /// Its subject (RFC 4514).
    pub subject: String,
    /// When, RFC 3339.
    pub at: String,
    /// Why, in the person's words.
    pub reason: String,
    /// It was believed because of another, which was taken out: SHA-256 of that one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub because_of: Option<String>,
}

/// A CSCA certificate that is believed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnchorRecord {
    /// SHA-256 of the certificate, capital hexadecimal; the file is `certificates/SHA256.der`.
    pub sha256: String,
    /// Subject (RFC 4514).
    pub subject: String,
    /// Country of the subject.
    pub country: Option<String>,
    /// subjectKeyIdentifier, capital hexadecimal.
    pub key_id: Option<String>,
    /// Serial number, hexadecimal.
    pub serial: String,
    /// First day of validity.
    pub not_before: String,
    /// Last day of validity.
    pub not_after: String,
    /// A link certificate; else a root.
    pub link: bool,
    /// It was accepted, by a person, that this CSCA's master lists speak for other States.
    pub master_lists: bool,
    /// Why it is believed; never empty.
    pub evidence: Vec<Evidence>,
}

/// Why a CSCA certificate is believed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "how", rename_all = "kebab-case")]
pub enum Evidence {
    /// Somebody compared its fingerprint.
    Fingerprint {
        /// When, RFC 3339.
        at: String,
    },
    /// Another certificate over the same key and name was believed.
    SameKey {
        /// When, RFC 3339.
        at: String,
        /// SHA-256 of that certificate.
        of: String,
    },
    /// A believed key signed the link certificate to it.
    Link {
        /// When, RFC 3339.
        at: String,
        /// SHA-256 of the believed certificate.
        by: String,
    },
    /// It is in the newest master list of a State whose lists are believed.
    MasterList {
        /// When it was imported, RFC 3339.
        at: String,
        /// The State's country code.
        of: String,
        /// When the list was signed, RFC 3339.
        signed: String,
    },
}

impl Evidence {
    /// In a few words.
    #[must_use]
    pub fn words(&self) -> String {
        let short = |fingerprint: &str| fingerprint.get(..16).unwrap_or(fingerprint).to_owned();
        match self {
            Self::Fingerprint { .. } => "fingerprint accepted".to_owned(),
            Self::SameKey { of, .. } => format!("same key as {}…", short(of)),
            Self::Link { by, .. } => format!("linked by {}…", short(by)),
            Self::MasterList { of, signed, .. } => {
                let day = signed.get(..10).unwrap_or(signed);
                format!("master list of {of}, {day}")
            }
        }
    }
}

/// A master list that was imported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MasterListRecord {
    /// Country of the CSCA behind it.
    pub of: String,
    /// When it was signed, RFC 3339.
    pub signed: String,
    /// SHA-256 of the list, capital hexadecimal.
    pub sha256: String,
    /// Certificates taken from it.
    pub certificates: usize,
}

/// A deviation list that is at hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviationListRecord {
    /// Country of the CSCA behind it: whose documents it is about.
    pub of: String,
    /// When it was signed, RFC 3339.
    pub signed: String,
    /// SHA-256 of the list, capital hexadecimal; the file is `deviation-lists/SHA256.dl`.
    pub sha256: String,
    /// Subject of its signer (RFC 4514).
    pub signer: String,
    /// SHA-256 of the CSCA certificate that vouched for the signer when the list was imported.
    pub csca: String,
    /// How many deviations it has.
    pub deviations: usize,
}

/// A CRL that is at hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevocationListRecord {
    /// SHA-256 of the CRL, capital hexadecimal; the file is `revocation-lists/SHA256.crl`.
    pub sha256: String,
    /// Issuer (RFC 4514).
    pub issuer: String,
    /// cRLNumber, hexadecimal.
    pub number: Option<String>,
    /// When it was issued, RFC 3339.
    pub this_update: String,
    /// When the next one is due, RFC 3339.
    pub next_update: Option<String>,
}

impl TrustRecord {
    /// Nothing is believed.
    pub(super) fn empty() -> Self {
        Self {
            schema: SCHEMA.to_owned(),
            generation: 0,
            updated: String::new(),
            index: None,
            bundles: 0,
            bundle: None,
            removals: Vec::new(),
            master_lists: Vec::new(),
            deviation_lists: Vec::new(),
            anchors: Vec::new(),
            revocation_lists: Vec::new(),
        }
    }
}

impl AnchorRecord {
    pub(super) fn new(certificate: &Certificate, evidence: Evidence, master_lists: bool) -> Self {
        let day = crate::inspect::time::date;
        Self {
            sha256: certificate.fingerprint(),
            subject: certificate.subject(),
            country: certificate.country(),
            key_id: certificate.key_identifier(),
            serial: certificate.serial(),
            not_before: day(certificate.not_before()),
            not_after: day(certificate.not_after()),
            link: certificate.is_link(),
            master_lists,
            evidence: vec![evidence],
        }
    }
}

impl RevocationListRecord {
    pub(super) fn new(der: &[u8], list: &RevocationList) -> Self {
        Self {
            sha256: sha256(der),
            issuer: list.issuer(),
            number: list.number(),
            this_update: rfc3339(list.this_update()),
            next_update: list.next_update().map(rfc3339),
        }
    }
}

/// A time as the record has it. The years that certificates can name are all within RFC 3339.
pub(super) fn rfc3339(at: OffsetDateTime) -> String {
    at.to_offset(::time::UtcOffset::UTC)
        .format(&Rfc3339)
        .unwrap_or_default()
}

/// Reads a time that [`rfc3339`] wrote.
pub(super) fn parse_rfc3339(text: &str) -> Option<OffsetDateTime> {
    OffsetDateTime::parse(text, &Rfc3339).ok()
}

/// SHA-256 in capital hexadecimal.
pub(super) fn sha256(bytes: &[u8]) -> String {
    hex::encode_upper(HashAlgorithm::Sha256.digest(bytes))
}
