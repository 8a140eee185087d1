//! The directory that a station gets: a document signer's certificate, its encrypted key, and how often it signed.

use std::path::{Path, PathBuf};

use der::Decode;
use time::{Duration, OffsetDateTime};
use x509_cert::Certificate;
use x509_cert::ext::pkix::PrivateKeyUsagePeriod;

use super::files::{DS_CERTIFICATE, DS_KEY, DS_TWIN, read, read_optional};
use super::stored_key::{KeyPlace, StoredSigner};
use super::usage::{CountedSigner, Retirement, Usage, rfc3339};
use crate::key_file::{Passphrase, durable};
use crate::pki::PkiError;
use crate::pki::certificate::public_key;
use crate::pki::document_signer::DocumentSignerOptions;
use crate::pki::document_types::document_types;
use crate::pki::name::{COMMON_NAME, ORGANIZATION_NAME, attribute};
use crate::pki::time::{from_certificate_time, from_generalized_time};
use crate::signer::{PublicKey, Signer};

/// How long before the end of a key's use its successor should be made.
const ROTATION_NOTICE: Duration = Duration::days(14);

/// The directory of a document signer.
#[derive(Debug, Clone)]
pub struct DocumentSignerDirectory {
    path: PathBuf,
    certificate: Vec<u8>,
    twin: Option<Vec<u8>>,
}

/// What a document signer may still do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DocumentSignerState {
    /// Its key may not be used yet.
    NotYetValid,
    /// It signs.
    InUse,
    /// It signs, and it is time to make its successor: less than 14 days or a tenth of the quota are left.
    RotationDue,
    /// The quota is used up.
    Exhausted,
    /// The period of use of its key is over.
    PeriodOver,
    /// Another took over.
    Retired,
}

impl DocumentSignerState {
    /// The word for it in reports.
    pub const fn word(self) -> &'static str {
        match self {
            Self::NotYetValid => "not-yet-valid",
            Self::InUse => "in-use",
            Self::RotationDue => "rotation-due",
            Self::Exhausted => "exhausted",
            Self::PeriodOver => "period-over",
            Self::Retired => "retired",
        }
    }
}

/// How much a document signer has signed, and what is left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentSignerStatus {
    /// What it may still do.
    pub state: DocumentSignerState,
    /// Signatures made.
    pub signatures: u64,
    /// Signatures that its key may make, with those that two people allowed beyond its quota.
    pub max_signatures: u64,
    /// Last moment in which its key may be used.
    pub usage_end: OffsetDateTime,
    /// Serial number of the signer that took over.
    pub successor: Option<String>,
    /// When its private key was deleted (RFC 3339).
    pub key_erased: Option<String>,
}

impl DocumentSignerDirectory {
    /// Opens the directory's public part: the certificates. No passphrase is needed.
    ///
    /// # Errors
    /// [`PkiError::File`], [`PkiError::Encoding`] or [`PkiError::Certificate`].
    pub fn open(path: &Path) -> Result<Self, PkiError> {
        let certificate = read(&path.join(DS_CERTIFICATE))?;
        let twin = read_optional(&path.join(DS_TWIN))?;
        let key = public_key(&Certificate::from_der(&certificate)?)?;
        if let Some(twin) = &twin
            && public_key(&Certificate::from_der(twin)?)? != key
        {
            return Err(PkiError::certificate(
                "the document signer's named-curve twin",
                "is over another key",
            ));
        }
        Ok(Self {
            path: path.to_owned(),
            certificate,
            twin,
        })
    }

    /// The certificate (DER) that goes into EF.SOD.
    pub fn certificate_der(&self) -> &[u8] {
        &self.certificate
    }

    /// The named-curve twin's certificate (DER), if there is one.
    pub fn named_curve_twin(&self) -> Option<&[u8]> {
        self.twin.as_deref()
    }

