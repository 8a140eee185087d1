//! The holder's data, decoded. Exists only in reports whose passive authentication passed.

use serde::Serialize;

use super::dg13::NationalData;
use super::mrz::Zone;

/// What the issuing state signed about the holder.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Holder {
    /// Document code, such as `ID` or `P`.
    pub document_code: String,
    /// Issuing state, three letters (or `D`).
    pub issuing_state: String,
    /// Document number.
    pub document_number: String,
    /// Primary identifier (family name) as in the machine readable zone.
    pub primary_identifier: String,
    /// Secondary identifier (given names) as in the machine readable zone.
    pub secondary_identifier: String,
    /// Nationality, three letters (or `D`).
    pub nationality: String,
    /// `YYMMDD` as in the machine readable zone: the century is not in it.
    pub birth_date: String,
    /// `M`, `F` or `<`.
    pub sex: char,
    /// Last day of validity, `YYYY-MM-DD`.
    pub expiry_date: Option<String>,
    /// Optional data of the machine readable zone.
    pub optional_data: String,
    /// DG13, where it is a Vietnamese one.
    pub national: Option<NationalData>,
}

/// Prints nothing personal: reports are logged.
impl std::fmt::Debug for Holder {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Holder(redacted)")
    }
}

impl Holder {
    pub(crate) fn new(zone: &Zone, national: Option<NationalData>) -> Self {
        Self {
            document_code: zone.document_code.clone(),
            issuing_state: zone.issuing_state.clone(),
            document_number: zone.document_number.clone(),
            primary_identifier: zone.primary_identifier.clone(),
            secondary_identifier: zone.secondary_identifier.clone(),
            nationality: zone.nationality.clone(),
            birth_date: zone.birth_date.clone(),
            sex: zone.sex,
            expiry_date: zone.expiry().map(|date| date.to_string()),
            optional_data: zone.optional_data.clone(),
            national,
        }
    }

    /// The name as a clerk reads it: with diacritics where the card has them.
    #[must_use]
    pub fn name(&self) -> String {
        match self
            .national
            .as_ref()
            .and_then(|national| national.full_name.clone())
        {
            Some(name) => name,
            None => format!("{} {}", self.secondary_identifier, self.primary_identifier)
                .trim()
                .to_owned(),
        }
    }
}
