//! Which cards are new: laid on a reader since it was looked at last.

use std::collections::BTreeMap;

use crate::transport::pcsc::ReaderSelector;
use crate::transport::reader_watch::WatchedReader;

/// The cards that were seen.
pub(super) struct Cards {
    selector: ReaderSelector,
    /// By the reader's name: PC/SC's count of its events when the card was handed out.
    seen: BTreeMap<String, u32>,
}

impl Cards {
    /// Nothing was seen yet on the readers that `selector` means: all, one by its number, or those with a part of a name.
    pub(super) fn new(selector: ReaderSelector) -> Self {
        Self {
            selector,
            seen: BTreeMap::new(),
        }
    }

    /// The readers with a card that was not there before, or was taken away and put back.
    pub(super) fn laid_on(&mut self, readers: &[WatchedReader]) -> Vec<String> {
        let occupied = readers.iter().enumerate().filter(|(index, reader)| {
            reader.info.card_present && self.selector.means(*index, &reader.info.name)
        });
        let present: BTreeMap<String, u32> = occupied
            .map(|(_, reader)| (reader.info.name.clone(), reader.event_count))
            .collect();
        let new = present
            .iter()
            .filter(|(name, count)| self.seen.get(*name) != Some(*count))
            .map(|(name, _)| name.clone())
            .collect();
        self.seen = present;
        new
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::pcsc::ReaderInfo;

    fn reader(name: &str, card_present: bool, event_count: u32) -> WatchedReader {
        WatchedReader {
            info: ReaderInfo {
                name: name.into(),
                card_present,
                atr: Vec::new(),
            },
            event_count,
        }
    }

    #[test]
    fn each_card_is_handed_out_once() {
        let mut cards = Cards::new(ReaderSelector::OnlyCard);
        let none: [&str; 0] = [];
        assert_eq!(cards.laid_on(&[]), none);
        assert_eq!(cards.laid_on(&[reader("a", false, 0)]), none);
        assert_eq!(cards.laid_on(&[reader("a", true, 1)]), ["a"]);
        assert_eq!(cards.laid_on(&[reader("a", true, 1)]), none);
        // A second reader with a card, and then a third without.
        assert_eq!(
            cards.laid_on(&[reader("a", true, 1), reader("b", true, 1)]),
            ["b"]
        );
        assert_eq!(
            cards.laid_on(&[reader("a", true, 1), reader("b", true, 1), reader("c", false, 0)]),
            none
        );
        // Taken away and put back while nobody looked.
        assert_eq!(
            cards.laid_on(&[reader("a", true, 3), reader("b", false, 2)]),
            ["a"]
        );
        // The reader itself was unplugged and plugged in again, and counts anew.
        assert_eq!(cards.laid_on(&[]), none);
        assert_eq!(cards.laid_on(&[reader("a", true, 3)]), ["a"]);
    }

    #[test]
    fn only_the_readers_that_are_meant() {
        let readers = [reader("ACS 00 00", true, 1), reader("HID 01 00", true, 1)];
        for (selector, wanted) in [
            ("", &["ACS 00 00", "HID 01 00"][..]),
            ("hid", &["HID 01 00"]),
            ("0", &["ACS 00 00"]),
            ("none", &[]),
        ] {
            assert_eq!(
                Cards::new(ReaderSelector::parse(selector)).laid_on(&readers),
                wanted
            );
        }
    }
}
