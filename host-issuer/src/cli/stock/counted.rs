//! What was counted, as a text file.
//!
//! ```text
//! # one chip a line, with the pile on which it lay where that matters
//! 30313233343536373839
//! 3031323334353637383A QUARANTINED
//! ```
//!
//! or, where only numbers were counted, one pile a line:
//!
//! ```text
//! BLANK 120
//! QUARANTINED 1
//! ```

use std::collections::BTreeMap;
use std::path::Path;

use personalization::stock::parse_serial;

use super::super::context::Context;
use super::super::failure::Failure;
use crate::ledger::event::ChipState;
use crate::station::stock::reconcile::{Counted, ON_THE_SHELF};

/// Longest file: a line for each of a hundred thousand chips.
const MAX_BYTES: u64 = 4 * 1024 * 1024;

enum Line {
    Chip(String, Option<ChipState>),
    Pile(ChipState, u32),
}

/// Reads what was counted.
pub(in crate::cli) fn read(path: &Path, context: &Context<'_>) -> Result<Counted, Failure> {
    let text = context.read_text(path, MAX_BYTES)?;
    parse(&text).map_err(|(line, why)| {
        Failure::input(
            "stock.counted",
            format!("{}: line {line}: {why}", path.display()),
            "write a serial number in each line, or a state such as BLANK and how many there are",
        )
    })
}

fn parse(text: &str) -> Result<Counted, (usize, &'static str)> {
    let mut serials = BTreeMap::new();
    let mut numbers = BTreeMap::new();
    for (index, line) in text.lines().enumerate() {
        let fails = |why| Err((index + 1, why));
        let line = line.split('#').next().unwrap_or_default().trim();
        if line.is_empty() {
            continue;
        }
        match one(line) {
            None => return fails("neither a serial number, nor a state on the shelf and a number"),
            Some(Line::Chip(serial, pile)) => {
                if serials.insert(serial, pile).is_some() {
                    return fails("this chip was counted twice");
                }
            }
            Some(Line::Pile(state, number)) => {
                if numbers.insert(state.name(), number).is_some() {
                    return fails("this pile was counted twice");
                }
            }
        }
        if !serials.is_empty() && !numbers.is_empty() {
            return fails("either chips or piles were counted, not both");
        }
    }
    Ok(if numbers.is_empty() {
        Counted::Serials(serials)
    } else {
        Counted::Numbers(numbers)
    })
}

fn one(line: &str) -> Option<Line> {
    let mut words = line.split_whitespace();
    let (first, second) = (words.next()?, words.next());
    if words.next().is_some() {
        return None;
    }
    let pile = |name: &str| ChipState::from_name(name).filter(|state| ON_THE_SHELF.contains(state));
    if let Some(serial) = parse_serial(first) {
        let state = match second {
            None => None,
            Some(name) => Some(pile(name)?),
        };
        return Some(Line::Chip(hex::encode_upper(serial), state));
    }
    Some(Line::Pile(pile(first)?, second?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chips_or_piles_and_nothing_else() {
        let chips = "# a\n30313233343536373839\n3031323334353637383a QUARANTINED # b\n\n";
        let Ok(Counted::Serials(serials)) = parse(chips) else {
            panic!("chips were counted");
        };
        assert_eq!(serials.len(), 2);
        assert_eq!(serials["3031323334353637383A"], Some(ChipState::Quarantined));
        let Ok(Counted::Numbers(numbers)) = parse("BLANK 120\nSPOILED 2") else {
            panic!("piles were counted");
        };
        assert_eq!(numbers["BLANK"], 120);
        for (wrong, line) in [
            ("30313233343536373839\n30313233343536373839", 2),
            ("BLANK 1\nBLANK 2", 2),
            ("BLANK 1\n30313233343536373839", 2),
            ("BLANK", 1),
            ("BLANK -1", 1),
            ("DESTROYED 1", 1),
            ("30313233343536373839 ISSUED", 1),
            ("3031", 1),
            ("BLANK 1 2", 1),
        ] {
            assert_eq!(parse(wrong).map_err(|(at, _)| at), Err(line), "{wrong}");
        }
    }
}
