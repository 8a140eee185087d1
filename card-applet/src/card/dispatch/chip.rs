//! Commands by which the chip proves that it is no copy, inside a session that PACE or BAC opened.

use super::super::{Chip, Persistent, Volatile};
use super::Outcome;
use crate::auth::{Protocol, active, chip};
use crate::command::Command;
use crate::error::Error;
use crate::fs::body::Body;
use crate::platform::Platform;
use crate::wire::tlv::read_exact;

/// Dynamic authentication data.
const DO_7C: u32 = 0x7C;
/// The terminal's ephemeral key in it.
const DO_EPHEMERAL_KEY: u32 = 0x80;
/// What GENERAL AUTHENTICATE answers: dynamic authentication data without content.
const EMPTY_7C: [u8; 2] = [0x7C, 0x00];

impl<P: Platform> Chip<P> {
    /// Runs a command. `protocol` is the one that was under way; `chained` the class byte's chaining bit.
    #[inline(never)]
    pub(super) fn dispatch_chip(
        &mut self,
        command: Command<'_>,
        protocol: Protocol<P::Engine>,
        chained: bool,
    ) -> Result<Outcome<P::Engine>, Error> {
        let Persistent {
            journal,
            files,
            life_cycle,
        } = self.persistent.as_mut().ok_or(Error::Memory)?;
        let Volatile {
            status,
            protocol: next,
            ..
        } = &mut self.volatile;
        if !life_cycle.serves_readers() {
            return Err(Error::ConditionsOfUse);
        }
        if !status.is_opened() {
            return Err(Error::SecurityStatus);
        }
        if let Command::InternalAuthenticate(rnd_ifd) = command {
            return active::internal_authenticate(
                rnd_ifd,
                files,
                journal,
                &self.nvm,
                &mut self.engine,
                &mut self.rng,
            )
            .map(Outcome::success);
        }
        // The terminal's rights are bound to the session at hand, and a session takes one Terminal Authentication.
        if status.terminal_rights().is_some() {
            return Err(Error::ConditionsOfUse);
        }
        match (command, protocol) {
            (Command::SetKeyAgreementTemplate(template), _) => {
                let (session, evidence) =
                    chip::set_key_agreement_template(template, files, journal, &self.nvm, &mut self.engine)?;
                Ok(Outcome::restarts(Body::empty(), session, evidence))
            }
            (Command::SetChipAuthentication(template), _) => {
                let chosen = chip::set_authentication_template(template, files, journal, &self.nvm)?;
                *next = Protocol::Chip(chosen);
                Ok(Outcome::success(Body::empty()))
            }
            (Command::GeneralAuthenticate(data), Protocol::Chip(chosen)) => {
                if chained {
                    return Err(Error::Chain);
                }
                let terminal_public = read_exact(read_exact(data, DO_7C)?, DO_EPHEMERAL_KEY)?;
                let (session, evidence) =
                    chosen.agree(terminal_public, journal, &self.nvm, &mut self.engine)?;
                let body = Body::bytes(&EMPTY_7C).ok_or(Error::Fault)?;
                Ok(Outcome::restarts(body, session, evidence))
            }
            _ => Err(Error::ConditionsOfUse),
        }
    }
}
