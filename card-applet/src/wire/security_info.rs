//! SecurityInfos: what a chip says of its protocols in EF.CardAccess, EF.CardSecurity and DG14 (ICAO Doc 9303-11, 9.2; BSI TR-03110-3,
//! A.1.1).
//!
//! ```asn1
//! SecurityInfos ::= SET OF SecurityInfo
//! PACEInfo ::= SEQUENCE { protocol OBJECT IDENTIFIER, version INTEGER, parameterId INTEGER OPTIONAL }
//! ```

mod active_authentication;
mod chip_authentication;
mod terminal_authentication;

pub use active_authentication::{ActiveAuthenticationInfo, EcdsaPlain};
pub use chip_authentication::{
    ChipAuthenticationInfo, ChipAuthenticationProtocol, ChipAuthenticationPublicKeyInfo, KeyAgreement,
    SubjectPublicKeyInfo,
};
pub use terminal_authentication::{CvcaFile, TerminalAuthenticationInfo};

use super::oid;
use super::tlv::{self, TlvError, TlvReader, TlvWriter};
use crate::crypto::cipher::SymmetricAlgorithm;

/// ASN.1 SET.
const SET: u32 = 0x31;
/// ASN.1 SEQUENCE.
const SEQUENCE: u32 = 0x30;
/// ASN.1 INTEGER.
const INTEGER: u32 = 0x02;
/// ASN.1 OBJECT IDENTIFIER.
const OBJECT_IDENTIFIER: u32 = 0x06;
/// More entries than any card has; what follows is not looked at.
pub const MAX_SECURITY_INFOS: usize = 64;

/// How PACE maps the nonce to a generator, and on which group (9303-11, 9.2.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mapping {
    /// id-PACE-DH-GM.
    DhGeneric,
    /// id-PACE-ECDH-GM.
    EcdhGeneric,
    /// id-PACE-DH-IM.
    DhIntegrated,
    /// id-PACE-ECDH-IM.
    EcdhIntegrated,
    /// id-PACE-ECDH-CAM.
    EcdhChipAuthentication,
}

/// A PACE protocol: a mapping with the ciphers of the session that it opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PaceProtocol {
    /// Mapping and group.
    pub mapping: Mapping,
    /// Cipher and MAC of nonce, token and session.
    pub cipher: SymmetricAlgorithm,
}

impl PaceProtocol {
    /// PACE-ECDH-GM with this cipher.
    pub const fn ecdh_generic(cipher: SymmetricAlgorithm) -> Self {
        Self {
            mapping: Mapping::EcdhGeneric,
            cipher,
        }
    }

    /// The protocol of these object identifier content bytes; `None` when it is no PACE protocol.
    pub fn from_oid(oid: &[u8]) -> Option<Self> {
        let (prefix, [mapping, cipher]) = oid.split_last_chunk::<2>()?;
        if prefix != oid::PACE {
            return None;
        }
        let mapping = match mapping {
            1 => Mapping::DhGeneric,
            2 => Mapping::EcdhGeneric,
            3 => Mapping::DhIntegrated,
            4 => Mapping::EcdhIntegrated,
            6 => Mapping::EcdhChipAuthentication,
            _ => return None,
        };
        let cipher = match cipher {
            1 => SymmetricAlgorithm::TripleDes,
            2 => SymmetricAlgorithm::Aes128,
            3 => SymmetricAlgorithm::Aes192,
            4 => SymmetricAlgorithm::Aes256,
            _ => return None,
        };
        // 9303-11 defines PACE-CAM for AES only.
        if mapping == Mapping::EcdhChipAuthentication && cipher == SymmetricAlgorithm::TripleDes {
            return None;
        }
        Some(Self { mapping, cipher })
    }

