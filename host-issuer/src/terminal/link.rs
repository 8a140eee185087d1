//! One chip, spoken to in plain or in a session: counts what passes, fetches long answers, and keeps a broken session broken.

use std::time::Duration;

use card_applet::wire::apdu::{ApduError, CLASS_SECURE_MESSAGING, CommandApdu, ResponseApdu};
use zeroize::Zeroize;

use super::channel::{Response, SecureMessaging, SecureMessagingError};
use crate::transport::{Limits, Transport, TransportError};

/// GET RESPONSE (ISO/IEC 7816-4), for chips that answer 61xx over T=0.
const GET_RESPONSE: u8 = 0xC0;
/// How many GET RESPONSE a chip may ask for before it is no longer believed: 256 bytes each, twice an extended answer.
const MAX_GET_RESPONSE: usize = 512;
/// The longest answer that is put together from pieces, in bytes.
const MAX_RESPONSE: usize = 0x1_0200;

/// What has passed between host and chip.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WireCount {
    /// Commands sent.
    pub apdus: u64,
    /// Bytes of all command APDUs.
    pub bytes_sent: u64,
    /// Bytes of all response APDUs, status words included.
    pub bytes_received: u64,
}

/// Why a command got no usable answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// It did not get through.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// The session with the chip broke.
    #[error("secure messaging: {0}")]
    SecureMessaging(#[from] SecureMessagingError),
    /// The command fits no APDU, a mistake of the caller.
    #[error("the command does not fit an APDU: {0}")]
    Command(ApduError),
    /// The chip announces more and more bytes.
    #[error("the chip does not come to the end of its answer")]
    Endless,
}

impl LinkError {
    /// The transport's error, if that is the cause.
    pub fn transport(&self) -> Option<&TransportError> {
        match self {
            LinkError::Transport(error) => Some(error),
            _ => None,
        }
    }
}

/// A transport with the session that runs over it, if one does.
pub struct CardLink<T> {
    transport: T,
    session: Option<SecureMessaging>,
    wire: WireCount,
}

impl<T: Transport> CardLink<T> {
    /// Starts in plain.
    pub fn new(transport: T) -> Self {
        CardLink {
            transport,
            session: None,
            wire: WireCount::default(),
        }
    }

    /// What has passed so far.
    pub fn wire(&self) -> WireCount {
        self.wire
    }

    /// The transport's limits.
    pub fn limits(&self) -> Limits {
        self.transport.limits()
    }

    /// The answer to reset.
    pub fn atr(&self) -> &[u8] {
        self.transport.atr()
    }

    /// The session, open or broken; `None` before there was one.
    pub fn session(&self) -> Option<&SecureMessaging> {
        self.session.as_ref()
    }

    /// Sends everything through `session` from now on.
    pub(super) fn open_session(&mut self, session: SecureMessaging) {
        self.session = Some(session);
    }

    /// Forgets the session, for a protocol that takes its place and protects what follows by itself.
    pub(crate) fn leave_session(&mut self) {
        self.session = None;
    }

    /// Resets the chip; any session is over.
    ///
    /// # Errors
    /// [`TransportError`].
    pub fn reset(&mut self) -> Result<(), TransportError> {
        self.session = None;
        self.transport.reset()
    }

    /// Waits until a card is in the reader again.
    ///
    /// # Errors
    /// [`TransportError::CardRemoved`] when none came in this time.
    pub fn wait_for_card(&mut self, limit: Duration) -> Result<(), TransportError> {
        self.session = None;
        self.transport.wait_for_card(limit)
    }

    /// Gives the transport back; any session is forgotten on this side.
    pub fn into_transport(self) -> T {
        self.transport
    }

    /// Sends a command, protected if there is a session, and gives the chip's answer.
    ///
    /// A status word that is an error is an answer like any other. Once a session broke, every command fails: nothing is ever
    /// sent in plain because protection was lost.
    ///
    /// # Errors
    /// [`LinkError`].
    pub fn exchange(&mut self, command: &CommandApdu<'_>) -> Result<Response, LinkError> {
        let Some(mut session) = self.session.take() else {
            return self.exchange_plain(command);
        };
        let result = self.exchange_protected(&mut session, command);
        self.session = Some(session);
        result
    }

    fn exchange_protected(
        &mut self,
        session: &mut SecureMessaging,
        command: &CommandApdu<'_>,
    ) -> Result<Response, LinkError> {
        let protected = session.protect(command)?;
        let received = self.transmit(protected, command.class | CLASS_SECURE_MESSAGING)?;
        Ok(session.unprotect(&received)?)
    }

    fn exchange_plain(&mut self, command: &CommandApdu<'_>) -> Result<Response, LinkError> {
        let mut bytes = vec![0; command.encoded_len()];
        let len = command.encode(&mut bytes).map_err(LinkError::Command)?;
        bytes.truncate(len);
        let mut received = self.transmit(bytes, command.class)?;
        let response = ResponseApdu::parse(&received).map_err(|_| TransportError::Truncated {
            length: received.len(),
        })?;
        let (status, len) = (response.status, response.data.len());
        received.truncate(len);
        Ok(Response {
            data: received,
            status,
        })
    }

