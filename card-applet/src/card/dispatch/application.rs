//! Commands of an application beside the eMRTD, inside SCP03 under its own keys, in an activated card: its own files, as
//! their rules allow, and its own keys. Nothing of the eMRTD, of another application or of the card's life.

use super::super::{Chip, Persistent, Volatile};
use super::Outcome;
use crate::auth::issuer::key_set::KeySet;
use crate::command::Command;
use crate::command::put_key::PutKey;
use crate::command::read_binary::{ReadRequest, read_binary};
use crate::command::select::{SelectContext, select};
use crate::command::update_binary::place_of_update;
use crate::error::Error;
use crate::fs::access::Actor;
use crate::fs::body::Body;
use crate::fs::descriptor::Parent;
use crate::life_cycle::LifeCycle;
use crate::nvm::staging;
use crate::platform::Platform;

impl<P: Platform> Chip<P> {
    /// Runs a command of a session that an application's keys of this version opened.
    #[inline(never)]
    pub(super) fn dispatch_application(
        &mut self,
        command: Command<'_>,
        key_version: u8,
        capacity: usize,
    ) -> Result<Outcome<P::Engine>, Error> {
        let Volatile { current, .. } = &mut self.volatile;
        let Persistent {
            journal,
            files,
            life_cycle,
        } = self.persistent.as_mut().ok_or(Error::Memory)?;
        let application = KeySet::of_version(key_version)
            .read_application(journal, &self.nvm)?
            .ok_or(Error::Memory)?;
        // The session was opened where its application was current, and selects nothing else.
        if *life_cycle != LifeCycle::OperationalActivated
            || current.dedicated != Parent::Dedicated(application)
        {
            return Err(Error::ConditionsOfUse);
        }
        let actor = Actor::Application(application);
        match command {
            Command::Select {
                selection,
                answer_fcp,
            } => {
                let context = SelectContext {
                    actor,
                    life_cycle: *life_cycle,
                    // It is not to be selected from here.
                    has_issuer_domain: false,
                };
                select(selection, answer_fcp, files, current, &context).map(Outcome::success)
            }
            Command::ReadBinary {
                file,
                offset,
                as_object,
                expected,
            } => {
                let request = ReadRequest {
                    file,
                    offset,
                    as_object,
                    expected,
                    capacity,
                };
                let (body, status) = read_binary(request, files, current, actor, journal, &self.nvm)?;
                Ok(Outcome {
                    body,
                    status,
                    next: None,
                })
            }
            Command::UpdateBinary { file, offset, data } => {
                let place = place_of_update(file, offset, data, files, current, actor)?;
                if staging::update(journal, &mut self.nvm, place.address, data).is_err() {
                    // The file may be half of each now, so nothing is read before the next power-on has decided.
                    self.persistent = None;
                    return Err(Error::Memory);
                }
                Ok(Outcome::success(Body::empty()))
            }
            Command::PutKey {
                replaces,
                identifier,
                data,
            } => {
                let put_key = PutKey {
                    replaces,
                    identifier,
                    session_key_version: key_version,
                    application: Some(application),
                    life_cycle,
                    journal,
                    nvm: &mut self.nvm,
                    engine: &mut self.engine,
                };
                put_key.put(data).map(Outcome::success)
            }
            _ => Err(Error::ConditionsOfUse),
        }
    }
}
