//! The citizen record: what an approved application says about one person, validated on construction.
//!
//! A [`CitizenRecord`] can only be obtained from [`CitizenRecord::from_json`], so every value of this type
//! obeys the rules below and later stages (MRZ, data groups) need not doubt it:
//!
//! * the 12-digit number agrees with sex and birth year (Decree 137/2015, article 13),
//! * dates are real calendar dates in a possible order; of the date of birth, day and month may be unknown (`1950-07`, `1950`),
//! * text is Vietnamese UTF-8 in NFC, free of control characters, and
//! * the name can be written in a machine-readable zone (Doc 9303-3, section 6).
//!
//! Neither errors nor `Debug` output ever contain what the record says: they end up in logs.

mod details;
mod error;
mod json;
mod number;
mod rules;
mod text;

use core::fmt;

use time::Date;

pub use details::{DocumentDetails, FullName, PersonToNotify, PersonalDetails};
pub use error::RecordError;
pub use number::CitizenNumber;

use json::Fields;

use crate::mrz::BirthDate;

/// The largest record that is read, in bytes. A real one is under 2 KiB.
pub const MAX_RECORD_BYTES: usize = 64 * 1024;

/// Every field that a record may have, in the order of the template.
const FIELDS: [&str; 33] = [
    "citizen_number",
    "full_name",
    "surname",
    "given_names",
    "birth_date",
    "sex",
    "nationality",
    "country",
    "ethnicity",
    "religion",
    "place_of_origin",
    "residence",
    "identifying_marks",
    "issue_date",
    "expiry_date",
    "father",
    "mother",
    "spouse",
    "old_number",
    "other_names",
    "place_of_birth",
    "telephone",
    "profession",
    "title",
    "personal_summary",
    "other_documents",
    "custody",
    "issuing_authority",
    "other_persons",
    "endorsements",
    "tax_exit_requirements",
    "notify",
    "comment",
];

/// The value of `expiry_date` for a card that never expires.
const UNLIMITED: &str = "unlimited";

/// Sex as the citizen number and the MRZ express it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sex {
    /// Male: `M` in the MRZ, *Nam* on the card.
    Male,
    /// Female: `F` in the MRZ, *Nữ* on the card.
    Female,
}

impl Sex {
    /// The character of the MRZ (Doc 9303-3, section 4.5).
    #[must_use]
    pub const fn mrz(self) -> char {
        match self {
            Self::Male => 'M',
            Self::Female => 'F',
        }
    }

    /// The word printed on the card and stored in DG13.
    #[must_use]
    pub const fn vietnamese(self) -> &'static str {
        match self {
            Self::Male => "Nam",
            Self::Female => "Nữ",
        }
    }
}

/// When the card stops being valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expiry {
    /// The last day on which it is valid.
    On(Date),
    /// Never (*không thời hạn*: holders past the last renewal age).
    Unlimited,
}

/// One person's data, validated. See the [module documentation](self) for the rules.
#[derive(Clone, PartialEq, Eq)]
pub struct CitizenRecord {
    citizen_number: CitizenNumber,
    surname: String,
    given_names: String,
    birth_date: BirthDate,
    sex: Sex,
    nationality: String,
    country: String,
    ethnicity: String,
    religion: String,
    place_of_origin: String,
    residence: String,
    identifying_marks: String,
    issue_date: Date,
    expiry: Expiry,
    father: Option<String>,
    mother: Option<String>,
    spouse: Option<String>,
    old_number: Option<String>,
    personal: PersonalDetails,
    document: DocumentDetails,
    notify: Vec<PersonToNotify>,
}

impl CitizenRecord {
    /// Reads and validates a record.
    ///
    /// `today` decides what "in the future" means; it is passed in because this crate never asks a clock.
    ///
    /// # Errors
    ///
    /// [`RecordError`] names the first offending field and the rule it breaks. Unknown and repeated fields
    /// are errors: a misspelt optional field would otherwise be dropped from the card in silence.
    pub fn from_json(json: &str, today: Date) -> Result<Self, RecordError> {
        let mut fields = Fields::read(json, &FIELDS, MAX_RECORD_BYTES)?;
        // A comment is for the people who keep the file; it goes nowhere.
        let _ = fields.take("comment")?;

        let citizen_number = fields.required("citizen_number")?;
        let (surname, given_names) = rules::name(&mut fields)?;
        let birth_date = text::birth_date("birth_date", &fields.required("birth_date")?)?;
        let sex = match fields.required("sex")?.as_str() {
            "male" => Sex::Male,
            "female" => Sex::Female,
            _ => return Err(RecordError::new("sex", "must be \"male\" or \"female\"")),
        };

        let issue_date = text::date("issue_date", &fields.required("issue_date")?)?;
        let expiry = match fields.required("expiry_date")?.as_str() {
            UNLIMITED => Expiry::Unlimited,
            date => Expiry::On(text::date("expiry_date", date)?),
        };
        rules::check_dates(birth_date, issue_date, expiry, today)?;
        // After the dates: a mistyped birth date should be called that, and not a wrong number.
        let citizen_number = CitizenNumber::new(&citizen_number, sex, birth_date)?;

        let country = fields.required("country")?;
        if country.len() != 3 || !country.bytes().all(|byte| byte.is_ascii_uppercase()) {
            return Err(RecordError::new(
                "country",
                "must be a three-letter code of Doc 9303-3, such as VNM",
            ));
        }

        Ok(Self {
            citizen_number,
            surname,
            given_names,
            birth_date,
            sex,
            nationality: text::line("nationality", fields.required("nationality")?)?,
            country,
            ethnicity: text::line("ethnicity", fields.required("ethnicity")?)?,
            religion: text::line("religion", fields.required("religion")?)?,
            place_of_origin: text::line("place_of_origin", fields.required("place_of_origin")?)?,
            residence: text::line("residence", fields.required("residence")?)?,
            identifying_marks: text::line("identifying_marks", fields.required("identifying_marks")?)?,
            issue_date,
            expiry,
            father: rules::optional_name(&mut fields, "father")?,
            mother: rules::optional_name(&mut fields, "mother")?,
            spouse: rules::optional_name(&mut fields, "spouse")?,
            old_number: rules::old_number(&mut fields)?,
            personal: PersonalDetails::take(&mut fields)?,
            document: DocumentDetails::take(&mut fields)?,
            notify: PersonToNotify::take(&mut fields, today)?,
        })
    }

