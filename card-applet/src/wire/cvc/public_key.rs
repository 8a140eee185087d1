//! Public keys in certificates (BSI TR-03110-3, D.3; ICAO Doc 9303-12, 7.2.2.3): 7F49 with the algorithm of Terminal
//! Authentication that the key is for, then the key.

use super::{CvcError, DomainParameters, Output, tag};
use crate::crypto::digest::HashFunction;
use crate::wire::oid;
use crate::wire::tlv::{TlvError, TlvReader, TlvWriter};

/// Algorithm.
const OBJECT_IDENTIFIER: u32 = 0x06;
/// Modulus of RSA.
const MODULUS: u32 = 0x81;
/// Public exponent of RSA.
const EXPONENT: u32 = 0x82;
/// Prime, first and second coefficient, base point, order, of an elliptic curve.
const DOMAIN: [u32; 5] = [0x81, 0x82, 0x83, 0x84, 0x85];
/// Public point.
const POINT: u32 = 0x86;
/// Cofactor.
const COFACTOR: u32 = 0x87;
/// Longest point: uncompressed, of a curve with 521 bits.
const MAX_POINT: usize = 1 + 2 * 66;
/// Longest modulus: 8192 bits do not fit a certificate with their signature.
const MAX_MODULUS: usize = 512;
/// Longest exponent: 32 bits (9303-11, 7.1.4.1.2).
const MAX_EXPONENT: usize = 4;

/// How RSA pads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RsaPadding {
    /// RSASSA-PKCS1-v1_5.
    Pkcs1v15,
    /// RSASSA-PSS, with MGF1 and a salt as long as the digest.
    Pss,
}

/// Algorithm of a certificate's signature, or of Terminal Authentication: that of the signing key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SignatureScheme {
    /// id-TA-ECDSA-…; signatures are r ‖ s.
    Ecdsa(HashFunction),
    /// id-TA-RSA-….
    Rsa(RsaPadding, HashFunction),
}

/// Every algorithm with the two last arcs of its object identifier (BSI TR-03110-3, A.7.3).
const SCHEMES: [([u8; 2], SignatureScheme); 11] = {
    use HashFunction::{Sha1, Sha224, Sha256, Sha384, Sha512};
    use RsaPadding::{Pkcs1v15, Pss};
    use SignatureScheme::{Ecdsa, Rsa};
    [
        ([1, 1], Rsa(Pkcs1v15, Sha1)),
        ([1, 2], Rsa(Pkcs1v15, Sha256)),
        ([1, 3], Rsa(Pss, Sha1)),
        ([1, 4], Rsa(Pss, Sha256)),
        ([1, 5], Rsa(Pkcs1v15, Sha512)),
        ([1, 6], Rsa(Pss, Sha512)),
        ([2, 1], Ecdsa(Sha1)),
        ([2, 2], Ecdsa(Sha224)),
        ([2, 3], Ecdsa(Sha256)),
        ([2, 4], Ecdsa(Sha384)),
        ([2, 5], Ecdsa(Sha512)),
    ]
};

impl SignatureScheme {
    /// The algorithm of these object identifier content bytes. Never panics.
    pub fn from_oid(bytes: &[u8]) -> Option<Self> {
        let (prefix, arcs) = bytes.split_last_chunk::<2>()?;
        if prefix != oid::TERMINAL_AUTHENTICATION {
            return None;
        }
        SCHEMES
            .iter()
            .find(|(known, _)| known == arcs)
            .map(|(_, scheme)| *scheme)
    }

    /// The object identifier's content bytes; `None` for a combination that has none (PSS with SHA-224, say).
    pub fn oid(self) -> Option<[u8; 10]> {
        let ([first, second], _) = SCHEMES.iter().find(|(_, scheme)| *scheme == self)?;
        let [a, b, c, d, e, f, g, h] = oid::TERMINAL_AUTHENTICATION;
        Some([a, b, c, d, e, f, g, h, *first, *second])
    }

    /// Its hash function.
    pub const fn hash(self) -> HashFunction {
        match self {
            Self::Ecdsa(hash) | Self::Rsa(_, hash) => hash,
        }
    }
}

/// A public key of ECDSA.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EcPublicKey<'a> {
    /// Hash function of its signatures.
    pub hash: HashFunction,
    /// The curve: in a CVCA's certificates; document verifiers and terminals take it over from their CVCA.
    pub domain: Option<DomainParameters<'a>>,
    /// The public point, uncompressed. Whether it is on the curve is not looked at here.
    pub point: &'a [u8],
}

/// A public key of RSA.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RsaPublicKey<'a> {
    /// Padding of its signatures.
    pub padding: RsaPadding,
    /// Hash function of its signatures.
    pub hash: HashFunction,
    /// Modulus, big-endian.
    pub modulus: &'a [u8],
    /// Public exponent, big-endian.
    pub exponent: &'a [u8],
}

