//! The chip's side of an SCP03 session: C-MAC, C-DECRYPTION, R-MAC, R-ENCRYPTION (GlobalPlatform Card Specification
//! v2.3 Amendment D, 6.2).

use super::Unprotected;
use super::protect::{CHUNK, fill_padded};
use crate::crypto::cipher::MAX_BLOCK;
use crate::crypto::pad;
use crate::crypto::secret::constant_time_eq;
use crate::error::Error;
use crate::fs::body::Body;
use crate::platform::{Engine, EngineError, Nvm, ResponseSink};
use crate::wire::apdu::CommandApdu;
use crate::wire::global_platform::{Scp03Mode, security_level};
use crate::wire::status::StatusWord;

/// AES block, for all key lengths.
const BLOCK: usize = 16;

/// Session keys.
pub(crate) struct IssuerKeys<E: Engine> {
    /// S-ENC.
    pub(crate) s_enc: E::CipherKey,
    /// S-MAC.
    pub(crate) s_mac: E::MacKey,
    /// S-RMAC.
    pub(crate) s_rmac: E::MacKey,
}

/// An SCP03 session.
pub(crate) struct IssuerSession<E: Engine> {
    keys: IssuerKeys<E>,
    key_version: u8,
    mode: Scp03Mode,
    level: u8,
    /// MAC chaining value: the last command's whole C-MAC.
    chaining: [u8; MAX_BLOCK],
    /// Encryption counter: number of the command.
    counter: u32,
}

/// The C-MAC of a command over the chaining value, the header and Lc as they are sent, and the data without the MAC.
pub(crate) fn command_mac<E: Engine>(
    engine: &mut E,
    s_mac: &E::MacKey,
    chaining: &[u8; MAX_BLOCK],
    command: &CommandApdu<'_>,
    data: &[u8],
) -> Result<[u8; MAX_BLOCK], EngineError> {
    let mut mac = engine.mac_start(s_mac)?;
    engine.mac_update(&mut mac, chaining)?;
    engine.mac_update(&mut mac, &command.header())?;
    // A data field longer than two bytes can say was not parsed.
    let [high, low] = u16::try_from(command.data.len())
        .map_err(|_| EngineError)?
        .to_be_bytes();
    if command.extended {
        engine.mac_update(&mut mac, &[0, high, low])?;
    } else {
        engine.mac_update(&mut mac, &[low])?;
    }
    engine.mac_update(&mut mac, data)?;
    engine.mac_finish(mac)
}

impl<E: Engine> IssuerSession<E> {
    /// The session after EXTERNAL AUTHENTICATE, whose C-MAC begins the chain.
    pub(crate) const fn new(
        keys: IssuerKeys<E>,
        key_version: u8,
        mode: Scp03Mode,
        level: u8,
        chaining: [u8; MAX_BLOCK],
    ) -> Self {
        Self {
            keys,
            key_version,
            mode,
            level,
            chaining,
            counter: 0,
        }
    }

    /// Version number of the keys that opened the session.
    pub(crate) const fn key_version(&self) -> u8 {
        self.key_version
    }

    const fn has(&self, bit: u8) -> bool {
        self.level & bit != 0
    }

    /// Most plain bytes of which the response, status word excluded, is not longer than `limit`.
    pub(super) const fn capacity(&self, limit: usize) -> usize {
        let limit = if self.has(security_level::R_MAC) {
            limit.saturating_sub(self.mode.size())
        } else {
            limit
        };
        if self.has(security_level::R_ENCRYPTION) {
            (limit / BLOCK).saturating_mul(BLOCK).saturating_sub(1)
        } else {
            limit
        }
    }

    fn initial_vector(&self, engine: &mut E, response: bool) -> Result<[u8; MAX_BLOCK], EngineError> {
        let response_bit = if response { 1u128 << 127 } else { 0 };
        let mut iv = (u128::from(self.counter) | response_bit).to_be_bytes();
        engine.encrypt_block(&self.keys.s_enc, &mut iv)?;
        Ok(iv)
    }

