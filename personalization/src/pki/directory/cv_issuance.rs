//! How an authority of terminals certifies: it proposes, two officers approve, it signs and records all three
//! (BSI TR-03139, 4.3, 4.4 and 5.2).

use card_applet::crypto::curve::Curve;
use card_applet::wire::cvc::{CvPublicKey, DomainParameters, EcPublicKey, InspectionRights};
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::super::cv_certificate::{self, CvSubject, CvValidity};
use super::super::cv_proposal::{Application, CvKind, CvProposal};
use super::super::cv_request::{CvRequest, OuterSignature};
use super::super::cvca::CvAuthority;
use super::super::{PkiError, cv_policy};
use super::cv_directory::{CvDirectory, CvHolder, ISSUED, file_name, without_sequence};
use super::files::{io_error, read};
use crate::approval::{self, Approval};
use crate::key_file::durable::{self, Mode};
use crate::signer::Signer;

/// What is written beside each certificate.
#[derive(Serialize)]
struct Issuance<'a> {
    schema: &'static str,
    proposal: &'a CvProposal,
    /// Empty when a document verifier without officers certified a terminal on its own.
    approvals: &'a [Approval],
    at: String,
}

impl CvDirectory {
    /// Looks a request over, and says what would be certified. `request` is a request (67 or 7F21) or, for a link, the next
    /// CVCA's first certificate, whose rights and validity the link takes over. `endorser` is the certificate of the CVCA whose
    /// outer signature vouches for a holder that is new here, where there is one.
    ///
    /// # Errors
    /// [`PkiError::Refused`] when the request's signatures do not hold, the holder was certified before and the request bears no
    /// signature of a key of that time, the reference was used before, the holder is suspended, or this authority certifies no such thing;
    /// [`PkiError::Input`] for a validity beyond the policy's.
    pub fn propose(
        &self,
        kind: CvKind,
        request: &[u8],
        rights: InspectionRights,
        validity: CvValidity,
        endorser: Option<&[u8]>,
    ) -> Result<CvProposal, PkiError> {
        let may = match self.holder() {
            CvHolder::Cvca => kind != CvKind::Terminal,
            CvHolder::Verifier => kind == CvKind::Terminal,
            CvHolder::Terminal => false,
        };
        let authority = self.reference()?;
        if !may {
            return Err(PkiError::Refused(format!("{authority} certifies no {kind}")));
        }
        let request_sha256 = hex::encode_upper(Sha256::digest(request));
        let proposal = if kind == CvKind::Link {
            let next = cv_certificate::parse(request)?.body;
            let validity = CvValidity {
                from: next.effective_date,
                to: next.expiration_date,
            };
            let rights = next.authorization.inspection_rights().unwrap_or_default();
            let holder = next.holder_reference.to_string();
            CvProposal::new(authority, kind, holder, rights, validity, request_sha256)
        } else {
            let opened = CvRequest::open(request)?;
            let holder = opened.holder_reference.to_string();
            let mut proposal = CvProposal::new(authority, kind, holder, rights, validity, request_sha256);
            self.must_not_be_suspended(&proposal.holder)?;
            if self.knows(&proposal.holder)? {
                self.must_be_signed_by_predecessor(&opened)?;
                proposal.application = Application::Successive;
            } else if let Some(outer) = &opened.outer {
                proposal.endorsed_by = Some(must_be_endorsed(outer, endorser)?);
            }
            proposal
        };
        if self.recorded(&proposal.holder)?.is_some() {
            return Err(PkiError::Refused(format!(
                "{} certified {} before; a new key has a new sequence number",
                proposal.authority, proposal.holder
            )));
        }
        cv_policy::check(kind.role(), proposal.validity()?)?;
        Ok(proposal)
    }

    /// Signs what was proposed and approved, and records it. `proposal` are the bytes of the file that was approved, `request` is
    /// what it was made from.
    ///
    /// # Errors
    /// [`PkiError::Approval`]; [`PkiError::Refused`] when the request is another than the proposal's, or circumstances changed
    /// since; as [`propose`](Self::propose); [`PkiError::File`].
    pub fn certify(
        &self,
        proposal: &[u8],
        request: &[u8],
        endorser: Option<&[u8]>,
        approvals: &[Approval],
        signer: &dyn Signer,
        now: OffsetDateTime,
    ) -> Result<Vec<u8>, PkiError> {
        let officers = self.officers()?;
        if !officers.is_empty() || self.holder() == CvHolder::Cvca {
            approval::require(&officers, approvals, proposal)?;
        }
        let approved = CvProposal::from_json(proposal)?;
        let validity = approved.validity()?;
        // Everything is looked at again: between the two steps days may have passed.
        if self.propose(approved.kind, request, approved.rights(), validity, endorser)? != approved {
            return Err(PkiError::Refused(
                "the proposal was made from another request, by another authority, or for another applicant"
                    .into(),
            ));
        }
        let authority = CvAuthority::new(self.certificate()?, signer)?;
        let certificate = if approved.kind == CvKind::Link {
            authority.issue_link(request)?
        } else {
            let opened = CvRequest::open(request)?;
            let subject = CvSubject {
                reference: &approved.holder,
                public_point: opened.public_point(),
                rights: approved.rights(),
                validity,
            };
            match approved.kind {
                CvKind::Terminal => authority.issue_terminal(&subject)?,
                kind => authority.issue_verifier(&subject, kind == CvKind::DomesticVerifier)?,
            }
        };
        self.record(&approved, approvals, &certificate, now)?;
        Ok(certificate)
    }

