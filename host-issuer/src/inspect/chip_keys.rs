//! What security infos say of the chip's own keys (Doc 9303-11 §9.2.4 to §9.2.7): in DG14 and in EF.CardSecurity.
//!
//! ```text
//! PACEInfo                        ::= SEQUENCE { protocol, version, parameterId OPTIONAL }
//! ChipAuthenticationInfo          ::= SEQUENCE { protocol, version, keyId OPTIONAL }
//! ChipAuthenticationPublicKeyInfo ::= SEQUENCE { protocol, SubjectPublicKeyInfo, keyId OPTIONAL }
//! ActiveAuthenticationInfo        ::= SEQUENCE { protocol, version, signatureAlgorithm }
//! ```

use card_applet::wire::domain_parameters::NamedCurve;
use card_applet::wire::security_info::KeyAgreement;
use const_oid::ObjectIdentifier;

use super::asn1::{Asn1Error, Element, Reader, only, tag};
use super::dh_group;
use super::hash::{AlgorithmIdentifier, HashAlgorithm};
use super::security_infos::{CHIP_AUTHENTICATION, PACE_CAM, PUBLIC_KEY};
use super::signature::{PublicKey, plain_ecdsa_hash};
use crate::mod_p_group::ModPGroup;

/// id-icao-mrtd-security-aaProtocolObject
const ACTIVE_AUTHENTICATION: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.23.136.1.1.5");
/// standardizedDomainParameters (Doc 9303-11 §9.5.1): a curve by its number.
const STANDARDIZED: ObjectIdentifier = ObjectIdentifier::new_unwrap("0.4.0.127.0.7.1.2");
/// dhpublicnumber (X9.42, RFC 3279 §2.3.3) and dhKeyAgreement (PKCS#3 §9): keys of a MODP group.
const DH_PUBLIC_NUMBER: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10046.2.1");
const DH_KEY_AGREEMENT: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.3.1");
/// id-CA-DH and id-CA-ECDH without a cipher: ChipAuthenticationDomainParameterInfo (BSI TR-03110-3 §A.1.1.2).
const DOMAIN_PARAMETERS: [ObjectIdentifier; 2] = [
    ObjectIdentifier::new_unwrap("0.4.0.127.0.7.2.2.3.1"),
    ObjectIdentifier::new_unwrap("0.4.0.127.0.7.2.2.3.2"),
];
/// id-PK-DH and id-PK-ECDH.
const PUBLIC_KEY_DH: ObjectIdentifier = ObjectIdentifier::new_unwrap("0.4.0.127.0.7.2.2.1.1");
const PUBLIC_KEY_ECDH: ObjectIdentifier = ObjectIdentifier::new_unwrap("0.4.0.127.0.7.2.2.1.2");
/// More than any document has.
const LIMIT: usize = 64;

/// A protocol of Chip Authentication that is offered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChipAuthenticationOffer {
    /// Contents of the protocol's object identifier.
    pub protocol: Vec<u8>,
    /// Which key, as an unsigned number without leading zeros; `None` where there is but one.
    pub key_id: Option<Vec<u8>>,
}

/// A public key of key agreement, in a group that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AgreementKey {
    /// Of an elliptic curve.
    Point {
        /// Its curve.
        curve: NamedCurve,
        /// The uncompressed point.
        point: Vec<u8>,
    },
    /// Of a MODP group.
    Number {
        /// Its group.
        group: ModPGroup,
        /// The number, big-endian, without leading zeros.
        number: Vec<u8>,
    },
}

impl AgreementKey {
    const fn key_agreement(&self) -> KeyAgreement {
        match self {
            Self::Point { .. } => KeyAgreement::Ecdh,
            Self::Number { .. } => KeyAgreement::Dh,
        }
    }
}

/// A static public key of the chip.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChipPublicKey {
    /// The key; `None` when it is in no group that is known, or not of the kind that its protocol names.
    pub key: Option<AgreementKey>,
    /// Its identifier.
    pub key_id: Option<Vec<u8>>,
}

