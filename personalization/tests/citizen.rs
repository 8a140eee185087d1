//! One test for each rule of a citizen record, and that no error says what the record says.

use personalization::citizen::{CitizenRecord, Expiry, MAX_RECORD_BYTES, Sex};
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use time::Date;
use time::macros::date;

const TODAY: Date = date!(2026 - 11 - 24);

fn template() -> Map<String, Value> {
    match serde_json::from_str(CitizenRecord::template()).unwrap() {
        Value::Object(fields) => fields,
        other => panic!("the template is {other}"),
    }
}

fn read(fields: &Map<String, Value>) -> Result<CitizenRecord, personalization::citizen::RecordError> {
    CitizenRecord::from_json(&Value::Object(fields.clone()).to_string(), TODAY)
}

/// Changes fields of the template (`null` removes) and expects an error about `field` whose rule has `rule`.
#[track_caller]
fn refused(changes: Value, field: &str, rule: &str) {
    let mut fields = template();
    for (name, value) in changes.as_object().unwrap() {
        fields.insert(name.clone(), value.clone());
    }
    let error = read(&fields).unwrap_err();
    assert_eq!(error.field, field, "{error}");
    assert!(error.rule.contains(rule), "{error}");
    let shown = format!("{error} {error:?}");
    for value in fields
        .values()
        .filter_map(Value::as_str)
        .filter(|value| value.len() > 6)
    {
        assert!(
            !shown.contains(value),
            "the error repeats a value of the record: {shown}"
        );
    }
}

#[test]
fn the_template_is_a_valid_record() {
    let record = read(&template()).unwrap();
    assert_eq!(record.citizen_number().as_str(), "001196000017");
    assert_eq!(record.citizen_number().last_nine(), "196000017");
    assert_eq!((record.surname(), record.given_names()), ("Nguyễn", "Thị Mẫu"));
    assert_eq!(record.full_name(), "Nguyễn Thị Mẫu");
    assert_eq!(record.sex(), Sex::Female);
    assert_eq!(record.expiry(), Expiry::On(date!(2036 - 08 - 12)));
    assert_eq!(record.country(), "VNM");
    assert_eq!(record.old_number(), Some("010000017"));
    assert_eq!(record.birth_date().iso(), "1996-08-12");
    let details = record.personal_details();
    assert_eq!(details.other_names[0].surname, "Nguyễn");
    assert_eq!(details.telephone.as_deref(), Some("+84 24 0000 0000"));
    let authority = record.document_details().issuing_authority.as_deref();
    assert_eq!(authority, Some("Cục Cảnh sát Mẫu"));
    let [person] = record.persons_to_notify() else {
        panic!("one person to notify");
    };
    assert_eq!(person.recorded, Some(date!(2026 - 11 - 20)));
    assert_eq!(person.name.given_names, "Văn Mẫu");
    assert_eq!(format!("{record:?}"), "CitizenRecord { .. }");
}

#[test]
fn every_field_that_must_be_there() {
    let optional = [
        "comment",
        "father",
        "mother",
        "spouse",
        "old_number",
        "other_names",
        "place_of_birth",
        "telephone",
        "profession",
        "issuing_authority",
        "notify",
    ];
    for name in template().keys() {
        let mut fields = template();
        fields.remove(name);
        match read(&fields) {
            Ok(_) => assert!(optional.contains(&name.as_str()), "{name} may be left out"),
            Err(error) => {
                assert!(!optional.contains(&name.as_str()), "{error}");
                assert_eq!(
                    (error.field.as_ref(), error.rule.starts_with("is missing")),
                    (name.as_str(), true)
                );
            }
        }
    }
}

#[test]
fn absent_and_null_are_the_same() {
    let mut fields = template();
    for name in ["father", "mother", "spouse", "old_number"] {
        fields.insert(name.to_owned(), Value::Null);
    }
    let record = read(&fields).unwrap();
    assert_eq!(
        (
            record.father(),
            record.mother(),
            record.spouse(),
            record.old_number()
        ),
        (None, None, None, None)
    );
}

