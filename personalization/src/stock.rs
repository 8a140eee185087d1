//! The stock room: the chips that an issuer has and that are no cards yet.
//!
//! Who is in stock decides whose keys a document signer signs: a chip that is not in stock is refused, and so is a second one
//! with a serial number or a public key that was seen before. A stock is a directory of small files, so that chips can be
//! added, looked up and taken by several programs at once, and none of it takes longer because there are many:
//!
//! ```text
//! stock.json               {"schema":"eid.stock-room/1"}
//! chips/SERIAL.json        the chip's manifest (attestation), with the keys that it drew ahead
//! keys/SHA-256.txt         the serial number of the chip whose public key (attestation, CA or AA; uncompressed point) has
//!                          this digest; never removed, not even with the chip's keys
//! prepared/SERIAL.json     {"schema":"eid.stock-prepared/1","card_id":"…","prepared_at":"…"}: taken for that card
//! ```
//!
//! Nothing in it is secret. It must not be altered, though: the attestation keys come from the chips' maker, and whoever can
//! write here can have keys signed that are no chip's. A [delivery] is what a maker sends: signed by its [maker], or its digest is to
//! be compared by another way than the one that it came.

pub mod check;
pub mod delivery;
mod error;
pub mod maker;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use card_applet::wire::global_platform::SERIAL_LEN;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

pub use self::error::StockError;
use crate::attestation::StockManifest;
use crate::key_file::KeyFileError;
use crate::key_file::durable::{self, Mode, NewDirectory};

/// The file by which a directory is known to be a stock room.
const MARKER: &str = "stock.json";
const MARKER_SCHEMA: &str = "eid.stock-room/1";
const PREPARED_SCHEMA: &str = "eid.stock-prepared/1";
const CHIPS: &str = "chips";
const KEYS: &str = "keys";
const PREPARED: &str = "prepared";
/// The files of a stock room have a kilobyte or two.
const MAX_FILE_BYTES: u64 = 64 * 1024;
/// Most chips of one stock room.
const MAX_CHIPS: usize = 1_000_000;

/// A chip's serial number.
pub type Serial = [u8; SERIAL_LEN];

/// A stock room.
#[derive(Clone, Debug)]
pub struct Stock {
    directory: PathBuf,
}

/// For which card a chip was taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Preparation {
    schema: String,
    /// The card's identifier.
    pub card_id: String,
    /// When, RFC 3339.
    pub prepared_at: String,
}

#[derive(Serialize, Deserialize)]
struct Marker {
    schema: String,
}

impl Stock {
    /// Opens a stock room.
    ///
    /// # Errors
    /// [`StockError::NotAStock`] for another directory, [`StockError::File`].
    pub fn open(directory: &Path) -> Result<Self, StockError> {
        let not_a_stock = || StockError::NotAStock(directory.to_owned());
        let marker =
            durable::read_limited(&directory.join(MARKER), MAX_FILE_BYTES).map_err(|error| match error {
                KeyFileError::Io { ref source, .. } if source.kind() == io::ErrorKind::NotFound => {
                    not_a_stock()
                }
                other => other.into(),
            })?;
        let marker: Marker = serde_json::from_slice(&marker).map_err(|_| not_a_stock())?;
        if marker.schema != MARKER_SCHEMA {
            return Err(not_a_stock());
        }
        Ok(Self {
            directory: directory.to_owned(),
        })
    }

