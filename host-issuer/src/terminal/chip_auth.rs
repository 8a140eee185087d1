//! Chip Authentication version 1, the terminal's side (ICAO Doc 9303-11 §6.2; BSI TR-03110-1 §3.4).
//!
//! The terminal agrees with the chip's static key on new session keys. That the chip has the private key shows only when it
//! answers under them, so evidence is made of a first protected answer, not of the agreement:
//!
//! ```text
//! begin ─MSE:Set KAT (3DES)──────────────────────────► Agreed ─any command under the new keys─► ChipAuthEvidence
//!       └MSE:Set AT (AES) ─GENERAL AUTHENTICATE──────►
//! ```

use card_applet::crypto::cipher::SymmetricAlgorithm;
use card_applet::crypto::kdf::{KeyUse, derive_key};
use card_applet::crypto::ssc::SendSequenceCounter;
use card_applet::wire::apdu::{CommandApdu, MAX_SHORT_NE};
use card_applet::wire::instruction;
use card_applet::wire::lds::sfi;
use card_applet::wire::security_info::ChipAuthenticationProtocol;
use card_applet::wire::status::StatusWord;
use card_applet::wire::tlv;
use rand_core::TryCryptoRng;

use super::channel::{Response, SecureMessaging, SecureMessagingError};
use super::key_agreement::{Generator, Group, KeyAgreementError, SharedElement};
use super::link::{CardLink, LinkError};
use super::pace::compress;
use super::read_error::ReadError;
use crate::transport::{Transport, TransportError};

#[cfg(test)]
mod tests;

/// Dynamic authentication data.
const DYNAMIC_AUTHENTICATION_DATA: u8 = 0x7C;
/// DO'80' in MSE:Set AT: the protocol. In dynamic authentication data: the terminal's ephemeral key.
const PROTOCOL: u8 = 0x80;
const EPHEMERAL: u8 = 0x80;
/// DO'84': which of the chip's keys.
const KEY_REFERENCE: u8 = 0x84;
/// DO'91' in MSE:Set KAT: the terminal's ephemeral key.
const EPHEMERAL_IN_TEMPLATE: u8 = 0x91;

/// A key of the chip as its security infos describe it. Whether the issuer signed them is for passive authentication to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChipAuthenticationKey {
    /// The cipher of the session to come.
    pub protocol: ChipAuthenticationProtocol,
    /// The group that it is in.
    pub group: Group,
    /// PK_IC as it travels. Checked to be an element of the group before it is agreed with.
    pub public: Vec<u8>,
    /// The key's identifier as an unsigned number, where the security infos give one.
    pub key_id: Option<Vec<u8>>,
}

/// Which exchange of Chip Authentication failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChipAuthStep {
    /// MSE:Set KAT.
    SetKat,
    /// MSE:Set AT.
    SetAt,
    /// GENERAL AUTHENTICATE.
    KeyAgreement,
}

impl std::fmt::Display for ChipAuthStep {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            ChipAuthStep::SetKat => "MSE:Set KAT",
            ChipAuthStep::SetAt => "MSE:Set AT",
            ChipAuthStep::KeyAgreement => "key agreement",
        })
    }
}

/// Why the chip is not known to have the private key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChipAuthError {
    /// The host's random number generator failed.
    #[error("the random number generator failed")]
    Random,
    /// The key cannot be agreed with: it is no element of its group, or libssl failed.
    #[error("the chip's key: {0}")]
    KeyAgreement(KeyAgreementError),
    /// The chip refuses a step. The session before lives on.
    #[error("the chip refuses Chip Authentication ({step}): {status}")]
    Refused {
        /// The step.
        step: ChipAuthStep,
        /// Its status word.
        status: StatusWord,
    },
    /// The chip's answer to the key agreement is not the empty data object.
    #[error("the chip's answer to the key agreement is malformed")]
    Malformed,
    /// The chip cannot answer under the keys that only the owner of the private key has: it is a copy, or broken.
    #[error("the chip does not have the private key: {0}")]
    NotProved(SecureMessagingError),
    /// A command or its answer did not get through.
    #[error(transparent)]
    Link(#[from] LinkError),
    /// The application cannot be selected.
    #[error(transparent)]
    Read(#[from] ReadError),
}

impl ChipAuthError {
    /// The transport's error, if that is the cause.
    pub fn transport(&self) -> Option<&TransportError> {
        match self {
            ChipAuthError::Link(link) => link.transport(),
            ChipAuthError::Read(error) => error.transport(),
            _ => None,
        }
    }

    /// Whether the chip was reached and did not prove itself, as opposed to an accident on the way.
    pub fn is_the_chips(&self) -> bool {
        matches!(
            self,
            ChipAuthError::Refused { .. }
                | ChipAuthError::Malformed
                | ChipAuthError::NotProved(_)
                | ChipAuthError::KeyAgreement(KeyAgreementError::InvalidElement)
        )
    }

    /// Whether no session is open any more.
    pub fn ends_the_session(&self) -> bool {
        matches!(
            self,
            ChipAuthError::Malformed | ChipAuthError::NotProved(_) | ChipAuthError::Link(_)
        )
    }
}

/// The chip answered under keys that need the private key of this public one. Only `run` makes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChipAuthEvidence {
    key: ChipAuthenticationKey,
    terminal_key: Vec<u8>,
}

