//! Whether what the terminal sends as its public key is one.

use crate::naive::group::Group;

/// What is wrong with a public key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flaw {
    /// It is longer or shorter than the group's keys.
    Size,
    /// It is no uncompressed point.
    Form,
    /// Zeros.
    Zero,
    /// A number that is not less than the prime, or one.
    Range,
    /// No point of the curve.
    OffTheCurve,
}

/// What is wrong with these bytes as a public key of this group.
pub(super) fn flaw(group: Group, bytes: &[u8]) -> Option<Flaw> {
    let coordinates = match group {
        Group::Curve(curve) if bytes.len() != 1 + 2 * curve.field_len() => return Some(Flaw::Size),
        Group::Curve(_) if bytes[0] != 0x04 => return Some(Flaw::Form),
        Group::Curve(_) => &bytes[1..],
        Group::ModP(group) if bytes.len() > group.modulus_len() => return Some(Flaw::Size),
        Group::ModP(_) => bytes,
    };
    if coordinates.iter().all(|byte| *byte == 0) {
        return Some(Flaw::Zero);
    }
    let flaw = match group {
        Group::Curve(_) => Flaw::OffTheCurve,
        Group::ModP(_) => Flaw::Range,
    };
    (!group.is_element(bytes)).then_some(flaw)
}
