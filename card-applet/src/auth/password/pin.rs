//! The PIN's states (BSI TR-03110-2, 2.2.3 and 2.4): with one try left it is suspended, so that nobody who merely comes
//! near a card can block its PIN; it then wants PACE with the CAN first and PACE with the PIN inside that session. With
//! none left it is blocked, until the PUK or the administration unblocks it.

use super::PasswordId;
use crate::error::Error;
use crate::nvm::counter;
use crate::nvm::journal::{Journal, Transaction};
use crate::nvm::record::RecordKey;
use crate::platform::Nvm;
use crate::wire::global_platform::KEY_TYPE_PASSWORD_PACE;

/// Tries of a PIN.
pub(crate) const PIN_TRIES: u8 = 3;
/// How often the PUK unblocks the PIN (the reset counter of TR-03110-2, 2.2.1).
pub(crate) const PIN_RESETS: u8 = 10;
/// Tries with which the PIN is suspended.
const SUSPENDED: u8 = 1;

const TRIES: RecordKey = RecordKey::password_tries(PasswordId::Pin.number());

/// Whether a PIN may be proved now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PinState {
    /// It may.
    Operational,
    /// Only inside a session that the CAN opened.
    Suspended,
    /// No more.
    Blocked,
}

/// Tries that remain.
///
/// # Errors
/// When the memory fails, or holds more tries than a PIN has.
pub(crate) fn tries<N: Nvm>(journal: &Journal, nvm: &N) -> Result<u8, Error> {
    Ok(counter::remaining(journal, nvm, TRIES, PIN_TRIES)?)
}

/// The PIN's state.
///
/// # Errors
/// When the memory fails.
pub(crate) fn state<N: Nvm>(journal: &Journal, nvm: &N) -> Result<PinState, Error> {
    Ok(match tries(journal, nvm)? {
        0 => PinState::Blocked,
        SUSPENDED => PinState::Suspended,
        _ => PinState::Operational,
    })
}

/// Whether PACE with this password may go on, `resumed` telling that it runs inside a session that the CAN opened.
///
/// # Errors
/// [`Error::Blocked`], and [`Error::ConditionsOfUse`] for a suspended PIN.
pub(crate) fn admit<N: Nvm>(
    password: PasswordId,
    resumed: bool,
    journal: &Journal,
    nvm: &N,
) -> Result<(), Error> {
    if password != PasswordId::Pin {
        return Ok(());
    }
    match state(journal, nvm)? {
        PinState::Operational => Ok(()),
        PinState::Suspended if resumed => Ok(()),
        PinState::Suspended => Err(Error::ConditionsOfUse),
        PinState::Blocked => Err(Error::Blocked),
    }
}

/// Takes a try away and returns how many are left; on return the memory knows of it.
pub(super) fn take_try<N: Nvm>(journal: &mut Journal, nvm: &mut N) -> Result<u8, Error> {
    if !counter::take(journal, nvm, TRIES, PIN_TRIES)? {
        return Err(Error::Blocked);
    }
    tries(journal, nvm)
}

/// Who asks for a new PIN or for new tries.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Requester {
    /// A reader, with the password that it has proved by PACE.
    Reader(Option<PasswordId>),
    /// The administration of the card.
    Administration,
}

/// RESET RETRY COUNTER (TR-03110-3, B.14.11): gives the PIN its tries back, with a new PIN or the old one.
///
/// Who has proved the PIN may change it. Who has proved the PUK may unblock it, with a new PIN or the old one, as often
/// as the reset counter says. The administration may unblock it, and never sets one.
///
/// # Errors
/// [`Error::SecurityStatus`] for everybody else, [`Error::ReferencedData`] when there is no PIN, [`Error::Data`] for what
/// can be no PIN, [`Error::Blocked`] when the PUK's uses are used up.
#[inline(never)]
pub(crate) fn reset_retry_counter<N: Nvm>(
    new_pin: Option<&[u8]>,
    requester: Requester,
    journal: &mut Journal,
    nvm: &mut N,
) -> Result<(), Error> {
    let password = match requester {
        Requester::Reader(proved) => Some(proved.ok_or(Error::SecurityStatus)?),
        Requester::Administration => None,
    };
    let uses_puk = match (password, new_pin) {
        (Some(PasswordId::Pin), Some(_)) | (None, None) => false,
        (Some(PasswordId::Puk), _) => true,
        _ => return Err(Error::SecurityStatus),
    };
    if !super::exists(journal, nvm, PasswordId::Pin)? {
        return Err(Error::ReferencedData);
    }
    // All or nothing: a use of the PUK is never spent without its effect, and never the other way round.
    let mut transaction = Transaction::new();
    match new_pin {
        Some(digits) => super::store(PasswordId::Pin, KEY_TYPE_PASSWORD_PACE, digits, &mut transaction)?,
        None => {
            transaction.delete(TRIES);
        }
    }
    if uses_puk {
        let left = counter::remaining(journal, nvm, RecordKey::PIN_RESETS, PIN_RESETS)?
            .checked_sub(1)
            .ok_or(Error::Blocked)?;
        transaction.put(RecordKey::PIN_RESETS, &[left]);
    }
    if new_pin.is_some() {
        // The PIN before must not outlive this.
        transaction.put(RecordKey::SCRUB, &[1]);
    }
    journal.commit(nvm, &mut transaction)?;
    if new_pin.is_some() {
        journal.scrub(nvm)?;
    }
    Ok(())
}