    /// The certificate's serial number, upper-case hexadecimal, as `eid pki crl` takes it.
    ///
    /// # Errors
    /// [`PkiError::Encoding`].
    pub fn serial(&self) -> Result<String, PkiError> {
        let certificate = Certificate::from_der(&self.certificate)?;
        Ok(hex::encode_upper(
            certificate.tbs_certificate().serial_number().as_bytes(),
        ))
    }

    /// Where the document signer's key is: whether [`Self::signer`] takes a passphrase or a PIN.
    ///
    /// # Errors
    /// [`PkiError::File`]; [`PkiError::Signer`] when the name of a key in a token is malformed.
    pub fn key_place(&self) -> Result<KeyPlace, PkiError> {
        KeyPlace::find(&self.path, DS_KEY)
    }

    /// Opens the document signer's key with its passphrase, or the token's PIN. What it signs is counted in `usage.json`.
    ///
    /// # Errors
    /// [`PkiError::File`] (also a wrong passphrase), [`PkiError::Signer`] from the token, [`PkiError::Refused`] when the key is not the certificate's, the
    /// quota is used up or another signer took over.
    pub fn signer(&self, secret: &Passphrase) -> Result<CountedSigner<StoredSigner>, PkiError> {
        self.must_not_be_retired()?;
        let signer = self.key_place()?.open(secret)?;
        if *signer.public_key() != self.public_key()? {
            return Err(PkiError::Refused("the key does not belong to ds.der".into()));
        }
        self.counted(signer)
    }

    /// Makes any signer with this document signer's key count what it signs, in `usage.json`.
    ///
    /// # Errors
    /// [`PkiError::Refused`] when the quota is used up or another signer took over.
    pub fn counted<S: Signer>(&self, signer: S) -> Result<CountedSigner<S>, PkiError> {
        self.must_not_be_retired()?;
        let usage = Usage::read(&self.path)?;
        if usage.signatures >= usage.limit() {
            return Err(PkiError::Refused(format!(
                "the document signer has made its {} signatures; rotate it",
                usage.limit()
            )));
        }
        Ok(CountedSigner::new(signer, &self.path))
    }

    /// Takes over that it may make so many signatures beyond its quota, in all, as the ledger with this identifier allows by two
    /// people's word. To do it again changes nothing, and the number never falls.
    ///
    /// # Errors
    /// [`PkiError::File`]; [`PkiError::Refused`] when `usage.json` is gone or another signer took over.
    pub fn extend_quota(&self, ledger: &str, signatures: u64) -> Result<(), PkiError> {
        self.must_not_be_retired()?;
        Usage::change(&self.path, |usage| {
            usage.extend(ledger, signatures);
            Ok(())
        })
    }

    /// What it has signed and may still sign.
    ///
    /// # Errors
    /// [`PkiError::File`], [`PkiError::Certificate`], [`PkiError::Encoding`]; [`PkiError::Refused`] when `usage.json` is gone.
    pub fn status(&self, now: OffsetDateTime) -> Result<DocumentSignerStatus, PkiError> {
        let usage = Usage::read(&self.path)?;
        let (begin, end) = self.usage_period()?;
        let max_signatures = usage.limit();
        let left = max_signatures.saturating_sub(usage.signatures);
        let state = if usage.retired.is_some() {
            DocumentSignerState::Retired
        } else if now < begin {
            DocumentSignerState::NotYetValid
        } else if now > end {
            DocumentSignerState::PeriodOver
        } else if left == 0 {
            DocumentSignerState::Exhausted
        } else if end - now < ROTATION_NOTICE || left < max_signatures / 10 {
            DocumentSignerState::RotationDue
        } else {
            DocumentSignerState::InUse
        };
        let (successor, key_erased) = usage
            .retired
            .map(|retirement| (retirement.successor, retirement.key_erased))
            .unzip();
        Ok(DocumentSignerStatus {
            state,
            signatures: usage.signatures,
            max_signatures,
            usage_end: end,
            successor,
            key_erased: key_erased.flatten(),
        })
    }