    /// The object identifier's content bytes.
    pub const fn oid(self) -> [u8; 10] {
        let mapping = match self.mapping {
            Mapping::DhGeneric => 1,
            Mapping::EcdhGeneric => 2,
            Mapping::DhIntegrated => 3,
            Mapping::EcdhIntegrated => 4,
            Mapping::EcdhChipAuthentication => 6,
        };
        let cipher = match self.cipher {
            SymmetricAlgorithm::TripleDes => 1,
            SymmetricAlgorithm::Aes128 => 2,
            SymmetricAlgorithm::Aes192 => 3,
            SymmetricAlgorithm::Aes256 => 4,
        };
        let [a, b, c, d, e, f, g, h] = oid::PACE;
        [a, b, c, d, e, f, g, h, mapping, cipher]
    }
}

/// PACEInfo: a PACE protocol with its standardized domain parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PaceInfo {
    /// The protocol.
    pub protocol: PaceProtocol,
    /// Always 2 in ICAO's PACE.
    pub version: u8,
    /// Standardized domain parameters (9303-11 table 6); absent when the chip carries its own.
    pub parameter_id: Option<u8>,
}

impl PaceInfo {
    /// Version 2 with standardized domain parameters.
    pub const fn new(protocol: PaceProtocol, parameter_id: u8) -> Self {
        Self {
            protocol,
            version: 2,
            parameter_id: Some(parameter_id),
        }
    }

    /// Writes the SEQUENCE and returns its length, at most 20 bytes. Never panics.
    pub fn encode(&self, out: &mut [u8]) -> Result<usize, TlvError> {
        let protocol = self.protocol.oid();
        let mut writer = TlvWriter::new(out);
        // Object identifier 2 + 10, each INTEGER 3.
        writer.header(SEQUENCE, if self.parameter_id.is_some() { 18 } else { 15 })?;
        writer.tlv(OBJECT_IDENTIFIER, &protocol)?;
        writer.tlv(INTEGER, &[self.version])?;
        if let Some(parameter_id) = self.parameter_id {
            writer.tlv(INTEGER, &[parameter_id])?;
        }
        Ok(writer.len())
    }
}

/// One SecurityInfo of a set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SecurityInfo<'a> {
    /// The protocol's object identifier, content bytes.
    pub protocol: &'a [u8],
    /// The required and optional data behind it, as read.
    pub data: &'a [u8],
    /// The whole SEQUENCE, as read.
    pub raw: &'a [u8],
}

impl<'a> SecurityInfo<'a> {
    /// Reads the data object of an entry.
    ///
    /// # Errors
    /// [`TlvError`] for anything but a SEQUENCE that begins with an object identifier.
    pub fn from_tlv(entry: &tlv::Tlv<'a>) -> Result<Self, TlvError> {
        if entry.tag != SEQUENCE {
            return Err(TlvError::UnexpectedTag(entry.tag));
        }
        let (protocol, data) = tlv::read_one(entry.value)?;
        if protocol.tag != OBJECT_IDENTIFIER {
            return Err(TlvError::UnexpectedTag(protocol.tag));
        }
        Ok(Self {
            protocol: protocol.value,
            data,
            raw: entry.raw,
        })
    }

    /// The PACEInfo in it; `None` when it is another kind of info, or one of an unknown mapping or cipher, or one
    /// that is not well-formed.
    pub fn as_pace_info(&self) -> Option<PaceInfo> {
        let protocol = PaceProtocol::from_oid(self.protocol)?;
        let (version, rest) = small_integer(self.data)?;
        let parameter_id = match rest {
            [] => None,
            rest => match small_integer(rest)? {
                (parameter_id, []) => Some(parameter_id),
                _ => return None,
            },
        };
        Some(PaceInfo {
            protocol,
            version,
            parameter_id,
        })
    }
}

