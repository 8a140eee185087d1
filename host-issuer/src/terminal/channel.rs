//! The terminal's side of secure messaging (ICAO Doc 9303-11 §9.8; ISO/IEC 7816-4:2020 §10).
//!
//! Every command gets DO'87' (or DO'85' for an odd instruction), DO'97' and DO'8E'; every answer must bring DO'8E' over its
//! DO'87'/'85' and DO'99', in this order and nothing else. Whatever does not hold ends the session: the keys are wiped and
//! no further command can be protected.

use std::fmt;

use card_applet::crypto::cipher::{BlockCipherKey, MAX_BLOCK, SymmetricAlgorithm};
use card_applet::crypto::mac::{MacKey, TRUNCATED_MAC_LEN};
use card_applet::crypto::pad;
use card_applet::crypto::ssc::SendSequenceCounter;
use card_applet::wire::apdu::{
    ApduError, CLASS_SECURE_MESSAGING, CommandApdu, MAX_EXTENDED_NE, MAX_SHORT_NE, ResponseApdu,
};
use card_applet::wire::status::StatusWord;
use card_applet::wire::tlv::{self, TlvError, TlvReader};

#[cfg(test)]
mod tests;

/// DO'85': cryptogram without padding indicator, for odd instructions.
const DO85: u32 = 0x85;
/// DO'87': cryptogram behind a padding indicator.
const DO87: u32 = 0x87;
/// DO'97': the protected Le.
const DO97: u32 = 0x97;
/// DO'99': the protected status word.
const DO99: u32 = 0x99;
/// DO'8E': the MAC.
const DO8E: u32 = 0x8E;
/// Padding indicator of DO'87': ISO/IEC 9797-1 padding method 2.
const PADDED: u8 = 0x01;

/// An answer of the chip: data field and status word. `Debug` shows no data: it may be personal.
#[derive(Clone, PartialEq, Eq)]
pub struct Response {
    /// The data field.
    pub data: Vec<u8>,
    /// SW1-SW2; in a session the one that the MAC covers.
    pub status: StatusWord,
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Response({} bytes, {})", self.data.len(), self.status)
    }
}

/// Why a session cannot go on. All of them but [`Command`](SecureMessagingError::Command) end it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SecureMessagingError {
    /// The command itself cannot be said in an APDU: a mistake of the caller; the session lives.
    #[error("the command does not fit an APDU: {0}")]
    Command(ApduError),
    /// The session is over, by an earlier error.
    #[error("the session with the chip is over")]
    SessionOver,
    /// The chip answered in plain: it has ended the session.
    #[error("the chip ended the session with {status}")]
    EndedByChip {
        /// The unprotected status word.
        status: StatusWord,
    },
    /// The answer is no sequence of data objects.
    #[error("malformed protected answer: {0}")]
    Malformed(TlvError),
    /// A data object where it may not be: unknown, twice or out of order.
    #[error("unexpected data object {0:02X} in a protected answer")]
    UnexpectedObject(u32),
    /// A data object that every protected answer has is not there.
    #[error("data object {0:02X} missing in a protected answer")]
    MissingObject(u32),
    /// DO'99' or DO'8E' has a length of its own.
    #[error("data object {0:02X} of a wrong length")]
    WrongLength(u32),
    /// The MAC does not fit: somebody changed the answer, or the keys differ.
    #[error("wrong MAC on an answer")]
    WrongMac,
    /// The status word outside the protection is not the one inside.
    #[error("the status word {outer} was changed on the way, the chip sent {inner}")]
    StatusMismatch {
        /// Behind the protected answer.
        outer: StatusWord,
        /// In DO'99'.
        inner: StatusWord,
    },
    /// The cryptogram is no whole number of blocks, or its padding indicator or padding is wrong.
    #[error("the chip's cryptogram is malformed")]
    Cryptogram,
    /// Keys of another length than the cipher's.
    #[error("the session's keys cannot be used")]
    Keys,
}

