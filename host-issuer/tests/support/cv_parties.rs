//! Authorities, verifiers and terminals of Terminal Authentication by hand: card verifiable certificates with everything that can be
//! wrong in them (BSI TR-03110-3 appendices C and D). Shares no line with `personalization` or with `card_applet::wire::cvc`.

use std::convert::Infallible;

use p256::ecdsa::SigningKey;
use p256::ecdsa::signature::hazmat::PrehashSigner as _;
use rand_core::{TryCryptoRng, TryRng};
use rsa::pkcs8::DecodePrivateKey as _;
use rsa::{Pkcs1v15Sign, Pss};
use sha1::Sha1;
use sha2::{Sha256, Sha512};
use test_vectors::faulty_chip::Hash;
use test_vectors::naive::Random;

use crate::rsa_keys::RsaKey;
use crate::test_issuer::der::{key, object_identifier, oid, tlv};

/// What a CHAT says: the role, and rights to DG3 and DG4.
pub const AUTHORITY: u8 = 0xC0;
pub const VERIFIER: u8 = 0x80;
pub const TERMINAL: u8 = 0x00;
pub const BOTH: u8 = 0x03;
pub const FINGERS: u8 = 0x01;
pub const IRISES: u8 = 0x02;

/// p, a, b, G, n and cofactor of P-256 (SEC 2 §2.4.2), as data objects of a public key.
const P_256: [(u32, &str); 4] = [
    (
        0x81,
        "FFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF",
    ),
    (
        0x82,
        "FFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFC",
    ),
    (
        0x83,
        "5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B",
    ),
    (
        0x84,
        "046B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C2964FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5",
    ),
];
const P_256_ORDER: &str = "FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551";

/// With which algorithm all of a chain sign.
#[derive(Clone, Copy)]
pub enum Scheme {
    Ecdsa(Hash),
    Pkcs1(Hash),
    Pss(Hash),
}

impl Scheme {
    fn oid(self) -> Vec<u8> {
        let arcs = match self {
            Self::Pkcs1(Hash::Sha1) => "0101",
            Self::Pkcs1(Hash::Sha256) => "0102",
            Self::Pss(Hash::Sha1) => "0103",
            Self::Pss(Hash::Sha256) => "0104",
            Self::Pkcs1(Hash::Sha512) => "0105",
            Self::Pss(Hash::Sha512) => "0106",
            Self::Ecdsa(Hash::Sha1) => "0201",
            Self::Ecdsa(Hash::Sha224) => "0202",
            Self::Ecdsa(Hash::Sha256) => "0203",
            Self::Ecdsa(Hash::Sha384) => "0204",
            Self::Ecdsa(Hash::Sha512) => "0205",
            _ => panic!("not defined"),
        };
        object_identifier(&format!("04007F0007020202{arcs}"))
    }
}

/// Somebody with a key.
#[derive(Clone, Copy)]
pub struct Party {
    /// CHR.
    pub name: &'static str,
    /// Seed of the key on P-256.
    pub seed: u8,
    /// Name of the RSA key.
    pub rsa: &'static str,
}

pub const CVCA_1: Party = Party {
    name: "DETESTCVCA00001",
    seed: 21,
    rsa: "cv-authority",
};
pub const CVCA_2: Party = Party {
    name: "DETESTCVCA00002",
    seed: 22,
    ..CVCA_1
};
pub const CVCA_3: Party = Party {
    name: "DETESTCVCA00003",
    seed: 23,
    ..CVCA_1
};
pub const DV: Party = Party {
    name: "DETESTDV00001",
    seed: 24,
    rsa: "cv-verifier",
};
pub const DV_OF_2: Party = Party {
    name: "DETESTDV00002",
    ..DV
};
pub const IS: Party = Party {
    name: "DETESTIS00001",
    seed: 25,
    rsa: "terminal",
};
pub const IS_OF_2: Party = Party {
    name: "DETESTIS00002",
    ..IS
};

impl Party {
    /// Its RSA key of 1024 bits, as the guideline has it; a signature of PSS with SHA-512 and a salt as long does not fit one.
    fn rsa(self, scheme: Scheme) -> RsaKey {
        match scheme {
            Scheme::Pss(Hash::Sha512) => RsaKey::load("active-authentication"),
            _ => RsaKey::load(self.rsa),
        }
    }

    fn ec(self) -> SigningKey {
        key(self.seed)
    }

    /// PrivateKeyInfo.
    pub fn pkcs8(self, scheme: Scheme) -> Vec<u8> {
        if !matches!(scheme, Scheme::Ecdsa(_)) {
            return self.rsa(scheme).pkcs8;
        }
        let private = tlv(0x30, &[&[0x02, 0x01, 0x01], &tlv(0x04, &[&self.ec().to_bytes()])]);
        let algorithm = [
            object_identifier(oid::EC_PUBLIC_KEY),
            object_identifier(oid::P_256),
        ];
        tlv(
            0x30,
            &[
                &[0x02, 0x01, 0x00],
                &tlv(0x30, &[&algorithm.concat()]),
                &tlv(0x04, &[&private]),
            ],
        )
    }

