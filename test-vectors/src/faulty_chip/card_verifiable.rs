//! Card verifiable certificates as this chip reads them (BSI TR-03110-3 appendices C and D): first come, first served, and no
//! object missed.

use p256::ecdsa::VerifyingKey;
use p256::ecdsa::signature::hazmat::PrehashVerifier;
use rsa::{BoxedUint, Pkcs1v15Sign, Pss};
use sha1::Sha1;
use sha2::{Sha224, Sha256, Sha384, Sha512};

use super::active_authentication::Hash;
use crate::naive::data_object::{find, object};

/// id-TA; below it RSA (1) and ECDSA (2), each with its schemes.
const TERMINAL_AUTHENTICATION: [u8; 8] = [0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x02];

/// The bits of a CHAT that name the holder's role: authority, domestic and foreign verifier, terminal.
pub(super) const AUTHORITY: u8 = 0xC0;
pub(super) const DOMESTIC: u8 = 0x80;
pub(super) const FOREIGN: u8 = 0x40;
pub(super) const TERMINAL: u8 = 0x00;

#[derive(Clone, Debug)]
enum Key {
    /// On P-256.
    Ec { hash: Hash, point: Vec<u8> },
    Rsa {
        hash: Hash,
        pss: bool,
        modulus: Vec<u8>,
        exponent: Vec<u8>,
    },
}

/// Whom a certificate is of.
#[derive(Clone, Debug)]
pub(super) struct Holder {
    /// CHR.
    pub(super) name: Vec<u8>,
    /// CAR.
    pub(super) authority: Vec<u8>,
    /// The two upper bits of its CHAT.
    pub(super) role: u8,
    /// The two lower bits: irises, fingers.
    pub(super) rights: u8,
    /// YYMMDD, a digit a byte.
    pub(super) effective: Vec<u8>,
    pub(super) expires: Vec<u8>,
    key: Key,
}

/// A certificate taken apart.
pub(super) struct Certificate {
    pub(super) holder: Holder,
    signed: Vec<u8>,
    signature: Vec<u8>,
}

impl Certificate {
    /// Reads the content of a 7F21.
    pub(super) fn read(content: &[u8]) -> Option<Self> {
        let body = find(content, 0x7F4E)?;
        let authorization = find(body, 0x7F4C)?;
        let chat = *find(authorization, 0x53)?.first()?;
        let field = |tag| find(body, tag).map(<[u8]>::to_vec);
        Some(Certificate {
            signed: object(0x7F4E, body),
            signature: find(content, 0x5F37)?.to_vec(),
            holder: Holder {
                name: field(0x5F20)?,
                authority: field(0x42)?,
                role: chat & 0xC0,
                rights: chat & 0x03,
                effective: field(0x5F25)?,
                expires: field(0x5F24)?,
                key: Key::read(find(body, 0x7F49)?)?,
            },
        })
    }

    /// Whether the owner of this key signed it.
    pub(super) fn is_signed_by(&self, issuer: &Holder) -> bool {
        issuer.has_signed(&self.signed, &self.signature)
    }
}

impl Holder {
    /// Whether this is its signature over a message.
    pub(super) fn has_signed(&self, message: &[u8], signature: &[u8]) -> bool {
        self.key.has_signed(message, signature) == Some(true)
    }
}

impl Key {
    fn read(public_key: &[u8]) -> Option<Self> {
        let oid = find(public_key, 0x06)?;
        Some(match oid.strip_prefix(&TERMINAL_AUTHENTICATION)? {
            [1, scheme] => Key::Rsa {
                hash: match scheme {
                    1 | 3 => Hash::Sha1,
                    2 | 4 => Hash::Sha256,
                    5 | 6 => Hash::Sha512,
                    _ => return None,
                },
                pss: matches!(scheme, 3 | 4 | 6),
                modulus: find(public_key, 0x81)?.to_vec(),
                exponent: find(public_key, 0x82)?.to_vec(),
            },
            [2, scheme] => Key::Ec {
                hash: match scheme {
                    1 => Hash::Sha1,
                    2 => Hash::Sha224,
                    3 => Hash::Sha256,
                    4 => Hash::Sha384,
                    5 => Hash::Sha512,
                    _ => return None,
                },
                point: find(public_key, 0x86)?.to_vec(),
            },
            _ => return None,
        })
    }

    fn has_signed(&self, message: &[u8], signature: &[u8]) -> Option<bool> {
        match self {
            Key::Ec { hash, point } => {
                let key = VerifyingKey::from_sec1_bytes(point).ok()?;
                let signature = p256::ecdsa::Signature::from_slice(signature).ok()?;
                Some(key.verify_prehash(&hash.digest(message), &signature).is_ok())
            }
            Key::Rsa {
                hash,
                pss,
                modulus,
                exponent,
            } => {
                let number = BoxedUint::from_be_slice_vartime;
                let sizes = 1024..=4096;
                let key =
                    rsa::PublicKey::new_with_size_limits(number(modulus), number(exponent), sizes).ok()?;
                let digest = hash.digest(message);
                let outcome = match (pss, hash) {
                    (false, Hash::Sha1) => key.verify(Pkcs1v15Sign::new::<Sha1>(), &digest, signature),
                    (false, Hash::Sha224) => key.verify(Pkcs1v15Sign::new::<Sha224>(), &digest, signature),
                    (false, Hash::Sha256) => key.verify(Pkcs1v15Sign::new::<Sha256>(), &digest, signature),
                    (false, Hash::Sha384) => key.verify(Pkcs1v15Sign::new::<Sha384>(), &digest, signature),
                    (false, Hash::Sha512) => key.verify(Pkcs1v15Sign::new::<Sha512>(), &digest, signature),
                    (true, Hash::Sha1) => key.verify(Pss::<Sha1>::new(), &digest, signature),
                    (true, Hash::Sha224) => key.verify(Pss::<Sha224>::new(), &digest, signature),
                    (true, Hash::Sha256) => key.verify(Pss::<Sha256>::new(), &digest, signature),
                    (true, Hash::Sha384) => key.verify(Pss::<Sha384>::new(), &digest, signature),
                    (true, Hash::Sha512) => key.verify(Pss::<Sha512>::new(), &digest, signature),
                };
                Some(outcome.is_ok())
            }
        }
    }
}