/// A certificate's public key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CvPublicKey<'a> {
    /// Of ECDSA.
    Ec(EcPublicKey<'a>),
    /// Of RSA.
    Rsa(RsaPublicKey<'a>),
}

impl<'a> CvPublicKey<'a> {
    /// Reads the value of a 7F49. Never panics.
    ///
    /// # Errors
    /// [`CvcError::PublicKey`] for unknown algorithms and for parts that are missing, twice, out of order or of an
    /// impossible length.
    pub fn parse(value: &'a [u8]) -> Result<Self, CvcError> {
        let mut objects = TlvReader::new(value);
        let algorithm = objects.next().ok_or(CvcError::PublicKey)??;
        if algorithm.tag != OBJECT_IDENTIFIER {
            return Err(CvcError::PublicKey);
        }
        let scheme = SignatureScheme::from_oid(algorithm.value).ok_or(CvcError::PublicKey)?;
        // The parts have the tags 81 to 87, each at most once and in order.
        let mut parts: [Option<&[u8]>; 7] = [None; 7];
        let mut last = 0x80;
        for object in objects {
            let object = object?;
            if object.tag <= last || object.value.is_empty() {
                return Err(CvcError::PublicKey);
            }
            last = object.tag;
            let part = usize::try_from(object.tag.saturating_sub(0x81)).ok();
            *part
                .and_then(|index| parts.get_mut(index))
                .ok_or(CvcError::PublicKey)? = Some(object.value);
        }
        match (scheme, parts) {
            (
                SignatureScheme::Rsa(padding, hash),
                [Some(modulus), Some(exponent), None, None, None, None, None],
            ) if modulus.len() <= MAX_MODULUS && exponent.len() <= MAX_EXPONENT => {
                Ok(Self::Rsa(RsaPublicKey {
                    padding,
                    hash,
                    modulus,
                    exponent,
                }))
            }
            (SignatureScheme::Ecdsa(hash), [domain @ .., point, cofactor]) => {
                let domain = match (domain, cofactor) {
                    ([None, None, None, None, None], None) => None,
                    ([Some(prime), Some(a), Some(b), Some(base), Some(order)], Some(cofactor)) => {
                        Some(DomainParameters {
                            prime,
                            a,
                            b,
                            base,
                            order,
                            cofactor,
                        })
                    }
                    _ => return Err(CvcError::PublicKey),
                };
                match point {
                    Some(point) if point.len() <= MAX_POINT => {
                        Ok(Self::Ec(EcPublicKey { hash, domain, point }))
                    }
                    _ => Err(CvcError::PublicKey),
                }
            }
            _ => Err(CvcError::PublicKey),
        }
    }

    /// The algorithm of its signatures.
    pub const fn scheme(&self) -> SignatureScheme {
        match self {
            Self::Ec(key) => SignatureScheme::Ecdsa(key.hash),
            Self::Rsa(key) => SignatureScheme::Rsa(key.padding, key.hash),
        }
    }

    /// Writes the 7F49, and returns its length. Never panics.
    ///
    /// # Errors
    /// [`TlvError::BufferTooSmall`].
    pub fn encode(&self, out: &mut [u8]) -> Result<usize, TlvError> {
        let mut output = Output::writing(TlvWriter::new(out));
        self.write(&mut output)?;
        Ok(output.len())
    }

    /// Writes the 7F49.
    pub(super) fn write(&self, out: &mut Output<'_>) -> Result<(), TlvError> {
        let mut counter = Output::counting();
        self.write_parts(&mut counter)?;
        out.header(tag::PUBLIC_KEY, counter.len())?;
        self.write_parts(out)
    }

    fn write_parts(&self, out: &mut Output<'_>) -> Result<(), TlvError> {
        // An algorithm without an identifier cannot be written: nothing that was read is one.
        let algorithm = self
            .scheme()
            .oid()
            .ok_or(TlvError::UnexpectedTag(OBJECT_IDENTIFIER))?;
        out.tlv(OBJECT_IDENTIFIER, &algorithm)?;
        match self {
            Self::Rsa(key) => {
                out.tlv(MODULUS, key.modulus)?;
                out.tlv(EXPONENT, key.exponent)
            }
            Self::Ec(key) => {
                if let Some(domain) = &key.domain {
                    for (tag, value) in DOMAIN.into_iter().zip(domain.values()) {
                        out.tlv(tag, value)?;
                    }
                }
                out.tlv(POINT, key.point)?;
                match &key.domain {
                    Some(domain) => out.tlv(COFACTOR, domain.cofactor),
                    None => Ok(()),
                }
            }
        }
    }
}
