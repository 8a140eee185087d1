//! Keys of certificates (BSI TR-03110-3 D.3).

use rsa::{BoxedUint, Pkcs1v15Sign, Pss};
use sha1::Sha1;
use sha2::{Sha224, Sha256, Sha384, Sha512};

use super::part::{Part, parts_of};
use super::tag;
use crate::faulty_chip::Hash;
use crate::naive::{Curve, Random, find};

/// id-TA; below it RSA (1) and ECDSA (2), each with its schemes.
const TERMINAL_AUTHENTICATION: [u8; 8] = [0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x02];
/// A point of a public key.
const POINT: u32 = 0x86;

/// A key pair on a curve.
#[derive(Clone, PartialEq, Eq)]
pub struct CvKey {
    /// The curve.
    pub curve: Curve,
    /// The hash that goes with its signatures.
    pub hash: Hash,
    pub(super) private: Vec<u8>,
}

impl std::fmt::Debug for CvKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CvKey")
            .field("curve", &self.curve)
            .field("hash", &self.hash)
            .finish_non_exhaustive()
    }
}

impl CvKey {
    /// A new one.
    pub fn random(curve: Curve, hash: Hash, random: &mut Random) -> Self {
        CvKey {
            curve,
            hash,
            private: random.private(curve.into()),
        }
    }

    /// The private key in a PrivateKeyInfo (RFC 5208, with the ECPrivateKey of RFC 5915), if it is one of this curve.
    pub fn from_pkcs8(der: &[u8], curve: Curve, hash: Hash) -> Option<Self> {
        let info = find(der, 0x30)?;
        let key = find(find(info, 0x04)?, 0x30)?;
        let digits = find(key, 0x04)?;
        let zeros = vec![0; curve.field_len().checked_sub(digits.len())?];
        let private = [zeros, digits.to_vec()].concat();
        curve
            .is_private(&private)
            .then_some(CvKey { curve, hash, private })
    }

    /// A key that follows from this one and a number; no random number is needed to find it again.
    #[must_use]
    pub fn derived(&self, number: u64) -> Self {
        let digest = Hash::Sha256.digest(&[b"successor", &self.private[..]].concat());
        let seed = digest
            .iter()
            .take(8)
            .fold(number, |seed, byte| seed.rotate_left(8) ^ u64::from(*byte));
        Self::random(self.curve, self.hash, &mut Random::new(&[], seed))
    }

    /// The public key: 04 ‖ x ‖ y.
    pub fn point(&self) -> Vec<u8> {
        self.curve.public(&self.private).unwrap_or_default()
    }

    /// The signature over a message: r ‖ s.
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        let digest = self.hash.digest(message);
        self.curve.sign(&self.private, &digest).unwrap_or_default()
    }

    /// The objects of 7F49, with these domain parameters (81 to 85 and 87).
    pub fn parts(&self, domain: &[Part]) -> Vec<Part> {
        let scheme = match self.hash {
            Hash::Sha1 => 1,
            Hash::Sha224 => 2,
            Hash::Sha256 => 3,
            Hash::Sha384 => 4,
            Hash::Sha512 => 5,
        };
        let oid = [&TERMINAL_AUTHENTICATION[..], &[2, scheme]].concat();
        let mut parts = vec![Part::new(tag::OID, oid), Part::new(POINT, self.point())];
        parts.extend_from_slice(domain);
        parts.sort_by_key(|part| part.tag);
        parts
    }
}

/// The public key in a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CvPublicKey {
    /// On a curve.
    Curve {
        /// The hash of its signatures.
        hash: Hash,
        /// 04 ‖ x ‖ y.
        point: Vec<u8>,
        /// Domain parameters (81 to 85 and 87), where the certificate has them.
        domain: Vec<Part>,
    },
    /// RSA.
    Rsa {
        /// The hash of its signatures.
        hash: Hash,
        /// RSASSA-PSS; else PKCS#1 v1.5.
        pss: bool,
        /// n.
        modulus: Vec<u8>,
        /// e.
        exponent: Vec<u8>,
    },
}

impl CvPublicKey {
    /// Reads the content of a 7F49. `None` for algorithms that are not defined, and when a part is missing.
    pub fn read(content: &[u8]) -> Option<Self> {
        let field = |tag| find(content, tag).map(<[u8]>::to_vec);
        Some(
            match find(content, tag::OID)?.strip_prefix(&TERMINAL_AUTHENTICATION)? {
                [1, scheme] => CvPublicKey::Rsa {
                    hash: match scheme {
                        1 | 3 => Hash::Sha1,
                        2 | 4 => Hash::Sha256,
                        5 | 6 => Hash::Sha512,
                        _ => return None,
                    },
                    pss: matches!(scheme, 3 | 4 | 6),
                    modulus: field(0x81)?,
                    exponent: field(0x82)?,
                },
                [2, scheme] => CvPublicKey::Curve {
                    hash: match scheme {
                        1 => Hash::Sha1,
                        2 => Hash::Sha224,
                        3 => Hash::Sha256,
                        4 => Hash::Sha384,
                        5 => Hash::Sha512,
                        _ => return None,
                    },
                    point: field(POINT)?,
                    domain: parts_of(content)
                        .into_iter()
                        .filter(|part| matches!(part.tag, 0x81..=0x85 | 0x87))
                        .collect(),
                },
                _ => return None,
            },
        )
    }

    /// The curve that its point lies on; a point lies on two of them never.
    pub fn curve(&self) -> Option<Curve> {
        match self {
            CvPublicKey::Curve { point, .. } => Curve::ALL.into_iter().find(|curve| curve.is_public(point)),
            CvPublicKey::Rsa { .. } => None,
        }
    }

    /// Whether this key's owner signed the message. `None` for a curve that this crate does not have.
    pub fn has_signed(&self, message: &[u8], signature: &[u8]) -> Option<bool> {
        match self {
            CvPublicKey::Curve { hash, point, .. } => {
                let curve = self.curve()?;
                Some(curve.has_signed(point, &hash.digest(message), signature))
            }
            CvPublicKey::Rsa {
                hash,
                pss,
                modulus,
                exponent,
            } => {
                let number = BoxedUint::from_be_slice_vartime;
                let key =
                    rsa::PublicKey::new_with_size_limits(number(modulus), number(exponent), 1024..=4096);
                let (key, digest) = (key.ok()?, hash.digest(message));
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
