//! PACE with every mapping, over elliptic curves and MODP groups, the terminal's side (ICAO Doc 9303-11 §4.4; BSI TR-03110-2
//! §3.2; worked examples in 9303-11 appendices G, H and I).
//!
//! Five exchanges, each step consumed by the next; whatever goes wrong, the keys of the attempt are gone with the step:
//!
//! ```text
//! begin ─MSE:Set AT─► AwaitingNonce ─► AwaitingMapping ─► AwaitingKeyAgreement ─► AwaitingToken ─► SecureMessaging
//! ```

mod chip_authentication_mapping;
mod data;
mod error;
mod established;
mod mapping;
mod parameters;

use card_applet::crypto::cipher::{BlockCipherKey, MAX_BLOCK};
use card_applet::crypto::kdf::{KeyUse, derive_key};
use card_applet::crypto::mac::{MacKey, TRUNCATED_MAC_LEN};
use card_applet::crypto::ssc::SendSequenceCounter;
use card_applet::wire::apdu::{CLASS_CHAINING, CommandApdu, MAX_EXTENDED_NE, MAX_SHORT_NE};
use card_applet::wire::instruction;
use card_applet::wire::security_info::PaceInfo;
use card_applet::wire::status::StatusWord;
use rand_core::TryCryptoRng;
use zeroize::Zeroizing;

pub use self::chip_authentication_mapping::ChipAuthenticationMapping;
pub use self::error::{PaceError, PaceStep};
pub(in crate::terminal) use self::established::compress;
pub use self::established::{Established, PaceBinding};
pub use self::parameters::is_supported;

use self::chip_authentication_mapping::Pending;
use self::data::{dynamic_authentication_data, read_dynamic_authentication_data, read_token_answer, token};
use self::mapping::TerminalMapping;
use self::parameters::Parameters;
use super::channel::{Response, SecureMessaging};
use super::key_agreement::{KeyAgreementError, KeyPair, SharedElement};
use super::link::{CardLink, LinkError};
use super::password::Password;
use crate::transport::Transport;

#[cfg(test)]
mod tests;

/// DO'80' in dynamic authentication data: the encrypted nonce.
const NONCE: u32 = 0x80;
/// DO'81' and DO'82': mapping data of terminal and chip.
const MAPPING: (u32, u32) = (0x81, 0x82);
/// DO'83' and DO'84': ephemeral public keys of terminal and chip.
const EPHEMERAL: (u32, u32) = (0x83, 0x84);
/// DO'85' and DO'86': authentication tokens of terminal and chip.
const TOKEN: (u32, u32) = (0x85, 0x86);

/// Bytes around a public key of more than 255 bytes in dynamic authentication data: two tags, two lengths of three bytes.
const PUBLIC_KEY_HEADERS: usize = 8;

/// MSE:Set AT is to be sent and answered.
pub struct AwaitingSetAt {
    parameters: Parameters,
    k_pi: BlockCipherKey,
    command_data: Vec<u8>,
}

/// GENERAL AUTHENTICATE for the nonce is to be sent and answered.
pub struct AwaitingNonce {
    parameters: Parameters,
    k_pi: BlockCipherKey,
    command_data: Vec<u8>,
}

/// GENERAL AUTHENTICATE with the mapping data is to be sent and answered.
pub struct AwaitingMapping {
    parameters: Parameters,
    nonce: Zeroizing<Vec<u8>>,
    mapping: TerminalMapping,
    command_data: Vec<u8>,
}

/// GENERAL AUTHENTICATE with the ephemeral key is to be sent and answered.
pub struct AwaitingKeyAgreement {
    parameters: Parameters,
    /// PK_Map,IC of generic mapping: chip authentication mapping comes back to it.
    pk_map_ic: Option<Vec<u8>>,
    key_pair: KeyPair,
    command_data: Vec<u8>,
}

/// GENERAL AUTHENTICATE with the token is to be sent and answered.
pub struct AwaitingToken {
    session: SecureMessaging,
    /// The token that the chip must send.
    t_ic: [u8; TRUNCATED_MAC_LEN],
    /// With chip authentication mapping: what is needed to read the chip's proof.
    chip_authentication: Option<Pending>,
    binding: PaceBinding,
    command_data: Vec<u8>,
}

