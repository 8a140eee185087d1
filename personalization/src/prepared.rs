//! A card that was prepared and waits for its chip, far away: its image, and all that is kept or printed of it.
//!
//! The preparation office keeps it, sealed for itself (`.cardimg`); with a [script](crate::script::offline) for the chip it goes
//! to the station, sealed for that.

use std::fmt;

use der::asn1::{OctetStringRef, Utf8StringRef};
use der::{Decode as _, Encode as _, Sequence};
use zeroize::Zeroizing;

use crate::attestation::{ManifestError, StockManifest};
use crate::image::{CardImage, StoredImageError};

const VERSION: u8 = 1;

/// Why bytes are no prepared card.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PreparedCardError {
    /// They have not the form of one, or are too long for it.
    #[error("not a prepared card")]
    Form,
    /// Its image is none.
    #[error(transparent)]
    Image(#[from] StoredImageError),
    /// The chip's manifest in it is none.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
}

/// A prepared card. `Debug` shows its identifier alone; what is secret in it is zeroized on drop.
#[derive(Clone, PartialEq, Eq)]
pub struct PreparedCard {
    /// The chip that it is for, and for no other.
    pub manifest: StockManifest,
    /// Files, passwords and keys.
    pub image: CardImage,
    /// The name of the profile, for the receipt.
    pub profile: String,
    /// The document signer's serial number, for the receipt.
    pub document_signer: String,
    /// What the printer gets, as the program wrote it (`eid.print/1`).
    pub print: Zeroizing<Vec<u8>>,
}

#[derive(Sequence)]
struct StoredCard<'a> {
    version: u8,
    manifest: Utf8StringRef<'a>,
    image: &'a OctetStringRef,
    profile: Utf8StringRef<'a>,
    document_signer: Utf8StringRef<'a>,
    print: &'a OctetStringRef,
}

impl PreparedCard {
    /// The card as bytes: everything secret is in them.
    ///
    /// # Errors
    /// [`PreparedCardError`] when a part is too long.
    pub fn to_der(&self) -> Result<Zeroizing<Vec<u8>>, PreparedCardError> {
        let form = |_| PreparedCardError::Form;
        let manifest = self.manifest.to_json();
        let image = self.image.to_der()?;
        let stored = StoredCard {
            version: VERSION,
            manifest: Utf8StringRef::new(&manifest).map_err(form)?,
            image: OctetStringRef::new(&image).map_err(form)?,
            profile: Utf8StringRef::new(&self.profile).map_err(form)?,
            document_signer: Utf8StringRef::new(&self.document_signer).map_err(form)?,
            print: OctetStringRef::new(&self.print).map_err(form)?,
        };
        stored.to_der().map(Zeroizing::new).map_err(form)
    }

    /// Reads a card; the attestation of each of its keys is verified. Never panics.
    ///
    /// # Errors
    /// [`PreparedCardError`].
    pub fn from_der(bytes: &[u8]) -> Result<Self, PreparedCardError> {
        let stored = StoredCard::from_der(bytes).map_err(|_| PreparedCardError::Form)?;
        if stored.version != VERSION {
            return Err(PreparedCardError::Form);
        }
        let manifest = StockManifest::from_json(stored.manifest.as_str())?;
        Ok(Self {
            image: CardImage::from_der(stored.image.as_bytes(), &manifest)?,
            manifest,
            profile: stored.profile.as_str().to_owned(),
            document_signer: stored.document_signer.as_str().to_owned(),
            print: Zeroizing::new(stored.print.as_bytes().to_vec()),
        })
    }
}

impl fmt::Debug for PreparedCard {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "PreparedCard({})", self.image.card_id)
    }
}
