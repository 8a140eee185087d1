//! Commands of the issuer, inside SCP03.

use super::super::{Chip, Persistent, Volatile};
use super::Outcome;
use crate::command::put_key::PutKey;
use crate::command::read_binary::{ReadRequest, read_binary};
use crate::command::select::{SelectContext, select};
use crate::command::update_binary::update_binary;
use crate::command::{Command, activate_file, create_file, delete_file, generate_key_pair, put_data};
use crate::error::Error;
use crate::fs::access::Actor;
use crate::fs::body::Body;
use crate::life_cycle::LifeCycle;
use crate::platform::Platform;
use crate::wire::global_platform::KEY_VERSION_ISSUER;

impl<P: Platform> Chip<P> {
    /// Runs a command of an SCP03 session.
    #[inline(never)]
    pub(super) fn dispatch_issuer(
        &mut self,
        command: Command<'_>,
        session_key_version: u8,
        capacity: usize,
    ) -> Result<Outcome<P::Engine>, Error> {
        let Volatile { current, .. } = &mut self.volatile;
        let Persistent {
            journal,
            files,
            life_cycle,
        } = self.persistent.as_mut().ok_or(Error::Memory)?;
        if let Command::PutKey {
            replaces,
            identifier,
            data,
        } = command
        {
            let put_key = PutKey {
                replaces,
                identifier,
                session_key_version,
                application: files.beside_emrtd(current.dedicated),
                life_cycle,
                journal,
                nvm: &mut self.nvm,
                engine: &mut self.engine,
            };
            return put_key.put(data).map(Outcome::success);
        }
        // Transport keys put the issuer's keys, and do nothing else.
        if *life_cycle != LifeCycle::Personalisation || session_key_version != KEY_VERSION_ISSUER {
            return Err(Error::ConditionsOfUse);
        }
        match command {
            Command::Select {
                selection,
                answer_fcp,
            } => {
                let context = SelectContext {
                    actor: Actor::Issuer,
                    life_cycle: *life_cycle,
                    has_issuer_domain: true,
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
                let (body, status) = read_binary(request, files, current, Actor::Issuer, journal, &self.nvm)?;
                Ok(Outcome {
                    body,
                    status,
                    next: None,
                })
            }
            Command::UpdateBinary { file, offset, data } => {
                update_binary(file, offset, data, files, current, &mut self.nvm)?;
                Ok(Outcome::success(Body::empty()))
            }
            Command::CreateFile(template) => {
                create_file::create_file(template, files, current, journal, &mut self.nvm)?;
                Ok(Outcome::success(Body::empty()))
            }
            Command::DeleteFile { keys_stay } => {
                delete_file::delete_file(keys_stay, files, current, journal, &mut self.nvm)?;
                Ok(Outcome::success(Body::empty()))
            }
            Command::GenerateKeyPair(request) => generate_key_pair::generate_key_pair(
                request,
                journal,
                &mut self.nvm,
                &mut self.engine,
                &mut self.rng,
            )
            .map(Outcome::success),
            Command::PutData { object, value } => {
                put_data::put_data(object, value, journal, &mut self.nvm, &mut self.engine)?;
                Ok(Outcome::success(Body::empty()))
            }
            Command::ActivateFile => {
                activate_file::activate_file(files, life_cycle, journal, &mut self.nvm)?;
                Ok(Outcome::success(Body::empty()))
            }
            _ => Err(Error::ConditionsOfUse),
        }
    }
}