/// The chip's keys as a set of security infos names them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChipKeys {
    /// Chip Authentication.
    pub chip_authentication: Vec<ChipAuthenticationOffer>,
    /// The keys of Chip Authentication and PACE-CAM.
    pub public_keys: Vec<ChipPublicKey>,
    /// The keys that PACE-CAM proves, by identifier.
    pub pace_cam: Vec<Vec<u8>>,
    /// The hash with which the key of DG15 signs by ECDSA; `None` where nothing, or nothing known, is said.
    pub active_authentication_hash: Option<HashAlgorithm>,
}

impl ChipKeys {
    /// Reads DG14: `6E { SecurityInfos }`. Whether it is signed is not asked here.
    ///
    /// # Errors
    /// When it is not that structure.
    pub fn from_dg14(file: &[u8]) -> Result<Self, Asn1Error> {
        Self::from_security_infos(only(file, 0x6E, "DG14")?.body)
    }

    /// Reads EF.CardSecurity, without looking at its signature.
    ///
    /// # Errors
    /// When it is not that structure.
    pub fn from_card_security(file: &[u8]) -> Result<Self, Asn1Error> {
        let signed_data = super::cms::SignedData::from_content_info(file, super::cms::SECURITY_OBJECT)?;
        Self::from_security_infos(&signed_data.content)
    }

    /// Reads `SET OF SecurityInfo`. Infos of other protocols are passed over.
    ///
    /// # Errors
    /// When it is not that structure.
    pub fn from_security_infos(set: &[u8]) -> Result<Self, Asn1Error> {
        let mut set = only(set, tag::SET, "SecurityInfos")?.reader();
        let mut keys = Self::default();
        let mut count = 0;
        while !set.is_empty() {
            count += 1;
            if count > LIMIT {
                return Err(Asn1Error::Value("SecurityInfos: too many".into()));
            }
            keys.add(&set.expect(tag::SEQUENCE, "SecurityInfo")?)?;
        }
        Ok(keys)
    }

    fn add(&mut self, info: &Element<'_>) -> Result<(), Asn1Error> {
        let mut fields = info.reader();
        let protocol = fields.next("protocol")?;
        let oid = protocol.oid("protocol")?;
        let is_below =
            |family: &[u8]| protocol.body.len() > family.len() && protocol.body.starts_with(family);
        if DOMAIN_PARAMETERS.contains(&oid) {
            // Of version 2, which is none of Doc 9303's.
        } else if is_below(CHIP_AUTHENTICATION) {
            let version = fields
                .next("version")?
                .small_integer("ChipAuthenticationInfo.version")?;
            let key_id = key_id(&mut fields)?;
            // Versions 2 and 3 are other protocols under the same name.
            if version == 1 {
                self.chip_authentication.push(ChipAuthenticationOffer {
                    protocol: protocol.body.to_vec(),
                    key_id,
                });
            }
        } else if is_below(PUBLIC_KEY) {
            let spki = fields.expect(tag::SEQUENCE, "chipAuthenticationPublicKey")?;
            self.public_keys.push(ChipPublicKey {
                key: agreement_key(&spki)?.filter(|key| oid == kind_of_key(key.key_agreement())),
                key_id: key_id(&mut fields)?,
            });
        } else if is_below(PACE_CAM) {
            fields.next("PACEInfo.version")?;
            self.pace_cam.extend(key_id(&mut fields)?);
        } else if oid == ACTIVE_AUTHENTICATION {
            fields.next("ActiveAuthenticationInfo.version")?;
            let algorithm = fields.next("signatureAlgorithm")?.oid("signatureAlgorithm")?;
            self.active_authentication_hash = plain_ecdsa_hash(&algorithm);
        }
        Ok(())
    }

