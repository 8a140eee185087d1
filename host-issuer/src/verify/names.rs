//! How reports write protocols and ciphers.

use card_applet::crypto::cipher::SymmetricAlgorithm;
use card_applet::wire::security_info::Mapping;

/// The abbreviation of Doc 9303-11 for a mapping.
#[must_use]
pub fn mapping_name(mapping: Mapping) -> &'static str {
    match mapping {
        Mapping::DhGeneric | Mapping::EcdhGeneric => "GM",
        Mapping::DhIntegrated | Mapping::EcdhIntegrated => "IM",
        Mapping::EcdhChipAuthentication => "CAM",
    }
}

/// The name of a cipher.
#[must_use]
pub fn cipher_name(cipher: SymmetricAlgorithm) -> &'static str {
    match cipher {
        SymmetricAlgorithm::TripleDes => "3DES",
        SymmetricAlgorithm::Aes128 => "AES-128",
        SymmetricAlgorithm::Aes192 => "AES-192",
        SymmetricAlgorithm::Aes256 => "AES-256",
    }
}