    /// Opens a stock room, or makes an empty one where there is nothing yet.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn open_or_create(directory: &Path) -> Result<Self, StockError> {
        let is_empty = match fs::read_dir(directory) {
            Ok(mut entries) => entries.next().is_none(),
            Err(error) => error.kind() == io::ErrorKind::NotFound,
        };
        if is_empty {
            let new = NewDirectory::create(directory)?;
            for name in [CHIPS, KEYS, PREPARED] {
                new.add_directory(name)?;
            }
            let marker = format!("{{\"schema\":\"{MARKER_SCHEMA}\"}}\n");
            new.add(MARKER, marker.as_bytes(), Mode::Public)?;
            new.commit()?;
        }
        Self::open(directory)
    }

    /// Takes a chip into stock.
    ///
    /// # Errors
    /// [`StockError::DuplicateSerial`], [`StockError::DuplicateKey`]; then nothing was added. [`StockError::File`].
    pub fn add(&self, manifest: &StockManifest) -> Result<(), StockError> {
        let path = self.chip_path(manifest.serial());
        if path.exists() {
            return Err(StockError::DuplicateSerial(hex::encode_upper(manifest.serial())));
        }
        // First the keys: what breaks off here leaves entries that name this chip, and it can be added again.
        self.enter_keys(manifest)?;
        durable::write_new(&path, manifest.to_json().as_bytes(), Mode::Public).map_err(|error| match error {
            KeyFileError::AlreadyExists { .. } => {
                StockError::DuplicateSerial(hex::encode_upper(manifest.serial()))
            }
            other => other.into(),
        })
    }

    /// Puts a chip's manifest in the place of the one that was there: with other keys, or without.
    ///
    /// # Errors
    /// [`StockError::NotInStock`]; [`StockError::Prepared`] for a chip that was taken for a card, whose data are signed over the
    /// keys that it had; [`StockError::OtherAttestationKey`]; [`StockError::DuplicateKey`]; [`StockError::File`].
    pub fn replace(&self, manifest: &StockManifest) -> Result<(), StockError> {
        let serial = manifest.serial();
        let known = self.chip(serial)?;
        if known.attestation_point() != manifest.attestation_point() {
            return Err(StockError::OtherAttestationKey(hex::encode_upper(serial)));
        }
        self.must_be_free(serial)?;
        self.enter_keys(manifest)?;
        let content = manifest.to_json();
        durable::replace(&self.chip_path(serial), content.as_bytes(), Mode::Public)?;
        Ok(())
    }

    /// The manifest of a chip.
    ///
    /// # Errors
    /// [`StockError::NotInStock`], [`StockError::Manifest`] when its file was altered, [`StockError::File`].
    pub fn chip(&self, serial: &Serial) -> Result<StockManifest, StockError> {
        let path = self.chip_path(serial);
        let text = read(&path)?.ok_or_else(|| StockError::NotInStock(hex::encode_upper(serial)))?;
        let altered = |error: String| StockError::Manifest {
            path: path.clone(),
            error,
        };
        let manifest = StockManifest::from_json(&text).map_err(|error| altered(error.to_string()))?;
        if manifest.serial() != serial {
            return Err(altered("it is another chip's".to_owned()));
        }
        Ok(manifest)
    }

    /// The card for which a chip was taken; `None` while it is free.
    ///
    /// # Errors
    /// [`StockError::Manifest`] when the entry was altered, [`StockError::File`].
    pub fn preparation(&self, serial: &Serial) -> Result<Option<Preparation>, StockError> {
        let path = self.prepared_path(serial);
        let Some(text) = read(&path)? else {
            return Ok(None);
        };
        let altered = |error: String| StockError::Manifest {
            path: path.clone(),
            error,
        };
        let preparation: Preparation =
            serde_json::from_str(&text).map_err(|error| altered(error.to_string()))?;
        if preparation.schema != PREPARED_SCHEMA {
            return Err(altered(format!("schema: must be {PREPARED_SCHEMA}")));
        }
        Ok(Some(preparation))
    }

    /// Takes a chip for a card, for good: no other card is ever prepared for it. Of two programs that try, one succeeds.
    ///
    /// # Errors
    /// [`StockError::Prepared`], [`StockError::NotInStock`], [`StockError::File`].
    pub fn take(&self, serial: &Serial, card_id: &str, prepared_at: &str) -> Result<(), StockError> {
        self.chip(serial)?;
        let preparation = Preparation {
            schema: PREPARED_SCHEMA.to_owned(),
            card_id: card_id.to_owned(),
            prepared_at: prepared_at.to_owned(),
        };
        // A struct of three strings always serializes.
        let content = serde_json::to_string(&preparation).unwrap_or_default() + "\n";
        match durable::write_new(&self.prepared_path(serial), content.as_bytes(), Mode::Public) {
            Err(KeyFileError::AlreadyExists { .. }) => {
                self.must_be_free(serial)?;
                // It was given back in this moment.
                self.take(serial, card_id, prepared_at)
            }
            other => Ok(other?),
        }
    }

    /// Gives a chip back that was taken for a card of which nothing came: nothing was written that is signed for it.
    ///
    /// # Errors
    /// [`StockError::File`].
    pub fn give_back(&self, serial: &Serial) -> Result<(), StockError> {
        let path = self.prepared_path(serial);
        fs::remove_file(&path).map_err(|source| {
            StockError::File(KeyFileError::Io {
                path,
                action: "remove",
                source,
            })
        })
    }

    /// The serial numbers of all chips, in order.
    ///
    /// # Errors
    /// [`StockError::TooMany`], [`StockError::File`].
    pub fn serials(&self) -> Result<Vec<Serial>, StockError> {
        let directory = self.directory.join(CHIPS);
        let failed = |source| KeyFileError::Io {
            path: directory.clone(),
            action: "read",
            source,
        };
        let mut serials = Vec::new();
        for entry in fs::read_dir(&directory).map_err(failed)? {
            let name = entry.map_err(failed)?.file_name();
            let serial = name.to_str().and_then(|name| name.strip_suffix(".json"));
            // Other names are files that are being written.
            if let Some(serial) = serial.and_then(parse_serial) {
                if serials.len() == MAX_CHIPS {
                    return Err(StockError::TooMany(MAX_CHIPS));
                }
                serials.push(serial);
            }
        }
        serials.sort_unstable();
        Ok(serials)
    }

    fn must_be_free(&self, serial: &Serial) -> Result<(), StockError> {
        match self.preparation(serial)? {
            None => Ok(()),
            Some(preparation) => Err(StockError::Prepared {
                serial: hex::encode_upper(serial),
                card_id: preparation.card_id,
            }),
        }
    }

    /// Enters every public key of a chip, after all were found to be nobody else's.
    fn enter_keys(&self, manifest: &StockManifest) -> Result<(), StockError> {
        let serial = hex::encode_upper(manifest.serial());
        let keys = public_keys(manifest);
        for key in &keys {
            match self.owner(key)? {
                Some(owner) if owner != serial => {
                    return Err(StockError::DuplicateKey { serial, owner });
                }
                _ => {}
            }
        }
        for key in &keys {
            match durable::write_new(&self.key_path(key), serial.as_bytes(), Mode::Public) {
                // Of this chip, or of one that is added in this moment.
                Err(KeyFileError::AlreadyExists { .. }) => match self.owner(key)? {
                    Some(owner) if owner != serial => {
                        return Err(StockError::DuplicateKey { serial, owner });
                    }
                    _ => {}
                },
                other => other?,
            }
        }
        Ok(())
    }

    /// The chip that a public key was entered for.
    fn owner(&self, point: &[u8]) -> Result<Option<String>, StockError> {
        read(&self.key_path(point))
    }

    fn chip_path(&self, serial: &Serial) -> PathBuf {
        self.directory
            .join(CHIPS)
            .join(format!("{}.json", hex::encode_upper(serial)))
    }

    fn prepared_path(&self, serial: &Serial) -> PathBuf {
        self.directory
            .join(PREPARED)
            .join(format!("{}.json", hex::encode_upper(serial)))
    }

    fn key_path(&self, point: &[u8]) -> PathBuf {
        let digest = hex::encode_upper(Sha256::digest(point));
        self.directory.join(KEYS).join(format!("{digest}.txt"))
    }
}

/// A serial number as people write it: 20 hexadecimal digits.
#[must_use]
pub fn parse_serial(text: &str) -> Option<Serial> {
    hex::decode(text).ok()?.try_into().ok()
}

/// The public keys of a chip, that of its attestation first: uncompressed points.
#[must_use]
pub fn public_keys(manifest: &StockManifest) -> Vec<Vec<u8>> {
    let drawn = manifest.keys().iter().map(|key| key.public().as_bytes().to_vec());
    std::iter::once(manifest.attestation_point())
        .chain(drawn)
        .collect()
}

/// A small text file; `None` when there is none.
fn read(path: &Path) -> Result<Option<String>, StockError> {
    let content = match durable::read_limited(path, MAX_FILE_BYTES) {
        Err(KeyFileError::Io { ref source, .. }) if source.kind() == io::ErrorKind::NotFound => {
            return Ok(None);
        }
        other => other?,
    };
    let text = std::str::from_utf8(&content).map_err(|_| StockError::Manifest {
        path: path.to_owned(),
        error: "not UTF-8 text".to_owned(),
    })?;
    Ok(Some(text.to_owned()))
}
