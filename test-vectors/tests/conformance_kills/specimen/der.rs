//! DER by hand, and the parameters of P-256.

use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{DerSignature, SigningKey};
use test_vectors::faulty_chip::object;

/// Object identifiers as DER contents.
pub mod oid {
    pub const EC_PUBLIC_KEY: &str = "2A8648CE3D0201";
    pub const PRIME_FIELD: &str = "2A8648CE3D0101";
    pub const ECDSA_SHA_256: &str = "2A8648CE3D040302";
    pub const SHA_256: &str = "608648016503040201";
    pub const SIGNED_DATA: &str = "2A864886F70D010702";
    pub const LDS_SECURITY_OBJECT: &str = "678108010101";
    pub const SECURITY_OBJECT: &str = "04007F0007030201";
    pub const CONTENT_TYPE: &str = "2A864886F70D010903";
    pub const MESSAGE_DIGEST: &str = "2A864886F70D010904";
    pub const SIGNING_TIME: &str = "2A864886F70D010905";
}

/// Domain parameters, in hexadecimal.
pub struct Domain {
    p: &'static str,
    a: &'static str,
    b: &'static str,
    base: &'static str,
    order: &'static str,
}

/// P-256 (SEC 2 §2.4.2).
pub const P_256: Domain = Domain {
    p: "FFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF",
    a: "FFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFC",
    b: "5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B",
    base: "046B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C2964FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5",
    order: "FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551",
};

impl Domain {
    /// As objects of a card verifiable certificate.
    pub fn domain(&self) -> Vec<(u32, Vec<u8>)> {
        let numbers = [self.p, self.a, self.b, self.base, self.order];
        let mut parts: Vec<(u32, Vec<u8>)> = (0x81..).zip(numbers.map(bytes)).collect();
        parts.push((0x87, vec![0x01]));
        parts
    }

    /// ECParameters with the cofactor.
    fn parameters(&self) -> Vec<u8> {
        sequence(&[
            &integer(&[0x01]),
            &sequence(&[&object_identifier(oid::PRIME_FIELD), &integer(&bytes(self.p))]),
            &sequence(&[&object(0x04, &bytes(self.a)), &object(0x04, &bytes(self.b))]),
            &object(0x04, &bytes(self.base)),
            &integer(&bytes(self.order)),
            &integer(&[0x01]),
        ])
    }
}

pub fn bytes(digits: &str) -> Vec<u8> {
    hex::decode(digits).expect("hexadecimal")
}

pub fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    object(0x30, &parts.concat())
}

pub fn set(parts: &[&[u8]]) -> Vec<u8> {
    object(0x31, &parts.concat())
}

/// An unsigned number.
pub fn integer(number: &[u8]) -> Vec<u8> {
    let sign: &[u8] = if number[0] & 0x80 == 0 { &[] } else { &[0] };
    object(0x02, &[sign, number].concat())
}

pub fn object_identifier(digits: &str) -> Vec<u8> {
    object(0x06, &bytes(digits))
}

pub fn algorithm(digits: &str) -> Vec<u8> {
    sequence(&[&object_identifier(digits)])
}

/// SubjectPublicKeyInfo of a key on P-256, with explicit parameters.
pub fn ec_public_key(private: &[u8]) -> Vec<u8> {
    let key = SigningKey::from_slice(private).expect("a scalar");
    let point = key.verifying_key().to_sec1_point(false);
    let algorithm = sequence(&[&object_identifier(oid::EC_PUBLIC_KEY), &P_256.parameters()]);
    sequence(&[&algorithm, &bit_string(point.as_bytes())])
}

pub fn bit_string(bytes: &[u8]) -> Vec<u8> {
    object(0x03, &[&[0x00], bytes].concat())
}

/// ECDSA with SHA-256.
pub fn sign(private: &[u8], message: &[u8]) -> Vec<u8> {
    let key = SigningKey::from_slice(private).expect("a scalar");
    let signature: DerSignature = key.sign(message);
    signature.as_bytes().to_vec()
}
