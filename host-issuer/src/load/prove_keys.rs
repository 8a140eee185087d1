//! The chip's own keys, as a stranger has them proved: nobody may find out at a counter that a card cannot.

use card_applet::crypto::curve::Curve;
use personalization::attestation::AttestedKey;
use personalization::image::CardImage;
use rand_core::TryCryptoRng;

use super::door::{Door, ReadBackError, enter};
use crate::inspect::{HashAlgorithm, PublicKey};
use crate::terminal::chip_auth::ChipAuthenticationKey;
use crate::terminal::key_agreement::Group;
use crate::terminal::reader::ChipReader;
use crate::transport::{Transport, TransportError};

/// Proves every key of the image in the session that is open, and in further ones through `door`. Says how.
pub(super) fn prove_keys<T: Transport, R: TryCryptoRng>(
    reader: &mut ChipReader<T, R>,
    image: &CardImage,
    door: &Door,
) -> Result<Vec<String>, ReadBackError> {
    let mut proved = Vec::new();
    if let Some(mapping) = reader.chip_authentication_mapping() {
        let mut keys = image.keys.chip_authentication.iter();
        if !keys.any(|(_, key)| mapping.proves(Group::Curve(key.public().curve()), key.public().as_bytes())) {
            return Err(ReadBackError::Key {
                protocol: "PACE-CAM",
                cause: "the mapping does not prove the key".to_owned(),
            });
        }
        proved.push("PACE-CAM".to_owned());
    }
    if let Some(key) = &image.keys.active_authentication {
        proved.push(active_authentication(reader, key)?);
    }
    for (index, (protocol, key)) in image.keys.chip_authentication.iter().enumerate() {
        if index > 0 {
            reader.reset()?;
            enter(reader, door)?;
        }
        let key = ChipAuthenticationKey {
            protocol: *protocol,
            group: Group::Curve(key.public().curve()),
            public: key.public().as_bytes().to_vec(),
            key_id: Some(vec![key.spec().key_id]),
        };
        reader.chip_authentication(&key).map_err(|error| {
            not_proved(
                "Chip Authentication",
                error.transport().cloned(),
                error.to_string(),
            )
        })?;
        proved.push(format!("Chip Authentication, {}", key.group));
    }
    Ok(proved)
}

fn active_authentication<T: Transport, R: TryCryptoRng>(
    reader: &mut ChipReader<T, R>,
    key: &AttestedKey,
) -> Result<String, ReadBackError> {
    let protocol = "Active Authentication";
    let curve = key.public().curve();
    let signed = reader
        .active_authentication(2 * curve.field_len())
        .map_err(|error| not_proved(protocol, error.transport().cloned(), error.to_string()))?;
    // What DG14 says: a hash as long as the key.
    let hash = match curve {
        Curve::P256 | Curve::BrainpoolP256r1 => HashAlgorithm::Sha256,
        Curve::P384 | Curve::BrainpoolP384r1 => HashAlgorithm::Sha384,
    };
    let public = PublicKey::Ec {
        curve: curve.into(),
        point: key.public().as_bytes().to_vec(),
    };
    signed
        .verify(&public, Some(hash))
        .map(|how| format!("Active Authentication, {how}"))
        .map_err(|error| not_proved(protocol, None, error.to_string()))
}

/// An accident on the way says nothing about the key.
fn not_proved(protocol: &'static str, transport: Option<TransportError>, cause: String) -> ReadBackError {
    match transport {
        Some(error) => ReadBackError::Transport(error),
        None => ReadBackError::Key { protocol, cause },
    }
}