#[test]
fn structure() {
    let read = |json: &str| CitizenRecord::from_json(json, TODAY).unwrap_err().to_string();
    assert_eq!(read("{"), "record is not a JSON object (line 1, column 1)");
    assert_eq!(read("[\"Nguyễn\"]"), "record is not a JSON object");
    assert_eq!(
        read("{\"sex\": \"male\", \"sex\": \"female\"}"),
        "sex appears twice"
    );
    assert_eq!(
        read("{\"hair_colour\": \"\"}"),
        "hair_colour is not a field of a citizen record"
    );
    assert_eq!(read("{\"Nguyễn Thị Mẫu\": \"\"}"), "record has an unknown field");
    let long = format!("{{\"comment\": \"{}\"}}", "x".repeat(MAX_RECORD_BYTES));
    assert_eq!(read(&long), "record is longer than 65536 bytes");
    let deep = "[".repeat(10_000);
    assert!(read(&format!("{{\"comment\": {deep}")).starts_with("record is not a JSON object"));
    refused(json!({"sex": 1}), "sex", "must be a JSON string");
    refused(
        json!({"father": ["Nguyễn Văn Mẫu"]}),
        "father",
        "must be a JSON string",
    );
}

#[test]
fn citizen_number() {
    let refused = |number: &str, rule| refused(json!({ "citizen_number": number }), "citizen_number", rule);
    for number in ["", "00119600001", "0011960000170", "00119600001A", "٠٠١١٩٦٠٠٠٠١٧"] {
        refused(number, "must be twelve digits");
    }
    refused("003196000017", "province or country");
    refused("000196000017", "province or country");
    refused("100196000017", "province or country");
    refused("001396000017", "birth century");
    refused("001096000017", "sex");
    refused("001197000017", "birth year");
}

#[test]
fn citizen_number_of_every_century_and_sex() {
    for (number, birth, sex) in [
        ("079005000001", "1905-01-01", "male"),
        ("096199000001", "1999-12-31", "female"),
        ("101200000001", "2000-01-01", "male"),
        ("999326000001", "2026-11-24", "female"),
    ] {
        let mut fields = template();
        fields.insert("citizen_number".to_owned(), json!(number));
        fields.insert("birth_date".to_owned(), json!(birth));
        fields.insert("sex".to_owned(), json!(sex));
        assert!(read(&fields).is_ok(), "{number}: {:?}", read(&fields));
    }
    refused(
        json!({"citizen_number": "001199000001", "birth_date": "1899-12-31"}),
        "citizen_number",
        "births from 1900",
    );
}

#[test]
fn dates() {
    for (value, rule) in [
        ("1996-02-30", "not a date of the calendar"),
        ("1997-02-29", "not a date of the calendar"),
        ("1996-13-01", "not a date of the calendar"),
        ("12/08/1996", "YYYY-MM-DD"),
        ("1996-8-12", "YYYY-MM-DD"),
        ("+1996-8-1", "YYYY-MM-DD"),
        ("-996-08-12", "YYYY-MM-DD"),
        ("1996-08-12 ", "YYYY-MM-DD"),
        ("１９９６", "YYYY-MM-DD"),
    ] {
        for field in ["birth_date", "issue_date", "expiry_date"] {
            refused(json!({ field: value }), field, rule);
        }
    }
    refused(json!({"birth_date": "2026-11-25"}), "birth_date", "in the future");
}

