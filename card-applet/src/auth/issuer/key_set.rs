//! The sets of static SCP03 keys in the chip: the one that loads the card, the one that administers it afterwards, and those
//! with which applications beside the eMRTD update their files.

use crate::crypto::cipher::{MAX_KEY, SymmetricAlgorithm};
use crate::crypto::secret::Secret;
use crate::error::Error;
use crate::life_cycle::LifeCycle;
use crate::nvm::journal::{Journal, Transaction};
use crate::nvm::record::RecordKey;
use crate::platform::Nvm;
use crate::wire::global_platform::{KEY_VERSION_ADMINISTRATION, KEY_VERSIONS_APPLICATION};

/// Length of the sequence counter.
pub(super) const SEQUENCE_LEN: usize = 3;
/// Wrong proofs in a row before a set is blocked for good.
pub(crate) const MAX_TRIES: u8 = 10;

/// A set of three keys, with its counters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeySet {
    /// The transport keys and, in their place, the issuer's. Gone with activation.
    Personalisation,
    /// The keys of an operational card's administration.
    Administration,
    /// The keys of an application, by their slot: which of [`KEY_VERSIONS_APPLICATION`] is their version.
    Application(u8),
}

impl KeySet {
    /// The set that opens sessions in this life cycle.
    pub(crate) const fn of(life_cycle: LifeCycle) -> Self {
        if life_cycle.is_operational() {
            Self::Administration
        } else {
            Self::Personalisation
        }
    }

    /// The set to which keys of this version belong.
    pub(crate) fn of_version(key_version: u8) -> Self {
        match key_version {
            KEY_VERSION_ADMINISTRATION => Self::Administration,
            version if KEY_VERSIONS_APPLICATION.contains(&version) => {
                Self::Application(version.saturating_sub(*KEY_VERSIONS_APPLICATION.start()))
            }
            _ => Self::Personalisation,
        }
    }

    /// All sets that applications can have.
    pub(crate) fn of_applications() -> impl Iterator<Item = Self> {
        KEY_VERSIONS_APPLICATION.map(Self::of_version)
    }

    /// The set of the application in the dedicated file with this index.
    pub(crate) fn of_application<N: Nvm>(
        application: u8,
        journal: &Journal,
        nvm: &N,
    ) -> Result<Option<Self>, Error> {
        for set in Self::of_applications() {
            if set.read_application(journal, nvm)? == Some(application) {
                return Ok(Some(set));
            }
        }
        Ok(None)
    }

    const fn records(self) -> [RecordKey; 6] {
        match self {
            Self::Personalisation => RecordKey::SCP03,
            Self::Administration => RecordKey::ADMINISTRATION,
            Self::Application(slot) => RecordKey::application(slot),
        }
    }

    /// Sequence counter (three bytes, big-endian).
    pub(super) const fn sequence(self) -> RecordKey {
        let [sequence, ..] = self.records();
        sequence
    }

    /// Tries that remain.
    pub(super) const fn tries(self) -> RecordKey {
        let [_, tries, ..] = self.records();
        tries
    }

    /// Key version number; of an application's set also the index of the application's dedicated file.
    const fn version(self) -> RecordKey {
        let [_, _, version, ..] = self.records();
        version
    }

    /// Key-ENC, Key-MAC and Key-DEK.
    pub(crate) const fn keys(self) -> [RecordKey; 3] {
        let [_, _, _, enc, mac, dek] = self.records();
        [enc, mac, dek]
    }

    /// Key-DEK, under which new keys come.
    pub(crate) fn read_dek<N: Nvm>(self, journal: &Journal, nvm: &N) -> Result<Secret<MAX_KEY>, Error> {
        let [.., dek] = self.keys();
        read_key(journal, nvm, dek)
    }

    /// The set's key version number.
    ///
    /// # Errors
    /// [`Error::ReferencedData`] when the chip has no such set.
    pub(super) fn read_version<N: Nvm>(self, journal: &Journal, nvm: &N) -> Result<u8, Error> {
        match journal.get(nvm, self.version(), &mut [0; 2])? {
            Some([version, ..]) => Ok(*version),
            _ => Err(Error::ReferencedData),
        }
    }

    /// The index of the dedicated file whose application has this set; `None` when the chip has no such set, or it is no
    /// application's.
    pub(crate) fn read_application<N: Nvm>(self, journal: &Journal, nvm: &N) -> Result<Option<u8>, Error> {
        match journal.get(nvm, self.version(), &mut [0; 2])? {
            Some([_, application]) => Ok(Some(*application)),
            _ => Ok(None),
        }
    }

    /// Whether the chip has this set.
    pub(crate) fn exists<N: Nvm>(self, journal: &Journal, nvm: &N) -> Result<bool, Error> {
        Ok(journal.get(nvm, self.version(), &mut [0; 2])?.is_some())
    }

    /// Puts the set's deletion into a transaction.
    pub(crate) fn delete(self, transaction: &mut Transaction) {
        for key in self.records() {
            transaction.delete(key);
        }
    }

    /// Puts a new set's version into a transaction, whose keys are there already: a new set has all its tries.
    pub(crate) fn put_version(self, key_version: u8, transaction: &mut Transaction) {
        transaction
            .put(self.version(), &[key_version])
            .delete(self.tries());
    }

    /// The same for the set of the application in the dedicated file with this index.
    pub(crate) fn put_version_of_application(
        self,
        key_version: u8,
        application: u8,
        transaction: &mut Transaction,
    ) {
        transaction
            .put(self.version(), &[key_version, application])
            .delete(self.tries());
    }

    /// The sequence counter.
    pub(super) fn read_sequence<N: Nvm>(
        self,
        journal: &Journal,
        nvm: &N,
    ) -> Result<[u8; SEQUENCE_LEN], Error> {
        let mut sequence = [0; SEQUENCE_LEN];
        match journal.get(nvm, self.sequence(), &mut sequence)? {
            None => Ok([0; SEQUENCE_LEN]),
            Some(stored) => stored.try_into().map_err(|_| Error::Memory),
        }
    }
}

/// A key of a set.
pub(super) fn read_key<N: Nvm>(journal: &Journal, nvm: &N, key: RecordKey) -> Result<Secret<MAX_KEY>, Error> {
    let mut secret = Secret::<MAX_KEY>::zeroed(MAX_KEY);
    let len = journal
        .get(nvm, key, secret.expose_mut())?
        .ok_or(Error::ReferencedData)?
        .len();
    Secret::from_slice(secret.expose().get(..len).ok_or(Error::Memory)?).ok_or(Error::Memory)
}

/// The cipher of keys of this length.
pub(super) fn algorithm_of(key: &Secret<MAX_KEY>) -> Result<SymmetricAlgorithm, Error> {
    SymmetricAlgorithm::aes_with_key_len(key.expose().len()).ok_or(Error::Memory)
}
