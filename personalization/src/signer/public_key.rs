//! Public keys of signers.

use const_oid::ObjectIdentifier;
use der::asn1::UintRef;
use der::{Decode, Encode, Sequence};

use crate::pki::curves::NamedCurve;

/// `rsaEncryption` (RFC 4055 §1.2): how a certificate says that a key is one of RSA.
pub const RSA_ENCRYPTION: ObjectIdentifier = const_oid::db::rfc5912::RSA_ENCRYPTION;

/// Lengths of an RSA modulus that are accepted, in bits (9303-12 §4.1.6.1 asks for 2048 at least).
pub const RSA_MODULUS_BITS: std::ops::RangeInclusive<usize> = 2048..=8192;

/// The public key of a signer.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum PublicKey {
    /// A point of a curve.
    Ec {
        /// The curve.
        curve: NamedCurve,
        /// The point, uncompressed: `04 ‖ x ‖ y` (SEC 1 §2.3.3). Whether it is on the curve is asked when it is used.
        point: Vec<u8>,
    },
    /// An RSA key.
    Rsa(RsaPublicKey),
}

/// An RSA public key whose numbers were looked at: modulus of an accepted length, odd exponent above 1.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RsaPublicKey {
    der: Vec<u8>,
    modulus_bits: usize,
}

#[derive(Sequence)]
struct RsaPublicKeyFields<'a> {
    modulus: UintRef<'a>,
    public_exponent: UintRef<'a>,
}

impl RsaPublicKey {
    /// From modulus and public exponent, big-endian. None when one of them is not acceptable.
    #[must_use]
    pub fn new(modulus: &[u8], public_exponent: &[u8]) -> Option<Self> {
        let fields = RsaPublicKeyFields {
            modulus: UintRef::new(modulus).ok()?,
            public_exponent: UintRef::new(public_exponent).ok()?,
        };
        Self::from_der(&fields.to_der().ok()?)
    }

    /// From the DER of `RSAPublicKey` (RFC 8017 §A.1.1). None when it is none or a number is not acceptable.
    /// Never panics.
    #[must_use]
    pub fn from_der(der: &[u8]) -> Option<Self> {
        let fields = RsaPublicKeyFields::from_der(der).ok()?;
        let modulus = fields.modulus.as_bytes();
        let exponent = fields.public_exponent.as_bytes();
        let modulus_bits = (8 * modulus.len()).checked_sub(modulus.first()?.leading_zeros() as usize)?;
        let odd = |number: &[u8]| number.last().is_some_and(|byte| byte & 1 == 1);
        // An exponent beyond 64 bits has no use and makes verification slow.
        let sound = RSA_MODULUS_BITS.contains(&modulus_bits)
            && odd(modulus)
            && odd(exponent)
            && exponent != [1]
            && exponent.len() <= 8;
        sound.then(|| Self {
            der: der.to_vec(),
            modulus_bits,
        })
    }

    /// The DER of `RSAPublicKey`.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// Length of the modulus in bits.
    #[must_use]
    pub const fn modulus_bits(&self) -> usize {
        self.modulus_bits
    }
}

impl PublicKey {
    /// The content of `subjectPublicKey` (RFC 5280 §4.1.2.7): the point, or the DER of `RSAPublicKey`.
    #[must_use]
    pub fn subject_public_key(&self) -> &[u8] {
        match self {
            Self::Ec { point, .. } => point,
            Self::Rsa(key) => key.der(),
        }
    }

    /// The point of a key on a curve, `04 ‖ x ‖ y`; empty for RSA.
    #[must_use]
    pub fn point(&self) -> &[u8] {
        match self {
            Self::Ec { point, .. } => point,
            Self::Rsa(_) => &[],
        }
    }

    /// The curve, if it is a key on one.
    #[must_use]
    pub const fn curve(&self) -> Option<NamedCurve> {
        match self {
            Self::Ec { curve, .. } => Some(*curve),
            Self::Rsa(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rsa_keys_with_unacceptable_numbers_are_none() {
        let modulus = |bytes: usize| {
            let mut modulus = vec![0xC5; bytes];
            modulus[bytes - 1] = 0x01;
            modulus
        };
        let good = RsaPublicKey::new(&modulus(256), &[1, 0, 1]).unwrap();
        assert_eq!(good.modulus_bits(), 2048);
        assert_eq!(RsaPublicKey::from_der(good.der()), Some(good));
        assert!(RsaPublicKey::new(&modulus(255), &[1, 0, 1]).is_none());
        assert!(RsaPublicKey::new(&modulus(1025), &[1, 0, 1]).is_none());
        assert!(RsaPublicKey::new(&modulus(256), &[1]).is_none());
        assert!(RsaPublicKey::new(&modulus(256), &[1, 0, 0]).is_none());
        assert!(RsaPublicKey::new(&modulus(256), &[1; 9]).is_none());
        assert!(RsaPublicKey::new(&[0xC0; 256], &[1, 0, 1]).is_none());
        assert!(RsaPublicKey::from_der(&[0x30, 0x84, 0xFF, 0xFF, 0xFF, 0xFF]).is_none());
    }
}