/// Day and month of birth may be unknown; the first day that it can have been decides what is possible.
#[test]
fn partial_birth_dates() {
    for (value, mrz) in [
        ("1996-08", "9608<<"),
        ("1996", "96<<<<"),
        ("1996-08-12", "960812"),
    ] {
        let mut fields = template();
        fields.insert("birth_date".to_owned(), json!(value));
        let record = read(&fields).unwrap();
        assert_eq!(
            (
                record.birth_date().iso().as_str(),
                record.birth_date().mrz().as_str()
            ),
            (value, mrz)
        );
    }
    for value in [
        "1996-", "1996-8", "199", "19960", "1996-08-", "1996--12", "", "-", "19-96",
    ] {
        refused(json!({ "birth_date": value }), "birth_date", "YYYY-MM or YYYY");
    }
    refused(
        json!({"birth_date": "1996-13"}),
        "birth_date",
        "not a date of the calendar",
    );
    refused(
        json!({"birth_date": "1996-00"}),
        "birth_date",
        "not a date of the calendar",
    );
    refused(json!({"birth_date": "2026-12"}), "birth_date", "in the future");
    refused(json!({"birth_date": "1997"}), "citizen_number", "birth year");
}

/// Fields that only some cards show.
#[test]
fn additional_details() {
    for field in [
        "place_of_birth",
        "telephone",
        "profession",
        "title",
        "personal_summary",
        "custody",
        "issuing_authority",
        "endorsements",
        "tax_exit_requirements",
    ] {
        refused(json!({ field: "" }), field, "is empty");
        refused(json!({ field: ["a"] }), field, "must be a JSON string");
        refused(json!({ field: "a<b" }), field, "has a <");
    }
    refused(json!({"telephone": "0912 345 67x"}), "telephone", "digits");
    for field in ["other_names", "other_persons"] {
        refused(json!({ field: ["Nguyễn 2"] }), field, "number 8");
        refused(json!({ field: "Nguyễn" }), field, "must be a JSON list");
        refused(json!({ field: [1] }), field, "must be a list of JSON strings");
        refused(json!({ field: vec!["A"; 16] }), field, "more than 15");
    }
    refused(json!({"other_documents": [""]}), "other_documents", "is empty");
    for (person, field, rule) in [
        (json!({}), "notify 2, name", "is missing"),
        (json!({"name": "Lê 3"}), "notify 2, name", "number 4"),
        (
            json!({"name": "Lê", "telephone": "x"}),
            "notify 2, telephone",
            "digits",
        ),
        (
            json!({"name": "Lê", "address": " "}),
            "notify 2, address",
            "begins or ends",
        ),
        (
            json!({"name": "Lê", "recorded": "2026"}),
            "notify 2, recorded",
            "YYYY-MM-DD",
        ),
        (
            json!({"name": "Lê", "recorded": "2026-11-25"}),
            "notify 2, recorded",
            "in the future",
        ),
        (json!({"name": 1}), "notify 2, name", "must be a JSON string"),
        (json!({"friend": "Lê"}), "friend", "is not a field"),
        (json!("Lê"), "notify", "must be a list of JSON objects"),
    ] {
        refused(json!({"notify": [{"name": "Lê"}, person]}), field, rule);
    }
    let twice = CitizenRecord::template().replace("\"telephone\": \"+84 24 0000 0001\"", "\"name\": \"Lê\"");
    let error = CitizenRecord::from_json(&twice, TODAY).unwrap_err();
    assert_eq!(error.to_string(), "notify 1, name appears twice");
}

#[test]
fn order_of_dates() {
    refused(
        json!({"issue_date": "1996-08-11"}),
        "issue_date",
        "before the birth date",
    );
    refused(
        json!({"expiry_date": "2026-11-24"}),
        "expiry_date",
        "after the issue date",
    );
    refused(
        json!({"issue_date": "2020-01-01", "expiry_date": "2026-11-23"}),
        "expiry_date",
        "in the past",
    );
    refused(json!({"expiry_date": "2052-08-12"}), "expiry_date", "two digits");
}

#[test]
fn no_expiry() {
    let mut fields = template();
    fields.insert("expiry_date".to_owned(), json!("unlimited"));
    assert_eq!(read(&fields).unwrap().expiry(), Expiry::Unlimited);
}

