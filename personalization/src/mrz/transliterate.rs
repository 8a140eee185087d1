//! From national characters to the MRZ's alphabet (Doc 9303-3, sections 4.6 and 6.A).
//!
//! Only Latin letters are covered: names in a Vietnamese record are written in the Latin alphabet. A letter
//! of another script is an error, never a guess.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::{FILLER, MrzError};

/// Letters of table 6.A whose form is not just their base letter. All other rows drop the diacritic, which
/// decomposition does for us — also for the Vietnamese letters, which the table does not list.
///
/// Where the table offers a choice the first is taken.
const TABLE: [(char, &str); 20] = [
    ('Ä', "AE"),
    ('Å', "AA"),
    ('Æ', "AE"),
    ('Ð', "D"),
    ('Ö', "OE"),
    ('Ø', "OE"),
    ('Ü', "UE"),
    ('Þ', "TH"),
    ('Đ', "D"),
    ('Ħ', "H"),
    ('ı', "I"),
    ('Ĳ', "IJ"),
    ('Ŀ', "L"),
    ('Ł', "L"),
    ('Ŋ', "N"),
    ('Œ', "OE"),
    ('Ŧ', "T"),
    ('ß', "SS"),
    ('ẞ', "SS"),
    ('Ǆ', "DZ"),
];

/// Writes a name in the MRZ's alphabet: letters `A`–`Z`, with `<` for every run of spaces and hyphens.
///
/// Diacritics are dropped (`Nguyễn` → `NGUYEN`, `Đức` → `DUC`), apostrophes, commas and full stops are left
/// out (9303-3, section 4.6). The result neither begins nor ends with `<`.
///
/// # Errors
///
/// [`MrzError::Untransliterable`] with the position of the first character that has no form (digits have
/// none in a name); [`MrzError::EmptyName`] if no letter remains.
pub fn transliterate(name: &str) -> Result<String, MrzError> {
    let mut result = String::with_capacity(name.len());
    for (index, character) in name.nfc().enumerate() {
        match character {
            ' ' | '-' | '\u{2010}' | '\u{2011}' => {
                if !result.is_empty() && !result.ends_with(FILLER) {
                    result.push(FILLER);
                }
            }
            '\'' | '\u{2018}' | '\u{2019}' | '\u{02BC}' | ',' | '.' => {}
            _ if letter(character, &mut result) => {}
            _ => return Err(MrzError::Untransliterable { position: index + 1 }),
        }
    }
    let letters = result.trim_end_matches(FILLER).len();
    result.truncate(letters);
    if result.is_empty() {
        Err(MrzError::EmptyName)
    } else {
        Ok(result)
    }
}

/// Appends the form of one letter; false if it has none.
fn letter(character: char, result: &mut String) -> bool {
    for upper in character.to_uppercase() {
        if upper.is_ascii_uppercase() {
            result.push(upper);
        } else if let Some((_, form)) = TABLE.iter().find(|(from, _)| *from == upper) {
            result.push_str(form);
        } else {
            let mut parts = core::iter::once(upper).nfd();
            match parts.next() {
                // The base may itself be in the table: none of its rows composes further, but Latin
                // letters such as Ǿ (Ø with acute) do decompose to one.
                Some(base) if base != upper && parts.all(is_combining_mark) => {
                    if !letter(base, result) {
                        return false;
                    }
                }
                _ => return false,
            }
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::{MrzError, transliterate};

    #[test]
    fn vietnamese_alphabet() {
        let plain = "AAAAAAAAAAAAAAAAAADEEEEEEEEEEEEIIIIIIOOOOOOOOOOOOOOOOOOUUUUUUUUUUUUYYYYYY";
        let letters = "AÀÁẢÃẠĂẰẮẲẴẶÂẦẤẨẪẬĐEÈÉẺẼẸÊỀẾỂỄỆIÌÍỈĨỊOÒÓỎÕỌÔỒỐỔỖỘƠỜỚỞỠỢUÙÚỦŨỤƯỪỨỬỮỰYỲÝỶỸỴ";
        assert_eq!(transliterate(letters).as_deref(), Ok(plain));
        assert_eq!(transliterate(&letters.to_lowercase()).as_deref(), Ok(plain));
    }

    #[test]
    fn names() {
        for (name, mrz) in [
            ("Nguyễn Văn Đức", "NGUYEN<VAN<DUC"),
            ("O'Connor", "OCONNOR"),
            ("Smith-Jones", "SMITH<JONES"),
            ("Gößmann", "GOESSMANN"),
            ("Þór Ǿ", "THOR<OE"),
            (" Y- Nuê ", "Y<NUE"),
            ("H. Bia", "H<BIA"),
        ] {
            assert_eq!(transliterate(name).as_deref(), Ok(mrz), "{name}");
        }
    }

    /// The same letters as combining sequences give the same result.
    #[test]
    fn decomposed_input() {
        assert_eq!(transliterate("Nguye\u{302}\u{303}n").as_deref(), Ok("NGUYEN"));
    }

    #[test]
    fn what_has_no_form() {
        for (name, position) in [
            ("Nguyễn 2", 8),
            ("Иван", 1),
            ("An\u{0}", 3),
            ("阮", 1),
            ("A😀", 2),
            ("\u{301}A", 1),
        ] {
            assert_eq!(
                transliterate(name),
                Err(MrzError::Untransliterable { position }),
                "{name}"
            );
        }
        for name in ["", " ", "-'"] {
            assert_eq!(transliterate(name), Err(MrzError::EmptyName), "{name}");
        }
    }
}
