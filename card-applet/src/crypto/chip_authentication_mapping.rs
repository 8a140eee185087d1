//! The arithmetic of PACE with Chip Authentication Mapping (ICAO Doc 9303-11, 4.4.3.5): the chip proves with one number
//! that it knows both the private key of its mapping and its static one.

use super::CryptoError;
use super::curve::{Curve, MAX_FIELD, PrivateKey, scalar};
use super::secret::Secret;
use bp256::BrainpoolP256r1;
use bp384::BrainpoolP384r1;
use elliptic_curve::ff::{Field, PrimeField};
use elliptic_curve::{CurveArithmetic, Scalar};
use p256::NistP256;
use p384::NistP384;
use zeroize::Zeroize;

/// Chip authentication data CA_IC, as long as the field. Secret until the chip has encrypted it: together with either
/// private key it is the other.
pub type ChipAuthenticationData = Secret<MAX_FIELD>;

/// CA_IC = SK_IC⁻¹ · SK_Map,IC mod n. Never panics.
///
/// # Errors
/// [`CryptoError::InvalidScalar`] when the keys are of different curves.
pub fn chip_authentication_data(
    static_key: &PrivateKey,
    mapping_key: &PrivateKey,
) -> Result<ChipAuthenticationData, CryptoError> {
    if static_key.curve() != mapping_key.curve() {
        return Err(CryptoError::InvalidScalar);
    }
    match static_key.curve() {
        Curve::P256 => divide::<NistP256>(mapping_key, static_key),
        Curve::BrainpoolP256r1 => divide::<BrainpoolP256r1>(mapping_key, static_key),
        Curve::P384 => divide::<NistP384>(mapping_key, static_key),
        Curve::BrainpoolP384r1 => divide::<BrainpoolP384r1>(mapping_key, static_key),
    }
}

#[allow(
    clippy::arithmetic_side_effects,
    reason = "the field operation of the curve crate cannot overflow"
)]
fn divide<C: CurveArithmetic>(
    dividend: &PrivateKey,
    divisor: &PrivateKey,
) -> Result<ChipAuthenticationData, CryptoError> {
    let mut divisor = scalar::<C>(divisor.bytes())?;
    let inverse = Option::<Scalar<C>>::from(Field::invert(&divisor));
    divisor.zeroize();
    let mut inverse = inverse.ok_or(CryptoError::InvalidScalar)?;
    let mut dividend = scalar::<C>(dividend.bytes())?;
    let mut quotient = inverse * dividend;
    inverse.zeroize();
    dividend.zeroize();
    let mut repr = quotient.to_repr();
    quotient.zeroize();
    let data = ChipAuthenticationData::from_slice(&repr).ok_or(CryptoError::InvalidScalar);
    repr.zeroize();
    data
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::curve::{Generator, PublicPoint};
    use test_vectors::{hex, list, load, text};

    /// ICAO Doc 9303-11, appendix I, and a second implementation's values on all four curves. What a terminal checks
    /// holds too: PK_Map = CA_IC · PK_IC.
    #[test]
    fn chip_authentication_data_of_appendix_i() {
        let published = load("icao-pace-cam")["vectors"][0].clone();
        let crosscheck = load("self-generated-crosscheck");
        let mut curves = std::collections::BTreeSet::new();
        for vector in list(&crosscheck["pace"])
            .iter()
            .filter(|vector| text(&vector["id"]).ends_with("-CAM"))
            .chain([&published])
        {
            let curve = Curve::from_parameter_id(vector["parameter_id"].as_u64().unwrap() as u8).unwrap();
            curves.insert(curve.parameter_id());
            let cam = &vector["cam"];
            let private = |value| PrivateKey::from_bytes(curve, &hex(value)).unwrap();
            let static_key = private(cam.get("static_priv").unwrap_or(&cam["static_priv_derived"]));
            let mapping_key = private(&vector["map_chip_priv"]);
            let data = chip_authentication_data(&static_key, &mapping_key).unwrap();
            assert_eq!(data.expose(), hex(&cam["ca_ic"]));
            let public = Generator::Standard(curve).public_key(&static_key).unwrap();
            assert_eq!(public.as_bytes(), hex(&cam["static_pub"]));
            let mapped = PrivateKey::from_bytes(curve, data.expose())
                .unwrap()
                .agree(&public)
                .unwrap();
            assert!(mapped == PublicPoint::from_uncompressed(curve, &hex(&vector["map_chip_pub"])).unwrap());
        }
        assert!(curves.len() >= 2, "{curves:?}");
    }

    #[test]
    fn keys_of_two_curves_are_refused() {
        let one = PrivateKey::from_bytes(Curve::P256, &[1; 32]).unwrap();
        let other = PrivateKey::from_bytes(Curve::BrainpoolP256r1, &[1; 32]).unwrap();
        assert!(chip_authentication_data(&one, &other).is_err());
    }
}
