//! The tables of 9303-3, section 6, row by row.

use personalization::mrz::{CyrillicLanguage, LatinSpelling, MrzError, Transliteration, transliterate};
use test_vectors::{list, load, text};

/// Writes one letter between two others, so that nothing is at the beginning or the end of a word.
fn inside(how: Transliteration, letter: &str, neighbour: &str) -> Result<String, MrzError> {
    how.write(&format!("{neighbour}{letter}{neighbour}"))
}

fn framed(form: &str, neighbour: &str) -> Result<String, MrzError> {
    Ok(format!("{neighbour}{form}{neighbour}"))
}

#[test]
fn latin() {
    let file = load("icao-transliteration");
    let rows = list(&file["latin"]);
    assert_eq!(rows.len(), 96);
    for row in rows {
        let letter = text(&row["letter"]);
        let recommended = text(&row["recommended"]);
        let form = |name: &str| row.get(name).map_or(recommended, text);
        for (latin, expected) in [
            (LatinSpelling::Recommended, recommended),
            (LatinSpelling::BaseLetter, form("base_letter")),
            (LatinSpelling::Marked, form("marked")),
        ] {
            let how = Transliteration {
                latin,
                ..Transliteration::default()
            };
            assert_eq!(inside(how, letter, "X"), framed(expected, "X"), "{letter}");
            // The small letter of İ is i with a combining dot, which nobody types.
            let small = if letter == "İ" {
                "i".to_owned()
            } else {
                letter.to_lowercase()
            };
            assert_eq!(inside(how, &small, "x"), framed(expected, "X"), "{letter}");
        }
    }
}

const LANGUAGES: [(&str, CyrillicLanguage); 6] = [
    ("", CyrillicLanguage::Other),
    ("be", CyrillicLanguage::Belarusian),
    ("bg", CyrillicLanguage::Bulgarian),
    ("mk", CyrillicLanguage::Macedonian),
    ("sr", CyrillicLanguage::Serbian),
    ("uk", CyrillicLanguage::Ukrainian),
];

fn cyrillic_of(cyrillic: CyrillicLanguage) -> Transliteration {
    Transliteration {
        cyrillic,
        ..Transliteration::default()
    }
}

#[test]
fn cyrillic() {
    let file = load("icao-transliteration");
    let rows = list(&file["cyrillic"]);
    assert_eq!(rows.len(), 49);
    let mut exceptions = 0;
    for row in rows {
        let letter = text(&row["letter"]);
        for (language, cyrillic) in LANGUAGES {
            let exception = row.get("except").and_then(|except| except.get(language));
            exceptions += usize::from(exception.is_some());
            let expected = exception.map_or_else(|| text(&row["form"]), text);
            let how = cyrillic_of(cyrillic);
            for letter in [letter.to_owned(), letter.to_lowercase()] {
                assert_eq!(
                    inside(how, &letter, "А"),
                    framed(expected, "A"),
                    "{letter} {language}"
                );
            }
        }
    }
    assert_eq!(exceptions, 16);
}

#[test]
fn ukrainian_words() {
    let file = load("icao-transliteration");
    let how = cyrillic_of(CyrillicLanguage::Ukrainian);
    for row in list(&file["ukrainian_word_initial"]) {
        let (letter, form) = (text(&row["letter"]), text(&row["form"]));
        let name = format!("{letter}н-{letter}н {letter}н");
        assert_eq!(
            how.write(&name),
            Ok(format!("{form}N<{form}N<{form}N")),
            "{letter}"
        );
    }
    assert_eq!(how.write("Ганна Юріївна").as_deref(), Ok("HANNA<YURIIVNA"));
}

#[test]
fn arabic() {
    let file = load("icao-transliteration");
    let how = Transliteration::default();
    let rows = list(&file["arabic"]);
    assert_eq!(rows.len(), 65);
    for row in rows {
        let (letter, form) = (text(&row["letter"]), text(&row["form"]));
        assert_eq!(inside(how, letter, "ب"), framed(form, "B"), "{letter}");
    }
    for sign in list(&file["arabic_not_encoded"]) {
        assert_eq!(inside(how, text(sign), "ب"), framed("", "B"), "{sign}");
    }
}

/// Names as another program writes them.
#[test]
fn published_names() {
    let file = load("icao-transliteration");
    for case in list(&file["names"]["cases"]) {
        assert_eq!(
            transliterate(text(&case["name"])).as_deref(),
            Ok(text(&case["mrz"])),
            "{case}"
        );
    }
}
