//! The issuer's SCP03 keys: one master in a file, one key set for each chip.
//!
//! # How a chip's keys come from the master
//!
//! Written down so that any other host can follow. The master is 32 random bytes and used only as the key
//! K_I of the key derivation function in counter mode of NIST SP 800-108r1 §4.1 with AES-256-CMAC
//! (SP 800-38B) as PRF; counter and length are 32 bits, both big-endian. For each of the three keys:
//!
//! ```text
//! K(i)    = AES-256-CMAC(master, [i]₄ ‖ label ‖ 00 ‖ serial ‖ 00 00 01 00)     i = 1, 2
//! key     = K(1) ‖ K(2)                                                        32 bytes, an AES-256 key
//!
//! [i]₄    = 00 00 00 01, 00 00 00 02
//! label   = ASCII "eid/scp03/enc", "eid/scp03/mac" or "eid/scp03/dek"          13 bytes
//!           for the keys that load the card (key version 30);
//!           ASCII "eid/admin/enc", "eid/admin/mac" or "eid/admin/dek"          13 bytes
//!           for those that administer it afterwards (key version 50)
//!           ASCII "eid/appl/enc",  "eid/appl/mac"  or "eid/appl/dek"           12 bytes
//!           for an application's own (key versions 60 to 67), of the application's own master
//! serial  = the chip's serial number, the "key diversification data" that
//!           INITIALIZE UPDATE answers                                          10 bytes
//!           for an application's own keys followed by its identifier (AID)     5 to 16 bytes
//! 00000100 = 256, the length of the key in bits
//! ```
//!
//! The same with OpenSSL:
//!
//! ```text
//! openssl kdf -keylen 32 -kdfopt mac:CMAC -kdfopt cipher:AES-256-CBC -kdfopt hexkey:MASTER \
//!     -kdfopt salt:eid/scp03/enc -kdfopt hexinfo:SERIAL KBKDF
//! ```
//!
//! # The file
//!
//! A [`crate::key_file`] with the label `ENCRYPTED ISSUER MASTER KEY` around
//!
//! ```text
//! IssuerMasterKey ::= SEQUENCE {
//!     version     INTEGER (0),
//!     master      OCTET STRING (SIZE (32)),
//!     checkValue  OCTET STRING (SIZE (16)) }   -- AES-256-CMAC(master, ASCII "eid/master/check")
//! ```
//!
//! The check value makes the file's CBC encryption tamper-evident.

#[cfg(test)]
mod tests;
mod well_known;

use std::fmt;
use std::path::Path;

use aes::Aes256;
use cmac::{Cmac, KeyInit, Mac};
use der::asn1::OctetStringRef;
use der::{Decode, Encode, Sequence};
use rand_core::TryCryptoRng;
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

pub use self::well_known::{is_well_known, is_well_known_key};
use crate::key_file::{self, KeyFileError, Passphrase};

/// PEM label of the file with the issuer's master key.
pub const MASTER_KEY_LABEL: &str = "ENCRYPTED ISSUER MASTER KEY";
/// Length of a chip serial number in bytes.
pub const CHIP_SERIAL_LEN: usize = 10;
/// Length of the master and of every derived key in bytes.
pub const KEY_LEN: usize = 32;

const LABEL_ENC: &[u8] = b"eid/scp03/enc";
const LABEL_MAC: &[u8] = b"eid/scp03/mac";
const LABEL_DEK: &[u8] = b"eid/scp03/dek";
const LABEL_ADMINISTRATION_ENC: &[u8] = b"eid/admin/enc";
const LABEL_ADMINISTRATION_MAC: &[u8] = b"eid/admin/mac";
const LABEL_ADMINISTRATION_DEK: &[u8] = b"eid/admin/dek";
const LABEL_APPLICATION_ENC: &[u8] = b"eid/appl/enc";
const LABEL_APPLICATION_MAC: &[u8] = b"eid/appl/mac";
const LABEL_APPLICATION_DEK: &[u8] = b"eid/appl/dek";
const CHECK_MESSAGE: &[u8] = b"eid/master/check";

