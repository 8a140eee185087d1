//! Active Authentication, the terminal's side (ICAO Doc 9303-11 §6.1): whether a signature is the chip's, ECDSA in plain form (BSI
//! TR-03111 §5.2) or RSA after ISO/IEC 9796-2 with partial recovery.

use crypto_bigint::modular::{BoxedMontyForm, BoxedMontyParams};
use crypto_bigint::{BoxedUint, Odd};
use sha1::Sha1;
use sha2::{Digest, Sha224, Sha256, Sha384, Sha512};

use crate::naive::{Curve, find, objects};

#[cfg(test)]
mod tests;

/// id-AA (9303-11 §9.2.9).
const ACTIVE_AUTHENTICATION: [u8; 6] = [0x67, 0x81, 0x08, 0x01, 0x01, 0x05];
/// ecdsa-plain-signatures, without the last arc.
const PLAIN_ECDSA: [u8; 9] = [0x04, 0x00, 0x7F, 0x00, 0x07, 0x01, 0x01, 0x04, 0x01];
/// The longest modulus that is computed with, in bytes.
const LONGEST_MODULUS: usize = 1024;

/// A hash function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hash {
    /// SHA-1.
    Sha1,
    /// SHA-224.
    Sha224,
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

impl Hash {
    const ALL: [Hash; 5] = [Hash::Sha1, Hash::Sha224, Hash::Sha256, Hash::Sha384, Hash::Sha512];

    /// The digest.
    pub fn digest(self, message: &[u8]) -> Vec<u8> {
        match self {
            Hash::Sha1 => Sha1::digest(message).to_vec(),
            Hash::Sha224 => Sha224::digest(message).to_vec(),
            Hash::Sha256 => Sha256::digest(message).to_vec(),
            Hash::Sha384 => Sha384::digest(message).to_vec(),
            Hash::Sha512 => Sha512::digest(message).to_vec(),
        }
    }

    /// Its last arc in ecdsa-plain-signatures (TR-03111 §5.2.1).
    fn arc(self) -> u8 {
        match self {
            Hash::Sha1 => 1,
            Hash::Sha224 => 2,
            Hash::Sha256 => 3,
            Hash::Sha384 => 4,
            Hash::Sha512 => 5,
        }
    }

    /// The trailer that names it (ISO/IEC 9796-2, numbers of ISO/IEC 10118-3). SHA-1 has two, the short one is option 1.
    fn trailers(self) -> &'static [&'static [u8]] {
        match self {
            Hash::Sha1 => &[&[0xBC], &[0x33, 0xCC]],
            Hash::Sha224 => &[&[0x38, 0xCC]],
            Hash::Sha256 => &[&[0x34, 0xCC]],
            Hash::Sha384 => &[&[0x36, 0xCC]],
            Hash::Sha512 => &[&[0x35, 0xCC]],
        }
    }

    /// The hash function that the ActiveAuthenticationInfo in a DG14 names for ECDSA. `None` when there is no such info, or one that
    /// names another signature.
    pub fn in_dg14(dg14: &[u8]) -> Option<Self> {
        let infos = find(find(dg14, 0x6E)?, 0x31)?;
        objects(infos)
            .into_iter()
            .find_map(|(_, info)| match objects(info).as_slice() {
                [(0x06, id), (0x02, _), (0x06, algorithm), ..] if *id == ACTIVE_AUTHENTICATION => {
                    let [arc] = algorithm.strip_prefix(&PLAIN_ECDSA)? else {
                        return None;
                    };
                    Hash::ALL.into_iter().find(|hash| hash.arc() == *arc)
                }
                _ => None,
            })
    }
}

/// The key of DG15.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ActiveKey {
    /// On a curve.
    Ecdsa {
        /// The curve.
        curve: Curve,
        /// 04 ‖ x ‖ y.
        public: Vec<u8>,
        /// What is signed is this digest of the challenge.
        hash: Hash,
    },
    /// RSA; the signature names its hash function itself.
    Rsa {
        /// n, without zeros that it begins with.
        modulus: Vec<u8>,
        /// e.
        exponent: Vec<u8>,
    },
}

