//! PACE's integrated mapping on a curve that has no crate with field elements: the point encoding of ICAO Doc 9303-11 appendix
//! B.2 over crypto-bigint's Montgomery arithmetic, in constant time.

use card_applet::crypto::cipher::SymmetricAlgorithm;
use card_applet::crypto::integrated_mapping::{expand, expanded_len};
use card_applet::wire::domain_parameters::NamedCurve;
use crypto_bigint::modular::{BoxedMontyForm, BoxedMontyParams};
use crypto_bigint::{BoxedUint, CtEq, CtSelect, NonZero, Odd};
use zeroize::Zeroizing;

use super::{KeyAgreementError, Secret};

/// Whether the encoding is defined on this curve: its field has p ≡ 3 mod 4, as all have but P-224's.
pub(super) fn is_defined_on(curve: NamedCurve) -> bool {
    curve.parameters().prime.last().is_some_and(|last| last & 3 == 3)
}

/// f_G(R_p(s, t)) as 04 ‖ x ‖ y.
///
/// # Errors
/// [`KeyAgreementError::InvalidElement`] for nonces of the wrong length, the few that the encoding does not take, and a curve that it
/// is not defined on.
pub(super) fn map_integrated(
    curve: NamedCurve,
    algorithm: SymmetricAlgorithm,
    s: &[u8],
    t: &[u8],
) -> Result<Secret, KeyAgreementError> {
    let mut expanded = Zeroizing::new(vec![0; expanded_len(algorithm, curve.field_len() * 8)]);
    expand(algorithm, s, t, &mut expanded)?;
    encode_point(curve, &expanded).ok_or(KeyAgreementError::InvalidElement)
}

/// The encoding of a number of any length; `None` where step 2 divides by zero.
fn encode_point(curve: NamedCurve, number: &[u8]) -> Option<Secret> {
    if !is_defined_on(curve) {
        return None;
    }
    let domain = curve.parameters();
    let bits = u32::try_from(curve.field_len() * 8).ok()?;
    let p = BoxedUint::from_be_slice(domain.prime, bits).ok()?;
    let params = BoxedMontyParams::new_vartime(Odd::new(p.clone()).into_option()?);
    let element = |bytes: &[u8]| {
        Some(BoxedMontyForm::new(
            BoxedUint::from_be_slice(bytes, bits).ok()?,
            &params,
        ))
    };
    let (a, b) = (element(domain.a)?, element(domain.b)?);
    let wide = Zeroizing::new(BoxedUint::from_be_slice(number, u32::try_from(number.len() * 8).ok()?).ok()?);
    let modulus = NonZero::new(p.clone()).into_option()?;
    let t = Zeroizing::new(BoxedMontyForm::new(wide.rem(&modulus), &params));
    let right_side = |x: &BoxedMontyForm| x.square().add(&a).mul(x).add(&b);

    let alpha = t.square().neg();
    let alpha_sum = alpha.add(&alpha.square());
    // X2 = -b·a⁻¹·(1 + (α + α²)⁻¹), with one inversion.
    let inverse = a.mul(&alpha_sum).invert().into_option()?;
    let x2 = b
        .neg()
        .mul(&alpha_sum.add(&BoxedMontyForm::one(&params)))
        .mul(&inverse);
    let x3 = alpha.mul(&x2);
    let h2 = right_side(&x2);
    // (p + 1)/4, which for p ≡ 3 mod 4 is one more than a quarter of p.
    let quarter = p.shr(2).wrapping_add(BoxedUint::one());
    let root = h2.pow(&quarter);
    let is_square = root.square().ct_eq(&h2);
    let x = Zeroizing::new(BoxedMontyForm::ct_select(&x3, &x2, is_square));
    let other_root = t.square().mul(&t).mul(&root).neg();
    let y = Zeroizing::new(BoxedMontyForm::ct_select(&other_root, &root, is_square));

    let mut point = Zeroizing::new(vec![0x04]);
    for coordinate in [&x, &y] {
        // As wide as whole limbs: zeros in front.
        let bytes = Zeroizing::new(coordinate.retrieve().to_be_bytes());
        point.extend_from_slice(bytes.get(bytes.len().checked_sub(curve.field_len())?..)?);
    }
    Some(point)
}

#[cfg(test)]
mod tests {
    use super::*;
    use test_vectors::pace::{integrated_mapping_in_further_groups, integrated_mapping_vectors};

    /// Appendix H.1 and the other runs on curves with crates: what is computed here for other curves is right on those.
    #[test]
    fn the_published_generators() {
        let mut seen = 0;
        for vector in integrated_mapping_vectors()
            .into_iter()
            .chain(integrated_mapping_in_further_groups())
        {
            let Some(curve) = NamedCurve::from_parameter_id(vector.parameter_id) else {
                continue;
            };
            if curve == NamedCurve::P521 {
                // Its field has 521 bits, not 528.
                continue;
            }
            let algorithm = card_applet::wire::security_info::PaceProtocol::from_oid(&vector.oid)
                .unwrap()
                .cipher;
            let mapped = map_integrated(curve, algorithm, &vector.nonce, &vector.nonce_t).unwrap();
            assert_eq!(*mapped, vector.mapped_generator, "{}", vector.id);
            seen += 1;
        }
        assert!(seen >= 4, "{seen}");
    }

    /// Zero divides by zero, and P-224 has no such encoding.
    #[test]
    fn what_has_no_point() {
        assert!(encode_point(NamedCurve::BrainpoolP320r1, &[0; 48]).is_none());
        assert!(encode_point(NamedCurve::BrainpoolP320r1, &[5; 48]).is_some());
        assert!(encode_point(NamedCurve::P224, &[5; 48]).is_none());
        let undefined: Vec<_> = NamedCurve::ALL
            .into_iter()
            .filter(|curve| !is_defined_on(*curve))
            .collect();
        assert_eq!(undefined, [NamedCurve::P224]);
    }
}
