//! PACE's integrated mapping: two nonces to a pseudo-random string, and that to an element of the group (ICAO Doc 9303-11
//! §4.4.3.3.2 and appendix B).

use elliptic_curve::ff::{Field, PrimeField};
use primeorder::PrimeCurveParams;

use super::cipher::Cipher;

/// Constants for ciphers with keys of 128 bits, and for longer ones.
const C0: [&str; 2] = [
    "A668892A7C41E3CA739F40B057D85904",
    "D463D65234124EF7897054986DCA0A174E28DF758CBAA03F240616414D5A1676",
];
const C1: [&str; 2] = [
    "A4E136AC725F738B01C1F60217C188AD",
    "54BD7255F0AAF831BEC3423FCF39D69B6CBF066677D0FAAE5AADD99DF8E53517",
];
/// Bits that the string has more than the modulus, so that its residue has no bias.
const MORE_BITS: usize = 64;

/// Bytes of the chip's nonce s.
pub(crate) fn nonce_len(cipher: Cipher) -> usize {
    match cipher {
        Cipher::TripleDes | Cipher::Aes128 => 16,
        Cipher::Aes192 | Cipher::Aes256 => 32,
    }
}

/// R(s, t): x_1 ‖ … ‖ x_n, for a modulus of this many bits.
pub(super) fn expand(cipher: Cipher, s: &[u8], t: &[u8], modulus_bits: usize) -> Option<Vec<u8>> {
    let key_len = match cipher {
        Cipher::TripleDes | Cipher::Aes128 => 16,
        Cipher::Aes192 => 24,
        Cipher::Aes256 => 32,
    };
    if t.len() != key_len || s.len() != nonce_len(cipher) {
        return None;
    }
    let row = usize::from(key_len > 16);
    let constant = |digits: &str| hex::decode(digits).expect("hexadecimal");
    let (c0, c1) = (constant(C0[row]), constant(C1[row]));
    let encrypt =
        |key: &[u8], data: &[u8]| cipher.encrypt(&key[..key_len], &vec![0; cipher.block_len()], data);
    let mut key = encrypt(t, s);
    let mut string = Vec::new();
    while string.len() * 8 < modulus_bits + MORE_BITS {
        string.extend(encrypt(&key, &c1));
        key = encrypt(&key, &c0);
    }
    Some(string)
}

/// The point that a string is mapped to, 04 ‖ x ‖ y; for curves whose field has p ≡ 3 mod 4.
pub(super) fn encode_to_point<C: PrimeCurveParams>(string: &[u8]) -> Option<Vec<u8>> {
    let (a, b) = (C::EQUATION_A, C::EQUATION_B);
    let byte = |byte: u8| C::FieldElement::from(u64::from(byte));
    let shift = C::FieldElement::from(256);
    let t = string.iter().fold(C::FieldElement::ZERO, |number, digit| {
        number * shift + byte(*digit)
    });
    let alpha = -t.square();
    let inverse = |number: C::FieldElement| Option::<C::FieldElement>::from(Field::invert(&number));
    let x2 = -(b * inverse(a)?) * (C::FieldElement::ONE + inverse(alpha + alpha.square())?);
    let h2 = x2.square() * x2 + a * x2 + b;
    let root = quarter_power::<C::FieldElement>(h2);
    let (x, y) = if root.square() == h2 {
        (x2, root)
    } else {
        (alpha * x2, -(t.square() * t * root))
    };
    Some([&[0x04][..], x.to_repr().as_ref(), y.to_repr().as_ref()].concat())
}

/// h^((p + 1)/4): a square root of h, if it has one.
fn quarter_power<F: PrimeField>(h: F) -> F {
    let modulus = modulus::<F>();
    // (p + 1)/4 = ⌊p/4⌋ + 1
    let bits = modulus
        .iter()
        .flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1));
    bits.take(modulus.len() * 8 - 2).fold(F::ONE, |power, bit| {
        let square = power.square();
        if bit == 1 { square * h } else { square }
    }) * h
}

/// The order of a field.
pub(super) fn modulus<F: PrimeField>() -> Vec<u8> {
    let digits = F::MODULUS.trim_start_matches("0x");
    let even = format!(
        "{}{digits}",
        if digits.len().is_multiple_of(2) { "" } else { "0" }
    );
    hex::decode(even).expect("hexadecimal")
}