impl AwaitingSetAt {
    /// Derives K_π and chooses what `info` describes. `ambiguous` says that EF.CardAccess offers this protocol with more than
    /// one set of domain parameters, so that DO'84' must tell which (9303-11 §4.4.4.1).
    ///
    /// # Errors
    /// [`PaceError::Unsupported`].
    pub fn begin(info: &PaceInfo, ambiguous: bool, password: &Password) -> Result<Self, PaceError> {
        let parameters = Parameters::of(info)?;
        let k_pi = derive_key(password.pace_secret(), parameters.algorithm, KeyUse::Password);
        let k_pi = BlockCipherKey::new(parameters.algorithm, k_pi.expose())
            .map_err(|_| PaceError::Unsupported("this cipher"))?;

        let oid = info.protocol.oid();
        let mut command_data = vec![0x80, oid.len() as u8];
        command_data.extend_from_slice(&oid);
        command_data.extend_from_slice(&[0x83, 0x01, password.kind().pace_reference()]);
        if let (true, Some(parameter_id)) = (ambiguous, info.parameter_id) {
            command_data.extend_from_slice(&[0x84, 0x01, parameter_id]);
        }
        Ok(AwaitingSetAt {
            parameters,
            k_pi,
            command_data,
        })
    }

    /// Tells the chip what the terminal means to prove its rights to: a CHAT (7F4C). The chip then names its trust points.
    #[must_use]
    pub fn with_authorization(mut self, authorization: &[u8]) -> Self {
        self.command_data.extend_from_slice(authorization);
        self
    }

    /// MSE:Set AT for mutual authentication.
    pub fn command(&self) -> CommandApdu<'_> {
        CommandApdu::new(0x00, instruction::MANAGE_SECURITY_ENVIRONMENT, 0xC1, 0xA4)
            .with_data(&self.command_data)
    }

    /// Goes on to the nonce.
    ///
    /// # Errors
    /// [`PaceError::Refused`]. A warning (63CX: tries of the password) is no refusal.
    pub fn answer(self, response: &Response) -> Result<AwaitingNonce, PaceError> {
        if !response.status.is_success() && !response.status.is_warning() {
            return Err(PaceError::Refused {
                step: PaceStep::SetAt,
                status: response.status,
            });
        }
        let command_data = dynamic_authentication_data(None);
        Ok(AwaitingNonce {
            parameters: self.parameters,
            k_pi: self.k_pi,
            command_data,
        })
    }
}

impl AwaitingNonce {
    /// GENERAL AUTHENTICATE that asks for the nonce.
    pub fn command(&self) -> CommandApdu<'_> {
        general_authenticate(CLASS_CHAINING, &self.command_data, 0)
    }

    /// Decrypts the nonce s and draws the mapping data: a key, or for integrated mapping the nonce t.
    ///
    /// # Errors
    /// [`PaceError::Refused`], [`PaceError::Malformed`], [`PaceError::Random`].
    pub fn answer<R: TryCryptoRng + ?Sized>(
        self,
        response: &Response,
        rng: &mut R,
    ) -> Result<AwaitingMapping, PaceError> {
        let step = PaceStep::Nonce;
        let encrypted = step_answer(step, response, NONCE)?;
        let block_len = self.parameters.algorithm.block_len();
        if !self.parameters.takes_nonce_of(encrypted.len()) {
            return Err(PaceError::Malformed { step });
        }
        let mut nonce = Zeroizing::new(encrypted.to_vec());
        let mut iv = [0; MAX_BLOCK];
        let iv = iv.get_mut(..block_len).ok_or(PaceError::Malformed { step })?;
        self.k_pi
            .cbc_decrypt(iv, &mut nonce)
            .map_err(|_| PaceError::Malformed { step })?;

        let mapping = TerminalMapping::draw(&self.parameters, rng)?;
        let command_data = dynamic_authentication_data(Some((MAPPING.0, mapping.data())));
        Ok(AwaitingMapping {
            parameters: self.parameters,
            nonce,
            mapping,
            command_data,
        })
    }
}

