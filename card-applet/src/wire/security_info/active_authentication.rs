//! ActiveAuthenticationInfo (ICAO Doc 9303-11, 9.2.4), which an ECDSA key needs in DG14.
//!
//! ```asn1
//! ActiveAuthenticationInfo ::= SEQUENCE { protocol OBJECT IDENTIFIER, version INTEGER,
//!                                         signatureAlgorithm OBJECT IDENTIFIER }
//! ```

use super::{OBJECT_IDENTIFIER, SEQUENCE, SecurityInfo, small_integer, write_unsigned};
use crate::crypto::digest::HashFunction;
use crate::wire::oid;
use crate::wire::tlv::{self, TlvError, TlvWriter};

/// ActiveAuthenticationInfo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ActiveAuthenticationInfo<'a> {
    /// Always 1.
    pub version: u8,
    /// Object identifier of the signature algorithm, content bytes: one of [`EcdsaPlain`], or RSA's.
    pub signature_algorithm: &'a [u8],
}

impl ActiveAuthenticationInfo<'_> {
    /// Writes the SEQUENCE and returns its length. Never panics.
    ///
    /// # Errors
    /// [`TlvError::BufferTooSmall`].
    pub fn encode(&self, out: &mut [u8]) -> Result<usize, TlvError> {
        let mut content = [0; 64];
        let mut writer = TlvWriter::new(&mut content);
        writer.tlv(OBJECT_IDENTIFIER, &oid::ACTIVE_AUTHENTICATION)?;
        write_unsigned(&mut writer, &[self.version])?;
        writer.tlv(OBJECT_IDENTIFIER, self.signature_algorithm)?;
        let len = writer.len();
        let mut writer = TlvWriter::new(out);
        writer.tlv(SEQUENCE, content.get(..len).unwrap_or_default())?;
        Ok(writer.len())
    }
}

/// ecdsa-plain-signatures (BSI TR-03111, 5.2.1.1): ECDSA with r ‖ s.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EcdsaPlain {
    /// With this hash function. Active Authentication allows no SHA-1, and none that is longer than the key.
    pub hash: HashFunction,
}

impl EcdsaPlain {
    /// The algorithm of these object identifier content bytes; `None` when it is none of them.
    pub fn from_oid(oid: &[u8]) -> Option<Self> {
        let (prefix, [hash]) = oid.split_last_chunk::<1>()?;
        if prefix != oid::ECDSA_PLAIN {
            return None;
        }
        let hash = match hash {
            1 => HashFunction::Sha1,
            2 => HashFunction::Sha224,
            3 => HashFunction::Sha256,
            4 => HashFunction::Sha384,
            5 => HashFunction::Sha512,
            _ => return None,
        };
        Some(Self { hash })
    }

    /// The object identifier's content bytes.
    pub const fn oid(self) -> [u8; 10] {
        let [a, b, c, d, e, f, g, h, i] = oid::ECDSA_PLAIN;
        let hash = match self.hash {
            HashFunction::Sha1 => 1,
            HashFunction::Sha224 => 2,
            HashFunction::Sha256 => 3,
            HashFunction::Sha384 => 4,
            HashFunction::Sha512 => 5,
        };
        [a, b, c, d, e, f, g, h, i, hash]
    }
}

impl<'a> SecurityInfo<'a> {
    /// The ActiveAuthenticationInfo in it; `None` when it is another kind of info, or malformed.
    pub fn as_active_authentication_info(&self) -> Option<ActiveAuthenticationInfo<'a>> {
        if self.protocol != oid::ACTIVE_AUTHENTICATION {
            return None;
        }
        let (version, rest) = small_integer(self.data)?;
        Some(ActiveAuthenticationInfo {
            version,
            signature_algorithm: tlv::read_exact(rest, OBJECT_IDENTIFIER).ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::security_info::security_infos;

    /// An ActiveAuthenticationInfo as fielded passports have it: 2.23.136.1.1.5, version 1,
    /// 0.4.0.127.0.7.1.1.4.1.3.
    #[test]
    fn reads_and_writes() {
        let entry =
            hex::decode("3017060667810801010502010 1060A04007F00070101040103".replace(' ', "")).unwrap();
        let set = [&[0x31, entry.len() as u8][..], &entry].concat();
        let info = security_infos(&set).unwrap().next().unwrap().unwrap();
        let info = info.as_active_authentication_info().unwrap();
        assert_eq!(info.version, 1);
        assert_eq!(
            EcdsaPlain::from_oid(info.signature_algorithm).map(|algorithm| algorithm.hash),
            Some(HashFunction::Sha256)
        );
        let mut out = [0; 64];
        let len = info.encode(&mut out).unwrap();
        assert_eq!(out[..len], entry);
        let mut trailing = set.clone();
        trailing[1] += 2;
        trailing[3] += 2;
        trailing.extend([5, 0]);
        let info = security_infos(&trailing).unwrap().next().unwrap().unwrap();
        assert_eq!(info.as_active_authentication_info(), None);
    }

    #[test]
    fn every_oid_reads_back() {
        for last in 0..=255u8 {
            let oid = [&oid::ECDSA_PLAIN[..], &[last]].concat();
            match EcdsaPlain::from_oid(&oid) {
                Some(algorithm) => assert_eq!(algorithm.oid()[..], oid),
                None => assert!(!(1..=5).contains(&last)),
            }
        }
        assert_eq!(EcdsaPlain::from_oid(&[]), None);
    }
}
