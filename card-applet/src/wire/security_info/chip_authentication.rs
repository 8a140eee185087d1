//! SecurityInfos of Chip Authentication (ICAO Doc 9303-11, 9.2.5 to 9.2.7).
//!
//! ```asn1
//! ChipAuthenticationInfo ::= SEQUENCE { protocol OBJECT IDENTIFIER, version INTEGER, keyId INTEGER OPTIONAL }
//! ChipAuthenticationPublicKeyInfo ::= SEQUENCE {
//!     protocol OBJECT IDENTIFIER, chipAuthenticationPublicKey SubjectPublicKeyInfo, keyId INTEGER OPTIONAL }
//! ```

use super::{OBJECT_IDENTIFIER, SEQUENCE, SecurityInfo, small_integer, unsigned_integer, write_unsigned};
use crate::crypto::cipher::SymmetricAlgorithm;
use crate::wire::oid;
use crate::wire::tlv::{self, TlvError, TlvReader, TlvWriter};

/// ASN.1 BIT STRING.
const BIT_STRING: u32 = 0x03;

/// The group in which keys are agreed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyAgreement {
    /// Diffie-Hellman modulo a prime.
    Dh,
    /// Diffie-Hellman on an elliptic curve.
    Ecdh,
}

impl KeyAgreement {
    const fn from_number(number: u8) -> Option<Self> {
        match number {
            1 => Some(Self::Dh),
            2 => Some(Self::Ecdh),
            _ => None,
        }
    }

    const fn number(self) -> u8 {
        match self {
            Self::Dh => 1,
            Self::Ecdh => 2,
        }
    }
}

/// A Chip Authentication protocol: a group with the cipher of the session that it opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ChipAuthenticationProtocol {
    /// Group.
    pub key_agreement: KeyAgreement,
    /// Cipher and MAC of the session.
    pub cipher: SymmetricAlgorithm,
}

impl ChipAuthenticationProtocol {
    /// id-CA-ECDH with this cipher.
    pub const fn ecdh(cipher: SymmetricAlgorithm) -> Self {
        Self {
            key_agreement: KeyAgreement::Ecdh,
            cipher,
        }
    }

    /// The protocol of these object identifier content bytes; `None` when it is no Chip Authentication protocol.
    pub fn from_oid(oid: &[u8]) -> Option<Self> {
        let (prefix, [key_agreement, cipher]) = oid.split_last_chunk::<2>()?;
        if prefix != oid::CHIP_AUTHENTICATION {
            return None;
        }
        Some(Self {
            key_agreement: KeyAgreement::from_number(*key_agreement)?,
            cipher: match cipher {
                1 => SymmetricAlgorithm::TripleDes,
                2 => SymmetricAlgorithm::Aes128,
                3 => SymmetricAlgorithm::Aes192,
                4 => SymmetricAlgorithm::Aes256,
                _ => return None,
            },
        })
    }

    /// The object identifier's content bytes.
    pub const fn oid(self) -> [u8; 10] {
        let cipher = match self.cipher {
            SymmetricAlgorithm::TripleDes => 1,
            SymmetricAlgorithm::Aes128 => 2,
            SymmetricAlgorithm::Aes192 => 3,
            SymmetricAlgorithm::Aes256 => 4,
        };
        let [a, b, c, d, e, f, g, h] = oid::CHIP_AUTHENTICATION;
        [a, b, c, d, e, f, g, h, self.key_agreement.number(), cipher]
    }
}

/// ChipAuthenticationInfo: a protocol that the chip offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChipAuthenticationInfo<'a> {
    /// The protocol.
    pub protocol: ChipAuthenticationProtocol,
    /// 1 in ICAO's Chip Authentication; 2 and 3 are other protocols under the same object identifier.
    pub version: u8,
    /// Which key, when there are several: a number, big-endian, without leading zeros, as DO'84' names it.
    pub key_id: Option<&'a [u8]>,
}

impl ChipAuthenticationInfo<'_> {
    /// Writes the SEQUENCE and returns its length. Never panics.
    ///
    /// # Errors
    /// [`TlvError::BufferTooSmall`].
    pub fn encode(&self, out: &mut [u8]) -> Result<usize, TlvError> {
        let mut content = [0; 48];
        let mut writer = TlvWriter::new(&mut content);
        writer.tlv(OBJECT_IDENTIFIER, &self.protocol.oid())?;
        write_unsigned(&mut writer, &[self.version])?;
        if let Some(key_id) = self.key_id {
            write_unsigned(&mut writer, key_id)?;
        }
        let len = writer.len();
        let mut writer = TlvWriter::new(out);
        writer.tlv(SEQUENCE, content.get(..len).unwrap_or_default())?;
        Ok(writer.len())
    }
}

