//! With what cards are made, whosever they are: the document signer, the issuer's keys, whom the cards' terminals are judged by.

use std::sync::Arc;

use personalization::image::{HolderSecrets, TerminalTrust};
use personalization::job::{PersonalizationJob, PrepareError, UnsignedCard};
use personalization::keys::{CHIP_SERIAL_LEN, ChipKeySets, ChipKeys, IssuerMasterKeys};
use personalization::signer::Signer;
use personalization::sod::SignerCertificate;
use time::OffsetDateTime;

/// The master keys of every application beside the eMRTD that has keys of its own: name, AID, keys.
#[derive(Default)]
pub struct ApplicationMasters(Vec<(String, Vec<u8>, IssuerMasterKeys)>);

impl ApplicationMasters {
    /// Adds the keys of an application.
    pub fn add(&mut self, name: String, aid: Vec<u8>, keys: IssuerMasterKeys) {
        self.0.push((name, aid, keys));
    }

    /// The keys of all of them on the chip with this serial number, by the application's name.
    #[must_use]
    pub fn keys(&self, serial: &[u8; CHIP_SERIAL_LEN]) -> Vec<(String, ChipKeys)> {
        let keys = |(name, aid, master): &(String, Vec<u8>, IssuerMasterKeys)| {
            (name.clone(), master.application_keys(serial, aid))
        };
        self.0.iter().map(keys).collect()
    }
}

/// All that is the issuer's, opened.
#[derive(Clone)]
pub struct Office<'a> {
    /// The document signer's certificate.
    pub certificate: Arc<SignerCertificate>,
    /// Its serial number, hexadecimal: by that the ledger counts what it signs.
    pub document_signer: String,
    /// Signatures that it may make ([`Event::QuotaExtended`](crate::ledger::Event::QuotaExtended) comes on top); `None` where
    /// nobody counts.
    pub quota: Option<u64>,
    /// Its key.
    pub signer: &'a dyn Signer,
    /// The keys that open blank chips.
    pub issuer_keys: &'a IssuerMasterKeys,
    /// What Terminal Authentication starts from.
    pub terminal_trust: Option<&'a TerminalTrust>,
    /// Whence the keys of applications beside the eMRTD come.
    pub application_masters: &'a ApplicationMasters,
}

impl Office<'_> {
    /// The keys of the chip with this serial number: those that open it, and those that the card will have.
    #[must_use]
    pub fn key_sets(&self, serial: &[u8; CHIP_SERIAL_LEN]) -> ChipKeySets {
        ChipKeySets {
            applications: self.application_masters.keys(serial),
            ..self.issuer_keys.key_sets(serial)
        }
    }

    /// Checks everything that a card is made of, and encodes what does not depend on its chip. `holder` are PIN and PUK, where the
    /// profile has them.
    ///
    /// # Errors
    /// [`PrepareError`].
    pub fn begin<'j>(
        &self,
        job: &'j PersonalizationJob<'_>,
        holder: Option<HolderSecrets>,
        now: OffsetDateTime,
    ) -> Result<UnsignedCard<'j>, PrepareError> {
        let mut unsigned = job.begin_with(self.signer, &self.certificate, now)?;
        if let Some(secrets) = holder {
            unsigned.set_holder_secrets(secrets);
        }
        if let Some(trust) = self.terminal_trust {
            unsigned.set_terminal_trust(trust.clone());
        }
        Ok(unsigned)
    }
}
