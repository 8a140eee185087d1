//! An open SCP03 session, the host's side (GlobalPlatform Amendment D v1.2 §6.2).
//!
//! Every command is MACed into a chain that started with EXTERNAL AUTHENTICATE, so that none can be left out, repeated or moved;
//! answers are MACed with the command's chaining value. An answer that does not hold ends the session.

use card_applet::crypto::cipher::{BlockCipherKey, MAX_BLOCK, SymmetricAlgorithm};
use card_applet::crypto::mac::MacKey;
use card_applet::crypto::pad;
use card_applet::crypto::secret::constant_time_eq;
use card_applet::wire::apdu::{ApduError, CommandApdu, ResponseApdu};
use card_applet::wire::global_platform::{Scp03Mode, security_level};

use super::security_level::SecurityLevel;
use crate::terminal::channel::Response;

#[cfg(test)]
mod tests;

/// Class byte bit 3: GlobalPlatform secure messaging (Card Specification §11.1.4).
const CLASS_SECURE: u8 = 0x04;
/// First byte of the counter block of an answer (Amendment D §6.2.7).
const RESPONSE_COUNTER: u8 = 0x80;

/// Why the session cannot go on. All but [`Command`](SessionError::Command) end it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SessionError {
    /// The command fits no APDU: a mistake of the caller; the session lives.
    #[error("the command does not fit an APDU: {0}")]
    Command(ApduError),
    /// The session is over, by an earlier error.
    #[error("the issuer's session with the chip is over")]
    Over,
    /// The answer is shorter than its MAC.
    #[error("the chip's answer has no MAC")]
    MissingMac,
    /// The answer's MAC does not fit: it was changed on the way.
    #[error("wrong MAC on the chip's answer")]
    WrongMac,
    /// The chip sent data with a status word that may not have any.
    #[error("the chip sent unprotected data")]
    UnprotectedData,
    /// The cryptogram is no whole number of blocks, or its padding is wrong.
    #[error("the chip's cryptogram is malformed")]
    Cryptogram,
    /// Keys of another length than the cipher's.
    #[error("the session's keys cannot be used")]
    Keys,
}

struct Keys {
    mode: Scp03Mode,
    s_enc: BlockCipherKey,
    s_mac: MacKey,
    s_rmac: MacKey,
    /// The whole MAC of the last command: both directions' MACs start with it.
    chaining: [u8; MAX_BLOCK],
    /// Number of the last command, for the counter blocks of both directions.
    counter: u128,
}

/// A session; only [`scp03`](super::scp03) makes one.
pub struct Scp03Session {
    /// `None` once the session is over.
    keys: Option<Keys>,
    level: u8,
}

impl Scp03Session {
    pub(super) fn new(
        algorithm: SymmetricAlgorithm,
        mode: Scp03Mode,
        s_enc: &[u8],
        s_mac: &[u8],
        s_rmac: &[u8],
    ) -> Result<Self, SessionError> {
        let keys = Keys {
            mode,
            s_enc: BlockCipherKey::new(algorithm, s_enc).map_err(|_| SessionError::Keys)?,
            s_mac: MacKey::new(algorithm, s_mac).map_err(|_| SessionError::Keys)?,
            s_rmac: MacKey::new(algorithm, s_rmac).map_err(|_| SessionError::Keys)?,
            chaining: [0; MAX_BLOCK],
            counter: 0,
        };
        Ok(Scp03Session {
            keys: Some(keys),
            level: security_level::C_MAC,
        })
    }

    pub(super) fn set_level(&mut self, level: SecurityLevel) {
        self.level = level.byte();
    }

    /// Whether commands can still be sent.
    pub fn is_open(&self) -> bool {
        self.keys.is_some()
    }

    /// Adds the C-MAC of EXTERNAL AUTHENTICATE, whose data is not encrypted and which does not count.
    pub(super) fn wrap_authentication(&mut self, command: &CommandApdu<'_>) -> Result<Vec<u8>, SessionError> {
        let keys = self.keys.as_mut().ok_or(SessionError::Over)?;
        keys.append_mac(command, command.data.to_vec())
    }

    /// Protects a command and gives the APDU to send; its answer must go through [`unwrap`](Self::unwrap) before the next one.
    ///
    /// # Errors
    /// [`SessionError::Command`], [`SessionError::Over`].
    pub fn wrap(&mut self, command: &CommandApdu<'_>) -> Result<Vec<u8>, SessionError> {
        let encrypts = self.level & security_level::C_DECRYPTION != 0;
        let keys = self.keys.as_mut().ok_or(SessionError::Over)?;
        if pad::padded_len(command.data.len(), MAX_BLOCK) + keys.mode.size() > usize::from(u16::MAX) {
            return Err(SessionError::Command(ApduError::InvalidLength));
        }
        // Commands without data count too (Amendment D §6.2.6), or both sides would disagree on the next one's.
        keys.counter += 1;
        let data = if encrypts && !command.data.is_empty() {
            keys.encrypt(command.data)?
        } else {
            command.data.to_vec()
        };
        keys.append_mac(command, data)
    }

