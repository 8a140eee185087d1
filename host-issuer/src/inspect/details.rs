//! Reading DG11, DG12 and DG16 (Doc 9303-10 §4.7.11, §4.7.12, §4.7.16): additional details of the person and of the document, and
//! persons to notify.
//!
//! Issuers differ in what they write there: orders, tag lists, dates as text or BCD, other encodings than UTF-8. All of that is read;
//! what is no data object of these files at all is not.

use std::fmt;

use serde::Serialize;

use super::asn1::{Asn1Error, Element, Reader, only, tag};

const DG11: u32 = 0x6B;
const DG12: u32 = 0x6C;
const DG16: u32 = 0x70;
/// The list of tags at the beginning.
const TAG_LIST: u32 = 0x5C;
/// Around a list of names.
const NAMES: u32 = 0xA0;

/// What DG11 says, as text; `None` or empty where it says nothing.
#[derive(Clone, Default, PartialEq, Eq, Serialize)]
pub struct PersonalDetails {
    /// Name in national characters: primary identifier, then secondary.
    pub name: Option<String>,
    /// Other names.
    pub other_names: Vec<String>,
    /// Personal number.
    pub personal_number: Option<String>,
    /// `YYYY-MM-DD`, or as much of it as is known.
    pub birth_date: Option<String>,
    /// Place of birth.
    pub place_of_birth: Option<String>,
    /// Permanent address.
    pub address: Option<String>,
    /// Telephone.
    pub telephone: Option<String>,
    /// Profession.
    pub profession: Option<String>,
    /// Title.
    pub title: Option<String>,
    /// Personal summary.
    pub summary: Option<String>,
    /// Numbers of other travel documents.
    pub other_documents: Option<String>,
    /// Custody information.
    pub custody: Option<String>,
    /// Image of a proof of citizenship, as a file; not looked into, and no part of a report's text.
    #[serde(skip)]
    pub proof_of_citizenship: Option<Vec<u8>>,
}

/// What DG12 says, as text.
#[derive(Clone, Default, PartialEq, Eq, Serialize)]
pub struct DocumentDetails {
    /// Issuing authority.
    pub issuing_authority: Option<String>,
    /// `YYYY-MM-DD`
    pub issue_date: Option<String>,
    /// Other persons on the document.
    pub other_persons: Vec<String>,
    /// Endorsements and observations.
    pub endorsements: Option<String>,
    /// Tax and exit requirements.
    pub tax_exit_requirements: Option<String>,
    /// `YYYYMMDDhhmmss`
    pub personalized: Option<String>,
    /// Serial number of the personalization system.
    pub personalization_system: Option<String>,
    /// Image of the document's front, as a file; not looked into, and no part of a report's text.
    #[serde(skip)]
    pub front: Option<Vec<u8>>,
    /// Image of its rear.
    #[serde(skip)]
    pub rear: Option<Vec<u8>>,
}

/// A person to notify (DG16).
#[derive(Clone, Default, PartialEq, Eq, Serialize)]
pub struct PersonToNotify {
    /// `YYYY-MM-DD`
    pub recorded: Option<String>,
    /// Name.
    pub name: Option<String>,
    /// Telephone.
    pub telephone: Option<String>,
    /// Address.
    pub address: Option<String>,
}

impl PersonalDetails {
    /// Reads DG11.
    ///
    /// # Errors
    /// When it is no DG11. A date in it that is none is left out, and `odd` is told.
    pub(crate) fn from_dg11(file: &[u8], odd: &mut Vec<&'static str>) -> Result<Self, Asn1Error> {
        let mut details = Self::default();
        let mut fields = fields(file, DG11, "DG11")?;
        while let Some(field) = next(&mut fields, "DG11 field")? {
            let body = field.body;
            match field.tag {
                0x5F0E => details.name = name(body),
                NAMES => details.other_names = names(&field, 0x5F0F, "DG11 other names")?,
                // Some issuers leave out the list around them.
                0x5F0F => details.other_names.extend(name(body)),
                0x5F10 => details.personal_number = text(body),
                0x5F2B => details.birth_date = or_odd(date(body), "date of birth", odd),
                0x5F11 => details.place_of_birth = parts(body),
                0x5F42 => details.address = parts(body),
                0x5F12 => details.telephone = text(body),
                0x5F13 => details.profession = parts(body),
                0x5F14 => details.title = parts(body),
                0x5F15 => details.summary = text(body),
                0x5F16 => details.proof_of_citizenship = Some(body.to_vec()),
                0x5F17 => details.other_documents = parts(body),
                0x5F18 => details.custody = text(body),
                _ => {}
            }
        }
        Ok(details)
    }
}

