//! Revocation: what the register holds, and the list that is published.

use der::Decode;
use time::OffsetDateTime;
use x509_cert::Certificate;

use super::csca_directory::CscaDirectory;
use super::files::{CRL, ISSUED, REGISTER, read, read_optional};
use super::register::{Register, RegisteredRevocation, RevocationReason};
use crate::key_file::durable::{self, Mode};
use crate::pki::PkiError;
use crate::pki::crl::{self, Crl};
use crate::signer::Signer;

impl CscaDirectory {
    /// Issues the next CRL: everything in the register, the next number. Returns DER.
    ///
    /// # Errors
    /// [`PkiError::Refused`] while another program changes this CSCA; otherwise as [`crl::issue`].
    pub fn issue_crl(
        &self,
        csca_signer: &dyn Signer,
        valid_days: u16,
        now: OffsetDateTime,
    ) -> Result<Vec<u8>, PkiError> {
        let _lock = self.lock()?;
        let register = self.register_in_force()?;
        self.publish(register, csca_signer, valid_days, now)
    }

    /// Revokes certificates, and their twins over the same keys, and issues the next CRL. Returns the CRL in DER.
    ///
    /// Serial numbers are big-endian without leading zeros (see
    /// [`serial_from_text`](crate::pki::certificate::serial_from_text)). Revoking again changes nothing and is no
    /// error. All or none: one unknown serial number, and nothing is revoked.
    ///
    /// # Errors
    /// [`PkiError::Input`] when this CSCA never issued one of them; otherwise as [`Self::issue_crl`].
    pub fn revoke(
        &self,
        csca_signer: &dyn Signer,
        serials: &[Vec<u8>],
        reason: RevocationReason,
        valid_days: u16,
        now: OffsetDateTime,
    ) -> Result<Vec<u8>, PkiError> {
        let _lock = self.lock()?;
        let mut register = self.register_in_force()?;
        for serial in serials {
            for serial in self.with_same_key(serial)? {
                register.revoke(&serial, reason, now)?;
            }
        }
        self.publish(register, csca_signer, valid_days, now)
    }

    /// Every revocation with its reason.
    ///
    /// # Errors
    /// [`PkiError::File`], [`PkiError::Certificate`] when the register cannot be read.
    pub fn revocations(&self) -> Result<Vec<RegisteredRevocation>, PkiError> {
        Ok(self.register()?.revoked)
    }

    /// The CRL that is published.
    pub(super) fn published(&self) -> Result<Crl, PkiError> {
        Crl::from_der(&read(&self.path().join(CRL))?, self.csca())
    }

    fn publish(
        &self,
        mut register: Register,
        csca_signer: &dyn Signer,
        valid_days: u16,
        now: OffsetDateTime,
    ) -> Result<Vec<u8>, PkiError> {
        let published = self.published()?;
        // Whatever happened to the register, what was published is not taken back.
        let missing = published
            .revoked
            .iter()
            .find(|entry| !register.contains(&entry.serial));
        if let Some(entry) = missing {
            return Err(PkiError::certificate(
                "the register",
                format!(
                    "lacks serial {}, which the newest CRL revokes",
                    hex::encode_upper(&entry.serial)
                ),
            ));
        }
        register.crl_number = register
            .crl_number
            .max(published.number)
            .checked_add(1)
            .ok_or_else(|| PkiError::Refused("the CRL numbers are used up".into()))?;
        let revoked = register.entries()?;
        let der = crl::issue_after_name_change(
            self.csca(),
            csca_signer,
            register.crl_number,
            &revoked,
            &register.former_names()?,
            valid_days,
            now,
        )?;
        durable::replace(&self.path().join(REGISTER), &register.to_json()?, Mode::Secret)?;
        durable::replace(&self.path().join(CRL), &der, Mode::Public)?;
        Ok(der)
    }

    /// The serial numbers of all issued certificates over the key of the one with this serial number.
    fn with_same_key(&self, serial: &[u8]) -> Result<Vec<Vec<u8>>, PkiError> {
        let serial = hex::encode_upper(serial);
        let path = self.path().join(ISSUED).join(format!("{serial}.der"));
        let wanted = read_optional(&path)?.ok_or_else(|| {
            PkiError::input(
                "serial number",
                format!("this CSCA issued no certificate {serial}"),
            )
        })?;
        let wanted = Certificate::from_der(&wanted)?;
        let info = wanted.tbs_certificate().subject_public_key_info();
        self.issued_over(info.subject_public_key.raw_bytes())
    }
}