    /// The key that an offer means; without an identifier the only one there is.
    #[must_use]
    pub fn key_of(&self, offer: &ChipAuthenticationOffer) -> Option<&ChipPublicKey> {
        match (&offer.key_id, self.public_keys.as_slice()) {
            (Some(_), keys) => keys.iter().find(|key| key.key_id == offer.key_id),
            (None, [only]) => Some(only),
            (None, _) => None,
        }
    }

    /// Whether this key is among them.
    pub(crate) fn has(&self, wanted: &AgreementKey) -> bool {
        self.public_keys
            .iter()
            .any(|key| key.key.as_ref() == Some(wanted))
    }
}

/// An INTEGER as an unsigned number without leading zeros, where there is one.
fn key_id(fields: &mut Reader<'_>) -> Result<Option<Vec<u8>>, Asn1Error> {
    if fields.is_empty() {
        return Ok(None);
    }
    let body = fields.expect(tag::INTEGER, "keyId")?.body;
    let leading = body.iter().take_while(|&&byte| byte == 0).count();
    let leading = leading.min(body.len().saturating_sub(1));
    Ok(Some(body.get(leading..).unwrap_or_default().to_vec()))
}

/// The protocol under which a key of this kind stands.
const fn kind_of_key(key_agreement: KeyAgreement) -> ObjectIdentifier {
    match key_agreement {
        KeyAgreement::Dh => PUBLIC_KEY_DH,
        KeyAgreement::Ecdh => PUBLIC_KEY_ECDH,
    }
}

/// The key in a SubjectPublicKeyInfo: with parameters written out or named, or by number. `None` for another kind of key, or a
/// group that is not known: parameters are recognised, never computed on.
fn agreement_key(spki: &Element<'_>) -> Result<Option<AgreementKey>, Asn1Error> {
    let mut fields = spki.reader();
    let algorithm = AlgorithmIdentifier::read(&mut fields, "SubjectPublicKeyInfo.algorithm")?;
    let parameters = algorithm.parameters.as_deref().unwrap_or_default();
    let group = if algorithm.oid == STANDARDIZED {
        let id = only(parameters, tag::INTEGER, "parameterId")?.small_integer("parameterId")?;
        if let Some(curve) = NamedCurve::from_parameter_id(id) {
            let point = fields
                .next("subjectPublicKey")?
                .bits("subjectPublicKey")?
                .to_vec();
            return Ok(Some(AgreementKey::Point { curve, point }));
        }
        ModPGroup::from_parameter_id(id)
    } else if algorithm.oid == DH_PUBLIC_NUMBER {
        dh_group::from_domain_parameters(&only(parameters, tag::SEQUENCE, "DomainParameters")?)?
    } else if algorithm.oid == DH_KEY_AGREEMENT {
        dh_group::from_dh_parameter(&only(parameters, tag::SEQUENCE, "DHParameter")?)?
    } else {
        return Ok(match PublicKey::from_spki(spki.raw) {
            Ok(PublicKey::Ec { curve, point }) => Some(AgreementKey::Point { curve, point }),
            _ => None,
        });
    };
    let Some(group) = group else { return Ok(None) };
    // DHPublicKey ::= INTEGER
    let bits = fields.next("subjectPublicKey")?.bits("subjectPublicKey")?;
    let mut key = Reader::new(bits);
    let number = dh_group::number(&mut key, "DHPublicKey")?;
    key.finish("DHPublicKey")?;
    Ok(Some(AgreementKey::Number { group, number }))
}

/// The key of DG15, as the terminal needs it: `6F { SubjectPublicKeyInfo }`. Whether it is signed is not asked here.
///
/// # Errors
/// When it is not that structure, or no key that is known.
pub fn active_authentication_key(dg15: &[u8]) -> Result<PublicKey, super::SignatureError> {
    PublicKey::from_spki(only(dg15, 0x6F, "DG15")?.body)
}

#[cfg(test)]
mod tests;
