//! What can go wrong with a token.

use cryptoki::error::{Error, RvError};

/// Why a token did not do what was asked. Names the token and what to look at, never the PIN.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// The URI is malformed, or does not say enough: whoever wrote it is to blame.
    #[error("PKCS#11 URI: {0}")]
    Uri(String),
    /// The module cannot be loaded.
    #[error("the PKCS#11 module {module} cannot be used: {why}")]
    Module {
        /// Its path.
        module: String,
        /// What the system or the module says.
        why: String,
    },
    /// No token, or more than one, is what the URI names.
    #[error("{0}")]
    NoToken(String),
    /// The token does not accept the PIN; it was offered once and is not offered again.
    #[error("the token does not accept the PIN: {0}")]
    Pin(String),
    /// The token has no such key, two of them, or one that cannot be used.
    #[error("the key in the token: {0}")]
    Key(String),
    /// The token is gone: sessions were opened again, and it still does not answer.
    #[error("the token is gone: {0}")]
    Gone(String),
    /// The token answered with an error that opening the session again cannot mend.
    #[error("the token failed: {0}")]
    Failed(String),
}

/// Whether an error may mean that the token or the session was lost, so that opening everything again can mend it.
pub(super) fn is_loss(error: &Error) -> bool {
    use RvError as Rv;
    matches!(
        error,
        Error::Pkcs11(
            Rv::SessionHandleInvalid
                | Rv::SessionClosed
                | Rv::UserNotLoggedIn
                | Rv::CryptokiNotInitialized
                | Rv::DeviceError
                | Rv::DeviceRemoved
                | Rv::DeviceMemory
                | Rv::TokenNotPresent
                | Rv::TokenNotRecognized
                | Rv::SlotIdInvalid
                | Rv::KeyHandleInvalid
                | Rv::ObjectHandleInvalid
                | Rv::OperationNotInitialized
                | Rv::OperationActive
                | Rv::FunctionFailed
                | Rv::GeneralError
                | Rv::VendorDefined(_),
            _
        )
    )
}

/// Whether the token refuses the PIN.
pub(super) fn is_pin(error: &Error) -> bool {
    use RvError as Rv;
    matches!(
        error,
        Error::Pkcs11(
            Rv::PinIncorrect
                | Rv::PinInvalid
                | Rv::PinLenRange
                | Rv::PinExpired
                | Rv::PinLocked
                | Rv::UserPinNotInitialized,
            _
        )
    )
}

impl From<Error> for TokenError {
    fn from(error: Error) -> Self {
        if is_pin(&error) {
            Self::Pin(error.to_string())
        } else if is_loss(&error) {
            Self::Gone(error.to_string())
        } else {
            Self::Failed(error.to_string())
        }
    }
}
