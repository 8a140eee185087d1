//! What only some cards carry: additional details of the person (DG11) and of the document (DG12), and whom to notify (DG16).
//!
//! Every field is optional; a record may have them for a card that does not show them.

use core::fmt;

use time::Date;

use super::json::Fields;
use super::{RecordError, text};

/// A name as it is written in full: the family name first.
#[derive(Clone, PartialEq, Eq)]
pub struct FullName {
    /// The first word.
    pub surname: String,
    /// The others; may be empty.
    pub given_names: String,
}

impl FullName {
    pub(super) fn split(full_name: &str) -> Self {
        let (surname, given_names) = full_name.split_once(' ').unwrap_or((full_name, ""));
        Self {
            surname: surname.to_owned(),
            given_names: given_names.to_owned(),
        }
    }
}

/// What DG11 says beyond name, number, date of birth and residence. `Debug` shows nothing of it.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct PersonalDetails {
    /// Other names of the holder.
    pub other_names: Vec<FullName>,
    /// Place of birth.
    pub place_of_birth: Option<String>,
    /// Telephone.
    pub telephone: Option<String>,
    /// Profession.
    pub profession: Option<String>,
    /// Title.
    pub title: Option<String>,
    /// Personal summary.
    pub personal_summary: Option<String>,
    /// Numbers of other travel documents.
    pub other_documents: Vec<String>,
    /// Custody information.
    pub custody: Option<String>,
}

/// What DG12 says beyond the date of issue. `Debug` shows nothing of it.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct DocumentDetails {
    /// The issuing authority.
    pub issuing_authority: Option<String>,
    /// Other persons on the document.
    pub other_persons: Vec<FullName>,
    /// Endorsements and observations.
    pub endorsements: Option<String>,
    /// Tax and exit requirements.
    pub tax_exit_requirements: Option<String>,
}

/// A person to notify. `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct PersonToNotify {
    /// The day on which this was recorded.
    pub recorded: Option<Date>,
    /// The person's name.
    pub name: FullName,
    /// Telephone.
    pub telephone: Option<String>,
    /// Address.
    pub address: Option<String>,
}

impl PersonalDetails {
    pub(super) fn take(fields: &mut Fields) -> Result<Self, RecordError> {
        Ok(Self {
            other_names: names(fields, "other_names")?,
            place_of_birth: optional_line(fields, "place_of_birth")?,
            telephone: optional_telephone(fields)?,
            profession: optional_line(fields, "profession")?,
            title: optional_line(fields, "title")?,
            personal_summary: optional_line(fields, "personal_summary")?,
            other_documents: fields
                .take_list("other_documents")?
                .into_iter()
                .map(|number| text::line("other_documents", number))
                .collect::<Result<_, _>>()?,
            custody: optional_line(fields, "custody")?,
        })
    }
}

impl DocumentDetails {
    pub(super) fn take(fields: &mut Fields) -> Result<Self, RecordError> {
        Ok(Self {
            issuing_authority: optional_line(fields, "issuing_authority")?,
            other_persons: names(fields, "other_persons")?,
            endorsements: optional_line(fields, "endorsements")?,
            tax_exit_requirements: optional_line(fields, "tax_exit_requirements")?,
        })
    }
}

impl PersonToNotify {
    pub(super) fn take(fields: &mut Fields, today: Date) -> Result<Vec<Self>, RecordError> {
        let known = ["name", "telephone", "address", "recorded"];
        let mut persons = Vec::new();
        for mut person in fields.take_objects("notify", &known)? {
            // Rules are named with the place of the person.
            let placed =
                |person: &Fields, field, error: RecordError| RecordError::new(person.name(field), error.rule);
            let name = person.required("name")?;
            let name = text::name("name", name).map_err(|error| placed(&person, "name", error))?;
            let telephone =
                optional_telephone(&mut person).map_err(|error| placed(&person, "telephone", error))?;
            let address =
                optional_line(&mut person, "address").map_err(|error| placed(&person, "address", error))?;
            let recorded = match person.take("recorded")? {
                Some(date) => {
                    Some(text::date("recorded", &date).map_err(|error| placed(&person, "recorded", error))?)
                }
                None => None,
            };
            if recorded.is_some_and(|recorded| recorded > today) {
                return Err(RecordError::new(person.name("recorded"), "is in the future"));
            }
            persons.push(Self {
                recorded,
                name: FullName::split(&name),
                telephone,
                address,
            });
        }
        Ok(persons)
    }
}

fn names(fields: &mut Fields, field: &'static str) -> Result<Vec<FullName>, RecordError> {
    fields
        .take_list(field)?
        .into_iter()
        .map(|name| text::name(field, name).map(|name| FullName::split(&name)))
        .collect()
}

fn optional_line(fields: &mut Fields, field: &'static str) -> Result<Option<String>, RecordError> {
    fields
        .take(field)?
        .map(|value| text::line(field, value))
        .transpose()
}

fn optional_telephone(fields: &mut Fields) -> Result<Option<String>, RecordError> {
    let Some(number) = optional_line(fields, "telephone")? else {
        return Ok(None);
    };
    let allowed = |letter: char| letter.is_ascii_digit() || "+-() ./".contains(letter);
    if !number.chars().all(allowed) {
        return Err(RecordError::new(
            "telephone",
            "has something else than digits, spaces and + - ( ) . /",
        ));
    }
    Ok(Some(number))
}

impl fmt::Debug for FullName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FullName(..)")
    }
}

impl fmt::Debug for PersonalDetails {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonalDetails(..)")
    }
}

impl fmt::Debug for DocumentDetails {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DocumentDetails(..)")
    }
}

impl fmt::Debug for PersonToNotify {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonToNotify(..)")
    }
}
