//! Where each field is in the zone of each document size, its lines joined.

use core::ops::Range;

/// The size of a document, which decides how its zone is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DocumentSize {
    /// A card: three lines of 30 (9303-5, section 4.2.2).
    Td1,
    /// Two lines of 36 (9303-6, section 4.2.2).
    Td2,
    /// A passport: two lines of 44 (9303-4, section 4.2.2).
    Td3,
}

impl DocumentSize {
    /// All three.
    pub const ALL: [Self; 3] = [Self::Td1, Self::Td2, Self::Td3];

    /// Number of lines and of characters in each.
    #[must_use]
    pub const fn lines(self) -> (usize, usize) {
        match self {
            Self::Td1 => (3, 30),
            Self::Td2 => (2, 36),
            Self::Td3 => (2, 44),
        }
    }

    /// Characters of the whole zone: 90, 72 or 88.
    #[must_use]
    pub const fn characters(self) -> usize {
        let (lines, width) = self.lines();
        lines * width
    }

    pub(super) const fn layout(self) -> &'static Layout {
        match self {
            Self::Td1 => &TD1,
            Self::Td2 => &TD2,
            Self::Td3 => &TD3,
        }
    }
}

/// Positions of the fields, counted from 0 over all lines.
pub(super) struct Layout {
    pub(super) code: Range<usize>,
    pub(super) state: Range<usize>,
    pub(super) number: Range<usize>,
    pub(super) number_digit: usize,
    pub(super) birth: Range<usize>,
    pub(super) birth_digit: usize,
    pub(super) sex: usize,
    pub(super) expiry: Range<usize>,
    pub(super) expiry_digit: usize,
    pub(super) nationality: Range<usize>,
    pub(super) name: Range<usize>,
    /// A long document number goes on in the first, where the size allows one.
    pub(super) optional: &'static [Range<usize>],
    /// Of the optional data, on a passport.
    pub(super) optional_digit: Option<usize>,
    /// What the composite check digit is computed over.
    pub(super) composite: &'static [Range<usize>],
    pub(super) composite_digit: usize,
}

static TD1: Layout = Layout {
    code: 0..2,
    state: 2..5,
    number: 5..14,
    number_digit: 14,
    birth: 30..36,
    birth_digit: 36,
    sex: 37,
    expiry: 38..44,
    expiry_digit: 44,
    nationality: 45..48,
    name: 60..90,
    optional: &[15..30, 48..59],
    optional_digit: None,
    composite: &[5..30, 30..37, 38..45, 48..59],
    composite_digit: 59,
};

static TD2: Layout = Layout {
    code: 0..2,
    state: 2..5,
    number: 36..45,
    number_digit: 45,
    birth: 49..55,
    birth_digit: 55,
    sex: 56,
    expiry: 57..63,
    expiry_digit: 63,
    nationality: 46..49,
    name: 5..36,
    optional: &[64..71, 0..0],
    optional_digit: None,
    composite: &[36..46, 49..56, 57..64, 64..71],
    composite_digit: 71,
};

static TD3: Layout = Layout {
    code: 0..2,
    state: 2..5,
    number: 44..53,
    number_digit: 53,
    birth: 57..63,
    birth_digit: 63,
    sex: 64,
    expiry: 65..71,
    expiry_digit: 71,
    nationality: 54..57,
    name: 5..44,
    optional: &[72..86, 0..0],
    optional_digit: Some(86),
    composite: &[44..54, 57..64, 65..72, 72..87],
    composite_digit: 87,
};
