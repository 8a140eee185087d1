//! What the data groups say of holder and document, their structure, and how they agree.

use std::collections::BTreeMap;

use ::time::OffsetDateTime;

use super::agreement;
use super::asn1::Asn1Error;
use super::check::{Check, CheckId};
use super::chip_keys::ChipKeys;
use super::consistency::parse_date;
use super::details::{DocumentDetails, PersonToNotify, PersonalDetails};
use super::dg13::NationalData;
use super::document::ReadDocument;
use super::face::Face;
use super::holder::{Details, Holder};
use super::mrz::Zone;
use super::printed;
use super::report::Unverified;
use super::structure;
use super::tolerated::Tolerated;
use crate::quirk::{Quirk, Tolerance};

/// Data groups with the signed digest, by number.
pub(super) type Groups<'a> = BTreeMap<u8, &'a [u8]>;

/// DG1 and what is beside it, as far as they could be read.
#[derive(Default)]
pub(super) struct Contents {
    pub(super) zone: Option<Zone>,
    pub(super) details: Details,
    /// What DG14 says of the chip's keys.
    pub(super) chip_keys: Option<ChipKeys>,
}

/// Reads every data group that is proved, judges its structure, and compares what they say of the same person and document, among
/// each other and with what is printed.
pub(super) fn read(
    document: &ReadDocument,
    groups: &Groups<'_>,
    tolerated: &mut Tolerated,
    checks: &mut Vec<Check>,
) -> Contents {
    let zone = zone(groups, checks);
    let chip_keys = groups.get(&14).map(|file| ChipKeys::from_dg14(file));
    for judged in structure::judge_all(groups, chip_keys.as_ref()) {
        checks.push(if judged.only_a_value {
            tolerated.excuse(judged.check, Quirk::BiometricValue)
        } else {
            judged.check
        });
    }
    let details = details(groups, tolerated, checks);
    compare(zone.as_ref(), &details, checks);
    if let Some(text) = &document.printed.mrz {
        checks.push(match &zone {
            Some(zone) => printed::mrz(text, zone),
            None => Check::blocked(CheckId::Dg1MatchesPrintedMrz, CheckId::Mrz),
        });
    }
    if let Some(text) = &document.printed.qr {
        checks.extend(printed::qr(text, zone.as_ref(), details.national.as_ref()));
    }
    Contents {
        zone,
        details,
        chip_keys: chip_keys.and_then(Result::ok),
    }
}

fn zone(groups: &Groups<'_>, checks: &mut Vec<Check>) -> Option<Zone> {
    let Some(dg1) = groups.get(&1) else {
        checks.push(Check::blocked(CheckId::Mrz, CheckId::DgDigest(1)));
        return None;
    };
    match Zone::from_dg1(dg1) {
        Ok(zone) => {
            checks.push(Check::passed(CheckId::Mrz, "structure and check digits"));
            Some(zone)
        }
        Err(error) => {
            checks.push(Check::failed(CheckId::Mrz, error.to_string()));
            None
        }
    }
}

/// Reads DG11, DG12, DG13 and DG16, where they are.
fn details(groups: &Groups<'_>, tolerated: &mut Tolerated, checks: &mut Vec<Check>) -> Details {
    let mut details = Details::default();
    let structure = |number, what: &str, result: Result<(), Asn1Error>| match result {
        Ok(()) => Check::passed(CheckId::DgStructure(number), what),
        Err(error) => Check::failed(CheckId::DgStructure(number), error.to_string()),
    };
    if let Some(file) = groups.get(&11) {
        let mut odd = Vec::new();
        let personal = PersonalDetails::from_dg11(file, &mut odd);
        let personal = personal.map(|personal| details.personal = Some(personal));
        let check = structure(11, "additional personal details", personal);
        checks.push(tolerated.excuse(with_dates(check, &odd), Quirk::DateInDg11));
    }
    if let Some(file) = groups.get(&12) {
        let mut odd = Vec::new();
        let document = DocumentDetails::from_dg12(file, &mut odd);
        let document = document.map(|document| details.document = Some(document));
        let check = structure(12, "additional document details", document);
        checks.push(tolerated.excuse(with_dates(check, &odd), Quirk::DateInDg12));
    }
    if let Some(file) = groups.get(&13) {
        let result = NationalData::from_dg13(file);
        let what = match &result {
            Ok(None) => "the issuing State's own format",
            Ok(Some(_)) | Err(_) => "Vietnamese national data",
        };
        if let Ok(Some(national)) = &result
            && national.nested_parents
        {
            tolerated.note(Quirk::NestedParentsInDg13, "");
        }
        checks.push(structure(
            13,
            what,
            result.map(|national| details.national = national),
        ));
    }
    if let Some(file) = groups.get(&16) {
        let persons = PersonToNotify::from_dg16(file).map(|persons| details.persons_to_notify = persons);
        checks.push(structure(16, "persons to notify", persons));
    }
    details
}

/// The check of a structure in which these dates are none.
fn with_dates(check: Check, odd: &[&str]) -> Check {
    match odd {
        [] => check,
        _ if !check.is_passed() => check,
        names => Check::failed(check.id, format!("not a date: {}", names.join(", "))),
    }
}

fn compare(zone: Option<&Zone>, details: &Details, checks: &mut Vec<Check>) {
    let (national, personal) = (details.national.as_ref(), details.personal.as_ref());
    if let (Some(zone), Some(national)) = (zone, national) {
        checks.push(agreement::dg1_matches_dg13(zone, national));
    }
    if let (Some(zone), Some(personal)) = (zone, personal) {
        checks.push(agreement::dg1_matches_dg11(zone, personal));
    }
    if let (Some(personal), Some(national)) = (personal, national) {
        checks.push(agreement::dg11_matches_dg13(personal, national));
    }
    if let (Some(document), Some(national)) = (&details.document, national) {
        checks.push(agreement::dg12_matches_dg13(document, national));
    }
}

impl Contents {
    /// The date of issue that the national data have.
    pub(super) fn issued(&self) -> Option<OffsetDateTime> {
        let national = self.details.national.as_ref()?;
        let date = parse_date(national.issue_date.as_deref()?)?;
        Some(date.midnight().assume_utc())
    }

    /// Holder and face for people. The caller says that they are proved.
    pub(super) fn shown(self, groups: &Groups<'_>) -> (Option<Holder>, Option<Face>) {
        let Self { zone, details, .. } = self;
        let holder = zone.map(|zone| Holder::new(&zone, details));
        let face = groups.get(&2).and_then(|file| Face::from_dg2(file).ok());
        (holder, face)
    }
}

/// Decodes what the chip gave, proved or not. Whoever shows this must say so beside every line.
pub(super) fn unverified(document: &ReadDocument) -> Option<Unverified> {
    let given = document.data_groups.iter();
    let groups: Groups<'_> = given
        .filter_map(|(number, read)| read.bytes().map(|bytes| (*number, bytes)))
        .collect();
    let mut unused = Vec::new();
    let contents = Contents {
        zone: zone(&groups, &mut unused),
        details: details(
            &groups,
            &mut Tolerated::new(Tolerance::STRICT, Vec::new()),
            &mut unused,
        ),
        chip_keys: None,
    };
    let (holder, face) = contents.shown(&groups);
    (holder.is_some() || face.is_some()).then_some(Unverified { holder, face })
}
