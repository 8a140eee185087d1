//! Certificate revocation lists of the CSCA (9303-12 §4.1.5, §7.1.4).
//!
//! One complete list a CSCA, at least every 90 days, also when it is empty; numbers only grow. 9303-12
//! Table 10 forbids every CRL entry extension, so the *reason* of a revocation is kept in the register of
//! [`super::directory`] and not in the list.

use der::{Decode, Sequence};
use spki::AlgorithmIdentifierOwned;
use time::{Duration, OffsetDateTime};
use x509_cert::Version;
use x509_cert::crl::CertificateList;
use x509_cert::ext::Extensions;
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::ext::pkix::{AuthorityKeyIdentifier, CrlNumber, IssuerAltName};
use x509_cert::name::Name;
use x509_cert::serial_number::SerialNumber;
use x509_cert::time::Time;

use super::PkiError;
use super::certificate::{self, ExtensionList};
use super::csca::Csca;
use super::time::{certificate_time, from_certificate_time};
use crate::signer::Signer;

/// Longest time between a list and the next, in days (9303-12 §4.1.5).
pub const MAX_DAYS: u16 = 90;

const WHAT: &str = "the CRL";

/// A revoked certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevokedCertificate {
    /// Its serial number, big-endian without leading zeros.
    pub serial: Vec<u8>,
    /// Since when it is revoked.
    pub since: OffsetDateTime,
}

#[derive(Sequence)]
struct TbsCertList {
    version: Version,
    signature: AlgorithmIdentifierOwned,
    issuer: Name,
    this_update: Time,
    next_update: Time,
    revoked_certificates: Option<Vec<RevokedEntry>>,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    crl_extensions: Option<Extensions>,
}

#[derive(Sequence)]
struct RevokedEntry {
    serial_number: SerialNumber,
    revocation_date: Time,
}

/// Issues the CRL with this number. Returns DER.
///
/// `revoked` is the complete list; its order does not matter.
///
/// # Errors
/// [`PkiError::Input`] when `valid_days` is not 1 to 90 or a serial number is listed twice or malformed;
/// [`PkiError::Refused`] for another key than the CSCA's or outside its certificate's validity;
/// [`PkiError::Signer`], [`PkiError::BadSignature`].
pub fn issue(
    csca: &Csca,
    csca_signer: &dyn Signer,
    number: u64,
    revoked: &[RevokedCertificate],
    valid_days: u16,
    now: OffsetDateTime,
) -> Result<Vec<u8>, PkiError> {
    issue_after_name_change(csca, csca_signer, number, revoked, &[], valid_days, now)
}

/// As [`issue`], by a CSCA that had other names before: they are told in issuerAltName (9303-12 Table 10, note 1), so that
/// whoever holds a certificate issued under one of them knows that the list is for it too.
///
/// # Errors
/// As [`issue`].
pub fn issue_after_name_change(
    csca: &Csca,
    csca_signer: &dyn Signer,
    number: u64,
    revoked: &[RevokedCertificate],
    former_names: &[Name],
    valid_days: u16,
    now: OffsetDateTime,
) -> Result<Vec<u8>, PkiError> {
    csca.must_be_key_of(csca_signer)?;
    if !(1..=MAX_DAYS).contains(&valid_days) {
        return Err(PkiError::input(
            "CRL days",
            format!("a CRL is valid for 1 to {MAX_DAYS} days"),
        ));
    }
    if !(csca.not_before()..=csca.not_after()).contains(&now) {
        return Err(PkiError::Refused("the CSCA certificate is not valid now".into()));
    }
    let mut entries = Vec::new();
    let mut sorted: Vec<&RevokedCertificate> = revoked.iter().collect();
    sorted.sort_by(|left, right| left.serial.cmp(&right.serial));
    for (index, entry) in sorted.iter().enumerate() {
        if index > 0 && sorted[index - 1].serial == entry.serial {
            let serial = hex::encode_upper(&entry.serial);
            return Err(PkiError::input(
                "revoked serial",
                format!("{serial} is listed twice"),
            ));
        }
        entries.push(RevokedEntry {
            serial_number: SerialNumber::new(&entry.serial)
                .map_err(|_| PkiError::input("revoked serial", "is longer than 20 bytes"))?,
            revocation_date: certificate_time(entry.since)?,
        });
    }

    let mut extensions = ExtensionList::default();
    extensions.add(
        false,
        &certificate::authority_key_identifier(csca.key_identifier())?,
    )?;
    extensions.add(false, &CrlNumber::try_from(number)?)?;
    if !former_names.is_empty() {
        let names = former_names.iter().cloned().map(GeneralName::DirectoryName);
        extensions.add(false, &IssuerAltName(names.collect()))?;
    }
    let der = certificate::sign(
        WHAT,
        &TbsCertList {
            version: Version::V2,
            signature: certificate::algorithm_identifier(csca_signer.algorithm())?,
            issuer: csca.subject().clone(),
            this_update: certificate_time(now)?,
            next_update: certificate_time(now + Duration::days(i64::from(valid_days)))?,
            // Not an empty SEQUENCE: absent when nothing is revoked (Table 9).
            revoked_certificates: Some(entries).filter(|entries| !entries.is_empty()),
            crl_extensions: Some(extensions.into_extensions()),
        },
        csca_signer,
    )?;
    let read = Crl::from_der(&der, csca)?;
    let complete = read.number == number && read.revoked.len() == revoked.len();
    if !complete {
        return Err(PkiError::Profile {
            what: WHAT,
            violations: "it does not read back as meant".into(),
        });
    }
    Ok(der)
}

