//! The MODP groups of RFC 5114, over crypto-bigint's Montgomery arithmetic in constant time.

use card_applet::crypto::cipher::SymmetricAlgorithm;
use card_applet::crypto::integrated_mapping::{expand, expanded_len};
use crypto_bigint::modular::{BoxedMontyForm, BoxedMontyParams};
use crypto_bigint::{BoxedUint, NonZero, Odd};
use zeroize::Zeroizing;

use super::{Arithmetic, KeyAgreementError, Secret};
use crate::mod_p_group::ModPGroup;

/// The group's numbers.
struct Domain {
    p: NonZero<BoxedUint>,
    q: NonZero<BoxedUint>,
    params: BoxedMontyParams,
    /// The generator.
    g: BoxedMontyForm,
}

impl ModPGroup {
    /// Security strength in bits (NIST SP 800-57 part 1, table 2).
    pub(super) const fn strength(self) -> u16 {
        match self {
            Self::Bits1024Order160 => 80,
            Self::Bits2048Order224 | Self::Bits2048Order256 => 112,
        }
    }

    /// Bytes of the modulus.
    pub(super) const fn modulus_len(self) -> usize {
        self.modulus_bits() as usize / 8
    }

    fn domain(self) -> Domain {
        let constants = self.constants();
        let build = || {
            let p = self.widened(constants.p);
            let params = BoxedMontyParams::new_vartime(Odd::new(p.clone()).into_option()?);
            Some(Domain {
                g: BoxedMontyForm::new(self.widened(constants.g), &params),
                p: NonZero::new(p).into_option()?,
                q: NonZero::new(self.widened(constants.q)).into_option()?,
                params,
            })
        };
        #[allow(
            clippy::expect_used,
            reason = "the constants are hexadecimal digits of odd numbers; a test reads them all"
        )]
        build().expect("constants of RFC 5114")
    }
}

impl Arithmetic for ModPGroup {
    fn order_bits(&self) -> usize {
        self.constants().q.len() * 4
    }

    fn is_private_key(&self, private: &[u8]) -> bool {
        self.exponent(&self.domain(), private).is_some()
    }

    fn power(&self, element: Option<&[u8]>, private: &[u8]) -> Result<Secret, KeyAgreementError> {
        let domain = self.domain();
        let base = match element {
            Some(element) => self.element(&domain, element)?,
            None => domain.g.clone(),
        };
        let exponent = self
            .exponent(&domain, private)
            .ok_or(KeyAgreementError::InvalidPrivateKey)?;
        encode(&base.pow_bounded_exp(&exponent, self.order_bits() as u32))
    }

    fn map_generic(&self, s: &[u8], h: &[u8]) -> Result<Secret, KeyAgreementError> {
        let domain = self.domain();
        let h = self.element(&domain, h)?;
        let s = self
            .number(s)
            .filter(|s| bool::from(s.is_nonzero()))
            .ok_or(KeyAgreementError::InvalidElement)?;
        encode(&domain.g.pow(&s).mul(&h))
    }

    /// f_g(x) = x^a mod p, where a = (p − 1)/q.
    fn map_integrated(
        &self,
        algorithm: SymmetricAlgorithm,
        s: &[u8],
        t: &[u8],
    ) -> Result<Secret, KeyAgreementError> {
        let domain = self.domain();
        let mut expanded = Zeroizing::new(vec![0; expanded_len(algorithm, self.modulus_bits() as usize)]);
        expand(algorithm, s, t, &mut expanded)?;
        let wide = BoxedUint::from_be_slice(&expanded, expanded.len() as u32 * 8)
            .map_err(|_| KeyAgreementError::InvalidElement)?;
        let x = Zeroizing::new(wide).rem(&domain.p);
        let cofactor = domain
            .p
            .as_ref()
            .wrapping_sub(BoxedUint::one())
            .div_rem_vartime(&domain.q)
            .0;
        encode(&BoxedMontyForm::new(x, &domain.params).pow(&cofactor))
    }
}

