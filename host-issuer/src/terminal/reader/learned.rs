//! What a chip has shown of its ways while it was read: what it does not take is not sent to it twice.

use card_applet::wire::status::StatusWord;

use crate::quirk::{ObservedQuirk, Quirk};

/// Sizes to fall back to, in bytes, when a chip refuses an Le: the largest protected ones (3DES, AES), and what readers in the field
/// have settled on.
const SMALLER: [u32; 6] = [231, 223, 160, 112, 64, 32];

/// The ways of one chip.
#[derive(Clone, Debug, Default)]
pub(super) struct Learned {
    /// Bytes that it gives at once at most.
    limit: Option<u32>,
    /// Bytes that were asked for last.
    asked: u32,
    /// It does not read by short file identifier.
    pub(super) no_short_file_identifier: bool,
    /// Departures from the standards.
    quirks: Vec<ObservedQuirk>,
}

impl Learned {
    /// Names a departure.
    pub(super) fn note(&mut self, quirk: Quirk, detail: impl Into<String>) {
        ObservedQuirk::new(quirk, detail).note(&mut self.quirks);
    }

    /// What was seen so far.
    pub(super) fn quirks(&self) -> &[ObservedQuirk] {
        &self.quirks
    }

    /// Keeps how many bytes are asked for.
    pub(super) fn asks(&mut self, wanted: u32) {
        self.asked = wanted;
    }

    /// How many bytes were asked for last.
    pub(super) fn asked_last(&self) -> u32 {
        self.asked
    }

    /// As much of `wanted` as the chip is known to give at once.
    pub(super) fn within_limit(&self, wanted: u32) -> u32 {
        self.limit.map_or(wanted, |limit| wanted.min(limit))
    }

    /// Keeps that the chip gives fewer than `refused` bytes at once. False when there is nothing smaller to ask for.
    pub(super) fn lower_limit(&mut self, status: StatusWord, refused: u32) -> bool {
        let Some(limit) = smaller(status, refused) else {
            return false;
        };
        self.limit = Some(limit);
        let quirk = if refused > 256 {
            Quirk::ExtendedLengthRefused
        } else {
            Quirk::ShortLeLimit
        };
        self.note(quirk, format!("{refused} bytes were answered {:04X}", status.0));
        true
    }
}

/// Whether a status word says that Le is more than the chip gives, or than is there.
pub(super) fn is_too_much(status: StatusWord) -> bool {
    matches!(status, StatusWord::WRONG_LENGTH | StatusWord::WRONG_OFFSET) || status.sw1() == 0x6C
}

/// What to ask for instead of `refused` bytes: what 6Cxx says, else the next smaller size.
fn smaller(status: StatusWord, refused: u32) -> Option<u32> {
    let named = u32::from(status.sw2());
    if status.sw1() == 0x6C && named > 0 && named < refused {
        return Some(named);
    }
    SMALLER.into_iter().find(|size| *size < refused)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_fall_to_an_end() {
        let mut learned = Learned::default();
        let mut size = 65_536;
        let mut seen = Vec::new();
        while learned.lower_limit(StatusWord::WRONG_LENGTH, size) {
            size = learned.within_limit(size);
            seen.push(size);
        }
        assert_eq!(seen, SMALLER);
        let quirks: Vec<Quirk> = learned.quirks().iter().map(|quirk| quirk.id).collect();
        assert_eq!(quirks, [Quirk::ExtendedLengthRefused, Quirk::ShortLeLimit]);
    }

    #[test]
    fn a_size_that_the_chip_names_is_taken_if_it_is_smaller() {
        assert_eq!(smaller(StatusWord(0x6CE7), 256), Some(0xE7));
        assert_eq!(smaller(StatusWord(0x6CE7), 0xE7), Some(223));
        assert_eq!(smaller(StatusWord(0x6C00), 223), Some(160));
        assert_eq!(smaller(StatusWord(0x6C40), 32), None);
    }
}