    /// Checks an answer (data field and status word as received) and gives what it protected.
    ///
    /// An error status comes without data and without MAC (Amendment D §6.2.5), so nobody vouches for it: it can stop an issuer,
    /// and never persuade one.
    ///
    /// # Errors
    /// Any [`SessionError`]; the keys are wiped then and the session is over.
    pub fn unwrap(&mut self, response: &[u8]) -> Result<Response, SessionError> {
        let mut keys = self.keys.take().ok_or(SessionError::Over)?;
        let received = ResponseApdu::parse(response).map_err(|_| SessionError::MissingMac)?;
        let status = received.status;
        let data = if !status.is_success() && !status.is_warning() {
            if !received.data.is_empty() {
                return Err(SessionError::UnprotectedData);
            }
            Vec::new()
        } else if self.level & security_level::R_MAC == 0 {
            received.data.to_vec()
        } else {
            let (body, r_mac) = (received.data.len().checked_sub(keys.mode.size()))
                .and_then(|body| received.data.split_at_checked(body))
                .ok_or(SessionError::MissingMac)?;
            let mut mac = keys.s_rmac.start();
            mac.update(&keys.chaining);
            mac.update(body);
            mac.update(&status.to_bytes());
            let whole = mac.finish();
            let expected = whole.get(..r_mac.len()).ok_or(SessionError::MissingMac)?;
            if !constant_time_eq(expected, r_mac) {
                return Err(SessionError::WrongMac);
            }
            if self.level & security_level::R_ENCRYPTION != 0 && !body.is_empty() {
                keys.decrypt(body)?
            } else {
                body.to_vec()
            }
        };
        self.keys = Some(keys);
        Ok(Response { data, status })
    }
}

impl Keys {
    /// The encrypted counter block, which is the initialisation vector (Amendment D §6.2.6, §6.2.7).
    fn iv(&self, first_byte: u8) -> Result<[u8; MAX_BLOCK], SessionError> {
        let mut block = self.counter.to_be_bytes();
        block[0] |= first_byte;
        self.s_enc
            .encrypt_block(&mut block)
            .map_err(|_| SessionError::Keys)?;
        Ok(block)
    }

    fn encrypt(&self, data: &[u8]) -> Result<Vec<u8>, SessionError> {
        let mut buffer = vec![0; pad::padded_len(data.len(), MAX_BLOCK)];
        for (to, from) in buffer.iter_mut().zip(data) {
            *to = *from;
        }
        pad::pad_in_place(&mut buffer, data.len(), MAX_BLOCK).ok_or(SessionError::Keys)?;
        self.s_enc
            .cbc_encrypt(&mut self.iv(0)?, &mut buffer)
            .map_err(|_| SessionError::Keys)?;
        Ok(buffer)
    }

    fn decrypt(&mut self, body: &[u8]) -> Result<Vec<u8>, SessionError> {
        if !body.len().is_multiple_of(MAX_BLOCK) {
            return Err(SessionError::Cryptogram);
        }
        let mut buffer = body.to_vec();
        self.s_enc
            .cbc_decrypt(&mut self.iv(RESPONSE_COUNTER)?, &mut buffer)
            .map_err(|_| SessionError::Keys)?;
        // Not `pad::unpad`: a published transcript (Samsung OpenSCP) pads a short answer by more than a block. The MAC has been
        // checked, so reading that costs nothing.
        match buffer.iter().rposition(|byte| *byte != 0) {
            Some(marker) if buffer.get(marker) == Some(&0x80) => buffer.truncate(marker),
            _ => return Err(SessionError::Cryptogram),
        }
        Ok(buffer)
    }

    /// C-MAC over chaining value, header with the final class byte and Lc, and data (Amendment D §6.2.4).
    fn append_mac(&mut self, command: &CommandApdu<'_>, mut data: Vec<u8>) -> Result<Vec<u8>, SessionError> {
        let data_len = data.len();
        data.resize(data_len + self.mode.size(), 0);
        let class = command.class | CLASS_SECURE;
        let wrapped = CommandApdu {
            class,
            data: &data,
            ..*command
        };
        let mut bytes = vec![0; wrapped.encoded_len()];
        wrapped.encode(&mut bytes).map_err(SessionError::Command)?;

        // What is MACed is what is sent: header, length field as encoded, data without the MAC and without Le.
        let extended = wrapped.extended || data.len() > 255 || wrapped.expected.is_some_and(|ne| ne > 256);
        let mac_start = 4 + if extended { 3 } else { 1 } + data_len;
        let (maced, rest) = bytes.split_at_mut_checked(mac_start).ok_or(SessionError::Keys)?;
        let mut mac = self.s_mac.start();
        mac.update(&self.chaining);
        mac.update(maced);
        self.chaining = mac.finish();
        for (to, from) in rest.iter_mut().zip(self.chaining.iter().take(self.mode.size())) {
            *to = *from;
        }
        Ok(bytes)
    }
}

impl Drop for Keys {
    fn drop(&mut self) {
        use zeroize::Zeroize;
        self.chaining.zeroize();
    }
}