    /// Checks and decrypts a command in its buffer.
    ///
    /// # Errors
    /// [`Error::SmMissing`] and [`Error::SmIncorrect`]; the session must end on any error.
    #[inline(never)]
    pub(crate) fn unwrap(&mut self, engine: &mut E, buffer: &mut [u8]) -> Result<Unprotected, Error> {
        let command = CommandApdu::parse(buffer).map_err(|_| Error::SmIncorrect)?;
        let expected = command.expected;
        let start = if command.extended { 7usize } else { 5 };
        let data_len = command.data.len().checked_sub(self.mode.size());
        let (data, mac) = data_len
            .and_then(|len| command.data.split_at_checked(len))
            .ok_or(Error::SmMissing)?;
        let c_mac = command_mac(engine, &self.keys.s_mac, &self.chaining, &command, data)?;
        if !constant_time_eq(c_mac.get(..self.mode.size()).ok_or(Error::Fault)?, mac) {
            return Err(Error::SmIncorrect);
        }
        self.chaining = c_mac;
        self.counter = self.counter.checked_add(1).ok_or(Error::SmIncorrect)?;
        let mut end = start.saturating_add(data.len());
        if self.has(security_level::C_DECRYPTION) && end > start {
            let mut iv = self.initial_vector(engine, false)?;
            let ciphertext = buffer.get_mut(start..end).ok_or(Error::SmIncorrect)?;
            if !ciphertext.len().is_multiple_of(BLOCK) {
                return Err(Error::SmIncorrect);
            }
            engine.cbc_decrypt(&self.keys.s_enc, &mut iv, ciphertext)?;
            let plain = pad::unpad(ciphertext, BLOCK).ok_or(Error::SmIncorrect)?;
            end = start.saturating_add(plain.len());
        }
        Ok(Unprotected {
            data: start..end,
            expected,
        })
    }

    /// Sends a response. Errors go in plain and without MAC (Amendment D, 6.2.5).
    ///
    /// # Errors
    /// When memory or engine fail; part of the response may have left, so the caller must fall silent.
    #[inline(never)]
    pub(crate) fn wrap<N: Nvm>(
        &mut self,
        engine: &mut E,
        nvm: &N,
        mut body: Body,
        status: StatusWord,
        sink: &mut impl ResponseSink,
    ) -> Result<(), Error> {
        let secured = status.is_success() || status.is_warning();
        let mut mac = match secured && self.has(security_level::R_MAC) {
            true => {
                let mut mac = engine.mac_start(&self.keys.s_rmac)?;
                engine.mac_update(&mut mac, &self.chaining)?;
                Some(mac)
            }
            false => None,
        };
        let encrypted = secured && self.has(security_level::R_ENCRYPTION) && body.remaining() > 0;
        let mut iv = self.initial_vector(engine, true)?;
        let mut left = if encrypted {
            pad::padded_len(body.remaining(), BLOCK)
        } else {
            body.remaining()
        };
        while left > 0 {
            let mut chunk = [0; CHUNK];
            let chunk = chunk.get_mut(..left.min(CHUNK)).ok_or(Error::Fault)?;
            if encrypted {
                fill_padded(&mut body, nvm, chunk, BLOCK)?;
                engine.cbc_encrypt(&self.keys.s_enc, &mut iv, chunk)?;
            } else {
                body.read(nvm, chunk)?;
            }
            if let Some(mac) = &mut mac {
                engine.mac_update(mac, chunk)?;
            }
            sink.put(chunk);
            left = left.saturating_sub(chunk.len());
        }
        if let Some(mut mac) = mac {
            engine.mac_update(&mut mac, &status.to_bytes())?;
            let mac = engine.mac_finish(mac)?;
            sink.put(mac.get(..self.mode.size()).ok_or(Error::Fault)?);
        }
        sink.put(&status.to_bytes());
        Ok(())
    }
}
