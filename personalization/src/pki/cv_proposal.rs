//! What an authority of terminals is about to certify: the file that two officers approve.
//!
//! It holds every choice that is not in the request itself, and the digest of the request, so that a signature over the file is
//! over the certificate that will come of it.

use std::fmt;

use card_applet::wire::cvc::{Date, InspectionRights, Role};
use serde::{Deserialize, Serialize};

use super::PkiError;
use super::cv_certificate::CvValidity;
use super::cv_policy;

const SCHEMA: &str = "eid.cv-proposal/1";
const WHAT: &str = "the proposal";

/// What a certificate is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CvKind {
    /// Leads from this CVCA's key to its next.
    Link,
    /// A document verifier of this country, whose terminals move the date of its cards.
    DomesticVerifier,
    /// A document verifier of another country.
    ForeignVerifier,
    /// An inspection system.
    Terminal,
}

impl CvKind {
    /// The role in the certificate.
    #[must_use]
    pub const fn role(self) -> Role {
        match self {
            Self::Link => Role::Cvca,
            Self::DomesticVerifier => Role::DomesticVerifier,
            Self::ForeignVerifier => Role::ForeignVerifier,
            Self::Terminal => Role::Terminal,
        }
    }
}

impl fmt::Display for CvKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Link => "link to the next CVCA",
            Self::DomesticVerifier => "domestic document verifier",
            Self::ForeignVerifier => "foreign document verifier",
            Self::Terminal => "inspection system",
        })
    }
}

/// Whether an authority certified this holder before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Application {
    /// The first certificate of this holder: whoever approves has made sure of who asks.
    Initial,
    /// A later one: the request bears a signature by a key that was certified before.
    Successive,
}

/// A certificate to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CvProposal {
    schema: String,
    /// Reference of the key that will sign.
    pub authority: String,
    /// What the certificate is for.
    pub kind: CvKind,
    /// Whether this is the holder's first.
    pub application: Application,
    /// Reference of the CVCA of another country that vouches for the applicant of a first certificate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endorsed_by: Option<String>,
    /// Reference of the key that is certified.
    pub holder: String,
    fingers: bool,
    irises: bool,
    from: String,
    to: String,
    /// SHA-256 of the request, or of the next CVCA's certificate; upper-case hexadecimal.
    pub request_sha256: String,
}

impl CvProposal {
    /// A proposal that nobody vouches for yet.
    pub(super) fn new(
        authority: String,
        kind: CvKind,
        holder: String,
        rights: InspectionRights,
        validity: CvValidity,
        request_sha256: String,
    ) -> Self {
        Self {
            schema: SCHEMA.to_owned(),
            authority,
            kind,
            application: Application::Initial,
            endorsed_by: None,
            holder,
            fingers: rights.fingers,
            irises: rights.irises,
            from: validity.from.to_string(),
            to: validity.to.to_string(),
            request_sha256,
        }
    }

    /// Reads a proposal.
    ///
    /// # Errors
    /// [`PkiError::Certificate`].
    pub fn from_json(json: &[u8]) -> Result<Self, PkiError> {
        let proposal: Self =
            serde_json::from_slice(json).map_err(|error| PkiError::certificate(WHAT, error.to_string()))?;
        if proposal.schema != SCHEMA {
            return Err(PkiError::certificate(WHAT, format!("its schema is not {SCHEMA}")));
        }
        proposal.validity()?;
        Ok(proposal)
    }

    /// The file's content: these very bytes are approved.
    ///
    /// # Errors
    /// [`PkiError::Certificate`], which does not happen.
    pub fn to_json(&self) -> Result<Vec<u8>, PkiError> {
        let mut json = serde_json::to_vec_pretty(self)
            .map_err(|error| PkiError::certificate(WHAT, error.to_string()))?;
        json.push(b'\n');
        Ok(json)
    }

    /// What the certificate will allow to read.
    #[must_use]
    pub const fn rights(&self) -> InspectionRights {
        InspectionRights {
            fingers: self.fingers,
            irises: self.irises,
        }
    }

    /// When it will be valid.
    ///
    /// # Errors
    /// [`PkiError::Certificate`] for days that are none.
    pub fn validity(&self) -> Result<CvValidity, PkiError> {
        Ok(CvValidity {
            from: parse_day(&self.from).ok_or_else(|| PkiError::certificate(WHAT, "from is no day"))?,
            to: parse_day(&self.to).ok_or_else(|| PkiError::certificate(WHAT, "to is no day"))?,
        })
    }
}

/// A day written YYYY-MM-DD, between 2000 and 2099; `None` for anything else.
#[must_use]
pub fn parse_day(text: &str) -> Option<Date> {
    let format = time::macros::format_description!("[year]-[month]-[day]");
    cv_policy::cv_date(time::Date::parse(text, &format).ok()?).ok()
}

/// Rights in words: "fingers and irises", "fingers", "irises", "nothing beyond the face".
#[must_use]
pub const fn rights_in_words(rights: InspectionRights) -> &'static str {
    match (rights.fingers, rights.irises) {
        (true, true) => "fingers and irises",
        (true, false) => "fingers",
        (false, true) => "irises",
        (false, false) => "nothing beyond the face",
    }
}
