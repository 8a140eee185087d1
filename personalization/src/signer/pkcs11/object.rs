//! A key pair in a token.

use cryptoki::mechanism::{Mechanism, MechanismType};
use cryptoki::object::{Attribute, AttributeType, KeyType, ObjectClass, ObjectHandle};
use cryptoki::session::Session;
use der::asn1::{ObjectIdentifier, OctetStringRef};
use der::{Decode, Encode};

use super::error::TokenError;
use super::uri::Pkcs11Uri;
use crate::pki::curves::NamedCurve;
use crate::pki::explicit_parameters::recognise_explicit;
use crate::signer::public_key::{PublicKey, RsaPublicKey};

/// What kind of key is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    /// A key on a curve.
    Curve(NamedCurve),
    /// An RSA key with a modulus of so many bits and the exponent 65537.
    Rsa(u16),
}

impl KeyKind {
    /// The kind of this key: for a successor like it.
    #[must_use]
    pub fn of(key: &PublicKey) -> Self {
        match key {
            PublicKey::Ec { curve, .. } => Self::Curve(*curve),
            PublicKey::Rsa(key) => Self::Rsa(u16::try_from(key.modulus_bits()).unwrap_or(u16::MAX)),
        }
    }

    /// Whether a key is of this kind.
    #[must_use]
    pub fn is_kind_of(self, key: &PublicKey) -> bool {
        match (self, key) {
            (Self::Curve(wanted), PublicKey::Ec { curve, .. }) => wanted == *curve,
            (Self::Rsa(bits), PublicKey::Rsa(key)) => key.modulus_bits() == usize::from(bits),
            _ => false,
        }
    }
}

/// A private key in a token and its public key.
#[derive(Debug, Clone)]
pub struct KeyPair {
    /// The private key, good in all sessions of this process until it logs out.
    pub private: ObjectHandle,
    /// Its public key.
    pub public: PublicKey,
}

/// Finds the key pair that a URI names. `None` when the token has no private key of that name.
///
/// # Errors
/// [`TokenError::Key`] when there are two, the key does not sign, or its public key is missing or of an unknown kind.
pub fn find(session: &Session, uri: &Pkcs11Uri) -> Result<Option<KeyPair>, TokenError> {
    uri.must_name_a_key()?;
    let refuse = |why: &str| Err(TokenError::Key(why.to_owned()));
    let private = match session
        .find_objects(&template(ObjectClass::PRIVATE_KEY, uri))?
        .as_slice()
    {
        [] => return Ok(None),
        [private] => *private,
        _ => return refuse("there are several of this name: add id="),
    };
    let mut is_rsa = false;
    let mut id = None;
    let wanted = [
        AttributeType::KeyType,
        AttributeType::Id,
        AttributeType::Sign,
        AttributeType::AlwaysAuthenticate,
    ];
    for attribute in session.get_attributes(private, &wanted)? {
        match attribute {
            Attribute::KeyType(KeyType::RSA) => is_rsa = true,
            Attribute::KeyType(KeyType::EC) => {}
            Attribute::KeyType(_) => return refuse("it is neither one on a curve nor of RSA"),
            Attribute::Id(value) => id = Some(value),
            Attribute::Sign(false) => return refuse("it must not sign (CKA_SIGN is false)"),
            Attribute::AlwaysAuthenticate(true) => {
                return refuse("it wants the PIN before each signature (CKA_ALWAYS_AUTHENTICATE)");
            }
            _ => {}
        }
    }
    let public = if is_rsa {
        rsa_public_key(session, private)?
    } else {
        ec_public_key(session, uri, id)?
    };
    Ok(Some(KeyPair { private, public }))
}

