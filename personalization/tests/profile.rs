//! Profiles: those that come with the program, and every rule.

use card_applet::wire::access::AccessRule;
use card_applet::wire::lds::DataGroup;
use personalization::biometrics::enrolment::Enrolment;
use personalization::biometrics::finger::{FingerPosition, MissingFinger, MissingReason};
use personalization::citizen::CitizenRecord;
use personalization::profile::{self, BUILTIN, CardProfile, MrzForm, ProfileError};
use time::Date;
use time::macros::date;

const GOOD: &str = r#"
name = "test-1"
description = "for tests"
document_code = "ID"
issuing_state = "VNM"
mrz = "vietnamese"
data_groups = [14, 2, 1, 13]
bac = true
pace = [
    { mapping = "GM", curve = "brainpoolP256r1", cipher = "AES-256" },
    { mapping = "GM", curve = "P-256", cipher = "3DES" },
]
validity = { renewal_ages = [14, 25, 40, 60] }
"#;

/// Replaces one line of the good profile; panics if there is no such line to replace.
fn with(old: &str, new: &str) -> Result<profile::CheckedProfile, ProfileError> {
    assert!(GOOD.contains(old), "{old}");
    CardProfile::from_toml(&GOOD.replacen(old, new, 1))?.check()
}

#[track_caller]
fn refused(old: &str, new: &str, message: &str) {
    let error = with(old, new).unwrap_err().to_string();
    assert!(error.contains(message), "{error}");
}

#[test]
fn builtin_profiles_are_sound() {
    for (name, text) in BUILTIN {
        let checked = profile::builtin(name).unwrap();
        assert_eq!(checked.name(), name);
        assert!(checked.check_issue_date(date!(2026 - 11 - 24)).is_ok(), "{name}");
        let written: CardProfile = toml::from_str(&toml::to_string(checked.profile()).unwrap()).unwrap();
        assert_eq!(
            written,
            CardProfile::from_toml(text).unwrap(),
            "{name} survives being written out"
        );
    }
    let [icao, y2024, y2021] =
        ["icao-td1", "vn-cc-2024", "vn-cccd-2021"].map(|name| profile::builtin(name).unwrap());
    assert_eq!((icao.bac(), y2024.bac(), y2021.bac()), (false, false, true));
    assert_eq!((icao.mrz(), y2021.mrz()), (MrzForm::Icao, MrzForm::Vietnamese));
    assert_eq!(icao.pace_infos()[0].parameter_id, Some(12));
    assert_eq!(y2021.pace_infos()[0].parameter_id, Some(13));
    assert_eq!(
        (y2024.access(), y2021.access()),
        (AccessRule::Pace, AccessRule::PaceOrBac)
    );
    let numbers: Vec<u8> = y2024.data_groups().iter().map(|group| group.number()).collect();
    assert_eq!(numbers, [1, 2, 13, 14]);
    // The keys: Chip Authentication everywhere, Active Authentication where DG15 is, PACE-CAM on the plain ICAO card.
    for (profile, keys, card_security) in [(&icao, 2, true), (&y2024, 1, false), (&y2021, 2, false)] {
        assert_eq!(profile.chip_keys().len(), keys, "{}", profile.name());
        assert_eq!(profile.chip_authentication().len(), 1);
        assert_eq!(profile.has_card_security(), card_security);
        let active = profile.data_groups().iter().any(|group| group.number() == 15);
        assert_eq!(active, keys == 2);
    }
    assert_eq!(y2021.chip_authentication()[0].1, 13, "the curve's number");
}

#[test]
fn an_unknown_name_is_answered_with_those_there_are() {
    let error = profile::builtin("vn-cccd-2020").unwrap_err().to_string();
    assert!(BUILTIN.iter().all(|(name, _)| error.contains(name)), "{error}");
}

