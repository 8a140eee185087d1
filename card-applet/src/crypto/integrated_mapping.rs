//! PACE's integrated mapping: the pseudo-random function R_p of the two nonces, and the encoding of its result as a
//! point of the curve (ICAO Doc 9303-11, 4.4.3.3.2 and appendix B.2; the encoding is that of Brier, Coron, Icart,
//! Madore, Randriam, Tibouchi, CRYPTO 2010).
//!
//! The arithmetic is that of the curve crates' field elements, in constant time; only the exponent of the square
//! root, which is the field's, decides what is multiplied.

use super::CryptoError;
use super::cipher::{BlockCipherKey, MAX_BLOCK, SymmetricAlgorithm};
use super::curve::{Curve, MAX_POINT, PublicPoint};
use bp256::BrainpoolP256r1;
use bp384::BrainpoolP384r1;
use elliptic_curve::ff::{Field, PrimeField};
use elliptic_curve::hazmat::FieldArithmetic;
use elliptic_curve::subtle::{ConditionallySelectable, ConstantTimeEq};
use p256::NistP256;
use p384::NistP384;
use primeorder::{PrimeCurveParams, PrimeFieldExt};
use zeroize::Zeroize;

/// Longest nonce s in bytes.
pub const MAX_NONCE: usize = 32;
/// By so many bits R_p's result is longer than the modulus, at least.
const EXCESS_BITS: usize = 64;
/// Longest pseudo-random string for a curve of this chip.
const MAX_EXPANDED: usize = 64;

/// c0 and c1 for nonces of 128 bits (9303-11, 4.4.3.3.2).
const CONSTANTS_128: [[u8; 16]; 2] = [
    0xA668_892A_7C41_E3CA_739F_40B0_57D8_5904_u128.to_be_bytes(),
    0xA4E1_36AC_725F_738B_01C1_F602_17C1_88AD_u128.to_be_bytes(),
];

/// c0 and c1 for nonces of 256 bits.
const CONSTANTS_256: [[[u8; 16]; 2]; 2] = [
    [
        0xD463_D652_3412_4EF7_8970_5498_6DCA_0A17_u128.to_be_bytes(),
        0x4E28_DF75_8CBA_A03F_2406_1641_4D5A_1676_u128.to_be_bytes(),
    ],
    [
        0x54BD_7255_F0AA_F831_BEC3_423F_CF39_D69B_u128.to_be_bytes(),
        0x6CBF_0666_77D0_FAAE_5AAD_D99D_F8E5_3517_u128.to_be_bytes(),
    ],
];

/// Length l of the nonce s in bytes: the least multiple of the cipher's block that is not shorter than its key.
pub const fn nonce_len(algorithm: SymmetricAlgorithm) -> usize {
    match algorithm {
        SymmetricAlgorithm::TripleDes | SymmetricAlgorithm::Aes128 => 16,
        SymmetricAlgorithm::Aes192 | SymmetricAlgorithm::Aes256 => 32,
    }
}

/// Length of R_p's pseudo-random string for a modulus of so many bits: the least multiple of the nonce's length that
/// is 64 bits longer.
pub const fn expanded_len(algorithm: SymmetricAlgorithm, modulus_bits: usize) -> usize {
    let bytes = modulus_bits.saturating_add(EXCESS_BITS).div_ceil(8);
    bytes.next_multiple_of(nonce_len(algorithm))
}

/// The pseudo-random string x_1 ‖ … ‖ x_n of R_p(s, t), before its reduction. `out` is a multiple of the nonce's
/// length. Never panics.
///
/// # Errors
/// [`CryptoError::InvalidKey`] when t is not as long as the cipher's key, [`CryptoError::InvalidLength`] when s or
/// `out` has a wrong length.
pub fn expand(algorithm: SymmetricAlgorithm, s: &[u8], t: &[u8], out: &mut [u8]) -> Result<(), CryptoError> {
    let len = nonce_len(algorithm);
    if s.len() != len {
        return Err(CryptoError::InvalidLength);
    }
    let mut chunks = out.chunks_exact_mut(len);
    let mut key = [0; MAX_NONCE];
    let result = expand_with(algorithm, s, t, &mut key, &mut chunks);
    key.zeroize();
    result?;
    if chunks.into_remainder().is_empty() {
        Ok(())
    } else {
        Err(CryptoError::InvalidLength)
    }
}