#[test]
fn names() {
    for (value, rule) in [
        ("", "is empty"),
        (" Nguyễn Mẫu", "begins or ends with a space"),
        ("Nguyễn  Mẫu", "two spaces"),
        ("Nguye\u{302}\u{303}n Mẫu", "NFC"),
        ("Nguyễn\nMẫu", "control character"),
        ("Nguyễn 2", "number 8"),
        ("Nguyễn Мария", "number 8"),
        ("阮 Mẫu", "number 1"),
        ("--", "cannot be written"),
    ] {
        for field in ["full_name", "father", "mother", "spouse"] {
            refused(json!({ field: value }), field, rule);
        }
        for field in ["surname", "given_names"] {
            let mut changes = json!({"full_name": null, "surname": "Nguyễn", "given_names": "Thị Mẫu"});
            changes[field] = json!(value);
            refused(changes, field, rule);
        }
    }
    refused(
        json!({"full_name": "Mẫu".repeat(34)}),
        "full_name",
        "longer than 100",
    );
    refused(json!({"surname": "Nguyễn"}), "full_name", "cannot be combined");
    refused(
        json!({"full_name": null, "given_names": "Mẫu"}),
        "full_name",
        "is missing",
    );
}

#[test]
fn both_forms_of_a_name() {
    for (changes, surname, given_names) in [
        (json!({"full_name": "Mẫu"}), "Mẫu", ""),
        (
            json!({"full_name": null, "surname": "Tôn Nữ", "given_names": "Mẫu"}),
            "Tôn Nữ",
            "Mẫu",
        ),
        (json!({"full_name": null, "surname": "Mẫu"}), "Mẫu", ""),
    ] {
        let mut fields = template();
        fields.extend(changes.as_object().unwrap().clone());
        let record = read(&fields).unwrap();
        assert_eq!((record.surname(), record.given_names()), (surname, given_names));
    }
}

#[test]
fn lines_of_text() {
    for field in [
        "nationality",
        "ethnicity",
        "religion",
        "place_of_origin",
        "residence",
        "identifying_marks",
    ] {
        refused(json!({ field: "" }), field, "is empty");
        refused(json!({ field: "Ha\u{300} Nội" }), field, "NFC");
        refused(json!({ field: "Hà\tNội" }), field, "control character");
        refused(json!({ field: "Hà Nội " }), field, "begins or ends with a space");
        refused(json!({ field: "Hà Nội".repeat(34) }), field, "longer than 200");
    }
}

#[test]
fn codes() {
    for value in ["VN", "vnm", "VNMM", "V1M", ""] {
        refused(json!({ "country": value }), "country", "three-letter code");
    }
    for value in ["Nam", "", "M", "MALE"] {
        refused(json!({ "sex": value }), "sex", "must be");
    }
    for value in ["12345678", "1234567890", "12345678A"] {
        refused(json!({ "old_number": value }), "old_number", "nine digits");
    }
}

proptest! {
    /// A record damaged anywhere is a record or an error that repeats nothing of it. Failures print the seed.
    #[test]
    fn a_damaged_record_is_answered_without_repeating_it(position in 0_usize..1200, insert in "\\PC{0,3}", cut in 0_usize..4) {
        let characters: Vec<char> = CitizenRecord::template().chars().collect();
        let position = position % characters.len();
        let end = (position + cut).min(characters.len());
        let damaged: String = characters[..position].iter().copied().chain(insert.chars()).chain(characters[end..].iter().copied()).collect();
        if let Err(error) = CitizenRecord::from_json(&damaged, TODAY) {
            let shown = error.to_string();
            for value in ["Mẫu", "Nguyễn", "000017", "Ba Đình", "1996"] {
                prop_assert!(!shown.contains(value), "{}", shown);
            }
        }
    }
}
