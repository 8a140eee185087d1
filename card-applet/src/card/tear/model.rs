//! What a card holds, in a few words: the model that the torn card is held against. It is told what a command does by
//! the [history](super::history), never by the card.

use super::Records;
use crate::life_cycle::LifeCycle;
use crate::nvm::record::RecordKey;
use crate::reader::{CAN, PIN};

/// Tries of a PIN, of which the card keeps a record only when some are gone.
pub(super) const PIN_TRIES: u8 = 3;

/// A card, as its owner would describe it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Model {
    pub(super) life: LifeCycle,
    pub(super) files: usize,
    /// Whether it would take files and passwords from its issuer.
    pub(super) issuer_keys: bool,
    pub(super) administration_keys: bool,
    /// Whether it can authenticate itself.
    pub(super) chip_key: bool,
    pub(super) can: Option<Vec<u8>>,
    pub(super) can_failures: u8,
    pub(super) pin: Option<Vec<u8>>,
    pub(super) pin_tries: u8,
    /// Numbers of the CVCA's keys that it trusts, the newest first.
    pub(super) trust: Vec<u8>,
    pub(super) date: Option<[u8; 6]>,
}

impl Model {
    /// What the records say.
    pub(super) fn of(records: &Records) -> Self {
        let get = |key: RecordKey| records.get(&key.0).map(Vec::as_slice);
        let byte = |key| get(key).map(|value| value[0]);
        // A password's record begins with its kind.
        let password = |id| get(RecordKey::password(id)).map(|value| value[1..].to_vec());
        let newest = byte(RecordKey::NEWEST_TRUST_POINT).unwrap_or(0);
        // Of a CVCA's name, the last digit is its number.
        let trust_point =
            |slot| get(RecordKey::trust_point(slot, 0)).map(|known| known[known.len() - 1] - b'0');
        Self {
            life: LifeCycle::from_stored(get(RecordKey::LIFE_CYCLE).expect("a life cycle"))
                .expect("one that there is"),
            files: (0..u8::MAX)
                .filter(|index| get(RecordKey::file(*index)).is_some())
                .count(),
            issuer_keys: get(RecordKey::SCP03_KEY_ENC).is_some(),
            administration_keys: get(RecordKey::ADMINISTRATION[3]).is_some(),
            chip_key: get(RecordKey::chip_authentication_key(0)).is_some(),
            can: password(CAN),
            can_failures: byte(RecordKey::password_failures(CAN)).unwrap_or(0),
            pin: password(PIN),
            pin_tries: byte(RecordKey::password_tries(PIN)).unwrap_or(PIN_TRIES),
            trust: [newest, 1 - newest].into_iter().filter_map(trust_point).collect(),
            date: get(RecordKey::CURRENT_DATE).map(|digits| digits.try_into().expect("six digits")),
        }
    }

    /// Nothing but the life that is left.
    pub(super) fn wiped(&mut self, life: LifeCycle) {
        *self = Self {
            life,
            files: 0,
            issuer_keys: false,
            administration_keys: false,
            chip_key: false,
            can: None,
            can_failures: 0,
            pin: None,
            pin_tries: PIN_TRIES,
            trust: Vec::new(),
            date: None,
        };
    }

    /// A certificate that takes effect on this day was believed.
    pub(super) fn saw(&mut self, effective: [u8; 6]) {
        self.date = self.date.max(Some(effective));
    }

    /// Whether trust points and date stand where they stood, or further on; a dead card has none.
    pub(super) fn has_not_fallen_back(&self, before: &Self) -> bool {
        self.life == LifeCycle::Termination
            || (self.trust.first() >= before.trust.first() && self.date >= before.date)
    }
}
