//! SCP03's mutual authentication, the chip's side (GlobalPlatform Amendment D, 6.2.2 and 7.1): INITIALIZE UPDATE and
//! EXTERNAL AUTHENTICATE in S8 mode with a pseudo-random card challenge.

use crate::channel::issuer::{IssuerKeys, IssuerSession, command_mac};
use crate::crypto::cipher::{MAX_BLOCK, MAX_KEY, SymmetricAlgorithm};
use crate::crypto::kdf::{self, DerivedKey};
use crate::crypto::mac::MacKey;
use crate::crypto::secret::{Secret, constant_time_eq};
use crate::error::Error;
use crate::fs::body::Body;
use crate::nvm::counter;
use crate::nvm::journal::{Journal, Transaction};
use crate::nvm::record::RecordKey;
use crate::platform::{Engine, Nvm};
use crate::wire::apdu::CommandApdu;
use crate::wire::global_platform::{I_PARAMETER, S8, SCP03, SERIAL_LEN, derivation, security_level};
use crate::wire::lds::AID_ISSUER_SECURITY_DOMAIN;

/// Wrong proofs in a row before the keys are blocked for good.
pub(crate) const MAX_TRIES: u8 = 10;
/// Length of the sequence counter.
const SEQUENCE_LEN: usize = 3;

/// INITIALIZE UPDATE was answered; the host's cryptogram is to come.
pub(crate) struct Initialized<E: Engine> {
    keys: IssuerKeys<E>,
    key_version: u8,
    host_cryptogram: [u8; S8],
    next_sequence: [u8; SEQUENCE_LEN],
}

/// A key of the SCP03 set.
pub(crate) fn read_key<N: Nvm>(journal: &Journal, nvm: &N, key: RecordKey) -> Result<Secret<MAX_KEY>, Error> {
    let mut secret = Secret::<MAX_KEY>::zeroed(MAX_KEY);
    let len = journal
        .get(nvm, key, secret.expose_mut())?
        .ok_or(Error::ReferencedData)?
        .len();
    Secret::from_slice(secret.expose().get(..len).ok_or(Error::Memory)?).ok_or(Error::Memory)
}

/// The key version number of the SCP03 set.
pub(crate) fn read_key_version<N: Nvm>(journal: &Journal, nvm: &N) -> Result<u8, Error> {
    match journal.get(nvm, RecordKey::SCP03_KEY_VERSION, &mut [0; 1])? {
        Some([version]) => Ok(*version),
        _ => Err(Error::ReferencedData),
    }
}