/// Keys and counter of a session; both wipe themselves.
struct SessionKeys {
    algorithm: SymmetricAlgorithm,
    ks_enc: BlockCipherKey,
    ks_mac: MacKey,
    ssc: SendSequenceCounter,
}

/// An open session. Only BAC and PACE make one.
pub struct SecureMessaging {
    /// `None` once the session is over.
    keys: Option<SessionKeys>,
    /// Whether the command that waits for its answer had an odd instruction.
    odd_instruction: bool,
}

impl SecureMessaging {
    /// Starts a session. Visible to the protocols that establish keys, and to nobody else.
    pub(super) fn new(
        algorithm: SymmetricAlgorithm,
        ks_enc: &[u8],
        ks_mac: &[u8],
        ssc: SendSequenceCounter,
    ) -> Result<Self, SecureMessagingError> {
        let ks_enc = BlockCipherKey::new(algorithm, ks_enc).map_err(|_| SecureMessagingError::Keys)?;
        let ks_mac = MacKey::new(algorithm, ks_mac).map_err(|_| SecureMessagingError::Keys)?;
        Ok(SecureMessaging {
            keys: Some(SessionKeys {
                algorithm,
                ks_enc,
                ks_mac,
                ssc,
            }),
            odd_instruction: false,
        })
    }

    /// Whether commands can still be protected.
    pub fn is_open(&self) -> bool {
        self.keys.is_some()
    }

    /// A session that is over, in the place of one whose keys cannot be known.
    pub(super) const fn over() -> Self {
        SecureMessaging {
            keys: None,
            odd_instruction: false,
        }
    }

    /// The session's cipher.
    pub fn algorithm(&self) -> Option<SymmetricAlgorithm> {
        self.keys.as_ref().map(|keys| keys.algorithm)
    }

    /// Protects a command and gives the APDU to send. Its answer must go through [`unprotect`](Self::unprotect) before the
    /// next command.
    ///
    /// # Errors
    /// [`SecureMessagingError::Command`] when the protected command fits no APDU, [`SessionOver`](SecureMessagingError::SessionOver).
    pub fn protect(&mut self, command: &CommandApdu<'_>) -> Result<Vec<u8>, SecureMessagingError> {
        let keys = self.keys.as_mut().ok_or(SecureMessagingError::SessionOver)?;
        let block_len = keys.algorithm.block_len();
        let extended = command.extended
            || command.data.len() > 255
            || command.expected.is_some_and(|expected| expected > MAX_SHORT_NE);

        // Checked before the counter moves: a command that is refused here must not cost the session.
        let mut objects = Vec::with_capacity(command.data.len() + 64);
        let le = command
            .expected
            .map(|expected| encode_le(expected, extended))
            .transpose()?;
        if pad::padded_len(command.data.len(), block_len) + 64 > usize::from(u16::MAX) {
            return Err(SecureMessagingError::Command(ApduError::InvalidLength));
        }

        keys.ssc.increment();
        let class = command.class | CLASS_SECURE_MESSAGING;
        if !command.data.is_empty() {
            let cryptogram = keys.encrypt(command.data)?;
            if command.instruction & 1 == 0 {
                push_header(&mut objects, DO87, cryptogram.len() + 1)?;
                objects.push(PADDED);
            } else {
                push_header(&mut objects, DO85, cryptogram.len())?;
            }
            objects.extend_from_slice(&cryptogram);
        }
        if let Some(le) = &le {
            push_header(&mut objects, DO97, le.len())?;
            objects.extend_from_slice(le);
        }

        let header = [class, command.instruction, command.p1, command.p2];
        let mac = keys.mac_of_command(&header, &objects);
        push_header(&mut objects, DO8E, TRUNCATED_MAC_LEN)?;
        objects.extend_from_slice(&mac);

        let protected = CommandApdu {
            class,
            instruction: command.instruction,
            p1: command.p1,
            p2: command.p2,
            data: &objects,
            expected: Some(if extended || objects.len() > 255 {
                MAX_EXTENDED_NE
            } else {
                MAX_SHORT_NE
            }),
            extended,
        };
        let mut bytes = vec![0; protected.encoded_len()];
        let len = protected
            .encode(&mut bytes)
            .map_err(SecureMessagingError::Command)?;
        bytes.truncate(len);
        self.odd_instruction = command.instruction & 1 == 1;
        Ok(bytes)
    }

