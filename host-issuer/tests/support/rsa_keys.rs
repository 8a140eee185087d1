//! RSA keys that OpenSSL made once.

use test_vectors::{hex, load};

/// A key pair, in every form that somebody needs.
pub struct RsaKey {
    pub modulus: Vec<u8>,
    pub public_exponent: Vec<u8>,
    pub private_exponent: Vec<u8>,
    /// PrivateKeyInfo, DER.
    pub pkcs8: Vec<u8>,
    /// SubjectPublicKeyInfo, DER.
    pub public_key_info: Vec<u8>,
}

impl RsaKey {
    pub fn load(name: &str) -> Self {
        let file = load("self-generated-rsa-keys");
        let key = &file["keys"][name];
        Self {
            modulus: hex(&key["modulus"]),
            public_exponent: hex(&key["public_exponent"]),
            private_exponent: hex(&key["private_exponent"]),
            pkcs8: hex(&key["pkcs8"]),
            public_key_info: hex(&key["spki"]),
        }
    }
}
