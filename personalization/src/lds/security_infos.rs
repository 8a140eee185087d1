//! `SecurityInfos`: what a card says of its protocols, in EF.CardAccess, EF.CardSecurity and DG14 (9303-11, section 9.2).
//!
//! ```text
//! SecurityInfos ::= SET OF SecurityInfo
//! PACEInfo                        { id-PACE-…, version 2, parameterId }
//! ChipAuthenticationInfo          { id-CA-ECDH-…, version 1, keyId }
//! ChipAuthenticationPublicKeyInfo { id-PK-ECDH, SubjectPublicKeyInfo, keyId }
//! TerminalAuthenticationInfo      { id-TA, version 1 }
//! ActiveAuthenticationInfo        { id-icao-mrtd-security-aaProtocolObject, version 1, signatureAlgorithm }
//! ```

pub(super) mod read;

use card_applet::crypto::curve::Curve;
use card_applet::crypto::digest::HashFunction;
use card_applet::wire::security_info::{
    ActiveAuthenticationInfo, ChipAuthenticationInfo, ChipAuthenticationProtocol,
    ChipAuthenticationPublicKeyInfo, EcdsaPlain, KeyAgreement, PaceInfo, TerminalAuthenticationInfo,
};
use card_applet::wire::tlv::TlvError;

use super::set_of;
use crate::attestation::AttestedKey;
use crate::pki::PkiError;
use crate::pki::explicit_parameters::{CurveForm, NamedCurve, encode_public_key};

/// Longer than any info: explicit parameters of a 384-bit curve have some 400 bytes.
const MAX_INFO: usize = 1024;

/// The infos of one card, collected.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct SecurityInfos {
    elements: Vec<Vec<u8>>,
}

impl SecurityInfos {
    /// The card's PACE offer: all that EF.CardAccess has, and repeated wherever it is signed.
    pub fn pace(infos: &[PaceInfo]) -> Self {
        let mut all = Self::default();
        for info in infos {
            all.push(|out| info.encode(out));
        }
        all
    }

    /// Adds that the key `key_id` does Chip Authentication with this protocol.
    pub fn chip_authentication(mut self, protocol: ChipAuthenticationProtocol, key_id: u8) -> Self {
        let info = ChipAuthenticationInfo {
            protocol,
            version: 1,
            key_id: Some(&[key_id]),
        };
        self.push(|out| info.encode(out));
        self
    }

    /// Adds a public key of Chip Authentication, with explicit domain parameters as 9303-11 asks.
    ///
    /// # Errors
    /// [`PkiError::Encoding`], never in practice.
    pub fn chip_authentication_key(mut self, key: &AttestedKey) -> Result<Self, PkiError> {
        let subject_public_key_info = public_key_info(key)?;
        let info = ChipAuthenticationPublicKeyInfo {
            key_agreement: KeyAgreement::Ecdh,
            subject_public_key_info: &subject_public_key_info,
            key_id: Some(&[key.spec().key_id]),
        };
        self.push(|out| info.encode(out));
        Ok(self)
    }

    /// Adds with what the Active Authentication key of this curve signs: plain ECDSA over a hash as long as the key.
    pub fn active_authentication(mut self, curve: Curve) -> Self {
        let hash = match curve {
            Curve::P256 | Curve::BrainpoolP256r1 => HashFunction::Sha256,
            Curve::P384 | Curve::BrainpoolP384r1 => HashFunction::Sha384,
        };
        let info = ActiveAuthenticationInfo {
            version: 1,
            signature_algorithm: &EcdsaPlain { hash }.oid(),
        };
        self.push(|out| info.encode(out));
        self
    }

    /// Adds that the chip judges terminals (9303-11, section 9.2.8).
    pub fn terminal_authentication(mut self) -> Self {
        let info = TerminalAuthenticationInfo { version: 1 };
        self.push(|out| info.encode(out));
        self
    }

    fn push(&mut self, encode: impl FnOnce(&mut [u8]) -> Result<usize, TlvError>) {
        let mut element = vec![0; MAX_INFO];
        let len = encode(&mut element).expect("a SecurityInfo fits MAX_INFO");
        element.truncate(len);
        self.elements.push(element);
    }

    /// The DER set, without repetitions.
    #[must_use]
    pub fn encode(mut self) -> Vec<u8> {
        self.elements.sort();
        self.elements.dedup();
        set_of(self.elements)
    }
}

/// `SubjectPublicKeyInfo` of a chip key, with explicit domain parameters.
///
/// # Errors
/// [`PkiError::Encoding`], never in practice.
pub(super) fn public_key_info(key: &AttestedKey) -> Result<Vec<u8>, PkiError> {
    let curve = match key.public().curve() {
        Curve::P256 => NamedCurve::P256,
        Curve::P384 => NamedCurve::P384,
        Curve::BrainpoolP256r1 => NamedCurve::BrainpoolP256r1,
        Curve::BrainpoolP384r1 => NamedCurve::BrainpoolP384r1,
    };
    encode_public_key(curve, key.public().as_bytes(), CurveForm::ExplicitParameters)
}
