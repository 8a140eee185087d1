//! GENERATE ASYMMETRIC KEY PAIR (ISO/IEC 7816-8, 5.1) as this card speaks it, and the attestation that comes with the
//! public key.
//!
//! The command (INS 47, P1-P2 8000) carries a control reference template – `A6` for a Chip Authentication key, `B6` for
//! the Active Authentication key – with the key's reference `84` and the number of its domain parameters `80`, then
//! a nonce of the host `87`. The answer is the public key `7F49 { 86 point }` and `9E` the attestation: ECDSA over
//! P-256 and SHA-256, r ‖ s, with the key that the chip drew when it was manufactured, over
//!
//! ```text
//! "eID key attestation 1" ‖ serial number ‖ template as sent ‖ nonce ‖ public point
//! ```

use super::tlv::{TlvError, TlvReader, TlvWriter, read_exact};
use crate::crypto::curve::Curve;
use crate::wire::global_platform::SERIAL_LEN;

/// Key agreement template.
const KEY_AGREEMENT_TEMPLATE: u32 = 0xA6;
/// Digital signature template.
const SIGNATURE_TEMPLATE: u32 = 0xB6;
/// Reference of a private key.
const KEY_REFERENCE: u32 = 0x84;
/// Cryptographic mechanism: here standardized domain parameters (ICAO Doc 9303-11 table 6).
const PARAMETER_ID: u32 = 0x80;
/// The host's nonce.
const NONCE: u32 = 0x87;
/// Public key.
const PUBLIC_KEY: u32 = 0x7F49;
/// Point of a public key.
const POINT: u32 = 0x86;
/// Digital signature.
const ATTESTATION: u32 = 0x9E;

/// P1: generate, and answer the public key.
pub const P1_GENERATE: u8 = 0x80;
/// P2 of DELETE FILE under which the keys that the chip drew stay; with 00 they go with the files (private use: the command is
/// GlobalPlatform's by its class byte).
pub const P2_KEYS_STAY: u8 = 0x01;
/// Length of the host's nonce.
pub const NONCE_LEN: usize = 16;
/// Longest data field of the command.
pub const MAX_REQUEST: usize = 8 + 2 + NONCE_LEN;
/// Curve of the attestation key; its hash function is SHA-256.
pub const ATTESTATION_CURVE: Curve = Curve::P256;
/// What every attested message begins with.
pub const ATTESTATION_LABEL: &[u8] = b"eID key attestation 1";

/// What a key is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyPurpose {
    /// Chip Authentication and PACE-CAM.
    ChipAuthentication,
    /// Active Authentication.
    ActiveAuthentication,
}

/// Data field of the command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyGeneration<'a> {
    /// What the key is for.
    pub purpose: KeyPurpose,
    /// Its identifier, by which a terminal chooses among several. Of no meaning to the one Active Authentication key.
    pub key_id: u8,
    /// Its curve.
    pub curve: Curve,
    /// The control reference template as it was sent, which the attestation covers.
    pub template: &'a [u8],
    /// The host's nonce.
    pub nonce: &'a [u8; NONCE_LEN],
}

impl<'a> KeyGeneration<'a> {
    /// Reads the data field; `None` when it is malformed, or asks for a curve that is none of ours. Never panics.
    pub fn parse(data: &'a [u8]) -> Option<Self> {
        let mut objects = TlvReader::new(data);
        let template = objects.next()?.ok()?;
        let nonce = objects.next()?.ok()?;
        let purpose = match template.tag {
            KEY_AGREEMENT_TEMPLATE => KeyPurpose::ChipAuthentication,
            SIGNATURE_TEMPLATE => KeyPurpose::ActiveAuthentication,
            _ => return None,
        };
        if nonce.tag != NONCE || !objects.remaining().is_empty() {
            return None;
        }
        let (mut key_id, mut curve) = (None, None);
        for object in TlvReader::new(template.value) {
            let object = object.ok()?;
            let fresh = match (object.tag, object.value) {
                (KEY_REFERENCE, [id]) => key_id.replace(*id).is_none(),
                (PARAMETER_ID, [id]) => curve.replace(Curve::from_parameter_id(*id)?).is_none(),
                _ => false,
            };
            if !fresh {
                return None;
            }
        }
        Some(Self {
            purpose,
            key_id: match purpose {
                KeyPurpose::ChipAuthentication => key_id?,
                KeyPurpose::ActiveAuthentication => key_id.unwrap_or(0),
            },
            curve: curve?,
            template: template.raw,
            nonce: nonce.value.try_into().ok()?,
        })
    }

    /// Writes the data field for a new key and returns its length, at most [`MAX_REQUEST`].
    ///
    /// # Errors
    /// [`TlvError::BufferTooSmall`].
    pub fn encode(
        purpose: KeyPurpose,
        key_id: u8,
        curve: Curve,
        nonce: &[u8; NONCE_LEN],
        out: &mut [u8],
    ) -> Result<usize, TlvError> {
        let template = match purpose {
            KeyPurpose::ChipAuthentication => KEY_AGREEMENT_TEMPLATE,
            KeyPurpose::ActiveAuthentication => SIGNATURE_TEMPLATE,
        };
        let mut writer = TlvWriter::new(out);
        writer.header(template, 6)?;
        writer.tlv(KEY_REFERENCE, &[key_id])?;
        writer.tlv(PARAMETER_ID, &[curve.parameter_id()])?;
        writer.tlv(NONCE, nonce)?;
        Ok(writer.len())
    }
}