impl ChipAuthEvidence {
    /// Comp(PK_DH,IFD), the compressed form of the terminal's ephemeral key: Terminal Authentication is bound to it.
    pub fn terminal_key(&self) -> &[u8] {
        &self.terminal_key
    }

    /// The key that was proved.
    pub fn key(&self) -> &ChipAuthenticationKey {
        &self.key
    }
}

/// The first command is to be sent and answered.
pub struct Agreement {
    algorithm: SymmetricAlgorithm,
    group: Group,
    public: Vec<u8>,
    shared: SharedElement,
    select: Vec<u8>,
}

/// GENERAL AUTHENTICATE is to be sent and answered.
pub struct AwaitingGeneralAuthenticate {
    agreement: Agreement,
    command_data: Vec<u8>,
}

/// What follows the first command.
#[allow(
    clippy::large_enum_variant,
    reason = "lives for one step, and is taken apart at once"
)]
pub enum Next {
    /// 3DES: both sides have the new keys.
    Agreed(SecureMessaging),
    /// AES: one more command.
    GeneralAuthenticate(AwaitingGeneralAuthenticate),
}

impl Agreement {
    /// Draws the ephemeral key, PK_DH,IFD, and agrees on K.
    ///
    /// # Errors
    /// [`ChipAuthError::Random`], [`ChipAuthError::KeyAgreement`].
    pub fn begin<R: TryCryptoRng + ?Sized>(
        key: &ChipAuthenticationKey,
        rng: &mut R,
    ) -> Result<Self, ChipAuthError> {
        let key_pair = Generator::standard(key.group).draw_key_pair(rng)?;
        let shared = key_pair.agree(&key.public)?;
        let public = key_pair.public().to_vec();
        let algorithm = key.protocol.cipher;

        // MSE:Set KAT exists for 3DES alone (9303-11 §6.2.4.1), and cards issued before the other know no other.
        let mut select = if algorithm == SymmetricAlgorithm::TripleDes {
            data_object(EPHEMERAL_IN_TEMPLATE, &public)
        } else {
            data_object(PROTOCOL, &key.protocol.oid())
        };
        if let Some(key_id) = &key.key_id {
            select.extend(data_object(KEY_REFERENCE, key_id));
        }
        Ok(Agreement {
            algorithm,
            group: key.group,
            public,
            shared,
            select,
        })
    }

    /// MSE:Set KAT or MSE:Set AT.
    pub fn command(&self) -> CommandApdu<'_> {
        let template = match self.step() {
            ChipAuthStep::SetKat => 0xA6,
            _ => 0xA4,
        };
        CommandApdu::new(0x00, instruction::MANAGE_SECURITY_ENVIRONMENT, 0x41, template)
            .with_data(&self.select)
    }

    fn step(&self) -> ChipAuthStep {
        match self.algorithm {
            SymmetricAlgorithm::TripleDes => ChipAuthStep::SetKat,
            _ => ChipAuthStep::SetAt,
        }
    }

    /// Goes on to the new session, or to GENERAL AUTHENTICATE.
    ///
    /// # Errors
    /// [`ChipAuthError::Refused`].
    pub fn answer(self, response: &Response) -> Result<Next, ChipAuthError> {
        let step = self.step();
        if !response.status.is_success() {
            return Err(ChipAuthError::Refused {
                step,
                status: response.status,
            });
        }
        if step == ChipAuthStep::SetKat {
            return self.session().map(Next::Agreed);
        }
        let command_data = data_object(DYNAMIC_AUTHENTICATION_DATA, &data_object(EPHEMERAL, &self.public));
        Ok(Next::GeneralAuthenticate(AwaitingGeneralAuthenticate {
            agreement: self,
            command_data,
        }))
    }

    fn session(&self) -> Result<SecureMessaging, ChipAuthError> {
        let ks_enc = derive_key(self.shared.secret(), self.algorithm, KeyUse::Encryption);
        let ks_mac = derive_key(self.shared.secret(), self.algorithm, KeyUse::Authentication);
        let ssc = SendSequenceCounter::zero(self.algorithm);
        let session = SecureMessaging::new(self.algorithm, ks_enc.expose(), ks_mac.expose(), ssc);
        Ok(session.map_err(LinkError::SecureMessaging)?)
    }
}

