//! Active Authentication with RSA: digital signature scheme 1 of ISO/IEC 9796-2 with partial message recovery (ICAO Doc 9303-11
//! §6.1.2.2; worked example in appendix F).
//!
//! ```text
//! F = 6A ‖ M1 ‖ H(M1 ‖ M2) ‖ trailer          M1: drawn by the chip, in the signature · M2: the challenge, not in it
//! trailer: BC = SHA-1 · xxCC = the hash with this number in ISO/IEC 10118-3
//! ```

use rsa::BoxedUint;
use rsa::hazmat::rsa_encrypt;
use rsa::traits::PublicKeyParts;
use sha2::Digest as _;

use super::ActiveAuthFailure;

/// Header of a signature whose recoverable part fills it: bits 01 (signature), 1 (partial recovery), no padding.
const HEADER: u8 = 0x6A;
/// What a message representative ends with: the low half of every trailer.
const LAST_NIBBLE: u8 = 0x0C;

/// The hash functions that a trailer can name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hash {
    Sha1,
    Sha224,
    Sha256,
    Sha384,
    Sha512,
    Sha512_224,
    Sha512_256,
}

impl Hash {
    /// The hash that the representative's last bytes name, and how long the trailer is.
    fn from_trailer(representative: &[u8]) -> Option<(Self, usize)> {
        Some(match representative {
            [.., 0xBC] => (Hash::Sha1, 1),
            [.., 0x33, 0xCC] => (Hash::Sha1, 2),
            [.., 0x34, 0xCC] => (Hash::Sha256, 2),
            [.., 0x35, 0xCC] => (Hash::Sha512, 2),
            [.., 0x36, 0xCC] => (Hash::Sha384, 2),
            [.., 0x38, 0xCC] => (Hash::Sha224, 2),
            [.., 0x39, 0xCC] => (Hash::Sha512_224, 2),
            [.., 0x3A, 0xCC] => (Hash::Sha512_256, 2),
            _ => return None,
        })
    }

    fn digest(self, parts: [&[u8]; 2]) -> Vec<u8> {
        let message = parts.concat();
        match self {
            Hash::Sha1 => sha1::Sha1::digest(&message).to_vec(),
            Hash::Sha224 => sha2::Sha224::digest(&message).to_vec(),
            Hash::Sha256 => sha2::Sha256::digest(&message).to_vec(),
            Hash::Sha384 => sha2::Sha384::digest(&message).to_vec(),
            Hash::Sha512 => sha2::Sha512::digest(&message).to_vec(),
            Hash::Sha512_224 => sha2::Sha512_224::digest(&message).to_vec(),
            Hash::Sha512_256 => sha2::Sha512_256::digest(&message).to_vec(),
        }
    }

    fn digest_len(self) -> usize {
        match self {
            Hash::Sha1 => 20,
            Hash::Sha224 | Hash::Sha512_224 => 28,
            Hash::Sha256 | Hash::Sha512_256 => 32,
            Hash::Sha384 => 48,
            Hash::Sha512 => 64,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Hash::Sha1 => "SHA-1",
            Hash::Sha224 => "SHA-224",
            Hash::Sha256 => "SHA-256",
            Hash::Sha384 => "SHA-384",
            Hash::Sha512 => "SHA-512",
            Hash::Sha512_224 => "SHA-512/224",
            Hash::Sha512_256 => "SHA-512/256",
        }
    }
}

/// Opens the signature, takes it apart and checks its hash over what it carried and the challenge; says how it was made.
pub(super) fn verify(
    key: &rsa::PublicKey,
    challenge: &[u8],
    signature: &[u8],
) -> Result<String, ActiveAuthFailure> {
    let bits = key.n().bit_width();
    if !bits.is_multiple_of(8) {
        return Err(ActiveAuthFailure::Unsupported(format!(
            "an RSA key of {bits} bits, which is no whole number of bytes, is not supported"
        )));
    }
    let representative = open(key, signature).ok_or(ActiveAuthFailure::Wrong(
        "the answer is no signature of this key's length",
    ))?;
    let hash = recover(&representative, challenge).map_err(ActiveAuthFailure::Wrong)?;
    Ok(format!("RSA {bits} of ISO/IEC 9796-2 with {}", hash.name()))
}

/// F = S^e mod n, or n − S^e mod n where only that ends like a representative: signers may send the smaller of S and n − S
/// (ISO/IEC 9796-2 annex B.4).
fn open(key: &rsa::PublicKey, signature: &[u8]) -> Option<Vec<u8>> {
    let len = usize::try_from(key.n().bit_width()).ok()? / 8;
    if signature.len() != len {
        return None;
    }
    let s = BoxedUint::from_be_slice(signature, key.n().bits_precision()).ok()?;
    if s >= **key.n() {
        return None;
    }
    let opened = rsa_encrypt(key, &s).ok()?;
    let bytes = |number: &BoxedUint| -> Option<Vec<u8>> {
        let bytes = number.to_be_bytes();
        let (leading, bytes) = bytes.split_at_checked(bytes.len().checked_sub(len)?)?;
        leading.iter().all(|byte| *byte == 0).then(|| bytes.to_vec())
    };
    let representative = bytes(&opened)?;
    if representative
        .last()
        .is_some_and(|last| last & 0x0F == LAST_NIBBLE)
    {
        return Some(representative);
    }
    bytes(&key.n().wrapping_sub(&opened))
}

