//! Applications beside the eMRTD, as a profile states them and as they can be issued.

use card_applet::limits::MAX_FILES;
use card_applet::wire::access::{AccessRule, SecurityAttribute, UpdateRule};
use card_applet::wire::global_platform::KEY_VERSIONS_APPLICATION;
use card_applet::wire::lds::{AID_EMRTD, AID_ISSUER_SECURITY_DOMAIN, fid};
use serde::{Deserialize, Serialize};

use super::{CardProfile, ProfileError};
use crate::image::{UtilityApplication, UtilityFile};

/// Most applications beside the eMRTD: each may have a key set of its own.
const MAX_APPLICATIONS: usize = 8;
/// Longest name: what the application label of EF.DIR holds (ISO/IEC 7816-4, section 12.2.2).
const MAX_NAME: usize = 16;
/// Longest file in bytes.
const MAX_FILE_BYTES: usize = 16 * 1024;
/// Most bytes of all applications together: the chip's memory is the document's first.
const MAX_TOTAL_BYTES: usize = 32 * 1024;
/// Files that the master file and the eMRTD have at most, their dedicated files included: EF.CardAccess, EF.CardSecurity,
/// EF.ATR/INFO, EF.DIR, the eMRTD, EF.COM, EF.SOD, EF.CVCA. The data groups come on top.
const DOCUMENT_FILES: usize = 8;
/// File identifiers of the logical data structure (9303-10, table 38): they mean something else, so that no application
/// beside the eMRTD uses them.
const LDS_FIDS: core::ops::RangeInclusive<u16> = 0x0100..=0x01FF;

/// An application beside the eMRTD.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApplicationParameters {
    /// Its name, also its label in EF.DIR: 1 to 16 lower-case letters, digits, hyphens.
    pub name: String,
    /// Application identifier, 10 to 32 hexadecimal digits.
    pub aid: String,
    /// Its files.
    pub file: Vec<ApplicationFileParameters>,
}

/// A file of such an application.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApplicationFileParameters {
    /// File identifier.
    pub fid: u16,
    /// Short file identifier, 1 to 30.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sfi: Option<u8>,
    /// Length in bytes.
    pub size: usize,
    /// Who may read it.
    #[serde(default)]
    pub read: ReadRule,
    /// Who may write it.
    #[serde(default)]
    pub write: WriteRule,
    /// What it holds at first, in hexadecimal digits; zeros behind it, up to its length.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub content: String,
}

/// Who may read a file of an application beside the eMRTD. Sessions by PIN or PUK read none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReadRule {
    /// No reader; the application's own keys where it may be written.
    #[default]
    Never,
    /// Anybody, in plain.
    Always,
    /// After PACE with CAN or MRZ.
    Pace,
    /// After PACE with CAN or MRZ, or BAC.
    PaceOrBac,
    /// After PACE and then Chip Authentication, or after PACE with chip authentication mapping.
    ChipAuthentication,
}

/// Who may write a file of such an application in an operational card.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WriteRule {
    /// Nobody.
    #[default]
    Never,
    /// An SCP03 session under the application's own keys.
    ApplicationKeys,
}

impl ReadRule {
    const fn rule(self) -> AccessRule {
        match self {
            Self::Never => AccessRule::Never,
            Self::Always => AccessRule::Always,
            Self::Pace => AccessRule::Pace,
            Self::PaceOrBac => AccessRule::PaceOrBac,
            Self::ChipAuthentication => AccessRule::ChipAuthentication,
        }
    }
}

impl WriteRule {
    const fn rule(self) -> UpdateRule {
        match self {
            Self::Never => UpdateRule::Never,
            Self::ApplicationKeys => UpdateRule::ApplicationKeys,
        }
    }
}

/// Checks all applications of a profile alone, against each other and against the rest of the card. `data_groups` is how many
/// the card has.
pub(super) fn check(
    profile: &CardProfile,
    data_groups: usize,
) -> Result<Vec<UtilityApplication>, ProfileError> {
    if profile.application.len() > MAX_APPLICATIONS {
        return invalid("application", "there are eight at most");
    }
    let mut applications: Vec<UtilityApplication> = Vec::new();
    let mut key_versions = KEY_VERSIONS_APPLICATION;
    for (index, parameters) in (0u16..).zip(&profile.application) {
        let files = files(profile, parameters)?;
        let updated = files
            .iter()
            .any(|file| file.attribute.update != UpdateRule::Never);
        let application = UtilityApplication {
            name: name(&parameters.name)?,
            aid: aid(&parameters.aid)?,
            // Applications are selected by name; their identifiers follow the eMRTD's.
            fid: fid::EMRTD + 1 + index,
            key_version: if updated { key_versions.next() } else { None },
            files,
        };
        for other in &applications {
            if other.name == application.name {
                return invalid("application.name", "is given to two applications");
            }
            if overlap(&other.aid, &application.aid) {
                return invalid(
                    "application.aid",
                    "begins as another application's, or is the same",
                );
            }
        }
        applications.push(application);
    }
    let count: usize = applications.iter().map(|found| 1 + found.files.len()).sum();
    if count + DOCUMENT_FILES + data_groups > MAX_FILES {
        return invalid(
            "application",
            "has more files than the chip's table holds beside the document",
        );
    }
    if applications
        .iter()
        .map(UtilityApplication::content_len)
        .sum::<usize>()
        > MAX_TOTAL_BYTES
    {
        return invalid("application.file.size", "must not be more than 32 KiB in all");
    }
    Ok(applications)
}

