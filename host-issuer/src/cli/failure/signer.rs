//! Whoever signs does not: exit code 20, and what to look at.

use personalization::signer::{SignerError, TokenError};
use personalization::sod::SodError;

use super::{ExitCode, Failure};

impl From<&SignerError> for Failure {
    fn from(error: &SignerError) -> Self {
        let (id, hint) = match error {
            SignerError::Token(TokenError::Gone(_)) => (
                "signer.token_gone",
                "nothing more was signed; bring the token back (power, network, its service) and repeat",
            ),
            SignerError::Token(TokenError::Pin(_)) => (
                "signer.pin",
                "give the right PIN by --hsm-pin-file or EID_HSM_PIN; tokens lock after some wrong ones",
            ),
            SignerError::Token(TokenError::Module { .. }) => (
                "signer.module",
                "module-path= of the URI must be the PKCS#11 library of the token's maker",
            ),
            SignerError::Token(TokenError::NoToken(_)) => (
                "signer.no_token",
                "correct token= of the URI, or plug the token in",
            ),
            SignerError::Token(TokenError::Key(_)) => (
                "signer.token_key",
                "correct object= or id= of the URI; `pkcs11-tool --list-objects` shows what the token has",
            ),
            SignerError::Token(TokenError::Uri(_)) => (
                "signer.uri",
                "such as pkcs11:token=LABEL;object=NAME?module-path=/usr/lib/softhsm/libsofthsm2.so",
            ),
            SignerError::Refused(_) => ("signer.refused", "make its successor with `eid pki ds rotate`"),
            _ => return failed(error.to_string()),
        };
        Self::new(ExitCode::Signer, id, error.to_string(), hint)
    }
}

impl From<&SodError> for Failure {
    fn from(error: &SodError) -> Self {
        match error {
            SodError::Signer(error) => error.into(),
            _ => failed(error.to_string()),
        }
    }
}

/// The signer did not sign, or wrongly.
pub(super) fn failed(message: String) -> Failure {
    Failure::new(
        ExitCode::Signer,
        "signer.failed",
        message,
        "check that key and certificate belong together",
    )
}
