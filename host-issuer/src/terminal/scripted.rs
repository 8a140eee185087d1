//! A generator that yields what a published example drew. Exists in tests only.

use rand_core::{TryCryptoRng, TryRng};

/// Yields the given bytes in order and fails when they are used up.
pub(crate) struct ScriptedRng(Vec<u8>);

impl ScriptedRng {
    pub(crate) fn new(parts: &[&[u8]]) -> Self {
        ScriptedRng(parts.concat())
    }

    /// Bytes that were not drawn.
    pub(crate) fn remaining(&self) -> usize {
        self.0.len()
    }
}

/// The script is at its end.
#[derive(Debug, thiserror::Error)]
#[error("the script is at its end")]
pub(crate) struct Exhausted;

impl TryRng for ScriptedRng {
    type Error = Exhausted;

    fn try_next_u32(&mut self) -> Result<u32, Exhausted> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_be_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Exhausted> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_be_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Exhausted> {
        if self.0.len() < out.len() {
            return Err(Exhausted);
        }
        let rest = self.0.split_off(out.len());
        out.copy_from_slice(&std::mem::replace(&mut self.0, rest));
        Ok(())
    }
}

impl TryCryptoRng for ScriptedRng {}
