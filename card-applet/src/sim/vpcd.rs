//! The virtual card behind PC/SC: the card's side of the vpcd protocol of the virtual smart card project, over TCP.
//!
//! Each message is two bytes of length, big-endian, and that many bytes. One byte alone is a control: 0 power off,
//! 1 power on, 2 reset, 4 give the ATR. Everything else is a command APDU.

use super::in_process::{SimError, VirtualCard};
use std::io::{self, ErrorKind, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Where vpcd listens for its first card.
pub const DEFAULT_ADDRESS: &str = "127.0.0.1:35963";

/// How often a card that waits for a command looks whether it shall stop.
const POLL: Duration = Duration::from_millis(100);

/// What can be put into such a reader.
pub trait Icc {
    /// Gives it power.
    fn power_on(&mut self);

    /// Takes the power away.
    fn power_off(&mut self);

    /// Resets it.
    fn reset(&mut self);

    /// Its answer to reset.
    fn atr(&self) -> &[u8];

    /// Answers a command. No bytes: it is mute.
    ///
    /// # Errors
    /// When it cannot go on.
    fn transmit(&mut self, command: &[u8], response: &mut Vec<u8>) -> io::Result<()>;
}

impl Icc for VirtualCard {
    fn power_on(&mut self) {
        Self::power_on(self);
    }

    fn power_off(&mut self) {
        Self::power_off(self);
    }

    fn reset(&mut self) {
        Self::reset(self);
    }

    fn atr(&self) -> &[u8] {
        Self::atr(self)
    }

    fn transmit(&mut self, command: &[u8], response: &mut Vec<u8>) -> io::Result<()> {
        match Self::transmit(self, command, response) {
            Ok(()) => Ok(()),
            Err(SimError::Mute) => {
                response.clear();
                Ok(())
            }
            Err(error) => Err(io::Error::other(error)),
        }
    }
}

/// Serves a card until the reader hangs up or `stop` becomes true. The card is then without power.
///
/// # Errors
/// When the connection cannot be made or breaks.
pub fn serve(card: &mut impl Icc, address: impl ToSocketAddrs, stop: &AtomicBool) -> io::Result<()> {
    let mut connection = Connection {
        stream: TcpStream::connect(address)?,
        stop,
    };
    connection.stream.set_nodelay(true)?;
    connection.stream.set_read_timeout(Some(POLL))?;
    let outcome = connection.run(card);
    card.power_off();
    outcome
}

struct Connection<'a> {
    stream: TcpStream,
    stop: &'a AtomicBool,
}

impl Connection<'_> {
    fn run(&mut self, card: &mut impl Icc) -> io::Result<()> {
        while let Some(message) = self.receive()? {
            match message.as_slice() {
                [0] => card.power_off(),
                [1] => card.power_on(),
                [2] => card.reset(),
                [4] => self.send(card.atr())?,
                command => {
                    let mut response = Vec::new();
                    card.transmit(command, &mut response)?;
                    // vpcd knows no silence; an empty answer is an error to the reader.
                    self.send(&response)?;
                }
            }
        }
        Ok(())
    }

    /// The next message; `None` when the reader hung up or the card shall stop.
    fn receive(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut length = [0; 2];
        if !self.fill(&mut length)? {
            return Ok(None);
        }
        let mut message = vec![0; u16::from_be_bytes(length).into()];
        Ok(self.fill(&mut message)?.then_some(message))
    }

    fn fill(&mut self, buffer: &mut [u8]) -> io::Result<bool> {
        let mut done = 0;
        while done < buffer.len() {
            if self.stop.load(Ordering::Relaxed) {
                return Ok(false);
            }
            // vpcd writes length and body apart; a delayed acknowledgement of the first would hold back the second
            // for 40 ms. The kernel forgets this wish, so it is said before every read.
            quick_acknowledge(&self.stream)?;
            match self.stream.read(&mut buffer[done..]) {
                Ok(0) => return Ok(false),
                Ok(read) => done += read,
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(true)
    }

    fn send(&mut self, message: &[u8]) -> io::Result<()> {
        let length = u16::try_from(message.len())
            .map_err(|_| io::Error::new(ErrorKind::InvalidData, "response too long for the vpcd protocol"))?;
        let mut framed = length.to_be_bytes().to_vec();
        framed.extend_from_slice(message);
        self.stream.write_all(&framed)
    }
}

#[cfg(target_os = "linux")]
fn quick_acknowledge(stream: &TcpStream) -> io::Result<()> {
    std::os::linux::net::TcpStreamExt::set_quickack(stream, true)
}

#[cfg(not(target_os = "linux"))]
fn quick_acknowledge(_: &TcpStream) -> io::Result<()> {
    Ok(())
}
