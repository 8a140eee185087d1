//! SCP03's mutual authentication, the chip's side (GlobalPlatform Amendment D, 6.2.2 and 7.1): INITIALIZE UPDATE and
//! EXTERNAL AUTHENTICATE in S8 and S16 mode with a pseudo-random card challenge.

pub(crate) mod key_set;

use crate::channel::issuer::{IssuerKeys, IssuerSession, command_mac};
use crate::crypto::cipher::{MAX_BLOCK, SymmetricAlgorithm};
use crate::crypto::kdf::{self, DerivedKey};
use crate::crypto::mac::MacKey;
use crate::crypto::secret::constant_time_eq;
use crate::error::Error;
use crate::fs::body::Body;
use crate::fs::descriptor::MAX_AID;
use crate::nvm::counter;
use crate::nvm::journal::{Journal, Transaction};
use crate::nvm::record::RecordKey;
use crate::platform::{Engine, Nvm};
use crate::wire::apdu::CommandApdu;
use crate::wire::global_platform::{S16, SCP03, SERIAL_LEN, Scp03Mode, derivation, security_level};
use key_set::{KeySet, MAX_TRIES, SEQUENCE_LEN, algorithm_of, read_key};

/// Longest answer to INITIALIZE UPDATE.
const MAX_ANSWER: usize = SERIAL_LEN + 3 + 2 * S16 + SEQUENCE_LEN;

/// INITIALIZE UPDATE was answered; the host's cryptogram is to come.
pub(crate) struct Initialized<E: Engine> {
    keys: IssuerKeys<E>,
    key_set: KeySet,
    key_version: u8,
    mode: Scp03Mode,
    host_cryptogram: [u8; S16],
    next_sequence: [u8; SEQUENCE_LEN],
}

/// INITIALIZE UPDATE with a challenge of eight (S8) or sixteen (S16) bytes. A key version number of zero asks for the
/// keys that there are. `aid` names the application that is selected: the card challenge depends on it.
///
/// # Errors
/// [`Error::Length`] for a challenge of another length, [`Error::ReferencedData`] for keys that the chip does not have,
/// [`Error::Blocked`] after too many wrong proofs.
#[inline(never)]
pub(crate) fn initialize_update<E: Engine, N: Nvm>(
    key_set: KeySet,
    aid: &[u8],
    requested_version: u8,
    host_challenge: &[u8],
    journal: &Journal,
    nvm: &N,
    engine: &mut E,
) -> Result<(Body, Initialized<E>), Error> {
    let mode = Scp03Mode::from_len(host_challenge.len()).ok_or(Error::Length)?;
    let key_version = key_set.read_version(journal, nvm)?;
    if requested_version != 0 && requested_version != key_version {
        return Err(Error::ReferencedData);
    }
    if counter::remaining(journal, nvm, key_set.tries(), MAX_TRIES)? == 0 {
        return Err(Error::Blocked);
    }
    let mut serial = [0; SERIAL_LEN];
    if journal
        .get(nvm, RecordKey::SERIAL, &mut serial)?
        .is_none_or(|serial| serial.len() != SERIAL_LEN)
    {
        return Err(Error::Memory);
    }
    let sequence = key_set.read_sequence(journal, nvm)?;
    let [enc, mac, _] = key_set.keys();
    let (key_enc, key_mac) = (read_key(journal, nvm, enc)?, read_key(journal, nvm, mac)?);
    let algorithm = algorithm_of(&key_enc)?;

    let static_enc = mac_key(key_enc.expose())?;
    let static_mac = mac_key(key_mac.expose())?;
    let mut challenge_context = [0; SEQUENCE_LEN + MAX_AID];
    copy(&mut challenge_context, sequence.iter().chain(aid));
    let challenge_context = challenge_context
        .get(..SEQUENCE_LEN.saturating_add(aid.len()))
        .ok_or(Error::Fault)?;
    let derive_short = |key: &MacKey, constant, context: &[u8]| {
        let mut derived = [0; S16];
        let out = derived.get_mut(..mode.size()).ok_or(Error::Fault)?;
        derive(key, constant, context, out).map(|()| derived)
    };
    let card_challenge = derive_short(&static_enc, derivation::CARD_CHALLENGE, challenge_context)?;
    let card_challenge = card_challenge.get(..mode.size()).ok_or(Error::Fault)?;

    let mut context = [0; 2 * S16];
    copy(&mut context, host_challenge.iter().chain(card_challenge));
    let context_len = mode.size().saturating_mul(2);
    let context = context.get(..context_len).ok_or(Error::Fault)?;
    let derive_session_key = |key: &MacKey, constant| {
        let mut derived = DerivedKey::zeroed(algorithm.key_len());
        derive(key, constant, context, derived.expose_mut()).map(|()| derived)
    };
    let s_enc = derive_session_key(&static_enc, derivation::S_ENC)?;
    let s_mac = derive_session_key(&static_mac, derivation::S_MAC)?;
    let s_rmac = derive_session_key(&static_mac, derivation::S_RMAC)?;
    let cryptograms_key = mac_key(s_mac.expose())?;
    let card_cryptogram = derive_short(&cryptograms_key, derivation::CARD_CRYPTOGRAM, context)?;
    let host_cryptogram = derive_short(&cryptograms_key, derivation::HOST_CRYPTOGRAM, context)?;

    let mut answer = [0; MAX_ANSWER];
    let key_information = [key_version, SCP03, mode.i_parameter()];
    copy(
        &mut answer,
        serial
            .iter()
            .chain(&key_information)
            .chain(card_challenge)
            .chain(card_cryptogram.iter().take(mode.size()))
            .chain(&sequence),
    );
    let answer_len = (SERIAL_LEN + 3 + SEQUENCE_LEN).saturating_add(context_len);
    let answer = answer.get(..answer_len).ok_or(Error::Fault)?;
    let initialized = Initialized {
        keys: IssuerKeys {
            s_enc: engine.cipher_key(algorithm, s_enc.expose())?,
            s_mac: engine.mac_key(algorithm, s_mac.expose())?,
            s_rmac: engine.mac_key(algorithm, s_rmac.expose())?,
        },
        key_set,
        key_version,
        mode,
        host_cryptogram,
        next_sequence: successor(sequence)?,
    };
    Ok((Body::bytes(answer).ok_or(Error::Fault)?, initialized))
}

