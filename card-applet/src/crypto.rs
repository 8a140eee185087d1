//! Primitives over RustCrypto: ciphers, MACs, key derivation, padding, curves, counters, secrets.
//!
//! Nothing here knows a protocol. Each function is pinned by a published vector; no primitive is our own.

pub mod chip_authentication_mapping;
pub mod cipher;
pub mod curve;
pub mod digest;
pub mod integrated_mapping;
pub mod kdf;
pub mod mac;
pub mod pad;
pub mod secret;
pub mod signature;
pub mod ssc;

/// Why a primitive could not be computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "sim", derive(thiserror::Error))]
pub enum CryptoError {
    /// A key or initial vector of the wrong length for its algorithm.
    #[cfg_attr(feature = "sim", error("key or initial vector of wrong length"))]
    InvalidKey,
    /// Data that is no multiple of the block length.
    #[cfg_attr(feature = "sim", error("data is no multiple of the block length"))]
    InvalidLength,
    /// No point on the curve: off the curve, at infinity, or wrongly encoded.
    #[cfg_attr(feature = "sim", error("not a point of the curve"))]
    InvalidPoint,
    /// A private key of zero, or not below the group's order.
    #[cfg_attr(feature = "sim", error("private key out of range"))]
    InvalidScalar,
    /// Not the signature.
    #[cfg_attr(feature = "sim", error("not the signature"))]
    InvalidSignature,
    /// The random number generator failed.
    #[cfg_attr(feature = "sim", error("random number generator failed"))]
    Random,
}
