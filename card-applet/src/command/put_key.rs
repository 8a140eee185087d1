//! PUT KEY (GlobalPlatform Card Specification 11.8; Amendment D, 7.2): the SCP03 keys of issuer,
//! administration and applications, and the passwords of PACE and BAC. Every key comes encrypted with the Key-DEK of the session's set.

use crate::auth::issuer::key_set::KeySet;
use crate::auth::password::{self, PasswordId};
use crate::crypto::cipher::{MAX_KEY, SymmetricAlgorithm};
use crate::crypto::secret::{Secret, constant_time_eq};
use crate::error::Error;
use crate::fs::body::Body;
use crate::life_cycle::{Event, LifeCycle};
use crate::nvm::journal::{Journal, Transaction};
use crate::nvm::record::{MAX_VALUE, RecordKey};
use crate::platform::{Engine, Nvm};
use crate::wire::global_platform::{
    KEY_TYPE_AES, KEY_VERSION_ADMINISTRATION, KEY_VERSION_ISSUER, KEY_VERSION_PASSWORDS,
    KEY_VERSIONS_APPLICATION, PUT_KEY_SET,
};

/// AES block.
const BLOCK: usize = 16;
/// Length of a key check value.
const CHECK_VALUE_LEN: usize = 3;

/// What PUT KEY came with, and what it changes.
pub(crate) struct PutKey<'a, E, N> {
    /// P1.
    pub(crate) replaces: u8,
    /// P2.
    pub(crate) identifier: u8,
    /// Key version number of the session's keys.
    pub(crate) session_key_version: u8,
    /// The dedicated file that is current, if it is one of an application beside the eMRTD.
    pub(crate) application: Option<u8>,
    /// Life cycle, which the issuer's first keys move on.
    pub(crate) life_cycle: &'a mut LifeCycle,
    /// Journal.
    pub(crate) journal: &'a mut Journal,
    /// Memory.
    pub(crate) nvm: &'a mut N,
    /// Engine.
    pub(crate) engine: &'a mut E,
}

/// A key as it came, decrypted.
struct Decrypted {
    key_type: u8,
    value: Secret<MAX_VALUE>,
}

