//! The MODP groups of RFC 5114, numbers as bytes.
//!
//! A test holds their parameters against those that OpenSSL writes beside its keys (`self-generated-chip-authentication-dh.json`).

use std::sync::OnceLock;

use crypto_bigint::modular::{BoxedMontyForm, BoxedMontyParams};
use crypto_bigint::{BoxedUint, NonZero, Odd};
use serde::{Deserialize, Serialize};

mod numbers;

/// A MODP group of the standardized domain parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ModP {
    /// 1024 bits, order of 160: parameter 0.
    Bits1024Order160,
    /// 2048 bits, order of 224: parameter 1.
    Bits2048Order224,
    /// 2048 bits, order of 256: parameter 2.
    Bits2048Order256,
}

/// Modulus, generator and order.
struct Numbers {
    p: Vec<u8>,
    g: Vec<u8>,
    q: Vec<u8>,
}

impl ModP {
    /// Every group of this chip.
    pub const ALL: [ModP; 3] = [
        ModP::Bits1024Order160,
        ModP::Bits2048Order224,
        ModP::Bits2048Order256,
    ];

    /// Its number among the standardized domain parameters.
    pub fn parameter_id(self) -> u8 {
        self as u8
    }

    fn numbers(self) -> &'static Numbers {
        static GROUPS: OnceLock<Vec<Numbers>> = OnceLock::new();
        let groups = GROUPS.get_or_init(|| {
            let number = |digits: &str| hex::decode(digits).unwrap_or_default();
            let group = |digits: &numbers::Digits| Numbers {
                p: number(digits.p),
                g: number(digits.g),
                q: number(digits.q),
            };
            numbers::GROUPS.iter().map(group).collect()
        });
        &groups[self as usize]
    }

    /// Bytes of the modulus.
    pub fn modulus_len(self) -> usize {
        self.numbers().p.len()
    }

    /// Bytes of a private key.
    pub fn private_len(self) -> usize {
        self.numbers().q.len()
    }

    /// Whether these bytes are a private key.
    pub fn is_private(self, private: &[u8]) -> bool {
        private.len() == self.private_len()
            && private.iter().any(|byte| *byte != 0)
            && private < self.numbers().q.as_slice()
    }

    /// The public key of a private one.
    pub fn public(self, private: &[u8]) -> Option<Vec<u8>> {
        self.power(&self.numbers().g, private)
    }

    /// An element to this power. `None` for what is no number between one and the modulus, or a result of one.
    pub fn power(self, element: &[u8], exponent: &[u8]) -> Option<Vec<u8>> {
        let params = self.params();
        let base = self.number(element)?;
        self.give(&BoxedMontyForm::new(base, &params).pow(&BoxedUint::from_be_slice_vartime(exponent)))
    }

    /// PACE's generic mapping: g^nonce · h.
    pub fn map(self, nonce: &[u8], h: &[u8]) -> Option<Vec<u8>> {
        let params = self.params();
        let form = |bytes: &[u8]| Some(BoxedMontyForm::new(self.number(bytes)?, &params));
        let g = form(&self.numbers().g)?.pow(&BoxedUint::from_be_slice_vartime(nonce));
        self.give(&g.mul(&form(h)?))
    }

    /// PACE's integrated mapping: the string modulo p, to the power of (p − 1)/q.
    pub fn encode_string(self, string: &[u8]) -> Option<Vec<u8>> {
        let params = self.params();
        let wide = BoxedUint::from_be_slice_vartime(string);
        let number = |bytes: &[u8]| BoxedUint::from_be_slice_vartime(bytes);
        let p = NonZero::new(self.number_of_modulus()).into_option()?;
        let q = NonZero::new(number(&self.numbers().q)).into_option()?;
        let cofactor = p.as_ref().wrapping_sub(BoxedUint::one()).div_rem_vartime(&q).0;
        self.give(&BoxedMontyForm::new(wide.rem(&p), &params).pow(&cofactor))
    }

    /// A number that is congruent to this element and above the modulus, as long as it. `None` when the sum is longer.
    pub fn plus_modulus(self, element: &[u8]) -> Option<Vec<u8>> {
        let mut sum = self.numbers().p.clone();
        let mut carry = 0;
        let digits = element.iter().rev().chain(std::iter::repeat(&0));
        for (digit, other) in sum.iter_mut().rev().zip(digits) {
            let total = u16::from(*digit) + u16::from(*other) + carry;
            *digit = total as u8;
            carry = total >> 8;
        }
        (carry == 0).then_some(sum)
    }

    /// Whether these bytes are a number between one and the modulus.
    pub fn is_element(self, element: &[u8]) -> bool {
        self.number(element).is_some()
    }

    fn number_of_modulus(self) -> BoxedUint {
        BoxedUint::from_be_slice_vartime(&self.numbers().p)
    }

    fn params(self) -> BoxedMontyParams {
        let odd = Odd::new(self.number_of_modulus()).into_option();
        BoxedMontyParams::new_vartime(odd.expect("an odd modulus"))
    }

    /// Between one and the modulus, as wide as it.
    fn number(self, bytes: &[u8]) -> Option<BoxedUint> {
        let bits = u32::try_from(self.modulus_len() * 8).ok()?;
        let number = BoxedUint::from_be_slice(strip_zeros(bytes), bits).ok()?;
        (number > BoxedUint::one() && number < self.number_of_modulus()).then_some(number)
    }

    fn give(self, element: &BoxedMontyForm) -> Option<Vec<u8>> {
        let number = element.retrieve();
        (number > BoxedUint::one()).then(|| strip_zeros(&number.to_be_bytes()).to_vec())
    }
}

/// An unsigned number without the zeros that it begins with.
pub(super) fn strip_zeros(bytes: &[u8]) -> &[u8] {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    &bytes[zeros..]
}
