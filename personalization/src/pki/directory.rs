//! The files of `eid pki …`: a directory for a CSCA, a directory for each document signer.
//!
//! ```text
//! CSCA directory                               document-signer directory
//!   csca.der, csca.pem   the certificate         ds.der, ds.pem   the certificate
//!   csca.key             its key, encrypted      ds.key           its key, encrypted
//!   csca-named-curve.…   the twin, if asked      ds-named-curve.… the twin, if asked
//!   crl.der              the newest CRL
//!   register.json        revocations and the number of the newest CRL
//!   issued/SERIAL.der    every certificate that this CSCA signed
//! ```
//!
//! A directory appears whole or not at all and is never overwritten. A change of the CRL writes the register
//! first and the list second, each in one step: a crash between the two costs a number, never a revocation,
//! and numbers never fall. One program at a time changes a CSCA (a lock on `csca.der`, which never changes).
//!
//! A *twin* is a second certificate over the same key that names the curve instead of spelling it out, for
//! software that refuses explicit parameters. It has a serial number of its own; revoking one revokes both.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use der::Decode;
use rand_core::TryCryptoRng;
use time::OffsetDateTime;
use x509_cert::Certificate;

use super::PkiError;
use super::certificate::{public_key, to_pem};
use super::crl::{self, Crl, MAX_DAYS};
use super::csca::{self, Csca, CscaOptions};
use super::document_signer::{self, DocumentSignerOptions};
use super::explicit_parameters::CurveForm;
use crate::key_file::durable::{self, Mode, NewDirectory};
use crate::key_file::{KeyFileError, Passphrase};
use crate::signer::{FileSigner, Signer};

mod document_signer_directory;
mod register;

pub use document_signer_directory::DocumentSignerDirectory;
use document_signer_directory::{DS_CERTIFICATE, DS_CERTIFICATE_PEM, DS_KEY, DS_TWIN, DS_TWIN_PEM};
use register::Register;
pub use register::{RegisteredRevocation, RevocationReason};

const CSCA_CERTIFICATE: &str = "csca.der";
const CSCA_CERTIFICATE_PEM: &str = "csca.pem";
const CSCA_TWIN: &str = "csca-named-curve.der";
const CSCA_TWIN_PEM: &str = "csca-named-curve.pem";
const CSCA_KEY: &str = "csca.key";
const CRL: &str = "crl.der";
const REGISTER: &str = "register.json";
const ISSUED: &str = "issued";

/// The largest certificate, CRL or register that is read, in bytes.
const FILE_SIZE_LIMIT: u64 = 16 * 1024 * 1024;