impl<E: Engine, N: Nvm> PutKey<'_, E, N> {
    /// Puts keys, and answers the key version number with the check values.
    ///
    /// # Errors
    /// [`Error::Data`] for malformed or wrongly encrypted keys, [`Error::ReferencedData`] for keys to replace that are
    /// not there, [`Error::Parameters`] for a P2 without meaning, [`Error::ConditionsOfUse`] in the wrong life cycle.
    #[inline(never)]
    pub(crate) fn put(self, data: &[u8]) -> Result<Body, Error> {
        let (key_version, keys) = data.split_first().ok_or(Error::Length)?;
        match (*key_version, self.identifier) {
            (KEY_VERSION_ISSUER, PUT_KEY_SET) => self.put_issuer_keys(keys),
            (KEY_VERSION_ADMINISTRATION, PUT_KEY_SET) => self.put_administration_keys(keys),
            (version, PUT_KEY_SET) if KEY_VERSIONS_APPLICATION.contains(&version) => {
                self.put_application_keys(version, keys)
            }
            (KEY_VERSION_PASSWORDS, identifier) if identifier != PUT_KEY_SET => self.put_password(keys),
            (KEY_VERSION_ISSUER | KEY_VERSION_ADMINISTRATION, _) => Err(Error::Parameters),
            (version, _) if KEY_VERSIONS_APPLICATION.contains(&version) => Err(Error::Parameters),
            _ => Err(Error::Data),
        }
    }

    /// The issuer's keys, in place of those that opened the session: the transport keys or the issuer's own.
    fn put_issuer_keys(mut self, keys: &[u8]) -> Result<Body, Error> {
        if self.replaces != 0 && self.replaces != self.session_key_version {
            return Err(Error::ReferencedData);
        }
        let next = self.life_cycle.transition(Event::IssuerKeysPut)?;
        let mut transaction = Transaction::new();
        let answer = self.take_set(KEY_VERSION_ISSUER, keys, &mut transaction)?;
        transaction.put(RecordKey::LIFE_CYCLE, &next.stored());
        self.replace_keys(transaction)?;
        *self.life_cycle = next;
        Body::bytes(&answer).ok_or(Error::Fault)
    }

    /// The administration's keys: by the issuer before activation, afterwards by the administration itself.
    fn put_administration_keys(mut self, keys: &[u8]) -> Result<Body, Error> {
        let may = match *self.life_cycle {
            LifeCycle::Personalisation => self.session_key_version == KEY_VERSION_ISSUER,
            LifeCycle::OperationalActivated | LifeCycle::OperationalDeactivated => {
                self.session_key_version == KEY_VERSION_ADMINISTRATION
            }
            LifeCycle::Initialisation | LifeCycle::Termination => false,
        };
        if !may {
            return Err(Error::ConditionsOfUse);
        }
        let there = KeySet::Administration.exists(self.journal, self.nvm)?;
        if self.replaces != 0 && !(there && self.replaces == KEY_VERSION_ADMINISTRATION) {
            return Err(Error::ReferencedData);
        }
        let mut transaction = Transaction::new();
        let answer = self.take_set(KEY_VERSION_ADMINISTRATION, keys, &mut transaction)?;
        self.replace_keys(transaction)?;
        Body::bytes(&answer).ok_or(Error::Fault)
    }

    /// An application's keys: by the issuer before activation, which binds them to the application that is current;
    /// afterwards by themselves.
    fn put_application_keys(mut self, key_version: u8, keys: &[u8]) -> Result<Body, Error> {
        let application = self.application.ok_or(Error::ConditionsOfUse)?;
        let may = match *self.life_cycle {
            LifeCycle::Personalisation => self.session_key_version == KEY_VERSION_ISSUER,
            LifeCycle::OperationalActivated => self.session_key_version == key_version,
            LifeCycle::Initialisation | LifeCycle::OperationalDeactivated | LifeCycle::Termination => false,
        };
        let set = KeySet::of_version(key_version);
        let owner = set.read_application(self.journal, self.nvm)?;
        let others = KeySet::of_application(application, self.journal, self.nvm)?;
        // A set belongs to one application, and an application has one set.
        if !may || owner.is_some_and(|owner| owner != application) || others.is_some_and(|other| other != set)
        {
            return Err(Error::ConditionsOfUse);
        }
        if self.replaces != 0 && !(owner.is_some() && self.replaces == key_version) {
            return Err(Error::ReferencedData);
        }
        let mut transaction = Transaction::new();
        let answer = self.take_set(key_version, keys, &mut transaction)?;
        self.replace_keys(transaction)?;
        Body::bytes(&answer).ok_or(Error::Fault)
    }

    /// Takes three AES keys of one length and puts them into a transaction: the answer of PUT KEY.
    fn take_set(
        &mut self,
        key_version: u8,
        keys: &[u8],
        transaction: &mut Transaction,
    ) -> Result<[u8; 1 + 3 * CHECK_VALUE_LEN], Error> {
        let dek = KeySet::of_version(self.session_key_version).read_dek(self.journal, self.nvm)?;
        let set = KeySet::of_version(key_version);
        let mut answer = [0; 1 + 3 * CHECK_VALUE_LEN];
        let (version, mut check_values) = answer.split_at_mut(1);
        version.fill(key_version);
        let (mut rest, mut key_len) = (keys, None);
        for record in set.keys() {
            let (key, check_value, after) = take_key(rest, &dek, self.engine)?;
            rest = after;
            let key_bytes = key.value.expose();
            let algorithm = SymmetricAlgorithm::aes_with_key_len(key_bytes.len()).ok_or(Error::Data)?;
            if key.key_type != KEY_TYPE_AES || *key_len.get_or_insert(algorithm) != algorithm {
                return Err(Error::Data);
            }
            let expected = key_check_value(self.engine, algorithm, key_bytes)?;
            if !constant_time_eq(&expected, check_value) {
                return Err(Error::Data);
            }
            let (this, others) = check_values
                .split_at_mut_checked(CHECK_VALUE_LEN)
                .ok_or(Error::Fault)?;
            this.copy_from_slice(&expected);
            check_values = others;
            transaction.put(record, key_bytes);
        }
        if !rest.is_empty() {
            return Err(Error::Data);
        }
        match (set, self.application) {
            (KeySet::Application(_), Some(application)) => {
                set.put_version_of_application(key_version, application, transaction);
            }
            _ => set.put_version(key_version, transaction),
        }
        Ok(answer)
    }

    /// Makes new keys true, and erases those that were there before.
    fn replace_keys(&mut self, mut transaction: Transaction) -> Result<(), Error> {
        transaction.put(RecordKey::SCRUB, &[1]);
        self.journal.commit(self.nvm, &mut transaction)?;
        Ok(self.journal.scrub(self.nvm)?)
    }

    fn put_password(self, keys: &[u8]) -> Result<Body, Error> {
        if *self.life_cycle != LifeCycle::Personalisation || self.session_key_version != KEY_VERSION_ISSUER {
            return Err(Error::ConditionsOfUse);
        }
        let id = PasswordId::from_number(self.identifier).ok_or(Error::Parameters)?;
        let dek = KeySet::Personalisation.read_dek(self.journal, self.nvm)?;
        let (password, check_value, rest) = take_key(keys, &dek, self.engine)?;
        if !rest.is_empty() || !check_value.is_empty() {
            return Err(Error::Data);
        }
        let mut transaction = Transaction::new();
        password::store(id, password.key_type, password.value.expose(), &mut transaction)?;
        if id == PasswordId::Puk {
            transaction.delete(RecordKey::PIN_RESETS);
        }
        self.journal.commit(self.nvm, &mut transaction)?;
        Body::bytes(&[KEY_VERSION_PASSWORDS]).ok_or(Error::Fault)
    }
}

