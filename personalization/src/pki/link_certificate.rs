//! CSCA link certificates: the old key vouches for the new one (9303-12 §4.1.4, §6.1.1, §7.1.1.5).
//!
//! Whoever trusts the old key learns the new one from it, without another phone call. A new name is told the same way: the
//! issuer is the old name, the subject the new one, and the name-change extension says that this is meant. A link is not part
//! of a certification path; it makes another trust anchor.

use const_oid::ObjectIdentifier;
use der::Decode;
use der::flagset::FlagSet;
use rand_core::TryCryptoRng;
use time::OffsetDateTime;
use x509_cert::ext::pkix::{
    BasicConstraints, IssuerAltName, KeyUsage, KeyUsages, PrivateKeyUsagePeriod, SubjectAltName,
};
use x509_cert::time::Validity;
use x509_cert::{Certificate, Version};

use super::PkiError;
use super::certificate::{self, ExtensionList, TbsCertificate};
use super::csca::Csca;
use super::explicit_parameters::{CurveForm, public_key_info};
use super::profile::{self, Role};
use super::time::{BACKDATE, certificate_time, generalized_time};
use crate::signer::Signer;

/// `id-icao-mrtd-security-extensions-nameChange` (9303-12 §7.1.1.5); its value is NULL.
pub const NAME_CHANGE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.23.136.1.1.6.1");

const WHAT: &str = "the CSCA link certificate";
const NULL: &[u8] = &[0x05, 0x00];

/// Issues the certificate by which the key of `old` vouches for `new`. Returns DER.
///
/// It is valid as long as both certificates are: nothing said with the old key is to be believed longer than that key.
/// `form` is how it describes the new key's curve.
///
/// # Errors
/// [`PkiError::Refused`] when `old_signer` holds another key than `old`'s, the old key's period of use is over, both keys
/// are the same, or the two CSCA are of different States; [`PkiError::Signer`], [`PkiError::BadSignature`],
/// [`PkiError::Random`].
pub fn issue(
    old: &Csca,
    old_signer: &dyn Signer,
    new: &Csca,
    form: CurveForm,
    now: OffsetDateTime,
    rng: &mut (impl TryCryptoRng + ?Sized),
) -> Result<Vec<u8>, PkiError> {
    old.must_be_key_of(old_signer)?;
    old.must_be_in_use(now)?;
    if old.key() == new.key() {
        return Err(PkiError::Refused("the new CSCA has the old key".into()));
    }
    if old.state()? != new.state()? {
        return Err(PkiError::Refused(
            "the new CSCA is of another State: a link keeps the country".into(),
        ));
    }
    let not_before = (now - BACKDATE).max(old.not_before());
    let not_after = old.not_after().min(new.not_after());
    let usage_end = new.usage_end().min(not_after);

    let mut extensions = ExtensionList::default();
    let usages: FlagSet<KeyUsages> = KeyUsages::KeyCertSign | KeyUsages::CRLSign;
    extensions.add(true, &KeyUsage(usages))?;
    extensions.add(
        true,
        &BasicConstraints {
            ca: true,
            path_len_constraint: Some(0),
        },
    )?;
    extensions.add(
        false,
        &certificate::subject_key_identifier(new.key().subject_public_key())?,
    )?;
    extensions.add(
        false,
        &certificate::authority_key_identifier(old.key_identifier())?,
    )?;
    extensions.add(
        false,
        &PrivateKeyUsagePeriod {
            not_before: Some(generalized_time(not_before)?),
            not_after: Some(generalized_time(usage_end)?),
        },
    )?;
    extensions.add(false, &SubjectAltName(new.alternative_names().clone()))?;
    extensions.add(false, &IssuerAltName(old.alternative_names().clone()))?;
    extensions.add(false, new.crl_distribution_points())?;
    if old.subject() != new.subject() {
        extensions.add_der(NAME_CHANGE, NULL)?;
    }
    let der = certificate::sign(
        WHAT,
        &TbsCertificate {
            version: Version::V3,
            serial_number: certificate::random_serial(rng)?,
            signature: certificate::algorithm_identifier(old_signer.algorithm())?,
            issuer: old.subject().clone(),
            validity: Validity::new(certificate_time(not_before)?, certificate_time(not_after)?),
            subject: new.subject().clone(),
            subject_public_key_info: public_key_info(new.key(), form)?,
            extensions: Some(extensions.into_extensions()),
        },
        old_signer,
    )?;
    profile::require(WHAT, &der, Role::CscaLink, form)?;
    Ok(der)
}

/// Refuses what is no link from `old` to `new`: other names, another key, or another signature.
///
/// # Errors
/// [`PkiError::Certificate`], [`PkiError::Encoding`].
pub fn must_link(der: &[u8], old: &Csca, new: &Csca) -> Result<(), PkiError> {
    let refuse = |why: &str| Err(PkiError::certificate(WHAT, why));
    let certificate = Certificate::from_der(der)?;
    let tbs = certificate.tbs_certificate();
    if tbs.issuer() != old.subject() || tbs.subject() != new.subject() {
        return refuse("it links other names");
    }
    if certificate::public_key(&certificate)? != *new.key() {
        return refuse("it links to another key");
    }
    if !old.signed(der) {
        return refuse("the old CSCA did not sign it");
    }
    Ok(())
}
