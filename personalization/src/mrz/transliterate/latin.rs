//! Table 6.A: Latin letters.

/// Which letters of table 6.A that leave a choice are written how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LatinSpelling {
    /// The first that the table names: Ä AE, Å AA, Ñ N, Ö OE, Ü UE.
    #[default]
    Recommended,
    /// The letter below the mark: A, A, N, O, U.
    BaseLetter,
    /// The mark as XX: Ñ NXX, Ü UXX; the others as recommended.
    Marked,
}

/// Letters of table 6.A whose form is not just their base letter.
const TABLE: [(char, &str); 16] = [
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
    ('Ǆ', "DZ"),
];

/// Letters for which the table offers a choice: recommended, base letter, marked.
const CHOICES: [(char, [&str; 3]); 5] = [
    ('Ä', ["AE", "A", "AE"]),
    ('Å', ["AA", "A", "AA"]),
    ('Ñ', ["N", "N", "NXX"]),
    ('Ö', ["OE", "O", "OE"]),
    ('Ü', ["UE", "U", "UXX"]),
];

pub(super) fn form(upper: char, spelling: LatinSpelling) -> Option<&'static str> {
    if let Some((_, [recommended, base, marked])) = CHOICES.iter().find(|(letter, _)| *letter == upper) {
        return Some(match spelling {
            LatinSpelling::Recommended => recommended,
            LatinSpelling::BaseLetter => base,
            LatinSpelling::Marked => marked,
        });
    }
    let (_, form) = TABLE.iter().find(|(letter, _)| *letter == upper)?;
    Some(form)
}
