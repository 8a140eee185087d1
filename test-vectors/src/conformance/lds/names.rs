//! Names of the machine readable zone.

use super::mrz::Field;
use crate::conformance::verdict::Played;

/// Primary identifier, two fillers, secondary identifier, one filler between the parts of either, fillers to the end. Of cards, digits are
/// among the characters of the field (9303-10, tables 40 to 42).
pub(super) fn check_name(field: &Field<'_>, digits: bool) -> Played {
    let fits = |byte: &u8| byte.is_ascii_uppercase() || *byte == b'<' || (digits && byte.is_ascii_digit());
    field.must(
        field.text.iter().all(fits),
        if digits {
            "letters, digits and fillers"
        } else {
            "letters and fillers"
        },
    )?;
    let fillers = field.text.iter().rev().take_while(|byte| **byte == b'<').count();
    let name = field.text.get(..field.text.len() - fillers).unwrap_or_default();
    let name = String::from_utf8_lossy(name);
    let identifiers: Vec<&str> = name.split("<<").collect();
    let is_name = matches!(identifiers.len(), 1 | 2)
        && identifiers
            .iter()
            .all(|identifier| !identifier.is_empty() && !identifier.starts_with('<'));
    field.must(
        is_name,
        "a primary identifier, << and a secondary one, one filler between their parts",
    )
}