/// INITIALIZE UPDATE. A key version number of zero asks for the keys that there are.
///
/// # Errors
/// [`Error::ReferencedData`] for keys that the chip does not have, [`Error::Blocked`] after too many wrong proofs.
pub(crate) fn initialize_update<E: Engine, N: Nvm>(
    requested_version: u8,
    host_challenge: &[u8],
    journal: &Journal,
    nvm: &N,
    engine: &mut E,
) -> Result<(Body, Initialized<E>), Error> {
    let host_challenge: &[u8; S8] = host_challenge.try_into().map_err(|_| Error::Length)?;
    let key_version = read_key_version(journal, nvm)?;
    if requested_version != 0 && requested_version != key_version {
        return Err(Error::ReferencedData);
    }
    if counter::remaining(journal, nvm, RecordKey::SCP03_TRIES, MAX_TRIES)? == 0 {
        return Err(Error::Blocked);
    }
    let mut serial = [0; SERIAL_LEN];
    if journal
        .get(nvm, RecordKey::SERIAL, &mut serial)?
        .is_none_or(|serial| serial.len() != SERIAL_LEN)
    {
        return Err(Error::Memory);
    }
    let sequence = read_sequence(journal, nvm)?;
    let key_enc = read_key(journal, nvm, RecordKey::SCP03_KEY_ENC)?;
    let key_mac = read_key(journal, nvm, RecordKey::SCP03_KEY_MAC)?;
    let algorithm = SymmetricAlgorithm::aes_with_key_len(key_enc.expose().len()).ok_or(Error::Memory)?;

    let static_enc = mac_key(key_enc.expose())?;
    let static_mac = mac_key(key_mac.expose())?;
    let mut challenge_context = [0; SEQUENCE_LEN + AID_ISSUER_SECURITY_DOMAIN.len()];
    copy(
        &mut challenge_context,
        sequence.iter().chain(&AID_ISSUER_SECURITY_DOMAIN),
    );
    let mut card_challenge = [0; S8];
    derive(
        &static_enc,
        derivation::CARD_CHALLENGE,
        &challenge_context,
        &mut card_challenge,
    )?;

    let mut context = [0; 2 * S8];
    copy(&mut context, host_challenge.iter().chain(&card_challenge));
    let derive_session_key = |key: &MacKey, constant| {
        let mut derived = DerivedKey::zeroed(algorithm.key_len());
        derive(key, constant, &context, derived.expose_mut()).map(|()| derived)
    };
    let s_enc = derive_session_key(&static_enc, derivation::S_ENC)?;
    let s_mac = derive_session_key(&static_mac, derivation::S_MAC)?;
    let s_rmac = derive_session_key(&static_mac, derivation::S_RMAC)?;
    let cryptograms_key = mac_key(s_mac.expose())?;
    let (mut card_cryptogram, mut host_cryptogram) = ([0; S8], [0; S8]);
    derive(
        &cryptograms_key,
        derivation::CARD_CRYPTOGRAM,
        &context,
        &mut card_cryptogram,
    )?;
    derive(
        &cryptograms_key,
        derivation::HOST_CRYPTOGRAM,
        &context,
        &mut host_cryptogram,
    )?;

    let mut answer = [0; SERIAL_LEN + 3 + 2 * S8 + SEQUENCE_LEN];
    let key_information = [key_version, SCP03, I_PARAMETER];
    copy(
        &mut answer,
        serial
            .iter()
            .chain(&key_information)
            .chain(&card_challenge)
            .chain(&card_cryptogram)
            .chain(&sequence),
    );
    let initialized = Initialized {
        keys: IssuerKeys {
            s_enc: engine.cipher_key(algorithm, s_enc.expose())?,
            s_mac: engine.mac_key(algorithm, s_mac.expose())?,
            s_rmac: engine.mac_key(algorithm, s_rmac.expose())?,
        },
        key_version,
        host_cryptogram,
        next_sequence: successor(sequence)?,
    };
    Ok((Body::bytes(&answer).ok_or(Error::Fault)?, initialized))
}

impl<E: Engine> Initialized<E> {
    /// EXTERNAL AUTHENTICATE: `command` as it came, its data the host cryptogram and the C-MAC.
    ///
    /// # Errors
    /// [`Error::Parameters`] for a security level that does not exist, [`Error::Length`], and
    /// [`Error::Authentication`] for a wrong cryptogram or MAC, which costs a try.
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
        let (cryptogram, mac) = command.data.split_last_chunk::<S8>().ok_or(Error::Length)?;
        if cryptogram.len() != S8 {
            return Err(Error::Length);
        }
        if !counter::take(journal, nvm, RecordKey::SCP03_TRIES, MAX_TRIES)? {
            return Err(Error::Blocked);
        }
        let c_mac = command_mac(engine, &self.keys.s_mac, &[0; MAX_BLOCK], command, cryptogram)?;
        let cryptogram_is_right = constant_time_eq(&self.host_cryptogram, cryptogram);
        let mac_is_right = constant_time_eq(c_mac.get(..S8).ok_or(Error::Fault)?, mac);
        if !(cryptogram_is_right & mac_is_right) {
            return Err(Error::Authentication);
        }
        // The sequence counter goes on with every session, so that no challenge comes twice.
        let mut transaction = Transaction::new();
        transaction
            .put(RecordKey::SCP03_SEQUENCE, &self.next_sequence)
            .delete(RecordKey::SCP03_TRIES);
        journal.commit(nvm, &mut transaction)?;
        Ok(IssuerSession::new(self.keys, self.key_version, command.p1, c_mac))
    }
}

fn read_sequence<N: Nvm>(journal: &Journal, nvm: &N) -> Result<[u8; SEQUENCE_LEN], Error> {
    let mut sequence = [0; SEQUENCE_LEN];
    match journal.get(nvm, RecordKey::SCP03_SEQUENCE, &mut sequence)? {
        None => Ok([0; SEQUENCE_LEN]),
        Some(stored) => stored.try_into().map_err(|_| Error::Memory),
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
