//! From the record to the contents of DG11, DG12 and DG16.

use time::{OffsetDateTime, PrimitiveDateTime};

use crate::biometrics::enrolment::{Enrolment, Paper};
use crate::citizen::{CitizenRecord, FullName, RecordError};
use crate::lds::dg11::AdditionalPersonalDetails;
use crate::lds::dg12::AdditionalDocumentDetails;
use crate::lds::dg16::PersonToNotify;
use crate::lds::text::PersonName;

/// What DG11 says of the holder.
pub(super) fn personal(record: &CitizenRecord, enrolment: &Enrolment) -> AdditionalPersonalDetails {
    let details = record.personal_details();
    AdditionalPersonalDetails {
        name: Some(PersonName::new(record.surname(), record.given_names())),
        other_names: details.other_names.iter().map(name).collect(),
        personal_number: Some(record.citizen_number().as_str().to_owned()),
        birth_date: Some(record.birth_date()),
        place_of_birth: details.place_of_birth.as_deref().map(lines).unwrap_or_default(),
        address: lines(record.residence()),
        telephone: details.telephone.clone(),
        profession: details.profession.clone(),
        title: details.title.clone(),
        summary: details.personal_summary.clone(),
        proof_of_citizenship: image(enrolment, Paper::ProofOfCitizenship),
        other_documents: details.other_documents.clone(),
        custody: details.custody.clone(),
    }
}

/// What DG12 says of the document, `personalized` at that time (UTC).
pub(super) fn document(
    record: &CitizenRecord,
    enrolment: &Enrolment,
    personalized: OffsetDateTime,
) -> AdditionalDocumentDetails {
    let details = record.document_details();
    let personalized = personalized.to_offset(time::UtcOffset::UTC);
    AdditionalDocumentDetails {
        issuing_authority: details.issuing_authority.clone(),
        issue_date: Some(record.issue_date()),
        other_persons: details.other_persons.iter().map(name).collect(),
        endorsements: details.endorsements.clone(),
        tax_exit_requirements: details.tax_exit_requirements.clone(),
        front: image(enrolment, Paper::DocumentFront),
        rear: image(enrolment, Paper::DocumentRear),
        personalized: Some(PrimitiveDateTime::new(personalized.date(), personalized.time())),
        personalization_system: None,
    }
}

/// Whom DG16 names.
pub(super) fn persons_to_notify(record: &CitizenRecord) -> Result<Vec<PersonToNotify>, RecordError> {
    let persons = record.persons_to_notify();
    if persons.is_empty() {
        return Err(RecordError::new("notify", "is missing: the profile has DG16"));
    }
    let person = |person: &crate::citizen::PersonToNotify| PersonToNotify {
        recorded: person.recorded,
        name: Some(name(&person.name)),
        telephone: person.telephone.clone(),
        address: person.address.as_deref().map(lines).unwrap_or_default(),
    };
    Ok(persons.iter().map(person).collect())
}

fn image(enrolment: &Enrolment, paper: Paper) -> Option<Vec<u8>> {
    enrolment.paper(paper).map(|image| image.bytes().to_vec())
}

fn name(name: &FullName) -> PersonName {
    PersonName::new(name.surname.as_str(), name.given_names.as_str())
}

/// The parts of a place or an address, which a record writes with commas between them.
fn lines(text: &str) -> Vec<String> {
    text.split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
        .collect()
}
