//! The MODP groups that documents use: standardized domain parameters 0 to 2 (ICAO Doc 9303-11 §9.5.1, table 12; RFC 5114).
//! Their numbers are here once, for the terminal that computes with them and for the inspection that recognises them.

mod rfc5114;

use crypto_bigint::{BoxedUint, NonZero};

pub(crate) use rfc5114::Constants;
use rfc5114::{MODP_1024_160, MODP_2048_224, MODP_2048_256};

/// A MODP group with a subgroup of prime order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ModPGroup {
    /// 1024-bit modulus, 160-bit order: parameter 0.
    Bits1024Order160,
    /// 2048-bit modulus, 224-bit order: parameter 1.
    Bits2048Order224,
    /// 2048-bit modulus, 256-bit order: parameter 2.
    Bits2048Order256,
}

impl ModPGroup {
    /// All of them.
    pub const ALL: [Self; 3] = [
        Self::Bits1024Order160,
        Self::Bits2048Order224,
        Self::Bits2048Order256,
    ];

    /// The group with this number in the table of standardized domain parameters.
    pub const fn from_parameter_id(parameter_id: u8) -> Option<Self> {
        match parameter_id {
            0 => Some(Self::Bits1024Order160),
            1 => Some(Self::Bits2048Order224),
            2 => Some(Self::Bits2048Order256),
            _ => None,
        }
    }

    /// Its name, after 9303-11 table 12.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bits1024Order160 => "MODP 1024/160",
            Self::Bits2048Order224 => "MODP 2048/224",
            Self::Bits2048Order256 => "MODP 2048/256",
        }
    }

    /// Its numbers.
    pub(crate) const fn constants(self) -> Constants {
        match self {
            Self::Bits1024Order160 => MODP_1024_160,
            Self::Bits2048Order224 => MODP_2048_224,
            Self::Bits2048Order256 => MODP_2048_256,
        }
    }

    /// Bits of the modulus.
    pub(crate) const fn modulus_bits(self) -> u32 {
        match self {
            Self::Bits1024Order160 => 1024,
            Self::Bits2048Order224 | Self::Bits2048Order256 => 2048,
        }
    }

    /// A number that is given in hexadecimal digits, as wide as the modulus.
    pub(crate) fn widened(self, digits: &str) -> BoxedUint {
        #[allow(
            clippy::expect_used,
            reason = "the constants are hexadecimal digits, none longer than the modulus; a test reads them all"
        )]
        BoxedUint::from_str_radix_with_precision_vartime(digits, 16, self.modulus_bits())
            .expect("constants of RFC 5114")
    }

    /// Modulus, generator and order of the subgroup as unsigned numbers, big-endian, without leading zeros.
    pub(crate) fn numbers(self) -> [Vec<u8>; 3] {
        let Constants { p, g, q } = self.constants();
        [p, g, q].map(|digits| without_leading_zeros(&self.widened(digits).to_be_bytes()).to_vec())
    }

    /// (p − 1) / q in the same form, X9.42's subgroup factor j.
    pub(crate) fn cofactor(self) -> Vec<u8> {
        let Constants { p, q, .. } = self.constants();
        let p_minus_one = self.widened(p).wrapping_sub(BoxedUint::one());
        let cofactor = NonZero::new(self.widened(q))
            .into_option()
            .map(|q| p_minus_one.div_rem_vartime(&q).0.to_be_bytes().to_vec())
            .unwrap_or_default();
        without_leading_zeros(&cofactor).to_vec()
    }
}

impl std::fmt::Display for ModPGroup {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// An unsigned number as short as it can be.
pub(crate) fn without_leading_zeros(bytes: &[u8]) -> &[u8] {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    bytes.get(zeros..).unwrap_or_default()
}
