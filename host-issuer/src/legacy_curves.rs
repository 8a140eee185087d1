//! The curves of the standards that no released RustCrypto crate has: P-192, P-224, brainpoolP192r1, P224r1, P320r1 and
//! P512r1. They are computed on by the system's libssl, with the library's own numbers, found by the curve's name.
//!
//! This is feature `legacy-curves`, which is on by default. Without it there is no [`LegacyCurve`], and documents that need one
//! are answered with what [`why_not`] says. A libssl may also lack some of them (Fedora's has no P-192).

#[cfg(not(feature = "legacy-curves"))]
mod absent;
#[cfg(feature = "legacy-curves")]
mod libssl;
#[cfg(all(test, feature = "legacy-curves"))]
mod tests;

use card_applet::wire::domain_parameters::NamedCurve;

#[cfg(not(feature = "legacy-curves"))]
pub use self::absent::LegacyCurve;
#[cfg(feature = "legacy-curves")]
pub use self::libssl::LegacyCurve;

/// Why nothing was computed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LegacyCurveError {
    /// Not an encoded point of the curve, or the point at infinity.
    #[error("not a point of its curve")]
    InvalidPoint,
    /// A scalar that is zero, not below the order, or not as long as it.
    #[error("not a scalar of the curve")]
    InvalidScalar,
    /// Not a DER ECDSA-Sig-Value (RFC 3279 §2.2.3).
    #[error("the signature is no ECDSA-Sig-Value")]
    InvalidSignature,
    /// The library failed: out of memory, or a curve that it lost.
    #[error("libssl: {0}")]
    Library(String),
}

/// Why there is no [`LegacyCurve`] for this curve, for a person.
#[must_use]
pub fn why_not(curve: NamedCurve) -> String {
    if cfg!(feature = "legacy-curves") {
        format!("{curve} (the libssl of this machine does not have it)")
    } else {
        format!("{curve} (this eid was built without the feature legacy-curves)")
    }
}
