//! The holder's data, decoded. Exists only in reports whose passive authentication passed.

use serde::Serialize;

use super::details::{DocumentDetails, PersonToNotify, PersonalDetails};
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
    /// DG11.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub personal: Option<PersonalDetails>,
    /// DG12.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document: Option<DocumentDetails>,
    /// DG16.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub persons_to_notify: Vec<PersonToNotify>,
}

/// What the data groups beside DG1 say, as far as they are there and can be read.
#[derive(Debug, Clone, Default)]
pub(crate) struct Details {
    pub(crate) national: Option<NationalData>,
    pub(crate) personal: Option<PersonalDetails>,
    pub(crate) document: Option<DocumentDetails>,
    pub(crate) persons_to_notify: Vec<PersonToNotify>,
}

/// Prints nothing personal: reports are logged.
impl std::fmt::Debug for Holder {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Holder(redacted)")
    }
}

impl Holder {
    pub(crate) fn new(zone: &Zone, details: Details) -> Self {
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
            national: details.national,
            personal: details.personal,
            document: details.document,
            persons_to_notify: details.persons_to_notify,
        }
    }

    /// The name as a clerk reads it: with diacritics where the card has them.
    #[must_use]
    pub fn name(&self) -> String {
        let national = self.national.as_ref();
        let personal = self.personal.as_ref();
        match national
            .and_then(|national| national.full_name.clone())
            .or_else(|| personal.and_then(|personal| personal.name.clone()))
        {
            Some(name) => name,
            None => format!("{} {}", self.secondary_identifier, self.primary_identifier)
                .trim()
                .to_owned(),
        }
    }
}
