//! Opening a Secure Channel Protocol 03 session, the host's side (GlobalPlatform Card Specification Amendment D v1.2 §5, §7.1;
//! S8 and S16 mode).
//!
//! ```text
//! begin ─INITIALIZE UPDATE─► AwaitingChip ─► IdentifiedChip ─EXTERNAL AUTHENTICATE─► AwaitingAcceptance ─► Scp03Session
//! ```
//!
//! The chip names itself in its first answer, so the keys are asked for only then: they are diversified by its serial number.

use card_applet::crypto::cipher::SymmetricAlgorithm;
use card_applet::crypto::kdf;
use card_applet::crypto::mac::MacKey;
use card_applet::crypto::secret::constant_time_eq;
use card_applet::wire::apdu::{CommandApdu, MAX_SHORT_NE};
use card_applet::wire::global_platform::{SCP03, SERIAL_LEN, Scp03Mode, derivation};
use card_applet::wire::instruction;
use card_applet::wire::status::StatusWord;
use personalization::keys::ChipKeys;
use rand_core::TryCryptoRng;
use zeroize::Zeroizing;

pub use super::security_level::SecurityLevel;
use super::session::{Scp03Session, SessionError};
use crate::terminal::channel::Response;

#[cfg(test)]
pub(in crate::load) mod tests;

/// Class byte of GlobalPlatform commands.
const CLASS_GLOBAL_PLATFORM: u8 = 0x80;

/// Static keys of one chip, of 16, 24 or 32 bytes each; wiped when dropped.
#[derive(Clone)]
pub struct StaticKeys {
    /// Key-ENC.
    pub enc: Zeroizing<Vec<u8>>,
    /// Key-MAC.
    pub mac: Zeroizing<Vec<u8>>,
    /// Key-DEK.
    pub dek: Zeroizing<Vec<u8>>,
}

impl From<&ChipKeys> for StaticKeys {
    fn from(keys: &ChipKeys) -> Self {
        let copy = |key: &[u8]| Zeroizing::new(key.to_vec());
        StaticKeys {
            enc: copy(&keys.enc),
            mac: copy(&keys.mac),
            dek: copy(&keys.dek),
        }
    }
}

/// Why no SCP03 session could be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Scp03Error {
    /// The host's random number generator failed.
    #[error("the random number generator failed")]
    Random,
    /// The chip has no keys of this version: it is not in the state in which they open it, or not of this issuer.
    #[error("the chip has no keys of version {key_version:02X}")]
    NoSuchKeys {
        /// The key version number that was asked for.
        key_version: u8,
    },
    /// The chip could not prove that it has the key: the key is another issuer's, or the chip is no genuine one.
    #[error("the chip does not have the issuer's key")]
    WrongKey,
    /// The chip does not accept the host's proof, though it proved to have the key itself.
    #[error("the chip refuses the issuer's proof: {status}")]
    ProofRefused {
        /// Its status word.
        status: StatusWord,
    },
    /// Too many wrong proofs: the chip accepts none any more.
    #[error("the chip's issuer keys are blocked after too many wrong attempts")]
    Blocked,
    /// The chip tells who it is in a reader's session alone, as a card does that was issued.
    #[error("the chip answers INITIALIZE UPDATE in a reader's session alone, as cards do that were issued")]
    NotInPlain,
    /// The chip refuses to start a session at all.
    #[error("the chip refuses {command}: {status}")]
    Refused {
        /// The command that it refuses.
        command: &'static str,
        /// Its status word.
        status: StatusWord,
    },
    /// The chip's answer has not the form of SCP03 in the mode that was asked for.
    #[error("the chip's answer to INITIALIZE UPDATE is not that of SCP03 in the mode that was asked for")]
    Malformed,
    /// The static keys have not one common AES key length.
    #[error("the issuer's keys are no AES keys")]
    KeyLength,
}

/// INITIALIZE UPDATE is to be sent and answered.
pub struct AwaitingChip {
    key_version: u8,
    mode: Scp03Mode,
    host_challenge: Vec<u8>,
}