/// Where a new key and its certificates go.
#[derive(Debug, Clone, Copy)]
pub struct Destination<'a> {
    /// The directory to be made; it must not exist or be empty.
    pub directory: &'a Path,
    /// Encrypts the key.
    pub passphrase: &'a Passphrase,
    /// Whether a second certificate over the same key is made that names the curve.
    pub named_curve_twin: bool,
}

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
    let Destination {
        directory,
        passphrase,
        named_curve_twin,
    } = destination;
    let new = NewDirectory::create(directory)?;
    let signer = FileSigner::generate(rng)?;
    let der = csca::issue(&signer, options, now, rng)?;
    let csca = Csca::from_der(&der)?;
    let first_crl = crl::issue(&csca, &signer, 1, &[], MAX_DAYS, now)?;

    signer.save(&new.path(CSCA_KEY), passphrase, rng)?;
    new.add(CSCA_CERTIFICATE, &der, Mode::Public)?;
    new.add(CSCA_CERTIFICATE_PEM, to_pem(&der)?.as_bytes(), Mode::Public)?;
    new.add_directory(ISSUED)?;
    if named_curve_twin {
        let options = CscaOptions {
            form: CurveForm::NamedCurve,
            ..options.clone()
        };
        let twin = csca::issue(&signer, &options, now, rng)?;
        new.add(CSCA_TWIN, &twin, Mode::Public)?;
        new.add(CSCA_TWIN_PEM, to_pem(&twin)?.as_bytes(), Mode::Public)?;
    }
    new.add(CRL, &first_crl, Mode::Public)?;
    new.add(REGISTER, &Register::first(1).to_json()?, Mode::Secret)?;
    new.commit()?;
    CscaDirectory::open(directory)
}

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
            && Csca::from_der(twin)?.key().point != csca.key().point
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

    /// The newest CRL (DER); its signature and issuer hold.
    ///
    /// # Errors
    /// [`PkiError::File`], [`PkiError::Certificate`].
    pub fn crl_der(&self) -> Result<Vec<u8>, PkiError> {
        let der = read(&self.path.join(CRL))?;
        Crl::from_der(&der, &self.csca)?;
        Ok(der)
    }

    /// Opens the CSCA's key.
    ///
    /// # Errors
    /// [`PkiError::File`] (also a wrong passphrase), [`PkiError::Refused`] when the key is not the certificate's.
    pub fn signer(&self, passphrase: &Passphrase) -> Result<FileSigner, PkiError> {
        let signer = FileSigner::open(&self.path.join(CSCA_KEY), passphrase)?;
        self.csca.must_be_key_of(&signer)?;
        Ok(signer)
    }

    /// Makes a document signer in a directory of its own.
    ///
    /// # Errors
    /// [`PkiError`]; then no directory was made. (The certificate may already be in `issued/`: it was signed.)
    pub fn issue_document_signer(
        &self,
        csca_signer: &dyn Signer,
        destination: Destination<'_>,
        options: &DocumentSignerOptions,
        now: OffsetDateTime,
        rng: &mut (impl TryCryptoRng + ?Sized),
    ) -> Result<DocumentSignerDirectory, PkiError> {
        let Destination {
            directory,
            passphrase,
            named_curve_twin,
        } = destination;
        let new = NewDirectory::create(directory)?;
        let signer = FileSigner::generate(rng)?;
        signer.save(&new.path(DS_KEY), passphrase, rng)?;
        let der = document_signer::issue(&self.csca, csca_signer, &signer, options, now, rng)?;
        self.record(&der)?;
        new.add(DS_CERTIFICATE, &der, Mode::Public)?;
        new.add(DS_CERTIFICATE_PEM, to_pem(&der)?.as_bytes(), Mode::Public)?;
        if named_curve_twin {
            let options = DocumentSignerOptions {
                form: CurveForm::NamedCurve,
                ..options.clone()
            };
            let twin = document_signer::issue(&self.csca, csca_signer, &signer, &options, now, rng)?;
            self.record(&twin)?;
            new.add(DS_TWIN, &twin, Mode::Public)?;
            new.add(DS_TWIN_PEM, to_pem(&twin)?.as_bytes(), Mode::Public)?;
        }
        new.commit()?;
        DocumentSignerDirectory::open(directory)
    }

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
        let register = self.register()?;
        self.publish(register, csca_signer, valid_days, now)
    }

    /// Revokes certificates, and their twins over the same keys, and issues the next CRL. Returns the CRL in DER.
    ///
    /// Serial numbers are big-endian without leading zeros (see
    /// [`serial_from_text`](super::certificate::serial_from_text)). Revoking again changes nothing and is no
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
        let mut register = self.register()?;
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

    fn publish(
        &self,
        mut register: Register,
        csca_signer: &dyn Signer,
        valid_days: u16,
        now: OffsetDateTime,
    ) -> Result<Vec<u8>, PkiError> {
        let published = Crl::from_der(&read(&self.path.join(CRL))?, &self.csca)?;
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
        let der = crl::issue(
            &self.csca,
            csca_signer,
            register.crl_number,
            &revoked,
            valid_days,
            now,
        )?;
        durable::replace(&self.path.join(REGISTER), &register.to_json()?, Mode::Secret)?;
        durable::replace(&self.path.join(CRL), &der, Mode::Public)?;
        Ok(der)
    }

    fn register(&self) -> Result<Register, PkiError> {
        Register::from_json(&read(&self.path.join(REGISTER))?)
    }

    /// Files a signed certificate under its serial number.
    fn record(&self, der: &[u8]) -> Result<(), PkiError> {
        let certificate = Certificate::from_der(der)?;
        let serial = hex::encode_upper(certificate.tbs_certificate().serial_number().as_bytes());
        let path = self.path.join(ISSUED).join(format!("{serial}.der"));
        Ok(durable::write_new(&path, der, Mode::Public)?)
    }

    /// The serial numbers of all issued certificates over the key of the one with this serial number.
    fn with_same_key(&self, serial: &[u8]) -> Result<Vec<Vec<u8>>, PkiError> {
        let directory = self.path.join(ISSUED);
        let unknown = || {
            let serial = hex::encode_upper(serial);
            PkiError::input(
                "serial number",
                format!("this CSCA issued no certificate {serial}"),
            )
        };
        let path = directory.join(format!("{}.der", hex::encode_upper(serial)));
        let wanted = read_optional(&path)?.ok_or_else(unknown)?;
        let key = public_key(&Certificate::from_der(&wanted)?)?.point;
        let entries = fs::read_dir(&directory).map_err(|source| io_error(&directory, source))?;
        let mut serials = Vec::new();
        for entry in entries {
            let path = entry.map_err(|source| io_error(&directory, source))?.path();
            if path.extension().is_some_and(|extension| extension == "der") {
                let certificate = Certificate::from_der(&read(&path)?)?;
                if public_key(&certificate)?.point == key {
                    serials.push(certificate.tbs_certificate().serial_number().as_bytes().to_vec());
                }
            }
        }
        Ok(serials)
    }

    fn lock(&self) -> Result<File, PkiError> {
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

fn read(path: &Path) -> Result<Vec<u8>, PkiError> {
    Ok(durable::read_limited(path, FILE_SIZE_LIMIT)?.to_vec())
}

fn read_optional(path: &Path) -> Result<Option<Vec<u8>>, PkiError> {
    match durable::read_limited(path, FILE_SIZE_LIMIT) {
        Ok(content) => Ok(Some(content.to_vec())),
        Err(KeyFileError::Io { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn io_error(path: &Path, source: std::io::Error) -> PkiError {
    PkiError::File(KeyFileError::Io {
        path: path.to_owned(),
        action: "read",
        source,
    })
}
