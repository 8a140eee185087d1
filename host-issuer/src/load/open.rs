//! Opening an SCP03 session with a chip, and sending commands through it: what loading, administration and the issuers of
//! applications share.
//!
//! An operational card tells its serial number inside a session that PACE or BAC opened, and nowhere else: there INITIALIZE
//! UPDATE goes in that session, where no listener sees what it answers, and SCP03 then takes the session's place. A chip
//! that is loaded has no password yet; it answers in plain.

use card_applet::wire::apdu::{CommandApdu, MAX_SHORT_NE};
use card_applet::wire::global_platform::{PUT_KEY_SET, SERIAL_LEN, Scp03Mode};
use card_applet::wire::instruction;
use card_applet::wire::lds::AID_ISSUER_SECURITY_DOMAIN;
use card_applet::wire::status::StatusWord;
use rand_core::TryCryptoRng;

use super::scp03::{AwaitingChip, SecurityLevel, StaticKeys};
use super::session::Scp03Session;
use super::{LoadError, SELECT_DOMAIN, put_key};
use crate::terminal::channel::Response;
use crate::terminal::life_cycle::LifeCycle;
use crate::terminal::link::{CardLink, LinkError};
use crate::terminal::password::Password;
use crate::terminal::reader::ChipReader;
use crate::transport::Transport;

/// Class byte of an issuer's commands before protection.
pub(super) const CLASS: u8 = 0x80;

/// Who the chip is, and the keys that opened the session.
pub(super) struct Chip {
    pub(super) serial: [u8; SERIAL_LEN],
    pub(super) key_version: u8,
    /// How many sessions these keys had opened before.
    pub(super) sequence_counter: u32,
    pub(super) keys: StaticKeys,
}

/// With what a session is to be opened, and how.
#[derive(Clone, Copy)]
pub(super) struct Target<'a> {
    /// The application's identifier.
    pub(super) aid: &'a [u8],
    /// What errors call its SELECT.
    pub(super) step: &'static str,
    /// Key version number; zero asks for the keys that there are.
    pub(super) key_version: u8,
    /// Length of challenges and MACs.
    pub(super) mode: Scp03Mode,
}

impl Target<'_> {
    /// The issuer security domain.
    pub(super) const fn issuer_domain(key_version: u8, mode: Scp03Mode) -> Self {
        Target {
            aid: &AID_ISSUER_SECURITY_DOMAIN,
            step: SELECT_DOMAIN,
            key_version,
            mode,
        }
    }
}

/// A reader's session with a card that is in its holder's hands, in or out of service, and was just reset.
///
/// # Errors
/// [`LoadError::NotOperational`] for another, [`LoadError::Access`] when the password does not open it.
pub(super) fn enter_operational<T: Transport, R: TryCryptoRng + ?Sized>(
    transport: T,
    password: &Password,
    rng: &mut R,
) -> Result<CardLink<T>, LoadError> {
    let mut reader = ChipReader::new(transport, rng);
    // Such a card has no PACE, and would seem to be one of those that have none.
    match reader.life_cycle()? {
        LifeCycle::Activated | LifeCycle::Deactivated | LifeCycle::Unknown => {}
        life_cycle => return Err(LoadError::NotOperational { life_cycle }),
    }
    reader.open(password)?;
    Ok(reader.into_link())
}

/// SELECT, INITIALIZE UPDATE, EXTERNAL AUTHENTICATE at the highest level. A session of the link's is over by that.
pub(super) fn open_session<T: Transport, R: TryCryptoRng + ?Sized>(
    link: &mut CardLink<T>,
    target: Target<'_>,
    keys_of: impl FnOnce(&[u8; SERIAL_LEN]) -> Result<StaticKeys, LoadError>,
    rng: &mut R,
) -> Result<(Scp03Session, Chip), LoadError> {
    let select = CommandApdu::new(0x00, instruction::SELECT, 0x04, 0x00)
        .with_data(target.aid)
        .with_expected(MAX_SHORT_NE);
    let response = link.exchange(&select)?;
    accept(target.step, response)?;

    let awaiting = AwaitingChip::begin(target.key_version, target.mode, rng)?;
    let response = link.exchange(&awaiting.command())?;
    let identified = awaiting.answer(&response)?;
    let serial = *identified.serial();
    let key_version = identified.key_version();
    let sequence_counter = identified.sequence_counter();
    let keys = keys_of(&serial)?;
    let acceptance = identified.authenticate(&keys, SecurityLevel::Full)?;
    link.leave_session();
    let response = link.transmit(acceptance.command().to_vec(), CLASS)?;
    let session = acceptance.answer(&plain_response(&response)?)?;
    Ok((
        session,
        Chip {
            serial,
            key_version,
            sequence_counter,
            keys,
        },
    ))
}

/// Sends a command through the session.
pub(super) fn exchange<T: Transport>(
    link: &mut CardLink<T>,
    session: &mut Scp03Session,
    command: &CommandApdu<'_>,
) -> Result<Response, LoadError> {
    // Every answer has at least its MAC.
    let command = command.with_expected(MAX_SHORT_NE);
    let wrapped = session.wrap(&command)?;
    let received = link.transmit(wrapped, CLASS)?;
    Ok(session.unwrap(&received)?)
}

fn plain_response(bytes: &[u8]) -> Result<Response, LoadError> {
    let (data, status) = bytes
        .split_last_chunk::<2>()
        .ok_or(crate::transport::TransportError::Truncated { length: bytes.len() })
        .map_err(LinkError::Transport)?;
    Ok(Response {
        data: data.to_vec(),
        status: StatusWord::from_bytes(*status),
    })
}

/// The data of an answer that is no refusal.
pub(super) fn accept(step: &str, response: Response) -> Result<Vec<u8>, LoadError> {
    if response.status.is_success() {
        return Ok(response.data);
    }
    Err(LoadError::Refused {
        step: step.to_owned(),
        status: response.status,
    })
}

/// PUT KEY of a whole set in place of version `replaces` (zero: of none), and checks the chip's answer to it. The keys come
/// encrypted under the Key-DEK of those that opened the session.
pub(super) fn put_keys<T: Transport>(
    link: &mut CardLink<T>,
    session: &mut Scp03Session,
    session_keys: &StaticKeys,
    replaces: u8,
    key_version: u8,
    keys: &StaticKeys,
) -> Result<(), LoadError> {
    let set = put_key::key_set(key_version, keys, &session_keys.dek).ok_or(LoadError::KeyLength)?;
    let command = CommandApdu::new(CLASS, instruction::PUT_KEY, replaces, PUT_KEY_SET).with_data(&set.data);
    let response = exchange(link, session, &command)?;
    if accept("PUT KEY", response)? != set.answer {
        return Err(LoadError::KeyCheck);
    }
    Ok(())
}