/// The chip that answered. It has not proved anything yet.
pub struct IdentifiedChip {
    mode: Scp03Mode,
    host_challenge: Vec<u8>,
    serial: [u8; SERIAL_LEN],
    key_version: u8,
    sequence_counter: u32,
    card_challenge: Vec<u8>,
    card_cryptogram: Vec<u8>,
}

/// EXTERNAL AUTHENTICATE is to be sent and answered.
pub struct AwaitingAcceptance {
    session: Scp03Session,
    command: Vec<u8>,
}

impl AwaitingChip {
    /// Draws the host's challenge for a session under the keys of this version; its length tells the chip the mode.
    ///
    /// # Errors
    /// [`Scp03Error::Random`].
    pub fn begin<R: TryCryptoRng + ?Sized>(
        key_version: u8,
        mode: Scp03Mode,
        rng: &mut R,
    ) -> Result<Self, Scp03Error> {
        let mut host_challenge = vec![0; mode.size()];
        rng.try_fill_bytes(&mut host_challenge)
            .map_err(|_| Scp03Error::Random)?;
        Ok(AwaitingChip {
            key_version,
            mode,
            host_challenge,
        })
    }

    /// INITIALIZE UPDATE.
    pub fn command(&self) -> CommandApdu<'_> {
        CommandApdu::new(
            CLASS_GLOBAL_PLATFORM,
            instruction::INITIALIZE_UPDATE,
            self.key_version,
            0x00,
        )
        .with_data(&self.host_challenge)
        .with_expected(MAX_SHORT_NE)
    }

    /// Takes what the chip says of itself.
    ///
    /// # Errors
    /// [`Scp03Error::NoSuchKeys`], [`NotInPlain`](Scp03Error::NotInPlain), [`Blocked`](Scp03Error::Blocked),
    /// [`Refused`](Scp03Error::Refused), [`Malformed`](Scp03Error::Malformed).
    pub fn answer(self, response: &Response) -> Result<IdentifiedChip, Scp03Error> {
        match response.status {
            StatusWord::SUCCESS => {}
            StatusWord::REFERENCED_DATA_NOT_FOUND => {
                return Err(Scp03Error::NoSuchKeys {
                    key_version: self.key_version,
                });
            }
            StatusWord::AUTHENTICATION_BLOCKED => return Err(Scp03Error::Blocked),
            StatusWord::SECURITY_STATUS_NOT_SATISFIED => return Err(Scp03Error::NotInPlain),
            status => {
                return Err(Scp03Error::Refused {
                    command: "INITIALIZE UPDATE",
                    status,
                });
            }
        }
        let (serial, rest) = response.data.split_first_chunk().ok_or(Scp03Error::Malformed)?;
        let (&[key_version, protocol, i], rest) = rest.split_first_chunk().ok_or(Scp03Error::Malformed)?;
        let split = |bytes: &'_ [u8]| -> Result<(Vec<u8>, Vec<u8>), Scp03Error> {
            let (first, rest) = bytes
                .split_at_checked(self.mode.size())
                .ok_or(Scp03Error::Malformed)?;
            Ok((first.to_vec(), rest.to_vec()))
        };
        let (card_challenge, rest) = split(rest)?;
        let (card_cryptogram, sequence_counter) = split(&rest)?;
        // Version 00 asks for the default keys, and any may answer then.
        let other_version = self.key_version != 0 && key_version != self.key_version;
        let other_mode = Scp03Mode::from_i_parameter(i) != self.mode;
        let &[high, middle, low] = sequence_counter.as_slice() else {
            return Err(Scp03Error::Malformed);
        };
        if protocol != SCP03 || other_mode || other_version {
            return Err(Scp03Error::Malformed);
        }
        Ok(IdentifiedChip {
            mode: self.mode,
            host_challenge: self.host_challenge,
            serial: *serial,
            key_version,
            sequence_counter: u32::from_be_bytes([0, high, middle, low]),
            card_challenge,
            card_cryptogram,
        })
    }
}

