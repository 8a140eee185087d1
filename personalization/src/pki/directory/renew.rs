//! Renewing a CSCA: a new key, perhaps a new name, and the link from the old key to it (9303-12 §4.1.4, §7.1.1.5).

use der::Encode;
use rand_core::TryCryptoRng;
use time::OffsetDateTime;
use x509_cert::ext::pkix::name::{DistributionPointName, GeneralName};

use super::csca_directory::{CscaDirectory, NewCsca};
use super::files::{LINK, LINK_PEM, LINK_TWIN, LINK_TWIN_PEM, REGISTER};
use super::stored_key::Destination;
use crate::key_file::durable::{self, Mode};
use crate::pki::PkiError;
use crate::pki::csca::{Csca, CscaOptions, DOCUMENT_SIGNER_USAGE};
use crate::pki::explicit_parameters::CurveForm;
use crate::pki::link_certificate;
use crate::pki::name::{COMMON_NAME, ORGANIZATION_NAME, attribute, contact};
use crate::signer::Signer;

/// What changes with the key. Whatever is none stays as the old certificate says.
#[derive(Debug, Clone, Default)]
pub struct Renewal {
    /// Another commonName.
    pub common_name: Option<String>,
    /// Another organizationName.
    pub organization: Option<String>,
    /// Years for which the new key signs.
    pub usage_years: Option<u8>,
    /// Years for which the longest-lived document is valid.
    pub document_years: Option<u8>,
    /// The CSCA was renewed before and its successor was lost before anybody got its certificate.
    pub again: bool,
}

impl CscaDirectory {
    /// Makes the CSCA that takes over: another key, a link certificate signed with the old key, and a CRL of the new key over
    /// everything that was ever revoked. This directory then issues nothing any more.
    ///
    /// The old directory is marked before the new one appears: after a crash between the two there may be no successor,
    /// never two CSCA that issue CRLs with the same numbers. [`Renewal::again`] is for that.
    ///
    /// # Errors
    /// [`PkiError::Input`] for options against 9303-12; [`PkiError::Refused`] when the old key's period of use is over (then only
    /// another CSCA without a link is left), this CSCA was renewed already, or another program changes it.
    pub fn renew(
        &self,
        old_signer: &dyn Signer,
        destination: Destination<'_>,
        renewal: &Renewal,
        now: OffsetDateTime,
        rng: &mut (impl TryCryptoRng + ?Sized),
    ) -> Result<Self, PkiError> {
        let _lock = self.lock()?;
        let mut register = if renewal.again {
            self.register()?
        } else {
            self.register_in_force()?
        };
        let options = options(self.csca(), renewal)?;
        let new = NewCsca::make(destination, &options, now, rng)?;
        for (form, names) in [
            (CurveForm::ExplicitParameters, [LINK, LINK_PEM]),
            (CurveForm::NamedCurve, [LINK_TWIN, LINK_TWIN_PEM]),
        ] {
            if form == CurveForm::ExplicitParameters || destination.named_curve_twin {
                let link = link_certificate::issue(self.csca(), old_signer, new.csca(), form, now, rng)?;
                new.add(names, &link)?;
            }
        }
        for (serial, der) in self.issued()? {
            new.add_issued(&serial, &der)?;
        }
        let number = register
            .crl_number
            .max(self.published()?.number)
            .checked_add(1)
            .ok_or_else(|| PkiError::Refused("the CRL numbers are used up".into()))?;
        let changes_name = self.csca().subject().to_der()? != new.csca().subject().to_der()?;
        let renewed = register.renewed(number, changes_name.then(|| self.csca().subject()))?;

        register.successor = Some(hex::encode_upper(new.csca().key_identifier()));
        durable::replace(&self.path().join(REGISTER), &register.to_json()?, Mode::Secret)?;
        new.commit(&renewed, now)
    }
}

/// What the old certificate says, and what changes.
fn options(old: &Csca, renewal: &Renewal) -> Result<CscaOptions, PkiError> {
    let unreadable = |what: &str| PkiError::certificate("the CSCA certificate", format!("it has no {what}"));
    let common_name = match &renewal.common_name {
        Some(name) => name.clone(),
        None => attribute(old.subject(), COMMON_NAME).ok_or_else(|| unreadable("common name"))?,
    };
    let organization = renewal
        .organization
        .clone()
        .or_else(|| attribute(old.subject(), ORGANIZATION_NAME));
    let points = old.crl_distribution_points().0.iter();
    let urls = points.filter_map(|point| match &point.distribution_point {
        Some(DistributionPointName::FullName(names)) => Some(names),
        _ => None,
    });
    let urls = urls.flatten().filter_map(|name| match name {
        GeneralName::UniformResourceIdentifier(url) => Some(url.as_str().to_owned()),
        _ => None,
    });
    // As `csca::issue` reckons: the period of use, the last document signer's three months, the documents' life.
    let years = |from: OffsetDateTime, to: OffsetDateTime| u8::try_from(to.year() - from.year()).unwrap_or(0);
    let last_document = old.usage_end() + DOCUMENT_SIGNER_USAGE;
    Ok(CscaOptions {
        organization,
        contact: contact(old.alternative_names()),
        crl_urls: urls.collect(),
        usage_years: renewal
            .usage_years
            .unwrap_or_else(|| years(old.not_before(), old.usage_end())),
        document_years: renewal
            .document_years
            .unwrap_or_else(|| years(last_document, old.not_after())),
        ..CscaOptions::new(old.state()?, common_name)
    })
}
