//! What master lists and deviation lists have in common: CMS SignedData by a list signer of a CSCA (Doc 9303-12 §9.1, §10.1).
//!
//! A list that was read proves only that whoever holds the key of the certificate inside signed it.
//! [`SignedList::anchor`] tells whether that was the list signer of a trusted CSCA.

use std::borrow::Cow;

use ::time::OffsetDateTime;
use const_oid::ObjectIdentifier;

use super::asn1::Asn1Error;
use super::certificate::Certificate;
use super::cms::{LIST_SIZE_LIMIT, SignedAttributes, SignedData, SignerIdentifier, type_name};
use super::revocation::RevocationList;
use super::signature::{Scheme, SignatureError};
use super::time;
use super::weak_keys::weakness;

/// Why a list is not believed. Whoever wrote or altered it is to blame.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ListError {
    /// It is not the structure of Doc 9303-12.
    #[error("not a list of Doc 9303-12: {0}")]
    Structure(#[from] Asn1Error),
    /// The signature over the list does not hold, or what it signs is something else.
    #[error("the list's signature: {0}")]
    Signature(String),
    /// The certificate inside is not that of a signer of such lists.
    #[error("the list's signer {subject}: {why}")]
    Signer {
        /// Its subject.
        subject: String,
        /// What is wrong with it.
        why: String,
    },
    /// No trusted CSCA certified the signer.
    #[error("the list's signer {subject}: no trusted CSCA certified it (its issuer is {issuer})")]
    Untrusted {
        /// Its subject.
        subject: String,
        /// Who certified it.
        issuer: String,
    },
    /// The trust data at hand cannot be used.
    #[error("the trust data cannot be used: {0}")]
    Trust(String),
}

/// A signed list whose signature holds.
#[derive(Debug, Clone)]
pub(crate) struct SignedList<'a> {
    pub(crate) content: Cow<'a, [u8]>,
    pub(crate) signer: Certificate,
    /// Other certificates beside the list, such as the signer's CSCA.
    pub(crate) others: Vec<Certificate>,
    pub(crate) signing_time: Option<OffsetDateTime>,
}

impl<'a> SignedList<'a> {
    /// Reads a list of this type and verifies its signature with the certificate inside.
    pub(crate) fn parse(bytes: &'a [u8], expected_type: ObjectIdentifier) -> Result<Self, ListError> {
        let signed = SignedData::from_content_info_within(bytes, expected_type, LIST_SIZE_LIMIT)?;
        let (mut signer, mut others) = (None, Vec::new());
        for raw in &signed.certificates {
            // A certificate that cannot be read is not the signer's: lists carry oddities beside it.
            let Ok(certificate) = Certificate::from_der(raw) else {
                continue;
            };
            if signer.is_none() && is_named(&certificate, &signed.signer.sid) {
                signer = Some(certificate);
            } else {
                others.push(certificate);
            }
        }
        let signer = signer
            .ok_or_else(|| ListError::Signature("the signer's certificate is not in the list".into()))?;
        let attributes = match &signed.signer.signed_attributes {
            Some(element) => SignedAttributes::parse(element)?,
            None => return Err(ListError::Signature("there are no signed attributes".into())),
        };
        verify(&signed, &attributes, &signer, expected_type)?;
        Ok(Self {
            signing_time: attributes.signing_time,
            content: signed.content,
            signer,
            others,
        })
    }

