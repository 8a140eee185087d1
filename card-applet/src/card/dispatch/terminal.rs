//! Commands of Terminal Authentication, inside a session whose chip has authenticated itself.

use super::super::{Chip, Persistent, Volatile};
use super::Outcome;
use crate::auth::Protocol;
use crate::auth::terminal::trust::TrustStore;
use crate::auth::terminal::{Binding, Selected, Step, Verifying};
use crate::command::Command;
use crate::error::Error;
use crate::fs::body::Body;
use crate::nvm::record::{MAX_VALUE, RecordKey};
use crate::platform::Platform;

impl<P: Platform> Chip<P> {
    /// Runs a command. `protocol` is the one that was under way.
    #[inline(never)]
    pub(super) fn dispatch_terminal(
        &mut self,
        command: Command<'_>,
        protocol: Protocol<P::Engine>,
    ) -> Result<Outcome<P::Engine>, Error> {
        let Volatile {
            status,
            protocol: next,
            ..
        } = &mut self.volatile;
        let Persistent {
            journal, life_cycle, ..
        } = self.persistent.as_mut().ok_or(Error::Memory)?;
        if !life_cycle.serves_readers() {
            return Err(Error::ConditionsOfUse);
        }
        // Rights are bound to a key of the terminal that the chip has authenticated itself to (9303-11, 7.1.3); and
        // one Terminal Authentication is all that a session takes.
        if status.terminal_key().is_none() || status.terminal_rights().is_some() {
            return Err(Error::SecurityStatus);
        }
        match (command, protocol) {
            (Command::SetVerificationKey(data), _) => {
                let trust = TrustStore::load(journal, &self.nvm)?;
                let step = Verifying::select(data, &trust, status.imported_key())?;
                *next = Protocol::Terminal(Step::Verifying(step));
                Ok(Outcome::success(Body::empty()))
            }
            (Command::VerifyCertificate(content), Protocol::Terminal(Step::Verifying(step))) => {
                let trust = TrustStore::load(journal, &self.nvm)?;
                let imported = step.verify(
                    content,
                    status.imported_key(),
                    &trust,
                    journal,
                    &mut self.nvm,
                    &mut self.engine,
                )?;
                if let Some(key) = imported {
                    status.import_key(key);
                }
                Ok(Outcome::success(Body::empty()))
            }
            (Command::SetTerminalKey(data), _) => {
                let step = Selected::select(data, status.imported_key())?;
                *next = Protocol::Terminal(Step::Selected(step));
                Ok(Outcome::success(Body::empty()))
            }
            (Command::GetChallenge, Protocol::Terminal(Step::Selected(step))) => {
                let (r_ic, step) = step.challenge(&mut self.rng)?;
                *next = Protocol::Terminal(Step::Challenged(step));
                Ok(Outcome::success(Body::bytes(&r_ic).ok_or(Error::Fault)?))
            }
            (Command::ExternalAuthenticate(signature), Protocol::Terminal(Step::Challenged(step))) => {
                let key = status.imported_key().ok_or(Error::ConditionsOfUse)?;
                let terminal_key = status.terminal_key().ok_or(Error::SecurityStatus)?;
                let mut document_number = [0; MAX_VALUE];
                let id_ic = match status.id_ic() {
                    Some(id_ic) => id_ic,
                    None => journal
                        .get(&self.nvm, RecordKey::DOCUMENT_NUMBER, &mut document_number)?
                        .ok_or(Error::ConditionsOfUse)?,
                };
                let binding = Binding { id_ic, terminal_key };
                let evidence = step.authenticate(signature, key, binding, &mut self.engine)?;
                status.terminal_authenticated(evidence);
                Ok(Outcome::success(Body::empty()))
            }
            _ => Err(Error::ConditionsOfUse),
        }
    }
}