impl AwaitingGeneralAuthenticate {
    /// GENERAL AUTHENTICATE with the terminal's ephemeral key; one command, no chain.
    pub fn command(&self) -> CommandApdu<'_> {
        CommandApdu::new(0x00, instruction::GENERAL_AUTHENTICATE, 0x00, 0x00)
            .with_data(&self.command_data)
            .with_expected(MAX_SHORT_NE)
    }

    /// The new session.
    ///
    /// # Errors
    /// [`ChipAuthError::Refused`], [`ChipAuthError::Malformed`].
    pub fn answer(self, response: &Response) -> Result<SecureMessaging, ChipAuthError> {
        if !response.status.is_success() {
            return Err(ChipAuthError::Refused {
                step: ChipAuthStep::KeyAgreement,
                status: response.status,
            });
        }
        match tlv::read_exact(&response.data, DYNAMIC_AUTHENTICATION_DATA.into()) {
            Ok([]) => self.agreement.session(),
            _ => Err(ChipAuthError::Malformed),
        }
    }
}

/// Runs Chip Authentication over `link` and has the chip answer once under the new keys. Everything further goes through the new
/// session. That answer comes back, too: it is a READ BINARY of the first `expected` bytes of EF.COM.
///
/// # Errors
/// [`ChipAuthError`].
pub(super) fn run<T: Transport, R: TryCryptoRng + ?Sized>(
    link: &mut CardLink<T>,
    key: &ChipAuthenticationKey,
    expected: u32,
    rng: &mut R,
) -> Result<(ChipAuthEvidence, Response), ChipAuthError> {
    let agreement = Agreement::begin(key, rng)?;
    let terminal_key = compress(agreement.group, &agreement.public);
    let response = link.exchange(&agreement.command())?;
    let session = match agreement.answer(&response)? {
        Next::Agreed(session) => session,
        Next::GeneralAuthenticate(awaiting) => {
            let response = link.exchange(&awaiting.command())?;
            match awaiting.answer(&response) {
                // The chip changed its keys and these are not to be known: nothing can follow.
                Err(ChipAuthError::Malformed) => {
                    link.open_session(SecureMessaging::over());
                    return Err(ChipAuthError::Malformed);
                }
                other => other?,
            }
        }
    };
    link.open_session(session);

    // EF.COM, which every application has. What the chip says does not matter, only that its MAC is right.
    let probe =
        CommandApdu::new(0x00, instruction::READ_BINARY, 0x80 | sfi::COM, 0x00).with_expected(expected);
    match link.exchange(&probe) {
        Ok(answer) => {
            let evidence = ChipAuthEvidence {
                key: key.clone(),
                terminal_key,
            };
            Ok((evidence, answer))
        }
        Err(LinkError::SecureMessaging(error)) => Err(ChipAuthError::NotProved(error)),
        Err(error) => Err(error.into()),
    }
}

impl From<KeyAgreementError> for ChipAuthError {
    fn from(error: KeyAgreementError) -> Self {
        match error {
            KeyAgreementError::Random => Self::Random,
            other => Self::KeyAgreement(other),
        }
    }
}

/// A data object with a one-byte tag.
fn data_object(tag: u8, value: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0; tlv::header_len(tag.into(), value.len())];
    // The buffer has exactly the header's length, so that writing it cannot fail.
    let written = tlv::write_header(tag.into(), value.len(), &mut bytes);
    debug_assert_eq!(written, Ok(bytes.len()));
    bytes.extend_from_slice(value);
    bytes
}
