//! How the chip was opened: with which protocol and parameters, never with which secret.

use card_applet::crypto::cipher::SymmetricAlgorithm;
use card_applet::wire::security_info::Mapping;

use super::super::names::{cipher_name, mapping_name};
use super::SessionError;
use super::format::AccessJson;
use crate::terminal::key_agreement::Group;
use crate::terminal::password::PasswordKind;
use crate::terminal::reader::{AccessProtocol, AccessReport};

const MAPPINGS: [Mapping; 5] = [
    Mapping::DhGeneric,
    Mapping::EcdhGeneric,
    Mapping::DhIntegrated,
    Mapping::EcdhIntegrated,
    Mapping::EcdhChipAuthentication,
];
const CIPHERS: [SymmetricAlgorithm; 4] = [
    SymmetricAlgorithm::TripleDes,
    SymmetricAlgorithm::Aes128,
    SymmetricAlgorithm::Aes192,
    SymmetricAlgorithm::Aes256,
];
/// Those that open data of the document.
const PASSWORDS: [PasswordKind; 2] = [PasswordKind::Mrz, PasswordKind::Can];
/// Standardized domain parameters end here (Doc 9303-11 table 6).
const MAX_PARAMETER_ID: u8 = 31;

pub(super) fn write(access: &AccessReport) -> AccessJson {
    let password = access.password.to_string();
    match access.protocol {
        AccessProtocol::Plain => AccessJson::None { password },
        AccessProtocol::Bac => AccessJson::Bac { password },
        AccessProtocol::Pace { mapping, group } => AccessJson::Pace {
            mapping: mapping_name(mapping).to_owned(),
            cipher: access.cipher.map(cipher_name).unwrap_or_default().to_owned(),
            // Every group of this terminal is a standardized one.
            parameter_id: (0..=MAX_PARAMETER_ID)
                .find(|id| Group::from_parameter_id(*id) == Some(group))
                .unwrap_or(MAX_PARAMETER_ID),
            password,
        },
    }
}

pub(super) fn read(json: &AccessJson) -> Result<AccessReport, SessionError> {
    let fault = |rule| SessionError::member("access", rule);
    let kind = |name: &str| {
        PASSWORDS
            .into_iter()
            .find(|kind| kind.to_string() == name)
            .ok_or_else(|| fault("`password` is CAN or MRZ"))
    };
    match json {
        AccessJson::None { password } => Ok(AccessReport {
            protocol: AccessProtocol::Plain,
            cipher: None,
            password: kind(password)?,
        }),
        AccessJson::Bac { password } => Ok(AccessReport {
            protocol: AccessProtocol::Bac,
            cipher: Some(SymmetricAlgorithm::TripleDes),
            password: kind(password)?,
        }),
        AccessJson::Pace {
            mapping,
            cipher,
            parameter_id,
            password,
        } => {
            let group = Group::from_parameter_id(*parameter_id)
                .ok_or_else(|| fault("`parameter_id` names no group that this version has"))?;
            let elliptic = |mapping: Mapping| !matches!(mapping, Mapping::DhGeneric | Mapping::DhIntegrated);
            let mapping = MAPPINGS
                .into_iter()
                .find(|known| mapping_name(*known) == mapping && elliptic(*known) == group.is_elliptic())
                .ok_or_else(|| fault("`mapping` is GM, IM or CAM, as the group has it"))?;
            let cipher = CIPHERS
                .into_iter()
                .find(|known| cipher_name(*known) == cipher)
                .ok_or_else(|| fault("`cipher` is 3DES, AES-128, AES-192 or AES-256"))?;
            Ok(AccessReport {
                protocol: AccessProtocol::Pace { mapping, group },
                cipher: Some(cipher),
                password: kind(password)?,
            })
        }
    }
}