    /// 7F49; an authority's has the domain parameters, which the others inherit.
    fn public_key(self, scheme: Scheme, is_authority: bool) -> Vec<u8> {
        let mut content = scheme.oid();
        if let Scheme::Ecdsa(_) = scheme {
            let number = |digits: &str| hex::decode(digits).expect("hexadecimal");
            if is_authority {
                content.extend(
                    P_256
                        .iter()
                        .flat_map(|(tag, digits)| tlv(*tag, &[&number(digits)])),
                );
                content.extend(tlv(0x85, &[&number(P_256_ORDER)]));
            }
            let point = self.ec().verifying_key().to_sec1_point(false);
            content.extend(tlv(0x86, &[point.as_bytes()]));
            if is_authority {
                content.extend(tlv(0x87, &[&[0x01]]));
            }
        } else {
            let key = self.rsa(scheme);
            content.extend(tlv(0x81, &[&key.modulus]));
            content.extend(tlv(0x82, &[&key.public_exponent]));
        }
        tlv(0x7F49, &[&content])
    }

    fn sign(self, scheme: Scheme, message: &[u8]) -> Vec<u8> {
        let rsa = || rsa::PrivateKey::from_pkcs8_der(&self.rsa(scheme).pkcs8).expect("an RSA key");
        let rng = &mut Salt(Random::new(&[], 1));
        let signature = match scheme {
            Scheme::Ecdsa(hash) => {
                let signature: p256::ecdsa::Signature = self
                    .ec()
                    .sign_prehash(&hash.digest(message))
                    .expect("a signature");
                Ok(signature.to_bytes().to_vec())
            }
            Scheme::Pkcs1(hash) => {
                let padding = match hash {
                    Hash::Sha1 => Pkcs1v15Sign::new::<Sha1>(),
                    Hash::Sha512 => Pkcs1v15Sign::new::<Sha512>(),
                    _ => Pkcs1v15Sign::new::<Sha256>(),
                };
                rsa().sign_with_rng(rng, padding, &hash.digest(message))
            }
            Scheme::Pss(hash) => {
                let digest = hash.digest(message);
                match hash {
                    Hash::Sha1 => rsa().sign_with_rng(rng, Pss::<Sha1>::new(), &digest),
                    Hash::Sha512 => rsa().sign_with_rng(rng, Pss::<Sha512>::new(), &digest),
                    _ => rsa().sign_with_rng(rng, Pss::<Sha256>::new(), &digest),
                }
            }
        };
        signature.expect("a signature")
    }
}

/// Salts of PSS that are the same in every run.
struct Salt(Random);

impl TryRng for Salt {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_be_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_be_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, target: &mut [u8]) -> Result<(), Infallible> {
        target.copy_from_slice(&self.0.bytes(target.len()));
        Ok(())
    }
}

impl TryCryptoRng for Salt {}

/// A certificate that can be made.
#[derive(Clone, Copy)]
pub struct Recipe {
    pub scheme: Scheme,
    pub issuer: Party,
    pub holder: Party,
    /// Role and rights.
    pub chat: u8,
    /// The first and the last day, YYMMDD.
    pub valid: (&'static str, &'static str),
    /// Its last byte is another.
    pub is_damaged: bool,
}

impl Recipe {
    pub fn new(scheme: Scheme, issuer: Party, holder: Party, chat: u8) -> Self {
        Self {
            scheme,
            issuer,
            holder,
            chat,
            valid: ("260101", "270101"),
            is_damaged: false,
        }
    }

    /// 7F21.
    pub fn build(self) -> Vec<u8> {
        let date = |digits: &str| -> Vec<u8> { digits.bytes().map(|digit| digit & 0x0F).collect() };
        let is_authority = self.chat & AUTHORITY == AUTHORITY;
        let authorization = [
            object_identifier("04007F000703010201"),
            tlv(0x53, &[&[self.chat]]),
        ];
        let body = tlv(
            0x7F4E,
            &[
                &tlv(0x5F29, &[&[0x00]]),
                &tlv(0x42, &[self.issuer.name.as_bytes()]),
                &self.holder.public_key(self.scheme, is_authority),
                &tlv(0x5F20, &[self.holder.name.as_bytes()]),
                &tlv(0x7F4C, &[&authorization.concat()]),
                &tlv(0x5F25, &[&date(self.valid.0)]),
                &tlv(0x5F24, &[&date(self.valid.1)]),
            ],
        );
        let signature = self.issuer.sign(self.scheme, &body);
        let mut certificate = tlv(0x7F21, &[&body, &tlv(0x5F37, &[&signature])]);
        if self.is_damaged {
            *certificate.last_mut().expect("bytes") ^= 0x01;
        }
        certificate
    }
}
