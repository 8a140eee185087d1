//! What is wrong with a record, without saying what the record says.

use std::borrow::Cow;

/// A citizen record that breaks a rule. The operator who typed the record is to blame.
///
/// `Display` names the field and the rule but never the value: it is shown, logged and kept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field} {rule}")]
pub struct RecordError {
    /// The JSON field, or `record` when the record as a whole is at fault.
    pub field: Cow<'static, str>,
    /// The rule in words, to be read after the field's name.
    pub rule: Cow<'static, str>,
}

impl RecordError {
    /// An error about `field`, saying which `rule` it breaks. Callers must not put values into either.
    pub(crate) fn new(field: impl Into<Cow<'static, str>>, rule: impl Into<Cow<'static, str>>) -> Self {
        Self {
            field: field.into(),
            rule: rule.into(),
        }
    }
}
