//! Whether a data group is built as its standard has it (Doc 9303-10 §4.7.2 to §4.7.4, §4.7.14, §4.7.15).
//!
//! Only groups whose digest is the signed one come here: what is wrong with them, the issuer did, or someone who signs in its place.

mod biometric;
mod chip_keys;
mod face_record;
mod image_record;

use super::asn1::Asn1Error;
use super::check::{Check, CheckId};
use super::chip_keys::{ChipKeys, active_authentication_key};
use super::contents::Groups;
use super::signature::SignatureError;
use biometric::Modality;

/// What is wrong with a data group.
pub(super) enum Flaw {
    /// It is not that structure.
    Structure(Asn1Error),
    /// It is, and a value in it is not one that the standard has: nothing that a reader trips over.
    Value(String),
}

impl From<Asn1Error> for Flaw {
    fn from(error: Asn1Error) -> Self {
        Self::Structure(error)
    }
}

impl Flaw {
    fn structure(what: impl Into<String>) -> Self {
        Self::Structure(Asn1Error::Value(what.into()))
    }
}

/// A check of a data group's structure, and whether only a value of a biometric record is at fault.
pub(super) struct Judged {
    pub(super) check: Check,
    pub(super) only_a_value: bool,
}

/// `dgN_structure` of a group that is judged here; `None` for any other. `chip_keys` is what DG14 was read as.
fn judge(number: u8, file: &[u8], chip_keys: Option<&Result<ChipKeys, Asn1Error>>) -> Option<Judged> {
    let result = match number {
        2 => biometric::judge(file, Modality::Face),
        3 => biometric::judge(file, Modality::Finger),
        4 => biometric::judge(file, Modality::Iris),
        14 => chip_keys::judge(file, chip_keys?),
        15 => key_of_dg15(file),
        _ => return None,
    };
    let id = CheckId::DgStructure(number);
    Some(match result {
        Ok(evidence) => Judged {
            check: Check::passed(id, evidence),
            only_a_value: false,
        },
        Err(Flaw::Structure(error)) => Judged {
            check: Check::failed(id, error.to_string()),
            only_a_value: false,
        },
        Err(Flaw::Value(why)) => Judged {
            check: Check::failed(id, why),
            only_a_value: true,
        },
    })
}

/// The structures of all groups that are judged here, by number.
pub(super) fn judge_all<'a>(
    groups: &'a Groups<'_>,
    chip_keys: Option<&'a Result<ChipKeys, Asn1Error>>,
) -> impl Iterator<Item = Judged> + 'a {
    groups
        .iter()
        .filter_map(move |(number, file)| judge(*number, file, chip_keys))
}

/// DG15: `6F { SubjectPublicKeyInfo }`. A key of a kind that is not known here is no fault of the document's.
fn key_of_dg15(file: &[u8]) -> Result<String, Flaw> {
    match active_authentication_key(file) {
        Ok(key) => Ok(key.name()),
        Err(SignatureError::Unsupported(what)) => Ok(format!("{what}: not known here")),
        Err(error) => Err(Flaw::structure(format!("DG15: {error}"))),
    }
}
