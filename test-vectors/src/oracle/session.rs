//! Secure messaging, the terminal's side, object by object (ICAO Doc 9303-11 §9.8).

use super::command::{Command, Le, Response};
use crate::naive::{object, objects};

pub use crate::naive::SessionKeys as Session;

/// What is wrong with the protection of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bend {
    /// No DO'8E'.
    NoMac,
    /// One bit of DO'8E' is another.
    WrongMac,
    /// DO'8E' has seven bytes.
    ShortMac,
    /// The counter is one ahead.
    WrongCounter,
    /// The cryptogram's last bit is another; the MAC is of what was.
    ChangedCryptogram,
    /// The MAC fits, and the cryptogram decrypts to something without padding.
    WrongPadding,
    /// DO'87' is left out; the MAC fits.
    NoCryptogram,
    /// DO'97' is left out; the MAC fits.
    NoLe,
}

/// Why an answer is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Broken {
    /// No DO'8E'.
    NoMac,
    /// DO'8E' does not fit.
    WrongMac,
    /// No DO'99', or one that is no status word.
    NoStatus,
    /// The status word outside is another than inside.
    OtherStatus,
    /// The cryptogram cannot be one.
    Cryptogram,
    /// Objects in another order, twice, or that have no place here.
    Structure,
}

impl Session {
    /// Protects a command; the counter moves.
    pub fn protect(&mut self, command: &Command) -> Command {
        self.protect_bent(command, None)
    }

    /// Protects a command, rightly or not.
    pub fn protect_bent(&mut self, command: &Command, bend: Option<Bend>) -> Command {
        self.count();
        if bend == Some(Bend::WrongCounter) {
            self.count();
        }
        let odd = command.instruction & 1 == 1;
        let mut protected = command.clone().class(command.class | 0x0C);
        let mut covered = Vec::new();
        if !command.data.is_empty() && bend != Some(Bend::NoCryptogram) {
            let mut padded = self.cipher.pad(&command.data);
            if bend == Some(Bend::WrongPadding) {
                padded.fill(0x11);
            }
            let cryptogram = self.cipher.encrypt(&self.ks_enc, &self.iv(), &padded);
            covered = match odd {
                true => object(0x85, &cryptogram),
                false => object(0x87, &[&[0x01], &cryptogram[..]].concat()),
            };
        }
        let carried = covered.len();
        let le = match command.le {
            _ if bend == Some(Bend::NoLe) => None,
            Le::Absent => None,
            Le::Short(n) => Some(vec![n as u8]),
            Le::Extended(n) => Some((n as u16).to_be_bytes().to_vec()),
        };
        if let Some(le) = &le {
            covered.extend(object(0x97, le));
        }
        let mut message = protected.header().to_vec();
        if !covered.is_empty() {
            message = [self.cipher.pad(&message), covered.clone()].concat();
        }
        let mut mac = self.mac(&message);
        match bend {
            Some(Bend::WrongMac) => mac[0] ^= 0x01,
            Some(Bend::ShortMac) => mac.truncate(7),
            Some(Bend::ChangedCryptogram) if carried > 0 => covered[carried - 1] ^= 0x01,
            _ => {}
        }
        if bend != Some(Bend::NoMac) {
            covered.extend(object(0x8E, &mac));
        }
        protected.data = covered;
        // The answer is longer than what was asked for.
        protected.le = match command.le {
            Le::Extended(_) => Le::Extended(65_536),
            _ => Le::Short(256),
        };
        protected
    }

    /// Takes the protection off the answer to `command`; the counter moves.
    ///
    /// # Errors
    /// What is wrong with it. The session is then of no more use.
    pub fn unprotect(&mut self, command: &Command, answer: &Response) -> Result<Response, Broken> {
        self.count();
        let found = objects(&answer.data);
        let length: usize = found.iter().map(|(tag, value)| object(*tag, value).len()).sum();
        let Some((0x8E, mac)) = found.last() else {
            return Err(Broken::NoMac);
        };
        if length != answer.data.len() {
            return Err(Broken::Structure);
        }
        let covered = &answer.data[..length - object(0x8E, mac).len()];
        if self.mac(covered) != *mac {
            return Err(Broken::WrongMac);
        }
        let (cryptogram, status) = match &found[..found.len() - 1] {
            [(0x99, status)] => (None, *status),
            [(tag @ (0x85 | 0x87), value), (0x99, status)] => (Some((*tag, *value)), *status),
            [] | [(0x85 | 0x87, _)] => return Err(Broken::NoStatus),
            _ => return Err(Broken::Structure),
        };
        let status = <[u8; 2]>::try_from(status).map_err(|_| Broken::NoStatus)?;
        if answer.status.to_be_bytes() != status {
            return Err(Broken::OtherStatus);
        }
        let data = match cryptogram {
            None => Vec::new(),
            Some((tag, value)) => {
                let odd = command.instruction & 1 == 1;
                let bytes = match (tag, odd) {
                    (0x85, true) => value,
                    (0x87, false) => value.strip_prefix(&[0x01]).ok_or(Broken::Cryptogram)?,
                    _ => return Err(Broken::Structure),
                };
                if bytes.is_empty() || !bytes.len().is_multiple_of(self.cipher.block_len()) {
                    return Err(Broken::Cryptogram);
                }
                let padded = self.cipher.decrypt(&self.ks_enc, &self.iv(), bytes);
                self.cipher.unpad(&padded).ok_or(Broken::Cryptogram)?
            }
        };
        Ok(Response {
            data,
            status: u16::from_be_bytes(status),
            protected: true,
        })
    }
}
