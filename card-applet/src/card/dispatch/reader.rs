//! Commands of a reader, in plain or in a session that PACE or BAC opened.
//!
//! An operational card tells nobody which card it is before PACE or BAC (ICAO Doc 9303-11, 4.1: nothing by which it could be
//! followed): INITIALIZE UPDATE, which answers the serial number and a challenge that stays the same until a session was
//! opened, is therefore taken in a session alone, and so under its encryption. EXTERNAL AUTHENTICATE then comes outside it: SCP03
//! protects everything behind it by itself, and takes the reader's session's place. The one inside the other would protect
//! nothing more, and want both sessions' keys in RAM. For this alone a card that is out of service opens sessions, too.

use super::super::{Chip, Persistent, Volatile};
use super::Outcome;
use crate::auth::issuer::key_set::KeySet;
use crate::auth::pace::{self, Progress, set_authentication_template};
use crate::auth::password::pin::{self, Requester};
use crate::auth::{Protocol, bac, issuer};
use crate::channel::Channel;
use crate::command::read_binary::{ReadRequest, find, read_binary};
use crate::command::select::{Current, SelectContext, select};
use crate::command::{Command, FileReference};
use crate::error::Error;
use crate::fs::access::Actor;
use crate::fs::body::Body;
use crate::fs::descriptor::{Parent, Transparent};
use crate::fs::tree::{FileTree, Found};
use crate::life_cycle::LifeCycle;
use crate::nvm::journal::Journal;
use crate::platform::{Nvm, Platform};
use crate::security_status::AccessEvidence;
use crate::wire::lds::{AID_EMRTD, AID_ISSUER_SECURITY_DOMAIN, fid};
use crate::wire::status::StatusWord;

impl<P: Platform> Chip<P> {
    /// Runs a command. `protocol` is the one that was under way; `chained` the class byte's chaining bit.
    #[inline(never)]
    pub(super) fn dispatch_reader(
        &mut self,
        command: Command<'_>,
        protocol: Protocol<P::Engine>,
        chained: bool,
        capacity: usize,
    ) -> Result<Outcome<P::Engine>, Error> {
        let persistent = self.persistent.as_mut().ok_or(Error::Memory)?;
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
            } => {
                let context = SelectContext {
                    actor: match life_cycle.serves_readers() {
                        true => Actor::Reader(status),
                        false => Actor::Nobody,
                    },
                    life_cycle: *life_cycle,
                    has_issuer_domain: KeySet::of(*life_cycle).exists(journal, &self.nvm)?,
                };
                let body = select(selection, answer_fcp, files, current, &context)?;
                // The issuer security domain is there to be used in every life cycle.
                let status = match current.issuer_domain {
                    true => StatusWord::SUCCESS,
                    false => life_cycle.selected(),
                };
                Ok(Outcome::with_status(body, status))
            }
            Command::ReadBinary {
                file,
                offset,
                as_object,
                expected,
            } => {
                // Of a card that is out of service there is what PACE begins with, and no more.
                let opens_sessions = life_cycle.opens_sessions() && is_card_access(file, files, current);
                if !life_cycle.serves_readers() && !opens_sessions {
                    return Err(Error::ConditionsOfUse);
                }
                let request = ReadRequest {
                    file,
                    offset,
                    as_object,
                    expected,
                    capacity,
                };
                let (body, status) =
                    read_binary(request, files, current, Actor::Reader(status), journal, &self.nvm)?;
                Ok(Outcome {
                    body,
                    status,
                    next: None,
                })
            }
            Command::SetVerificationKey(_) | Command::VerifyCertificate(_) | Command::SetTerminalKey(_) => {
                self.dispatch_terminal(command, protocol)
            }
            Command::SetKeyAgreementTemplate(_)
            | Command::SetChipAuthentication(_)
            | Command::InternalAuthenticate(_) => self.dispatch_chip(command, protocol, chained),
            Command::GeneralAuthenticate(_) if matches!(protocol, Protocol::Chip(_)) => {
                self.dispatch_chip(command, protocol, chained)
            }
            Command::GetChallenge | Command::ExternalAuthenticate(_)
                if matches!(protocol, Protocol::Terminal(_)) =>
            {
                self.dispatch_terminal(command, protocol)
            }
            Command::GetChallenge => {
                if in_session || !life_cycle.opens_sessions() || !emrtd_is_selected(files, current.dedicated)
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
                Ok(Outcome::opens(body, session, AccessEvidence::Bac(evidence), None))
            }
            Command::SetAuthenticationTemplate(template) => {
                if !life_cycle.opens_sessions() {
                    return Err(Error::ConditionsOfUse);
                }
                let card_access = card_access(files)?;
                let chosen = set_authentication_template(template, &card_access, journal, &self.nvm)?;
                // PIN and PUK are the holder's, whom a card that is out of service does not serve.
                if !life_cycle.serves_readers() && !chosen.opens_document() {
                    return Err(Error::ConditionsOfUse);
                }
                // One PACE a session, but for a PIN that the CAN resumes.
                let chosen = match in_session {
                    true => chosen.nested(status.password(), journal, &self.nvm)?,
                    false => chosen,
                };
                let status = chosen.status(journal, &self.nvm)?;
                self.volatile.protocol = Protocol::Pace(pace::Step::Chosen(chosen));
                Ok(Outcome::with_status(Body::empty(), status))
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
                match step.general_authenticate(chained, data, &mut parts)? {
                    (body, Progress::Step(step)) => {
                        self.volatile.protocol = Protocol::Pace(step);
                        Ok(Outcome::success(body))
                    }
                    (body, Progress::Done(session, evidence, chip)) => Ok(Outcome::opens(
                        body,
                        session,
                        AccessEvidence::Pace(evidence),
                        chip,
                    )),
                }
            }
            Command::InitializeUpdate {
                key_version,
                host_challenge,
            } => {
                if life_cycle.is_operational() && !status.is_opened() {
                    return Err(Error::SecurityStatus);
                }
                let (key_set, name): (_, &[u8]) = match current.issuer_domain {
                    true => (KeySet::of(*life_cycle), &AID_ISSUER_SECURITY_DOMAIN),
                    false => application_keys(files, current.dedicated, *life_cycle, journal, &self.nvm)?,
                };
                let (body, initialized) = issuer::initialize_update(
                    key_set,
                    name,
                    key_version,
                    host_challenge,
                    journal,
                    &self.nvm,
                    &mut self.engine,
                )?;
                self.volatile.protocol = Protocol::Issuer(initialized);
                Ok(Outcome::success(body))
            }
            Command::ResetRetryCounter(new_pin) => {
                if !in_session || !life_cycle.serves_readers() {
                    return Err(Error::SecurityStatus);
                }
                pin::reset_retry_counter(
                    new_pin,
                    Requester::Reader(status.password()),
                    journal,
                    &mut self.nvm,
                )?;
                Ok(Outcome::success(Body::empty()))
            }
            // Loading and administration are the issuer's, inside SCP03. An operational card has no command for the first
            // (6985).
            Command::UpdateBinary { .. }
            | Command::CreateFile(_)
            | Command::DeleteFile { .. }
            | Command::PutKey { .. }
            | Command::GenerateKeyPair(_)
            | Command::PutData { .. }
            | Command::ActivateFile
            | Command::DeactivateFile
            | Command::TerminateCardUsage => match life_cycle.is_operational() {
                true => Err(Error::ConditionsOfUse),
                false => Err(Error::SecurityStatus),
            },
        }
    }
}

