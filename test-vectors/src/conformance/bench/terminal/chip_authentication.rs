//! Chip Authentication version 1 on the way to Terminal Authentication (9303-11 §6.2).

use super::in_session;
use crate::conformance::bench::Bench;
use crate::conformance::expect::StatusSet;
use crate::conformance::verdict::{Finding, Played};
use crate::naive::Cipher;
use crate::oracle::ChipAuthentication;

impl Bench<'_> {
    /// Chip Authentication with the first key of DG14; the session restarts. Gives the terminal's ephemeral key, compressed.
    ///
    /// # Errors
    /// When it fails, or DG14 has no key that the suite knows.
    pub fn run_chip_authentication(&mut self) -> Played<Vec<u8>> {
        let keys = &self.statement.chip_keys;
        let found = keys.first().and_then(|key| Some((key, *key.ciphers.first()?)));
        let (key, cipher) = found.ok_or_else(|| {
            Finding::NotApplicable("DG14 has no key of Chip Authentication that the suite knows".into())
        })?;
        // DO'84' is for where it is not clear which key is meant.
        let id = key.id.filter(|_| keys.len() > 1);
        let run = ChipAuthentication::new(key.group, cipher, id, &key.public, &mut self.random);
        if cipher == Cipher::TripleDes {
            let answer = self.send(&run.set_key_agreement_template())?;
            in_session(answer, "MSE:Set KAT", StatusSet::SUCCESS)?;
        } else {
            let answer = self.send(&run.set_at())?;
            in_session(answer, "MSE:Set AT of Chip Authentication", StatusSet::SUCCESS)?;
            let answer = self.send(&run.agree())?;
            in_session(
                answer,
                "GENERAL AUTHENTICATE of Chip Authentication",
                StatusSet::SUCCESS,
            )?;
        }
        let session = run.session();
        self.session =
            Some(session.ok_or_else(|| Finding::failed("DG14: the chip's key is none of its group"))?);
        Ok(run.group.compressed(&run.public))
    }
}