/// The first three bytes of a block of ones encrypted with the key (Amendment D, 4.1.4).
fn key_check_value<E: Engine>(
    engine: &mut E,
    algorithm: SymmetricAlgorithm,
    key: &[u8],
) -> Result<[u8; CHECK_VALUE_LEN], Error> {
    let key = engine.cipher_key(algorithm, key)?;
    let mut block = [1; BLOCK];
    engine.encrypt_block(&key, &mut block)?;
    let [a, b, c, ..] = block;
    Ok([a, b, c])
}

/// Takes the first key of the data field apart – type, length, length of the key itself, cryptogram, length of the
/// check value, check value – and decrypts it.
fn take_key<'a, E: Engine>(
    data: &'a [u8],
    dek: &Secret<MAX_KEY>,
    engine: &mut E,
) -> Result<(Decrypted, &'a [u8], &'a [u8]), Error> {
    let [key_type, len, rest @ ..] = data else {
        return Err(Error::Data);
    };
    let (block, rest) = rest.split_at_checked(usize::from(*len)).ok_or(Error::Data)?;
    let (value_len, cryptogram) = block.split_first().ok_or(Error::Data)?;
    let (check_len, rest) = rest.split_first().ok_or(Error::Data)?;
    let (check_value, rest) = rest
        .split_at_checked(usize::from(*check_len))
        .ok_or(Error::Data)?;
    let value_len = usize::from(*value_len);
    if value_len == 0 || value_len.checked_next_multiple_of(BLOCK) != Some(cryptogram.len()) {
        return Err(Error::Data);
    }
    let mut padded = Secret::<MAX_VALUE>::from_slice(cryptogram).ok_or(Error::Data)?;
    let algorithm = SymmetricAlgorithm::aes_with_key_len(dek.expose().len()).ok_or(Error::Memory)?;
    let dek = engine.cipher_key(algorithm, dek.expose())?;
    engine.cbc_decrypt(&dek, &mut [0; BLOCK], padded.expose_mut())?;
    let (value, padding) = padded.expose().split_at_checked(value_len).ok_or(Error::Data)?;
    if padding.iter().any(|byte| *byte != 0) {
        return Err(Error::Data);
    }
    let value = Secret::from_slice(value).ok_or(Error::Data)?;
    Ok((
        Decrypted {
            key_type: *key_type,
            value,
        },
        check_value,
        rest,
    ))
}
