//! Requests for card verifiable certificates (BSI TR-03110-3, C.2).
//!
//! ```text
//! 67 authentication (when there is an outer signature)
//!   7F21 CV certificate request
//!     7F4E body
//!       5F29 profile identifier (00)     5F20 certificate holder reference
//!       42   expected authority (opt.)   65   certificate extensions (optional)
//!       7F49 public key, with its domain parameters
//!     5F37 inner signature, by the requested key, over 7F4E
//!   42   certification authority reference: whose key signed
//!   5F37 outer signature, over 7F21 and 42
//! ```
//!
//! The inner signature proves that the applicant has the private key; a [`CvRequest`] exists only when it holds. The outer one
//! says who applies: a first request may do without, or bear a signature of somebody whom the authority knows; every later
//! request bears one by a key that the authority certified before.

use card_applet::wire::cvc::{CvPublicKey, CvcError, DomainParameters, KeyReference, MAX_CERTIFICATE, tag};
use card_applet::wire::tlv::{self, TlvError, TlvReader};

use super::PkiError;
use super::cv_certificate::{self, plain_signature};
use crate::lds::tlv as data_object;
use crate::signer::Signer;

/// What errors call a request.
const WHAT: &str = "CV certificate request";
/// Version 1 of the profile.
const PROFILE_1: &[u8] = &[0x00];

/// A request that its own key signed.
#[derive(Clone, Copy, Debug)]
pub struct CvRequest<'a> {
    /// Whose certificate the applicant expects: the inner certification authority reference.
    pub authority_reference: Option<KeyReference<'a>>,
    /// The key that shall be certified.
    pub public_key: CvPublicKey<'a>,
    /// How the key shall be called.
    pub holder_reference: KeyReference<'a>,
    /// Who vouches for the applicant.
    pub outer: Option<OuterSignature<'a>>,
}

/// The outer signature of a request; whether it is right is [`OuterSignature::is_by`]'s to say.
#[derive(Clone, Copy, Debug)]
pub struct OuterSignature<'a> {
    /// Names the key that signed.
    pub authority_reference: KeyReference<'a>,
    signed: &'a [u8],
    signature: &'a [u8],
}

impl OuterSignature<'_> {
    /// Whether the owner of this public key signed; `domain` is its curve where the key does not name one. False for keys of a
    /// kind that this program does not verify with.
    pub fn is_by(&self, key: &CvPublicKey<'_>, domain: Option<&DomainParameters<'_>>) -> bool {
        cv_certificate::verify(key, domain, self.signed, self.signature)
    }
}

impl<'a> CvRequest<'a> {
    /// Reads a request, with an outer signature (67) or without (7F21), and verifies the inner one. Never panics.
    ///
    /// # Errors
    /// [`PkiError::Certificate`] when it is malformed; [`PkiError::Refused`] when the inner signature is not by the key inside,
    /// or the key names no curve that certificates are made for.
    pub fn open(bytes: &'a [u8]) -> Result<Self, PkiError> {
        // An outer signature and its reference add at most some 540 bytes to a certificate's.
        if bytes.len() > 2 * MAX_CERTIFICATE {
            return Err(malformed(CvcError::TooLong));
        }
        let (object, rest) = tlv::read_one(bytes).map_err(structure)?;
        if !rest.is_empty() {
            return Err(structure(TlvError::TrailingBytes));
        }
        match object.tag {
            tag::CERTIFICATE => Self::inner(object.value),
            tag::AUTHENTICATION => Self::authenticated(object.value),
            other => Err(structure(TlvError::UnexpectedTag(other))),
        }
    }

    fn authenticated(value: &'a [u8]) -> Result<Self, PkiError> {
        let (request, rest) = tlv::read_one(value).map_err(structure)?;
        let (reference, rest) = tlv::read_one(rest).map_err(structure)?;
        for (object, expected) in [
            (&request, tag::CERTIFICATE),
            (&reference, tag::AUTHORITY_REFERENCE),
        ] {
            if object.tag != expected {
                return Err(structure(TlvError::UnexpectedTag(object.tag)));
            }
        }
        let signed = value.len() - rest.len();
        let outer = OuterSignature {
            authority_reference: KeyReference::new(reference.value).map_err(malformed)?,
            signed: &value[..signed],
            signature: tlv::read_exact(rest, tag::SIGNATURE).map_err(structure)?,
        };
        Ok(Self {
            outer: Some(outer),
            ..Self::inner(request.value)?
        })
    }

    fn inner(content: &'a [u8]) -> Result<Self, PkiError> {
        let (body, rest) = tlv::read_one(content).map_err(structure)?;
        if body.tag != tag::BODY {
            return Err(structure(TlvError::UnexpectedTag(body.tag)));
        }
        let signature = tlv::read_exact(rest, tag::SIGNATURE).map_err(structure)?;
        let request = Self::body(body.value).map_err(malformed)?;
        match request.public_key {
            CvPublicKey::Ec(key) if key.domain.is_some_and(|domain| domain.curve().is_some()) => {}
            _ => {
                return Err(PkiError::Refused(format!(
                    "the request of {} is for a key that is not on one of the curves P-256, P-384, brainpoolP256r1, \
                     brainpoolP384r1, with its domain parameters",
                    request.holder_reference
                )));
            }
        }
        if !cv_certificate::verify(&request.public_key, None, body.raw, signature) {
            return Err(PkiError::Refused(format!(
                "the request of {} is not signed by the key that it is for",
                request.holder_reference
            )));
        }
        Ok(request)
    }

