//! The directories of `eid pki cvca|dv|is`: a CVCA, a document verifier, an inspection system.
//!
//! ```text
//! cvca.key  | dv.key    | terminal.key      the private key, encrypted; or NAME.key.uri, its name in a token
//!           | dv.cvreq  | terminal.cvreq    the request for its certificate
//! cvca.cvcert | dv.cvcert | terminal.cvcert the certificate; of the two latter, once it is installed
//! officers.json                             who approves what it certifies
//! suspended.json                            holders that it certifies no more, and why
//! issued/                                   what it certified: NAME.cvcert, and NAME.json with proposal and approvals
//! *.cvcert                                  installed beside it: the certificates that lead to it from a CVCA
//! ```

use std::path::{Path, PathBuf};

use card_applet::wire::cvc::{CvPublicKey, Role};

use super::super::cv_certificate;
use super::super::{PkiError, cv_request};
use super::files::{io_error, read, read_optional};
use super::stored_key::{KeyPlace, StoredSigner};
use crate::approval::Officer;
use crate::key_file::Passphrase;
use crate::key_file::durable::{self, Mode};
use crate::signer::Signer;

/// Officers of an authority.
pub(super) const OFFICERS: &str = "officers.json";
/// Folder of what an authority certified.
pub(super) const ISSUED: &str = "issued";
/// Extension of CV certificates, as other programs have it.
const CERTIFICATE_EXTENSION: &str = "cvcert";

/// What a directory is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CvHolder {
    /// A CVCA.
    Cvca,
    /// A document verifier.
    Verifier,
    /// An inspection system.
    Terminal,
}

impl CvHolder {
    const ALL: [Self; 3] = [Self::Cvca, Self::Verifier, Self::Terminal];

    const fn stem(self) -> &'static str {
        match self {
            Self::Cvca => "cvca",
            Self::Verifier => "dv",
            Self::Terminal => "terminal",
        }
    }

    pub(super) fn key(self) -> String {
        format!("{}.key", self.stem())
    }

    pub(super) fn request(self) -> String {
        format!("{}.cvreq", self.stem())
    }

    pub(super) fn certificate(self) -> String {
        format!("{}.{CERTIFICATE_EXTENSION}", self.stem())
    }

    const fn may_have(self, role: Role) -> bool {
        match self {
            Self::Cvca => matches!(role, Role::Cvca),
            Self::Verifier => role.is_verifier(),
            Self::Terminal => matches!(role, Role::Terminal),
        }
    }
}

/// The directory of a CVCA, a document verifier or an inspection system.
#[derive(Clone, Debug)]
pub struct CvDirectory {
    pub(super) path: PathBuf,
    holder: CvHolder,
    certificate: Option<Vec<u8>>,
}

