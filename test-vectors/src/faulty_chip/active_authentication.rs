//! Active Authentication (ICAO Doc 9303-11 §6.1): ECDSA on P-256 with SHA-256, or RSA after ISO/IEC 9796-2.

use crypto_bigint::modular::{BoxedMontyForm, BoxedMontyParams};
use crypto_bigint::{BoxedUint, Odd};
use p256::ecdsa::Signature;
use p256::ecdsa::signature::Signer;
use serde::{Deserialize, Serialize};
use sha1::Sha1;
use sha2::{Digest, Sha224, Sha256, Sha384, Sha512};

use super::as_hex;
use super::fault::Misdeed;
use super::lapse::Lapse;
use super::{Answer, FaultyChip};

/// A hash function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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
    /// The digest of a message.
    pub fn digest(self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::Sha1 => Sha1::digest(message).to_vec(),
            Self::Sha224 => Sha224::digest(message).to_vec(),
            Self::Sha256 => Sha256::digest(message).to_vec(),
            Self::Sha384 => Sha384::digest(message).to_vec(),
            Self::Sha512 => Sha512::digest(message).to_vec(),
        }
    }

    /// The trailer of ISO/IEC 9796-2 that names it.
    fn trailer(self) -> &'static [u8] {
        match self {
            Self::Sha1 => &[0xBC],
            Self::Sha224 => &[0x38, 0xCC],
            Self::Sha256 => &[0x34, 0xCC],
            Self::Sha384 => &[0x36, 0xCC],
            Self::Sha512 => &[0x35, 0xCC],
        }
    }
}

/// A private key of Active Authentication.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SigningKey {
    /// On P-256, with SHA-256.
    P256(#[serde(with = "as_hex::bytes")] Vec<u8>),
    /// RSA.
    Rsa {
        /// n, a whole number of bytes.
        #[serde(with = "as_hex::bytes")]
        modulus: Vec<u8>,
        /// d.
        #[serde(with = "as_hex::bytes")]
        private_exponent: Vec<u8>,
        /// The hash in the signature.
        hash: Hash,
    },
}

impl FaultyChip {
    /// INTERNAL AUTHENTICATE: r ‖ s, or the RSA signature.
    pub(super) fn active_authentication(&mut self, challenge: &[u8], misdeed: Option<&Misdeed>) -> Answer {
        let wrong_length = match challenge.len() {
            8 => false,
            0..8 => !self.neglects(Lapse::SignsShortChallenges),
            _ => !self.neglects(Lapse::SignsLongChallenges),
        };
        let in_reach = self.setup.plain || self.session.is_some();
        if self.setup.signing_key.is_none() || self.neglects(Lapse::SignsNothing) {
            return Answer::status(0x6D00);
        } else if !in_reach {
            return Answer::status(0x6982);
        } else if wrong_length {
            return Answer::status(0x6700);
        }
        let mut message = challenge.to_vec();
        if self.neglects(Lapse::SignsSomethingElse) {
            message.push(0);
        }
        if misdeed == Some(&Misdeed::WrongSignature) {
            message.push(0);
        }
        let trailer = match misdeed {
            Some(Misdeed::Trailer(trailer)) => Some(trailer.as_slice()),
            _ => None,
        };
        match self.setup.signing_key.clone() {
            None => Answer::status(0x6D00),
            Some(SigningKey::P256(private)) => match p256::ecdsa::SigningKey::from_slice(&private) {
                Ok(key) => {
                    let signature: Signature = key.sign(&message);
                    Answer::data(signature.to_bytes().to_vec())
                }
                Err(_) => Answer::status(0x6D00),
            },
            Some(SigningKey::Rsa {
                modulus,
                private_exponent,
                hash,
            }) => {
                let trailer = trailer.unwrap_or(hash.trailer());
                // F = 6A ‖ M1 ‖ H(M1 ‖ M2) ‖ trailer; M1 fills what is left.
                let digest_len = hash.digest(&[]).len();
                let m1 = self.random.bytes(modulus.len() - 1 - digest_len - trailer.len());
                let digest = hash.digest(&[&m1[..], &message].concat());
                let representative = [&[0x6A], &m1[..], &digest, trailer].concat();
                Answer::data(power(&representative, &private_exponent, &modulus))
            }
        }
    }
}

/// base^exponent mod modulus, as long as the modulus.
fn power(base: &[u8], exponent: &[u8], modulus: &[u8]) -> Vec<u8> {
    let number = BoxedUint::from_be_slice_vartime;
    let odd = Odd::new(number(modulus)).into_option().expect("an odd modulus");
    let params = BoxedMontyParams::new_vartime(odd);
    let result = BoxedMontyForm::new(number(base), &params).pow(&number(exponent));
    result.retrieve().to_be_bytes().into_vec()
}
