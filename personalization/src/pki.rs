//! The issuer's public key infrastructure: country signing CA, document signers, revocation (ICAO 9303-12).
//!
//! ```text
//! Csca ──signs──► DocumentSigner ──signs──► EF.SOD of every card
//!   ├───signs──► ListSigner ──signs──► master list
//!   ├───signs──► CRL
//!   └───links──► the next Csca
//! ```
//!
//! Every function takes the time, the random number generator and the [`Signer`](crate::signer::Signer); none looks at a clock.
//! What is signed is parsed again, its signature verified and its [`profile`] checked before it is returned.
//!
//! | file | lives here |
//! |---|---|
//! | [`name`] | issuing state, distinguished names, alternative names (§7.1.1.1, §7.1.1.2) |
//! | [`explicit_parameters`], [`curves`] | EC keys with explicit domain parameters or a named curve (§4.1.6.3) |
//! | [`certificate`] | assembling and signing; signature verification over the bytes as they are |
//! | [`csca`], [`link_certificate`], [`document_signer`], [`list_signer`], [`crl`] | the profiles as types |
//! | [`master_list`] | the signed list of the CSCA that a State trusts (§9) |
//! | [`cv_certificate`], [`cvca`] | certificates of terminals: CVCA, document verifier, inspection system (§7.2) |
//! | [`cv_request`], [`cv_policy`], [`cv_proposal`] | how they are asked for, for how long they are, what two officers approve |
//! | [`profile`] | the rules of §7.1 as a checker that shares no code with what writes certificates |
//! | [`directory`] | the files of `eid pki …`, written whole or not at all |

use crate::approval::ApprovalError;
use crate::key_file::KeyFileError;
use crate::signer::SignerError;

pub mod certificate;
pub mod crl;
pub mod csca;
pub mod curves;
pub mod cv_certificate;
pub mod cv_policy;
pub mod cv_proposal;
pub mod cv_request;
pub mod cvca;
pub mod directory;
pub mod document_signer;
pub mod document_types;
mod end_entity;
pub mod explicit_parameters;
pub mod link_certificate;
pub mod list_signer;
pub mod master_list;
pub mod name;
pub mod profile;
pub mod time;
mod weak_keys;

/// Why a certificate or CRL was not made or not accepted.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PkiError {
    /// Something the operator gave is against the standard.
    #[error("{field}: {rule}")]
    Input {
        /// Which option or argument.
        field: &'static str,
        /// The rule that it breaks.
        rule: String,
    },
    /// A certificate, CRL or key that was read is not what it must be.
    #[error("{what}: {why}")]
    Certificate {
        /// What was read.
        what: &'static str,
        /// What is wrong with it.
        why: String,
    },
    /// A certificate authority may not sign this (any more): periods, keys, order of events.
    #[error("refused: {0}")]
    Refused(String),
    /// Two people did not approve this.
    #[error(transparent)]
    Approval(#[from] ApprovalError),
    /// The signer failed.
    #[error(transparent)]
    Signer(#[from] SignerError),
    /// The signer answered with a signature that its own public key does not verify.
    #[error("the signer's signature over {0} does not verify with its public key; nothing was issued")]
    BadSignature(&'static str),
    /// What was assembled breaks its own profile: a fault of this program.
    #[error("internal: {what} would break its profile: {violations}")]
    Profile {
        /// What was assembled.
        what: &'static str,
        /// The rules broken.
        violations: String,
    },
    /// A key file or another file.
    #[error(transparent)]
    File(#[from] KeyFileError),
    /// The random number generator failed.
    #[error("the random number generator failed")]
    Random,
    /// Something could not be encoded in or decoded from DER.
    #[error("ASN.1: {0}")]
    Encoding(#[from] der::Error),
}

impl PkiError {
    pub(crate) fn input(field: &'static str, rule: impl Into<String>) -> Self {
        Self::Input {
            field,
            rule: rule.into(),
        }
    }

    pub(crate) fn certificate(what: &'static str, why: impl Into<String>) -> Self {
        Self::Certificate {
            what,
            why: why.into(),
        }
    }
}