    /// A complete record of a fictional person, as JSON, for an operator to start from.
    ///
    /// The name says "specimen" (*Mẫu*) and the number is made up.
    #[must_use]
    pub const fn template() -> &'static str {
        include_str!("citizen/template.json")
    }

    /// The 12-digit citizen number.
    #[must_use]
    pub const fn citizen_number(&self) -> &CitizenNumber {
        &self.citizen_number
    }

    /// The primary identifier: in Vietnamese names the first word.
    #[must_use]
    pub fn surname(&self) -> &str {
        &self.surname
    }

    /// The secondary identifier: middle and given names. Empty for a person of one name.
    #[must_use]
    pub fn given_names(&self) -> &str {
        &self.given_names
    }

    /// The name as written in Vietnamese: surname first.
    #[must_use]
    pub fn full_name(&self) -> String {
        if self.given_names.is_empty() {
            self.surname.clone()
        } else {
            format!("{} {}", self.surname, self.given_names)
        }
    }

    /// The date of birth, of which the day, and the month with it, may be unknown.
    #[must_use]
    pub const fn birth_date(&self) -> BirthDate {
        self.birth_date
    }

    /// The sex.
    #[must_use]
    pub const fn sex(&self) -> Sex {
        self.sex
    }

    /// The nationality in words, as stored in DG13.
    #[must_use]
    pub fn nationality(&self) -> &str {
        &self.nationality
    }

    /// The nationality as a three-letter code, as written in the MRZ (Doc 9303-3, section 5).
    #[must_use]
    pub fn country(&self) -> &str {
        &self.country
    }

    /// The ethnic group.
    #[must_use]
    pub fn ethnicity(&self) -> &str {
        &self.ethnicity
    }

    /// The religion; *Không* for none.
    #[must_use]
    pub fn religion(&self) -> &str {
        &self.religion
    }

    /// The family's place of origin.
    #[must_use]
    pub fn place_of_origin(&self) -> &str {
        &self.place_of_origin
    }

    /// The registered place of residence.
    #[must_use]
    pub fn residence(&self) -> &str {
        &self.residence
    }

    /// Identifying marks.
    #[must_use]
    pub fn identifying_marks(&self) -> &str {
        &self.identifying_marks
    }

    /// The day of issue.
    #[must_use]
    pub const fn issue_date(&self) -> Date {
        self.issue_date
    }

    /// When the card expires.
    #[must_use]
    pub const fn expiry(&self) -> Expiry {
        self.expiry
    }

    /// The father's name.
    #[must_use]
    pub fn father(&self) -> Option<&str> {
        self.father.as_deref()
    }

    /// The mother's name.
    #[must_use]
    pub fn mother(&self) -> Option<&str> {
        self.mother.as_deref()
    }

    /// The spouse's name; `None` if single.
    #[must_use]
    pub fn spouse(&self) -> Option<&str> {
        self.spouse.as_deref()
    }

    /// The nine-digit number of the earlier paper card.
    #[must_use]
    pub fn old_number(&self) -> Option<&str> {
        self.old_number.as_deref()
    }

    /// What only a card with DG11 says of the person.
    #[must_use]
    pub const fn personal_details(&self) -> &PersonalDetails {
        &self.personal
    }

    /// What only a card with DG12 says of the document.
    #[must_use]
    pub const fn document_details(&self) -> &DocumentDetails {
        &self.document
    }

    /// Whom a card with DG16 names to be told.
    #[must_use]
    pub fn persons_to_notify(&self) -> &[PersonToNotify] {
        &self.notify
    }
}

impl fmt::Debug for CitizenRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Personal data stays out of logs and panic messages.
        f.debug_struct("CitizenRecord").finish_non_exhaustive()
    }
}
