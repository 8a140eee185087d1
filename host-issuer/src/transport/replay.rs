//! Frozen sessions: a chip that says what a chip once said.
//!
//! A [`Session`] is text, one line an APDU, so that it can be read, edited and compared. A `.session` file has these lines where every
//! byte was asked for ([`verify::Session`](crate::verify::Session)):
//!
//! ```text
//! eid-session 1
//! ATR 3B8980014D5254446F6373202D
//! > 00A4040C07A0000002471001
//! < 9000
//! ```
//!
//! It holds every byte that passed, so it is written for specimen cards only; see [`Recorder`].

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use super::{Limits, Transport, TransportError};

/// First line of a `.session` file.
const MAGIC: &str = "eid-session 1";

/// One command and its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// The whole command APDU.
    pub command: Vec<u8>,
    /// The whole response APDU, status word last.
    pub response: Vec<u8>,
}

/// A recorded session.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Session {
    /// The answer to reset.
    pub atr: Vec<u8>,
    /// What passed, in order.
    pub exchanges: Vec<Exchange>,
}

/// A line of a `.session` file that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line} of the session: {problem}")]
pub struct SessionError {
    /// The line, counted from one.
    pub line: usize,
    /// What is wrong with it.
    pub problem: &'static str,
}

impl Session {
    /// Reads a session from its text. Empty lines and lines that start with `#` are skipped.
    ///
    /// # Errors
    /// [`SessionError`] with the line that is not in the format.
    pub fn parse(text: &str) -> Result<Self, SessionError> {
        let mut session = Session::default();
        let mut pending: Option<Vec<u8>> = None;
        let mut seen_magic = false;
        let mut last_line = 0;
        for (index, raw) in text.lines().enumerate() {
            let line = index + 1;
            last_line = line;
            let fail = |problem| SessionError { line, problem };
            let content = raw.trim();
            if content.is_empty() || content.starts_with('#') {
                continue;
            }
            if !seen_magic {
                if content != MAGIC {
                    return Err(fail("the file does not start with `eid-session 1`"));
                }
                seen_magic = true;
                continue;
            }
            let (kind, digits) = content
                .split_once(' ')
                .ok_or_else(|| fail("neither an ATR, a command nor a response"))?;
            let bytes = hex::decode(digits.trim()).map_err(|_| fail("not hexadecimal"))?;
            match (kind, pending.take()) {
                ("ATR", None) => session.atr = bytes,
                (">", None) => pending = Some(bytes),
                ("<", Some(command)) => session.exchanges.push(Exchange {
                    command,
                    response: bytes,
                }),
                (">" | "ATR", Some(_)) => return Err(fail("a command has no response")),
                ("<", None) => return Err(fail("a response has no command")),
                _ => return Err(fail("neither an ATR, a command nor a response")),
            }
        }
        if pending.is_some() || !seen_magic {
            return Err(SessionError {
                line: last_line,
                problem: "the session ends too early",
            });
        }
        Ok(session)
    }

    /// Writes the session as text that [`parse`](Self::parse) reads.
    pub fn to_text(&self) -> String {
        let mut text = format!("{MAGIC}\nATR {}\n", hex::encode_upper(&self.atr));
        for exchange in &self.exchanges {
            text.push_str(&format!(
                "> {}\n< {}\n",
                hex::encode_upper(&exchange.command),
                hex::encode_upper(&exchange.response)
            ));
        }
        text
    }
}

/// A transport that answers from a [`Session`] as long as it is asked exactly what was recorded.
pub struct Replay {
    session: Session,
    position: usize,
}

impl Replay {
    /// Starts at the session's first exchange.
    pub fn new(session: Session) -> Self {
        Replay { session, position: 0 }
    }

    /// How many exchanges have not been asked for.
    pub fn remaining(&self) -> usize {
        self.session.exchanges.len().saturating_sub(self.position)
    }
}

impl Transport for Replay {
    fn transmit(&mut self, command: &[u8], response: &mut Vec<u8>) -> Result<(), TransportError> {
        response.clear();
        let Some(expected) = self.session.exchanges.get(self.position) else {
            return Err(TransportError::ReplayDiverged {
                detail: format!("only {} commands were recorded", self.position),
            });
        };
        if expected.command != command {
            // Lengths and position only: the bytes may be personal data, and an error text travels.
            return Err(TransportError::ReplayDiverged {
                detail: format!(
                    "command {} differs ({} bytes recorded, {} bytes asked)",
                    self.position + 1,
                    expected.command.len(),
                    command.len()
                ),
            });
        }
        response.extend_from_slice(&expected.response);
        self.position += 1;
        if response.len() < 2 {
            return Err(TransportError::Truncated {
                length: response.len(),
            });
        }
        Ok(())
    }