/// Makes a key pair in the token, under the name of the URI. The private key can sign and nothing else, and cannot leave.
///
/// # Errors
/// [`TokenError::Key`] when the URI has no `object=` or there is such a key already; others as the token says, among them that it
/// does not know the curve.
pub fn generate(
    session: &Session,
    uri: &Pkcs11Uri,
    kind: KeyKind,
    new_id: &[u8],
) -> Result<KeyPair, TokenError> {
    let Some(label) = &uri.object else {
        return Err(TokenError::Uri(
            "object= is missing: a new key needs a label".into(),
        ));
    };
    if !session
        .find_objects(&template(ObjectClass::PRIVATE_KEY, uri))?
        .is_empty()
    {
        return Err(TokenError::Key("there is one of this name already".into()));
    }
    let id = uri.id.clone().unwrap_or_else(|| new_id.to_vec());
    let common = [
        Attribute::Token(true),
        Attribute::Label(label.clone().into()),
        Attribute::Id(id),
    ];
    let mut public = common.to_vec();
    public.extend([Attribute::Verify(true), Attribute::Private(false)]);
    let mut private = common.to_vec();
    private.extend([
        Attribute::Private(true),
        Attribute::Sensitive(true),
        Attribute::Extractable(false),
        Attribute::Sign(true),
        Attribute::Decrypt(false),
        Attribute::Unwrap(false),
    ]);
    let mechanism = match kind {
        KeyKind::Curve(curve) => {
            let parameters = curve
                .oid()
                .to_der()
                .map_err(|error| TokenError::Key(error.to_string()))?;
            public.push(Attribute::EcParams(parameters));
            Mechanism::EccKeyPairGen
        }
        KeyKind::Rsa(bits) => {
            public.extend([
                Attribute::ModulusBits(u64::from(bits).into()),
                Attribute::PublicExponent(vec![0x01, 0x00, 0x01]),
            ]);
            Mechanism::RsaPkcsKeyPairGen
        }
    };
    session.generate_key_pair(&mechanism, &public, &private)?;
    find(session, uri)?.ok_or_else(|| TokenError::Key("it was made and is not there".into()))
}

/// Whether the token computes what the key needs.
pub(super) const fn mechanism_of(key: &PublicKey) -> MechanismType {
    match key {
        PublicKey::Ec { .. } => MechanismType::ECDSA,
        PublicKey::Rsa(_) => MechanismType::RSA_PKCS_PSS,
    }
}

fn template(class: ObjectClass, uri: &Pkcs11Uri) -> Vec<Attribute> {
    let mut template = vec![Attribute::Class(class)];
    template.extend(
        uri.object
            .as_ref()
            .map(|label| Attribute::Label(label.clone().into_bytes())),
    );
    template.extend(uri.id.clone().map(Attribute::Id));
    template
}

/// The private object of RSA has both public numbers.
fn rsa_public_key(session: &Session, private: ObjectHandle) -> Result<PublicKey, TokenError> {
    let (mut modulus, mut exponent) = (None, None);
    let wanted = [AttributeType::Modulus, AttributeType::PublicExponent];
    for attribute in session.get_attributes(private, &wanted)? {
        match attribute {
            Attribute::Modulus(value) => modulus = Some(value),
            Attribute::PublicExponent(value) => exponent = Some(value),
            _ => {}
        }
    }
    let key = modulus
        .zip(exponent)
        .and_then(|(modulus, exponent)| RsaPublicKey::new(&modulus, &exponent));
    key.map(PublicKey::Rsa)
        .ok_or_else(|| TokenError::Key("it is no RSA key of 2048 to 8192 bits".into()))
}

/// The private object of a curve lacks the point, which is in the public object with the same identifier.
fn ec_public_key(session: &Session, uri: &Pkcs11Uri, id: Option<Vec<u8>>) -> Result<PublicKey, TokenError> {
    let refuse = |why: &str| Err(TokenError::Key(why.to_owned()));
    let mut wanted = template(ObjectClass::PUBLIC_KEY, uri);
    if uri.id.is_none() {
        wanted.extend(id.filter(|id| !id.is_empty()).map(Attribute::Id));
    }
    let public = match session.find_objects(&wanted)?.as_slice() {
        [public] => *public,
        [] => return refuse("its public key is not in the token"),
        _ => return refuse("there are several public keys of this name: add id="),
    };
    let (mut curve, mut point) = (None, None);
    let wanted = [AttributeType::EcParams, AttributeType::EcPoint];
    for attribute in session.get_attributes(public, &wanted)? {
        match attribute {
            Attribute::EcParams(value) => {
                curve = ObjectIdentifier::from_der(&value)
                    .ok()
                    .and_then(NamedCurve::from_oid)
                    .or_else(|| recognise_explicit(&value));
            }
            Attribute::EcPoint(value) => point = Some(value),
            _ => {}
        }
    }
    let Some(curve) = curve else {
        return refuse("it is on a curve that is not known");
    };
    // An OCTET STRING around the point (PKCS #11 §2.3.3); some tokens leave it away.
    let point = point.unwrap_or_default();
    let point = <&OctetStringRef>::from_der(&point).map_or(point.as_slice(), OctetStringRef::as_bytes);
    if point.len() != 1 + 2 * curve.field_len() || point.first() != Some(&0x04) {
        return refuse("its public key is not an uncompressed point");
    }
    Ok(PublicKey::Ec {
        curve,
        point: point.to_vec(),
    })
}
