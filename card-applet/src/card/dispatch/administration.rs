//! Commands of an operational card's administration, inside SCP03.

use super::super::{Chip, Persistent};
use super::Outcome;
use crate::auth::password::pin::{self, Requester};
use crate::command::put_key::PutKey;
use crate::command::{Command, administer};
use crate::error::Error;
use crate::fs::body::Body;
use crate::life_cycle::Event;
use crate::platform::Platform;
use crate::wire::global_platform::KEY_VERSION_ADMINISTRATION;

impl<P: Platform> Chip<P> {
    /// Runs a command of a session that the administration keys opened. These are all that it has: no file and no
    /// password can be read, written or chosen by it.
    #[inline(never)]
    pub(super) fn dispatch_administration(
        &mut self,
        command: Command<'_>,
    ) -> Result<Outcome<P::Engine>, Error> {
        let Persistent {
            journal,
            files,
            life_cycle,
        } = self.persistent.as_mut().ok_or(Error::Memory)?;
        let nvm = &mut self.nvm;
        match command {
            Command::DeactivateFile => administer::move_on(Event::Deactivated, life_cycle, journal, nvm)?,
            Command::ActivateFile => administer::move_on(Event::Activated, life_cycle, journal, nvm)?,
            Command::TerminateCardUsage => {
                administer::terminate_card_usage(files, life_cycle, journal, nvm)?;
                // The keys of this session are among what is gone; the answer is its last.
                return Ok(Outcome::ends_session());
            }
            Command::ResetRetryCounter(new_pin) => {
                pin::reset_retry_counter(new_pin, Requester::Administration, journal, nvm)?;
            }
            Command::PutKey {
                replaces,
                identifier,
                data,
            } => {
                let put_key = PutKey {
                    replaces,
                    identifier,
                    session_key_version: KEY_VERSION_ADMINISTRATION,
                    application: None,
                    life_cycle,
                    journal,
                    nvm,
                    engine: &mut self.engine,
                };
                return put_key.put(data).map(Outcome::success);
            }
            _ => return Err(Error::ConditionsOfUse),
        }
        Ok(Outcome::success(Body::empty()))
    }
}
