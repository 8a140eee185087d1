//! `LDSSecurityObject`: the hashes that are signed (9303-10 §4.6.2.3).
//!
//! ```text
//! LDSSecurityObject ::= SEQUENCE {
//!     version                INTEGER { v0(0), v1(1) },
//!     hashAlgorithm          AlgorithmIdentifier,
//!     dataGroupHashValues    SEQUENCE SIZE (2..16) OF DataGroupHash,
//!     ldsVersionInfo         LDSVersionInfo OPTIONAL }          -- if and only if v1
//! DataGroupHash  ::= SEQUENCE { dataGroupNumber INTEGER, dataGroupHashValue OCTET STRING }
//! LDSVersionInfo ::= SEQUENCE { ldsVersion PrintableString, unicodeVersion PrintableString }
//! ```

use der::asn1::{OctetString, PrintableString};
use der::{Encode, Sequence};
use spki::AlgorithmIdentifierOwned;

pub use crate::hash::HashAlgorithm;

/// Which version of LDSSecurityObject is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LdsVersion {
    /// Version 0, without version information: LDS 1.7, what most readers in the field expect.
    V0,
    /// Version 1: the versions that EF.COM announces, signed.
    V1 {
        /// LDS version `aabb`, e.g. "0108" (9303-10 §4.6.1).
        lds: String,
        /// Unicode version `aabbcc`, e.g. "040000".
        unicode: String,
    },
}

/// A security object that keeps the rules of 9303-10.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecurityObject {
    hash_algorithm: HashAlgorithm,
    version: LdsVersion,
    hashes: Vec<(u8, Vec<u8>)>,
}

#[derive(Sequence)]
struct LdsSecurityObject {
    version: u8,
    hash_algorithm: AlgorithmIdentifierOwned,
    data_group_hash_values: Vec<DataGroupHash>,
    lds_version_info: Option<LdsVersionInfo>,
}

#[derive(Sequence)]
struct DataGroupHash {
    data_group_number: u8,
    data_group_hash_value: OctetString,
}

#[derive(Sequence)]
struct LdsVersionInfo {
    lds_version: PrintableString,
    unicode_version: PrintableString,
}

impl SecurityObject {
    /// Puts the hashes in order of their numbers and checks the rules. The error says which one is broken.
    pub(super) fn new(
        hash_algorithm: HashAlgorithm,
        version: LdsVersion,
        mut hashes: Vec<(u8, Vec<u8>)>,
    ) -> Result<Self, String> {
        hashes.sort_by_key(|(number, _)| *number);
        // SIZE (2..16): DG1 and DG2 are mandatory in every document.
        for mandatory in [1, 2] {
            if !hashes.iter().any(|(number, _)| *number == mandatory) {
                return Err(format!("DG{mandatory} is missing; every document has it"));
            }
        }
        if let LdsVersion::V1 { lds, unicode } = &version {
            let digits =
                |text: &str, length| text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
            if !digits(lds, 4) || !digits(unicode, 6) {
                return Err("the LDS version has 4 digits and the Unicode version 6".into());
            }
        }
        Ok(Self {
            hash_algorithm,
            version,
            hashes,
        })
    }

    /// The hash algorithm.
    pub fn hash_algorithm(&self) -> HashAlgorithm {
        self.hash_algorithm
    }

    /// The version.
    pub fn version(&self) -> &LdsVersion {
        &self.version
    }

    /// Number and hash of each data group, in order.
    pub fn hashes(&self) -> &[(u8, Vec<u8>)] {
        &self.hashes
    }

    /// The DER of `LDSSecurityObject`: the content that is signed.
    ///
    /// # Errors
    /// Never in practice.
    pub fn to_der(&self) -> Result<Vec<u8>, der::Error> {
        let (version, lds_version_info) = match &self.version {
            LdsVersion::V0 => (0, None),
            LdsVersion::V1 { lds, unicode } => (
                1,
                Some(LdsVersionInfo {
                    lds_version: PrintableString::new(lds)?,
                    unicode_version: PrintableString::new(unicode)?,
                }),
            ),
        };
        let mut values = Vec::new();
        for (number, hash) in &self.hashes {
            values.push(DataGroupHash {
                data_group_number: *number,
                data_group_hash_value: OctetString::new(hash.as_slice())?,
            });
        }
        LdsSecurityObject {
            version,
            hash_algorithm: self.hash_algorithm.identifier(),
            data_group_hash_values: values,
            lds_version_info,
        }
        .to_der()
    }
}

/// The tag of a data group's file (9303-10 Table 38): '61' for DG1 … '70' for DG16. None for other numbers.
pub const fn tag_of(data_group: u8) -> Option<u8> {
    Some(match data_group {
        1 => 0x61,
        2 => 0x75,
        3 => 0x63,
        4 => 0x76,
        5..=16 => 0x60 + data_group,
        _ => return None,
    })
}