impl DocumentDetails {
    /// Reads DG12.
    ///
    /// # Errors
    /// When it is no DG12. A date in it that is none is left out, and `odd` is told.
    pub(crate) fn from_dg12(file: &[u8], odd: &mut Vec<&'static str>) -> Result<Self, Asn1Error> {
        let mut details = Self::default();
        let mut fields = fields(file, DG12, "DG12")?;
        while let Some(field) = next(&mut fields, "DG12 field")? {
            let body = field.body;
            match field.tag {
                0x5F19 => details.issuing_authority = text(body),
                0x5F26 => details.issue_date = or_odd(date(body), "date of issue", odd),
                NAMES => details.other_persons = names(&field, 0x5F1A, "DG12 other persons")?,
                0x5F1B => details.endorsements = text(body),
                0x5F1C => details.tax_exit_requirements = text(body),
                0x5F1D => details.front = Some(body.to_vec()),
                0x5F1E => details.rear = Some(body.to_vec()),
                0x5F55 => details.personalized = digits(body, 14),
                0x5F56 => details.personalization_system = text(body),
                _ => {}
            }
        }
        Ok(details)
    }
}

impl PersonToNotify {
    /// Reads DG16.
    ///
    /// # Errors
    /// When it is no DG16, or a date in it is none.
    pub(crate) fn from_dg16(file: &[u8]) -> Result<Vec<Self>, Asn1Error> {
        let mut templates = only(file, DG16, "DG16")?.reader();
        templates.expect(tag::INTEGER, "DG16 number of persons")?;
        let mut persons = Vec::new();
        while let Some(template) = next(&mut templates, "DG16 person")? {
            let mut person = Self::default();
            let mut fields = template.reader();
            while let Some(field) = next(&mut fields, "DG16 field")? {
                match field.tag {
                    0x5F50 => {
                        person.recorded = date(field.body)
                            .map_err(|_| Asn1Error::Value("DG16 date recorded: not a date".into()))?;
                    }
                    0x5F51 => person.name = name(field.body),
                    0x5F52 => person.telephone = text(field.body),
                    0x5F53 => person.address = parts(field.body),
                    _ => {}
                }
            }
            persons.push(person);
        }
        Ok(persons)
    }
}

/// The fields behind the tag list, which is not compared with them.
fn fields<'a>(file: &'a [u8], tag: u32, what: &'static str) -> Result<Reader<'a>, Asn1Error> {
    let mut fields = only(file, tag, what)?.reader();
    fields.expect(TAG_LIST, what)?;
    Ok(fields)
}

fn next<'a>(reader: &mut Reader<'a>, what: &'static str) -> Result<Option<Element<'a>>, Asn1Error> {
    if reader.is_empty() {
        Ok(None)
    } else {
        reader.next(what).map(Some)
    }
}

fn names(list: &Element<'_>, name_tag: u32, what: &'static str) -> Result<Vec<String>, Asn1Error> {
    let mut reader = list.reader();
    let mut names = Vec::new();
    while let Some(element) = next(&mut reader, what)? {
        if element.tag == name_tag {
            names.extend(name(element.body));
        }
    }
    Ok(names)
}

fn text(body: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(body).trim().to_owned();
    (!text.is_empty()).then_some(text)
}

/// `SMITH<<JOHN<J` as words.
fn name(body: &[u8]) -> Option<String> {
    joined(body, " ")
}

/// `ANYTOWN<MN` with commas.
fn parts(body: &[u8]) -> Option<String> {
    joined(body, ", ")
}

