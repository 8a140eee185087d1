//! Keys that a chip drew itself, and its word for it.
//!
//! Chip and Active Authentication are worth what their private keys are: one that was ever outside the chip may be in a copy.
//! So the chip draws them, and signs each public key with an attestation key that it has had since it was made. The maker
//! delivers the public half of that key with the chip, in the [`StockManifest`]; only a public key whose attestation holds
//! becomes an [`AttestedKey`], and only attested keys go into DG14, DG15 and EF.CardSecurity.
//!
//! ```text
//! {"schema":"eid.chip/1","serial":"20 hexadecimal digits","attestation_public_key":"04…, P-256, hexadecimal"}
//! ```

use card_applet::crypto::curve::{Curve, PublicPoint};
use card_applet::wire::global_platform::SERIAL_LEN;
use card_applet::wire::key_generation::{
    ATTESTATION_LABEL, GeneratedKey, KeyGeneration, KeyPurpose, MAX_REQUEST, NONCE_LEN,
};
use p256::ecdsa::signature::hazmat::PrehashVerifier as _;
use p256::ecdsa::{Signature, VerifyingKey};
use rand_core::TryCryptoRng;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

#[cfg(test)]
mod tests;

/// The only schema there is.
const SCHEMA: &str = "eid.chip/1";
/// Length of an uncompressed point of P-256.
const ATTESTATION_POINT_LEN: usize = 65;

/// A key that a card has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ChipKeySpec {
    /// What it is for.
    pub purpose: KeyPurpose,
    /// By what terminals call it, below 128 so that it is one byte as an INTEGER.
    pub key_id: u8,
    /// Its curve.
    pub curve: Curve,
}

/// Why a stock manifest cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ManifestError {
    /// It is no such JSON.
    #[error("not a stock manifest: {0}")]
    Json(String),
    /// A value is not what it must be.
    #[error("{field}: {rule}")]
    Invalid {
        /// The key.
        field: &'static str,
        /// What its value must be.
        rule: &'static str,
    },
}

/// Why a key is not believed to be the chip's own.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AttestationError {
    /// The host's random number generator failed.
    #[error("the random number generator failed")]
    Random,
    /// The chip on the reader is not the one of the manifest.
    #[error("the chip has the serial number {found}, its stock manifest says {expected}")]
    OtherChip {
        /// The chip's.
        found: String,
        /// The manifest's.
        expected: String,
    },
    /// The answer is not a public key with an attestation.
    #[error("the chip's answer is no public key with an attestation")]
    Malformed,
    /// The public key is no point of the curve that was asked for.
    #[error("the chip's public key is no point of {0}")]
    InvalidPoint(Curve),
    /// Somebody else than this chip signed, or for another key.
    #[error("the attestation of a chip key does not verify with the key of the stock manifest")]
    Signature,
}

/// What the maker says of one chip.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StockManifest {
    serial: [u8; SERIAL_LEN],
    attestation_key: VerifyingKey,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ManifestJson {
    schema: String,
    serial: String,
    attestation_public_key: String,
}

impl StockManifest {
    /// A manifest of a serial number and an uncompressed point of P-256.
    ///
    /// # Errors
    /// [`ManifestError::Invalid`] when it is no point of the curve.
    pub fn new(serial: [u8; SERIAL_LEN], attestation_point: &[u8]) -> Result<Self, ManifestError> {
        // The one byte 00 is an encoding, too: that of infinity.
        let attestation_key = (attestation_point.len() == ATTESTATION_POINT_LEN)
            .then(|| VerifyingKey::from_sec1_bytes(attestation_point).ok())
            .flatten()
            .ok_or(ManifestError::Invalid {
                field: "attestation_public_key",
                rule: "must be an uncompressed point of P-256 in hexadecimal",
            })?;
        Ok(Self {
            serial,
            attestation_key,
        })
    }

    /// Reads a manifest file.
    ///
    /// # Errors
    /// [`ManifestError`].
    pub fn from_json(text: &str) -> Result<Self, ManifestError> {
        let json: ManifestJson =
            serde_json::from_str(text).map_err(|error| ManifestError::Json(error.to_string()))?;
        let invalid = |field, rule| ManifestError::Invalid { field, rule };
        if json.schema != SCHEMA {
            return Err(invalid("schema", "must be eid.chip/1"));
        }
        let serial = hex::decode(&json.serial)
            .ok()
            .and_then(|serial| serial.try_into().ok());
        let serial = serial.ok_or_else(|| invalid("serial", "must be 20 hexadecimal digits"))?;
        let point = hex::decode(&json.attestation_public_key).unwrap_or_default();
        Self::new(serial, &point)
    }

