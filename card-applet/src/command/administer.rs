//! What the administration of an operational card does to it: DEACTIVATE FILE, ACTIVATE FILE (ISO/IEC 7816-9, 7.2.5 and
//! 7.2.6, of the card) and TERMINATE CARD USAGE (7816-9, 7.2.10).

use crate::error::Error;
use crate::fs::tree::FileTree;
use crate::life_cycle::{Event, LifeCycle};
use crate::nvm::journal::{Journal, Transaction};
use crate::nvm::record::RecordKey;
use crate::platform::Nvm;

/// Takes the card out of service, or puts it back.
///
/// # Errors
/// [`Error::ConditionsOfUse`] when it is so already.
pub(crate) fn move_on<N: Nvm>(
    event: Event,
    life_cycle: &mut LifeCycle,
    journal: &mut Journal,
    nvm: &mut N,
) -> Result<(), Error> {
    let next = life_cycle.transition(event)?;
    journal.commit(nvm, Transaction::new().put(RecordKey::LIFE_CYCLE, &next.stored()))?;
    *life_cycle = next;
    Ok(())
}

/// Ends the card's life: from the first write on it is dead, then all that it held is erased.
///
/// # Errors
/// When the memory fails; an erasure that was begun goes on at the next power-on.
#[inline(never)]
pub(crate) fn terminate_card_usage<N: Nvm>(
    files: &mut FileTree,
    life_cycle: &mut LifeCycle,
    journal: &mut Journal,
    nvm: &mut N,
) -> Result<(), Error> {
    let next = life_cycle.transition(Event::Terminated)?;
    let mut transaction = Transaction::new();
    transaction
        .put(RecordKey::LIFE_CYCLE, &next.stored())
        .put(RecordKey::SCRUB, &[1]);
    journal.commit(nvm, &mut transaction)?;
    *life_cycle = next;
    *files = FileTree::default();
    wipe(journal, nvm)
}

/// Erases everything but what the card is and that it is dead. Interrupted, it is begun again at the next power-on.
///
/// # Errors
/// When the memory fails.
pub(crate) fn wipe<N: Nvm>(journal: &mut Journal, nvm: &mut N) -> Result<(), Error> {
    FileTree::default().wipe_bodies(nvm)?;
    // Whatever else there is a record of, now or in a later version, is a secret or of no use any more.
    let keep = |key| key == RecordKey::LIFE_CYCLE || key == RecordKey::SERIAL;
    Ok(journal.keep_only(nvm, keep)?)
}