/// A CRL that was read and whose signature holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crl {
    /// cRLNumber.
    pub number: u64,
    /// When it was issued.
    pub this_update: OffsetDateTime,
    /// When the next one is due.
    pub next_update: OffsetDateTime,
    /// Everything revoked.
    pub revoked: Vec<RevokedCertificate>,
}

impl Crl {
    /// Reads a CRL (DER) and verifies that `csca` issued it.
    ///
    /// # Errors
    /// [`PkiError::Certificate`] when it is not a version 2 list of this CSCA with number and next update, or
    /// its signature does not hold; [`PkiError::Encoding`].
    pub fn from_der(der: &[u8], csca: &Csca) -> Result<Self, PkiError> {
        use der::Encode;
        let refuse = |why: &str| PkiError::certificate(WHAT, why);
        let list: CertificateList = CertificateList::from_der(der)?;
        let tbs = &list.tbs_cert_list;
        if !csca.signed(der) {
            return Err(refuse("its signature does not verify with the CSCA's key"));
        }
        if tbs.version != Version::V2 || tbs.signature != list.signature_algorithm {
            return Err(refuse("not version 2, or its two algorithm fields differ"));
        }
        if tbs.issuer.to_der()? != csca.subject_der()? {
            return Err(refuse("its issuer is not the CSCA"));
        }
        let number: CrlNumber =
            extension(tbs.crl_extensions.as_ref())?.ok_or_else(|| refuse("it has no number"))?;
        let authority: AuthorityKeyIdentifier = extension(tbs.crl_extensions.as_ref())?
            .ok_or_else(|| refuse("it has no authorityKeyIdentifier"))?;
        if authority
            .key_identifier
            .as_ref()
            .map(|identifier| identifier.as_bytes())
            != Some(csca.key_identifier())
        {
            return Err(refuse("its authorityKeyIdentifier is not the CSCA's"));
        }
        let next_update = tbs
            .next_update
            .as_ref()
            .ok_or_else(|| refuse("it has no nextUpdate"))?;
        let revoked = tbs
            .revoked_certificates
            .iter()
            .flatten()
            .map(|entry| RevokedCertificate {
                serial: entry.serial_number.as_bytes().to_vec(),
                since: from_certificate_time(&entry.revocation_date),
            });
        Ok(Self {
            number: number_to_u64(number.0.as_bytes()).ok_or_else(|| refuse("its number is too large"))?,
            this_update: from_certificate_time(&tbs.this_update),
            next_update: from_certificate_time(next_update),
            revoked: revoked.collect(),
        })
    }

    /// Whether a certificate with this serial number (big-endian, no leading zeros) is revoked. Never panics.
    #[must_use]
    pub fn revokes(&self, serial: &[u8]) -> bool {
        self.revoked.iter().any(|entry| entry.serial == serial)
    }
}

fn extension<T>(extensions: Option<&Extensions>) -> Result<Option<T>, PkiError>
where
    T: const_oid::AssociatedOid + for<'a> Decode<'a, Error = der::Error>,
{
    let found = extensions.and_then(|all| all.iter().find(|extension| extension.extn_id == T::OID));
    Ok(found
        .map(|extension| T::from_der(extension.extn_value.as_bytes()))
        .transpose()?)
}

fn number_to_u64(bytes: &[u8]) -> Option<u64> {
    let mut value = [0u8; 8];
    value
        .get_mut(8usize.checked_sub(bytes.len())?..)?
        .copy_from_slice(bytes);
    Some(u64::from_be_bytes(value))
}
