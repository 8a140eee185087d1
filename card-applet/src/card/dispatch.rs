//! Which command may run in which life cycle and channel, and with which of the card's parts its handler works.

use super::{Card, Class, Envelope, Persistent, Volatile};
use crate::auth::pace::{self, Progress, set_authentication_template};
use crate::auth::{Protocol, bac, issuer};
use crate::channel::Channel;
use crate::command::parse::{Parts, parse};
use crate::command::put_key::PutKey;
use crate::command::read_binary::{ReadRequest, read_binary};
use crate::command::select::select;
use crate::command::update_binary::update_binary;
use crate::command::{Command, activate_file, create_file, delete_file};
use crate::error::Error;
use crate::fs::access::Actor;
use crate::fs::body::Body;
use crate::fs::descriptor::Parent;
use crate::fs::tree::{FileTree, Found};
use crate::life_cycle::LifeCycle;
use crate::platform::{Engine, Nvm, Platform};
use crate::security_status::AccessEvidence;
use crate::wire::apdu::CommandApdu;
use crate::wire::global_platform::KEY_VERSION_ISSUER;
use crate::wire::lds::{AID_EMRTD, fid};
use crate::wire::status::StatusWord;

/// Longest EF.CardAccess that the chip looks into for PACE.
const MAX_CARD_ACCESS: usize = 256;

/// A session that begins when the answer has left.
pub(super) struct Next<E: Engine> {
    channel: Channel<E>,
    evidence: Option<AccessEvidence>,
}

impl<E: Engine> Next<E> {
    /// Puts the session in place of what was before.
    pub(super) fn install(self, volatile: &mut Volatile<E>) {
        volatile.status.clear();
        volatile.channel = self.channel;
        if let Some(evidence) = self.evidence {
            volatile.status.opened_by(evidence);
        }
    }
}

/// What a command led to.
pub(super) struct Outcome<E: Engine> {
    pub(super) body: Body,
    pub(super) status: StatusWord,
    pub(super) next: Option<Next<E>>,
}

impl<E: Engine> Outcome<E> {
    /// Data and 9000.
    pub(super) fn success(body: Body) -> Self {
        Self {
            body,
            status: StatusWord::SUCCESS,
            next: None,
        }
    }

    /// An error's status word.
    pub(super) fn error(error: Error) -> Self {
        Self {
            body: Body::empty(),
            status: error.status(),
            next: None,
        }
    }

    fn opens(body: Body, channel: Channel<E>, evidence: Option<AccessEvidence>) -> Self {
        Self {
            body,
            status: StatusWord::SUCCESS,
            next: Some(Next { channel, evidence }),
        }
    }
}