    /// Sends bytes and collects the whole answer: 6Cxx is answered by the same command with the right Le, once, and 61xx by
    /// GET RESPONSE (ISO/IEC 7816-3, T=0 transmission of case 4). Both are below secure messaging.
    pub(crate) fn transmit(&mut self, mut command: Vec<u8>, class: u8) -> Result<Vec<u8>, LinkError> {
        let mut response = Vec::new();
        self.transmit_once(&command, &mut response)?;

        // A command without Le has none to correct: its last byte is the terminal's own data.
        let has_le = CommandApdu::parse(&command).is_ok_and(|command| command.expected.is_some());
        if let ([0x6C, le], Some(last), true) = (response.as_slice(), command.last_mut(), has_le) {
            let le = *le;
            *last = le;
            self.transmit_once(&command, &mut response)?;
            // Some chips end the session with 6Cxx. What they say next says less.
            if class & CLASS_SECURE_MESSAGING != 0 && response.len() == 2 {
                response = vec![0x6C, le];
            }
        }
        command.zeroize();

        let mut collected = Vec::new();
        for _ in 0..MAX_GET_RESPONSE {
            let more = match response.as_slice() {
                [.., 0x61, more] => *more,
                _ => {
                    collected.append(&mut response);
                    return Ok(collected);
                }
            };
            collected.extend_from_slice(response.get(..response.len() - 2).unwrap_or_default());
            if collected.len() > MAX_RESPONSE {
                return Err(LinkError::Endless);
            }
            // GET RESPONSE belongs to the transmission, so its class byte has neither secure messaging nor chaining bits.
            let get_response = [class & 0x03, GET_RESPONSE, 0x00, 0x00, more];
            self.transmit_once(&get_response, &mut response)?;
            // More and more of nothing.
            if let [0x61, _] = response.as_slice() {
                return Err(LinkError::Endless);
            }
        }
        Err(LinkError::Endless)
    }

    fn transmit_once(&mut self, command: &[u8], response: &mut Vec<u8>) -> Result<(), LinkError> {
        self.wire.apdus += 1;
        self.wire.bytes_sent += command.len() as u64;
        self.transport.transmit(command, response)?;
        self.wire.bytes_received += response.len() as u64;
        if response.len() < 2 {
            return Err(TransportError::Truncated {
                length: response.len(),
            }
            .into());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::replay::{Replay, Session};
    use card_applet::wire::status::StatusWord;

    /// Sends READ BINARY with Le = 00 to a chip that says what the session says.
    fn read(session: &str) -> (Result<Response, LinkError>, WireCount) {
        let session = Session::parse(&format!("eid-session 1\n{session}")).unwrap();
        let mut link = CardLink::new(Replay::new(session));
        let result = link.exchange(&CommandApdu::new(0x00, 0xB0, 0x81, 0x00).with_expected(256));
        (result, link.wire())
    }

    #[test]
    fn an_answer_in_pieces_is_put_together() {
        let (response, wire) =
            read("> 00B0810000\n< 01026103\n> 00C0000003\n< 0304056101\n> 00C0000001\n< 069000\n");
        let expected = Response {
            data: vec![1, 2, 3, 4, 5, 6],
            status: StatusWord::SUCCESS,
        };
        assert_eq!(response, Ok(expected));
        assert_eq!(
            wire,
            WireCount {
                apdus: 3,
                bytes_sent: 15,
                bytes_received: 4 + 5 + 3
            }
        );
    }

    #[test]
    fn more_of_nothing_is_not_asked_for() {
        let (response, wire) = read("> 00B0810000\n< 6101\n> 00C0000001\n< 6101\n");
        assert_eq!((response, wire.apdus), (Err(LinkError::Endless), 2));
    }

    #[test]
    fn a_command_without_le_is_not_corrected() {
        let session = Session::parse("eid-session 1\n> 00A4020C02011E\n< 6C1D\n").unwrap();
        let mut link = CardLink::new(Replay::new(session));
        let select = CommandApdu::new(0x00, 0xA4, 0x02, 0x0C).with_data(&[0x01, 0x1E]);
        assert_eq!(link.exchange(&select).unwrap().status, StatusWord(0x6C1D));
        assert_eq!(link.wire().apdus, 1);
    }

    #[test]
    fn a_wrong_le_is_corrected_once() {
        let (response, _) = read("> 00B0810000\n< 6C04\n> 00B0810004\n< 010203049000\n");
        assert_eq!(response.unwrap().data, [1, 2, 3, 4]);
        let (response, wire) = read("> 00B0810000\n< 6C04\n> 00B0810004\n< 6C05\n");
        assert_eq!(response.unwrap().status, StatusWord(0x6C05));
        assert_eq!(wire.apdus, 2);
    }
}
