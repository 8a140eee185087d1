//! What security infos say of the chip's own keys (Doc 9303-11 §9.2.4 to §9.2.7): in DG14 and in EF.CardSecurity.
//!
//! ```text
//! PACEInfo                        ::= SEQUENCE { protocol, version, parameterId OPTIONAL }
//! ChipAuthenticationInfo          ::= SEQUENCE { protocol, version, keyId OPTIONAL }
//! ChipAuthenticationPublicKeyInfo ::= SEQUENCE { protocol, SubjectPublicKeyInfo, keyId OPTIONAL }
//! ActiveAuthenticationInfo        ::= SEQUENCE { protocol, version, signatureAlgorithm }
//! ```

use card_applet::wire::domain_parameters::NamedCurve;
use const_oid::ObjectIdentifier;

use super::asn1::{Asn1Error, Element, Reader, only, tag};
use super::hash::{AlgorithmIdentifier, HashAlgorithm};
use super::signature::PublicKey;

/// id-CA, id-PK and id-PACE-ECDH-CAM-AES as text; their children are the protocols.
const CHIP_AUTHENTICATION: &str = "0.4.0.127.0.7.2.2.3.";
const PUBLIC_KEY: &str = "0.4.0.127.0.7.2.2.1.";
const PACE_CAM: &str = "0.4.0.127.0.7.2.2.4.6.";
/// id-icao-mrtd-security-aaProtocolObject
const ACTIVE_AUTHENTICATION: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.23.136.1.1.5");
/// standardizedDomainParameters (Doc 9303-11 §9.5.1): a curve by its number.
const STANDARDIZED: ObjectIdentifier = ObjectIdentifier::new_unwrap("0.4.0.127.0.7.1.2");
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

/// A static public key of the chip.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChipPublicKey {
    /// Curve and uncompressed point; `None` for a key that is no key of a known curve.
    pub point: Option<(NamedCurve, Vec<u8>)>,
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
        let name = oid.to_string();
        if name.starts_with(CHIP_AUTHENTICATION) {
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
        } else if name.starts_with(PUBLIC_KEY) {
            let spki = fields.expect(tag::SEQUENCE, "chipAuthenticationPublicKey")?;
            self.public_keys.push(ChipPublicKey {
                point: point(&spki)?,
                key_id: key_id(&mut fields)?,
            });
        } else if name.starts_with(PACE_CAM) {
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
    pub(crate) fn has(&self, curve: NamedCurve, point: &[u8]) -> bool {
        self.public_keys
            .iter()
            .any(|key| matches!(&key.point, Some((known, bytes)) if *known == curve && bytes == point))
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

/// The point in a SubjectPublicKeyInfo: with explicit parameters or a named curve, or by number. `None` for another kind of key
/// or a curve that is not known: parameters are recognised, never computed on.
fn point(spki: &Element<'_>) -> Result<Option<(NamedCurve, Vec<u8>)>, Asn1Error> {
    let mut fields = spki.reader();
    let algorithm = AlgorithmIdentifier::read(&mut fields, "SubjectPublicKeyInfo.algorithm")?;
    if algorithm.oid == STANDARDIZED {
        let parameters = algorithm.parameters.as_deref().unwrap_or_default();
        let number = only(parameters, tag::INTEGER, "parameterId")?.small_integer("parameterId")?;
        let key = fields.next("subjectPublicKey")?.bits("subjectPublicKey")?;
        return Ok(NamedCurve::from_parameter_id(number).map(|curve| (curve, key.to_vec())));
    }
    Ok(match PublicKey::from_spki(spki.raw) {
        Ok(PublicKey::Ec { curve, point }) => Some((curve, point)),
        _ => None,
    })
}

/// The hash of ecdsa-plain-signatures (BSI TR-03111 §5.2.1.1).
fn plain_ecdsa_hash(algorithm: &ObjectIdentifier) -> Option<HashAlgorithm> {
    Some(match algorithm.to_string().as_str() {
        "0.4.0.127.0.7.1.1.4.1.1" => HashAlgorithm::Sha1,
        "0.4.0.127.0.7.1.1.4.1.2" => HashAlgorithm::Sha224,
        "0.4.0.127.0.7.1.1.4.1.3" => HashAlgorithm::Sha256,
        "0.4.0.127.0.7.1.1.4.1.4" => HashAlgorithm::Sha384,
        "0.4.0.127.0.7.1.1.4.1.5" => HashAlgorithm::Sha512,
        _ => return None,
    })
}

/// The key of DG15, as the terminal needs it: `6F { SubjectPublicKeyInfo }`. Whether it is signed is not asked here.
///
/// # Errors
/// When it is not that structure, or no key that is known.
pub fn active_authentication_key(dg15: &[u8]) -> Result<PublicKey, super::SignatureError> {
    PublicKey::from_spki(only(dg15, 0x6F, "DG15")?.body)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// ChipAuthenticationPublicKeyInfo of Doc 9303-11 appendix I.1: brainpoolP256r1 by number.
    #[test]
    fn key_of_appendix_i1() {
        let vector = &test_vectors::load("icao-pace-cam")["vectors"][0];
        let info = test_vectors::hex(&vector["cam"]["chip_authentication_public_key_info"]);
        let pace = test_vectors::hex(&vector["pace_info"]);
        let length = u8::try_from(info.len() + pace.len()).unwrap();
        let set = [&[0x31, length][..], &pace, &info].concat();
        let keys = ChipKeys::from_security_infos(&set).unwrap();
        assert_eq!(
            keys.public_keys,
            [ChipPublicKey {
                point: Some((
                    NamedCurve::BrainpoolP256r1,
                    test_vectors::hex(&vector["cam"]["static_pub"])
                )),
                key_id: Some(vec![13]),
            }]
        );
        assert_eq!(keys.pace_cam, [vec![13]]);
        assert!(keys.chip_authentication.is_empty());
        for len in 0..set.len() {
            assert!(ChipKeys::from_security_infos(&set[..len]).is_err(), "{len} bytes");
        }
    }

    #[test]
    fn an_offer_finds_its_key() {
        let key = |id: Option<u8>| ChipPublicKey {
            point: None,
            key_id: id.map(|id| vec![id]),
        };
        let offer = |id: Option<u8>| ChipAuthenticationOffer {
            protocol: Vec::new(),
            key_id: id.map(|id| vec![id]),
        };
        let with = |public_keys: Vec<ChipPublicKey>| ChipKeys {
            public_keys,
            ..ChipKeys::default()
        };
        assert!(with(vec![key(None)]).key_of(&offer(None)).is_some());
        assert!(with(vec![key(Some(1))]).key_of(&offer(None)).is_some());
        assert!(
            with(vec![key(Some(1)), key(Some(2))])
                .key_of(&offer(None))
                .is_none()
        );
        let two = with(vec![key(Some(1)), key(Some(2))]);
        assert_eq!(two.key_of(&offer(Some(2))), Some(&key(Some(2))));
        assert_eq!(two.key_of(&offer(Some(3))), None);
    }
}