impl<P: Platform> Card<P> {
    /// Runs a command that is whole and in plain. `raw` is the APDU as it came, for SCP03's first C-MAC.
    pub(super) fn dispatch(
        &mut self,
        envelope: &Envelope,
        parts: &Parts<'_>,
        raw: &[u8],
        capacity: usize,
    ) -> Result<Outcome<P::Engine>, Error> {
        // Whatever the command is, a protocol goes on only if it is the protocol's next.
        let protocol = core::mem::take(&mut self.volatile.protocol);
        let persistent = self.persistent.as_mut().ok_or(Error::Memory)?;
        let in_issuer_session = match &self.volatile.channel {
            Channel::Issuer(session) => Some(session.key_version()),
            _ => None,
        };
        if envelope.class == Class::Issuer && in_issuer_session.is_none() {
            let Protocol::Issuer(initialized) = protocol else {
                return Err(Error::ConditionsOfUse);
            };
            let command = CommandApdu::parse(raw).map_err(|_| Error::Length)?;
            let session = initialized.external_authenticate(
                &command,
                &mut persistent.journal,
                &mut self.nvm,
                &mut self.engine,
            )?;
            return Ok(Outcome::opens(Body::empty(), Channel::Issuer(session), None));
        }
        let command = parse(parts)?;
        if let Some(key_version) = in_issuer_session {
            return self.dispatch_issuer(command, key_version, capacity);
        }
        let Volatile {
            status,
            current,
            channel,
            ..
        } = &mut self.volatile;
        let Persistent {
            journal,
            files,
            life_cycle,
        } = persistent;
        let in_session = !matches!(channel, Channel::Plain);
        match command {
            Command::Select {
                selection,
                answer_fcp,
            } => select(
                selection,
                answer_fcp,
                files,
                current,
                Actor::Reader(status),
                *life_cycle,
            )
            .map(Outcome::success),
            Command::ReadBinary {
                file,
                offset,
                as_object,
                expected,
            } => {
                if !life_cycle.serves_readers() {
                    return Err(Error::ConditionsOfUse);
                }
                let request = ReadRequest {
                    file,
                    offset,
                    as_object,
                    expected,
                    capacity,
                };
                let (body, status) = read_binary(request, files, current, Actor::Reader(status))?;
                Ok(Outcome {
                    body,
                    status,
                    next: None,
                })
            }
            Command::GetChallenge => {
                if in_session || !life_cycle.serves_readers() || !emrtd_is_selected(files, current.dedicated)
                {
                    return Err(Error::ConditionsOfUse);
                }
                let (body, challenge) = bac::get_challenge(journal, &self.nvm, &mut self.rng)?;
                self.volatile.protocol = Protocol::Bac(challenge);
                Ok(Outcome::success(body))
            }
            Command::ExternalAuthenticate(proof) => {
                let Protocol::Bac(challenge) = protocol else {
                    return Err(Error::ConditionsOfUse);
                };
                let (body, session, evidence) = challenge.authenticate(
                    proof,
                    journal,
                    &mut self.nvm,
                    &mut self.rng,
                    &mut self.engine,
                    &mut self.timer,
                )?;
                Ok(Outcome::opens(
                    body,
                    Channel::Secure(session),
                    Some(AccessEvidence::Bac(evidence)),
                ))
            }
            Command::SetAuthenticationTemplate(template) => {
                // One PACE a session.
                if in_session || !life_cycle.serves_readers() {
                    return Err(Error::ConditionsOfUse);
                }
                let mut card_access = [0; MAX_CARD_ACCESS];
                let card_access = read_card_access(files, &self.nvm, &mut card_access)?;
                let chosen = set_authentication_template(template, card_access, journal, &self.nvm)?;
                self.volatile.protocol = Protocol::Pace(pace::Step::Chosen(chosen));
                Ok(Outcome::success(Body::empty()))
            }
            Command::GeneralAuthenticate(data) => {
                let Protocol::Pace(step) = protocol else {
                    return Err(Error::ConditionsOfUse);
                };
                let mut parts = pace::Parts {
                    journal,
                    nvm: &mut self.nvm,
                    rng: &mut self.rng,
                    engine: &mut self.engine,
                    timer: &mut self.timer,
                };
                match step.general_authenticate(envelope.more_follow, data, &mut parts)? {
                    (body, Progress::Step(step)) => {
                        self.volatile.protocol = Protocol::Pace(step);
                        Ok(Outcome::success(body))
                    }
                    (body, Progress::Done(session, evidence)) => Ok(Outcome::opens(
                        body,
                        Channel::Secure(session),
                        Some(AccessEvidence::Pace(evidence)),
                    )),
                }
            }
            Command::InitializeUpdate {
                key_version,
                host_challenge,
            } => {
                if !current.issuer_domain || *life_cycle == LifeCycle::OperationalActivated {
                    return Err(Error::ConditionsOfUse);
                }
                let (body, initialized) = issuer::initialize_update(
                    key_version,
                    host_challenge,
                    journal,
                    &self.nvm,
                    &mut self.engine,
                )?;
                self.volatile.protocol = Protocol::Issuer(initialized);
                Ok(Outcome::success(body))
            }
            // Loading is the issuer's, inside SCP03. An operational card has no such command (6985).
            Command::UpdateBinary { .. }
            | Command::CreateFile(_)
            | Command::DeleteFile
            | Command::PutKey { .. }
            | Command::ActivateFile => match life_cycle {
                LifeCycle::OperationalActivated => Err(Error::ConditionsOfUse),
                _ => Err(Error::SecurityStatus),
            },
        }
    }

    /// Runs a command of an SCP03 session.
    fn dispatch_issuer(
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
            } => select(selection, answer_fcp, files, current, Actor::Issuer, *life_cycle)
                .map(Outcome::success),
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
                let (body, status) = read_binary(request, files, current, Actor::Issuer)?;
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
            Command::DeleteFile => {
                delete_file::delete_file(files, current, journal, &mut self.nvm)?;
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

fn emrtd_is_selected(files: &FileTree, dedicated: Parent) -> bool {
    match (dedicated, files.by_aid(&AID_EMRTD)) {
        (Parent::Dedicated(current), Some(emrtd)) => current == emrtd,
        _ => false,
    }
}

/// EF.CardAccess, in which the chip finds what PACE it offers.
///
/// # Errors
/// [`Error::ConditionsOfUse`] when the card has none.
fn read_card_access<'a, N: Nvm>(files: &FileTree, nvm: &N, buffer: &'a mut [u8]) -> Result<&'a [u8], Error> {
    let Some(Found::Elementary(index)) = files.child(Parent::MasterFile, fid::CARD_ACCESS) else {
        return Err(Error::ConditionsOfUse);
    };
    let file = files.elementary(index).ok_or(Error::Memory)?;
    let out = buffer.get_mut(..file.size as usize).ok_or(Error::Memory)?;
    nvm.read(file.start, out)?;
    Ok(out)
}
