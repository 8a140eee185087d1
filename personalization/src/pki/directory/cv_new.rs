//! Making the directory of a CVCA, a document verifier or an inspection system.

use card_applet::wire::cvc::{InspectionRights, Role};
use rand_core::TryCryptoRng;

use super::super::cv_certificate::CvValidity;
use super::super::{PkiError, cv_policy, cv_request, cvca};
use super::cv_directory::{CvDirectory, CvHolder, ISSUED, OFFICERS, without_sequence};
use super::stored_key::{Destination, StoredSigner};
use crate::approval::{self, Officer};
use crate::key_file::durable::{Mode, NewDirectory};
use crate::signer::Signer;

/// Whose directory is made.
#[derive(Clone, Copy, Debug)]
pub struct NewHolder<'a> {
    /// Its reference.
    pub reference: &'a str,
    /// Who approves what it certifies.
    pub officers: &'a [Officer],
}

/// A key and its successor: whose request a renewal is, and who signs for it.
pub struct Predecessor<'a> {
    /// The directory of the certificate that is valid now.
    pub directory: &'a CvDirectory,
    /// Its key.
    pub signer: &'a dyn Signer,
}

/// Makes a CVCA: a new key and the certificate that it signs itself.
///
/// # Errors
/// [`PkiError`]; then no directory was made. [`PkiError::Approval`] when there are not two officers.
pub fn init_cvca(
    destination: Destination<'_>,
    new_holder: &NewHolder<'_>,
    rights: InspectionRights,
    validity: CvValidity,
    rng: &mut (impl TryCryptoRng + ?Sized),
) -> Result<CvDirectory, PkiError> {
    let NewHolder { reference, officers } = *new_holder;
    approval::check_officers(officers)?;
    cv_policy::check(Role::Cvca, validity)?;
    let new = NewDirectory::create(destination.directory)?;
    let signer = StoredSigner::make(&destination, &new, &CvHolder::Cvca.key(), rng)?;
    let certificate = cvca::issue_cvca(reference, rights, validity, &signer)?;
    new.add(&CvHolder::Cvca.certificate(), &certificate, Mode::Public)?;
    add_authority(&new, officers)?;
    new.commit()?;
    CvDirectory::open(destination.directory)
}

/// Makes the directory of a document verifier or an inspection system: a new key and the request for its certificate. A
/// document verifier has two officers or more, or none: then it certifies its terminals on its own.
///
/// # Errors
/// [`PkiError`]; then no directory was made. [`PkiError::Input`] for a CVCA, and for a terminal with officers;
/// [`PkiError::Refused`] when the predecessor has another name but for its sequence number, or the same reference.
pub fn request(
    destination: Destination<'_>,
    holder: CvHolder,
    new_holder: &NewHolder<'_>,
    authority: &str,
    predecessor: Option<&Predecessor<'_>>,
    rng: &mut (impl TryCryptoRng + ?Sized),
) -> Result<CvDirectory, PkiError> {
    let NewHolder { reference, officers } = *new_holder;
    if holder == CvHolder::Cvca {
        return Err(PkiError::input("holder", "a CVCA signs its own certificate"));
    }
    if !officers.is_empty() {
        if holder == CvHolder::Terminal {
            return Err(PkiError::input(
                "officers",
                "an inspection system certifies nothing",
            ));
        }
        approval::check_officers(officers)?;
    }
    let new = NewDirectory::create(destination.directory)?;
    let signer = StoredSigner::make(&destination, &new, &holder.key(), rng)?;
    let mut request = cv_request::make(reference, Some(authority), &signer)?;
    if let Some(predecessor) = predecessor {
        let before = predecessor.directory.reference()?;
        if without_sequence(&before) != without_sequence(reference) || before == reference {
            return Err(PkiError::Refused(format!(
                "{reference} does not follow {before}: the sequence number, and only that, must be another"
            )));
        }
        request = cv_request::authenticate(&request, &before, predecessor.signer)?;
    }
    new.add(&holder.request(), &request, Mode::Public)?;
    if holder == CvHolder::Verifier {
        add_authority(&new, officers)?;
    }
    new.commit()?;
    CvDirectory::open(destination.directory)
}

fn add_authority(new: &NewDirectory, officers: &[Officer]) -> Result<(), PkiError> {
    let json = serde_json::to_vec_pretty(officers)
        .map_err(|error| PkiError::certificate(OFFICERS, error.to_string()))?;
    new.add(OFFICERS, &json, Mode::Public)?;
    new.add_directory(ISSUED)?;
    Ok(())
}
