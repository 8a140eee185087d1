//! The chip's static private keys: several for Chip Authentication, told apart by an identifier, and one for Active
//! Authentication. They are drawn on the chip and never leave it; there is no command that puts one.

use crate::crypto::curve::{Curve, MAX_FIELD};
use crate::error::Error;
use crate::nvm::journal::{Journal, Transaction};
use crate::nvm::record::{MAX_VALUE, RecordKey};
use crate::platform::{Engine, Nvm};
use zeroize::Zeroize;

/// Most Chip Authentication keys: one for each curve.
pub(crate) const MAX_CHIP_AUTHENTICATION_KEYS: u8 = 4;

/// Where a key is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Slot(RecordKey);

impl Slot {
    /// The Active Authentication key's.
    pub(crate) const ACTIVE_AUTHENTICATION: Self = Self(RecordKey::ACTIVE_AUTHENTICATION_KEY);

    /// Those of the Chip Authentication keys.
    fn chip_authentication() -> impl Iterator<Item = Self> {
        (0..MAX_CHIP_AUTHENTICATION_KEYS).map(|slot| Self(RecordKey::chip_authentication_key(slot)))
    }
}

/// A key that the chip has, without the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ChipKey {
    slot: Slot,
    /// Its identifier.
    pub(crate) key_id: u8,
    /// Its curve.
    pub(crate) curve: Curve,
}

impl ChipKey {
    /// The key in a slot.
    ///
    /// # Errors
    /// [`Error::Memory`] for a record that is none.
    fn in_slot<N: Nvm>(journal: &Journal, nvm: &N, slot: Slot) -> Result<Option<Self>, Error> {
        let mut stored = [0; MAX_VALUE];
        let found = match journal.get(nvm, slot.0, &mut stored)? {
            None => Ok(None),
            Some([key_id, parameter_id, ..]) => Curve::from_parameter_id(*parameter_id)
                .ok_or(Error::Memory)
                .map(|curve| {
                    Some(Self {
                        slot,
                        key_id: *key_id,
                        curve,
                    })
                }),
            Some(_) => Err(Error::Memory),
        };
        stored.zeroize();
        found
    }

    /// The Active Authentication key.
    ///
    /// # Errors
    /// When the memory fails.
    pub(crate) fn active_authentication<N: Nvm>(journal: &Journal, nvm: &N) -> Result<Option<Self>, Error> {
        Self::in_slot(journal, nvm, Slot::ACTIVE_AUTHENTICATION)
    }

    /// The first Chip Authentication key that `is_wanted`, and whether there is another.
    ///
    /// # Errors
    /// When the memory fails.
    pub(crate) fn chip_authentication<N: Nvm>(
        journal: &Journal,
        nvm: &N,
        is_wanted: impl Fn(&Self) -> bool,
    ) -> Result<(Option<Self>, bool), Error> {
        let (mut found, mut ambiguous) = (None, false);
        for slot in Slot::chip_authentication() {
            if let Some(key) = Self::in_slot(journal, nvm, slot)?.filter(&is_wanted) {
                ambiguous |= found.is_some();
                found = found.or(Some(key));
            }
        }
        Ok((found, ambiguous))
    }

    /// Hands the key to the engine.
    ///
    /// # Errors
    /// [`Error::Memory`] when it is not there any more, or no key of its curve.
    pub(crate) fn load<E: Engine, N: Nvm>(
        &self,
        journal: &Journal,
        nvm: &N,
        engine: &mut E,
    ) -> Result<E::PrivateKey, Error> {
        let mut stored = [0; MAX_VALUE];
        let key = match journal.get(nvm, self.slot.0, &mut stored)? {
            Some([_, parameter_id, scalar @ ..]) if *parameter_id == self.curve.parameter_id() => {
                engine.load_private_key(self.curve, scalar).map_err(Error::from)
            }
            _ => Err(Error::Memory),
        };
        stored.zeroize();
        key
    }
}

/// The slot for a Chip Authentication key with this identifier: its own when there is such a key, which is replaced,
/// else a free one.
///
/// # Errors
/// [`Error::NoRoom`] when all are taken.
pub(crate) fn slot_for<N: Nvm>(journal: &Journal, nvm: &N, key_id: u8) -> Result<Slot, Error> {
    let mut free = None;
    for slot in Slot::chip_authentication() {
        match ChipKey::in_slot(journal, nvm, slot)? {
            Some(key) if key.key_id == key_id => return Ok(slot),
            Some(_) => {}
            None => free = free.or(Some(slot)),
        }
    }
    free.ok_or(Error::NoRoom)
}

/// Puts a key into a transaction.
pub(crate) fn store(transaction: &mut Transaction, slot: Slot, key_id: u8, curve: Curve, scalar: &[u8]) {
    let mut value = [0; 2 + MAX_FIELD];
    for (to, from) in value
        .iter_mut()
        .zip([key_id, curve.parameter_id()].iter().chain(scalar))
    {
        *to = *from;
    }
    let len = scalar.len().saturating_add(2);
    transaction.put(slot.0, value.get(..len).unwrap_or_default());
    value.zeroize();
}

/// Puts the deletion of every key into a transaction.
pub(crate) fn delete_all(transaction: &mut Transaction) {
    for slot in Slot::chip_authentication().chain([Slot::ACTIVE_AUTHENTICATION]) {
        transaction.delete(slot.0);
    }
}

const _: () = assert!(2 + MAX_FIELD <= MAX_VALUE);
