//! What is wrong with a biometric record or with the objects around it.

use card_applet::wire::tlv::TlvError;

/// Bytes that are not the record they should be. Whoever wrote them is to blame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BiometricError {
    /// The bytes end inside the named field.
    #[error("{field}: the bytes end too early")]
    Truncated {
        /// The field.
        field: &'static str,
    },
    /// A field breaks a rule of its standard.
    #[error("{field} {rule}")]
    Invalid {
        /// The field in the standard's words.
        field: &'static str,
        /// The rule, to be read behind the field.
        rule: &'static str,
    },
}

impl BiometricError {
    /// A field that breaks a rule.
    pub(crate) const fn invalid(field: &'static str, rule: &'static str) -> Self {
        Self::Invalid { field, rule }
    }

    /// Says in which field data objects are damaged.
    pub(crate) const fn tlv(field: &'static str) -> impl Fn(TlvError) -> Self {
        move |error| match error {
            TlvError::Truncated => Self::Truncated { field },
            TlvError::UnexpectedTag(_) => Self::invalid(field, "is another data object"),
            TlvError::TrailingBytes => Self::invalid(field, "is followed by other bytes"),
            TlvError::TagTooLong | TlvError::LengthNotSupported | TlvError::BufferTooSmall => {
                Self::invalid(field, "has a tag or length of a form that is not read")
            }
        }
    }
}