impl<E: Engine> Initialized<E> {
    /// EXTERNAL AUTHENTICATE: `command` as it came, its data the host cryptogram and the C-MAC.
    ///
    /// # Errors
    /// [`Error::Parameters`] for a security level that does not exist, [`Error::Length`], and
    /// [`Error::Authentication`] for a wrong cryptogram or MAC, which costs a try.
    #[inline(never)]
    pub(crate) fn external_authenticate<N: Nvm>(
        self,
        command: &CommandApdu<'_>,
        journal: &mut Journal,
        nvm: &mut N,
        engine: &mut E,
    ) -> Result<IssuerSession<E>, Error> {
        if !security_level::is_valid(command.p1) || command.p2 != 0 {
            return Err(Error::Parameters);
        }
        let len = self.mode.size();
        let (cryptogram, mac) = command.data.split_at_checked(len).ok_or(Error::Length)?;
        if mac.len() != len {
            return Err(Error::Length);
        }
        if !counter::take(journal, nvm, self.key_set.tries(), MAX_TRIES)? {
            return Err(Error::Blocked);
        }
        let c_mac = command_mac(engine, &self.keys.s_mac, &[0; MAX_BLOCK], command, cryptogram)?;
        let host_cryptogram = self.host_cryptogram.get(..len).ok_or(Error::Fault)?;
        let cryptogram_is_right = constant_time_eq(host_cryptogram, cryptogram);
        let mac_is_right = constant_time_eq(c_mac.get(..len).ok_or(Error::Fault)?, mac);
        if !(cryptogram_is_right & mac_is_right) {
            return Err(Error::Authentication);
        }
        // The sequence counter goes on with every session, so that no challenge comes twice.
        let mut transaction = Transaction::new();
        transaction
            .put(self.key_set.sequence(), &self.next_sequence)
            .delete(self.key_set.tries());
        journal.commit(nvm, &mut transaction)?;
        Ok(IssuerSession::new(
            self.keys,
            self.key_version,
            self.mode,
            command.p1,
            c_mac,
        ))
    }
}

/// The counter's next value; at its end the keys are used up.
fn successor(sequence: [u8; SEQUENCE_LEN]) -> Result<[u8; SEQUENCE_LEN], Error> {
    let [a, b, c] = sequence;
    match u32::from_be_bytes([0, a, b, c])
        .checked_add(1)
        .map(u32::to_be_bytes)
    {
        Some([0, a, b, c]) => Ok([a, b, c]),
        _ => Err(Error::Blocked),
    }
}

fn mac_key(key: &[u8]) -> Result<MacKey, Error> {
    let algorithm = SymmetricAlgorithm::aes_with_key_len(key.len()).ok_or(Error::Memory)?;
    MacKey::new(algorithm, key).map_err(|_| Error::Memory)
}

fn derive(key: &MacKey, constant: u8, context: &[u8], out: &mut [u8]) -> Result<(), Error> {
    kdf::scp03(key, constant, context, out).map_err(|_| Error::Fault)
}

fn copy<'a>(out: &mut [u8], bytes: impl Iterator<Item = &'a u8>) {
    for (to, from) in out.iter_mut().zip(bytes) {
        *to = *from;
    }
}