fn expand_with(
    algorithm: SymmetricAlgorithm,
    s: &[u8],
    t: &[u8],
    key: &mut [u8; MAX_NONCE],
    chunks: &mut core::slice::ChunksExactMut<'_, u8>,
) -> Result<(), CryptoError> {
    let (c0, c1): (&[u8], &[u8]) = match nonce_len(algorithm) {
        16 => (&CONSTANTS_128[0], &CONSTANTS_128[1]),
        _ => (CONSTANTS_256[0].as_flattened(), CONSTANTS_256[1].as_flattened()),
    };
    let key = key.get_mut(..s.len()).ok_or(CryptoError::InvalidLength)?;
    let encrypt = |cipher: &BlockCipherKey, input: &[u8], out: &mut [u8]| {
        let mut iv = [0; MAX_BLOCK];
        let iv = iv
            .get_mut(..algorithm.block_len())
            .ok_or(CryptoError::InvalidLength)?;
        out.copy_from_slice(input);
        cipher.cbc_encrypt(iv, out)
    };
    // k_0 is s under t; from there on x_i is c1, and k_i is c0, under k_(i-1). AES-192 takes the first 24 bytes of k_i.
    encrypt(&BlockCipherKey::new(algorithm, t)?, s, key)?;
    for chunk in chunks {
        let cipher = key.get(..algorithm.key_len()).ok_or(CryptoError::InvalidKey)?;
        let cipher = BlockCipherKey::new(algorithm, cipher)?;
        encrypt(&cipher, c1, chunk)?;
        encrypt(&cipher, c0, key)?;
    }
    Ok(())
}

/// The mapped generator f_G(R_p(s, t)) on this curve. Never panics.
///
/// # Errors
/// Those of [`expand`]; [`CryptoError::InvalidPoint`] for the few values of R_p that the encoding does not take (zero
/// among them).
pub fn map_integrated(
    curve: Curve,
    algorithm: SymmetricAlgorithm,
    s: &[u8],
    t: &[u8],
) -> Result<PublicPoint, CryptoError> {
    let mut expanded = [0; MAX_EXPANDED];
    let len = expanded_len(algorithm, curve.field_len().saturating_mul(8));
    let mapped = match expanded.get_mut(..len) {
        Some(out) => expand(algorithm, s, t, out).and_then(|()| encode_point(curve, out)),
        None => Err(CryptoError::InvalidLength),
    };
    expanded.zeroize();
    mapped
}

/// f_G of a pseudo-random string, on this curve.
fn encode_point(curve: Curve, expanded: &[u8]) -> Result<PublicPoint, CryptoError> {
    let mut point = [0; MAX_POINT];
    let out = point
        .get_mut(..curve.point_len())
        .ok_or(CryptoError::InvalidPoint)?;
    match curve {
        Curve::P256 => write_point::<NistP256>(expanded, out)?,
        Curve::BrainpoolP256r1 => write_point::<BrainpoolP256r1>(expanded, out)?,
        Curve::P384 => write_point::<NistP384>(expanded, out)?,
        Curve::BrainpoolP384r1 => write_point::<BrainpoolP384r1>(expanded, out)?,
    }
    let mapped = PublicPoint::from_uncompressed(curve, out);
    point.zeroize();
    mapped
}