impl ActiveKey {
    /// The RSA key of a SubjectPublicKeyInfo's content. `None` for what is none.
    pub fn rsa(spki: &[u8]) -> Option<Self> {
        let bits = find(spki, 0x03)?.strip_prefix(&[0])?;
        let numbers = objects(find(bits, 0x30)?);
        let [(0x02, modulus), (0x02, exponent)] = numbers[..] else {
            return None;
        };
        let trimmed = |number: &[u8]| {
            let digits = number.iter().skip_while(|byte| **byte == 0);
            digits.copied().collect::<Vec<u8>>()
        };
        Some(ActiveKey::Rsa {
            modulus: trimmed(modulus),
            exponent: trimmed(exponent),
        })
    }

    /// Whether this is the key's signature over the challenge.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check(&self, challenge: &[u8], signature: &[u8]) -> Result<(), &'static str> {
        match self {
            ActiveKey::Ecdsa { curve, public, hash } => {
                let digest = hash.digest(challenge);
                let signed = curve.has_signed(public, &digest, signature);
                signed
                    .then_some(())
                    .ok_or("it is not r ‖ s over the challenge under the key of DG15")
            }
            ActiveKey::Rsa { modulus, exponent } => {
                check_representative(&open(modulus, exponent, signature)?, challenge)
            }
        }
    }
}

/// The message representative F in a signature: s^e modulo n, or what that lacks of n, whichever ends with the nibble C.
fn open(modulus: &[u8], exponent: &[u8], signature: &[u8]) -> Result<Vec<u8>, &'static str> {
    if modulus.len() > LONGEST_MODULUS || exponent.len() > modulus.len() {
        return Err("the key of DG15 is longer than the suite computes with");
    }
    if signature.len() != modulus.len() {
        return Err("it has not the length of the modulus");
    }
    let number = BoxedUint::from_be_slice_vartime;
    let n = number(modulus);
    let odd = Odd::new(n.clone())
        .into_option()
        .ok_or("the modulus of DG15 is even")?;
    let s = number(signature);
    if s >= n {
        return Err("it is no number below the modulus");
    }
    let params = BoxedMontyParams::new_vartime(odd);
    let power = BoxedMontyForm::new(s, &params).pow(&number(exponent)).retrieve();
    let bytes = |number: BoxedUint| {
        let bytes = number.to_be_bytes().into_vec();
        // As long as the modulus, which may be no whole number of limbs.
        let surplus = bytes.len().saturating_sub(modulus.len());
        bytes[surplus..].to_vec()
    };
    let ends_well = |f: &[u8]| f.last().is_some_and(|last| last & 0x0F == 0x0C);
    let f = bytes(power.clone());
    if ends_well(&f) {
        return Ok(f);
    }
    Ok(bytes(n.wrapping_sub(&power)))
}

/// F = 6A ‖ M1 ‖ H(M1 ‖ M2) ‖ trailer, M2 being the challenge.
fn check_representative(f: &[u8], challenge: &[u8]) -> Result<(), &'static str> {
    let inner = f
        .strip_prefix(&[0x6A])
        .ok_or("it does not open to a representative with partial recovery (6A)")?;
    let named = Hash::ALL.into_iter().find_map(|hash| {
        let trailers = hash.trailers().iter();
        let inner = trailers
            .filter_map(|trailer| inner.strip_suffix(*trailer))
            .next()?;
        Some((hash, inner))
    });
    let (hash, inner) = named.ok_or("its trailer names no hash function that the suite knows")?;
    let split = inner.len().checked_sub(hash.digest(&[]).len());
    let (m1, digest) = split
        .and_then(|at| inner.split_at_checked(at))
        .ok_or("it is too short for its hash")?;
    let computed = hash.digest(&[m1, challenge].concat());
    (computed == digest)
        .then_some(())
        .ok_or("its hash is not that of M1 and the challenge")
}