    /// Deletes the private key of a retired document signer (9303-12 §4.1.1 recommends it) and writes down when.
    ///
    /// The file is removed; whether its bytes are gone is for the storage to say.
    ///
    /// # Errors
    /// [`PkiError::Refused`] when no other signer took over yet; [`PkiError::File`].
    pub fn erase_key(&self, now: OffsetDateTime) -> Result<(), PkiError> {
        Usage::change(&self.path, |usage| {
            let Some(retirement) = &mut usage.retired else {
                return Err(PkiError::Refused(
                    "the document signer is in use; rotate it first".into(),
                ));
            };
            match self.key_place()? {
                KeyPlace::File(path) => durable::remove(&path)?,
                KeyPlace::Token(uri) => {
                    return Err(PkiError::Refused(format!(
                        "the key is in a token: delete it there ({uri})"
                    )));
                }
            }
            retirement.key_erased.get_or_insert(rfc3339(now)?);
            Ok(())
        })
    }

    /// The public key.
    ///
    /// # Errors
    /// [`PkiError::Encoding`], [`PkiError::Certificate`].
    pub fn public_key(&self) -> Result<PublicKey, PkiError> {
        public_key(&Certificate::from_der(&self.certificate)?)
    }

    /// Refuses a signer that has a successor.
    pub(super) fn must_not_be_retired(&self) -> Result<(), PkiError> {
        match Usage::read(&self.path)?.retired {
            None => Ok(()),
            Some(retirement) => Err(PkiError::Refused(format!(
                "the document signer was retired; {} signs in its place",
                retirement.successor
            ))),
        }
    }

    /// From now on it signs nothing.
    pub(super) fn retire(&self, successor: &str, now: OffsetDateTime) -> Result<(), PkiError> {
        Usage::change(&self.path, |usage| {
            usage.retired = Some(Retirement {
                since: rfc3339(now)?,
                successor: successor.to_owned(),
                key_erased: None,
            });
            Ok(())
        })
    }

    /// What it was issued with, read from its certificate: for a successor like it.
    pub(super) fn options(&self) -> Result<DocumentSignerOptions, PkiError> {
        const WHAT: &str = "the document-signer certificate";
        let certificate = Certificate::from_der(&self.certificate)?;
        let tbs = certificate.tbs_certificate();
        let common_name = attribute(tbs.subject(), COMMON_NAME)
            .ok_or_else(|| PkiError::certificate(WHAT, "it has no common name"))?;
        let (begin, end) = self.usage_period()?;
        let not_after = from_certificate_time(&tbs.validity().not_after);
        Ok(DocumentSignerOptions {
            organization: attribute(tbs.subject(), ORGANIZATION_NAME),
            document_types: document_types(&certificate)?.unwrap_or_default(),
            // The backdating of an hour is part of the period.
            usage_days: u16::try_from((end - begin).whole_days())
                .map_err(|_| PkiError::certificate(WHAT, "its key is in use for too long"))?,
            document_years: u8::try_from(not_after.year() - end.year())
                .map_err(|_| PkiError::certificate(WHAT, "it is valid for too long"))?,
            max_signatures: Usage::read(&self.path)?.max_signatures,
            ..DocumentSignerOptions::new(common_name)
        })
    }

    /// Begin and end of the use of its key.
    fn usage_period(&self) -> Result<(OffsetDateTime, OffsetDateTime), PkiError> {
        let certificate = Certificate::from_der(&self.certificate)?;
        let tbs = certificate.tbs_certificate();
        let period = tbs
            .get_extension::<PrivateKeyUsagePeriod>()?
            .map(|(_, period)| period);
        let end_of = |time: &x509_cert::time::Time| from_certificate_time(time);
        let begin = period
            .as_ref()
            .and_then(|period| period.not_before.as_ref().map(from_generalized_time));
        let end = period
            .as_ref()
            .and_then(|period| period.not_after.as_ref().map(from_generalized_time));
        Ok((
            begin.unwrap_or_else(|| end_of(&tbs.validity().not_before)),
            end.unwrap_or_else(|| end_of(&tbs.validity().not_after)),
        ))
    }
}
