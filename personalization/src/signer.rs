//! Who signs: the seam between what is signed (certificates, CRLs, EF.SOD) and where the private key is.
//!
//! A [`Signer`] may be a file ([`FileSigner`]) or something that never lets its key out. It blocks, it can
//! be shared between threads, and whoever calls it must not trust its answer: certificates, CRLs and EF.SOD
//! are all verified again with the public key before they are returned.
//!
//! | file | lives here |
//! |---|---|
//! | [`signing`] | the trait and its errors |
//! | [`algorithm`], [`public_key`] | what is computed, and what it is verified with |
//! | [`engine`] | the arithmetic, twice: aws-lc and RustCrypto |
//! | [`file`](mod@file) | a key in an encrypted file |
//! | [`pkcs11`] | a key in a hardware security module |

pub mod algorithm;
pub mod engine;
pub mod file;
pub mod pkcs11;
pub mod public_key;
pub mod signing;

pub use algorithm::SignatureAlgorithm;
pub use engine::{Engine, VerifyingKey, verify};
pub use file::{FileSigner, PRIVATE_KEY_LABEL};
pub use pkcs11::{Pkcs11Uri, TokenError, TokenSigner};
pub use public_key::PublicKey;
pub use signing::{Signer, SignerError};
