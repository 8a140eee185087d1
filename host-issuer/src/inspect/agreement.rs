//! What the data groups say about one person and one document, compared: DG1, DG11, DG12 and DG13. Checks name the field that
//! differs, never its value.

use super::check::{Check, CheckId};
use super::details::{DocumentDetails, PersonalDetails};
use super::dg13::NationalData;
use super::mrz::Zone;
use super::name;

/// Compares fields, and says at the end which one differs first.
pub(super) struct Comparison {
    id: CheckId,
    compared: Vec<&'static str>,
    differing: Option<&'static str>,
}

impl Comparison {
    pub(super) fn new(id: CheckId) -> Self {
        Self {
            id,
            compared: Vec::new(),
            differing: None,
        }
    }

    pub(super) fn field(&mut self, field: &'static str, agrees: bool) {
        self.compared.push(field);
        if !agrees {
            self.differing.get_or_insert(field);
        }
    }

    pub(super) fn check(self) -> Check {
        match self.differing {
            Some(field) => Check::failed(self.id, format!("{field} differs")),
            None if self.compared.is_empty() => {
                Check::not_applicable(self.id, "they have no field in common")
            }
            None => Check::passed(self.id, self.compared.join(", ")),
        }
    }
}

/// `dg1_matches_dg13`: number, names, dates and sex, as far as both have them.
pub(crate) fn dg1_matches_dg13(zone: &Zone, national: &NationalData) -> Check {
    let mut comparison = Comparison::new(CheckId::Dg1MatchesDg13);
    if let Some(number) = &national.citizen_number {
        comparison.field("number", names_number(zone, number));
    }
    if let Some(date) = &national.birth_date {
        let agrees = iso_date(date).is_some_and(|date| zone_date(&date) == zone.birth_date);
        comparison.field("date of birth", agrees);
    }
    if let Some(date) = national.expiry_date.as_deref().and_then(iso_date) {
        comparison.field("date of expiry", zone_date(&date) == zone.expiry_date);
    }
    if let Some(sex) = &national.sex {
        comparison.field("sex", sex_of(sex) == zone.sex);
    }
    if let Some(name) = &national.full_name {
        comparison.field("name", is_printed(zone, name));
    }
    comparison.check()
}

/// `dg1_matches_dg11`: date of birth, as far as both know it, and the name where DG11 writes it in Latin letters (the zone has
/// another alphabet's name in a transliteration that the issuing state chose).
pub(crate) fn dg1_matches_dg11(zone: &Zone, personal: &PersonalDetails) -> Check {
    let mut comparison = Comparison::new(CheckId::Dg1MatchesDg11);
    if let Some(date) = &personal.birth_date {
        let known = zone_date(date);
        let agrees = known
            .bytes()
            .zip(zone.birth_date.bytes())
            .all(|(a, b)| a == b || a == b'<' || b == b'<');
        comparison.field("date of birth", agrees);
    }
    if let Some(name) = &personal.name
        && is_latin(name)
    {
        comparison.field("name", is_printed(zone, name) || has_all_words(zone, name));
    }
    comparison.check()
}

/// `dg11_matches_dg13`: number, name and date of birth.
pub(crate) fn dg11_matches_dg13(personal: &PersonalDetails, national: &NationalData) -> Check {
    let mut comparison = Comparison::new(CheckId::Dg11MatchesDg13);
    if let (Some(number), Some(other)) = (&personal.personal_number, &national.citizen_number) {
        comparison.field("number", number == other);
    }
    if let (Some(name), Some(other)) = (&personal.name, &national.full_name) {
        comparison.field("name", name::fold(name) == name::fold(other));
    }
    if let (Some(date), Some(other)) = (&personal.birth_date, &national.birth_date) {
        comparison.field("date of birth", iso_date(other).as_ref() == Some(date));
    }
    comparison.check()
}

/// `dg12_matches_dg13`: the date of issue.
pub(crate) fn dg12_matches_dg13(document: &DocumentDetails, national: &NationalData) -> Check {
    let mut comparison = Comparison::new(CheckId::Dg12MatchesDg13);
    if let (Some(date), Some(other)) = (&document.issue_date, &national.issue_date) {
        comparison.field("date of issue", iso_date(other).as_ref() == Some(date));
    }
    comparison.check()
}

/// Whether the zone is of the holder of this 12-digit number. A Vietnamese line 1 has the last nine digits as document number, then
/// all twelve, `<<` and their check digit; in the form of Doc 9303-5 all twelve are the document number.
pub(super) fn names_number(zone: &Zone, number: &str) -> bool {
    let all_twelve = zone.optional_data.split(' ').next();
    let vietnamese = number.ends_with(&zone.document_number) && all_twelve == Some(number);
    vietnamese || zone.document_number == number
}

/// `Nam` and `Nữ` as the zone has them; `<` for any other word.
pub(super) fn sex_of(word: &str) -> char {
    match name::fold(word).as_str() {
        "NAM" => 'M',
        "NU" => 'F',
        _ => '<',
    }
}

/// Whether the zone spells this name, as far as it has room.
pub(super) fn is_printed(zone: &Zone, name: &str) -> bool {
    let printed = format!("{} {}", zone.primary_identifier, zone.secondary_identifier);
    name::agrees(printed.trim(), zone.name_may_be_cut, name)
}

