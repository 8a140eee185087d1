//! PSO:VERIFY CERTIFICATE (ICAO Doc 9303-11, 7.1.4.3): whether a certificate is valid, and what it changes.

use super::Verifying;
use super::trust::{self, Reference, TrustPoint, TrustStore};
use crate::crypto::curve::PublicPoint;
use crate::crypto::digest::HashFunction;
use crate::error::Error;
use crate::nvm::journal::Journal;
use crate::platform::{Engine, Nvm};
use crate::wire::cvc::{
    CertificateBody, CvCertificate, CvPublicKey, Date, InspectionRights, KeyReference, Role,
};

/// The key of a document verifier or of a terminal, until the next one comes or the session ends.
#[derive(Debug)]
pub(crate) struct ImportedKey {
    reference: Reference,
    role: Role,
    hash: HashFunction,
    point: PublicPoint,
    /// What this certificate and all before it allow.
    rights: InspectionRights,
    expiration: Date,
}

impl ImportedKey {
    /// Whether this is its name.
    pub(super) fn is_called(&self, reference: KeyReference<'_>) -> bool {
        self.reference == reference.as_bytes()
    }

    pub(super) const fn role(&self) -> Role {
        self.role
    }

    pub(super) const fn hash(&self) -> HashFunction {
        self.hash
    }

    pub(super) const fn point(&self) -> &PublicPoint {
        &self.point
    }

    pub(super) const fn rights(&self) -> InspectionRights {
        self.rights
    }
}

/// The key that is to have signed a certificate.
struct Issuer<'a> {
    role: Role,
    hash: HashFunction,
    point: &'a PublicPoint,
    rights: InspectionRights,
    expiration: Date,
    /// Whether it is the newest trust point, which alone signs link certificates.
    is_newest: bool,
}

/// What a certificate's key is, once it is found to be one that this chip works with.
struct Subject {
    hash: HashFunction,
    point: PublicPoint,
    rights: InspectionRights,
}

impl Verifying {
    /// Verifies a certificate (7F4E ‖ 5F37) and takes over what it changes. A link certificate moves trust points
    /// and date, and `None` is returned; else the key of the verifier or terminal is, in place of the one before.
    ///
    /// # Errors
    /// [`Error::Data`] for a malformed certificate and for keys that this chip does not take (RSA, SHA-1, another
    /// curve), [`Error::ReferencedData`] when another key is named as its issuer, [`Error::ConditionsOfUse`] when it
    /// has no place in the chain or is expired, [`Error::Authentication`] when it is not signed by its issuer.
    #[inline(never)]
    pub(crate) fn verify<E: Engine, N: Nvm>(
        self,
        content: &[u8],
        imported: Option<&ImportedKey>,
        trust: &TrustStore,
        journal: &mut Journal,
        nvm: &mut N,
        engine: &mut E,
    ) -> Result<Option<ImportedKey>, Error> {
        let certificate = CvCertificate::parse_content(content).map_err(|_| Error::Data)?;
        let body = &certificate.body;
        if body.authority_reference.as_bytes() != self.issuer() {
            return Err(Error::ReferencedData);
        }
        let issuer = issuer(body.authority_reference, imported, trust)?;
        let role = body.authorization.role();
        match (issuer.role, role) {
            (Role::Cvca, Role::Cvca) if issuer.is_newest => {}
            // An expired trust point still verifies link certificates, and no verifiers.
            (Role::Cvca, Role::DomesticVerifier | Role::ForeignVerifier)
                if !trust.is_expired(issuer.expiration) => {}
            (Role::DomesticVerifier | Role::ForeignVerifier, Role::Terminal)
                if !trust.is_expired(issuer.expiration) => {}
            _ => return Err(Error::ConditionsOfUse),
        }
        if trust.find(body.holder_reference).is_some() {
            return Err(Error::ConditionsOfUse);
        }
        let subject = subject(body, issuer.point)?;
        let digest = issuer.hash.digest(&[certificate.signed]);
        if !engine.verify(issuer.point, digest.as_bytes(), certificate.signature)? {
            return Err(Error::Authentication);
        }
        // A link certificate counts however old it is: without it the chip could never follow its CVCA again.
        if role != Role::Cvca && trust.is_expired(body.expiration_date) {
            return Err(Error::ConditionsOfUse);
        }
        let is_accurate = role != Role::Terminal || issuer.role == Role::DomesticVerifier;
        let effective = Some(body.effective_date).filter(|_| is_accurate);
        let reference = trust::reference(body.holder_reference)?;
        if role == Role::Cvca {
            let point = TrustPoint {
                reference,
                hash: subject.hash,
                point: subject.point,
                rights: subject.rights,
                effective: body.effective_date,
                expiration: body.expiration_date,
            };
            trust.update(Some(&point), effective, journal, nvm)?;
            return Ok(None);
        }
        trust.update(None, effective, journal, nvm)?;
        Ok(Some(ImportedKey {
            reference,
            role,
            hash: subject.hash,
            point: subject.point,
            rights: subject.rights.and(issuer.rights),
            expiration: body.expiration_date,
        }))
    }
}

