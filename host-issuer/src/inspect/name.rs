//! Whether a name in national letters and a name in a machine readable zone are the same.
//!
//! Doc 9303-3 §6.A leaves issuers a choice for some letters (Ä is AE or A) and §4.6 leaves them the way in which a
//! long name is cut, so this compares and does not convert.

use unicode_normalization::UnicodeNormalization as _;

/// Letters of §6.A that no decomposition turns into their base letter.
const TABLE: [(char, &str); 15] = [
    ('Æ', "AE"),
    ('Ð', "D"),
    ('Ø', "OE"),
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
];

/// Letters for which §6.A has a second letter beside dropping the diacritic.
const EXPANDED: [(char, &str); 4] = [('Ä', "AE"), ('Å', "AA"), ('Ö', "OE"), ('Ü', "UE")];

/// True when `printed` (words of an MRZ, in the order of the zone) may be `national`.
///
/// `may_be_cut`: the zone's name reaches its last position, so words may be shortened or left out at the end.
pub(crate) fn agrees(printed: &str, may_be_cut: bool, national: &str) -> bool {
    [false, true].into_iter().any(|expand| {
        let national = spell(national, expand);
        national == printed || (may_be_cut && is_cut_of(printed, &national))
    })
}

/// The name as an MRZ spells it, with single spaces between words: no diacritics, capitals.
pub(crate) fn fold(name: &str) -> String {
    spell(name, false)
}

fn spell(name: &str, expand: bool) -> String {
    let expanded: &[(char, &str)] = if expand { &EXPANDED } else { &[] };
    let mut letters = String::with_capacity(name.len());
    for letter in name.nfc().flat_map(char::to_uppercase) {
        match expanded.iter().find(|(from, _)| *from == letter) {
            Some((_, form)) => letters.push_str(form),
            None => spell_base(letter, &mut letters),
        }
    }
    letters.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn spell_base(letter: char, letters: &mut String) {
    for part in std::iter::once(letter).nfd() {
        match part {
            '\u{300}'..='\u{36F}' | '\'' | '’' | '.' | ',' => {}
            '-' => letters.push(' '),
            _ => match TABLE.iter().find(|(from, _)| *from == part) {
                Some((_, form)) => letters.push_str(form),
                None => letters.push(part),
            },
        }
    }
}

/// Every word of `printed` begins the word of `whole` in the same place.
fn is_cut_of(printed: &str, whole: &str) -> bool {
    let mut words = whole.split(' ');
    printed
        .split(' ')
        .all(|cut| words.next().is_some_and(|word| word.starts_with(cut)))
}

#[cfg(test)]
mod tests {
    use super::{agrees, fold};

    #[test]
    fn names_fold_as_the_zone_spells_them() {
        assert_eq!(fold("Nguyễn Văn Đức"), "NGUYEN VAN DUC");
        assert_eq!(fold("  H’Hen   Niê "), "HHEN NIE");
    }

    #[test]
    fn both_spellings_of_one_letter() {
        for printed in ["MUELLER GROESSE", "MULLER GROSSE"] {
            assert!(agrees(printed, false, "Müller Größe"), "{printed}");
        }
        assert!(!agrees("MILLER GROSSE", false, "Müller Größe"));
    }

    /// The TD1 example of Doc 9303-5 §4.2.3, and other ways to cut that the standard allows.
    #[test]
    fn cut_names() {
        let whole = "Nilavadhanananda Chayapa Dejthamrong Krasuang";
        for printed in [
            "NILAVADHANANANDA CHAYAPA DE K",
            "NILAVADHANANANDA CHAYAPA DEJ",
            "NILAVADHANANANDA C D K",
        ] {
            assert!(agrees(printed, true, whole), "{printed}");
            assert!(
                !agrees(printed, false, whole),
                "a name that ends with a filler is whole"
            );
        }
        for printed in [
            "NILAVADHANANANDA DEJTHAMRONG K",
            "NILAVADHANANANDA CHAYAPA DE K X",
            "ILAVA",
        ] {
            assert!(!agrees(printed, true, whole), "{printed}");
        }
    }
}
