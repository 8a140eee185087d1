//! Lists of applications that come from another office, and mean harm.

use std::path::{Component, Path};

use host_issuer::environment::SystemDisk;
use host_issuer::station::intake::{
    IntakeError, LineError, MAX_LINE_BYTES, MAX_PERSONS, entries, is_below, of_list,
};
use proptest::prelude::*;

/// Whether a path that was made of a list's names is in its folder.
fn stays_in(folder: &Path, path: &Path) -> bool {
    path.strip_prefix(folder)
        .is_ok_and(|rest| rest.components().all(|part| matches!(part, Component::Normal(_))))
}

fn refusal(line: &str) -> LineError {
    let mut entries = of_list(line, Path::new("folder"));
    assert_eq!(entries.len(), 1, "{line}");
    entries.remove(0).line.expect_err(line)
}

#[test]
fn nothing_outside_its_folder_is_named() {
    for path in [
        "/etc/passwd",
        "../a.json",
        "a/../../b.json",
        "",
        ".",
        "./",
        "a/..",
        "a\\u0000b",
    ] {
        for member in ["record", "photo"] {
            let other = if member == "record" { "photo" } else { "record" };
            let line = format!("{{\"{member}\":\"{path}\",\"{other}\":\"a\"}}");
            assert_eq!(refusal(&line), LineError::Outside(member), "{path}");
        }
        let line = format!("{{\"record\":\"a\",\"photo\":\"a\",\"enrolment\":\"{path}\"}}");
        assert_eq!(refusal(&line), LineError::Outside("enrolment"), "{path}");
    }
    assert!(is_below(Path::new("./deep/down/an.json")));
}

#[test]
fn size_count_and_depth_are_bounded() {
    let long = format!(
        "{{\"record\":\"{}\",\"photo\":\"b\"}}",
        "a".repeat(MAX_LINE_BYTES)
    );
    assert_eq!(refusal(&long), LineError::TooLong);
    for line in [
        "[".repeat(4000),
        format!("{{\"record\":{}", "{\"a\":".repeat(700)),
        "{\"record\":\"a\",\"photo\":\"b\",\"record\":\"c\"}".into(),
        "{\"record\":\"a\"}".into(),
        "{\"record\":\"a\",\"photo\":\"b\",\"name\":\"c\"}".into(),
        "{\"record\":\"a\",\"photo\":\"b\",\"kind\":\"second\"}".into(),
        "{\"record\":[\"a\"],\"photo\":\"b\"}".into(),
        "{\"record\":\"a\",\"photo\":\"b\"} {}".into(),
    ] {
        assert!(matches!(refusal(&line), LineError::Malformed { .. }), "{line}");
    }
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("list.jsonl");
    std::fs::write(&list, "x\n".repeat(MAX_PERSONS + 7)).unwrap();
    assert!(matches!(
        entries(&list, &SystemDisk),
        Err(IntakeError::Size { count, .. }) if count == MAX_PERSONS + 1
    ));
    std::fs::write(&list, "\n \n").unwrap();
    assert!(matches!(
        entries(&list, &SystemDisk),
        Err(IntakeError::Size { count: 0, .. })
    ));
    std::fs::write(&list, b"\xFF\n").unwrap();
    assert!(matches!(
        entries(&list, &SystemDisk),
        Err(IntakeError::NotUtf8 { .. })
    ));
    assert!(matches!(
        entries(&folder.path().join("none"), &SystemDisk),
        Err(IntakeError::Disk(_))
    ));
}

/// Pieces of which lists are made, and of which attacks are.
fn piece() -> impl Strategy<Value = String> {
    const PIECES: &[&str] = &[
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        "\"",
        "\\",
        "\n",
        "\r\n",
        "\"record\"",
        "\"photo\"",
        "\"enrolment\"",
        "\"kind\"",
        "\"replaces\"",
        "\"first\"",
        "\"../a\"",
        "\"/a\"",
        "\"a.json\"",
        "\"b/c.jp2\"",
        "null",
        "true",
        "1e999",
        "\\u0000",
        "\u{202e}",
        "\u{0}",
        "\u{feff}",
    ];
    prop_oneof![
        4 => proptest::sample::select(PIECES).prop_map(str::to_owned),
        1 => ".{0,12}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    /// Whatever stands in a list: every filled line becomes an entry, and every path that comes of one is in the list's folder.
    #[test]
    fn any_list_is_answered(pieces in proptest::collection::vec(piece(), 0..60)) {
        let text = pieces.concat();
        let folder = Path::new("/folder");
        let entries = of_list(&text, folder);
        let filled = text.lines().filter(|line| !line.trim().is_empty()).count();
        prop_assert_eq!(entries.len(), filled);
        for line in entries.into_iter().filter_map(|entry| entry.line.ok()) {
            for path in [Some(&line.record), Some(&line.photo), line.enrolment.as_ref()].into_iter().flatten() {
                prop_assert!(stays_in(folder, path), "{}", path.display());
            }
        }
    }

    /// Paths of any kind: what is said to be below is below.
    #[test]
    fn any_path_is_judged(path in "[a./\\\\: \u{0}]{0,16}") {
        let path = Path::new(&path);
        if is_below(path) {
            prop_assert!(stays_in(Path::new("/folder"), &Path::new("/folder").join(path)));
        }
    }
}
