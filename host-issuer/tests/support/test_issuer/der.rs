//! DER by hand: elements, names, times, keys and signatures.

use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{DerSignature, SigningKey};

/// Object identifiers as DER contents.
pub mod oid {
    pub const SIGNED_DATA: &str = "2A864886F70D010702";
    pub const LDS_SECURITY_OBJECT: &str = "678108010101";
    pub const SECURITY_OBJECT: &str = "04007F0007030201";
    pub const CONTENT_TYPE: &str = "2A864886F70D010903";
    pub const MESSAGE_DIGEST: &str = "2A864886F70D010904";
    pub const SIGNING_TIME: &str = "2A864886F70D010905";
    pub const SHA_1: &str = "2B0E03021A";
    pub const SHA_256: &str = "608648016503040201";
    pub const ECDSA_SHA_256: &str = "2A8648CE3D040302";
    pub const EC_PUBLIC_KEY: &str = "2A8648CE3D0201";
    pub const P_256: &str = "2A8648CE3D030107";
    pub const COUNTRY: &str = "550406";
    pub const COMMON_NAME: &str = "550403";
    pub const KEY_USAGE: &str = "551D0F";
    pub const EXTENDED_KEY_USAGE: &str = "551D25";
    pub const BASIC_CONSTRAINTS: &str = "551D13";
    pub const AUTHORITY_KEY_IDENTIFIER: &str = "551D23";
    pub const SUBJECT_KEY_IDENTIFIER: &str = "551D0E";
    pub const PRIVATE_KEY_USAGE_PERIOD: &str = "551D10";
    pub const DOCUMENT_TYPE_LIST: &str = "67810801010602";
    pub const NATIONAL_ENCODING: &str = "28D316010008";
}

/// A TLV with a definite length.
pub fn tlv(tag: u32, parts: &[&[u8]]) -> Vec<u8> {
    let body = parts.concat();
    let mut out: Vec<u8> = tag
        .to_be_bytes()
        .into_iter()
        .skip_while(|&byte| byte == 0)
        .collect();
    match body.len() {
        short @ 0..0x80 => out.push(short as u8),
        medium @ 0x80..0x100 => out.extend([0x81, medium as u8]),
        long => {
            out.push(0x82);
            out.extend((long as u16).to_be_bytes());
        }
    }
    out.extend(body);
    out
}

pub fn object_identifier(hexadecimal: &str) -> Vec<u8> {
    tlv(0x06, &[&hex::decode(hexadecimal).expect("OID")])
}

pub fn algorithm(hexadecimal: &str) -> Vec<u8> {
    tlv(0x30, &[&object_identifier(hexadecimal)])
}

pub fn name(country: &str, common_name: &str) -> Vec<u8> {
    let attribute = |kind: &str, tag: u32, text: &str| {
        tlv(
            0x31,
            &[&tlv(
                0x30,
                &[&object_identifier(kind), &tlv(tag, &[text.as_bytes()])],
            )],
        )
    };
    tlv(
        0x30,
        &[
            &attribute(oid::COUNTRY, 0x13, country),
            &attribute(oid::COMMON_NAME, 0x0C, common_name),
        ],
    )
}

/// `YYYYMMDDHHMMSSZ`
pub fn generalized_time(date: &str) -> Vec<u8> {
    tlv(0x18, &[format!("{date}000000Z").as_bytes()])
}

/// An extension of a certificate; `critical` writes the BOOLEAN.
pub fn extension(kind: &str, critical: bool, value: &[u8]) -> Vec<u8> {
    let flag: &[u8] = if critical { &[0x01, 0x01, 0xFF] } else { &[] };
    tlv(0x30, &[&object_identifier(kind), flag, &tlv(0x04, &[value])])
}

/// A key pair that is the same in every run.
pub fn key(seed: u8) -> SigningKey {
    SigningKey::from_slice(&[seed; 32]).expect("a scalar")
}

/// The private key for OpenSSL (RFC 5915, PEM).
pub fn openssl_key(key: &SigningKey) -> String {
    let curve = tlv(0xA0, &[&object_identifier(oid::P_256)]);
    let private = tlv(
        0x30,
        &[&[0x02, 0x01, 0x01], &tlv(0x04, &[&key.to_bytes()]), &curve],
    );
    ::der::pem::encode_string("EC PRIVATE KEY", ::der::pem::LineEnding::LF, &private).expect("PEM")
}

pub fn public_key_info(key: &SigningKey) -> Vec<u8> {
    let point = key.verifying_key().to_sec1_point(false);
    let parameters = tlv(
        0x30,
        &[
            &object_identifier(oid::EC_PUBLIC_KEY),
            &object_identifier(oid::P_256),
        ],
    );
    tlv(0x30, &[&parameters, &tlv(0x03, &[&[0], point.as_bytes()])])
}

pub fn sign(key: &SigningKey, message: &[u8]) -> Vec<u8> {
    let signature: DerSignature = key.sign(message);
    signature.as_bytes().to_vec()
}

pub fn signed(key: &SigningKey, to_be_signed: &[u8]) -> Vec<u8> {
    let signature = sign(key, to_be_signed);
    tlv(
        0x30,
        &[
            to_be_signed,
            &algorithm(oid::ECDSA_SHA_256),
            &tlv(0x03, &[&[0], &signature]),
        ],
    )
}
