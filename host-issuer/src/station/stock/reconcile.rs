//! What was counted on the shelf, against what the ledger says is there.

use std::collections::BTreeMap;

use super::StockError;
use crate::ledger::event::{ChipState, Serial, StockCount};
use crate::ledger::view::ChipFilter;
use crate::station::desk::Desk;

/// The states in which a chip lies at its station. An issued one is with its holder, a destroyed one is no more.
pub const ON_THE_SHELF: [ChipState; 4] = [
    ChipState::Blank,
    ChipState::InProduction,
    ChipState::Quarantined,
    ChipState::Spoiled,
];

/// What was counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Counted {
    /// Each chip, with the pile on which it lay where that was written down.
    Serials(BTreeMap<Serial, Option<ChipState>>),
    /// How many lay on each pile, by the name of its state; a pile that is not named was not there.
    Numbers(BTreeMap<&'static str, u32>),
}

/// A chip that is not where the ledger says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The chip.
    pub serial: Serial,
    /// What is wrong, as a stable id: `missing`, `unknown`, `elsewhere`, `not_on_shelf`, `other_state`.
    pub what: &'static str,
    /// By the ledger, in words: a state or a station.
    pub expected: String,
    /// As counted; empty where it was not.
    pub counted: &'static str,
}

/// Both side by side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reconciliation {
    /// For each state, how many should be there and how many are.
    pub lines: Vec<StockCount>,
    /// The chips that differ, where they were counted one by one.
    pub differences: Vec<Difference>,
}

impl Reconciliation {
    /// Whether nothing differs.
    #[must_use]
    pub fn agrees(&self) -> bool {
        self.differences.is_empty() && self.lines.iter().all(|line| line.expected == line.counted)
    }
}

/// Compares what was counted with the ledger.
///
/// # Errors
/// [`StockError::Ledger`].
pub fn reconcile(desk: &Desk<'_>, counted: &Counted) -> Result<Reconciliation, StockError> {
    let here = desk.store.chips(&ChipFilter {
        station: Some(desk.station.to_owned()),
        ..ChipFilter::default()
    })?;
    let expected: BTreeMap<Serial, ChipState> = here
        .into_iter()
        .filter(|chip| ON_THE_SHELF.contains(&chip.state))
        .map(|chip| (chip.serial, chip.state))
        .collect();
    let (numbers, differences) = match counted {
        Counted::Numbers(numbers) => (numbers.clone(), Vec::new()),
        Counted::Serials(serials) => one_by_one(desk, &expected, serials)?,
    };
    let lines = ON_THE_SHELF
        .into_iter()
        .map(|state| StockCount {
            state,
            expected: number(expected.values().filter(|known| **known == state).count()),
            counted: numbers.get(state.name()).copied().unwrap_or_default(),
        })
        .collect();
    Ok(Reconciliation { lines, differences })
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

type Found = (BTreeMap<&'static str, u32>, Vec<Difference>);

fn one_by_one(
    desk: &Desk<'_>,
    expected: &BTreeMap<Serial, ChipState>,
    counted: &BTreeMap<Serial, Option<ChipState>>,
) -> Result<Found, StockError> {
    let mut numbers: BTreeMap<&'static str, u32> = BTreeMap::new();
    let mut differences = Vec::new();
    for (serial, pile) in counted {
        let mut differs = |what, expected: String| {
            differences.push(Difference {
                serial: serial.clone(),
                what,
                expected,
                counted: pile.map_or("counted", ChipState::name),
            });
        };
        match expected.get(serial) {
            Some(state) => {
                let pile = pile.unwrap_or(*state);
                if pile != *state {
                    differs("other_state", state.name().to_owned());
                }
                *numbers.entry(pile.name()).or_default() += 1;
            }
            None => match desk.store.chip(serial)? {
                None => differs("unknown", "no such chip".to_owned()),
                Some(chip) if chip.station != desk.station => differs("elsewhere", chip.station),
                Some(chip) => differs("not_on_shelf", chip.state.name().to_owned()),
            },
        }
    }
    let missing = expected
        .iter()
        .filter(|(serial, _)| !counted.contains_key(*serial));
    differences.extend(missing.map(|(serial, state)| Difference {
        serial: serial.clone(),
        what: "missing",
        expected: state.name().to_owned(),
        counted: "",
    }));
    differences.sort_by(|one, other| one.serial.cmp(&other.serial));
    Ok((numbers, differences))
}
