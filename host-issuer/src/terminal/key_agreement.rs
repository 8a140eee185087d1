//! Diffie-Hellman key agreement over the standardized domain parameters, for PACE and Chip Authentication, the terminal's side
//! (ICAO Doc 9303-11 §9.5 and §9.6).
//!
//! An inspection system must know every group that a chip may offer: the MODP groups 0 to 2 and all eleven curves. Six of them
//! are libssl's, and missing in a build without it ([`crate::legacy_curves`]).
//!
//! Elements of a group are kept as bytes: a point uncompressed, a number of a MODP group with as many bytes as the modulus (a
//! public one travels with as few as it needs, §9.4.1). Whatever comes from the chip is checked to be an element of the prime order subgroup, and not its neutral
//! element, before anything is computed with it.

mod curve;
mod legacy;
mod mod_p;
mod p521;
mod point_encoding;

use card_applet::crypto::cipher::SymmetricAlgorithm;
use card_applet::crypto::curve::Curve;
use card_applet::wire::domain_parameters::NamedCurve;
use rand_core::TryCryptoRng;
use zeroize::Zeroizing;

use self::p521::P521;
use crate::legacy_curves::LegacyCurve;
pub use crate::mod_p_group::ModPGroup;

/// More tries to draw a private key below the order than a working generator ever needs (the worst order makes every second fail).
const MAX_DRAWS: usize = 128;

/// Bytes of an element, of a private key: wiped when dropped.
type Secret = Zeroizing<Vec<u8>>;

/// A group of the standardized domain parameters (9303-11 table 12).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// A curve that chips of this project have, too.
    Curve(Curve),
    /// NIST P-521 (secp521r1), parameter 18.
    P521,
    /// A curve that only libssl has: parameters 8 to 11, 14 and 17.
    Legacy(LegacyCurve),
    /// A MODP group, parameters 0 to 2.
    ModP(ModPGroup),
}

/// Why no key was agreed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyAgreementError {
    /// The host's random number generator failed.
    #[error("the random number generator failed")]
    Random,
    /// An element that is not one of the subgroup, or its neutral element; or nonces that map to one.
    #[error("not an element of the group")]
    InvalidElement,
    /// A private key that is zero, or not below the subgroup's order.
    #[error("not a private key of the group")]
    InvalidPrivateKey,
    /// libssl failed.
    #[error("libssl failed")]
    Library,
}

/// What every group computes. Elements and private keys are bytes; private keys have a fixed length.
trait Arithmetic {
    /// Bits of the subgroup's order.
    fn order_bits(&self) -> usize;

    /// Whether these bytes, as long as the order, are a number between zero and the order.
    fn is_private_key(&self, private: &[u8]) -> bool;

    /// The element (the standard generator if there is none) to the power of the private key, after the check of both.
    fn power(&self, element: Option<&[u8]>, private: &[u8]) -> Result<Secret, KeyAgreementError>;

    /// PACE's generic mapping g^s · h (9303-11 §4.4.3.3.1).
    fn map_generic(&self, s: &[u8], h: &[u8]) -> Result<Secret, KeyAgreementError>;

    /// PACE's integrated mapping f(R_p(s, t)) (9303-11 §4.4.3.3.2).
    fn map_integrated(
        &self,
        algorithm: SymmetricAlgorithm,
        s: &[u8],
        t: &[u8],
    ) -> Result<Secret, KeyAgreementError>;
}

impl Group {
    /// The group with this number in the table; `None` for those that this terminal does not have.
    pub fn from_parameter_id(parameter_id: u8) -> Option<Self> {
        match ModPGroup::from_parameter_id(parameter_id) {
            Some(group) => Some(Self::ModP(group)),
            None => Self::from_curve(NamedCurve::from_parameter_id(parameter_id)?),
        }
    }

    /// The group of a curve; `None` when this terminal does not have it.
    pub fn from_curve(curve: NamedCurve) -> Option<Self> {
        match (curve.on_chip(), curve) {
            (Some(curve), _) => Some(Self::Curve(curve)),
            (None, NamedCurve::P521) => Some(Self::P521),
            (None, curve) => LegacyCurve::new(curve).map(Self::Legacy),
        }
    }

    /// Its curve, if it has one.
    pub fn curve(self) -> Option<NamedCurve> {
        match self {
            Self::Curve(curve) => Some(curve.into()),
            Self::P521 => Some(NamedCurve::P521),
            Self::Legacy(curve) => Some(curve.named()),
            Self::ModP(_) => None,
        }
    }