    /// Checks an answer (data field and status word as received) and gives what it protected.
    ///
    /// # Errors
    /// Any [`SecureMessagingError`]; the keys are wiped then and the session is over.
    pub fn unprotect(&mut self, response: &[u8]) -> Result<Response, SecureMessagingError> {
        let mut keys = self.keys.take().ok_or(SecureMessagingError::SessionOver)?;
        let response = keys.unprotect(response, self.odd_instruction)?;
        self.keys = Some(keys);
        Ok(response)
    }
}

impl SessionKeys {
    /// Initialisation vector of the command or answer under way: zero for 3DES, the encrypted counter for AES (9303-11 §9.8.6.1).
    fn iv(&self) -> Result<Vec<u8>, SecureMessagingError> {
        let mut iv = vec![0; self.algorithm.block_len()];
        if self.algorithm != SymmetricAlgorithm::TripleDes {
            iv.copy_from_slice(self.ssc.block(&mut [0; MAX_BLOCK]));
            self.ks_enc
                .encrypt_block(&mut iv)
                .map_err(|_| SecureMessagingError::Keys)?;
        }
        Ok(iv)
    }

    fn encrypt(&self, data: &[u8]) -> Result<Vec<u8>, SecureMessagingError> {
        let block_len = self.algorithm.block_len();
        let mut buffer = data.to_vec();
        buffer.resize(pad::padded_len(data.len(), block_len), 0);
        if let Some(marker) = buffer.get_mut(data.len()) {
            *marker = 0x80;
        }
        self.ks_enc
            .cbc_encrypt(&mut self.iv()?, &mut buffer)
            .map_err(|_| SecureMessagingError::Keys)?;
        Ok(buffer)
    }

    fn decrypt(&self, cryptogram: &[u8]) -> Result<Vec<u8>, SecureMessagingError> {
        let block_len = self.algorithm.block_len();
        if cryptogram.is_empty() || !cryptogram.len().is_multiple_of(block_len) {
            return Err(SecureMessagingError::Cryptogram);
        }
        let mut buffer = cryptogram.to_vec();
        self.ks_enc
            .cbc_decrypt(&mut self.iv()?, &mut buffer)
            .map_err(|_| SecureMessagingError::Keys)?;
        let len = pad::unpad(&buffer, block_len)
            .ok_or(SecureMessagingError::Cryptogram)?
            .len();
        buffer.truncate(len);
        Ok(buffer)
    }

    /// MAC over counter, padded header and data objects (9303-11 §9.8.6.2).
    fn mac_of_command(&self, header: &[u8; 4], objects: &[u8]) -> [u8; TRUNCATED_MAC_LEN] {
        let mut mac = self.ks_mac.start();
        mac.update(self.ssc.block(&mut [0; MAX_BLOCK]));
        mac.update(header);
        mac.pad();
        // A command without data objects ends with its padded header: padding twice would be another message.
        if !objects.is_empty() {
            mac.update(objects);
            mac.pad();
        }
        mac.finish_truncated()
    }

