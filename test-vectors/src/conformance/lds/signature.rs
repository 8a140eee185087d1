//! Hashes, signature algorithms, and signatures over what was read (9303-12 §4.4).

use ecdsa::signature::hazmat::PrehashVerifier;
use rsa::{BoxedUint, pkcs1v15, pss};
use sha1::Sha1;
use sha2::{Digest, Sha224, Sha256, Sha384, Sha512};

use super::der::{only, tag};
use super::objects::{Object, Objects};
use super::public_key::{Domain, PublicKey};
use crate::conformance::verdict::{Finding, Played};

/// A hash function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hash {
    Sha1,
    Sha224,
    Sha256,
    Sha384,
    Sha512,
}

/// OBJECT IDENTIFIERs of the hashes.
const HASHES: [(&[u8], Hash); 5] = [
    (&[0x2B, 0x0E, 0x03, 0x02, 0x1A], Hash::Sha1),
    (
        &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x04],
        Hash::Sha224,
    ),
    (
        &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01],
        Hash::Sha256,
    ),
    (
        &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02],
        Hash::Sha384,
    ),
    (
        &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03],
        Hash::Sha512,
    ),
];

impl Hash {
    /// That of an AlgorithmIdentifier, parameters absent or NULL: inspection systems must take both (9303-10 §4.6.2.3, note 2).
    pub(super) fn of_identifier(identifier: &Object<'_>, field: &str) -> Played<Self> {
        identifier.expect_tag(tag::SEQUENCE, field)?;
        let mut parts = identifier.inside();
        let oid = parts.expect(tag::OBJECT_IDENTIFIER, field)?;
        parts.optional(tag::NULL, field)?;
        parts.end(field)?;
        let found = HASHES.iter().find(|(known, _)| *known == oid.value);
        let found =
            found.ok_or_else(|| oid.flaw(field, "expected SHA-1 or SHA-2, found another algorithm"))?;
        Ok(found.1)
    }

    /// Goes on unless it is SHA-1, which 9303-12 §4.4.4 does not have any more.
    pub(super) fn must_be_allowed(self, object: &Object<'_>, field: &str) -> Played {
        object.must(self != Hash::Sha1, field, || {
            "expected SHA-224, -256, -384 or -512, found SHA-1".into()
        })
    }

    /// Bytes of a digest.
    pub(super) fn len(self) -> usize {
        match self {
            Hash::Sha1 => 20,
            Hash::Sha224 => 28,
            Hash::Sha256 => 32,
            Hash::Sha384 => 48,
            Hash::Sha512 => 64,
        }
    }

    /// A message's digest.
    pub(super) fn digest(self, message: &[u8]) -> Vec<u8> {
        match self {
            Hash::Sha1 => Sha1::digest(message).to_vec(),
            Hash::Sha224 => Sha224::digest(message).to_vec(),
            Hash::Sha256 => Sha256::digest(message).to_vec(),
            Hash::Sha384 => Sha384::digest(message).to_vec(),
            Hash::Sha512 => Sha512::digest(message).to_vec(),
        }
    }
}

/// How something was signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scheme {
    /// ECDSA, an ECDSA-Sig-Value.
    Ecdsa(Hash),
    /// ECDSA, r ‖ s (TR-03111 §5.2.1).
    PlainEcdsa(Hash),
    /// RSASSA-PKCS1-v1_5.
    RsaPkcs1(Hash),
    /// RSASSA-PSS.
    RsaPss { hash: Hash, salt_len: usize },
}

/// Why a signature was not verified.
pub(super) enum Unverified {
    /// It is wrong.
    Wrong(String),
    /// The suite does not compute such signatures.
    NotComputed(String),
}

/// 1.2.840.10045.4.3.n and 1.2.840.10045.4.1: ECDSA with a hash.
const ECDSA: [(&[u8], Hash); 5] = [
    (&[0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x01], Hash::Sha1),
    (&[0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x01], Hash::Sha224),
    (&[0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x02], Hash::Sha256),
    (&[0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x03], Hash::Sha384),
    (&[0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x04], Hash::Sha512),
];

/// 1.2.840.113549.1.1.n, the last byte: RSASSA-PKCS1-v1_5 with a hash.
const PKCS1: [(u8, Hash); 5] = [
    (5, Hash::Sha1),
    (14, Hash::Sha224),
    (11, Hash::Sha256),
    (12, Hash::Sha384),
    (13, Hash::Sha512),
];

/// 1.2.840.113549.1.1: the arc of RSA.
const RSA_ARC: [u8; 8] = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01];
/// id-mgf1 in it.
const MGF1: u8 = 8;
/// rsaEncryption in it: the hash is then that of the digestAlgorithm.
const RSA_ENCRYPTION: u8 = 1;
/// id-RSASSA-PSS in it.
const RSASSA_PSS: u8 = 10;