impl AwaitingMapping {
    /// GENERAL AUTHENTICATE with the terminal's mapping data.
    pub fn command(&self) -> CommandApdu<'_> {
        general_authenticate(CLASS_CHAINING, &self.command_data, self.mapping.answer_len())
    }

    /// Maps the nonce to the ephemeral generator and draws the ephemeral key.
    ///
    /// # Errors
    /// [`PaceError::InvalidPoint`], [`PaceError::Reflected`] and those of the step before.
    pub fn answer<R: TryCryptoRng + ?Sized>(
        self,
        response: &Response,
        rng: &mut R,
    ) -> Result<AwaitingKeyAgreement, PaceError> {
        let step = PaceStep::Mapping;
        let chip_data = step_answer(step, response, MAPPING.1)?;
        let mapped = self.mapping.map(&self.parameters, &self.nonce, chip_data)?;

        let key_pair = mapped
            .generator
            .draw_key_pair(rng)
            .map_err(|_| PaceError::Random)?;
        let command_data = dynamic_authentication_data(Some((EPHEMERAL.0, key_pair.public())));
        Ok(AwaitingKeyAgreement {
            parameters: self.parameters,
            pk_map_ic: mapped.pk_map_ic,
            key_pair,
            command_data,
        })
    }
}

impl AwaitingKeyAgreement {
    /// GENERAL AUTHENTICATE with the terminal's ephemeral public key.
    pub fn command(&self) -> CommandApdu<'_> {
        general_authenticate(
            CLASS_CHAINING,
            &self.command_data,
            self.key_pair.group().public_len(),
        )
    }

    /// Agrees on K, derives the session keys and computes both tokens.
    ///
    /// # Errors
    /// [`PaceError::InvalidPoint`], [`PaceError::Reflected`] and those of the steps before.
    pub fn answer(self, response: &Response) -> Result<AwaitingToken, PaceError> {
        let step = PaceStep::KeyAgreement;
        let chip_public = step_answer(step, response, EPHEMERAL.1)?;
        let algorithm = self.parameters.algorithm;
        let k = agree(step, &self.key_pair, chip_public)?;
        let ks_enc = derive_key(k.secret(), algorithm, KeyUse::Encryption);
        let ks_mac = derive_key(k.secret(), algorithm, KeyUse::Authentication);

        let mac_key =
            MacKey::new(algorithm, ks_mac.expose()).map_err(|_| PaceError::Unsupported("this cipher"))?;
        let t_ifd = token(&mac_key, &self.parameters, chip_public);
        let t_ic = token(&mac_key, &self.parameters, self.key_pair.public());
        let ssc = SendSequenceCounter::zero(algorithm);
        let session = SecureMessaging::new(algorithm, ks_enc.expose(), ks_mac.expose(), ssc)
            .map_err(LinkError::SecureMessaging)?;
        let chip_authentication = match (self.parameters.is_chip_authentication(), self.pk_map_ic) {
            (true, Some(pk_map_ic)) => {
                let ks_enc = BlockCipherKey::new(algorithm, ks_enc.expose());
                let ks_enc = ks_enc.map_err(|_| PaceError::Unsupported("this cipher"))?;
                Some(Pending::new(ks_enc, self.parameters.group, pk_map_ic))
            }
            _ => None,
        };
        let command_data = dynamic_authentication_data(Some((TOKEN.0, &t_ifd)));
        Ok(AwaitingToken {
            session,
            t_ic,
            chip_authentication,
            binding: PaceBinding::new(self.parameters.group, chip_public, self.key_pair.public()),
            command_data,
        })
    }
}

