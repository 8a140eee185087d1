//! A transport that tells what passes through it.
//!
//! Redacted by default: class, instruction, parameters, lengths and status words, never data. That is enough to see a protocol
//! go wrong and holds no key, CAN or name. Whole APDUs are shown only after [`Detail::UnsafeFull`] was asked for by name.

use std::io::Write;
use std::time::Duration;

use card_applet::wire::apdu::CommandApdu;
use card_applet::wire::status::StatusWord;

use super::{Limits, Transport, TransportError};

/// How much of an APDU is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Detail {
    /// Header, lengths and status word; no data.
    #[default]
    Redacted,
    /// Every byte, personal data and cryptograms included. For specimen cards only.
    UnsafeFull,
}

/// A transport that writes one line for each command and one for each answer.
pub struct Trace<T, W> {
    inner: T,
    writer: W,
    detail: Detail,
}

impl<T: Transport, W: Write> Trace<T, W> {
    /// Wraps `inner`; lines go to `writer`. A writer that fails is ignored: a full disk must not break a session.
    pub fn new(inner: T, writer: W, detail: Detail) -> Self {
        Trace {
            inner,
            writer,
            detail,
        }
    }

    /// Gives the wrapped transport and the writer back.
    pub fn into_parts(self) -> (T, W) {
        (self.inner, self.writer)
    }

    fn line(&mut self, text: &str) {
        let _ = writeln!(self.writer, "{text}");
    }
}

impl<T: Transport, W: Write> Transport for Trace<T, W> {
    fn transmit(&mut self, command: &[u8], response: &mut Vec<u8>) -> Result<(), TransportError> {
        self.transmit_watched(command, response, &mut |_| true)
    }

    fn transmit_watched(
        &mut self,
        command: &[u8],
        response: &mut Vec<u8>,
        waiting: &mut dyn FnMut(Duration) -> bool,
    ) -> Result<(), TransportError> {
        let sent = match self.detail {
            Detail::Redacted => describe_command(command),
            Detail::UnsafeFull => hex::encode_upper(command),
        };
        self.line(&format!("> {sent}"));
        let result = self.inner.transmit_watched(command, response, waiting);
        let received = match (&result, self.detail) {
            (Ok(()), Detail::Redacted) => describe_response(response),
            (Ok(()), Detail::UnsafeFull) => hex::encode_upper(&*response),
            (Err(error), _) => format!("! {error}"),
        };
        self.line(&format!("< {received}"));
        result
    }

    fn wait_for_card(&mut self, limit: Duration) -> Result<(), TransportError> {
        self.line("= no card");
        self.inner.wait_for_card(limit)
    }

    fn reset(&mut self) -> Result<(), TransportError> {
        let result = self.inner.reset();
        match &result {
            Ok(()) => {
                let atr = hex::encode_upper(self.inner.atr());
                self.line(&format!("= reset, ATR {atr}"));
            }
            Err(error) => self.line(&format!("= reset failed: {error}")),
        }
        result
    }

    fn limits(&self) -> Limits {
        self.inner.limits()
    }

    fn atr(&self) -> &[u8] {
        self.inner.atr()
    }
}

/// Header and lengths of a command, without its data.
fn describe_command(command: &[u8]) -> String {
    match CommandApdu::parse(command) {
        Ok(apdu) => {
            let mut text = format!(
                "{:02X} {:02X} {:02X} {:02X}",
                apdu.class, apdu.instruction, apdu.p1, apdu.p2
            );
            if !apdu.data.is_empty() {
                text.push_str(&format!(" Lc={}", apdu.data.len()));
            }
            if let Some(expected) = apdu.expected {
                text.push_str(&format!(" Le={expected}"));
            }
            if apdu.extended {
                text.push_str(" extended");
            }
            text
        }
        Err(_) => format!("malformed command of {} bytes", command.len()),
    }
}

/// Status word and length of an answer, without its data.
fn describe_response(response: &[u8]) -> String {
    match response {
        [data @ .., sw1, sw2] => {
            let status = StatusWord(u16::from_be_bytes([*sw1, *sw2]));
            format!("{:04X} {} bytes ({})", status.0, data.len(), status.meaning())
        }
        _ => format!("malformed response of {} bytes", response.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::replay::{Exchange, Replay, Session};

    fn traced(detail: Detail) -> String {
        let session = Session {
            atr: vec![0x3B, 0x80],
            exchanges: vec![Exchange {
                command: hex::decode("00A4020C02011E").unwrap(),
                response: hex::decode("DEADBEEF9000").unwrap(),
            }],
        };
        let mut trace = Trace::new(Replay::new(session), Vec::new(), detail);
        let mut response = Vec::new();
        trace
            .transmit(&hex::decode("00A4020C02011E").unwrap(), &mut response)
            .unwrap();
        assert_eq!(hex::encode_upper(&response), "DEADBEEF9000");
        String::from_utf8(trace.into_parts().1).unwrap()
    }

    #[test]
    fn no_data_is_told_unless_asked_for_by_name() {
        let redacted = traced(Detail::Redacted);
        assert!(
            redacted.starts_with("> 00 A4 02 0C Lc=2\n< 9000 4 bytes"),
            "{redacted}"
        );
        assert!(!redacted.contains("011E") && !redacted.contains("DEADBEEF"));
        assert_eq!(traced(Detail::UnsafeFull), "> 00A4020C02011E\n< DEADBEEF9000\n");
    }
}
