//! Active Authentication with ECDSA: r ‖ s over the challenge (ICAO Doc 9303-11 §6.1.2.3; BSI TR-03111 §5.2.1).

use card_applet::wire::domain_parameters::NamedCurve;

use super::ActiveAuthFailure;
use crate::inspect::{HashAlgorithm, SignatureError, verify_plain_ecdsa};

/// Checks a plain signature; says how it was made.
pub(super) fn verify(
    curve: NamedCurve,
    point: &[u8],
    hash: Option<HashAlgorithm>,
    message: &[u8],
    signature: &[u8],
) -> Result<String, ActiveAuthFailure> {
    let unsupported = |what: &str| Err(ActiveAuthFailure::Unsupported(what.to_owned()));
    let Some(hash) = hash else {
        return unsupported("the signed data do not say with which hash the chip signs");
    };
    if !hash.is_acceptable() {
        return unsupported("a signature over SHA-1 is not believed");
    }
    if hash.digest_len() > curve.field_len() {
        return unsupported("the hash is longer than the key, which Doc 9303-11 does not allow");
    }
    match verify_plain_ecdsa(curve, point, &hash.digest(message), signature) {
        Ok(()) => Ok(format!("ECDSA with {}, {}", hash.name(), curve.name())),
        Err(SignatureError::Unsupported(what)) => Err(ActiveAuthFailure::Unsupported(what)),
        Err(SignatureError::Malformed(_)) => Err(ActiveAuthFailure::Wrong(
            "the answer is no signature of this key's length",
        )),
        Err(SignatureError::Wrong) => Err(ActiveAuthFailure::Wrong(
            "the chip did not sign the challenge with the key of DG15",
        )),
    }
}