/// ChipAuthenticationPublicKeyInfo: a static key of the chip.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChipAuthenticationPublicKeyInfo<'a> {
    /// Kind of key.
    pub key_agreement: KeyAgreement,
    /// The SubjectPublicKeyInfo, tag and length included.
    pub subject_public_key_info: &'a [u8],
    /// Which key, when there are several: a number, big-endian, without leading zeros.
    pub key_id: Option<&'a [u8]>,
}

impl ChipAuthenticationPublicKeyInfo<'_> {
    /// Writes the SEQUENCE and returns its length. Never panics.
    ///
    /// # Errors
    /// [`TlvError::BufferTooSmall`].
    pub fn encode(&self, out: &mut [u8]) -> Result<usize, TlvError> {
        let [a, b, c, d, e, f, g, h] = oid::PUBLIC_KEY;
        let protocol = [a, b, c, d, e, f, g, h, self.key_agreement.number()];
        let mut key_id = [0; 24];
        let mut writer = TlvWriter::new(&mut key_id);
        if let Some(key_id) = self.key_id {
            write_unsigned(&mut writer, key_id)?;
        }
        let key_id_len = writer.len();
        let key_id = key_id.get(..key_id_len).unwrap_or_default();
        let mut writer = TlvWriter::new(out);
        let content_len = (protocol.len().saturating_add(2))
            .saturating_add(self.subject_public_key_info.len())
            .saturating_add(key_id.len());
        writer.header(SEQUENCE, content_len)?;
        writer.tlv(OBJECT_IDENTIFIER, &protocol)?;
        writer.raw(self.subject_public_key_info)?;
        writer.raw(key_id)?;
        Ok(writer.len())
    }
}

/// SubjectPublicKeyInfo (RFC 5280, 4.1), taken apart and not looked into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SubjectPublicKeyInfo<'a> {
    /// Object identifier of the algorithm, content bytes.
    pub algorithm: &'a [u8],
    /// Its parameters, tag and length included; empty when there are none.
    pub parameters: &'a [u8],
    /// The key: content of the BIT STRING, of which no bit is unused.
    pub subject_public_key: &'a [u8],
}

impl<'a> SubjectPublicKeyInfo<'a> {
    /// Reads it, tag and length included. Never panics.
    ///
    /// # Errors
    /// [`TlvError`] for anything malformed, and bytes behind it.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, TlvError> {
        let mut parts = TlvReader::new(tlv::read_exact(bytes, SEQUENCE)?);
        let algorithm = parts.next().ok_or(TlvError::Truncated)??;
        let key = parts.next().ok_or(TlvError::Truncated)??;
        if !parts.remaining().is_empty() {
            return Err(TlvError::TrailingBytes);
        }
        if algorithm.tag != SEQUENCE {
            return Err(TlvError::UnexpectedTag(algorithm.tag));
        }
        let (identifier, parameters) = tlv::read_one(algorithm.value)?;
        if identifier.tag != OBJECT_IDENTIFIER {
            return Err(TlvError::UnexpectedTag(identifier.tag));
        }
        match (key.tag, key.value) {
            (BIT_STRING, [0, subject_public_key @ ..]) => Ok(Self {
                algorithm: identifier.value,
                parameters,
                subject_public_key,
            }),
            (BIT_STRING, _) => Err(TlvError::Truncated),
            (other, _) => Err(TlvError::UnexpectedTag(other)),
        }
    }
}

impl<'a> SecurityInfo<'a> {
    /// The ChipAuthenticationInfo in it; `None` when it is another kind of info, or malformed.
    pub fn as_chip_authentication_info(&self) -> Option<ChipAuthenticationInfo<'a>> {
        let protocol = ChipAuthenticationProtocol::from_oid(self.protocol)?;
        let (version, rest) = small_integer(self.data)?;
        Some(ChipAuthenticationInfo {
            protocol,
            version,
            key_id: optional_key_id(rest)?,
        })
    }

    /// The ChipAuthenticationPublicKeyInfo in it; `None` when it is another kind of info, or malformed.
    pub fn as_chip_authentication_public_key_info(&self) -> Option<ChipAuthenticationPublicKeyInfo<'a>> {
        let (prefix, [key_agreement]) = self.protocol.split_last_chunk::<1>()?;
        if prefix != oid::PUBLIC_KEY {
            return None;
        }
        let (public_key, rest) = tlv::read_one(self.data).ok()?;
        if public_key.tag != SEQUENCE {
            return None;
        }
        Some(ChipAuthenticationPublicKeyInfo {
            key_agreement: KeyAgreement::from_number(*key_agreement)?,
            subject_public_key_info: public_key.raw,
            key_id: optional_key_id(rest)?,
        })
    }
}

/// Nothing, or the one INTEGER; `None` for anything else.
#[allow(
    clippy::option_option,
    reason = "malformed and absent are different answers to the one caller"
)]
fn optional_key_id(bytes: &[u8]) -> Option<Option<&[u8]>> {
    if bytes.is_empty() {
        return Some(None);
    }
    match unsigned_integer(bytes)? {
        (key_id, []) => Some(Some(key_id)),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