/// Each word of the shorter name is, or begins, one of the longer: DG11 may have names that the zone has no room for, and another order.
fn has_all_words(zone: &Zone, name: &str) -> bool {
    let printed = format!("{} {}", zone.primary_identifier, zone.secondary_identifier);
    let folded = name::fold(name);
    let (printed, national): (Vec<&str>, Vec<&str>) = (
        printed.split_whitespace().collect(),
        folded.split_whitespace().collect(),
    );
    let inside = |shorter: &[&str], longer: &[&str]| {
        shorter.iter().all(|word| {
            longer
                .iter()
                .any(|other| other.starts_with(word) || word.starts_with(other))
        })
    };
    if printed.len() <= national.len() {
        inside(&printed, &national)
    } else {
        inside(&national, &printed)
    }
}

fn is_latin(name: &str) -> bool {
    let folded = name::fold(name);
    folded
        .chars()
        .all(|letter| letter.is_ascii_uppercase() || letter == ' ')
}

/// `dd/mm/yyyy`, `mm/yyyy` or `yyyy` → `YYYY-MM-DD`, `YYYY-MM` or `YYYY`. `None` for anything else, such as a word for "no expiry".
pub(super) fn iso_date(text: &str) -> Option<String> {
    let whole = match text.len() {
        4 => format!("01/01/{text}"),
        7 => format!("01/{text}"),
        _ => text.to_owned(),
    };
    super::consistency::parse_date(&whole)?;
    let mut parts: Vec<&str> = text.split('/').collect();
    parts.reverse();
    Some(parts.join("-"))
}

/// `YYYY-MM-DD`, or the beginning of it → `YYMMDD`, unknown parts as `<<`.
pub(super) fn zone_date(iso: &str) -> String {
    let mut parts = iso.split('-');
    let year = parts.next().and_then(|year| year.get(2..)).unwrap_or("<<");
    let (month, day) = (parts.next().unwrap_or("<<"), parts.next().unwrap_or("<<"));
    format!("{year}{month}{day}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_dg13() {
        for (text, iso, zone) in [
            ("05/11/1999", "1999-11-05", "991105"),
            ("11/1999", "1999-11", "9911<<"),
            ("1999", "1999", "99<<<<"),
        ] {
            assert_eq!(iso_date(text).as_deref(), Some(iso));
            assert_eq!(zone_date(iso), zone);
        }
        for wrong in [
            "Không thời hạn",
            "31/02/2000",
            "1/2/3/4",
            "01/01/99",
            "13/1999",
            "",
        ] {
            assert_eq!(iso_date(wrong), None, "{wrong}");
        }
    }

    fn zone(name: &str) -> Zone {
        let (primary, secondary) = name.split_once('/').unwrap();
        Zone {
            document_code: "ID".into(),
            issuing_state: "VNM".into(),
            document_number: "196000017".into(),
            optional_data: String::new(),
            nationality: "VNM".into(),
            birth_date: "960812".into(),
            sex: 'F',
            expiry_date: "360812".into(),
            primary_identifier: primary.into(),
            secondary_identifier: secondary.into(),
            name_may_be_cut: false,
        }
    }

    #[test]
    fn names_and_dates_of_dg11() {
        for (name, date, status) in [
            ("Nguyễn Thị Mẫu", "1996-08-12", "passed"),
            ("Nguyễn Thị Mẫu Xưa", "1996-08", "passed"),
            ("Thị Mẫu Nguyễn", "1996", "passed"),
            ("Нгуен Тхи Мау", "1996-08-12", "passed"),
            ("Trần Thị Mẫu", "1996-08-12", "failed"),
            ("Nguyễn Thị Mẫu", "1996-08-13", "failed"),
            ("Nguyễn Thị Mẫu", "1997", "failed"),
        ] {
            let personal = PersonalDetails {
                name: Some(name.into()),
                birth_date: Some(date.into()),
                ..PersonalDetails::default()
            };
            let check = dg1_matches_dg11(&zone("NGUYEN/THI MAU"), &personal);
            assert_eq!(check.status_word(), status, "{name} {date}");
        }
        let nothing = dg1_matches_dg11(&zone("A/B"), &PersonalDetails::default());
        assert_eq!(nothing.status_word(), "not_performed");
    }

    #[test]
    fn national_data_against_dg11_and_dg12() {
        let national = NationalData {
            citizen_number: Some("001196000017".into()),
            full_name: Some("Nguyễn Thị Mẫu".into()),
            birth_date: Some("12/08/1996".into()),
            issue_date: Some("24/11/2026".into()),
            ..NationalData::default()
        };
        let personal = PersonalDetails {
            personal_number: Some("001196000017".into()),
            name: Some("Nguyễn Thị Mẫu".into()),
            birth_date: Some("1996-08-12".into()),
            ..PersonalDetails::default()
        };
        let word = |personal: &PersonalDetails| dg11_matches_dg13(personal, &national).status_word();
        assert_eq!(word(&personal), "passed");
        for change in [
            |personal: &mut PersonalDetails| personal.personal_number = Some("001196000018".into()),
            |personal: &mut PersonalDetails| personal.name = Some("Nguyễn Thị Mấu Xưa".into()),
            |personal: &mut PersonalDetails| personal.birth_date = Some("1996".into()),
        ] {
            let mut changed = personal.clone();
            change(&mut changed);
            assert_eq!(word(&changed), "failed");
        }
        for (date, status) in [("2026-11-24", "passed"), ("2026-11-25", "failed")] {
            let document = DocumentDetails {
                issue_date: Some(date.into()),
                ..DocumentDetails::default()
            };
            assert_eq!(dg12_matches_dg13(&document, &national).status_word(), status);
        }
    }
}
