//! The directory of an officer: whoever approves what needs more than one person ([`crate::approval`]).
//!
//! ```text
//! officer.key    the key, encrypted; or officer.key.uri, its name in a token
//! officer.json   name and public key: what the officer gives to those among whom they approve
//! ```

use std::path::{Path, PathBuf};

use rand_core::TryCryptoRng;

use super::files::{OFFICER, OFFICER_KEY, read};
use super::stored_key::{Destination, KeyPlace, StoredSigner};
use crate::approval::Officer;
use crate::key_file::Passphrase;
use crate::key_file::durable::{Mode, NewDirectory};
use crate::pki::PkiError;
use crate::pki::curves::NamedCurve;
use crate::signer::{PublicKey, Signer};

/// The directory of an officer.
#[derive(Debug, Clone)]
pub struct OfficerDirectory {
    path: PathBuf,
    officer: Officer,
}

impl OfficerDirectory {
    /// Makes a key on P-256 and its directory.
    ///
    /// # Errors
    /// [`PkiError::Input`] for a key of another kind, [`PkiError::Approval`] for a name that an officer cannot have;
    /// [`PkiError::File`], [`PkiError::Signer`]. Then no directory was made.
    pub fn init(
        destination: Destination<'_>,
        name: &str,
        rng: &mut (impl TryCryptoRng + ?Sized),
    ) -> Result<Self, PkiError> {
        let new = NewDirectory::create(destination.directory)?;
        let signer = StoredSigner::make(&destination, &new, OFFICER_KEY, rng)?;
        let officer = Officer::new(name, point(signer.public_key())?)?;
        let mut json = serde_json::to_vec_pretty(&officer)
            .map_err(|error| PkiError::certificate("the officer's public file", error.to_string()))?;
        json.push(b'\n');
        new.add(OFFICER, &json, Mode::Public)?;
        new.commit()?;
        Self::open(destination.directory)
    }

    /// Opens the directory's public part. No passphrase is needed.
    ///
    /// # Errors
    /// [`PkiError::File`], [`PkiError::Approval`].
    pub fn open(path: &Path) -> Result<Self, PkiError> {
        Ok(Self {
            path: path.to_owned(),
            officer: Officer::from_json(&read(&path.join(OFFICER))?)?,
        })
    }

    /// Who it is.
    #[must_use]
    pub const fn officer(&self) -> &Officer {
        &self.officer
    }

    /// Where the key is: whether [`Self::signer`] takes a passphrase or a PIN.
    ///
    /// # Errors
    /// [`PkiError::File`]; [`PkiError::Signer`] when the name of a key in a token is malformed.
    pub fn key_place(&self) -> Result<KeyPlace, PkiError> {
        KeyPlace::find(&self.path, OFFICER_KEY)
    }

    /// Opens the key with its passphrase, or the token's PIN.
    ///
    /// # Errors
    /// [`PkiError::File`] (also a wrong passphrase), [`PkiError::Signer`], [`PkiError::Refused`] when the key is not the one of
    /// the public file.
    pub fn signer(&self, secret: &Passphrase) -> Result<StoredSigner, PkiError> {
        let signer = self.key_place()?.open(secret)?;
        if !hex::encode(point(signer.public_key())?).eq_ignore_ascii_case(self.officer.public_key()) {
            return Err(PkiError::Refused(format!("the key does not belong to {OFFICER}")));
        }
        Ok(signer)
    }
}

/// The uncompressed point of a key on P-256.
fn point(key: &PublicKey) -> Result<&[u8], PkiError> {
    match key {
        PublicKey::Ec {
            curve: NamedCurve::P256,
            point,
        } => Ok(point),
        _ => Err(PkiError::input("key type", "an officer's key is on P-256")),
    }
}
