//! Signatures in the plain form of BSI TR-03111 §5.2.1, r ‖ s, by the keys of the genuine CSCA and document signer.

use p256::ecdsa::signature::hazmat::PrehashSigner as _;
use p256::ecdsa::{Signature, SigningKey};
use sha2::Digest as _;

use super::der::algorithm;
use super::{Node, key};

/// ecdsa-plain-SHA1 to -SHA512.
fn name<const BITS: u16>() -> Vec<u8> {
    let last = match BITS {
        1 => 1,
        224 => 2,
        256 => 3,
        384 => 4,
        _ => 5,
    };
    algorithm(&format!("04007F0007010104010{last}"))
}

fn sign<const BITS: u16>(key: &SigningKey, message: &[u8]) -> Vec<u8> {
    let digest = match BITS {
        1 => sha1::Sha1::digest(message).to_vec(),
        224 => sha2::Sha224::digest(message).to_vec(),
        256 => sha2::Sha256::digest(message).to_vec(),
        384 => sha2::Sha384::digest(message).to_vec(),
        _ => sha2::Sha512::digest(message).to_vec(),
    };
    let signature: Signature = key.sign_prehash(&digest).expect("a signature");
    signature.to_bytes().to_vec()
}

/// Names the algorithm inside a TBSCertificate.
pub fn tbs<const BITS: u16>(tbs: &mut Node) {
    tbs.replace(&[2], &name::<BITS>());
}

/// Names the algorithm of a certificate, and signs it by the CSCA.
pub fn certificate<const BITS: u16>(certificate: &mut Node) {
    certificate.replace(&[1], &name::<BITS>());
    let message = certificate.at(&[0]).encode();
    let signature = sign::<BITS>(&key(1), &message);
    certificate.set(&[2], &[&[0], &signature[..]].concat());
}

/// Names the algorithm of the SignerInfo, and signs by the document signer.
pub fn data<const BITS: u16>(data: &mut Node) {
    data.replace(&[4, 0, 4], &name::<BITS>());
    let attributes = data.at(&[4, 0, 3]).encode();
    let message = [&[0x31], &attributes[1..]].concat();
    data.set(&[4, 0, 5], &sign::<BITS>(&key(2), &message));
}
