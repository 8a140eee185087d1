//! Counters that are written before the comparison they guard, so that a power cut during a try costs the try.

use super::journal::{Journal, Transaction};
use super::record::RecordKey;
use crate::platform::{Nvm, NvmError};

/// Tries that remain; `full` when the counter was never written.
pub(crate) fn remaining<N: Nvm>(
    journal: &Journal,
    nvm: &N,
    key: RecordKey,
    full: u8,
) -> Result<u8, NvmError> {
    match journal.get(nvm, key, &mut [0; 1])? {
        None => Ok(full),
        Some([tries]) if *tries <= full => Ok(*tries),
        Some(_) => Err(NvmError),
    }
}

/// Takes one try away and returns whether there was one; on return the memory knows of it.
pub(crate) fn take<N: Nvm>(
    journal: &mut Journal,
    nvm: &mut N,
    key: RecordKey,
    full: u8,
) -> Result<bool, NvmError> {
    let Some(left) = remaining(journal, nvm, key, full)?.checked_sub(1) else {
        return Ok(false);
    };
    journal.commit(nvm, Transaction::new().put(key, &[left]))?;
    Ok(true)
}

/// Counts one more failure (up to 255) and returns how many there were before; on return the memory knows of it.
pub(crate) fn count_up<N: Nvm>(journal: &mut Journal, nvm: &mut N, key: RecordKey) -> Result<u8, NvmError> {
    let before = match journal.get(nvm, key, &mut [0; 1])? {
        None => 0,
        Some([count]) => *count,
        Some(_) => return Err(NvmError),
    };
    journal.commit(nvm, Transaction::new().put(key, &[before.saturating_add(1)]))?;
    Ok(before)
}
