//! From national characters to the MRZ's alphabet (Doc 9303-3, sections 4.6 and 6).
//!
//! Latin, Cyrillic and Arabic script have tables there. A letter of another script is an error, never a guess, and so is a name in
//! two scripts: a Cyrillic `а` among Latin letters is a slip of the keyboard that nobody can see.

mod arabic;
mod cyrillic;
mod latin;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::{FILLER, MrzError};

pub use cyrillic::CyrillicLanguage;
pub use latin::LatinSpelling;

/// How a state writes names in the MRZ, where 9303-3 leaves it a choice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Transliteration {
    /// Latin letters with marks.
    pub latin: LatinSpelling,
    /// The language of Cyrillic letters.
    pub cyrillic: CyrillicLanguage,
}

/// Writes a name in the MRZ's alphabet with the table's first choices; see [`Transliteration::write`].
///
/// # Errors
/// Those of [`Transliteration::write`].
pub fn transliterate(name: &str) -> Result<String, MrzError> {
    Transliteration::default().write(name)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Script {
    Latin,
    Cyrillic,
    Arabic,
}

/// One letter's form.
struct Form {
    script: Script,
    letters: String,
}

impl Transliteration {
    /// Writes a name in the MRZ's alphabet: letters `A`–`Z`, with `<` for every run of spaces and hyphens.
    ///
    /// Diacritics are dropped (`Nguyễn` → `NGUYEN`, `Đức` → `DUC`), apostrophes, commas and full stops are left
    /// out (9303-3, section 4.6). The result neither begins nor ends with `<`.
    ///
    /// # Errors
    /// [`MrzError::Untransliterable`] with the position of the first character that has no form (digits have
    /// none in a name); [`MrzError::MixedAlphabets`]; [`MrzError::EmptyName`] if no letter remains.
    pub fn write(self, name: &str) -> Result<String, MrzError> {
        let characters: Vec<char> = name.nfc().collect();
        let mut result = String::with_capacity(name.len());
        let mut script = None;
        // What a shadda repeats: the form of the last Arabic letter.
        let mut doubled = String::new();
        for (index, &character) in characters.iter().enumerate() {
            let position = index + 1;
            match character {
                ' ' | '-' | '\u{2010}' | '\u{2011}' => {
                    if !result.is_empty() && !result.ends_with(FILLER) {
                        result.push(FILLER);
                    }
                    doubled.clear();
                    continue;
                }
                '\'' | '\u{2018}' | '\u{2019}' | '\u{02BC}' | ',' | '.' => continue,
                arabic::SHADDA if !doubled.is_empty() => {
                    result.push_str(&doubled);
                    continue;
                }
                _ if arabic::is_not_encoded(character) && script == Some(Script::Arabic) => continue,
                _ => {}
            }
            // Most letters of most names: they need no table.
            if character.is_ascii_alphabetic() {
                if *script.get_or_insert(Script::Latin) != Script::Latin {
                    return Err(MrzError::MixedAlphabets { position });
                }
                result.push(character.to_ascii_uppercase());
                continue;
            }
            let begins_word = result.is_empty() || result.ends_with(FILLER);
            let ends_word = || {
                let mut after = characters[position..]
                    .iter()
                    .filter(|next| **next != arabic::SHADDA && !arabic::is_not_encoded(**next));
                after.next().is_none_or(|next| !next.is_alphabetic())
            };
            let form = self
                .letter(character, begins_word, ends_word)
                .ok_or(MrzError::Untransliterable { position })?;
            if *script.get_or_insert(form.script) != form.script {
                return Err(MrzError::MixedAlphabets { position });
            }
            result.push_str(&form.letters);
            if form.script == Script::Arabic {
                doubled = form.letters;
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

    /// The form of one letter; `None` if it has none.
    fn letter(self, character: char, begins_word: bool, ends_word: impl Fn() -> bool) -> Option<Form> {
        if let Some(letters) = arabic::form(character, &ends_word) {
            return Some(Form {
                script: Script::Arabic,
                letters: letters.to_owned(),
            });
        }
        let mut form: Option<Form> = None;
        for upper in character.to_uppercase() {
            let (script, letters) = self.upper(upper, begins_word)?;
            match &mut form {
                Some(form) => form.letters.push_str(&letters),
                None => form = Some(Form { script, letters }),
            }
        }
        form
    }

    fn upper(self, upper: char, begins_word: bool) -> Option<(Script, String)> {
        if upper.is_ascii_uppercase() {
            return Some((Script::Latin, upper.to_string()));
        }
        if let Some(letters) = latin::form(upper, self.latin) {
            return Some((Script::Latin, letters.to_owned()));
        }
        if let Some(letters) = cyrillic::form(upper, self.cyrillic, begins_word) {
            return Some((Script::Cyrillic, letters.to_owned()));
        }
        // All other rows of table 6.A drop the mark, which decomposition does for us; also for the Vietnamese letters, which the
        // table does not list. The base may itself be in a table: Ǿ is Ø with an acute.
        let mut parts = core::iter::once(upper).nfd();
        let base = parts.next().filter(|base| *base != upper)?;
        if !parts.all(is_combining_mark) {
            return None;
        }
        self.upper(base, begins_word)
    }
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
        assert_eq!(transliterate("Андреи\u{306}").as_deref(), Ok("ANDREI"));
    }

    #[test]
    fn arabic_signs() {
        for (name, mrz) in [
            // Shadda repeats the letter before it, whatever vowel signs normalization puts between.
            ("عب\u{651}\u{64E}اس", "EBBAS"),
            ("عب\u{64E}\u{651}اس", "EBBAS"),
            // Teh marbuta at the end of a word and inside.
            ("فاطمة زهرة", "FAXTTMXAH<ZHRXAH"),
            ("فاطم\u{629}\u{64E}", "FAXTTMXAH"),
            ("مةم", "MXTAM"),
        ] {
            assert_eq!(transliterate(name).as_deref(), Ok(mrz), "{name}");
        }
        assert_eq!(
            transliterate("\u{651}ب"),
            Err(MrzError::Untransliterable { position: 1 }),
            "nothing to repeat"
        );
    }

    #[test]
    fn what_has_no_form() {
        for (name, position) in [
            ("Nguyễn 2", 8),
            ("Ελένη", 1),
            ("An\u{0}", 3),
            ("阮", 1),
            ("A😀", 2),
            ("\u{301}A", 1),
            ("A\u{64E}", 2),
        ] {
            assert_eq!(
                transliterate(name),
                Err(MrzError::Untransliterable { position }),
                "{name}"
            );
        }
        for name in ["", " ", "-'", "Ь"] {
            assert_eq!(transliterate(name), Err(MrzError::EmptyName), "{name}");
        }
    }

    /// The fourth letter is Cyrillic.
    #[test]
    fn two_alphabets() {
        assert_eq!(
            transliterate("Nguуen"),
            Err(MrzError::MixedAlphabets { position: 4 })
        );
        assert_eq!(
            transliterate("Иван Ivanov"),
            Err(MrzError::MixedAlphabets { position: 6 })
        );
    }
}