impl CvDirectory {
    /// Opens a directory's public part.
    ///
    /// # Errors
    /// [`PkiError::File`]; [`PkiError::Certificate`] when it is no such directory, or its certificate is another role's.
    pub fn open(path: &Path) -> Result<Self, PkiError> {
        let holder = CvHolder::ALL
            .into_iter()
            .find(|holder| {
                let key = path.join(holder.key());
                key.exists() || key.with_added_extension("uri").exists()
            })
            .ok_or_else(|| {
                PkiError::certificate(
                    "the directory",
                    format!("{} has no cvca.key, dv.key or terminal.key", path.display()),
                )
            })?;
        let certificate = read_optional(&path.join(holder.certificate()))?;
        if let Some(certificate) = &certificate {
            let role = cv_certificate::parse(certificate)?.body.authorization.role();
            if !holder.may_have(role) {
                return Err(PkiError::certificate(
                    "the directory",
                    format!("{} is the certificate of another role", holder.certificate()),
                ));
            }
        }
        Ok(Self {
            path: path.to_owned(),
            holder,
            certificate,
        })
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What it is of.
    pub const fn holder(&self) -> CvHolder {
        self.holder
    }

    /// Its certificate (7F21).
    ///
    /// # Errors
    /// [`PkiError::Refused`] while none is installed.
    pub fn certificate(&self) -> Result<&[u8], PkiError> {
        self.certificate.as_deref().ok_or_else(|| {
            PkiError::Refused(format!(
                "{} has no certificate yet; install the one that answers its request",
                self.path.display()
            ))
        })
    }

    /// Path of the request for its certificate.
    pub fn request_path(&self) -> PathBuf {
        self.path.join(self.holder.request())
    }

    /// Path of its certificate.
    pub fn certificate_path(&self) -> PathBuf {
        self.path.join(self.holder.certificate())
    }

    /// Reference of its certificate's key.
    ///
    /// # Errors
    /// As [`certificate`](Self::certificate).
    pub fn reference(&self) -> Result<String, PkiError> {
        Ok(cv_certificate::parse(self.certificate()?)?
            .body
            .holder_reference
            .to_string())
    }

    /// Where its key is: whether [`Self::signer`] takes a passphrase or a PIN.
    ///
    /// # Errors
    /// [`PkiError::File`]; [`PkiError::Signer`] when the name of a key in a token is malformed.
    pub fn key_place(&self) -> Result<KeyPlace, PkiError> {
        KeyPlace::find(&self.path, &self.holder.key())
    }

    /// Opens its key with its passphrase, or the token's PIN.
    ///
    /// # Errors
    /// [`PkiError::File`] (also a wrong passphrase), [`PkiError::Signer`] from the token; [`PkiError::Refused`] when the key is
    /// not the certificate's.
    pub fn signer(&self, secret: &Passphrase) -> Result<StoredSigner, PkiError> {
        let signer = self.key_place()?.open(secret)?;
        if let Some(certificate) = &self.certificate
            && !is_of(certificate, &signer.public_point())?
        {
            return Err(PkiError::Refused(format!(
                "{} does not belong to {}",
                self.holder.key(),
                self.holder.certificate()
            )));
        }
        Ok(signer)
    }

    /// Takes the certificate that answers the request, and those that lead to it from a CVCA, of which each must be signed by
    /// another one of them (a CVCA's first by itself). All or none: the holder's own is written last.
    ///
    /// # Errors
    /// [`PkiError::Refused`] when there is a certificate already, when this one is for another key or another role, and when a
    /// signature does not hold; [`PkiError::File`].
    pub fn install(&mut self, certificate: &[u8], chain: &[Vec<u8>]) -> Result<(), PkiError> {
        if self.certificate.is_some() {
            return Err(PkiError::Refused(format!(
                "{} has a certificate already; a new key has a new directory",
                self.path.display()
            )));
        }
        let request = read(&self.request_path())?;
        let request = cv_request::CvRequest::open(&request)?;
        let body = cv_certificate::parse(certificate)?.body;
        if !is_of(certificate, request.public_point())? {
            return Err(PkiError::Refused(format!(
                "the certificate of {} is for another key than the request's",
                body.holder_reference
            )));
        }
        if !self.holder.may_have(body.authorization.role()) {
            return Err(PkiError::Refused(format!(
                "the certificate of {} is one of another role",
                body.holder_reference
            )));
        }
        let mut all: Vec<&[u8]> = chain.iter().map(Vec::as_slice).collect();
        all.push(certificate);
        for bytes in &all {
            must_be_signed_within(bytes, &all)?;
        }
        for bytes in chain {
            let name = file_name(bytes)?;
            match durable::write_new(&self.path.join(name), bytes, Mode::Public) {
                Ok(()) | Err(crate::key_file::KeyFileError::AlreadyExists { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        durable::write_new(&self.certificate_path(), certificate, Mode::Public)?;
        self.certificate = Some(certificate.to_vec());
        Ok(())
    }

    /// Every certificate in the directory itself (not what it issued), in the order of their file names.
    ///
    /// # Errors
    /// [`PkiError::File`].
    pub fn certificates(&self) -> Result<Vec<Vec<u8>>, PkiError> {
        let mut paths = Vec::new();
        for entry in std::fs::read_dir(&self.path).map_err(|source| io_error(&self.path, source))? {
            let path = entry.map_err(|source| io_error(&self.path, source))?.path();
            if path
                .extension()
                .is_some_and(|extension| extension == CERTIFICATE_EXTENSION)
            {
                paths.push(path);
            }
        }
        paths.sort();
        paths.iter().map(|path| read(path)).collect()
    }

    /// The officers who approve what this authority certifies.
    ///
    /// # Errors
    /// [`PkiError::File`]; [`PkiError::Certificate`] for a damaged list; [`PkiError::Refused`] for an inspection system.
    pub fn officers(&self) -> Result<Vec<Officer>, PkiError> {
        if self.holder == CvHolder::Terminal {
            return Err(PkiError::Refused("an inspection system certifies nothing".into()));
        }
        let json = read(&self.path.join(OFFICERS))?;
        serde_json::from_slice(&json).map_err(|error| PkiError::certificate(OFFICERS, error.to_string()))
    }
}

/// The name under which a certificate lies beside others: its holder and, for links, its authority.
pub(super) fn file_name(certificate: &[u8]) -> Result<String, PkiError> {
    let body = cv_certificate::parse(certificate)?.body;
    // References may have any printable character of ISO 8859-1; a file name here has none that a shell or a path knows.
    let plain = |reference: String| -> String {
        reference
            .chars()
            .map(|character| {
                if character.is_ascii_alphanumeric() {
                    character
                } else {
                    '_'
                }
            })
            .collect()
    };
    let holder = plain(body.holder_reference.to_string());
    Ok(
        if body.authorization.role() == Role::Cvca && !body.is_self_signed() {
            format!(
                "{holder}-by-{}.{CERTIFICATE_EXTENSION}",
                plain(body.authority_reference.to_string())
            )
        } else {
            format!("{holder}.{CERTIFICATE_EXTENSION}")
        },
    )
}

/// Country code and mnemonic of a reference.
pub(super) fn without_sequence(reference: &str) -> &str {
    reference
        .len()
        .checked_sub(5)
        .and_then(|end| reference.get(..end))
        .unwrap_or(reference)
}

fn is_of(certificate: &[u8], point: &[u8]) -> Result<bool, PkiError> {
    Ok(match cv_certificate::parse(certificate)?.body.public_key {
        CvPublicKey::Ec(key) => key.point == point,
        CvPublicKey::Rsa(_) => false,
    })
}

/// A certificate's authority is among `all`, and signed it. Only CVCAs spell their curve out; whom they certify has the same.
fn must_be_signed_within(bytes: &[u8], all: &[&[u8]]) -> Result<(), PkiError> {
    let certificate = cv_certificate::parse(bytes)?;
    let mut domain = None;
    let mut authority = None;
    for other in all {
        let body = cv_certificate::parse(other)?.body;
        if let CvPublicKey::Ec(key) = body.public_key {
            domain = domain.or(key.domain);
        }
        if body.holder_reference == certificate.body.authority_reference {
            authority = Some(body.public_key);
        }
    }
    let holds = authority.is_some_and(|key| {
        cv_certificate::verify(&key, domain.as_ref(), certificate.signed, certificate.signature)
    });
    if holds {
        Ok(())
    } else {
        Err(PkiError::Refused(format!(
            "no certificate among those given shows that {} signed the one of {}",
            certificate.body.authority_reference, certificate.body.holder_reference
        )))
    }
}