/// The static SCP03 keys of one chip (GlobalPlatform Amendment D §4.1.3), AES-256.
///
/// Zeroized when dropped, compared in constant time, shown by `Debug` as dots.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct ChipKeys {
    /// Key-ENC: from it come the session keys that encrypt.
    pub enc: [u8; KEY_LEN],
    /// Key-MAC: from it come the session keys that authenticate.
    pub mac: [u8; KEY_LEN],
    /// Key-DEK: encrypts keys and passwords inside the session.
    pub dek: [u8; KEY_LEN],
}

impl ConstantTimeEq for ChipKeys {
    fn ct_eq(&self, other: &Self) -> subtle::Choice {
        self.enc.ct_eq(&other.enc) & self.mac.ct_eq(&other.mac) & self.dek.ct_eq(&other.dek)
    }
}

impl PartialEq for ChipKeys {
    fn eq(&self, other: &Self) -> bool {
        self.ct_eq(other).into()
    }
}

impl Eq for ChipKeys {}

impl fmt::Debug for ChipKeys {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ChipKeys(…)")
    }
}

impl ChipKeys {
    /// Random keys that belong to no master: the transport keys of a chip that is being made.
    ///
    /// # Errors
    /// [`KeyFileError::Random`].
    pub fn random(rng: &mut (impl TryCryptoRng + ?Sized)) -> Result<Self, KeyFileError> {
        let mut keys = Self {
            enc: [0; KEY_LEN],
            mac: [0; KEY_LEN],
            dek: [0; KEY_LEN],
        };
        for key in [&mut keys.enc, &mut keys.mac, &mut keys.dek] {
            rng.try_fill_bytes(key).map_err(|_| KeyFileError::Random)?;
        }
        Ok(keys)
    }
}

/// The key sets of one chip.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChipKeySets {
    /// The keys that load the card; activation erases them.
    pub personalisation: ChipKeys,
    /// The keys that administer the card afterwards; a card loaded without them cannot be administered.
    pub administration: Option<ChipKeys>,
    /// The keys of applications beside the eMRTD, by the application's name.
    pub applications: Vec<(String, ChipKeys)>,
}

impl From<ChipKeys> for ChipKeySets {
    fn from(personalisation: ChipKeys) -> Self {
        Self {
            personalisation,
            administration: None,
            applications: Vec::new(),
        }
    }
}

/// The issuer's master key. Zeroized when dropped; `Debug` shows only its check value.
#[derive(Clone, ZeroizeOnDrop)]
pub struct IssuerMasterKeys {
    master: [u8; KEY_LEN],
}

#[derive(Sequence)]
struct MasterKeyContent<'a> {
    version: u8,
    master: &'a OctetStringRef,
    check_value: &'a OctetStringRef,
}

impl IssuerMasterKeys {
    /// A new random master, in memory only until [`save`](Self::save)d.
    ///
    /// # Errors
    /// [`KeyFileError::Random`], also when the generator answers with a well-known key.
    pub fn generate(rng: &mut (impl TryCryptoRng + ?Sized)) -> Result<Self, KeyFileError> {
        let mut keys = Self { master: [0; KEY_LEN] };
        rng.try_fill_bytes(&mut keys.master)
            .map_err(|_| KeyFileError::Random)?;
        if is_well_known_key(&keys.master) {
            return Err(KeyFileError::Random);
        }
        Ok(keys)
    }

    /// A master given as bytes: for tests with frozen values and for masters from elsewhere.
    pub fn from_bytes(master: [u8; KEY_LEN]) -> Self {
        Self { master }
    }

    /// Writes the master to a new encrypted file, mode 0600.
    ///
    /// # Errors
    /// [`KeyFileError`].
    pub fn save(
        &self,
        path: &Path,
        passphrase: &Passphrase,
        rng: &mut (impl TryCryptoRng + ?Sized),
    ) -> Result<(), KeyFileError> {
        let encoding = |error: der::Error| KeyFileError::Encoding(error.to_string());
        let check = self.cmac(&[CHECK_MESSAGE]);
        let content = MasterKeyContent {
            version: 0,
            master: OctetStringRef::new(&self.master).map_err(encoding)?,
            check_value: OctetStringRef::new(check.as_slice()).map_err(encoding)?,
        };
        let plaintext = Zeroizing::new(content.to_der().map_err(encoding)?);
        key_file::write_sealed(path, MASTER_KEY_LABEL, &plaintext, passphrase, rng)
    }

