//! Which states may follow which: the one place that says it, for the tables of a ledger and for who writes into it.
//!
//! ```text
//! card  NEW ──issued──► ACTIVE ◄──► SUSPENDED        both ──► REVOKED, for good
//! chip  BLANK ◄──► IN_PRODUCTION ──► ISSUED ──► SPOILED ──► DESTROYED
//!         ▲              │
//!         └──────────────┴─► QUARANTINED ──► SPOILED, DESTROYED
//! ```

use super::event::{CardState, ChipState};

impl CardState {
    /// Whether a card in this state may come into `next`.
    #[must_use]
    pub const fn may_become(self, next: Self) -> bool {
        use CardState::{Active, New, Revoked, Suspended};
        match (self, next) {
            // NEW becomes ACTIVE by being issued. What came to nothing while it was made was never a card, and is revoked.
            (New, Active | Revoked) | (Active, Suspended | Revoked) | (Suspended, Active | Revoked) => true,
            (New, New | Suspended)
            | (Active, New | Active)
            | (Suspended, New | Suspended)
            | (Revoked, New | Active | Suspended | Revoked) => false,
        }
    }

    /// Whether [`Event::CardChanged`](super::Event::CardChanged) may bring a card from this state into `next`: as
    /// [`may_become`](Self::may_become), without the steps that are those of making it.
    #[must_use]
    pub const fn may_be_changed_to(self, next: Self) -> bool {
        !matches!(self, Self::New) && self.may_become(next)
    }
}

impl ChipState {
    /// Whether a chip in this state may come into `next`.
    #[must_use]
    pub const fn may_become(self, next: Self) -> bool {
        use ChipState::{Blank, Destroyed, InProduction, Issued, Quarantined, Spoiled};
        match self {
            Blank => matches!(next, InProduction | Quarantined | Spoiled),
            InProduction => matches!(next, Blank | Issued | Quarantined | Spoiled),
            // An issued card is revoked before its chip is spoiled.
            Issued => matches!(next, Spoiled),
            Quarantined => matches!(next, Blank | Spoiled | Destroyed),
            Spoiled => matches!(next, Destroyed),
            Destroyed => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ends_are_ends_and_nothing_becomes_itself() {
        for state in CardState::ALL {
            assert!(!state.may_become(*state));
            assert!(!CardState::Revoked.may_become(*state));
            assert!(!state.may_become(CardState::New));
            assert!(!CardState::New.may_be_changed_to(*state));
        }
        for state in ChipState::ALL {
            assert!(!state.may_become(*state));
            assert!(!ChipState::Destroyed.may_become(*state));
            // Only making a card of it makes a card.
            assert_eq!(
                state.may_become(ChipState::Issued),
                *state == ChipState::InProduction
            );
            assert_eq!(
                state.may_become(ChipState::InProduction),
                *state == ChipState::Blank
            );
        }
    }
}
