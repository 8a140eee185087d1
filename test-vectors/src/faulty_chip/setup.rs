//! What is in the chip, and how it behaves when it does no wrong.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::active_authentication::SigningKey;
use super::as_hex;
use crate::naive::cipher::Cipher;
use crate::naive::curve::Curve;
use crate::naive::group::Group;

/// How PACE maps its nonce.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mapping {
    /// Generic mapping.
    Generic,
    /// Integrated mapping.
    Integrated,
    /// Chip authentication mapping.
    ChipAuthentication,
}

/// One way to run PACE.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaceSet {
    /// The mapping.
    pub mapping: Mapping,
    /// The session's cipher.
    pub cipher: Cipher,
    /// The group.
    pub group: Group,
}

impl PaceSet {
    /// The PACEInfo of EF.CardAccess.
    pub fn info(&self) -> Vec<u8> {
        let oid = crate::naive::data_object::object(0x06, &self.oid());
        let numbers = [0x02, 0x01, 0x02, 0x02, 0x01, self.group.parameter_id()];
        crate::naive::data_object::object(0x30, &[&oid[..], &numbers].concat())
    }

    /// The content of its object identifier.
    pub fn oid(&self) -> [u8; 10] {
        let mapping = match (self.mapping, self.group) {
            (Mapping::Generic, Group::ModP(_)) => 1,
            (Mapping::Generic, Group::Curve(_)) => 2,
            (Mapping::Integrated, Group::ModP(_)) => 3,
            (Mapping::Integrated, Group::Curve(_)) => 4,
            (Mapping::ChipAuthentication, _) => 6,
        };
        let cipher = match self.cipher {
            Cipher::TripleDes => 1,
            Cipher::Aes128 => 2,
            Cipher::Aes192 => 3,
            Cipher::Aes256 => 4,
        };
        [0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x04, mapping, cipher]
    }
}

/// A static key of the chip, for Chip Authentication and PACE-CAM.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChipKey {
    /// Its identifier.
    pub id: Option<u8>,
    /// Its group.
    pub group: Group,
    /// The private key.
    #[serde(with = "as_hex::bytes")]
    pub private: Vec<u8>,
}

impl ChipKey {
    /// 04 ‖ x ‖ y, or the number.
    ///
    /// # Panics
    /// When the private key is none.
    pub fn public(&self) -> Vec<u8> {
        self.group.public(&self.private).expect("a private key")
    }
}

/// What the chip does when Le is more than it gives at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OverLimit {
    /// Refuses with this status word.
    Refuse(#[serde(with = "as_hex::word")] u16),
    /// 6Cxx with its limit.
    Correct,
    /// Gives what it can, 9000.
    Shorten,
    /// Gives what it can, 6282.
    Warn,
    /// Ends the session with this status word in plain.
    EndSession(#[serde(with = "as_hex::word")] u16),
}

/// What the chip does when Le goes beyond the end of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndOfFile {
    /// The bytes that are there, 6282.
    Warn,
    /// The bytes that are there, 9000.
    Shorten,
    /// 6B00 without bytes.
    WrongOffset,
    /// 6Cxx with the number of bytes that are there, where one byte can say it.
    Correct,
    /// 6700 without bytes.
    WrongLength,
}

/// Ways of real cards that are no faults, or were not thought to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Manners {
    /// Status word of SELECT of the master file.
    #[serde(with = "as_hex::word")]
    pub select_master_file: u16,
    /// READ BINARY takes no short file identifier.
    pub no_short_file_identifier: bool,
    /// Bytes of plain data that it gives at once at most.
    pub limit: Option<(usize, OverLimit)>,
    /// A command with extended length is answered with this status word in plain.
    #[serde(with = "as_hex::optional_word")]
    pub refuses_extended_length: Option<u16>,
    /// When a file is at its end.
    pub end_of_file: EndOfFile,
    /// READ BINARY with an odd instruction is answered without DO'53'.
    pub no_discretionary_object: bool,
    /// Refusing a file ends the session.
    pub refusal_ends_session: bool,
    /// Answers come by GET RESPONSE in pieces of at most this many bytes, as over T=0.
    pub pieces: Option<usize>,
}

impl Default for Manners {
    fn default() -> Self {
        Manners {
            select_master_file: 0x9000,
            no_short_file_identifier: false,
            limit: None,
            refuses_extended_length: None,
            end_of_file: EndOfFile::Warn,
            no_discretionary_object: false,
            refusal_ends_session: false,
            pieces: None,
        }
    }
}

/// What is in the chip.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Setup {
    /// Files of the master file by identifier.
    #[serde(with = "as_hex::files")]
    pub master_file: BTreeMap<u16, Vec<u8>>,
    /// Files of the eMRTD application by identifier.
    #[serde(with = "as_hex::files")]
    pub application: BTreeMap<u16, Vec<u8>>,
    /// The application is readable without a session.
    pub plain: bool,
    /// Basic Access Control opens it.
    pub bac: bool,
    /// The ways to run PACE; what EF.CardAccess says is the files' matter.
    pub pace: Vec<PaceSet>,
    /// Document number, birth date, expiry date, each with its check digit.
    pub mrz_information: String,
    /// The card access number.
    pub can: String,
    /// The PIN, a password of PACE that can be blocked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pin: Option<String>,
    /// The PUK.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub puk: Option<String>,
    /// Who proved the PUK may set a new PIN.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub puk_changes_pin: bool,
    /// Static keys.
    pub chip_keys: Vec<ChipKey>,
    /// Private key of Active Authentication.
    pub signing_key: Option<SigningKey>,
    /// Files that only terminals with rights may read.
    #[serde(with = "as_hex::words")]
    pub guarded: Vec<u16>,
    /// Certificates (7F21) of the authorities whose terminals it believes, the newest first.
    #[serde(with = "as_hex::list")]
    pub trust_points: Vec<Vec<u8>>,
    /// What it thinks today is: YYMMDD, digits.
    pub today: String,
    /// Its ways.
    pub manners: Manners,
    /// The first bytes that it draws: nonces and private keys of a published example.
    #[serde(with = "as_hex::bytes")]
    pub script: Vec<u8>,
    /// Where its random numbers start behind these.
    pub seed: u64,
}

impl Default for Setup {
    fn default() -> Self {
        Setup {
            master_file: BTreeMap::new(),
            application: BTreeMap::new(),
            plain: false,
            bac: false,
            pace: vec![PaceSet {
                mapping: Mapping::Generic,
                cipher: Cipher::Aes128,
                group: Curve::BrainpoolP256r1.into(),
            }],
            // The document of ICAO Doc 9303-11 appendix D.
            mrz_information: "L898902C<369080619406236".into(),
            can: "123456".into(),
            pin: None,
            puk: None,
            puk_changes_pin: false,
            chip_keys: Vec::new(),
            signing_key: None,
            guarded: vec![0x0103, 0x0104],
            trust_points: Vec::new(),
            today: "260101".into(),
            manners: Manners::default(),
            script: Vec::new(),
            seed: 1,
        }
    }
}