impl AwaitingToken {
    /// GENERAL AUTHENTICATE with the terminal's token; the last of the chain.
    pub fn command(&self) -> CommandApdu<'_> {
        general_authenticate(0, &self.command_data, 0)
    }

    /// Checks the chip's token; only then is the session given out, and with chip authentication mapping the chip's proof.
    ///
    /// # Errors
    /// [`PaceError::WrongPassword`], [`PaceError::ChipProof`] and those of the steps before.
    pub fn answer(self, response: &Response) -> Result<Established, PaceError> {
        let status = response.status;
        // 9303-11 has 63xx; the others are seen in the field. All that the chip judges in this step is the token.
        let refused_token = [
            StatusWord::SECURITY_STATUS_NOT_SATISFIED,
            StatusWord::CONDITIONS_NOT_SATISFIED,
            StatusWord::SM_OBJECTS_INCORRECT,
        ];
        if status.sw1() == 0x63 || refused_token.contains(&status) {
            return Err(PaceError::WrongPassword { status });
        }
        let step = PaceStep::Token;
        if !status.is_success() {
            return Err(PaceError::Refused { step, status });
        }
        let answer = read_token_answer(&response.data, TOKEN.1).ok_or(PaceError::Malformed { step })?;
        if !card_applet::crypto::secret::constant_time_eq(answer.token, &self.t_ic) {
            return Err(PaceError::ChipProof);
        }
        let chip_authentication = match (self.chip_authentication, answer.encrypted) {
            (Some(pending), Some(encrypted)) => {
                Some(pending.decrypt(encrypted).ok_or(PaceError::Malformed { step })?)
            }
            (None, None) => None,
            _ => return Err(PaceError::Malformed { step }),
        };
        Ok(Established {
            session: self.session,
            chip_authentication,
            binding: self.binding.naming(&answer),
        })
    }
}

/// Runs PACE over `link`; on success everything further goes through the session. Gives the chip's proof where the mapping
/// brings one. `authorization` is a CHAT (7F4C), or nothing.
///
/// # Errors
/// [`PaceError`].
pub(super) fn run<T: Transport, R: TryCryptoRng + ?Sized>(
    link: &mut CardLink<T>,
    info: &PaceInfo,
    ambiguous: bool,
    password: &Password,
    authorization: &[u8],
    rng: &mut R,
) -> Result<(Option<ChipAuthenticationMapping>, PaceBinding), PaceError> {
    let set_at = AwaitingSetAt::begin(info, ambiguous, password)?.with_authorization(authorization);
    let response = link.exchange(&set_at.command())?;
    let nonce = set_at.answer(&response)?;
    let response = link.exchange(&nonce.command())?;
    let mapping = nonce.answer(&response, rng)?;
    let response = link.exchange(&mapping.command())?;
    let key_agreement = mapping.answer(&response, rng)?;
    let response = link.exchange(&key_agreement.command())?;
    let token = key_agreement.answer(&response)?;
    let response = link.exchange(&token.command())?;
    let established = token.answer(&response)?;
    link.open_session(established.session);
    Ok((established.chip_authentication, established.binding))
}

/// `public_len`: length of the public key in the answer, in bytes. One of a 2048-bit group makes it longer than a short APDU.
fn general_authenticate(class: u8, data: &[u8], public_len: usize) -> CommandApdu<'_> {
    let expected = if public_len + PUBLIC_KEY_HEADERS > MAX_SHORT_NE as usize {
        MAX_EXTENDED_NE
    } else {
        MAX_SHORT_NE
    };
    CommandApdu::new(class, instruction::GENERAL_AUTHENTICATE, 0x00, 0x00)
        .with_data(data)
        .with_expected(expected)
}

/// The value of the one data object that the step's answer must hold.
fn step_answer(step: PaceStep, response: &Response, tag: u32) -> Result<&[u8], PaceError> {
    if !response.status.is_success() {
        return Err(PaceError::Refused {
            step,
            status: response.status,
        });
    }
    read_dynamic_authentication_data(&response.data, tag).ok_or(PaceError::Malformed { step })
}

/// Agrees with the chip's public key: an element of the group, not the terminal's own (9303-11 §4.4.1; TR-03110-3 §A.2.1.1).
fn agree(step: PaceStep, own: &KeyPair, chip_public: &[u8]) -> Result<SharedElement, PaceError> {
    if own.is_own(chip_public) {
        return Err(PaceError::Reflected { step });
    }
    own.agree(chip_public).map_err(|error| match error {
        KeyAgreementError::Random => PaceError::Random,
        KeyAgreementError::Library => PaceError::Unsupported("this curve, on which libssl failed"),
        KeyAgreementError::InvalidElement | KeyAgreementError::InvalidPrivateKey => {
            PaceError::InvalidPoint { step }
        }
    })
}
