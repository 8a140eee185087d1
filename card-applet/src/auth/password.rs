//! The passwords that open a session, and the price of guessing them.
//!
//! CAN and MRZ never block (they are printed on the card, and blocking would let anybody disable it). Each wrong
//! proof makes the next answer later: the count of failures is written before a proof is looked at, so that cutting
//! the power does not save the wait.

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

/// A password's kind, numbered as in MSE:Set AT (ICAO Doc 9303-11, 4.4.4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PasswordId {
    /// Machine readable zone.
    Mrz,
    /// Card access number.
    Can,
}

impl PasswordId {
    /// From DO'83' of MSE:Set AT, or P2 of PUT KEY.
    pub(crate) const fn from_number(number: u8) -> Option<Self> {
        match number {
            1 => Some(Self::Mrz),
            2 => Some(Self::Can),
            _ => None,
        }
    }

    /// Its number.
    pub(crate) const fn number(self) -> u8 {
        match self {
            Self::Mrz => 1,
            Self::Can => 2,
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

/// A password's value: the SHA-1 of the MRZ information (20 bytes), or the digits of the CAN.
pub(crate) type PasswordValue = Secret<MAX_VALUE>;

/// A password as it is stored: what it opens, and its value.
pub(crate) fn stored_is_well_formed(id: PasswordId, key_type: u8, value: &[u8]) -> bool {
    match (id, key_type) {
        (
            PasswordId::Mrz,
            KEY_TYPE_PASSWORD_PACE | KEY_TYPE_PASSWORD_PACE_AND_BAC | KEY_TYPE_PASSWORD_BAC,
        ) => value.len() == 20,
        (PasswordId::Can, KEY_TYPE_PASSWORD_PACE) => {
            (6..=16).contains(&value.len()) && value.iter().all(u8::is_ascii_digit)
        }
        _ => false,
    }
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

/// Before a proof with this password is looked at: counts it as failed, and waits for those before.
pub(crate) fn begin_proof<N: Nvm>(
    journal: &mut Journal,
    nvm: &mut N,
    timer: &mut impl Timer,
    id: PasswordId,
) -> Result<(), Error> {
    let failures = counter::count_up(journal, nvm, RecordKey::password_failures(id.number()))?;
    match delay_after(failures) {
        0 => {}
        milliseconds => timer.delay_milliseconds(milliseconds),
    }
    Ok(())
}

/// After a right proof: forgets the failures.
pub(crate) fn proof_was_right<N: Nvm>(
    journal: &mut Journal,
    nvm: &mut N,
    id: PasswordId,
) -> Result<(), Error> {
    let mut transaction = Transaction::new();
    transaction.delete(RecordKey::password_failures(id.number()));
    Ok(journal.commit(nvm, &mut transaction)?)
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
