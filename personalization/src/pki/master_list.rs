//! Master lists: the CSCA certificates that a State trusts, signed for those who trust that State (9303-12 §9).
//!
//! ```text
//! ContentInfo { signedData, SignedData {
//!     eContent: CscaMasterList { version 0, SET OF Certificate }
//!     certificates: the master list signer's, its CSCA's
//!     SignerInfo { subjectKeyIdentifier, signedAttrs with signing time, signature } } }
//! ```

use const_oid::ObjectIdentifier;
use der::asn1::SetOfVec;
use der::{Any, Decode, Encode, Sequence};
use time::OffsetDateTime;
use x509_cert::Certificate;
use x509_cert::ext::pkix::{BasicConstraints, ExtendedKeyUsage, SubjectKeyIdentifier};

use super::PkiError;
use super::certificate::public_key;
use super::csca::Csca;
use super::list_signer::ListKind;
use super::time::from_certificate_time;
use crate::signer::{self, Signer};
use crate::sod::signed_data::{self, Assembled, SignerName};

/// `id-icao-cscaMasterList` (9303-12 §9.2).
pub const MASTER_LIST: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.23.136.1.1.2");

/// The most certificates that a master list may have. The largest in use have some hundreds.
pub const MAX_CERTIFICATES: usize = 5_000;

const WHAT: &str = "the master list";

#[derive(Sequence)]
struct CscaMasterList {
    version: u8,
    certificates: SetOfVec<Any>,
}

/// Signs a master list over these CSCA certificates (DER; those given twice count once). Returns DER.
///
/// `list_signer` holds the key of `list_signer_der`, which `csca` certified for master lists.
///
/// # Errors
/// [`PkiError::Input`] when there is no certificate or one is not a CSCA's; [`PkiError::Refused`] when the signer's
/// certificate is not of this CSCA, not for master lists, not valid now, or over another key; [`PkiError::Signer`],
/// [`PkiError::BadSignature`].
pub fn issue(
    csca: &Csca,
    list_signer: &dyn Signer,
    list_signer_der: &[u8],
    certificates: &[Vec<u8>],
    now: OffsetDateTime,
) -> Result<Vec<u8>, PkiError> {
    let certificate = Certificate::from_der(list_signer_der)?;
    must_sign_lists(csca, list_signer, list_signer_der, &certificate, now)?;
    let content = content(certificates)?.to_der()?;

    let (_, key_identifier) = certificate
        .tbs_certificate()
        .get_extension::<SubjectKeyIdentifier>()?
        .ok_or_else(|| PkiError::certificate("the list signer's certificate", "it has no key identifier"))?;
    let assembled = signed_data::assemble::<PkiError>(
        MASTER_LIST,
        &content,
        list_signer,
        &SignerName::KeyIdentifier(key_identifier.0.as_bytes()),
        &[list_signer_der, csca.der()],
        now,
    )?;
    let Assembled {
        to_be_signed,
        signature,
        ..
    } = &assembled;
    if !signer::verify(
        &public_key(&certificate)?,
        list_signer.algorithm(),
        to_be_signed,
        signature,
    ) {
        return Err(PkiError::BadSignature(WHAT));
    }
    Ok(assembled.content_info)
}

/// The signer's certificate and key may sign master lists of this CSCA now.
fn must_sign_lists(
    csca: &Csca,
    list_signer: &dyn Signer,
    der: &[u8],
    certificate: &Certificate,
    now: OffsetDateTime,
) -> Result<(), PkiError> {
    let refuse = |why: &str| Err(PkiError::Refused(format!("the list signer {why}")));
    let tbs = certificate.tbs_certificate();
    let purpose = tbs.get_extension::<ExtendedKeyUsage>()?;
    if purpose.is_none_or(|(_, usage)| usage.0 != [ListKind::MasterList.purpose()]) {
        return refuse("is not certified for master lists");
    }
    if !csca.signed(der) || tbs.issuer() != csca.subject() {
        return refuse("was not certified by this CSCA");
    }
    if public_key(certificate)? != *list_signer.public_key() {
        return refuse("has another key than its certificate");
    }
    let validity = tbs.validity();
    let valid = from_certificate_time(&validity.not_before)..=from_certificate_time(&validity.not_after);
    if !valid.contains(&now) {
        return refuse("has a certificate that is not valid now");
    }
    Ok(())
}

/// The list itself: every certificate once, in the order of DER.
fn content(certificates: &[Vec<u8>]) -> Result<CscaMasterList, PkiError> {
    let refuse =
        |index: usize, why: &str| PkiError::input("certificates", format!("number {} {why}", index + 1));
    let mut list: Vec<Any> = Vec::with_capacity(certificates.len());
    let mut seen: Vec<&[u8]> = Vec::with_capacity(certificates.len());
    for (index, der) in certificates.iter().enumerate() {
        let certificate = Certificate::from_der(der)
            .map_err(|error| refuse(index, &format!("is not a certificate: {error}")))?;
        let constraints = certificate
            .tbs_certificate()
            .get_extension::<BasicConstraints>()?;
        if constraints.is_none_or(|(_, constraints)| !constraints.ca) {
            return Err(refuse(index, "is not a CSCA's"));
        }
        if !seen.contains(&der.as_slice()) {
            seen.push(der);
            list.push(Any::from_der(der)?);
        }
    }
    if list.is_empty() || list.len() > MAX_CERTIFICATES {
        return Err(PkiError::input(
            "certificates",
            format!("a master list has 1 to {MAX_CERTIFICATES}"),
        ));
    }
    Ok(CscaMasterList {
        version: 0,
        certificates: SetOfVec::try_from(list)?,
    })
}