    fn unprotect(&mut self, response: &[u8], odd: bool) -> Result<Response, SecureMessagingError> {
        let received = ResponseApdu::parse(response)
            .map_err(|_| SecureMessagingError::Malformed(TlvError::Truncated))?;
        if received.data.is_empty() {
            return Err(SecureMessagingError::EndedByChip {
                status: received.status,
            });
        }
        self.ssc.increment();
        let objects = ResponseObjects::parse(received.data, if odd { DO85 } else { DO87 })?;

        let mut mac = self.ks_mac.start();
        mac.update(self.ssc.block(&mut [0; MAX_BLOCK]));
        mac.update(objects.maced);
        mac.pad();
        // Constant time, and before anything in the answer is believed or decrypted.
        if !mac.verify_truncated(objects.mac) {
            return Err(SecureMessagingError::WrongMac);
        }
        if objects.status != received.status {
            return Err(SecureMessagingError::StatusMismatch {
                outer: received.status,
                inner: objects.status,
            });
        }
        let data = match objects.cryptogram {
            Some(cryptogram) if odd => self.decrypt(cryptogram)?,
            Some([PADDED, cryptogram @ ..]) => self.decrypt(cryptogram)?,
            Some(_) => return Err(SecureMessagingError::Cryptogram),
            None => Vec::new(),
        };
        Ok(Response {
            data,
            status: objects.status,
        })
    }
}

/// The data objects of a protected answer, in the only order they may have.
struct ResponseObjects<'a> {
    cryptogram: Option<&'a [u8]>,
    status: StatusWord,
    mac: &'a [u8],
    /// The bytes under the MAC: cryptogram and status objects as received.
    maced: &'a [u8],
}

impl<'a> ResponseObjects<'a> {
    fn parse(body: &'a [u8], cryptogram_tag: u32) -> Result<Self, SecureMessagingError> {
        let mut reader = TlvReader::new(body);
        let mut next = || reader.next().transpose().map_err(SecureMessagingError::Malformed);

        let mut object = next()?.ok_or(SecureMessagingError::MissingObject(DO99))?;
        let mut maced_len = 0;
        let mut cryptogram = None;
        if object.tag == cryptogram_tag {
            cryptogram = Some(object.value);
            maced_len += object.raw.len();
            object = next()?.ok_or(SecureMessagingError::MissingObject(DO99))?;
        }
        if object.tag != DO99 {
            return Err(SecureMessagingError::UnexpectedObject(object.tag));
        }
        maced_len += object.raw.len();
        let status = <[u8; 2]>::try_from(object.value)
            .map(StatusWord::from_bytes)
            .map_err(|_| SecureMessagingError::WrongLength(DO99))?;
        let mac = next()?.ok_or(SecureMessagingError::MissingObject(DO8E))?;
        if mac.tag != DO8E {
            return Err(SecureMessagingError::UnexpectedObject(mac.tag));
        }
        if mac.value.len() != TRUNCATED_MAC_LEN {
            return Err(SecureMessagingError::WrongLength(DO8E));
        }
        if let Some(behind) = next()? {
            return Err(SecureMessagingError::UnexpectedObject(behind.tag));
        }
        let maced = body
            .get(..maced_len)
            .ok_or(SecureMessagingError::Malformed(TlvError::Truncated))?;
        Ok(ResponseObjects {
            cryptogram,
            status,
            mac: mac.value,
            maced,
        })
    }
}

/// The content of DO'97': one byte, or two for an extended command.
fn encode_le(expected: u32, extended: bool) -> Result<Vec<u8>, SecureMessagingError> {
    if expected == 0 || expected > MAX_EXTENDED_NE {
        return Err(SecureMessagingError::Command(ApduError::InvalidLength));
    }
    // Le is Ne modulo 65,536 (modulo 256): the maximum is written as zero.
    let [_, _, high, low] = expected.to_be_bytes();
    Ok(if extended { vec![high, low] } else { vec![low] })
}

fn push_header(out: &mut Vec<u8>, tag: u32, value_len: usize) -> Result<(), SecureMessagingError> {
    let mut header = [0; 8];
    let len = tlv::write_header(tag, value_len, &mut header).map_err(SecureMessagingError::Malformed)?;
    out.extend(header.iter().take(len));
    Ok(())
}
