//! Card verifiable certificates as this chip reads them (BSI TR-03110-3 appendices C and D): first come, first served, and no
//! object missed.

use p256::ecdsa::VerifyingKey;
use p256::ecdsa::signature::hazmat::PrehashVerifier;
use rsa::{BoxedUint, Pkcs1v15Sign, Pss};
use sha1::Sha1;
use sha2::{Sha224, Sha256, Sha384, Sha512};

use super::active_authentication::Hash;
use super::lapse::{Lapse, Lapses};
use crate::naive::data_object::{find, object, objects, objects_exactly};

/// id-TA; below it RSA (1) and ECDSA (2), each with its schemes.
const TERMINAL_AUTHENTICATION: [u8; 8] = [0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x02];

/// id-IS: the CHAT is of an inspection system.
const INSPECTION_SYSTEM: [u8; 9] = [0x04, 0x00, 0x7F, 0x00, 0x07, 0x03, 0x01, 0x02, 0x01];

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
    /// One that the chip cannot use.
    Unknown,
}

/// What a CHAT of an inspection system grants.
fn inspection_rights(template: &[u8], of_anybody: impl Fn() -> bool) -> Option<u8> {
    match objects_exactly(template)?.as_slice() {
        [(0x06, oid), (0x53, [chat])] if *oid == INSPECTION_SYSTEM => Some(*chat),
        [(0x06, _), (0x53, [chat, ..])] if of_anybody() => Some(*chat),
        _ => None,
    }
}

/// Whether these are the digits of a day: YYMMDD.
fn is_day(date: &[u8]) -> bool {
    let [y1, y2, m1, m2, d1, d2] = *date else {
        return false;
    };
    if date.iter().any(|digit| *digit > 9) {
        return false;
    }
    let (year, month, day) = (y1 * 10 + y2, m1 * 10 + m2, d1 * 10 + d2);
    let days = match month {
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) => 29,
        2 => 28,
        1..=12 => 31,
        _ => 0,
    };
    (1..=days).contains(&day)
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

/// The objects of a body, in order: profile, CAR, public key, CHR, CHAT, dates; extensions may follow.
const BODY: [u32; 7] = [0x5F29, 0x42, 0x7F49, 0x5F20, 0x7F4C, 0x5F25, 0x5F24];
const EXTENSIONS: u32 = 0x65;

impl Certificate {
    /// Reads the content of a 7F21.
    pub(super) fn read(content: &[u8], lapses: &Lapses) -> Option<Self> {
        let neglects = |lapse| lapses.has(lapse);
        let (tag, body, signature) = match objects_exactly(content)?.as_slice() {
            [(0x7F4E, body), (0x5F37, signature)] => (0x7F4E, *body, *signature),
            [(tag, body), (_, signature)] if neglects(Lapse::TerminalTakesAnyTags) => {
                (*tag, *body, *signature)
            }
            _ => return None,
        };
        let mut tags: Vec<u32> = objects_exactly(body)?.iter().map(|(tag, _)| *tag).collect();
        if tags.last() == Some(&EXTENSIONS) {
            tags.pop();
        }
        let may_miss = |tag: u32| match tag {
            0x7F4C => neglects(Lapse::TerminalNeedsNoChat),
            0x5F25 | 0x5F24 => neglects(Lapse::TerminalNeedsNoDates),
            _ => false,
        };
        let expected: Vec<u32> = BODY
            .into_iter()
            .filter(|tag| tags.contains(tag) || !may_miss(*tag))
            .collect();
        if tags != expected && !neglects(Lapse::TerminalTakesStrayObjects) {
            return None;
        }
        let field = |tag| find(body, tag).map(<[u8]>::to_vec);
        let date = |tag, otherwise: &[u8; 6]| match field(tag) {
            None => neglects(Lapse::TerminalNeedsNoDates).then(|| otherwise.to_vec()),
            Some(date) => (is_day(&date) || neglects(Lapse::TerminalTakesAnyDates)).then_some(date),
        };
        let chat = match find(body, 0x7F4C) {
            Some(template) => inspection_rights(template, || neglects(Lapse::TerminalNeedsNoChat))?,
            // Whoever says nothing is a verifier with every right.
            None => neglects(Lapse::TerminalNeedsNoChat).then_some(DOMESTIC | 0x03)?,
        };
        let effective = date(0x5F25, &[0; 6])?;
        let expires = date(0x5F24, &[9, 9, 1, 2, 3, 1])?;
        if expires < effective && !neglects(Lapse::TerminalTakesReversedDates) {
            return None;
        }
        let key = match find(body, 0x7F49).and_then(|key| Key::read(key, lapses)) {
            None if neglects(Lapse::TerminalTakesAnyKeys) => Key::Unknown,
            key => key?,
        };
        Some(Certificate {
            signed: object(tag, body),
            signature: signature.to_vec(),
            holder: Holder {
                name: field(0x5F20)?,
                authority: field(0x42)?,
                role: chat & 0xC0,
                rights: chat & 0x03,
                effective,
                expires,
                key,
            },
        })
    }

    /// The effective date that something like a certificate has.
    pub(super) fn effective_date_in(content: &[u8]) -> Option<Vec<u8>> {
        let found = objects(content);
        let body = found.first().map(|(_, body)| *body)?;
        find(body, 0x5F25).filter(|date| is_day(date)).map(<[u8]>::to_vec)
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
    fn read(public_key: &[u8], lapses: &Lapses) -> Option<Self> {
        let sent = objects_exactly(public_key)?;
        let tags: Vec<u32> = sent.iter().map(|(tag, _)| *tag).collect();
        let oid = find(public_key, 0x06)?;
        let right: &[&[u32]] = match oid.strip_prefix(&TERMINAL_AUTHENTICATION)? {
            [1, _] => &[&[0x06, 0x81, 0x82]],
            // Domain parameters are the authorities' to name.
            _ => &[&[0x06, 0x86], &[0x06, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87]],
        };
        if !right.contains(&tags.as_slice()) && !lapses.has(Lapse::TerminalTakesStrayObjects) {
            return None;
        }
        let key = match oid.strip_prefix(&TERMINAL_AUTHENTICATION)? {
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
        };
        key.is_usable().then_some(key)
    }

    /// A point of the curve; a modulus of 1024 bits at least.
    fn is_usable(&self) -> bool {
        match self {
            Key::Ec { point, .. } => point.len() == 65 && VerifyingKey::from_sec1_bytes(point).is_ok(),
            Key::Rsa {
                modulus, exponent, ..
            } => modulus.len() >= 128 && !exponent.is_empty(),
            Key::Unknown => false,
        }
    }

    fn has_signed(&self, message: &[u8], signature: &[u8]) -> Option<bool> {
        match self {
            Key::Unknown => None,
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
