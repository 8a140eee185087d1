//! What a chip has shown of its ways while it was read: what it does not take is not sent to it twice.

use card_applet::wire::apdu::MAX_SHORT_NE;
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
    /// It does not take extended length, whatever it announced.
    pub(super) no_extended_length: bool,
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

    /// Keeps how many bytes are asked for; zero for any other command than READ BINARY.
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
        let extended = refused > MAX_SHORT_NE;
        match named_size(status, refused).or_else(|| smaller(refused).filter(|_| !extended)) {
            Some(limit) => self.limit = Some(limit),
            // As much as a short answer holds, then.
            None if extended => {}
            None => return false,
        }
        self.no_extended_length |= extended;
        let quirk = if extended {
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

/// The size that 6Cxx says.
fn named_size(status: StatusWord, refused: u32) -> Option<u32> {
    let named = u32::from(status.sw2());
    (status.sw1() == 0x6C && named > 0 && named < refused).then_some(named)
}

/// The next smaller size.
fn smaller(refused: u32) -> Option<u32> {
    SMALLER.into_iter().find(|size| *size < refused)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_fall_to_an_end() {
        let mut learned = Learned::default();
        assert!(learned.lower_limit(StatusWord::WRONG_LENGTH, 65_536));
        assert!(learned.no_extended_length);
        assert_eq!(learned.within_limit(256), 256);
        let mut size = 256;
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
        assert_eq!(named_size(StatusWord(0x6CE7), 256), Some(0xE7));
        assert_eq!(named_size(StatusWord(0x6CE7), 0xE7), None);
        assert_eq!(named_size(StatusWord(0x6C00), 223), None);
        assert_eq!(named_size(StatusWord::WRONG_LENGTH, 223), None);
        assert_eq!((smaller(0xE7), smaller(32)), (Some(223), None));
    }
}
