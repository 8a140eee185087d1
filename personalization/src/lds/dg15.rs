//! DG15: the Active Authentication public key (9303-10, section 4.7.15; 9303-11, section 6.1.5).

use card_applet::wire::lds::DataGroup;

use super::security_infos::public_key_info;
use super::tlv;
use crate::attestation::AttestedKey;
use crate::pki::PkiError;

/// Encodes DG15: `6F { SubjectPublicKeyInfo }`, with explicit domain parameters.
///
/// # Errors
/// [`PkiError::Encoding`], never in practice.
pub fn encode(key: &AttestedKey) -> Result<Vec<u8>, PkiError> {
    Ok(tlv(DataGroup::DG15.tag(), &public_key_info(key)?))
}