/// 0.4.0.127.0.7.1.1.4.1.n: plain ECDSA with a hash, n from 1.
pub(super) const PLAIN_ECDSA_ARC: [u8; 9] = [0x04, 0x00, 0x7F, 0x00, 0x07, 0x01, 0x01, 0x04, 0x01];

impl Scheme {
    /// That of an AlgorithmIdentifier.
    pub(super) fn of_identifier(identifier: &Object<'_>, digest: Option<Hash>, field: &str) -> Played<Self> {
        identifier.expect_tag(tag::SEQUENCE, field)?;
        let mut parts = identifier.inside();
        let oid = parts.expect(tag::OBJECT_IDENTIFIER, field)?;
        if let Some((_, hash)) = ECDSA.iter().find(|(known, _)| *known == oid.value) {
            // RFC 5758 §3.2: parameters are absent. Many have NULL there, and no verifier minds.
            parts.optional(tag::NULL, field)?;
            parts.end(field)?;
            return Ok(Scheme::Ecdsa(*hash));
        }
        if let Some([number @ 1..=5]) = oid.value.strip_prefix(&PLAIN_ECDSA_ARC) {
            let hash = HASHES
                .get(usize::from(number - 1))
                .map_or(Hash::Sha1, |(_, hash)| *hash);
            return Ok(Scheme::PlainEcdsa(hash));
        }
        let unknown = || {
            Finding::NotApplicable(format!(
                "the suite does not verify signatures of algorithm {}",
                hex::encode_upper(oid.value)
            ))
        };
        match oid.value.strip_prefix(&RSA_ARC) {
            Some([RSASSA_PSS]) => pss_parameters(parts, field),
            Some([RSA_ENCRYPTION]) => digest.map(Scheme::RsaPkcs1).ok_or_else(unknown),
            Some([number]) => {
                let hash = PKCS1.iter().find(|(known, _)| known == number);
                hash.map(|(_, hash)| Scheme::RsaPkcs1(*hash)).ok_or_else(unknown)
            }
            _ => Err(unknown()),
        }
    }

    /// The hash.
    pub(super) fn hash(self) -> Hash {
        match self {
            Scheme::Ecdsa(hash)
            | Scheme::PlainEcdsa(hash)
            | Scheme::RsaPkcs1(hash)
            | Scheme::RsaPss { hash, .. } => hash,
        }
    }

    /// Whether this is the signature over a message.
    pub(super) fn verify(self, key: &PublicKey, message: &[u8], signature: &[u8]) -> Result<(), Unverified> {
        let digest = self.hash().digest(message);
        match (self, key) {
            (Scheme::Ecdsa(_), PublicKey::Ec { domain, point }) => {
                let (r, s) = ecdsa_sig_value(signature)
                    .ok_or_else(|| Unverified::Wrong("expected an ECDSA-Sig-Value, found none".into()))?;
                right(computed(domain, domain.verifies(point, &digest, r, s))?)
            }
            (Scheme::PlainEcdsa(_), PublicKey::Ec { domain, point }) => {
                let (r, s) = signature.split_at(signature.len() / 2);
                right(r.len() == s.len() && computed(domain, domain.verifies(point, &digest, r, s))?)
            }
            (Scheme::RsaPkcs1(hash), PublicKey::Rsa { modulus, exponent }) => right(verifies_pkcs1(
                rsa_key(modulus, exponent)?,
                hash,
                &digest,
                signature,
            )),
            (Scheme::RsaPss { hash, salt_len }, PublicKey::Rsa { modulus, exponent }) => right(verifies_pss(
                rsa_key(modulus, exponent)?,
                hash,
                salt_len,
                &digest,
                signature,
            )),
            (_, PublicKey::Other) => Err(Unverified::NotComputed(
                "the suite does not know the signer's kind of key".into(),
            )),
            _ => Err(Unverified::Wrong(
                "expected an algorithm of the signer's key, found one of another kind".into(),
            )),
        }
    }
}

fn computed(domain: &Domain, verified: Option<bool>) -> Result<bool, Unverified> {
    verified.ok_or_else(|| {
        Unverified::NotComputed(format!(
            "no library of this program computes on {}",
            domain.name()
        ))
    })
}

fn right(verified: bool) -> Result<(), Unverified> {
    if verified {
        return Ok(());
    }
    Err(Unverified::Wrong(
        "expected the signature of the certificate's key over the signed attributes, found another".into(),
    ))
}