    /// The record before the certificate: whatever was signed is on record, and its reference is used.
    fn record(
        &self,
        proposal: &CvProposal,
        approvals: &[Approval],
        certificate: &[u8],
        now: OffsetDateTime,
    ) -> Result<(), PkiError> {
        let at = now
            .to_offset(time::UtcOffset::UTC)
            .format(&Rfc3339)
            .map_err(|error| PkiError::input("time", error.to_string()))?;
        let issuance = Issuance {
            schema: "eid.cv-issuance/1",
            proposal,
            approvals,
            at,
        };
        let mut json = serde_json::to_vec_pretty(&issuance)
            .map_err(|error| PkiError::certificate("the record", error.to_string()))?;
        json.push(b'\n');
        let path = self.path.join(ISSUED).join(file_name(certificate)?);
        durable::write_new(&path.with_extension("json"), &json, Mode::Public)?;
        durable::write_new(&path, certificate, Mode::Public)?;
        Ok(())
    }

    /// Whether this authority certified the holder of a reference before, under whatever sequence number.
    pub(super) fn knows(&self, reference: &str) -> Result<bool, PkiError> {
        Ok(self.issued()?.into_iter().any(|certificate| {
            cv_certificate::parse(&certificate).is_ok_and(|certificate| {
                without_sequence(&certificate.body.holder_reference.to_string())
                    == without_sequence(reference)
            })
        }))
    }

    /// Whoever was certified before shows a key that was.
    fn must_be_signed_by_predecessor(&self, request: &CvRequest<'_>) -> Result<(), PkiError> {
        let holder = request.holder_reference.to_string();
        let refused = |why: &str| Err(PkiError::Refused(format!("the request of {holder}: {why}")));
        let Some(outer) = request.outer else {
            return refused(
                "its holder was certified before, so it must bear an outer signature by that key",
            );
        };
        let before = outer.authority_reference.to_string();
        let Some(certificate) = self.recorded(&before)? else {
            return refused(&format!(
                "its outer signature is by {before}, whom this authority does not know"
            ));
        };
        let key = cv_certificate::parse(&certificate)?.body.public_key;
        // Certificates below the CVCA do not repeat the curve.
        let domain = self.curve()?.map(DomainParameters::of);
        if without_sequence(&before) != without_sequence(&holder) || !outer.is_by(&key, domain.as_ref()) {
            return refused("its outer signature is not by a key that was certified for the same holder");
        }
        Ok(())
    }

    /// The certificate that this authority issued for a reference.
    fn recorded(&self, reference: &str) -> Result<Option<Vec<u8>>, PkiError> {
        for certificate in self.issued()? {
            if cv_certificate::parse(&certificate)?
                .body
                .holder_reference
                .as_bytes()
                == reference.as_bytes()
            {
                return Ok(Some(certificate));
            }
        }
        Ok(None)
    }

    /// The curve of the CVCA that it is, or is under.
    fn curve(&self) -> Result<Option<Curve>, PkiError> {
        for certificate in self.certificates()? {
            if let CvPublicKey::Ec(EcPublicKey {
                domain: Some(domain), ..
            }) = cv_certificate::parse(&certificate)?.body.public_key
            {
                return Ok(domain.curve());
            }
        }
        Ok(None)
    }

    fn issued(&self) -> Result<Vec<Vec<u8>>, PkiError> {
        let directory = self.path.join(ISSUED);
        let mut certificates = Vec::new();
        for entry in std::fs::read_dir(&directory).map_err(|source| io_error(&directory, source))? {
            let path = entry.map_err(|source| io_error(&directory, source))?.path();
            if path.extension().is_some_and(|extension| extension == "cvcert") {
                certificates.push(read(&path)?);
            }
        }
        Ok(certificates)
    }
}

/// The reference of the CVCA that vouches for an applicant, when its certificate says that it did.
fn must_be_endorsed(outer: &OuterSignature<'_>, endorser: Option<&[u8]>) -> Result<String, PkiError> {
    let reference = outer.authority_reference;
    let Some(endorser) = endorser else {
        return Err(PkiError::Refused(format!(
            "the outer signature is by {reference}, whose certificate is needed to check it"
        )));
    };
    let body = cv_certificate::parse(endorser)?.body;
    if body.holder_reference == reference && outer.is_by(&body.public_key, None) {
        Ok(reference.to_string())
    } else {
        Err(PkiError::Refused(format!(
            "the outer signature is not by {}, whose certificate was given",
            body.holder_reference
        )))
    }
}
