//! Which of the readers is meant.

use super::TransportError;

/// One reader as PC/SC lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReaderInfo {
    /// PC/SC's name of the reader, slot included.
    pub name: String,
    /// Whether a card is in it.
    pub card_present: bool,
    /// The card's answer to reset, empty without a card.
    pub atr: Vec<u8>,
}

/// Which reader is meant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ReaderSelector {
    /// The only reader that holds a card.
    #[default]
    OnlyCard,
    /// By position in PC/SC's list, from zero.
    Index(usize),
    /// By a part of the name, case-insensitive, that only one reader has (a full name always works).
    NamePart(String),
}

impl ReaderSelector {
    /// Reads a selector as given on the command line: digits are an index, anything else is part of a name.
    pub fn parse(text: &str) -> Self {
        match text.trim().parse() {
            Ok(index) => ReaderSelector::Index(index),
            Err(_) if text.trim().is_empty() => ReaderSelector::OnlyCard,
            Err(_) => ReaderSelector::NamePart(text.trim().to_owned()),
        }
    }

    /// Whether it means the reader at this position, with this name, where several may be meant: all, the one with that number, or
    /// those with that part of a name.
    #[must_use]
    pub fn means(&self, index: usize, name: &str) -> bool {
        match self {
            ReaderSelector::OnlyCard => true,
            ReaderSelector::Index(wanted) => *wanted == index,
            ReaderSelector::NamePart(part) => name.to_lowercase().contains(&part.to_lowercase()),
        }
    }

    /// Picks a reader from `readers` and gives its position.
    ///
    /// # Errors
    /// [`TransportError::NoReader`], [`NoCard`](TransportError::NoCard), [`ReaderNotFound`](TransportError::ReaderNotFound)
    /// or [`SeveralReaders`](TransportError::SeveralReaders); the last two list what is there.
    pub fn choose(&self, readers: &[ReaderInfo]) -> Result<usize, TransportError> {
        if readers.is_empty() {
            return Err(TransportError::NoReader);
        }
        let names = |positions: &[usize]| -> Vec<String> {
            positions
                .iter()
                .filter_map(|&position| readers.get(position))
                .map(|reader| reader.name.clone())
                .collect()
        };
        let all: Vec<usize> = (0..readers.len()).collect();
        match self {
            ReaderSelector::OnlyCard => {
                let occupied: Vec<usize> = positions(readers, |reader| reader.card_present);
                match occupied.as_slice() {
                    [only] => Ok(*only),
                    [] => Err(TransportError::NoCard {
                        reader: match readers {
                            [only] => only.name.clone(),
                            _ => "any reader".to_owned(),
                        },
                    }),
                    several => Err(TransportError::SeveralReaders {
                        candidates: names(several),
                    }),
                }
            }
            ReaderSelector::Index(index) if *index < readers.len() => Ok(*index),
            ReaderSelector::Index(index) => Err(TransportError::ReaderNotFound {
                wanted: index.to_string(),
                present: names(&all),
            }),
            ReaderSelector::NamePart(part) => {
                if let Some(exact) = readers.iter().position(|reader| reader.name == *part) {
                    return Ok(exact);
                }
                let part_lower = part.to_lowercase();
                let matching = positions(readers, |reader| reader.name.to_lowercase().contains(&part_lower));
                match matching.as_slice() {
                    [only] => Ok(*only),
                    [] => Err(TransportError::ReaderNotFound {
                        wanted: part.clone(),
                        present: names(&all),
                    }),
                    several => Err(TransportError::SeveralReaders {
                        candidates: names(several),
                    }),
                }
            }
        }
    }
}

/// The positions of the readers that `wanted` accepts.
fn positions(readers: &[ReaderInfo], wanted: impl Fn(&ReaderInfo) -> bool) -> Vec<usize> {
    readers
        .iter()
        .enumerate()
        .filter(|(_, reader)| wanted(reader))
        .map(|(position, _)| position)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn readers() -> Vec<ReaderInfo> {
        [
            ("ACME Contactless 00 00", false),
            ("ACME Contact 01 00", true),
            ("Virtual PCD 00 00", false),
        ]
        .into_iter()
        .map(|(name, card_present)| ReaderInfo {
            name: name.to_owned(),
            card_present,
            atr: Vec::new(),
        })
        .collect()
    }

    #[test]
    fn the_only_reader_with_a_card_is_the_default() {
        let mut readers = readers();
        assert_eq!(ReaderSelector::OnlyCard.choose(&readers), Ok(1));
        readers[2].card_present = true;
        let error = ReaderSelector::OnlyCard.choose(&readers).unwrap_err();
        assert_eq!(
            error.to_string(),
            "more than one reader to choose from: 0: ACME Contact 01 00, 1: Virtual PCD 00 00"
        );
        readers.iter_mut().for_each(|reader| reader.card_present = false);
        assert!(matches!(
            ReaderSelector::OnlyCard.choose(&readers),
            Err(TransportError::NoCard { .. })
        ));
        assert_eq!(
            ReaderSelector::OnlyCard.choose(&[]),
            Err(TransportError::NoReader)
        );
    }

    #[test]
    fn a_reader_is_named_by_index_or_by_a_part_only_it_has() {
        let readers = readers();
        assert_eq!(ReaderSelector::parse("2").choose(&readers), Ok(2));
        assert_eq!(ReaderSelector::parse("virtual").choose(&readers), Ok(2));
        assert_eq!(ReaderSelector::parse("contactless").choose(&readers), Ok(0));
        assert!(matches!(
            ReaderSelector::parse("acme").choose(&readers),
            Err(TransportError::SeveralReaders { candidates }) if candidates.len() == 2
        ));
        assert!(matches!(
            ReaderSelector::parse("3").choose(&readers),
            Err(TransportError::ReaderNotFound { present, .. }) if present.len() == 3
        ));
        assert!(matches!(
            ReaderSelector::parse("omnikey").choose(&readers),
            Err(TransportError::ReaderNotFound { .. })
        ));
    }

    #[test]
    fn a_full_name_wins_over_being_part_of_another() {
        let mut readers = readers();
        readers[0].name = "ACME Contact 01 00 bis".to_owned();
        assert_eq!(
            ReaderSelector::parse("ACME Contact 01 00").choose(&readers),
            Ok(1)
        );
    }
}