    /// Its name for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Curve(curve) => curve.name(),
            Self::P521 => "P-521",
            Self::Legacy(curve) => curve.named().name(),
            Self::ModP(group) => group.name(),
        }
    }

    /// Longest public key as it travels, in bytes.
    pub fn public_len(self) -> usize {
        match self {
            Self::Curve(curve) => curve.point_len(),
            Self::P521 => p521::POINT_LEN,
            Self::Legacy(curve) => curve.named().point_len(),
            Self::ModP(group) => group.modulus_len(),
        }
    }

    /// Length of a private key in bytes.
    pub(super) fn private_len(self) -> usize {
        self.arithmetic().order_bits().div_ceil(8)
    }

    /// Whether integrated mapping is defined on it.
    pub(super) fn has_integrated_mapping(self) -> bool {
        self.curve().is_none_or(point_encoding::is_defined_on)
    }

    /// Whether these bytes are a private key.
    pub(super) fn is_private_key(self, private: &[u8]) -> bool {
        self.arithmetic().is_private_key(private)
    }

    /// An element to the power of a private key, after the check of both.
    ///
    /// # Errors
    /// [`KeyAgreementError::InvalidElement`], [`KeyAgreementError::InvalidPrivateKey`].
    pub(super) fn power(self, element: &[u8], private: &[u8]) -> Result<Secret, KeyAgreementError> {
        self.arithmetic().power(Some(element), private)
    }

    /// Whether it is a curve, else a MODP group.
    pub const fn is_elliptic(self) -> bool {
        !matches!(self, Self::ModP(_))
    }

    /// Security strength in bits (NIST SP 800-57 part 1, table 2).
    pub fn strength(self) -> u16 {
        match self {
            Self::ModP(group) => group.strength(),
            elliptic => match elliptic.private_len() * 8 {
                ..224 => 80,
                224..256 => 112,
                256..384 => 128,
                384..512 => 192,
                512.. => 256,
            },
        }
    }

    /// A public element as it travels.
    fn encode_public(self, element: &[u8]) -> &[u8] {
        match self {
            Self::Curve(_) | Self::P521 | Self::Legacy(_) => element,
            Self::ModP(_) => {
                let zeros = element.iter().take_while(|byte| **byte == 0).count();
                &element[zeros..]
            }
        }
    }

    fn arithmetic(&self) -> &dyn Arithmetic {
        match self {
            Self::Curve(curve) => curve,
            Self::P521 => &P521,
            Self::Legacy(curve) => curve,
            Self::ModP(group) => group,
        }
    }
}

impl std::fmt::Display for Group {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// The generator that key pairs are made with.
pub struct Generator {
    group: Group,
    /// Absent: the standard one.
    mapped: Option<Secret>,
}

impl Generator {
    /// The group's standard generator.
    pub const fn standard(group: Group) -> Self {
        Self { group, mapped: None }
    }

    /// PACE's generic mapping of the nonce s with the shared element h of the mapping keys.
    ///
    /// # Errors
    /// [`KeyAgreementError::InvalidElement`] when the nonce is zero or too long, or the result is the neutral element.
    pub fn map_generic(s: &[u8], h: &SharedElement) -> Result<Self, KeyAgreementError> {
        let mapped = h.group.arithmetic().map_generic(s, &h.element)?;
        Ok(Self {
            group: h.group,
            mapped: Some(mapped),
        })
    }

    /// PACE's integrated mapping of the nonces s and t.
    ///
    /// # Errors
    /// [`KeyAgreementError::InvalidElement`] for nonces of the wrong length, and the few that map to nothing.
    pub fn map_integrated(
        group: Group,
        algorithm: SymmetricAlgorithm,
        s: &[u8],
        t: &[u8],
    ) -> Result<Self, KeyAgreementError> {
        let mapped = group.arithmetic().map_integrated(algorithm, s, t)?;
        Ok(Self {
            group,
            mapped: Some(mapped),
        })
    }

    /// Draws a key pair.
    ///
    /// # Errors
    /// [`KeyAgreementError::Random`].
    pub fn draw_key_pair<R: TryCryptoRng + ?Sized>(&self, rng: &mut R) -> Result<KeyPair, KeyAgreementError> {
        let arithmetic = self.group.arithmetic();
        let bits = arithmetic.order_bits();
        // Bits of the first byte that the order does not have.
        let spare = bits.next_multiple_of(8) - bits;
        let mut private = Zeroizing::new(vec![0; bits.div_ceil(8)]);
        for _ in 0..MAX_DRAWS {
            rng.try_fill_bytes(&mut private)
                .map_err(|_| KeyAgreementError::Random)?;
            private[0] &= 0xFF >> spare;
            if arithmetic.is_private_key(&private) {
                return self.key_pair(private);
            }
        }
        Err(KeyAgreementError::Random)
    }

    fn key_pair(&self, private: Secret) -> Result<KeyPair, KeyAgreementError> {
        let mapped = self.mapped.as_ref().map(|element| element.as_slice());
        let public = self.group.arithmetic().power(mapped, &private)?;
        Ok(KeyPair {
            group: self.group,
            private,
            public: self.group.encode_public(&public).to_vec(),
        })
    }
}

/// An ephemeral key pair.
pub struct KeyPair {
    group: Group,
    private: Secret,
    public: Vec<u8>,
}

impl KeyPair {
    /// The group.
    pub const fn group(&self) -> Group {
        self.group
    }

    /// The public key as it travels.
    pub fn public(&self) -> &[u8] {
        &self.public
    }

    /// Whether another party's public key is this one, sent back.
    pub fn is_own(&self, public: &[u8]) -> bool {
        self.group.encode_public(public) == self.public
    }

    /// Agrees on an element with another party's public key.
    ///
    /// # Errors
    /// [`KeyAgreementError::InvalidElement`] when that is none.
    pub fn agree(&self, public: &[u8]) -> Result<SharedElement, KeyAgreementError> {
        let element = self.group.arithmetic().power(Some(public), &self.private)?;
        Ok(SharedElement {
            group: self.group,
            element,
        })
    }
}

/// What two parties agreed on.
pub struct SharedElement {
    group: Group,
    element: Secret,
}

impl SharedElement {
    /// The shared secret that keys are derived from: of a point the x-coordinate (BSI TR-03111 §4.3.1), else the number with as
    /// many bytes as the modulus (PKCS #3 §8.3).
    pub fn secret(&self) -> &[u8] {
        let element = self.element.as_slice();
        match self.group {
            Group::ModP(_) => element,
            // 04 ‖ x ‖ y
            Group::Curve(_) | Group::P521 | Group::Legacy(_) => &element[1..element.len().div_ceil(2)],
        }
    }
}

#[cfg(test)]
mod tests;
