//! Keys in a hardware security module, through PKCS #11 (OASIS, version 2.40).
//!
//! A key is named by a PKCS #11 URI (RFC 7512) that says which module, which token and which object, never the PIN.
//! The module computes on digests: `CKM_ECDSA` and `CKM_RSA_PKCS_PSS`, since not every token hashes (SoftHSM has no
//! `CKM_ECDSA_SHA256`).
//!
//! | file | lives here |
//! |---|---|
//! | [`uri`] | the names of keys |
//! | [`module`] | the library of the maker, loaded once a process; tokens, logging in |
//! | [`object`] | a key pair in a token: found, made, its public key read |
//! | [`pool`] | sessions for several threads, opened again after the token was away |
//! | [`token_signer`] | the [`Signer`](super::Signer) |

pub mod error;
pub mod module;
pub mod object;
pub mod pool;
pub mod token_signer;
pub mod uri;

pub use error::TokenError;
pub use object::KeyKind;
pub use token_signer::TokenSigner;
pub use uri::Pkcs11Uri;