/// RSASSA-PSS-params (RFC 4055 §3.1), one hash for both purposes.
fn pss_parameters(mut parts: Objects<'_>, field: &str) -> Played<Scheme> {
    let parameters = parts.expect(tag::SEQUENCE, field)?;
    let mut fields = parameters.inside();
    let (mut hash, mut mask_hash, mut salt_len) = (Hash::Sha1, Hash::Sha1, 20);
    if let Some(object) = fields.optional(0xA0, field)? {
        hash = Hash::of_identifier(&only(object.inside(), tag::SEQUENCE, field)?, field)?;
    }
    if let Some(object) = fields.optional(0xA1, field)? {
        let generator = only(object.inside(), tag::SEQUENCE, field)?;
        let mut parts = generator.inside();
        let oid = parts.expect(tag::OBJECT_IDENTIFIER, field)?;
        oid.must(oid.value.strip_prefix(&RSA_ARC) == Some(&[MGF1]), field, || {
            "expected MGF1".into()
        })?;
        mask_hash = Hash::of_identifier(&parts.expect(tag::SEQUENCE, field)?, field)?;
    }
    if let Some(object) = fields.optional(0xA2, field)? {
        salt_len = only(object.inside(), tag::INTEGER, field)?.number(field)? as usize;
    }
    if let Some(object) = fields.optional(0xA3, field)? {
        only(object.inside(), tag::INTEGER, field)?.expect_value(&[1], "trailerField")?;
    }
    fields.end(field)?;
    // 9303-12 §4.4.1 has the same hash in both places.
    parameters.must(hash == mask_hash, field, || {
        format!("expected {hash:?} in MGF1, found {mask_hash:?}")
    })?;
    Ok(Scheme::RsaPss { hash, salt_len })
}

/// r and s, without the zeros in front of them.
fn ecdsa_sig_value(signature: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut objects = Objects::of_file("signature", signature);
    let value = objects.expect(tag::SEQUENCE, "ECDSA-Sig-Value").ok()?;
    objects.end("ECDSA-Sig-Value").ok()?;
    let mut numbers = value.inside();
    let r = numbers.next("r").and_then(|r| r.positive("r")).ok()?;
    let s = numbers.next("s").and_then(|s| s.positive("s")).ok()?;
    numbers.end("ECDSA-Sig-Value").ok()?;
    Some((r, s))
}

/// Longest RSA modulus that is computed with, in bytes: a card's time is not the suite's.
const MAX_MODULUS: usize = 1024;

fn rsa_key(modulus: &[u8], exponent: &[u8]) -> Result<rsa::PublicKey, Unverified> {
    if modulus.len() > MAX_MODULUS || exponent.len() > 8 {
        return Err(Unverified::NotComputed(
            "the suite does not compute with RSA keys of more than 8192 bits".into(),
        ));
    }
    let number = BoxedUint::from_be_slice_vartime;
    rsa::PublicKey::new(number(modulus), number(exponent))
        .map_err(|error| Unverified::Wrong(format!("expected an RSA key, found: {error}")))
}

fn verifies_pkcs1(key: rsa::PublicKey, hash: Hash, digest: &[u8], signature: &[u8]) -> bool {
    let Ok(signature) = pkcs1v15::Signature::try_from(signature) else {
        return false;
    };
    match hash {
        Hash::Sha1 => pkcs1v15::VerifyingKey::<Sha1>::new(key).verify_prehash(digest, &signature),
        Hash::Sha224 => pkcs1v15::VerifyingKey::<Sha224>::new(key).verify_prehash(digest, &signature),
        Hash::Sha256 => pkcs1v15::VerifyingKey::<Sha256>::new(key).verify_prehash(digest, &signature),
        Hash::Sha384 => pkcs1v15::VerifyingKey::<Sha384>::new(key).verify_prehash(digest, &signature),
        Hash::Sha512 => pkcs1v15::VerifyingKey::<Sha512>::new(key).verify_prehash(digest, &signature),
    }
    .is_ok()
}

fn verifies_pss(key: rsa::PublicKey, hash: Hash, salt_len: usize, digest: &[u8], signature: &[u8]) -> bool {
    let Ok(signature) = pss::Signature::try_from(signature) else {
        return false;
    };
    match hash {
        Hash::Sha1 => {
            pss::VerifyingKey::<Sha1>::new_with_salt_len(key, salt_len).verify_prehash(digest, &signature)
        }
        Hash::Sha224 => {
            pss::VerifyingKey::<Sha224>::new_with_salt_len(key, salt_len).verify_prehash(digest, &signature)
        }
        Hash::Sha256 => {
            pss::VerifyingKey::<Sha256>::new_with_salt_len(key, salt_len).verify_prehash(digest, &signature)
        }
        Hash::Sha384 => {
            pss::VerifyingKey::<Sha384>::new_with_salt_len(key, salt_len).verify_prehash(digest, &signature)
        }
        Hash::Sha512 => {
            pss::VerifyingKey::<Sha512>::new_with_salt_len(key, salt_len).verify_prehash(digest, &signature)
        }
    }
    .is_ok()
}