/// Data field of the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GeneratedKey<'a> {
    /// The public key, an uncompressed point.
    pub point: &'a [u8],
    /// The attestation r ‖ s.
    pub attestation: &'a [u8],
}

impl<'a> GeneratedKey<'a> {
    /// Reads the data field. Never panics.
    ///
    /// # Errors
    /// [`TlvError`] for anything but the two data objects. Neither point nor attestation are looked at.
    pub fn parse(data: &'a [u8]) -> Result<Self, TlvError> {
        let mut objects = TlvReader::new(data);
        let public_key = objects.next().ok_or(TlvError::Truncated)??;
        let attestation = objects.next().ok_or(TlvError::Truncated)??;
        match (public_key.tag, attestation.tag) {
            (PUBLIC_KEY, ATTESTATION) if objects.remaining().is_empty() => Ok(Self {
                point: read_exact(public_key.value, POINT)?,
                attestation: attestation.value,
            }),
            (PUBLIC_KEY, ATTESTATION) => Err(TlvError::TrailingBytes),
            (PUBLIC_KEY, other) | (other, _) => Err(TlvError::UnexpectedTag(other)),
        }
    }

    /// Writes the data field and returns its length.
    ///
    /// # Errors
    /// [`TlvError::BufferTooSmall`].
    pub fn encode(&self, out: &mut [u8]) -> Result<usize, TlvError> {
        let mut writer = TlvWriter::new(out);
        let point_len = super::tlv::header_len(POINT, self.point.len()).saturating_add(self.point.len());
        writer.header(PUBLIC_KEY, point_len)?;
        writer.tlv(POINT, self.point)?;
        writer.tlv(ATTESTATION, self.attestation)?;
        Ok(writer.len())
    }
}

/// The message that an attestation signs, in parts.
pub const fn attested_message<'a>(
    serial: &'a [u8; SERIAL_LEN],
    template: &'a [u8],
    nonce: &'a [u8; NONCE_LEN],
    point: &'a [u8],
) -> [&'a [u8]; 5] {
    [ATTESTATION_LABEL, serial, template, nonce, point]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_read_back() {
        let nonce = [0x55; NONCE_LEN];
        let mut out = [0; MAX_REQUEST];
        for (purpose, expected) in [
            (KeyPurpose::ChipAuthentication, "A60684010D80010D8710"),
            (KeyPurpose::ActiveAuthentication, "B60684010D80010D8710"),
        ] {
            let len = KeyGeneration::encode(purpose, 13, Curve::BrainpoolP256r1, &nonce, &mut out).unwrap();
            assert_eq!(hex::encode_upper(&out[..len - NONCE_LEN]), expected);
            let request = KeyGeneration::parse(&out[..len]).unwrap();
            assert_eq!(
                (request.purpose, request.key_id, request.curve),
                (purpose, 13, Curve::BrainpoolP256r1)
            );
            assert_eq!((request.template, request.nonce), (&out[..8], &nonce));
        }
    }

    #[test]
    fn malformed_requests_are_refused() {
        let nonce = "55555555555555555555555555555555";
        for bad in [
            String::new(),
            "A60684010180010C".to_owned(),
            format!("8710{nonce}"),
            format!("A60684010180010C8710{nonce}00"),
            format!("A60684010180010C8710{nonce}8710{nonce}"),
            format!("A60684010180010C870F{}", &nonce[2..]),
            format!("A60684010180010C8810{nonce}"),
            format!("A50684010180010C8710{nonce}"),
            format!("A60384010C8710{nonce}"),
            format!("A60380010C8710{nonce}"),
            format!("A606840101800111 8710{nonce}").replace(' ', ""),
            format!("A60684010180010E8710{nonce}"),
            format!("A6078402000180010C8710{nonce}"),
            format!("A60980010C84010180010C8710{nonce}"),
            format!("A60984010180010C8101018710{nonce}"),
        ] {
            assert_eq!(KeyGeneration::parse(&hex::decode(&bad).unwrap()), None, "{bad}");
        }
        let without_reference = hex::decode(format!("B60380010C8710{nonce}")).unwrap();
        assert_eq!(KeyGeneration::parse(&without_reference).unwrap().key_id, 0);
    }

    #[test]
    fn answers_read_back() {
        let key = GeneratedKey {
            point: &[4; 97],
            attestation: &[9; 64],
        };
        let mut out = [0; 192];
        let len = key.encode(&mut out).unwrap();
        assert_eq!(GeneratedKey::parse(&out[..len]), Ok(key));
        assert!(GeneratedKey::parse(&out[..len - 1]).is_err());
        assert!(GeneratedKey::parse(&out[..len + 1]).is_err());
    }
}