    fn body(value: &'a [u8]) -> Result<Self, CvcError> {
        let mut objects = TlvReader::new(value).peekable();
        let mut next = |tag: u32, required: bool| match objects.peek() {
            Some(Ok(object)) if object.tag == tag => {
                let value = object.value;
                objects.next();
                Ok(Some(value))
            }
            Some(Err(error)) => Err(CvcError::Structure(*error)),
            Some(Ok(object)) if required => Err(CvcError::Structure(TlvError::UnexpectedTag(object.tag))),
            None if required => Err(CvcError::Structure(TlvError::Truncated)),
            _ => Ok(None),
        };
        if next(tag::PROFILE, true)? != Some(PROFILE_1) {
            return Err(CvcError::Profile);
        }
        let authority_reference = next(tag::AUTHORITY_REFERENCE, false)?
            .map(KeyReference::new)
            .transpose()?;
        let public_key = CvPublicKey::parse(next(tag::PUBLIC_KEY, true)?.unwrap_or_default())?;
        let holder_reference = KeyReference::new(next(tag::HOLDER_REFERENCE, true)?.unwrap_or_default())?;
        // Extensions are for Terminal Authentication version 2; an authority of version 1 leaves them out.
        next(tag::EXTENSIONS, false)?;
        match objects.next() {
            None => Ok(Self {
                authority_reference,
                public_key,
                holder_reference,
                outer: None,
            }),
            Some(_) => Err(CvcError::Structure(TlvError::TrailingBytes)),
        }
    }

    /// The public point, uncompressed.
    pub fn public_point(&self) -> &'a [u8] {
        match self.public_key {
            CvPublicKey::Ec(key) => key.point,
            // `open` refuses other keys.
            CvPublicKey::Rsa(_) => &[],
        }
    }
}

/// Makes a request (7F21) for the signer's key, called `holder`, to the owner of the key `authority`.
///
/// # Errors
/// [`PkiError::Input`] for a reference that is none; [`PkiError::Signer`], [`PkiError::BadSignature`].
pub fn make(holder: &str, authority: Option<&str>, signer: &dyn Signer) -> Result<Vec<u8>, PkiError> {
    let holder = cv_certificate::reference("holder reference", holder)?;
    let authority = authority
        .map(|authority| cv_certificate::reference("authority reference", authority))
        .transpose()?;
    let point = signer.public_point();
    let key = cv_certificate::public_key(signer, &point, true)?;
    let mut encoded_key = vec![0; MAX_CERTIFICATE];
    let len = key.encode(&mut encoded_key).map_err(structure)?;
    encoded_key.truncate(len);
    let mut body = data_object(tag::PROFILE, PROFILE_1);
    if let Some(authority) = authority {
        body.extend(data_object(tag::AUTHORITY_REFERENCE, authority.as_bytes()));
    }
    body.extend(encoded_key);
    body.extend(data_object(tag::HOLDER_REFERENCE, holder.as_bytes()));
    let mut content = data_object(tag::BODY, &body);
    let signature = plain_signature(signer, &content)?;
    content.extend(data_object(tag::SIGNATURE, &signature));
    let request = data_object(tag::CERTIFICATE, &content);
    CvRequest::open(&request).map_err(|_| PkiError::BadSignature(WHAT))?;
    Ok(request)
}

/// Adds the outer signature of the owner of the key called `authority` to a request (7F21). Returns the 67.
///
/// # Errors
/// As [`CvRequest::open`]; [`PkiError::Refused`] when there is an outer signature already; as [`make`].
pub fn authenticate(request: &[u8], authority: &str, signer: &dyn Signer) -> Result<Vec<u8>, PkiError> {
    if CvRequest::open(request)?.outer.is_some() {
        return Err(PkiError::Refused(
            "the request has an outer signature already".into(),
        ));
    }
    let reference = cv_certificate::reference("authority reference", authority)?;
    let mut content = request.to_vec();
    content.extend(data_object(tag::AUTHORITY_REFERENCE, reference.as_bytes()));
    let signature = plain_signature(signer, &content)?;
    content.extend(data_object(tag::SIGNATURE, &signature));
    let authenticated = data_object(tag::AUTHENTICATION, &content);
    let point = signer.public_point();
    let key = cv_certificate::public_key(signer, &point, true)?;
    match CvRequest::open(&authenticated)?.outer {
        Some(outer) if outer.is_by(&key, None) => Ok(authenticated),
        _ => Err(PkiError::BadSignature(WHAT)),
    }
}

fn malformed(error: CvcError) -> PkiError {
    PkiError::certificate(WHAT, error.meaning())
}

fn structure(error: TlvError) -> PkiError {
    malformed(CvcError::Structure(error))
}