impl ModPGroup {
    /// A number not longer than the modulus, as wide as it.
    fn number(self, bytes: &[u8]) -> Option<Zeroizing<BoxedUint>> {
        let number = BoxedUint::from_be_slice(bytes, self.modulus_bits()).ok()?;
        Some(Zeroizing::new(number))
    }

    /// A number between zero and the order.
    fn exponent(self, domain: &Domain, bytes: &[u8]) -> Option<Zeroizing<BoxedUint>> {
        if bytes.len() != self.constants().q.len() / 2 {
            return None;
        }
        let exponent = self.number(bytes)?;
        let in_range = bool::from(exponent.is_nonzero()) && *exponent < *domain.q.as_ref();
        in_range.then_some(exponent)
    }

    /// An element of the subgroup but one: 1 < y < p and y^q = 1 (RFC 2631 §2.1.5).
    fn element(self, domain: &Domain, bytes: &[u8]) -> Result<BoxedMontyForm, KeyAgreementError> {
        let y = self.number(bytes).ok_or(KeyAgreementError::InvalidElement)?;
        if *y >= *domain.p.as_ref() || !bool::from(y.is_nonzero()) || bool::from(y.is_one()) {
            return Err(KeyAgreementError::InvalidElement);
        }
        let element = BoxedMontyForm::new((*y).clone(), &domain.params);
        if element.pow_bounded_exp(domain.q.as_ref(), self.order_bits() as u32)
            == BoxedMontyForm::one(&domain.params)
        {
            Ok(element)
        } else {
            Err(KeyAgreementError::InvalidElement)
        }
    }
}

/// The number with as many bytes as the modulus, whatever its value, since it may be a secret; zero and one are no results.
fn encode(element: &BoxedMontyForm) -> Result<Secret, KeyAgreementError> {
    let number = Zeroizing::new(element.retrieve());
    if bool::from(number.is_zero()) || bool::from(number.is_one()) {
        return Err(KeyAgreementError::InvalidElement);
    }
    Ok(Zeroizing::new(number.to_be_bytes().into_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crypto_bigint::Resize;

    impl ModPGroup {
        /// A private key modulo the order.
        pub(crate) fn reduce_private_key(self, private: &[u8]) -> Vec<u8> {
            let domain = self.domain();
            let reduced = self.number(private).unwrap().rem(&domain.q).to_be_bytes();
            reduced[reduced.len() - self.order_bits() / 8..].to_vec()
        }

        /// p − 1, the element of order two.
        pub(crate) fn minus_one(self) -> Vec<u8> {
            let p = self.domain().p;
            p.as_ref().wrapping_sub(BoxedUint::one()).to_be_bytes().into_vec()
        }
    }

    /// The numbers of parameter 0 are those that 9303-11 prints in appendix G.2.
    #[test]
    fn the_group_of_appendix_g2() {
        let vector = &test_vectors::load("icao-pace-gm")["vectors"][1];
        let constants = ModPGroup::Bits1024Order160.constants();
        for (ours, name) in [(constants.p, "p"), (constants.g, "g"), (constants.q, "q")] {
            assert_eq!(ours, test_vectors::text(&vector[name]));
        }
    }

    /// A mistyped digit would not survive: p and q are prime, q divides p − 1, and g has order q.
    #[test]
    fn every_group_is_one() {
        for group in ModPGroup::ALL {
            let Domain { p, q, params, g } = group.domain();
            assert_eq!(p.as_ref().bit_width(), group.modulus_bits());
            assert_eq!(q.as_ref().bit_width() as usize, group.order_bits());
            for prime in [p.as_ref(), &q.as_ref().resize(q.as_ref().bit_width())] {
                assert!(
                    crypto_primes::is_prime(crypto_primes::Flavor::Any, prime),
                    "{}",
                    group.name()
                );
            }
            let p_minus_one = p.as_ref().wrapping_sub(BoxedUint::one());
            assert!(bool::from(p_minus_one.rem(&q).is_zero()), "{}", group.name());
            let one = BoxedMontyForm::one(&params);
            assert!(g != one && g.pow(q.as_ref()) == one, "{}", group.name());
        }
    }
}