/// A CVCA's certificate that signs itself, as the issuer loads it in Personalisation: the trust point in it.
///
/// # Errors
/// As [`Verifying::verify`].
#[inline(never)]
pub(crate) fn first_trust_point<E: Engine>(
    content: &[u8],
    engine: &mut E,
) -> Result<(TrustPoint, Date), Error> {
    let certificate = CvCertificate::parse_content(content).map_err(|_| Error::Data)?;
    let body = &certificate.body;
    if !body.is_self_signed() || body.authorization.role() != Role::Cvca {
        return Err(Error::Data);
    }
    let CvPublicKey::Ec(key) = body.public_key else {
        return Err(Error::Data);
    };
    let curve = key.domain.and_then(|domain| domain.curve()).ok_or(Error::Data)?;
    let point = PublicPoint::from_uncompressed(curve, key.point).map_err(|_| Error::Data)?;
    let subject = subject(body, &point)?;
    let digest = subject.hash.digest(&[certificate.signed]);
    if !engine.verify(&subject.point, digest.as_bytes(), certificate.signature)? {
        return Err(Error::Authentication);
    }
    let point = TrustPoint {
        reference: trust::reference(body.holder_reference)?,
        hash: subject.hash,
        point: subject.point,
        rights: subject.rights,
        effective: body.effective_date,
        expiration: body.expiration_date,
    };
    Ok((point, body.effective_date))
}

fn issuer<'a>(
    reference: KeyReference<'_>,
    imported: Option<&'a ImportedKey>,
    trust: &'a TrustStore,
) -> Result<Issuer<'a>, Error> {
    if let Some(point) = trust.find(reference) {
        return Ok(Issuer {
            role: Role::Cvca,
            hash: point.hash,
            point: &point.point,
            rights: point.rights,
            expiration: point.expiration,
            is_newest: trust.is_newest(point),
        });
    }
    match imported {
        Some(key) if key.is_called(reference) => Ok(Issuer {
            role: key.role,
            hash: key.hash,
            point: &key.point,
            rights: key.rights,
            expiration: key.expiration,
            is_newest: false,
        }),
        _ => Err(Error::ReferencedData),
    }
}

/// The certificate's key, on its own curve (of a CVCA) or on that of its issuer.
fn subject(body: &CertificateBody<'_>, issuer: &PublicPoint) -> Result<Subject, Error> {
    let CvPublicKey::Ec(key) = body.public_key else {
        return Err(Error::Data);
    };
    if key.hash == HashFunction::Sha1 {
        return Err(Error::Data);
    }
    let curve = match (body.authorization.role(), key.domain) {
        (_, None) => issuer.curve(),
        (Role::Cvca, Some(domain)) => domain.curve().ok_or(Error::Data)?,
        // Verifiers and terminals take over the curve of their CVCA (BSI TR-03110-3, D.3.3).
        (_, Some(_)) => return Err(Error::Data),
    };
    Ok(Subject {
        hash: key.hash,
        point: PublicPoint::from_uncompressed(curve, key.point).map_err(|_| Error::Data)?,
        rights: body.authorization.inspection_rights().ok_or(Error::Data)?,
    })
}