fn emrtd_is_selected(files: &FileTree, dedicated: Parent) -> bool {
    match (dedicated, files.by_aid(&AID_EMRTD)) {
        (Parent::Dedicated(current), Some(emrtd)) => current == emrtd,
        _ => false,
    }
}

/// The keys of the application that is selected, and its name: in an activated card, and nowhere but beside the eMRTD.
///
/// # Errors
/// [`Error::ConditionsOfUse`] when there are none, or not now.
fn application_keys<'a, N: Nvm>(
    files: &'a FileTree,
    dedicated: Parent,
    life_cycle: LifeCycle,
    journal: &Journal,
    nvm: &N,
) -> Result<(KeySet, &'a [u8]), Error> {
    if life_cycle != LifeCycle::OperationalActivated {
        return Err(Error::ConditionsOfUse);
    }
    let index = files.beside_emrtd(dedicated).ok_or(Error::ConditionsOfUse)?;
    let key_set = KeySet::of_application(index, journal, nvm)?.ok_or(Error::ConditionsOfUse)?;
    Ok((key_set, files.name(index).ok_or(Error::Memory)?))
}

/// Whether a command means EF.CardAccess.
fn is_card_access(file: FileReference, files: &FileTree, current: &Current) -> bool {
    find(file, files, current).is_some_and(|index| {
        files.child(Parent::MasterFile, fid::CARD_ACCESS) == Some(Found::Elementary(index))
    })
}

/// EF.CardAccess, in which the chip finds what PACE it offers.
///
/// # Errors
/// [`Error::ConditionsOfUse`] when the card has none.
fn card_access(files: &FileTree) -> Result<Transparent, Error> {
    let Some(Found::Elementary(index)) = files.child(Parent::MasterFile, fid::CARD_ACCESS) else {
        return Err(Error::ConditionsOfUse);
    };
    files.elementary(index).ok_or(Error::Memory)
}