    /// Opens a file that [`save`](Self::save) wrote.
    ///
    /// # Errors
    /// [`KeyFileError::WrongPassphrase`]; [`KeyFileError::NotAKeyFile`] when the content is not a master key,
    /// was altered, or is a well-known key; [`KeyFileError::UnsupportedEncryption`], [`KeyFileError::Io`].
    pub fn open(path: &Path, passphrase: &Passphrase) -> Result<Self, KeyFileError> {
        let plaintext = key_file::read_sealed(path, MASTER_KEY_LABEL, passphrase)?;
        let refuse = |why: &str| KeyFileError::NotAKeyFile {
            path: path.to_owned(),
            why: why.to_owned(),
        };
        let content = MasterKeyContent::from_der(&plaintext)
            .map_err(|_| refuse("its content is not an issuer master key"))?;
        if content.version != 0 {
            return Err(refuse("written by a later version of this program"));
        }
        let master = content
            .master
            .as_bytes()
            .try_into()
            .map_err(|_| refuse("the master has a wrong length"))?;
        let keys = Self { master };
        if !bool::from(
            keys.cmac(&[CHECK_MESSAGE])
                .as_slice()
                .ct_eq(content.check_value.as_bytes()),
        ) {
            return Err(refuse(
                "the check value does not belong to the master: the file was altered",
            ));
        }
        if is_well_known_key(&keys.master) {
            return Err(refuse("the master is a published test key"));
        }
        Ok(keys)
    }

    /// The static SCP03 keys of the chip with this serial number, as the module's documentation says.
    pub fn chip_keys(&self, serial: &[u8; CHIP_SERIAL_LEN]) -> ChipKeys {
        ChipKeys {
            enc: self.derive(LABEL_ENC, serial),
            mac: self.derive(LABEL_MAC, serial),
            dek: self.derive(LABEL_DEK, serial),
        }
    }

    /// The static SCP03 keys with which that chip is administered once it is a card.
    pub fn administration_keys(&self, serial: &[u8; CHIP_SERIAL_LEN]) -> ChipKeys {
        ChipKeys {
            enc: self.derive(LABEL_ADMINISTRATION_ENC, serial),
            mac: self.derive(LABEL_ADMINISTRATION_MAC, serial),
            dek: self.derive(LABEL_ADMINISTRATION_DEK, serial),
        }
    }

    /// The static SCP03 keys with which the application of this name (AID) on that chip is updated. The master is the
    /// application's own, not the issuer's.
    pub fn application_keys(&self, serial: &[u8; CHIP_SERIAL_LEN], aid: &[u8]) -> ChipKeys {
        let context = [&serial[..], aid].concat();
        ChipKeys {
            enc: self.derive(LABEL_APPLICATION_ENC, &context),
            mac: self.derive(LABEL_APPLICATION_MAC, &context),
            dek: self.derive(LABEL_APPLICATION_DEK, &context),
        }
    }

    /// All of the issuer's keys of that chip.
    pub fn key_sets(&self, serial: &[u8; CHIP_SERIAL_LEN]) -> ChipKeySets {
        ChipKeySets {
            personalisation: self.chip_keys(serial),
            administration: Some(self.administration_keys(serial)),
            applications: Vec::new(),
        }
    }

    /// Six hexadecimal digits by which people tell masters apart: the start of the check value, no secret.
    pub fn check_value(&self) -> String {
        hex::encode_upper(&self.cmac(&[CHECK_MESSAGE])[..3])
    }

    fn derive(&self, label: &[u8], context: &[u8]) -> [u8; KEY_LEN] {
        let mut key = [0u8; KEY_LEN];
        let length_in_bits = [0, 0, 1, 0];
        for (counter, block) in (1u32..).zip(key.chunks_exact_mut(16)) {
            let output = self.cmac(&[&counter.to_be_bytes(), label, &[0x00], context, &length_in_bits]);
            block.copy_from_slice(output.as_slice());
        }
        key
    }

    fn cmac(&self, parts: &[&[u8]]) -> Zeroizing<[u8; 16]> {
        let mut mac = Cmac::<Aes256>::new(&self.master.into());
        for part in parts {
            mac.update(part);
        }
        Zeroizing::new(mac.finalize().into_bytes().into())
    }
}

impl fmt::Debug for IssuerMasterKeys {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "IssuerMasterKeys(check value {})", self.check_value())
    }
}
