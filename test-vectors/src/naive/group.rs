//! What PACE and Chip Authentication compute in: a curve or a MODP group.

use serde::{Deserialize, Serialize};
use sha1::{Digest, Sha1};

use super::cipher::Cipher;
use super::curve::Curve;
use super::integrated_mapping::expand;
use super::mod_p::ModP;

/// A group of the standardized domain parameters. Elements and private keys are bytes; a number of a MODP group has no zeros that
/// it begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    /// Points of a curve.
    Curve(Curve),
    /// Numbers modulo a prime.
    ModP(ModP),
}

impl From<Curve> for Group {
    fn from(curve: Curve) -> Self {
        Self::Curve(curve)
    }
}

impl From<ModP> for Group {
    fn from(group: ModP) -> Self {
        Self::ModP(group)
    }
}

impl Group {
    /// Every group of this chip.
    pub fn all() -> impl Iterator<Item = Group> {
        let curves = Curve::ALL.into_iter().map(Self::Curve);
        curves.chain(ModP::ALL.into_iter().map(Self::ModP))
    }

    /// Its number among the standardized domain parameters.
    pub fn parameter_id(self) -> u8 {
        match self {
            Self::Curve(curve) => curve.parameter_id(),
            Self::ModP(group) => group.parameter_id(),
        }
    }

    /// Its curve, if it has one.
    pub fn curve(self) -> Option<Curve> {
        match self {
            Self::Curve(curve) => Some(curve),
            Self::ModP(_) => None,
        }
    }

    /// Bytes of a private key.
    pub fn private_len(self) -> usize {
        match self {
            Self::Curve(curve) => curve.field_len(),
            Self::ModP(group) => group.private_len(),
        }
    }

    /// Bytes of a coordinate, or of the modulus.
    pub fn field_len(self) -> usize {
        match self {
            Self::Curve(curve) => curve.field_len(),
            Self::ModP(group) => group.modulus_len(),
        }
    }

    /// Whether these bytes are a private key.
    pub fn is_private(self, private: &[u8]) -> bool {
        match self {
            Self::Curve(curve) => curve.is_private(private),
            Self::ModP(group) => group.is_private(private),
        }
    }

    /// The public key of a private one.
    pub fn public(self, private: &[u8]) -> Option<Vec<u8>> {
        match self {
            Self::Curve(curve) => curve.public(private),
            Self::ModP(group) => group.public(private),
        }
    }

    /// Whether these bytes are an element, in any form.
    pub fn is_element(self, element: &[u8]) -> bool {
        match self {
            Self::Curve(curve) => curve.is_point(element),
            Self::ModP(group) => group.is_element(element),
        }
    }

    /// An element and a private key combined. `None` for what is no element, and for the neutral one as the result.
    pub fn multiply(self, element: &[u8], private: &[u8]) -> Option<Vec<u8>> {
        match self {
            Self::Curve(curve) => curve.multiply(element, private),
            Self::ModP(group) => group.power(element, private),
        }
    }

    /// PACE's generic mapping of a nonce with the element that the mapping keys give.
    pub fn map(self, nonce: &[u8], h: &[u8]) -> Option<Vec<u8>> {
        match self {
            Self::Curve(curve) => curve.map(nonce, h),
            Self::ModP(group) => group.map(nonce, h),
        }
    }

    /// PACE's integrated mapping of the nonces s and t.
    pub fn map_integrated(self, cipher: Cipher, s: &[u8], t: &[u8]) -> Option<Vec<u8>> {
        // P-521 has bits to spare in its first byte.
        let bits = match self {
            Self::Curve(Curve::P521) => 521,
            other => other.field_len() * 8,
        };
        let string = expand(cipher, s, t, bits)?;
        match self {
            Self::Curve(curve) => curve.encode_string(&string),
            Self::ModP(group) => group.encode_string(&string),
        }
    }

    /// What keys are derived from: of a point the x-coordinate, else the number as long as the modulus.
    pub fn secret(self, element: &[u8]) -> Vec<u8> {
        match self {
            Self::Curve(curve) => element[1..=curve.field_len()].to_vec(),
            Self::ModP(group) => {
                let zeros = vec![0; group.modulus_len().saturating_sub(element.len())];
                [zeros, element.to_vec()].concat()
            }
        }
    }

    /// Comp(PK): of a point the x-coordinate, of a number its SHA-1.
    pub fn compressed(self, public: &[u8]) -> Vec<u8> {
        match self {
            Self::Curve(curve) => public.get(1..=curve.field_len()).unwrap_or_default().to_vec(),
            Self::ModP(_) => Sha1::digest(public).to_vec(),
        }
    }
}