/// f_G of a pseudo-random string: writes 04 ‖ x ‖ y. For any curve of prime order (cofactor one) over a field with
/// p ≡ 3 mod 4 whose crate has field elements. Never panics.
///
/// # Errors
/// [`CryptoError::InvalidPoint`] for the few values that the encoding does not take; [`CryptoError::InvalidLength`]
/// when `out` is not as long as an uncompressed point.
pub fn write_point<C: PrimeCurveParams>(expanded: &[u8], out: &mut [u8]) -> Result<(), CryptoError> {
    let (x, y) = encode_affine::<C>(reduce(expanded)).ok_or(CryptoError::InvalidPoint)?;
    let (format, coordinates) = out.split_first_mut().ok_or(CryptoError::InvalidLength)?;
    *format = 0x04;
    let (mut x, mut y) = (x.to_be_repr(), y.to_be_repr());
    let len = x.len();
    let written = match coordinates.split_at_mut_checked(len) {
        Some((out_x, out_y)) if out_y.len() == len => {
            out_x.copy_from_slice(&x);
            out_y.copy_from_slice(&y);
            Ok(())
        }
        _ => Err(CryptoError::InvalidLength),
    };
    x.as_mut_slice().zeroize();
    y.as_mut_slice().zeroize();
    written
}

/// A big-endian number of any length modulo p.
#[allow(
    clippy::arithmetic_side_effects,
    reason = "operations of the field cannot overflow"
)]
fn reduce<F: PrimeField>(bytes: &[u8]) -> F {
    let shift = F::from(1 << 32);
    bytes.chunks(4).fold(F::ZERO, |sum, chunk| {
        let digit = chunk
            .iter()
            .fold(0_u64, |digit, byte| digit << 8 | u64::from(*byte));
        sum * shift + F::from(digit)
    })
}

/// The point encoding of 9303-11, B.2, in constant time; `None` where its step 2 divides by zero.
#[allow(
    clippy::arithmetic_side_effects,
    reason = "operations of the field cannot overflow"
)]
fn encode_affine<C: PrimeCurveParams>(t: C::FieldElement) -> Option<Coordinates<C>> {
    type F<C> = <C as FieldArithmetic>::FieldElement;
    let (a, b) = (C::EQUATION_A, C::EQUATION_B);
    let right_side = |x: F<C>| (x.square() + a) * x + b;

    let alpha = -t.square();
    let alpha_sum = alpha + alpha.square();
    // X2 = -b·a⁻¹·(1 + (α + α²)⁻¹), with one inversion.
    let inverse = Field::invert(&(a * alpha_sum)).into_option()?;
    let x2 = -b * (F::<C>::ONE + alpha_sum) * inverse;
    let x3 = alpha * x2;
    let h2 = right_side(x2);
    // With A = h2^(p-1-(p+1)/4) as in B.2, A·h2 is this root where h2 is a square, and A·t³·h2 is its product with -t³
    // where it is none.
    let root = power_of_quarter(h2);
    let is_square = root.square().ct_eq(&h2);
    let x = F::<C>::conditional_select(&x3, &x2, is_square);
    let y = F::<C>::conditional_select(&(-t.square() * t * root), &root, is_square);
    Some((x, y))
}

/// An affine point's coordinates.
type Coordinates<C> = (
    <C as FieldArithmetic>::FieldElement,
    <C as FieldArithmetic>::FieldElement,
);

/// h^((p+1)/4), which for p ≡ 3 mod 4 is a square root of h if h has one. The exponent is no secret.
#[allow(
    clippy::arithmetic_side_effects,
    reason = "operations of the field cannot overflow; the shifts are by less than eight"
)]
fn power_of_quarter<F: PrimeFieldExt>(h: F) -> F {
    // (p + 1)/4 is one more than p - 1 without its last two bits.
    let minus_one = (-F::ONE).to_be_repr();
    let bytes = minus_one.as_ref();
    let bits = bytes
        .iter()
        .flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1 == 1));
    let quarter = bits.take(bytes.len().saturating_mul(8).saturating_sub(2));
    let mut power = F::ONE;
    for bit in quarter {
        power = power.square();
        if bit {
            power *= h;
        }
    }
    power * h
}

#[cfg(test)]
mod tests;
