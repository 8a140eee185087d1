//! Table 6.B: Cyrillic letters.
//!
//! Errata of the table: it prints the code 0492 (Ғ) for the Macedonian Ѓ (0403), and next to the code 04BA (Һ) the glyph of the
//! Serbian Ћ (040B); outside the exception both letters of each pair are written alike here. The soft sign Ь has no row; states leave it out.

/// Whose Cyrillic letters they are; table 6.B has exceptions for five languages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CyrillicLanguage {
    /// Russian, or any other without an exception.
    #[default]
    Other,
    /// Ё IO, Г H.
    Belarusian,
    /// Щ SHT.
    Bulgarian,
    /// Ѓ GJ, Ќ KJ, Х H, Ц C, Џ DJ.
    Macedonian,
    /// Г H, Ж Z, Х H, Ц C, Ч C, Ш S.
    Serbian,
    /// Г H, И Y, and at the beginning of a word Є YE, Ї YI, Й Y, Ю YU, Я YA.
    Ukrainian,
}

const TABLE: [(char, &str); 51] = [
    ('Ё', "E"),
    ('Ђ', "D"),
    ('Ѓ', "G"),
    ('Є', "IE"),
    ('Ѕ', "DZ"),
    ('І', "I"),
    ('Ї', "I"),
    ('Ј', "J"),
    ('Љ', "LJ"),
    ('Њ', "NJ"),
    ('Ћ', "C"),
    ('Ќ', "K"),
    ('Ў', "U"),
    ('Џ', "DZ"),
    ('А', "A"),
    ('Б', "B"),
    ('В', "V"),
    ('Г', "G"),
    ('Д', "D"),
    ('Е', "E"),
    ('Ж', "ZH"),
    ('З', "Z"),
    ('И', "I"),
    ('Й', "I"),
    ('К', "K"),
    ('Л', "L"),
    ('М', "M"),
    ('Н', "N"),
    ('О', "O"),
    ('П', "P"),
    ('Р', "R"),
    ('С', "S"),
    ('Т', "T"),
    ('У', "U"),
    ('Ф', "F"),
    ('Х', "KH"),
    ('Ц', "TS"),
    ('Ч', "CH"),
    ('Ш', "SH"),
    ('Щ', "SHCH"),
    ('Ъ', "IE"),
    ('Ы', "Y"),
    ('Ь', ""),
    ('Э', "E"),
    ('Ю', "IU"),
    ('Я', "IA"),
    ('Ѫ', "U"),
    ('Ѵ', "Y"),
    ('Ґ', "G"),
    ('Ғ', "G"),
    ('Һ', "C"),
];

pub(super) fn form(upper: char, language: CyrillicLanguage, begins_word: bool) -> Option<&'static str> {
    if let Some(form) = exception(upper, language, begins_word) {
        return Some(form);
    }
    let (_, form) = TABLE.iter().find(|(letter, _)| *letter == upper)?;
    Some(form)
}

fn exception(upper: char, language: CyrillicLanguage, begins_word: bool) -> Option<&'static str> {
    Some(match (language, upper) {
        (CyrillicLanguage::Belarusian, 'Ё') => "IO",
        (CyrillicLanguage::Belarusian | CyrillicLanguage::Serbian | CyrillicLanguage::Ukrainian, 'Г') => "H",
        (CyrillicLanguage::Bulgarian, 'Щ') => "SHT",
        (CyrillicLanguage::Macedonian, 'Ѓ') => "GJ",
        (CyrillicLanguage::Macedonian, 'Ќ') => "KJ",
        (CyrillicLanguage::Macedonian, 'Џ') => "DJ",
        (CyrillicLanguage::Macedonian | CyrillicLanguage::Serbian, 'Х') => "H",
        (CyrillicLanguage::Macedonian | CyrillicLanguage::Serbian, 'Ц') => "C",
        (CyrillicLanguage::Serbian, 'Ж') => "Z",
        (CyrillicLanguage::Serbian, 'Ч') => "C",
        (CyrillicLanguage::Serbian, 'Ш') => "S",
        (CyrillicLanguage::Ukrainian, 'И') => "Y",
        (CyrillicLanguage::Ukrainian, 'Є') if begins_word => "YE",
        (CyrillicLanguage::Ukrainian, 'Ї') if begins_word => "YI",
        (CyrillicLanguage::Ukrainian, 'Й') if begins_word => "Y",
        (CyrillicLanguage::Ukrainian, 'Ю') if begins_word => "YU",
        (CyrillicLanguage::Ukrainian, 'Я') if begins_word => "YA",
        _ => return None,
    })
}