/// The INTEGER in front, which must not be negative, as big-endian bytes without leading zeros, and what follows.
fn unsigned_integer(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (integer, rest) = tlv::read_one(bytes).ok()?;
    match (integer.tag, integer.value) {
        (INTEGER, [0, value @ ..]) if !value.is_empty() => Some((value, rest)),
        (INTEGER, value @ [0..=0x7F, ..]) => Some((value, rest)),
        _ => None,
    }
}

/// Writes big-endian bytes as an INTEGER that is not negative.
fn write_unsigned(writer: &mut TlvWriter<'_>, value: &[u8]) -> Result<(), TlvError> {
    let sign: &[u8] = match value.first() {
        Some(0..=0x7F) => &[],
        _ => &[0],
    };
    writer.header(INTEGER, value.len().saturating_add(sign.len()))?;
    writer.raw(sign)?;
    writer.raw(value)
}

fn small_integer(bytes: &[u8]) -> Option<(u8, &[u8])> {
    match tlv::read_one(bytes) {
        Ok((
            tlv::Tlv {
                tag: INTEGER,
                value: [value @ 0..=0x7F],
                ..
            },
            rest,
        )) => Some((*value, rest)),
        _ => None,
    }
}

/// Iterates over the SecurityInfos of a DER `SET OF SecurityInfo` (the content of EF.CardAccess; of DG14 without
/// its tag 6E). Looks at the first [`MAX_SECURITY_INFOS`] entries. Never panics.
///
/// # Errors
/// The set itself malformed, or bytes behind it; an entry that is malformed is an item.
pub fn security_infos(
    set: &[u8],
) -> Result<impl Iterator<Item = Result<SecurityInfo<'_>, TlvError>>, TlvError> {
    let content = tlv::read_exact(set, SET)?;
    Ok(TlvReader::new(content)
        .take(MAX_SECURITY_INFOS)
        .map(|entry| SecurityInfo::from_tlv(&entry?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pace_info_of_9303_11_appendix_g1() {
        let bytes = hex::decode("3012060A04007F0007020204020202010202010D").unwrap();
        let info = PaceInfo::new(PaceProtocol::ecdh_generic(SymmetricAlgorithm::Aes128), 13);
        let mut out = [0; 32];
        let len = info.encode(&mut out).unwrap();
        assert_eq!(&out[..len], bytes);
        let mut set = vec![0x31, 0x14];
        set.extend_from_slice(&bytes);
        let infos: Vec<_> = security_infos(&set).unwrap().map(Result::unwrap).collect();
        assert_eq!(infos.len(), 1);
        assert_eq!(infos[0].as_pace_info(), Some(info));
    }

    /// EF.CardAccess of the BSI worked example: 10 infos, of which one is a PACEInfo.
    #[test]
    fn card_access_of_the_bsi_worked_example() {
        let vectors = test_vectors::load("bsi-eac2-worked-example");
        let set = test_vectors::hex(&vectors["vectors"][0]["values"]["ef_cardaccess"]);
        let infos: Vec<_> = security_infos(&set).unwrap().map(Result::unwrap).collect();
        let pace: Vec<_> = infos.iter().filter_map(SecurityInfo::as_pace_info).collect();
        assert_eq!(
            pace,
            [PaceInfo::new(
                PaceProtocol::ecdh_generic(SymmetricAlgorithm::Aes128),
                13
            )]
        );
        assert!(infos.len() > 3);
    }

    #[test]
    fn every_oid_reads_back() {
        for mapping in 1..=6u8 {
            for cipher in 0..=5u8 {
                let mut oid = oid::PACE.to_vec();
                oid.extend([mapping, cipher]);
                if let Some(protocol) = PaceProtocol::from_oid(&oid) {
                    assert_eq!(protocol.oid()[..], oid);
                }
            }
        }
        assert_eq!(
            PaceProtocol::from_oid(&[4, 0, 0x7F, 0, 7, 2, 2, 4, 6, 1]),
            None,
            "CAM with 3DES"
        );
        assert_eq!(PaceProtocol::from_oid(&oid::PACE), None);
    }
}