fn joined(body: &[u8], separator: &str) -> Option<String> {
    let text = text(body)?;
    let parts: Vec<&str> = text
        .split('<')
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .collect();
    (!parts.is_empty()).then(|| parts.join(separator))
}

/// The digits of a date or time, as text or as BCD.
fn digits(body: &[u8], count: usize) -> Option<String> {
    let text = if body.len() == count {
        // An unknown part is 00 or, as in the zone, two fillers.
        String::from_utf8_lossy(body).replace('<', "0")
    } else if body.len() * 2 == count {
        hex::encode(body)
    } else {
        return None;
    };
    text.bytes().all(|byte| byte.is_ascii_digit()).then_some(text)
}

/// Leaves a malformed date out, and notes of what it was.
fn or_odd(
    date: Result<Option<String>, NotADate>,
    what: &'static str,
    odd: &mut Vec<&'static str>,
) -> Option<String> {
    date.unwrap_or_else(|NotADate| {
        odd.push(what);
        None
    })
}

#[derive(Debug)]
struct NotADate;

/// `YYYY-MM-DD`, or as much of it as is known.
fn date(body: &[u8]) -> Result<Option<String>, NotADate> {
    let digits = digits(body, 8).ok_or(NotADate)?;
    let (year, rest) = digits.split_at(4);
    let (month, day) = rest.split_at(2);
    let known: Vec<&str> = [year, month, day]
        .into_iter()
        .take_while(|part| part.bytes().any(|digit| digit != b'0'))
        .collect();
    Ok((!known.is_empty()).then(|| known.join("-")))
}

/// Prints nothing personal: reports are logged.
impl fmt::Debug for PersonalDetails {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("PersonalDetails(redacted)")
    }
}

impl fmt::Debug for DocumentDetails {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("DocumentDetails(redacted)")
    }
}

impl fmt::Debug for PersonToNotify {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("PersonToNotify(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example(field: &str) -> Vec<u8> {
        test_vectors::hex(&test_vectors::load("lds-specimen-sets")["icao_part10_examples"][field])
    }

    /// Doc 9303-10 appendices A.5 and A.6.
    #[test]
    fn published_examples() {
        let details = PersonalDetails::from_dg11(&example("DG11_A5_corrected"), &mut Vec::new()).unwrap();
        assert_eq!(details.name.as_deref(), Some("SMITH JOHN J"));
        assert_eq!(details.address.as_deref(), Some("123 MAPLE RD, ANYTOWN, MN"));
        let persons = PersonToNotify::from_dg16(&example("DG16_A6")).unwrap();
        assert_eq!(persons.len(), 2);
        assert_eq!(persons[1].recorded.as_deref(), Some("2002-03-15"));
        assert_eq!(persons[1].name.as_deref(), Some("BROWN MARY J"));
    }

    #[test]
    fn dates_in_both_forms() {
        for (body, expected) in [
            (&b"19960812"[..], Some("1996-08-12")),
            (&[0x19, 0x96, 0x08, 0x12], Some("1996-08-12")),
            (b"19960800", Some("1996-08")),
            (b"1996<<<<", Some("1996")),
            (b"00000000", None),
        ] {
            assert_eq!(date(body).unwrap().as_deref(), expected);
        }
        for wrong in [&b"1996081"[..], b"199608AB", &[0x19, 0x9A, 1, 1]] {
            assert!(date(wrong).is_err());
        }
    }

    #[test]
    fn what_is_no_such_file() {
        for wrong in [
            &[][..],
            &[0x6B, 0],
            &[0x6B, 3, 0x5C, 0, 0x5F],
            &[0x6B, 0x84, 0xFF, 0xFF, 0xFF, 0xFF],
        ] {
            assert!(PersonalDetails::from_dg11(wrong, &mut Vec::new()).is_err());
        }
        assert!(DocumentDetails::from_dg12(&[0x6B, 2, 0x5C, 0], &mut Vec::new()).is_err());
        assert!(PersonToNotify::from_dg16(&[0x70, 0]).is_err());
    }
}