fn name(name: &str) -> Result<String, ProfileError> {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if name.is_empty() || name.len() > MAX_NAME || !name.bytes().all(allowed) {
        return invalid(
            "application.name",
            "must be 1 to 16 lower-case letters, digits and hyphens",
        );
    }
    Ok(name.to_owned())
}

fn aid(digits: &str) -> Result<Vec<u8>, ProfileError> {
    let aid = hex::decode(digits).unwrap_or_default();
    if !(5..=16).contains(&aid.len()) {
        return invalid("application.aid", "must be 10 to 32 hexadecimal digits");
    }
    if overlap(&aid, &AID_EMRTD) || overlap(&aid, &AID_ISSUER_SECURITY_DOMAIN) {
        return invalid(
            "application.aid",
            "must not begin as that of the eMRTD or of the issuer security domain",
        );
    }
    Ok(aid)
}

/// Whether SELECT by a part of the one name could mean the other (ISO/IEC 7816-4, section 7.1.1).
fn overlap(one: &[u8], other: &[u8]) -> bool {
    one.starts_with(other) || other.starts_with(one)
}

fn files(
    profile: &CardProfile,
    application: &ApplicationParameters,
) -> Result<Vec<UtilityFile>, ProfileError> {
    if application.file.is_empty() {
        return invalid(
            "application.file",
            "is missing: an application has at least one file",
        );
    }
    let mut files: Vec<UtilityFile> = Vec::new();
    for parameters in &application.file {
        let file = file(profile, parameters)?;
        if files.iter().any(|other| other.fid == file.fid) {
            return invalid("application.file.fid", "is given to two files of an application");
        }
        if file.sfi.is_some() && files.iter().any(|other| other.sfi == file.sfi) {
            return invalid("application.file.sfi", "is given to two files of an application");
        }
        files.push(file);
    }
    Ok(files)
}

fn file(profile: &CardProfile, parameters: &ApplicationFileParameters) -> Result<UtilityFile, ProfileError> {
    let ApplicationFileParameters {
        fid,
        sfi,
        size,
        read,
        write,
        content,
    } = parameters;
    // 3F00 is the MF, other 3Fxx are dedicated files here or reserved (ISO/IEC 7816-4, section 7.3.1).
    if matches!(*fid, 0x0000 | 0x3F00..=0x3FFF | 0xFFFF) || LDS_FIDS.contains(fid) {
        return invalid(
            "application.file.fid",
            "must not be 0000, 01xx (the document's), 3Fxx or FFFF",
        );
    }
    if sfi.is_some_and(|sfi| !(1..=30).contains(&sfi)) {
        return invalid("application.file.sfi", "must be 1 to 30");
    }
    if !(1..=MAX_FILE_BYTES).contains(size) {
        return invalid("application.file.size", "must be 1 to 16384 bytes");
    }
    check_rules(profile, *read, *write)?;
    let Ok(mut content) = hex::decode(content) else {
        return invalid("application.file.content", "must be hexadecimal digits");
    };
    if content.len() > *size {
        return invalid("application.file.content", "is longer than the file");
    }
    content.resize(*size, 0);
    Ok(UtilityFile {
        fid: *fid,
        sfi: *sfi,
        attribute: SecurityAttribute {
            read: read.rule(),
            update: write.rule(),
        },
        content,
    })
}

/// A rule must be one that the card can fulfil; and what tells one card from another is behind PACE.
fn check_rules(profile: &CardProfile, read: ReadRule, write: WriteRule) -> Result<(), ProfileError> {
    let key = "application.file.read";
    match read {
        ReadRule::Never if write == WriteRule::Never => {
            invalid(key, "must be given for a file that nobody may write")
        }
        ReadRule::Always if write != WriteRule::Never => invalid(
            key,
            "must not be `always` for a file that is written: it would tell the card from others before PACE",
        ),
        ReadRule::Pace if profile.pace.is_empty() => invalid(key, "is `pace`, which the card does not offer"),
        ReadRule::ChipAuthentication if profile.chip_authentication.is_empty() => {
            invalid(key, "is `chip-authentication`, which the card does not offer")
        }
        _ => Ok(()),
    }
}

fn invalid<T>(key: &'static str, rule: &'static str) -> Result<T, ProfileError> {
    Err(ProfileError::Invalid { key, rule })
}
