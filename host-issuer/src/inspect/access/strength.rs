//! How strong a PACE is, and what it is called (Doc 9303-11 §4.4.1 and §9.5.1).

use card_applet::crypto::cipher::SymmetricAlgorithm;
use card_applet::wire::domain_parameters::NamedCurve;
use card_applet::wire::security_info::{Mapping, PaceInfo};

/// Security in bits of its weaker part, cipher or group (NIST SP 800-57 part 1, tables 2 and 4).
pub(super) fn strength(info: &PaceInfo) -> u16 {
    let cipher = match info.protocol.cipher {
        SymmetricAlgorithm::TripleDes => 112,
        SymmetricAlgorithm::Aes128 => 128,
        SymmetricAlgorithm::Aes192 => 192,
        SymmetricAlgorithm::Aes256 => 256,
    };
    let group = match info.parameter_id {
        // 192 bits and less, and the group of 1024 bits.
        Some(0 | 8 | 9) => 80,
        Some(1 | 2 | 10 | 11) => 112,
        Some(12..=14) => 128,
        Some(15 | 16) => 192,
        Some(17 | 18) => 256,
        _ => 0,
    };
    cipher.min(group)
}

/// The protocol's name in Doc 9303-11, and its group.
pub(super) fn describe(info: &PaceInfo) -> String {
    let mapping = match info.protocol.mapping {
        Mapping::DhGeneric => "DH-GM",
        Mapping::EcdhGeneric => "ECDH-GM",
        Mapping::DhIntegrated => "DH-IM",
        Mapping::EcdhIntegrated => "ECDH-IM",
        Mapping::EcdhChipAuthentication => "ECDH-CAM",
    };
    let cipher = match info.protocol.cipher {
        SymmetricAlgorithm::TripleDes => "3DES-CBC-CBC",
        SymmetricAlgorithm::Aes128 => "AES-CBC-CMAC-128",
        SymmetricAlgorithm::Aes192 => "AES-CBC-CMAC-192",
        SymmetricAlgorithm::Aes256 => "AES-CBC-CMAC-256",
    };
    let group = match info.parameter_id {
        Some(0) => "a group of 1024 bits".to_owned(),
        Some(1 | 2) => "a group of 2048 bits".to_owned(),
        Some(id) => NamedCurve::from_parameter_id(id).map_or_else(
            || format!("domain parameters {id}"),
            |curve| curve.name().to_owned(),
        ),
        None => "domain parameters of its own".to_owned(),
    };
    format!("PACE-{mapping}-{cipher} over {group}")
}
