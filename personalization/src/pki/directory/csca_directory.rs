//! The directory of a CSCA: made, opened, locked.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use der::Decode;
use rand_core::TryCryptoRng;
use time::OffsetDateTime;
use x509_cert::Certificate;

use super::files::{
    CRL, CSCA_CERTIFICATE, CSCA_CERTIFICATE_PEM, CSCA_KEY, CSCA_TWIN, CSCA_TWIN_PEM, ISSUED, LINK, REGISTER,
    io_error, read, read_optional,
};
use super::register::Register;
use super::stored_key::{Destination, KeyPlace, StoredSigner};
use crate::key_file::Passphrase;
use crate::key_file::durable::{self, Mode, NewDirectory};
use crate::pki::PkiError;
use crate::pki::certificate::to_pem;
use crate::pki::crl::{self, Crl, MAX_DAYS};
use crate::pki::csca::{self, Csca, CscaOptions};
use crate::pki::explicit_parameters::CurveForm;

/// Makes a CSCA: key, certificate, first (empty) CRL, register.
///
/// # Errors
/// [`PkiError`]; then no directory was made.
pub fn init_csca(
    destination: Destination<'_>,
    options: &CscaOptions,
    now: OffsetDateTime,
    rng: &mut (impl TryCryptoRng + ?Sized),
) -> Result<CscaDirectory, PkiError> {
    let new = NewCsca::make(destination, options, now, rng)?;
    let register = Register::first(1);
    new.commit(&register, now)
}

/// A CSCA whose directory is not there yet.
pub(super) struct NewCsca<'a> {
    destination: Destination<'a>,
    directory: NewDirectory,
    signer: StoredSigner,
    csca: Csca,
}

impl<'a> NewCsca<'a> {
    /// Makes key and certificates.
    pub fn make(
        destination: Destination<'a>,
        options: &CscaOptions,
        now: OffsetDateTime,
        rng: &mut (impl TryCryptoRng + ?Sized),
    ) -> Result<Self, PkiError> {
        let directory = NewDirectory::create(destination.directory)?;
        let signer = StoredSigner::make(&destination, &directory, CSCA_KEY, rng)?;
        let der = csca::issue(&signer, options, now, rng)?;
        directory.add_directory(ISSUED)?;
        let new = Self {
            destination,
            directory,
            signer,
            csca: Csca::from_der(&der)?,
        };
        new.add([CSCA_CERTIFICATE, CSCA_CERTIFICATE_PEM], &der)?;
        if destination.named_curve_twin {
            let options = CscaOptions {
                form: CurveForm::NamedCurve,
                ..options.clone()
            };
            let twin = csca::issue(&new.signer, &options, now, rng)?;
            new.add([CSCA_TWIN, CSCA_TWIN_PEM], &twin)?;
        }
        Ok(new)
    }

    /// The new CSCA.
    pub fn csca(&self) -> &Csca {
        &self.csca
    }

    /// Adds a certificate, as DER and as PEM.
    pub fn add(&self, names: [&str; 2], der: &[u8]) -> Result<(), PkiError> {
        let [name, pem_name] = names;
        self.directory.add(name, der, Mode::Public)?;
        Ok(self
            .directory
            .add(pem_name, to_pem(der)?.as_bytes(), Mode::Public)?)
    }

    /// Takes over a certificate that the CSCA before this one issued.
    pub fn add_issued(&self, serial: &[u8], der: &[u8]) -> Result<(), PkiError> {
        let name = format!("{ISSUED}/{}.der", hex::encode_upper(serial));
        Ok(self.directory.add(&name, der, Mode::Public)?)
    }

    /// Issues the CRL that the register describes and gives the directory its name.
    pub fn commit(self, register: &Register, now: OffsetDateTime) -> Result<CscaDirectory, PkiError> {
        let crl = crl::issue_after_name_change(
            &self.csca,
            &self.signer,
            register.crl_number,
            &register.entries()?,
            &register.former_names()?,
            MAX_DAYS,
            now,
        )?;
        self.directory.add(CRL, &crl, Mode::Public)?;
        self.directory.add(REGISTER, &register.to_json()?, Mode::Secret)?;
        self.directory.commit()?;
        CscaDirectory::open(self.destination.directory)
    }
}

/// A serial number (big-endian without leading zeros) and the certificate that has it (DER).
type IssuedCertificate = (Vec<u8>, Vec<u8>);

/// The directory of a CSCA.
#[derive(Debug, Clone)]
pub struct CscaDirectory {
    path: PathBuf,
    csca: Csca,
    twin: Option<Vec<u8>>,
}

impl CscaDirectory {
    /// Opens the directory's public part: the certificates. No passphrase is needed.
    ///
    /// # Errors
    /// [`PkiError::File`] when a file cannot be read, [`PkiError::Certificate`] when `csca.der` is not a sound
    /// CSCA certificate or the twin belongs to another key.
    pub fn open(path: &Path) -> Result<Self, PkiError> {
        let csca = Csca::from_der(&read(&path.join(CSCA_CERTIFICATE))?)?;
        let twin = read_optional(&path.join(CSCA_TWIN))?;
        if let Some(twin) = &twin
            && Csca::from_der(twin)?.key() != csca.key()
        {
            return Err(PkiError::certificate(
                "the CSCA's named-curve twin",
                "is over another key",
            ));
        }
        Ok(Self {
            path: path.to_owned(),
            csca,
            twin,
        })
    }