impl IdentifiedChip {
    /// The key diversification data, which is the chip's serial number.
    pub fn serial(&self) -> &[u8; SERIAL_LEN] {
        &self.serial
    }

    /// The sequence counter: how many sessions these keys have opened.
    pub fn sequence_counter(&self) -> u32 {
        self.sequence_counter
    }

    /// The version of the keys that the chip will use.
    pub fn key_version(&self) -> u8 {
        self.key_version
    }

    /// Derives the session keys, checks that the chip has the same, and prepares the host's proof.
    ///
    /// # Errors
    /// [`Scp03Error::WrongKey`], [`Scp03Error::KeyLength`].
    pub fn authenticate(
        self,
        keys: &StaticKeys,
        level: SecurityLevel,
    ) -> Result<AwaitingAcceptance, Scp03Error> {
        let algorithm = SymmetricAlgorithm::aes_with_key_len(keys.enc.len()).ok_or(Scp03Error::KeyLength)?;
        let key_length = |_| Scp03Error::KeyLength;
        let key_enc = MacKey::new(algorithm, &keys.enc).map_err(key_length)?;
        let key_mac = MacKey::new(algorithm, &keys.mac).map_err(key_length)?;
        let context = [&self.host_challenge[..], &self.card_challenge].concat();
        let derive = |key: &MacKey, constant: u8, len: usize| -> Result<Zeroizing<Vec<u8>>, Scp03Error> {
            let mut derived = Zeroizing::new(vec![0; len]);
            kdf::scp03(key, constant, &context, &mut derived).map_err(key_length)?;
            Ok(derived)
        };

        let s_enc = derive(&key_enc, derivation::S_ENC, algorithm.key_len())?;
        let s_mac = derive(&key_mac, derivation::S_MAC, algorithm.key_len())?;
        let s_rmac = derive(&key_mac, derivation::S_RMAC, algorithm.key_len())?;
        let s_mac_key = MacKey::new(algorithm, &s_mac).map_err(key_length)?;
        let expected = derive(&s_mac_key, derivation::CARD_CRYPTOGRAM, self.mode.size())?;
        if !constant_time_eq(&expected, &self.card_cryptogram) {
            return Err(Scp03Error::WrongKey);
        }

        let host_cryptogram = derive(&s_mac_key, derivation::HOST_CRYPTOGRAM, self.mode.size())?;
        let mut session = Scp03Session::new(algorithm, self.mode, &s_enc, &s_mac, &s_rmac)
            .map_err(|_| Scp03Error::KeyLength)?;
        let command = CommandApdu::new(
            CLASS_GLOBAL_PLATFORM,
            instruction::EXTERNAL_AUTHENTICATE,
            level.byte(),
            0x00,
        )
        .with_data(&host_cryptogram);
        // EXTERNAL AUTHENTICATE carries a C-MAC and nothing else, and its MAC starts the chain.
        let command = session
            .wrap_authentication(&command)
            .map_err(|_| Scp03Error::KeyLength)?;
        session.set_level(level);
        Ok(AwaitingAcceptance { session, command })
    }
}

impl AwaitingAcceptance {
    /// EXTERNAL AUTHENTICATE, whole.
    pub fn command(&self) -> &[u8] {
        &self.command
    }

    /// Gives the open session.
    ///
    /// # Errors
    /// [`Scp03Error::ProofRefused`], [`Scp03Error::Blocked`].
    pub fn answer(self, response: &Response) -> Result<Scp03Session, Scp03Error> {
        match response.status {
            StatusWord::SUCCESS if response.data.is_empty() => Ok(self.session),
            StatusWord::SUCCESS => Err(Scp03Error::Malformed),
            StatusWord::AUTHENTICATION_BLOCKED => Err(Scp03Error::Blocked),
            status => Err(Scp03Error::ProofRefused { status }),
        }
    }
}

impl From<SessionError> for Scp03Error {
    fn from(_: SessionError) -> Self {
        Scp03Error::Malformed
    }
}