/// Checks header, trailer and hash of a message representative.
fn recover(representative: &[u8], challenge: &[u8]) -> Result<Hash, &'static str> {
    let Some((&HEADER, content)) = representative.split_first() else {
        return Err("the answer was not signed with the key of DG15");
    };
    let (hash, trailer_len) =
        Hash::from_trailer(content).ok_or("the signature names no hash that is known")?;
    let m1_len = content
        .len()
        .checked_sub(trailer_len + hash.digest_len())
        .ok_or("the signature is too short for its hash")?;
    let (m1, rest) = content.split_at(m1_len);
    if hash.digest([m1, challenge]) != rest.get(..hash.digest_len()).unwrap_or_default() {
        return Err("the chip did not sign the challenge");
    }
    Ok(hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vector(id: &str) -> serde_json::Value {
        let file = test_vectors::load("active-authentication");
        let vectors = file["vectors"].as_array().unwrap();
        vectors.iter().find(|vector| vector["id"] == id).unwrap().clone()
    }

    /// The key behind appendix F is not published, so what the signature opens to is checked instead of the signature.
    #[test]
    fn representative_of_9303_11_appendix_f() {
        let vector = vector("ICAO-9303-11-AppF");
        let (f, m2) = (test_vectors::hex(&vector["f"]), test_vectors::hex(&vector["m2"]));
        assert_eq!(recover(&f, &m2), Ok(Hash::Sha1));
        let (m1, h) = (test_vectors::hex(&vector["m1"]), test_vectors::hex(&vector["h"]));
        assert_eq!(Hash::Sha1.digest([&m1, &m2]), h);
        for position in 0..f.len() {
            let mut changed = f.clone();
            changed[position] ^= 1;
            assert!(recover(&changed, &m2).is_err(), "byte {position}");
        }
        for position in 0..m2.len() {
            let mut changed = m2.clone();
            changed[position] ^= 1;
            assert!(recover(&f, &changed).is_err(), "byte {position}");
        }
    }

    fn published_key(vector: &serde_json::Value) -> rsa::PublicKey {
        let number = |name: &str| {
            let bytes = test_vectors::hex(&vector[name]);
            BoxedUint::from_be_slice(&bytes, u32::try_from(bytes.len() * 8).unwrap()).unwrap()
        };
        rsa::PublicKey::new(number("modulus"), number("public_exponent")).unwrap()
    }

    #[test]
    fn signature_of_bouncy_castle_and_every_flip_of_it() {
        let vector = vector("BC-ISO9796-2-partial");
        let key = published_key(&vector);
        let (s, m2) = (test_vectors::hex(&vector["s"]), test_vectors::hex(&vector["m2"]));
        assert_eq!(
            verify(&key, &m2, &s),
            Ok("RSA 1024 of ISO/IEC 9796-2 with SHA-1".to_owned())
        );
        assert_eq!(open(&key, &s), Some(test_vectors::hex(&vector["f"])));
        for position in 0..s.len() {
            let mut changed = s.clone();
            changed[position] ^= 1;
            assert!(
                matches!(verify(&key, &m2, &changed), Err(ActiveAuthFailure::Wrong(_))),
                "byte {position}"
            );
        }
        assert!(verify(&key, &[1; 8], &s).is_err(), "another challenge");
        assert!(verify(&key, &m2, &s[1..]).is_err(), "too short");
        assert!(verify(&key, &m2, &[&[0], &s[..]].concat()).is_err(), "too long");
    }

    /// The other signature that opens to the same representative: n − S.
    #[test]
    fn the_larger_of_two_signatures_is_taken_too() {
        let vector = vector("BC-ISO9796-2-partial");
        let key = published_key(&vector);
        let (s, m2) = (test_vectors::hex(&vector["s"]), test_vectors::hex(&vector["m2"]));
        let s = BoxedUint::from_be_slice(&s, key.n().bits_precision()).unwrap();
        let other = key.n().wrapping_sub(&s).to_be_bytes();
        assert!(verify(&key, &m2, &other).is_ok());
    }

    /// Representatives made here for every trailer of the vector file: header, hash and trailer are found for each length.
    #[test]
    fn every_trailer_names_its_hash() {
        let file = test_vectors::load("active-authentication");
        let trailers = file["trailers"].as_object().unwrap();
        assert_eq!(trailers.len(), 8);
        for (trailer, name) in trailers {
            let trailer = hex::decode(trailer).unwrap();
            let (hash, len) = Hash::from_trailer(&[&[0; 4], &trailer[..]].concat()).unwrap();
            assert_eq!((hash.name(), len), (name.as_str().unwrap(), trailer.len()));
            let m1 = [0xA5; 40];
            let digest = hash.digest([&m1, b"chalenge"]);
            assert_eq!(digest.len(), hash.digest_len());
            let f = [&[HEADER], &m1[..], &digest, &trailer].concat();
            assert_eq!(recover(&f, b"chalenge"), Ok(hash));
            assert!(recover(&f, b"another.").is_err());
        }
        assert_eq!(
            Hash::from_trailer(&[0x31, 0xCC]),
            None,
            "RIPEMD-160 is not allowed"
        );
        assert_eq!(
            recover(&[], &[]),
            Err("the answer was not signed with the key of DG15")
        );
        assert!(recover(&[HEADER, 0xBC], &[]).is_err());
    }
}
