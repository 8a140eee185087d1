//! A CSCA certifies document signers and list signers, each in a directory of its own.

use rand_core::TryCryptoRng;
use time::OffsetDateTime;

use super::csca_directory::CscaDirectory;
use super::document_signer_directory::DocumentSignerDirectory;
use super::files::{
    DS_CERTIFICATE, DS_CERTIFICATE_PEM, DS_KEY, DS_TWIN, DS_TWIN_PEM, LIST_SIGNER_CERTIFICATE,
    LIST_SIGNER_CERTIFICATE_PEM, LIST_SIGNER_KEY, LIST_SIGNER_TWIN, LIST_SIGNER_TWIN_PEM, USAGE,
};
use super::list_signer_directory::ListSignerDirectory;
use super::stored_key::{Destination, StoredSigner};
use super::usage::Usage;
use crate::key_file::durable::{Mode, NewDirectory};
use crate::pki::PkiError;
use crate::pki::certificate::to_pem;
use crate::pki::document_signer::{self, DocumentSignerOptions};
use crate::pki::explicit_parameters::CurveForm;
use crate::pki::list_signer::{self, ListSignerOptions};
use crate::signer::Signer;

impl CscaDirectory {
    /// Makes a document signer in a directory of its own.
    ///
    /// # Errors
    /// [`PkiError`], also when the CSCA was renewed or its register knows the key; then no directory was made. (The
    /// certificate may already be in `issued/`: it was signed.)
    pub fn issue_document_signer(
        &self,
        csca_signer: &dyn Signer,
        destination: Destination<'_>,
        options: &DocumentSignerOptions,
        now: OffsetDateTime,
        rng: &mut (impl TryCryptoRng + ?Sized),
    ) -> Result<DocumentSignerDirectory, PkiError> {
        self.register_in_force()?;
        let new = NewDirectory::create(destination.directory)?;
        let signer = StoredSigner::make(&destination, &new, DS_KEY, rng)?;
        self.must_be_new(&signer)?;
        let der = document_signer::issue(self.csca(), csca_signer, &signer, options, now, rng)?;
        self.add(&new, [DS_CERTIFICATE, DS_CERTIFICATE_PEM], &der)?;
        if destination.named_curve_twin {
            let options = DocumentSignerOptions {
                form: CurveForm::NamedCurve,
                ..options.clone()
            };
            let twin = document_signer::issue(self.csca(), csca_signer, &signer, &options, now, rng)?;
            self.add(&new, [DS_TWIN, DS_TWIN_PEM], &twin)?;
        }
        let usage = Usage::new(options.max_signatures)?;
        new.add(USAGE, &usage.to_json()?, Mode::Secret)?;
        new.commit()?;
        DocumentSignerDirectory::open(destination.directory)
    }

    /// Makes a signer of master lists or deviation lists in a directory of its own.
    ///
    /// # Errors
    /// As [`Self::issue_document_signer`].
    pub fn issue_list_signer(
        &self,
        csca_signer: &dyn Signer,
        destination: Destination<'_>,
        options: &ListSignerOptions,
        now: OffsetDateTime,
        rng: &mut (impl TryCryptoRng + ?Sized),
    ) -> Result<ListSignerDirectory, PkiError> {
        self.register_in_force()?;
        let new = NewDirectory::create(destination.directory)?;
        let signer = StoredSigner::make(&destination, &new, LIST_SIGNER_KEY, rng)?;
        self.must_be_new(&signer)?;
        let der = list_signer::issue(self.csca(), csca_signer, &signer, options, now, rng)?;
        self.add(&new, [LIST_SIGNER_CERTIFICATE, LIST_SIGNER_CERTIFICATE_PEM], &der)?;
        if destination.named_curve_twin {
            let options = ListSignerOptions {
                form: CurveForm::NamedCurve,
                ..options.clone()
            };
            let twin = list_signer::issue(self.csca(), csca_signer, &signer, &options, now, rng)?;
            self.add(&new, [LIST_SIGNER_TWIN, LIST_SIGNER_TWIN_PEM], &twin)?;
        }
        new.commit()?;
        ListSignerDirectory::open(destination.directory)
    }

    /// Makes the document signer that takes over from `old`: another key, the same name, document types, periods and
    /// quota. `old` then signs nothing any more.
    ///
    /// # Errors
    /// As [`Self::issue_document_signer`]; [`PkiError::Refused`] when another CSCA certified `old` or it has a successor.
    pub fn rotate_document_signer(
        &self,
        csca_signer: &dyn Signer,
        old: &DocumentSignerDirectory,
        destination: Destination<'_>,
        now: OffsetDateTime,
        rng: &mut (impl TryCryptoRng + ?Sized),
    ) -> Result<DocumentSignerDirectory, PkiError> {
        let key = old.public_key()?;
        if self.issued_over(key.subject_public_key())?.is_empty() {
            return Err(PkiError::Refused(
                "this CSCA did not certify that document signer".into(),
            ));
        }
        old.must_not_be_retired()?;
        let made = self.issue_document_signer(csca_signer, destination, &old.options()?, now, rng)?;
        old.retire(&made.serial()?, now)?;
        Ok(made)
    }

    /// Files a certificate in `issued/` and adds it to a new directory, as DER and as PEM.
    fn add(&self, new: &NewDirectory, names: [&str; 2], der: &[u8]) -> Result<(), PkiError> {
        let [name, pem_name] = names;
        self.record(der)?;
        new.add(name, der, Mode::Public)?;
        new.add(pem_name, to_pem(der)?.as_bytes(), Mode::Public)?;
        Ok(())
    }

    /// Refuses a key that this CSCA has certified before: a random number generator that repeats itself makes every key
    /// guessable.
    fn must_be_new(&self, signer: &dyn Signer) -> Result<(), PkiError> {
        match self
            .issued_over(signer.public_key().subject_public_key())?
            .first()
        {
            None => Ok(()),
            Some(serial) => Err(PkiError::Refused(format!(
                "weak key: the certificate {} is over the same key; check the random number generator",
                hex::encode_upper(serial)
            ))),
        }
    }
}
