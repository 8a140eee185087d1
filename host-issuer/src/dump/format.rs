//! How the value of a field is to be read.

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// What its ASN.1 tag says; text or bytes where that says nothing.
    Asn1,
    /// UTF-8 text.
    Text,
    /// The machine readable zone.
    Zone,
    /// Date, or date and time, as digits or as BCD.
    Digits,
    /// A list of tags.
    Tags,
    /// A biometric record or an image.
    Record,
    /// A number, big-endian.
    Number,
    /// A date of a CV certificate: six digits, one a byte.
    CvDate,
    /// A certificate holder authorization: role and rights.
    Authorization,
    /// Bytes, whatever they look like.
    Bytes,
}