    /// The CSCA.
    pub fn csca(&self) -> &Csca {
        &self.csca
    }

    /// The named-curve twin's certificate (DER), if there is one.
    pub fn named_curve_twin(&self) -> Option<&[u8]> {
        self.twin.as_deref()
    }

    /// The link certificate (DER) by which the CSCA before this one vouches for it, if this one is a renewal.
    ///
    /// # Errors
    /// [`PkiError::File`].
    pub fn link(&self) -> Result<Option<Vec<u8>>, PkiError> {
        read_optional(&self.path.join(LINK))
    }

    /// The newest CRL (DER); its signature and issuer hold.
    ///
    /// # Errors
    /// [`PkiError::File`], [`PkiError::Certificate`].
    pub fn crl_der(&self) -> Result<Vec<u8>, PkiError> {
        let der = read(&self.path.join(CRL))?;
        Crl::from_der(&der, &self.csca)?;
        Ok(der)
    }

    /// Where the CSCA's key is: whether [`Self::signer`] takes a passphrase or a PIN.
    ///
    /// # Errors
    /// [`PkiError::File`]; [`PkiError::Signer`] when the name of a key in a token is malformed.
    pub fn key_place(&self) -> Result<KeyPlace, PkiError> {
        KeyPlace::find(&self.path, CSCA_KEY)
    }

    /// Opens the CSCA's key with its passphrase, or the token's PIN.
    ///
    /// # Errors
    /// [`PkiError::File`] (also a wrong passphrase), [`PkiError::Signer`] from the token, [`PkiError::Refused`] when the
    /// key is not the certificate's.
    pub fn signer(&self, secret: &Passphrase) -> Result<StoredSigner, PkiError> {
        let signer = self.key_place()?.open(secret)?;
        self.csca.must_be_key_of(&signer)?;
        Ok(signer)
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// What was revoked, and the number of the newest CRL.
    pub(super) fn register(&self) -> Result<Register, PkiError> {
        Register::from_json(&read(&self.path.join(REGISTER))?)
    }

    /// The register of a CSCA that was not renewed: the only one that may issue anything.
    ///
    /// # Errors
    /// [`PkiError::Refused`] after a renewal.
    pub(super) fn register_in_force(&self) -> Result<Register, PkiError> {
        let register = self.register()?;
        match &register.successor {
            None => Ok(register),
            Some(key) => Err(PkiError::Refused(format!(
                "this CSCA was renewed; the CSCA with the key {key} issues in its place"
            ))),
        }
    }

    /// Files a signed certificate under its serial number.
    pub(super) fn record(&self, der: &[u8]) -> Result<(), PkiError> {
        let certificate = Certificate::from_der(der)?;
        let serial = hex::encode_upper(certificate.tbs_certificate().serial_number().as_bytes());
        let path = self.path.join(ISSUED).join(format!("{serial}.der"));
        Ok(durable::write_new(&path, der, Mode::Public)?)
    }

    /// Every certificate that this CSCA, or one before it, issued to others: serial number and DER.
    pub(super) fn issued(&self) -> Result<Vec<IssuedCertificate>, PkiError> {
        let directory = self.path.join(ISSUED);
        let entries = fs::read_dir(&directory).map_err(|source| io_error(&directory, source))?;
        let mut certificates = Vec::new();
        for entry in entries {
            let path = entry.map_err(|source| io_error(&directory, source))?.path();
            if path.extension().is_some_and(|extension| extension == "der") {
                let der = read(&path)?;
                let certificate = Certificate::from_der(&der)?;
                let serial = certificate.tbs_certificate().serial_number().as_bytes().to_vec();
                certificates.push((serial, der));
            }
        }
        Ok(certificates)
    }

    /// The serial numbers of all issued certificates over this key (the contents of `subjectPublicKey`: for an EC key its
    /// point, however the curve is described).
    pub(super) fn issued_over(&self, key: &[u8]) -> Result<Vec<Vec<u8>>, PkiError> {
        let mut serials = Vec::new();
        for (serial, der) in self.issued()? {
            let certificate = Certificate::from_der(&der)?;
            let info = certificate.tbs_certificate().subject_public_key_info();
            if info.subject_public_key.raw_bytes() == key {
                serials.push(serial);
            }
        }
        Ok(serials)
    }

    /// Keeps other programs from changing this CSCA for as long as the result lives.
    pub(super) fn lock(&self) -> Result<File, PkiError> {
        let path = self.path.join(CSCA_CERTIFICATE);
        let file = File::open(&path).map_err(|source| io_error(&path, source))?;
        file.try_lock().map_err(|error| match error {
            fs::TryLockError::WouldBlock => {
                PkiError::Refused("another program is changing this CSCA at the moment".into())
            }
            fs::TryLockError::Error(source) => io_error(&path, source),
        })?;
        Ok(file)
    }
}
