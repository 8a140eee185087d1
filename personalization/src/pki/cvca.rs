//! Who may read fingers and irises: the country verifying CA, its document verifiers, their terminals (ICAO Doc 9303-12 §7.2;
//! BSI TR-03110-1 §2.3).
//!
//! ```text
//! CVCA ──link──► next CVCA
//!   └──signs──► document verifier ──signs──► inspection system
//! ```
//!
//! A chip believes the newest CVCA key that it was given, follows its links, and grants what all certificates of a chain allow.

use card_applet::wire::cvc::{CvPublicKey, EcPublicKey, InspectionRights, Role};

use super::PkiError;
use super::cv_certificate::{self, CvSubject, CvValidity};
use crate::signer::Signer;

/// Makes the first certificate of a CVCA, which signs itself.
///
/// # Errors
/// [`PkiError`].
pub fn issue_cvca(
    reference: &str,
    rights: InspectionRights,
    validity: CvValidity,
    signer: &dyn Signer,
) -> Result<Vec<u8>, PkiError> {
    let subject = CvSubject {
        reference,
        public_point: &signer.public_point(),
        rights,
        validity,
    };
    cv_certificate::sign(&subject, Role::Cvca, reference, signer)
}

/// The holder of a certificate that signs others: a CVCA or a document verifier, with its key.
pub struct CvAuthority<'a> {
    reference: String,
    role: Role,
    rights: InspectionRights,
    validity: CvValidity,
    signer: &'a dyn Signer,
}

impl<'a> CvAuthority<'a> {
    /// The holder of this certificate (7F21).
    ///
    /// # Errors
    /// [`PkiError::Certificate`] when it is none of inspection systems, [`PkiError::Refused`] when the key is not the
    /// certificate's, or is a terminal's.
    pub fn new(certificate: &[u8], signer: &'a dyn Signer) -> Result<Self, PkiError> {
        let body = cv_certificate::parse(certificate)?.body;
        let role = body.authorization.role();
        if role == Role::Terminal {
            return Err(PkiError::Refused("a terminal signs no certificates".into()));
        }
        let rights = body.authorization.inspection_rights().ok_or_else(|| {
            PkiError::certificate(
                "CV certificate",
                "its authorization is not one of inspection systems",
            )
        })?;
        match body.public_key {
            CvPublicKey::Ec(EcPublicKey { point, .. }) if point == signer.public_point() => {}
            _ => {
                return Err(PkiError::Refused(format!(
                    "the key does not belong to the certificate of {}",
                    body.holder_reference
                )));
            }
        }
        Ok(Self {
            reference: body.holder_reference.to_string(),
            role,
            rights,
            validity: CvValidity {
                from: body.effective_date,
                to: body.expiration_date,
            },
            signer,
        })
    }

    /// Its reference.
    pub fn reference(&self) -> &str {
        &self.reference
    }

    /// The link certificate to the next CVCA, of which `next` is the first certificate: the old key signs the new one.
    ///
    /// # Errors
    /// [`PkiError::Refused`] when this is no CVCA or `next` is none, and as [`issue_verifier`](Self::issue_verifier).
    pub fn issue_link(&self, next: &[u8]) -> Result<Vec<u8>, PkiError> {
        self.must_be(self.role == Role::Cvca, "links to the next CVCA")?;
        let next = cv_certificate::parse(next)?.body;
        let (CvPublicKey::Ec(key), Role::Cvca, Some(rights)) = (
            next.public_key,
            next.authorization.role(),
            next.authorization.inspection_rights(),
        ) else {
            return Err(PkiError::Refused(
                "a link leads to a CVCA of inspection systems".into(),
            ));
        };
        let subject = CvSubject {
            reference: &next.holder_reference.to_string(),
            public_point: key.point,
            rights,
            validity: CvValidity {
                from: next.effective_date,
                to: next.expiration_date,
            },
        };
        self.must_be_another(&subject)?;
        cv_certificate::sign(&subject, Role::Cvca, &self.reference, self.signer)
    }

    /// The certificate of a document verifier; a domestic one moves a chip's date by its terminals' certificates.
    ///
    /// # Errors
    /// [`PkiError::Refused`] when this is no CVCA, when the rights are wider than its own or the certificate would begin when
    /// its own is not valid; [`PkiError::Input`], [`PkiError::Signer`], [`PkiError::BadSignature`].
    pub fn issue_verifier(&self, subject: &CvSubject<'_>, domestic: bool) -> Result<Vec<u8>, PkiError> {
        self.must_be(self.role == Role::Cvca, "certifies document verifiers")?;
        let role = if domestic {
            Role::DomesticVerifier
        } else {
            Role::ForeignVerifier
        };
        self.issue(subject, role)
    }

    /// The certificate of an inspection system.
    ///
    /// # Errors
    /// [`PkiError::Refused`] when this is no document verifier, and as [`issue_verifier`](Self::issue_verifier).
    pub fn issue_terminal(&self, subject: &CvSubject<'_>) -> Result<Vec<u8>, PkiError> {
        self.must_be(self.role.is_verifier(), "certifies terminals")?;
        self.issue(subject, Role::Terminal)
    }

    fn issue(&self, subject: &CvSubject<'_>, role: Role) -> Result<Vec<u8>, PkiError> {
        if subject.rights.and(self.rights) != subject.rights {
            return Err(PkiError::Refused(format!(
                "{} may not give rights that it does not have",
                self.reference
            )));
        }
        if !(self.validity.from..=self.validity.to).contains(&subject.validity.from) {
            return Err(PkiError::Refused(format!(
                "{} is valid from {} to {}, and a certificate must begin in that time",
                self.reference, self.validity.from, self.validity.to
            )));
        }
        self.must_be_another(subject)?;
        cv_certificate::sign(subject, role, &self.reference, self.signer)
    }

    fn must_be(&self, holds: bool, does: &str) -> Result<(), PkiError> {
        if holds {
            Ok(())
        } else {
            Err(PkiError::Refused(format!(
                "{} is not one that {does}",
                self.reference
            )))
        }
    }

    /// Two keys of one name cannot be told apart by a chip.
    fn must_be_another(&self, subject: &CvSubject<'_>) -> Result<(), PkiError> {
        self.must_be(
            subject.reference != self.reference,
            "certifies its own name again",
        )
    }
}
