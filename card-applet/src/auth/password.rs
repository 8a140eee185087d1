//! The passwords that open a session, and the price of guessing them.
//!
//! CAN and MRZ never block (they are printed on the card, and blocking would let anybody disable it), nor does the PUK,
//! which is too long to be guessed. Each wrong proof makes the next answer later: the count of failures is written
//! before a proof is looked at, so that cutting the power does not save the wait. The PIN is short and blocks: [`pin`].

pub(crate) mod pin;

use crate::crypto::secret::Secret;
use crate::error::Error;
use crate::nvm::counter;
use crate::nvm::journal::{Journal, Transaction};
use crate::nvm::record::{MAX_VALUE, RecordKey};
use crate::platform::{Nvm, Timer};
use crate::wire::global_platform::{
    KEY_TYPE_PASSWORD_BAC, KEY_TYPE_PASSWORD_PACE, KEY_TYPE_PASSWORD_PACE_AND_BAC,
};
use zeroize::Zeroize;

/// A password's kind, numbered as in MSE:Set AT (ICAO Doc 9303-11, 4.4.4.1; BSI TR-03110-3, B.14.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PasswordId {
    /// Machine readable zone.
    Mrz,
    /// Card access number.
    Can,
    /// The holder's personal identification number.
    Pin,
    /// The holder's key to unblock the PIN.
    Puk,
}

impl PasswordId {
    /// All of them.
    pub(crate) const ALL: [Self; 4] = [Self::Mrz, Self::Can, Self::Pin, Self::Puk];

    /// From DO'83' of MSE:Set AT, or P2 of PUT KEY.
    pub(crate) const fn from_number(number: u8) -> Option<Self> {
        match number {
            1 => Some(Self::Mrz),
            2 => Some(Self::Can),
            3 => Some(Self::Pin),
            4 => Some(Self::Puk),
            _ => None,
        }
    }

    /// Its number.
    pub(crate) const fn number(self) -> u8 {
        match self {
            Self::Mrz => 1,
            Self::Can => 2,
            Self::Pin => 3,
            Self::Puk => 4,
        }
    }
}

/// What a stored password may open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Opens {
    /// PACE.
    Pace,
    /// BAC.
    Bac,
}

/// A password's value: the SHA-1 of the MRZ information (20 bytes), or digits.
pub(crate) type PasswordValue = Secret<MAX_VALUE>;

/// Whether a password may be stored like this. The PUK's ten digits at least are what makes it safe without blocking.
pub(crate) fn stored_is_well_formed(id: PasswordId, key_type: u8, value: &[u8]) -> bool {
    let digits = |lengths: core::ops::RangeInclusive<usize>| {
        lengths.contains(&value.len()) && value.iter().all(u8::is_ascii_digit)
    };
    match (id, key_type) {
        (
            PasswordId::Mrz,
            KEY_TYPE_PASSWORD_PACE | KEY_TYPE_PASSWORD_PACE_AND_BAC | KEY_TYPE_PASSWORD_BAC,
        ) => value.len() == 20,
        (PasswordId::Can | PasswordId::Pin, KEY_TYPE_PASSWORD_PACE) => digits(6..=16),
        (PasswordId::Puk, KEY_TYPE_PASSWORD_PACE) => digits(10..=16),
        _ => false,
    }
}

/// Puts a password and all its tries into a transaction.
///
/// # Errors
/// [`Error::Data`] for what is no such password.
pub(crate) fn store(
    id: PasswordId,
    key_type: u8,
    value: &[u8],
    transaction: &mut Transaction,
) -> Result<(), Error> {
    if !stored_is_well_formed(id, key_type, value) {
        return Err(Error::Data);
    }
    let mut stored = PasswordValue::zeroed(value.len().saturating_add(1));
    for (to, from) in stored.expose_mut().iter_mut().zip([key_type].iter().chain(value)) {
        *to = *from;
    }
    transaction
        .put(RecordKey::password(id.number()), stored.expose())
        .delete(RecordKey::password_failures(id.number()))
        .delete(RecordKey::password_tries(id.number()));
    Ok(())
}

/// Puts the deletion of all passwords and their counters into a transaction.
pub(crate) fn delete_all(transaction: &mut Transaction) {
    for id in PasswordId::ALL {
        transaction
            .delete(RecordKey::password(id.number()))
            .delete(RecordKey::password_failures(id.number()))
            .delete(RecordKey::password_tries(id.number()));
    }
    transaction.delete(RecordKey::PIN_RESETS);
}

