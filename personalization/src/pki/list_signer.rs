//! Who signs master lists and deviation lists for a CSCA (9303-12 §7.1.1.3; Table 6).
//!
//! A list is never signed with the CSCA's own key. The signer's certificate says by its extended key usage, which is
//! critical, that it may sign lists of one kind and nothing else, no document above all.

use const_oid::ObjectIdentifier;
use rand_core::TryCryptoRng;
use time::OffsetDateTime;
use x509_cert::ext::pkix::ExtendedKeyUsage;

use super::PkiError;
use super::csca::Csca;
use super::end_entity::EndEntity;
use super::explicit_parameters::CurveForm;
use super::name::Contact;
use super::profile::{self, Role};
use super::time::add_years;
use crate::signer::Signer;

/// Years for which a list signer's certificate may be valid. 9303-12 sets no limit; a new one is cheap.
pub const YEARS: std::ops::RangeInclusive<u8> = 1..=5;

/// What a list signer signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListKind {
    /// Master lists: the CSCA certificates that a State trusts.
    MasterList,
    /// Deviation lists: the faults of documents that a State has issued.
    DeviationList,
}

impl ListKind {
    /// Its certificate profile.
    pub const fn role(self) -> Role {
        match self {
            Self::MasterList => Role::MasterListSigner,
            Self::DeviationList => Role::DeviationListSigner,
        }
    }

    /// Its purpose in the certificate: `id-icao-cscaMasterListSigningKey` or `id-icao-DeviationListSigningKey`.
    pub const fn purpose(self) -> ObjectIdentifier {
        match self {
            Self::MasterList => ObjectIdentifier::new_unwrap("2.23.136.1.1.3"),
            Self::DeviationList => ObjectIdentifier::new_unwrap("2.23.136.1.1.8"),
        }
    }
}

/// What the operator decides about a list signer.
#[derive(Debug, Clone)]
pub struct ListSignerOptions {
    /// What it signs.
    pub kind: ListKind,
    /// commonName.
    pub common_name: String,
    /// organizationName, if any.
    pub organization: Option<String>,
    /// How to reach it; none = subjectAltName carries the country code alone.
    pub contact: Option<Contact>,
    /// Years for which the certificate is valid.
    pub years: u8,
    /// How the certificate describes the curve.
    pub form: CurveForm,
}

impl ListSignerOptions {
    /// Valid for two years, explicit parameters.
    pub fn new(kind: ListKind, common_name: impl Into<String>) -> Self {
        Self {
            kind,
            common_name: common_name.into(),
            organization: None,
            contact: None,
            years: 2,
            form: CurveForm::default(),
        }
    }
}

/// Issues the certificate of the list signer whose key `signer` holds. Returns DER.
///
/// `csca_signer` holds the key of `csca`.
///
/// # Errors
/// [`PkiError::Input`] for options against the rules; [`PkiError::Refused`] when the CSCA's key is another, its usage
/// period is over, or its certificate would expire first; [`PkiError::Signer`], [`PkiError::BadSignature`],
/// [`PkiError::Random`].
pub fn issue(
    csca: &Csca,
    csca_signer: &dyn Signer,
    signer: &dyn Signer,
    options: &ListSignerOptions,
    now: OffsetDateTime,
    rng: &mut (impl TryCryptoRng + ?Sized),
) -> Result<Vec<u8>, PkiError> {
    const WHAT: &str = "the list signer's certificate";
    let entity = EndEntity {
        csca,
        csca_signer,
        signer,
        common_name: &options.common_name,
        organization: options.organization.as_deref(),
        contact: options.contact.as_ref(),
        form: options.form,
    };
    let not_before = entity.begin(now)?;
    if !YEARS.contains(&options.years) {
        return Err(PkiError::input(
            "years",
            "a list signer is valid for 1 to 5 years",
        ));
    }
    let not_after = add_years(now, options.years)?;
    if not_after > csca.not_after() {
        return Err(PkiError::Refused(format!(
            "the list signer would outlive the CSCA certificate, which ends {}",
            csca.not_after().date()
        )));
    }
    let mut extensions = entity.extensions()?;
    extensions.add(true, &ExtendedKeyUsage(vec![options.kind.purpose()]))?;
    let der = entity.sign(WHAT, (not_before, not_after), extensions, rng)?;
    profile::require(WHAT, &der, options.kind.role(), options.form)?;
    Ok(der)
}
