//! What is wrong with a file, in words that name the field and the rule.

use std::borrow::Cow;

use card_applet::wire::tlv::TlvError;

/// A file that cannot be read, or values that cannot be written into one.
///
/// When reading, whoever wrote the file is to blame; when writing, whoever gave the values. `Display` never says what a
/// field contains: it is shown, logged and kept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {field} {rule}")]
pub struct LdsError {
    /// The file, as Doc 9303-10 calls it.
    pub file: &'static str,
    /// The field, or `file` when the file as a whole is at fault.
    pub field: Cow<'static, str>,
    /// The rule in words, to be read after the field's name.
    pub rule: Cow<'static, str>,
}

impl LdsError {
    pub(super) fn new(
        file: &'static str,
        field: impl Into<Cow<'static, str>>,
        rule: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            file,
            field: field.into(),
            rule: rule.into(),
        }
    }

    pub(super) fn tlv(file: &'static str, field: impl Into<Cow<'static, str>>, error: TlvError) -> Self {
        let rule = match error {
            TlvError::Truncated => "ends too early".into(),
            TlvError::TagTooLong => "has a tag of more than three bytes".into(),
            TlvError::LengthNotSupported => "has a length of a form that 9303 does not use".into(),
            TlvError::UnexpectedTag(tag) => format!("cannot have tag {tag:X}").into(),
            TlvError::TrailingBytes => "is followed by bytes that do not belong to it".into(),
            TlvError::BufferTooSmall => Cow::from("is too long"),
        };
        Self::new(file, field, rule)
    }
}