/// Fingers and data group 3 go together, and the fingers that are asked for exist.
#[test]
fn fingers() {
    refused(
        "[14, 2, 1, 13]",
        "[1, 2, 3, 14]",
        "fingers: belong to data group 3",
    );
    let with_fingers = |required: &str| {
        let text = GOOD.replace("[14, 2, 1, 13]", "[1, 2, 3, 14]");
        CardProfile::from_toml(&format!("{text}\n[fingers]\nrequired = {required}\n"))?.check()
    };
    let profile = with_fingers(r#"["left-thumb"]"#).unwrap();
    assert_eq!(profile.access_of(DataGroup::DG3), AccessRule::TerminalFingers);
    assert_eq!(profile.access_of(DataGroup::DG2), AccessRule::PaceOrBac);
    for (required, message) in [
        (r#"["left-toe"]"#, "names no finger"),
        (r#"["left-thumb", "left-thumb"]"#, "twice"),
    ] {
        let error = with_fingers(required).unwrap_err().to_string();
        assert!(error.contains(message), "{error}");
    }

    let mut enrolment = Enrolment::new([0; 32]);
    let error = profile.check_enrolment(&enrolment).unwrap_err().to_string();
    assert!(error.starts_with("finger left-thumb is required"), "{error}");
    let missing = MissingFinger {
        position: FingerPosition::LeftThumb,
        reason: MissingReason::Amputated,
    };
    enrolment.add_missing_finger(missing).unwrap();
    assert!(profile.check_enrolment(&enrolment).is_ok());
}

#[test]
fn the_good_one() {
    let checked = CardProfile::from_toml(GOOD).unwrap().check().unwrap();
    assert_eq!(checked.pace_infos().len(), 2);
    assert_eq!(
        checked
            .data_groups()
            .iter()
            .map(|group| group.number())
            .collect::<Vec<_>>(),
        [1, 2, 13, 14]
    );
}

#[test]
fn syntax() {
    refused("bac = true", "bac = \"yes\"", "not a card profile");
    refused("bac = true", "bac = true\nbacc = true", "unknown field `bacc`");
    refused(
        "mapping = \"GM\",",
        "mapping = \"GM\", extra = 1,",
        "unknown field `extra`",
    );
    refused("mrz = \"vietnamese\"", "", "missing field `mrz`");
    refused(
        "mrz = \"vietnamese\"",
        "mrz = \"german\"",
        "unknown variant `german`",
    );
    refused("renewal_ages = [14, 25, 40, 60]", "", "not a card profile");
    let long = format!("#{}", "x".repeat(65_536));
    assert!(matches!(
        CardProfile::from_toml(&long),
        Err(ProfileError::Toml(_))
    ));
}

#[test]
fn names_and_codes() {
    for name in ["", "Test", "a b", "é", "x23456789012345678901234567890123"] {
        refused("\"test-1\"", &format!("{name:?}"), "name: must be");
    }
    for code in ["", "P", "AC", "id", "I1", "IDX", "IV"] {
        refused("\"ID\"", &format!("{code:?}"), "document_code: must");
    }
    for state in ["", "vnm", "VNMM", "V1M"] {
        refused("\"VNM\"", &format!("{state:?}"), "issuing_state: must be");
    }
    assert!(with("\"VNM\"", "\"D\"").is_ok(), "Germany has one letter");
}

#[test]
fn data_groups() {
    refused("[14, 2, 1, 13]", "[14, 2, 13]", "must have 1 and 2");
    refused("[14, 2, 1, 13]", "[14, 1]", "must have 1 and 2");
    refused("[14, 2, 1, 13]", "[14, 2, 1, 1]", "twice");
    refused("[14, 2, 1, 13]", "[1, 2, 14, 0]", "1 to 16");
    refused("[14, 2, 1, 13]", "[1, 2, 14, 17]", "1 to 16");
    refused(
        "[14, 2, 1, 13]",
        "[1, 2, 6, 14]",
        "does not offer this data group",
    );
    refused(
        "[14, 2, 1, 13]",
        "[1, 2, 13]",
        "must have 14 when PACE is offered",
    );
}

#[test]
fn what_the_chip_cannot_do() {
    for curve in ["P-521", "brainpoolP512r1"] {
        refused("\"P-256\"", &format!("{curve:?}"), "does not offer this curve");
    }
}

/// Terminal Authentication comes after Chip Authentication, so that a card without its key cannot offer it.
#[test]
fn terminal_authentication() {
    let asked = "bac = true\nterminal_authentication = true";
    refused("bac = true", asked, "needs a chip_authentication key");
    let key = "\n[[chip_authentication]]\ncurve = \"P-256\"\nciphers = [\"AES-128\"]";
    let validity = "validity = { renewal_ages = [14, 25, 40, 60] }";
    for asked in [true, false] {
        let profile = with(
            validity,
            &format!("{validity}\nterminal_authentication = {asked}{key}"),
        );
        assert_eq!(profile.unwrap().terminal_authentication(), asked);
    }
}

/// Each record standard has its gate, and a card of the new one passes it.
#[test]
fn the_gate_of_2030() {
    let profile = |face: &str, groups: &str, tables: &str| {
        let text = GOOD
            .replace("bac = true", &format!("face_format = \"{face}\""))
            .replace("[14, 2, 1, 13]", groups);
        CardProfile::from_toml(&format!("{text}\n{tables}"))
            .unwrap()
            .check()
            .unwrap()
    };
    let fingers = |format| format!("[fingers]\nformat = \"{format}\"\n");
    let all = "[1, 2, 3, 14]";
    for (profile, key) in [
        (profile("ISO-19794-5", "[1, 2, 14]", ""), Some("face_format")),
        (profile("ISO-39794-5", "[1, 2, 14]", ""), None),
        (
            profile("ISO-39794-5", all, &fingers("ISO-19794-4")),
            Some("fingers.format"),
        ),
        (profile("ISO-39794-5", all, &fingers("ISO-39794-4")), None),
        (
            profile("ISO-39794-5", "[1, 2, 4, 14]", "[irises]\n"),
            Some("irises.format"),
        ),
    ] {
        assert!(profile.check_issue_date(date!(2029 - 12 - 31)).is_ok());
        let refused = match profile.check_issue_date(date!(2030 - 01 - 01)) {
            Err(ProfileError::Date { key, .. }) => Some(key),
            Err(other) => panic!("{other}"),
            Ok(()) => None,
        };
        assert_eq!(refused, key);
    }
}

/// The registry of modalities is data: any name, any type, three data groups, one access rule for each.
#[test]
fn modalities() {
    let with_modalities = |groups: &str, entries: &[&str]| {
        let text = GOOD.replace("[14, 2, 1, 13]", groups);
        let entries: String = entries
            .iter()
            .map(|entry| format!("\n[[modality]]\n{entry}\n"))
            .collect();
        CardProfile::from_toml(&format!("{text}{entries}"))?.check()
    };
    let entry = |name: &str, group: u8, access: &str| {
        format!(
            "name = \"{name}\"\ndata_group = {group}\nbiometric_type = 0x4000\nformat_owner = 0x0101\n\
             format_type = 99\naccess = \"{access}\""
        )
    };
    let (dna, voice) = (
        entry("dna", 9, "terminal-irises"),
        entry("voice", 9, "terminal-irises"),
    );
    let gait = entry("gait", 10, "pace");
    let profile = with_modalities("[1, 2, 9, 10, 14]", &[&dna, &voice, &gait]).unwrap();
    let access = |number| profile.access_of(DataGroup::from_number(number).unwrap());
    assert_eq!(
        (access(9), access(10)),
        (AccessRule::TerminalIrises, AccessRule::Pace)
    );
    let open = entry("scent", 9, "pace");
    for (groups, entries, message) in [
        ("[1, 2, 14]", &[&dna][..], "belong together"),
        ("[1, 2, 9, 14]", &[], "belong together"),
        ("[1, 2, 9, 14]", &[&dna, &dna], "is there twice"),
        ("[1, 2, 9, 14]", &[&dna, &open], "must be one for all"),
        ("[1, 2, 14]", &[&entry("dna", 13, "pace")], "must be 8, 9 or 10"),
        (
            "[1, 2, 9, 14]",
            &[&entry("D N A", 9, "pace")],
            "lower-case letters",
        ),
        (
            "[1, 2, 9, 14]",
            &[&entry("dna", 9, "anybody")],
            "unknown variant `anybody`",
        ),
    ] {
        let entries: Vec<&str> = entries.iter().map(|entry| entry.as_str()).collect();
        let error = with_modalities(groups, &entries).unwrap_err().to_string();
        assert!(error.contains(message), "{error}");
    }
}

/// The good profile with these lines about keys behind `bac = true`.
fn with_keys(lines: &str) -> Result<profile::CheckedProfile, ProfileError> {
    let text = GOOD.replacen("bac = true", &format!("bac = true\n{lines}"), 1);
    CardProfile::from_toml(&text)?.check()
}

#[test]
fn chip_keys() {
    let key = "chip_authentication = [{ curve = \"P-256\", ciphers = [\"AES-128\", \"3DES\"] }]";
    let checked = with_keys(key).unwrap();
    assert_eq!(checked.chip_keys().len(), 1);
    assert_eq!(checked.chip_authentication().len(), 2);
    for (old, new, message) in [
        (
            "\"P-256\"",
            "\"P-521\"",
            "chip_authentication: the chip does not offer this curve",
        ),
        ("[\"AES-128\", \"3DES\"]", "[]", "needs at least one cipher"),
        ("\"3DES\"", "\"AES-128\"", "lists a cipher twice"),
        (
            "] }]",
            "] }, { curve = \"P-256\", ciphers = [\"3DES\"] }]",
            "lists a curve twice",
        ),
        ("] }]", "], id = 3 }]", "unknown field `id`"),
    ] {
        let error = with_keys(&key.replacen(old, new, 1)).unwrap_err().to_string();
        assert!(error.contains(message), "{error}");
    }
    let active = "active_authentication = { curve = \"P-384\" }";
    let error = with_keys(active).unwrap_err().to_string();
    assert!(
        error.contains("must have 15 when Active Authentication"),
        "{error}"
    );
    refused(
        "[14, 2, 1, 13]",
        "[14, 2, 1, 13, 15]",
        "must have 15 when Active Authentication",
    );
    let both = GOOD
        .replacen("bac = true", &format!("bac = true\n{active}"), 1)
        .replacen("[14, 2, 1, 13]", "[14, 15, 2, 1, 13]", 1);
    assert_eq!(
        CardProfile::from_toml(&both)
            .unwrap()
            .check()
            .unwrap()
            .chip_keys()
            .len(),
        1
    );
}

/// 9303-11: the key that CAM proves has the mapping's parameterId; CAM comes with AES and beside GM or IM.
#[test]
fn chip_authentication_mapping() {
    let cam = |cipher: &str, curve: &str, keys: &str| {
        let text = GOOD
            .replacen(
                "mapping = \"GM\", curve = \"P-256\", cipher = \"3DES\"",
                &format!("mapping = \"CAM\", curve = \"{curve}\", cipher = \"{cipher}\""),
                1,
            )
            .replacen("bac = true", &format!("bac = true\n{keys}"), 1);
        CardProfile::from_toml(&text).unwrap().check()
    };
    let key = "chip_authentication = [{ curve = \"P-256\", ciphers = [\"AES-128\"] }]";
    assert!(cam("AES-128", "P-256", key).unwrap().has_card_security());
    for (outcome, message) in [
        (cam("3DES", "P-256", key), "defines CAM for AES only"),
        (
            cam("AES-128", "P-256", ""),
            "with CAM needs a chip_authentication key on the same curve",
        ),
        (
            cam("AES-128", "P-384", key),
            "with CAM needs a chip_authentication key on the same curve",
        ),
    ] {
        let error = outcome.unwrap_err().to_string();
        assert!(error.contains(message), "{error}");
    }
    let alone = "pace = [{ mapping = \"CAM\", curve = \"P-256\", cipher = \"AES-128\" }]";
    let text = GOOD.split("pace = [").next().unwrap().to_owned()
        + alone
        + "\n"
        + key
        + "\nvalidity = { max_years = 10 }";
    let error = CardProfile::from_toml(&text)
        .unwrap()
        .check()
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("with CAM needs a set with GM or IM, too"),
        "{error}"
    );
}

#[test]
fn pace_sets() {
    refused("\"3DES\"", "\"DES\"", "unknown variant `DES`");
    refused(
        "{ mapping = \"GM\", curve = \"P-256\", cipher = \"3DES\" }",
        "{ mapping = \"GM\", curve = \"brainpoolP256r1\", cipher = \"AES-256\" }",
        "twice",
    );
    // The mapping is part of the set: the same curve and cipher once with each.
    let both = with(
        "cipher = \"3DES\" }",
        "cipher = \"3DES\" }, { mapping = \"IM\", curve = \"P-256\", cipher = \"3DES\" }",
    )
    .unwrap();
    let oids: Vec<_> = both
        .pace_infos()
        .iter()
        .map(|info| info.protocol.oid()[8..].to_vec())
        .collect();
    assert_eq!(oids, [[2, 4], [2, 1], [4, 1]]);
    let none = GOOD.split("pace = [").next().unwrap().to_owned() + "validity = { max_years = 10 }";
    let check = |text: &str| CardProfile::from_toml(text).unwrap().check();
    assert!(
        check(&none)
            .unwrap_err()
            .to_string()
            .contains("must have 14 when PACE is offered or the chip has keys, and only then")
    );
    let bac_only = none.replace("[14, 2, 1, 13]", "[2, 1, 13]");
    assert!(check(&bac_only).unwrap().pace_infos().is_empty());
    let nothing = bac_only.replace("bac = true", "bac = false");
    assert!(
        check(&nothing)
            .unwrap_err()
            .to_string()
            .contains("needs at least one parameter set")
    );

    // 9303-11: PACE is required from 2027.
    let bac_only = check(&bac_only).unwrap();
    assert!(bac_only.check_issue_date(date!(2026 - 12 - 31)).is_ok());
    let error = bac_only.check_issue_date(date!(2027 - 01 - 01)).unwrap_err();
    assert!(matches!(error, ProfileError::Date { key: "pace", .. }), "{error}");
}

#[test]
fn gates_by_date() {
    let with_bac = profile::builtin("vn-cccd-2021").unwrap();
    assert!(with_bac.check_issue_date(date!(2027 - 12 - 31)).is_ok());
    let error = with_bac.check_issue_date(date!(2028 - 01 - 01)).unwrap_err();
    assert!(matches!(error, ProfileError::Date { key: "bac", .. }), "{error}");
    let pace_only = profile::builtin("vn-cc-2024").unwrap();
    assert!(pace_only.check_issue_date(date!(2029 - 12 - 31)).is_ok());
    let error = pace_only.check_issue_date(date!(2030 - 01 - 01)).unwrap_err();
    assert!(
        matches!(
            error,
            ProfileError::Date {
                key: "face_format",
                ..
            }
        ),
        "{error}"
    );
}

#[test]
fn validity_rules_are_checked() {
    refused(
        "{ renewal_ages = [14, 25, 40, 60] }",
        "{ renewal_ages = [] }",
        "must ascend",
    );
    refused(
        "{ renewal_ages = [14, 25, 40, 60] }",
        "{ renewal_ages = [25, 14] }",
        "must ascend",
    );
    for years in [0, 21] {
        refused(
            "{ renewal_ages = [14, 25, 40, 60] }",
            &format!("{{ max_years = {years} }}"),
            "1 to 20",
        );
    }
}

/// A record of a holder born 1996-08-12, issued and expiring as given.
fn record(issue: &str, expiry: &str, today: Date) -> CitizenRecord {
    let json = CitizenRecord::template()
        .replace("2026-11-24", issue)
        .replace("2036-08-12", expiry);
    CitizenRecord::from_json(&json, today).unwrap()
}

#[test]
fn renewal_ages() {
    let profile = profile::builtin("vn-cc-2024").unwrap();
    for (issue, expiry, accepted) in [
        ("2026-11-24", "2036-08-12", true),  // at 40
        ("2026-11-24", "2036-08-11", true),  // earlier
        ("2026-11-24", "2036-08-13", false), // later
        ("2026-11-24", "unlimited", false),
        ("2034-08-11", "2036-08-12", true), // more than two years before 40
        ("2034-08-11", "2056-08-12", false),
        ("2034-08-12", "2056-08-12", true), // two years before 40: good until 60
        ("2054-08-11", "unlimited", false),
        ("2054-08-12", "unlimited", true), // two years before 60
    ] {
        let record = record(issue, expiry, date!(2026 - 11 - 24));
        assert_eq!(
            profile.check_record(&record).is_ok(),
            accepted,
            "{issue} to {expiry}"
        );
    }
}

#[test]
fn years_of_validity() {
    let profile = profile::builtin("icao-td1").unwrap();
    for (issue, expiry, accepted) in [
        ("2026-11-24", "2036-11-24", true),
        ("2026-11-24", "2036-11-25", false),
        ("2028-02-29", "2038-03-01", true),
        ("2028-02-29", "2038-03-02", false),
        ("2026-11-24", "unlimited", false),
    ] {
        let record = record(issue, expiry, date!(2026 - 11 - 24));
        assert_eq!(
            profile.check_record(&record).is_ok(),
            accepted,
            "{issue} to {expiry}"
        );
    }
}