    /// The manifest file's content.
    #[must_use]
    pub fn to_json(&self) -> String {
        let point = self.attestation_key.to_sec1_point(false);
        let json = ManifestJson {
            schema: SCHEMA.to_owned(),
            serial: hex::encode_upper(self.serial),
            attestation_public_key: hex::encode_upper(point.as_bytes()),
        };
        // A struct of three strings always serializes.
        serde_json::to_string_pretty(&json).unwrap_or_default() + "\n"
    }

    /// The chip's serial number.
    #[must_use]
    pub const fn serial(&self) -> &[u8; SERIAL_LEN] {
        &self.serial
    }

    /// Whether this is the manifest of the chip with that serial number.
    ///
    /// # Errors
    /// [`AttestationError::OtherChip`].
    pub fn must_be_of(&self, serial: &[u8; SERIAL_LEN]) -> Result<(), AttestationError> {
        if *serial == self.serial {
            return Ok(());
        }
        Err(AttestationError::OtherChip {
            found: hex::encode_upper(serial),
            expected: hex::encode_upper(self.serial),
        })
    }

    /// Takes the chip's answer to `request`: the attestation must be this chip's, for this purpose, identifier, curve and nonce.
    ///
    /// # Errors
    /// [`AttestationError`].
    pub fn accept(&self, request: KeyRequest, answer: &[u8]) -> Result<AttestedKey, AttestationError> {
        let answer = GeneratedKey::parse(answer).map_err(|_| AttestationError::Malformed)?;
        let curve = request.spec.curve;
        let public = PublicPoint::from_uncompressed(curve, answer.point)
            .map_err(|_| AttestationError::InvalidPoint(curve))?;
        let signature = Signature::from_slice(answer.attestation).map_err(|_| AttestationError::Malformed)?;
        let digest = Sha256::new()
            .chain_update(ATTESTATION_LABEL)
            .chain_update(self.serial)
            .chain_update(request.template())
            .chain_update(request.nonce)
            .chain_update(answer.point)
            .finalize();
        self.attestation_key
            .verify_prehash(&digest, &signature)
            .map_err(|_| AttestationError::Signature)?;
        Ok(AttestedKey {
            spec: request.spec,
            public,
        })
    }
}

/// A key that the chip is asked to draw, once: the nonce keeps an older answer from being taken for the new one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyRequest {
    spec: ChipKeySpec,
    nonce: [u8; NONCE_LEN],
    data: Vec<u8>,
}

impl KeyRequest {
    /// A request with a nonce of its own.
    ///
    /// # Errors
    /// [`AttestationError::Random`].
    pub fn new<R: TryCryptoRng + ?Sized>(spec: ChipKeySpec, rng: &mut R) -> Result<Self, AttestationError> {
        let mut nonce = [0; NONCE_LEN];
        rng.try_fill_bytes(&mut nonce)
            .map_err(|_| AttestationError::Random)?;
        let mut data = vec![0; MAX_REQUEST];
        // The buffer is as long as the longest request, so encoding cannot fail; an empty request no chip would answer.
        let len =
            KeyGeneration::encode(spec.purpose, spec.key_id, spec.curve, &nonce, &mut data).unwrap_or(0);
        data.truncate(len);
        Ok(Self { spec, nonce, data })
    }

    /// The key that is asked for.
    #[must_use]
    pub const fn spec(&self) -> ChipKeySpec {
        self.spec
    }

    /// The data field of GENERATE ASYMMETRIC KEY PAIR.
    #[must_use]
    pub fn command_data(&self) -> &[u8] {
        &self.data
    }

    /// The control reference template in it: all before the nonce's data object.
    fn template(&self) -> &[u8] {
        let nonce_object = 2 + NONCE_LEN;
        self.data
            .get(..self.data.len().saturating_sub(nonce_object))
            .unwrap_or_default()
    }
}

/// A public key that its chip attested: nobody but this chip has the private one. Only [`StockManifest::accept`] makes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttestedKey {
    spec: ChipKeySpec,
    public: PublicPoint,
}

impl AttestedKey {
    /// What it is.
    #[must_use]
    pub const fn spec(&self) -> ChipKeySpec {
        self.spec
    }

    /// The public key.
    #[must_use]
    pub const fn public(&self) -> &PublicPoint {
        &self.public
    }
}
