//! A maker's signature on a delivery: whose chips they are, without a digest that people compare.
//!
//! What is signed is not the file as it lies there but what it says: the line `eid.delivery/1` and after it the chips' manifests in
//! their order, each as [`StockManifest::to_json`] writes it. So a delivery that was reformatted on the way is still the maker's, and
//! one in which a chip was added, left out or changed is not. ECDSA with SHA-256 on P-256, as `ECDSA-Sig-Value` in hexadecimal.

use std::path::Path;

use p256::PublicKey as P256Key;
use p256::pkcs8::{DecodePublicKey as _, EncodePublicKey as _};
use pkcs8::LineEnding;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::delivery::{Delivery, SCHEMA};
use super::error::StockError;
use crate::attestation::StockManifest;
use crate::hash::HashAlgorithm;
use crate::key_file::KeyFileError;
use crate::key_file::durable::{self, Mode};
use crate::pki::curves::NamedCurve;
use crate::signer::{PublicKey, SignatureAlgorithm, Signer, SignerError, verify};

/// A public key of P-256 in PEM has some 180 bytes.
const MAX_PUBLIC_FILE: u64 = 16 * 1024;

/// The public key of a maker of chips, on P-256.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MakerPublicKey {
    key: P256Key,
}

impl MakerPublicKey {
    /// The key of a signer; `None` when it is on another curve.
    #[must_use]
    pub fn of(signer: &dyn Signer) -> Option<Self> {
        let PublicKey::Ec {
            curve: NamedCurve::P256,
            point,
        } = signer.public_key()
        else {
            return None;
        };
        P256Key::from_sec1_bytes(point).ok().map(|key| Self { key })
    }

    /// Reads a public key file: `SubjectPublicKeyInfo` in PEM.
    ///
    /// # Errors
    /// [`KeyFileError::NotAKeyFile`] when it holds no public key of P-256; [`KeyFileError::Io`].
    pub fn open(path: &Path) -> Result<Self, KeyFileError> {
        let content = durable::read_limited(path, MAX_PUBLIC_FILE)?;
        let not_a_key = |why: String| KeyFileError::NotAKeyFile {
            path: path.to_owned(),
            why,
        };
        let text = std::str::from_utf8(&content).map_err(|_| not_a_key("not PEM text".to_owned()))?;
        P256Key::from_public_key_pem(text)
            .map(|key| Self { key })
            .map_err(|error| not_a_key(format!("no public key of P-256: {error}")))
    }

    /// Writes a new public key file, readable to everyone.
    ///
    /// # Errors
    /// [`KeyFileError`].
    pub fn save(&self, path: &Path) -> Result<(), KeyFileError> {
        let text = self
            .key
            .to_public_key_pem(LineEnding::LF)
            .map_err(|error| KeyFileError::Encoding(error.to_string()))?;
        durable::write_new(path, text.as_bytes(), Mode::Public)
    }

    /// SHA-256 of the DER `SubjectPublicKeyInfo`: what people compare.
    #[must_use]
    pub fn fingerprint(&self) -> [u8; 32] {
        // A point of the curve always encodes.
        let der = self.key.to_public_key_der();
        Sha256::digest(der.as_ref().map_or(&[][..], |der| der.as_bytes())).into()
    }
}

/// A delivery of these chips with the maker's signature, as a file.
///
/// # Errors
/// [`SignerError`].
pub fn sign(chips: &[StockManifest], maker: &dyn Signer) -> Result<String, SignerError> {
    let signature = maker.sign(&signed_bytes(chips))?;
    let chips: Vec<Value> = chips
        .iter()
        .map(|chip| serde_json::from_str(&chip.to_json()).unwrap_or_default())
        .collect();
    let object = json!({ "schema": SCHEMA, "chips": chips, "signature": hex::encode_upper(signature) });
    // A value of strings and numbers always serializes.
    Ok(serde_json::to_string_pretty(&object).unwrap_or_default() + "\n")
}

impl Delivery {
    /// Whether this maker signed it.
    ///
    /// # Errors
    /// [`StockError::NotSigned`], [`StockError::WrongSignature`].
    pub fn verify(&self, maker: &MakerPublicKey) -> Result<(), StockError> {
        let signature = self.signature.as_ref().ok_or(StockError::NotSigned)?;
        let key = PublicKey::Ec {
            curve: NamedCurve::P256,
            point: maker.key.to_sec1_bytes().to_vec(),
        };
        let algorithm = SignatureAlgorithm::Ecdsa(HashAlgorithm::Sha256);
        if verify(&key, algorithm, &signed_bytes(&self.chips), signature) {
            Ok(())
        } else {
            Err(StockError::WrongSignature)
        }
    }
}

fn signed_bytes(chips: &[StockManifest]) -> Vec<u8> {
    let mut bytes = format!("{SCHEMA}\n").into_bytes();
    for chip in chips {
        bytes.extend_from_slice(chip.to_json().as_bytes());
    }
    bytes
}
