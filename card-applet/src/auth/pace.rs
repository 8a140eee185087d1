//! PACE over ECDH, the chip's side (ICAO Doc 9303-11, 4.4; BSI TR-03110-3, A.3).
//!
//! MSE:Set AT chooses protocol and password; four GENERAL AUTHENTICATE commands follow. Each step consumes the one
//! before. [`set_authentication_template`] makes the choice, [`mapping`] what differs between the mappings,
//! [`agreement`] what they share; [`chip_authentication`] is what the last answer has more with that mapping.

mod agreement;
mod chip_authentication;
mod mapping;
mod set_authentication_template;

pub(crate) use agreement::{Agreed, NonceSent, PaceEvidence};
pub(crate) use mapping::Mapped;
pub(crate) use set_authentication_template::{Chosen, set_authentication_template};

use super::chip::ChipAuthEvidence;
use super::password::PasswordId;
use super::terminal::trust::TrustStore;
use crate::channel::session::Session;
use crate::crypto::curve::Curve;
use crate::error::Error;
use crate::fs::body::{Body, MAX_IN_RAM};
use crate::nvm::journal::Journal;
use crate::platform::{Engine, Nvm, Timer};
use crate::wire::security_info::PaceProtocol;
use crate::wire::tlv::{TlvWriter, read_exact};
use rand_core::TryCryptoRng;

/// Dynamic authentication data.
const DO_7C: u32 = 0x7C;

/// What MSE:Set AT chose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Parameters {
    pub(crate) protocol: PaceProtocol,
    pub(crate) curve: Curve,
    pub(crate) password: PasswordId,
    /// Whether the terminal sent a CHAT: the references of the trust points are then answered.
    pub(crate) names_authorities: bool,
}

/// Where PACE stands.
pub(crate) enum Step<E: Engine> {
    /// Protocol and password are chosen.
    Chosen(Chosen),
    /// The encrypted nonce was sent.
    NonceSent(NonceSent),
    /// The generator was mapped.
    Mapped(Mapped<E>),
    /// Keys were agreed; the tokens are to come.
    Agreed(Agreed<E>),
}

/// What a GENERAL AUTHENTICATE leads to.
pub(crate) enum Progress<E: Engine> {
    /// The next step.
    Step(Step<E>),
    /// PACE is done, and with chip authentication mapping Chip Authentication too.
    Done(Session<E>, PaceEvidence, Option<ChipAuthEvidence>),
}

/// The chip's parts that PACE works with.
pub(crate) struct Parts<'a, E, N, R, T> {
    pub(crate) journal: &'a mut Journal,
    pub(crate) nvm: &'a mut N,
    pub(crate) rng: &'a mut R,
    pub(crate) engine: &'a mut E,
    pub(crate) timer: &'a mut T,
}

impl<E: Engine> Step<E> {
    /// GENERAL AUTHENTICATE: the answer, and where PACE stands then. `chained` is the class byte's chaining bit, which
    /// all but the last command have.
    ///
    /// # Errors
    /// [`Error::Data`] for malformed data objects and invalid points, [`Error::Authentication`] for a wrong token,
    /// [`Error::Chain`] where the chaining bit is not that of the step. PACE is over on any error.
    #[inline(never)]
    pub(crate) fn general_authenticate<N: Nvm, R: TryCryptoRng, T: Timer>(
        self,
        chained: bool,
        data: &[u8],
        parts: &mut Parts<'_, E, N, R, T>,
    ) -> Result<(Body, Progress<E>), Error> {
        let is_last = matches!(self, Self::Agreed(_));
        if chained == is_last {
            return Err(Error::Chain);
        }
        let data = read_exact(data, DO_7C)?;
        match self {
            Self::Chosen(chosen) => {
                if !data.is_empty() {
                    return Err(Error::Data);
                }
                let (nonce, next) = chosen.send_nonce(parts)?;
                Ok((answer(0x80, &nonce)?, Progress::Step(Step::NonceSent(next))))
            }
            Self::NonceSent(step) => {
                let (mapping_data, next) = step.map(read_exact(data, 0x81)?, parts)?;
                Ok((
                    answer(0x82, mapping_data.as_bytes())?,
                    Progress::Step(Step::Mapped(next)),
                ))
            }
            Self::Mapped(step) => {
                let (public, next) = step.agree(read_exact(data, 0x83)?, parts)?;
                Ok((
                    answer(0x84, public.as_bytes())?,
                    Progress::Step(Step::Agreed(next)),
                ))
            }
            Self::Agreed(step) => {
                let trust = if step.names_authorities() {
                    TrustStore::load(parts.journal, parts.nvm)?
                } else {
                    TrustStore::default()
                };
                let done = step.authenticate(read_exact(data, 0x85)?, parts)?;
                // DO'87' the newest certification authority reference, DO'88' the one before (9303-11, 4.4.4.2);
                // DO'8A' the encrypted chip authentication data.
                let authorities = (0x87u32..=0x88).zip(trust.authority_references());
                let encrypted_data = done.encrypted_data.iter().map(|data| (0x8A, &data[..]));
                let objects = core::iter::once((0x86, &done.t_ic[..]))
                    .chain(authorities)
                    .chain(encrypted_data);
                Ok((
                    answers(objects)?,
                    Progress::Done(done.session, done.evidence, done.chip_evidence),
                ))
            }
        }
    }
}

/// DO'7C' around one data object.
fn answer(tag: u32, value: &[u8]) -> Result<Body, Error> {
    answers(core::iter::once((tag, value)))
}

/// DO'7C' around data objects.
fn answers<'a>(objects: impl Iterator<Item = (u32, &'a [u8])>) -> Result<Body, Error> {
    let mut inner = [0; MAX_IN_RAM];
    let mut writer = TlvWriter::new(&mut inner);
    for (tag, value) in objects {
        writer.tlv(tag, value)?;
    }
    let len = writer.len();
    let mut outer = [0; MAX_IN_RAM];
    let mut writer = TlvWriter::new(&mut outer);
    writer.tlv(DO_7C, inner.get(..len).unwrap_or_default())?;
    let len = writer.len();
    Body::bytes(outer.get(..len).unwrap_or_default()).ok_or(Error::Fault)
}