    fn reset(&mut self) -> Result<(), TransportError> {
        // A reset is not part of the format: what was recorded goes on where it was.
        Ok(())
    }

    fn limits(&self) -> Limits {
        Limits::EXTENDED
    }

    fn atr(&self) -> &[u8] {
        &self.session.atr
    }
}

/// A transport that keeps everything that passes, for a `.session` file.
///
/// Every byte is kept: use it on specimen cards only, and only when the operator asked for it by name.
pub struct Recorder<T> {
    inner: T,
    session: Recording,
}

/// What a [`Recorder`] has kept so far, readable while it is at work.
#[derive(Clone, Debug, Default)]
pub struct Recording(Rc<RefCell<Session>>);

impl Recording {
    /// What passed until now.
    #[must_use]
    pub fn session(&self) -> Session {
        self.0.borrow().clone()
    }
}

impl<T: Transport> Recorder<T> {
    /// Starts recording `inner`.
    pub fn new(inner: T) -> Self {
        let atr = inner.atr().to_vec();
        let session = Session {
            atr,
            exchanges: Vec::new(),
        };
        Recorder {
            inner,
            session: Recording(Rc::new(RefCell::new(session))),
        }
    }

    /// The other end of what is kept.
    #[must_use]
    pub fn recording(&self) -> Recording {
        self.session.clone()
    }

    /// Ends the recording.
    pub fn finish(self) -> (T, Session) {
        (self.inner, self.session.session())
    }
}

impl<T: Transport> Transport for Recorder<T> {
    fn transmit(&mut self, command: &[u8], response: &mut Vec<u8>) -> Result<(), TransportError> {
        self.transmit_watched(command, response, &mut |_| true)
    }

    fn transmit_watched(
        &mut self,
        command: &[u8],
        response: &mut Vec<u8>,
        waiting: &mut dyn FnMut(Duration) -> bool,
    ) -> Result<(), TransportError> {
        self.inner.transmit_watched(command, response, waiting)?;
        self.session.0.borrow_mut().exchanges.push(Exchange {
            command: command.to_vec(),
            response: response.clone(),
        });
        Ok(())
    }

    fn wait_for_card(&mut self, limit: Duration) -> Result<(), TransportError> {
        self.inner.wait_for_card(limit)
    }

    fn reset(&mut self) -> Result<(), TransportError> {
        self.inner.reset()
    }

    fn limits(&self) -> Limits {
        self.inner.limits()
    }

    fn atr(&self) -> &[u8] {
        self.inner.atr()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "eid-session 1\nATR 3B80\n> 00A4040C\n< 9000\n> 00B0000004\n< 60145F019000\n";

    #[test]
    fn text_and_session_are_the_same_thing() {
        let session = Session::parse(TEXT).unwrap();
        assert_eq!(session.to_text(), TEXT);
        assert_eq!(session.exchanges.len(), 2);

        let mut recorder = Recorder::new(Replay::new(session.clone()));
        let mut response = Vec::new();
        for exchange in &session.exchanges {
            recorder.transmit(&exchange.command, &mut response).unwrap();
            assert_eq!(response, exchange.response);
        }
        let (replay, recorded) = recorder.finish();
        assert_eq!(replay.remaining(), 0);
        assert_eq!(recorded, session);
    }

    #[test]
    fn another_command_than_recorded_is_an_error_without_its_bytes() {
        let mut replay = Replay::new(Session::parse(TEXT).unwrap());
        let mut response = vec![1];
        let error = replay
            .transmit(&[0xDE, 0xAD, 0xBE, 0xEF], &mut response)
            .unwrap_err();
        assert!(matches!(error, TransportError::ReplayDiverged { .. }));
        assert!(!error.to_string().to_uppercase().contains("DEADBEEF"));
        assert!(response.is_empty());
    }

    #[test]
    fn broken_text_names_its_line() {
        for (text, line) in [
            ("", 0),
            ("nothing of ours", 1),
            ("eid-session 1\n< 9000", 2),
            ("eid-session 1\n> 00\n> 00", 3),
            ("eid-session 1\n> 0x", 2),
            ("eid-session 1\n> 00", 2),
            ("eid-session 1\nATR", 2),
        ] {
            assert_eq!(Session::parse(text).unwrap_err().line, line, "{text:?}");
        }
    }
}
