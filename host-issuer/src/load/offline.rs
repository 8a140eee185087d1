//! `bound` issuance, the station's side: the sessions that an office [foretold](super::foretell) are played, and nothing else.

use card_applet::wire::apdu::{CommandApdu, MAX_SHORT_NE};
use card_applet::wire::global_platform::{KEY_VERSION_ISSUER, S8, SERIAL_LEN};
use card_applet::wire::instruction;
use card_applet::wire::lds::AID_ISSUER_SECURITY_DOMAIN;
use card_applet::wire::status::StatusWord;
use personalization::script::offline::{Exchange, OfflineScript, OfflineSession};
use rand_core::TryCryptoRng;

use super::open::{CLASS, accept};
use super::read_back;
use super::scp03::Scp03Error;
use super::{IssuedChip, LoadError, Phase, Progress, SELECT_DOMAIN};
use crate::terminal::link::{CardLink, LinkError};
use crate::terminal::reader::ChipReader;
use crate::transport::{Limits, Transport, TransportError};

/// Issues the card of a script in its chip: loads, reads back as a stranger would, compares, activates.
///
/// # Errors
/// [`LoadError::OtherChip`] for another chip, to which nothing was done; [`LoadError::UsedUp`] when the chip's counter is beyond
/// the script's sessions; [`LoadError::Unforeseen`] when the chip answers something else than was foretold. Unless it is
/// [`LoadError::ActivationUnknown`] the chip is not operational, and while there are sessions left it can be issued again.
pub fn issue_offline<T: Transport, R: TryCryptoRng>(
    transport: T,
    rng: &mut R,
    script: &OfflineScript,
    progress: &mut dyn FnMut(Progress<'_>),
) -> Result<IssuedChip, LoadError> {
    let mut link = CardLink::new(transport);
    must_fit(script, link.limits())?;
    let image = &script.card.image;
    let total = image.content_len();
    play(&mut link, script, |session| &session.load, &mut |done, of| {
        progress(Progress {
            phase: Phase::Loading,
            file: "",
            done: total.saturating_mul(done) / of.max(1),
            total,
        });
    })?;
    link.reset().map_err(LinkError::Transport)?;

    let mut reader = ChipReader::from_link(link, rng);
    let report = read_back::compare(&mut reader, image, progress)?;
    reader.reset().map_err(LinkError::Transport)?;

    let mut link = reader.into_link();
    play(&mut link, script, |session| &session.activate, &mut |done, of| {
        progress(Progress {
            phase: Phase::Locking,
            file: "",
            done: done / of.max(1),
            total: 1,
        });
    })
    .map_err(|error| match error {
        // Only the last command's answer leaves doubt, and `play` says which it was.
        PlayError::Last(cause) => LoadError::ActivationUnknown { cause },
        PlayError::Other(error) => error,
    })?;
    Ok(IssuedChip {
        serial: *script.card.manifest.serial(),
        read_back: report,
        wire: link.wire(),
    })
}

/// What went wrong in a session, and whether its last command was on the way.
enum PlayError {
    Last(TransportError),
    Other(LoadError),
}

impl From<LoadError> for PlayError {
    fn from(error: LoadError) -> Self {
        PlayError::Other(error)
    }
}

impl From<PlayError> for LoadError {
    fn from(error: PlayError) -> Self {
        match error {
            PlayError::Last(cause) => LinkError::Transport(cause).into(),
            PlayError::Other(error) => error,
        }
    }
}

/// Sends the session that is due, as the chip's first answer tells, and compares every answer.
fn play<T: Transport>(
    link: &mut CardLink<T>,
    script: &OfflineScript,
    exchanges: fn(&OfflineSession) -> &Vec<Exchange>,
    told: &mut dyn FnMut(usize, usize),
) -> Result<(), PlayError> {
    let select = CommandApdu::new(0x00, instruction::SELECT, 0x04, 0x00)
        .with_data(&AID_ISSUER_SECURITY_DOMAIN)
        .with_expected(MAX_SHORT_NE);
    let response = link.exchange(&select).map_err(LoadError::from)?;
    accept(SELECT_DOMAIN, response)?;

    let all = script
        .sessions()
        .iter()
        .filter(|session| !exchanges(session).is_empty());
    let first = all.clone().next().and_then(|session| exchanges(session).first());
    let initialize = first.map(|exchange| exchange.command.clone()).unwrap_or_default();
    let answer = link.transmit(initialize, CLASS).map_err(LoadError::from)?;
    let sequence = identify(&answer, script.card.manifest.serial())?;
    let due = all.clone().find(|session| session.sequence == sequence);
    let due = due.map(exchanges).ok_or_else(|| {
        let (first, last) = script.attempts();
        LoadError::UsedUp {
            sequence,
            first,
            last,
        }
    })?;
    let (opening, rest) = due
        .split_first()
        .ok_or(Scp03Error::Malformed)
        .map_err(LoadError::from)?;
    if opening.answer != answer {
        // Serial number and counter are right: what is left are challenge and cryptogram, made with the key.
        return Err(LoadError::from(Scp03Error::WrongKey).into());
    }
    for (index, exchange) in rest.iter().enumerate() {
        let step = || name(index + 1, due.len(), &exchange.command);
        let answer = link
            .transmit(exchange.command.clone(), CLASS)
            .map_err(|error| match error {
                LinkError::Transport(cause) if index + 1 == rest.len() => PlayError::Last(cause),
                other => PlayError::Other(other.into()),
            })?;
        if answer != exchange.answer {
            return Err(unforeseen(&answer, index == 0, step()).into());
        }
        told(index + 1, rest.len());
    }
    Ok(())
}

/// The sequence counter in the answer to INITIALIZE UPDATE of the chip with this serial number (Amendment D §7.1.1.6).
fn identify(answer: &[u8], serial: &[u8; SERIAL_LEN]) -> Result<u32, LoadError> {
    let (data, status) = answer.split_last_chunk::<2>().ok_or(Scp03Error::Malformed)?;
    match StatusWord::from_bytes(*status) {
        StatusWord::SUCCESS => {}
        StatusWord::REFERENCED_DATA_NOT_FOUND => {
            return Err(Scp03Error::NoSuchKeys {
                key_version: KEY_VERSION_ISSUER,
            }
            .into());
        }
        StatusWord::AUTHENTICATION_BLOCKED => return Err(Scp03Error::Blocked.into()),
        StatusWord::SECURITY_STATUS_NOT_SATISFIED => return Err(Scp03Error::NotInPlain.into()),
        status => {
            return Err(Scp03Error::Refused {
                command: "INITIALIZE UPDATE",
                status,
            }
            .into());
        }
    }
    let (found, rest) = data.split_first_chunk().ok_or(Scp03Error::Malformed)?;
    if found != serial {
        return Err(LoadError::OtherChip {
            found: hex::encode_upper(found),
            expected: hex::encode_upper(serial),
        });
    }
    // Key information, challenge, cryptogram, counter.
    match rest.get(3 + 2 * S8..) {
        Some(&[high, middle, low]) => Ok(u32::from_be_bytes([0, high, middle, low])),
        _ => Err(Scp03Error::Malformed.into()),
    }
}

fn unforeseen(answer: &[u8], authenticates: bool, step: String) -> LoadError {
    let status = answer
        .last_chunk::<2>()
        .map(|status| StatusWord::from_bytes(*status));
    match status {
        Some(StatusWord::AUTHENTICATION_BLOCKED) if authenticates => Scp03Error::Blocked.into(),
        Some(status) if authenticates && !status.is_success() => Scp03Error::ProofRefused { status }.into(),
        Some(status) if !status.is_success() => LoadError::Refused { step, status },
        _ => LoadError::Unforeseen { step },
    }
}

/// A command as errors name it: it is encrypted, so its place and its instruction are all there is.
fn name(index: usize, of: usize, command: &[u8]) -> String {
    let instruction = match command.get(1).copied().unwrap_or_default() {
        instruction::EXTERNAL_AUTHENTICATE => "EXTERNAL AUTHENTICATE",
        instruction::DELETE_FILE => "DELETE FILE",
        instruction::PUT_KEY => "PUT KEY",
        instruction::PUT_DATA => "PUT DATA",
        instruction::SELECT => "SELECT",
        instruction::CREATE_FILE => "CREATE FILE",
        instruction::UPDATE_BINARY | instruction::UPDATE_BINARY_ODD => "UPDATE BINARY",
        instruction::ACTIVATE_FILE => "ACTIVATE FILE",
        _ => "a command",
    };
    format!("{instruction} (step {} of {of})", index + 1)
}

/// Whether the transport carries every command: found out before the first one that the chip counts.
fn must_fit(script: &OfflineScript, limits: Limits) -> Result<(), LoadError> {
    let commands = script
        .sessions()
        .iter()
        .flat_map(|session| session.load.iter().chain(&session.activate));
    let longest = commands.map(|exchange| exchange.command.len()).max();
    match longest {
        Some(length) if length > limits.command => Err(LinkError::Transport(TransportError::TooLong {
            length,
            limit: limits.command,
        })
        .into()),
        _ => Ok(()),
    }
}