    /// Which of `anchors` certified the signer for lists with this purpose (extended key usage), in force when it signed and not
    /// revoked since.
    pub(crate) fn anchor<'b>(
        &self,
        purpose: ObjectIdentifier,
        anchors: impl IntoIterator<Item = &'b Certificate>,
        revocation_lists: impl IntoIterator<Item = &'b RevocationList>,
        now: OffsetDateTime,
    ) -> Result<&'b Certificate, ListError> {
        let signer = &self.signer;
        let refuse = |why: String| ListError::Signer {
            subject: signer.subject(),
            why,
        };
        self.must_be_for(purpose)?;
        let at = self.signing_time.unwrap_or(now);
        if at > now {
            return Err(refuse(format!("it signed on {}, in the future", time::date(at))));
        }
        if !(signer.not_before()..=signer.not_after()).contains(&at) {
            return Err(refuse(format!(
                "it signed on {}, its certificate is valid from {} to {}",
                time::date(at),
                time::date(signer.not_before()),
                time::date(signer.not_after())
            )));
        }
        let anchor = anchors
            .into_iter()
            .find(|anchor| anchor.may_have_issued(signer) && signer.verify_signed_by(anchor).is_ok())
            .ok_or_else(|| ListError::Untrusted {
                subject: signer.subject(),
                issuer: signer.issuer(),
            })?;
        if at > anchor.not_after() {
            return Err(refuse("it signed when its CSCA's certificate had expired".into()));
        }
        let is_revoked = revocation_lists.into_iter().any(|list| {
            list.is_for(anchor.subject_name()) && list.country() == anchor.country() && list.lists(signer)
        });
        if is_revoked {
            return Err(refuse("its certificate is revoked".into()));
        }
        Ok(anchor)
    }

    fn must_be_for(&self, purpose: ObjectIdentifier) -> Result<(), ListError> {
        let refuse = |why: &str| ListError::Signer {
            subject: self.signer.subject(),
            why: why.to_owned(),
        };
        let extensions = self.signer.extensions();
        let usage = extensions.extended_key_usage.as_ref();
        if !usage.is_some_and(|usage| usage.0.contains(&purpose)) {
            return Err(refuse("its certificate is not for signing such lists"));
        }
        if self.signer.is_ca() {
            return Err(refuse("it is a CSCA; a CSCA signs no lists"));
        }
        let may_sign = extensions
            .key_usage
            .as_ref()
            .is_none_or(|(_, usage)| usage.digital_signature());
        if !may_sign || !extensions.unknown_critical.is_empty() {
            return Err(refuse("its certificate does not allow digital signatures"));
        }
        Ok(())
    }
}

fn is_named(certificate: &Certificate, sid: &SignerIdentifier<'_>) -> bool {
    match *sid {
        SignerIdentifier::IssuerAndSerialNumber { issuer, serial } => {
            certificate.is_identified_by(issuer, serial)
        }
        SignerIdentifier::SubjectKeyIdentifier(identifier) => {
            certificate.extensions().subject_key_identifier.as_deref() == Some(identifier)
        }
    }
}

/// contentType, messageDigest and the signature over them (RFC 5652 §5.4, §5.6), with hashes that are believed.
fn verify(
    signed: &SignedData<'_>,
    attributes: &SignedAttributes,
    signer: &Certificate,
    expected_type: ObjectIdentifier,
) -> Result<(), ListError> {
    let refuse = |why: String| Err(ListError::Signature(why));
    if attributes.content_type != expected_type {
        return refuse(format!(
            "contentType {} is not {}",
            attributes.content_type,
            type_name(expected_type)
        ));
    }
    let info = &signed.signer;
    let broken = |error: SignatureError| ListError::Signature(error.to_string());
    let Some(hash) = info.digest_algorithm.hash() else {
        return refuse("unknown digest algorithm".into());
    };
    let scheme = Scheme::from_algorithm(&info.signature_algorithm, Some(hash)).map_err(broken)?;
    for hash in [hash, scheme.hash()] {
        if !hash.is_acceptable() {
            return refuse(format!("{} is not believed", hash.name()));
        }
    }
    if hash.digest(&signed.content) != attributes.message_digest {
        return refuse("messageDigest is not the digest of the list".into());
    }
    let key = signer.public_key().map_err(broken)?;
    if let Some(weakness) = weakness(&key) {
        return Err(ListError::Signer {
            subject: signer.subject(),
            why: weakness.to_string(),
        });
    }
    let mut outcome = Err(SignatureError::Wrong);
    for message in info.signed_bytes(&signed.content)? {
        outcome = key.verify(scheme, &message, &info.signature);
        if outcome.is_ok() {
            break;
        }
    }
    outcome.map_err(broken)
}