/// Whether the card has this password.
pub(crate) fn exists<N: Nvm>(journal: &Journal, nvm: &N, id: PasswordId) -> Result<bool, Error> {
    let mut stored = [0; MAX_VALUE];
    let found = journal
        .get(nvm, RecordKey::password(id.number()), &mut stored)?
        .is_some();
    stored.zeroize();
    Ok(found)
}

/// Reads a password.
///
/// # Errors
/// [`Error::ReferencedData`] when the card has none that opens this.
pub(crate) fn read<N: Nvm>(
    journal: &Journal,
    nvm: &N,
    id: PasswordId,
    opens: Opens,
) -> Result<PasswordValue, Error> {
    let mut stored = [0; MAX_VALUE];
    let result = match journal.get(nvm, RecordKey::password(id.number()), &mut stored)? {
        None | Some([]) => Err(Error::ReferencedData),
        Some([key_type, value @ ..]) => {
            let fits = match opens {
                Opens::Pace => matches!(*key_type, KEY_TYPE_PASSWORD_PACE | KEY_TYPE_PASSWORD_PACE_AND_BAC),
                Opens::Bac => matches!(*key_type, KEY_TYPE_PASSWORD_BAC | KEY_TYPE_PASSWORD_PACE_AND_BAC),
            };
            if fits {
                PasswordValue::from_slice(value).ok_or(Error::Memory)
            } else {
                Err(Error::ReferencedData)
            }
        }
    };
    stored.zeroize();
    result
}

/// Longest wait in milliseconds.
const MAX_DELAY: u32 = 8_000;
/// Failures that cost nothing: a mistyped digit.
const FREE_FAILURES: u8 = 2;

/// The wait before the answer to a proof, after this many failures: none twice, then 250 ms, doubled with each
/// failure, at most eight seconds.
pub(crate) const fn delay_after(failures: u8) -> u32 {
    match failures.checked_sub(FREE_FAILURES) {
        None | Some(0) => 0,
        Some(beyond @ 1..=5) => 250u32 << (beyond.saturating_sub(1)),
        Some(_) => MAX_DELAY,
    }
}

/// A proof that is about to be looked at, and was paid for.
#[derive(Debug)]
#[must_use = "a proof that was right gives back what it cost"]
pub(crate) struct Attempt {
    id: PasswordId,
    /// What a wrong proof is answered.
    wrong: Error,
}

/// Before a proof with this password is looked at: counts it as failed, and waits for those before, or takes one of the
/// PIN's tries away.
///
/// # Errors
/// [`Error::Blocked`] for a PIN without tries.
pub(crate) fn begin_proof<N: Nvm>(
    journal: &mut Journal,
    nvm: &mut N,
    timer: &mut impl Timer,
    id: PasswordId,
) -> Result<Attempt, Error> {
    if id == PasswordId::Pin {
        let remaining = pin::take_try(journal, nvm)?;
        let wrong = Error::WrongPassword { remaining };
        return Ok(Attempt { id, wrong });
    }
    let failures = counter::count_up(journal, nvm, RecordKey::password_failures(id.number()))?;
    match delay_after(failures) {
        0 => {}
        milliseconds => timer.delay_milliseconds(milliseconds),
    }
    let wrong = Error::Authentication;
    Ok(Attempt { id, wrong })
}

impl Attempt {
    /// The proof was right: forgets the failures.
    ///
    /// # Errors
    /// When the memory fails.
    pub(crate) fn was_right<N: Nvm>(self, journal: &mut Journal, nvm: &mut N) -> Result<(), Error> {
        let counter = match self.id {
            PasswordId::Pin => RecordKey::password_tries(self.id.number()),
            _ => RecordKey::password_failures(self.id.number()),
        };
        let mut transaction = Transaction::new();
        transaction.delete(counter);
        Ok(journal.commit(nvm, &mut transaction)?)
    }

    /// The proof was wrong: what to answer.
    pub(crate) const fn was_wrong(self) -> Error {
        self.wrong
    }
}

#[cfg(test)]
mod tests {
    use super::delay_after;

    #[test]
    fn the_wait_grows_and_is_capped() {
        let waits: Vec<u32> = (0..=255).map(delay_after).collect();
        assert_eq!(waits[..9], [0, 0, 0, 250, 500, 1000, 2000, 4000, 8000]);
        assert!(waits.windows(2).all(|pair| pair[0] <= pair[1]));
        assert_eq!(waits[255], 8000);
    }
}
