//! Whose rules a certificate is judged by, and the list of those that it breaks.

use const_oid::ObjectIdentifier;

/// `id-icao-mrtd-security-extensions-nameChange` (9303-12 §7.1.1.5).
pub(super) const NAME_CHANGE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.23.136.1.1.6.1");

/// What a certificate is for (the columns of 9303-12 Table 6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// CSCA self-signed root.
    Csca,
    /// CSCA link: the old key certifies the new one.
    CscaLink,
    /// Document signer.
    DocumentSigner,
    /// Signer of master lists.
    MasterListSigner,
    /// Signer of deviation lists.
    DeviationListSigner,
}

impl Role {
    /// Whether it certifies others.
    pub const fn is_ca(self) -> bool {
        matches!(self, Self::Csca | Self::CscaLink)
    }

    /// The only extended key usage that it must have (9303-12 §7.1.1.3); none: it must have no such extension.
    pub const fn extended_key_usage(self) -> Option<ObjectIdentifier> {
        match self {
            Self::MasterListSigner => Some(ObjectIdentifier::new_unwrap("2.23.136.1.1.3")),
            Self::DeviationListSigner => Some(ObjectIdentifier::new_unwrap("2.23.136.1.1.8")),
            Self::Csca | Self::CscaLink | Self::DocumentSigner => None,
        }
    }
}

/// Rules that are broken, each as "field: rule".
#[derive(Debug, Default)]
pub(super) struct Violations(pub(super) Vec<String>);

impl Violations {
    pub(super) fn add(&mut self, field: &str, rule: &str) {
        self.0.push(format!("{field}: {rule}"));
    }

    pub(super) fn require(&mut self, holds: bool, field: &str, rule: &str) {
        if !holds {
            self.add(field, rule);
        }
    }
}
