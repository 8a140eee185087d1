//! Keys that a chip drew itself, and its word for it.
//!
//! Chip and Active Authentication are worth what their private keys are: one that was ever outside the chip may be in a copy.
//! So the chip draws them, and signs each public key with an attestation key that it has had since it was made. The maker
//! delivers the public half of that key with the chip, in the [`StockManifest`]; only a public key whose attestation holds
//! becomes an [`AttestedKey`], and only attested keys go into DG14, DG15 and EF.CardSecurity.
//!
//! Keys may be drawn ahead, in the stock room: then the manifest holds them with the chip's word for each, and data can be
//! signed over them while chip and signer are far apart ([`stock`](crate::stock)).

mod manifest;

use card_applet::crypto::curve::{Curve, PublicPoint};
use card_applet::wire::global_platform::SERIAL_LEN;
use card_applet::wire::key_generation::{
    GeneratedKey, KeyGeneration, KeyPurpose, MAX_REQUEST, NONCE_LEN, attested_message,
};
use p256::ecdsa::signature::hazmat::PrehashVerifier as _;
use p256::ecdsa::{Signature, VerifyingKey};
use rand_core::TryCryptoRng;
use sha2::{Digest as _, Sha256};

#[cfg(test)]
mod tests;

/// Most keys that a chip holds: four for Chip Authentication and one for Active Authentication.
const MAX_KEYS: usize = 5;
/// Greatest value of a chip's sequence counter.
const MAX_SEQUENCE: u32 = 0x00FF_FFFF;
/// Length of an attestation.
const ATTESTATION_LEN: usize = 64;
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
    /// A key is not known to be this chip's own.
    #[error("keys: {purpose}, key_id {key_id}: {error}")]
    Attestation {
        /// What the key is for.
        purpose: &'static str,
        /// Its identifier.
        key_id: u8,
        /// Why not.
        error: AttestationError,
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

/// What is known of one chip: its maker's word, and the keys that it drew ahead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StockManifest {
    serial: [u8; SERIAL_LEN],
    attestation_key: VerifyingKey,
    drawn: Option<DrawnKeys>,
}

/// Keys that a chip drew ahead.
#[derive(Clone, Debug, PartialEq, Eq)]
struct DrawnKeys {
    keys: Vec<AttestedKey>,
    next_sequence: u32,
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
            drawn: None,
        })
    }

    /// The attestation key, an uncompressed point of P-256.
    #[must_use]
    pub fn attestation_point(&self) -> Vec<u8> {
        self.attestation_key.to_sec1_point(false).as_bytes().to_vec()
    }

    /// The keys that the chip drew ahead; none where it draws them when it is issued.
    #[must_use]
    pub fn keys(&self) -> &[AttestedKey] {
        self.drawn.as_ref().map_or(&[], |drawn| &drawn.keys)
    }

    /// The value that the sequence counter of the chip's SCP03 keys had after that session (three bytes on the chip): the next
    /// session is number so much.
    #[must_use]
    pub fn next_sequence(&self) -> Option<u32> {
        self.drawn.as_ref().map(|drawn| drawn.next_sequence)
    }

    /// The manifest with these keys in place of those that it had.
    ///
    /// # Errors
    /// [`ManifestError::Invalid`] when two of the keys are one, there are more than a chip has room for, or one of them is not
    /// attested by this chip; when the counter has more than three bytes.
    pub fn with_keys(mut self, keys: Vec<AttestedKey>, next_sequence: u32) -> Result<Self, ManifestError> {
        let invalid = |field, rule| Err(ManifestError::Invalid { field, rule });
        if keys.len() > MAX_KEYS {
            return invalid("keys", "must be no more than a chip has room for");
        }
        if next_sequence > MAX_SEQUENCE {
            return invalid("next_sequence", "must be a number of three bytes");
        }
        for (index, key) in keys.iter().enumerate() {
            let same = |other: &AttestedKey| {
                let (one, other_spec) = (key.spec, other.spec);
                (one.purpose, one.key_id) == (other_spec.purpose, other_spec.key_id)
                    || key.public == other.public
            };
            if keys.iter().skip(index + 1).any(same) {
                return invalid("keys", "must be different keys with different identifiers");
            }
            if !self.attests(key) {
                return invalid("keys", "must each be attested by this chip");
            }
        }
        self.drawn = Some(DrawnKeys { keys, next_sequence });
        Ok(self)
    }

    /// The manifest as the maker gave it.
    #[must_use]
    pub fn without_keys(mut self) -> Self {
        self.drawn = None;
        self
    }

    /// The keys that a card needs, of those that were drawn ahead; `None` when one is missing.
    #[must_use]
    pub fn keys_for(&self, specs: &[ChipKeySpec]) -> Option<Vec<AttestedKey>> {
        let find = |spec: &ChipKeySpec| self.keys().iter().find(|key| key.spec == *spec).cloned();
        specs.iter().map(find).collect()
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
        self.accept_key(&request, answer)
    }

    fn accept_key(
        &self,
        request: &KeyRequest,
        answer: GeneratedKey<'_>,
    ) -> Result<AttestedKey, AttestationError> {
        let curve = request.spec.curve;
        let public = PublicPoint::from_uncompressed(curve, answer.point)
            .map_err(|_| AttestationError::InvalidPoint(curve))?;
        let key = AttestedKey {
            spec: request.spec,
            public,
            nonce: request.nonce,
            attestation: answer
                .attestation
                .try_into()
                .map_err(|_| AttestationError::Malformed)?,
        };
        if self.attests(&key) {
            Ok(key)
        } else {
            Err(AttestationError::Signature)
        }
    }

    /// Whether this chip's attestation of the key holds.
    fn attests(&self, key: &AttestedKey) -> bool {
        let request = KeyRequest::with_nonce(key.spec, key.nonce);
        let mut digest = Sha256::new();
        for part in attested_message(
            &self.serial,
            request.template(),
            &key.nonce,
            key.public.as_bytes(),
        ) {
            digest.update(part);
        }
        Signature::from_slice(&key.attestation).is_ok_and(|signature| {
            self.attestation_key
                .verify_prehash(&digest.finalize(), &signature)
                .is_ok()
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
        Ok(Self::with_nonce(spec, nonce))
    }

    fn with_nonce(spec: ChipKeySpec, nonce: [u8; NONCE_LEN]) -> Self {
        let mut data = vec![0; MAX_REQUEST];
        // The buffer is as long as the longest request, so encoding cannot fail; an empty request no chip would answer.
        let len =
            KeyGeneration::encode(spec.purpose, spec.key_id, spec.curve, &nonce, &mut data).unwrap_or(0);
        data.truncate(len);
        Self { spec, nonce, data }
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

/// A public key that its chip attested: nobody but this chip has the private one. Only a [`StockManifest`] makes it, of the
/// chip's answer or of what a manifest file holds of that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttestedKey {
    spec: ChipKeySpec,
    public: PublicPoint,
    nonce: [u8; NONCE_LEN],
    /// r ‖ s.
    attestation: [u8; ATTESTATION_LEN],
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
