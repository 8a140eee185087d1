//! DG15: the Active Authentication public key (9303-10, section 4.7.15; 9303-11, section 6.1.5).

use card_applet::wire::lds::DataGroup;
use card_applet::wire::security_info::SubjectPublicKeyInfo;

use super::read::{Objects, outer};
use super::security_infos::public_key_info;
use super::{AsRead, LdsError, asn1, tlv};
use crate::attestation::AttestedKey;
use crate::pki::PkiError;

/// The file's name in errors.
const FILE: &str = "DG15";

/// rsaEncryption (RFC 8017, appendix C), content bytes.
const RSA_ENCRYPTION: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01];

/// id-ecPublicKey (RFC 5480, section 2.1.1), content bytes.
const EC_PUBLIC_KEY: &[u8] = &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01];

/// The public key of DG15.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ActiveAuthenticationKey<'a> {
    /// SubjectPublicKeyInfo, tag and length included.
    pub subject_public_key_info: &'a [u8],
    /// The key in it.
    pub key: Key<'a>,
}

/// A key, taken apart and not checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key<'a> {
    /// An RSA key: modulus and public exponent, big-endian without leading zeros.
    ///
    /// Erratum: the BSI set of 2008 writes the modulus as a negative INTEGER, without the leading zero. It is read as what was meant.
    Rsa {
        /// Modulus.
        modulus: &'a [u8],
        /// Public exponent.
        exponent: &'a [u8],
    },
    /// An EC key.
    Ec {
        /// Domain parameters: an OBJECT IDENTIFIER or explicit ones, tag and length included.
        parameters: &'a [u8],
        /// The point.
        point: &'a [u8],
    },
    /// Of another algorithm.
    Other {
        /// Its object identifier, content bytes.
        algorithm: &'a [u8],
    },
}

/// Encodes DG15: `6F { SubjectPublicKeyInfo }`, with explicit domain parameters.
///
/// # Errors
/// [`PkiError::Encoding`], never in practice.
pub fn encode(key: &AttestedKey) -> Result<Vec<u8>, PkiError> {
    Ok(tlv(DataGroup::DG15.tag(), &public_key_info(key)?))
}

/// Reads DG15.
///
/// # Errors
/// [`LdsError`] for another outer tag, or a key that is malformed.
pub fn decode(file: &[u8]) -> Result<AsRead<'_, ActiveAuthenticationKey<'_>>, LdsError> {
    let subject_public_key_info = outer(FILE, DataGroup::DG15.tag(), file)?;
    let info = SubjectPublicKeyInfo::parse(subject_public_key_info)
        .map_err(|error| LdsError::tlv(FILE, "SubjectPublicKeyInfo", error))?;
    let key = match info.algorithm {
        RSA_ENCRYPTION => rsa(info.subject_public_key)?,
        EC_PUBLIC_KEY => Key::Ec {
            parameters: info.parameters,
            point: info.subject_public_key,
        },
        algorithm => Key::Other { algorithm },
    };
    Ok(AsRead::new(
        file,
        ActiveAuthenticationKey {
            subject_public_key_info,
            key,
        },
    ))
}

fn rsa(public_key: &[u8]) -> Result<Key<'_>, LdsError> {
    let mut outer = Objects::new(FILE, public_key);
    let mut numbers = Objects::new(FILE, outer.expect(asn1::SEQUENCE, "RSAPublicKey")?);
    outer.finish("RSAPublicKey")?;
    let modulus = unsigned(numbers.expect(asn1::INTEGER, "modulus")?);
    let exponent = unsigned(numbers.expect(asn1::INTEGER, "public exponent")?);
    numbers.finish("RSAPublicKey")?;
    if modulus.is_empty() || exponent.is_empty() {
        return Err(LdsError::new(
            FILE,
            "RSAPublicKey",
            "has a number that is nothing",
        ));
    }
    Ok(Key::Rsa { modulus, exponent })
}

fn unsigned(mut value: &[u8]) -> &[u8] {
    while let [0, rest @ ..] = value {
        value = rest;
    }
    value
}
