//! What EF.SOD of a profile's cards is like.

use serde::{Deserialize, Serialize};

use crate::hash::HashAlgorithm;
use crate::lds::com::{LDS_VERSION, LDS_VERSION_SIGNED, UNICODE_VERSION};
use crate::sod::LdsVersion;

/// The security object of EF.SOD (9303-10, section 4.6.2.3). How it is signed is for the document signer's key to say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecurityObjectParameters {
    /// The hash over the data groups.
    #[serde(default)]
    pub hash: HashAlgorithm,
    /// 0, or 1: with the versions of LDS and Unicode, signed.
    #[serde(default)]
    pub version: SecurityObjectVersion,
}

/// The version of LDSSecurityObject.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub enum SecurityObjectVersion {
    /// LDS 1.7, what most readers in the field expect.
    #[default]
    V0,
    /// LDS 1.8.
    V1,
}

impl TryFrom<u8> for SecurityObjectVersion {
    type Error = &'static str;

    fn try_from(number: u8) -> Result<Self, Self::Error> {
        match number {
            0 => Ok(Self::V0),
            1 => Ok(Self::V1),
            _ => Err("the version of the security object is 0 or 1"),
        }
    }
}

impl From<SecurityObjectVersion> for u8 {
    fn from(version: SecurityObjectVersion) -> Self {
        match version {
            SecurityObjectVersion::V0 => 0,
            SecurityObjectVersion::V1 => 1,
        }
    }
}

impl SecurityObjectVersion {
    /// The LDS version that EF.COM states, four digits.
    pub(crate) const fn com_version(self) -> &'static [u8; 4] {
        match self {
            Self::V0 => LDS_VERSION,
            Self::V1 => LDS_VERSION_SIGNED,
        }
    }

    /// What EF.SOD states; the same as EF.COM.
    pub(crate) fn lds_version(self) -> LdsVersion {
        let digits = |digits: &[u8]| digits.iter().copied().map(char::from).collect();
        match self {
            Self::V0 => LdsVersion::V0,
            Self::V1 => LdsVersion::V1 {
                lds: digits(self.com_version()),
                unicode: digits(UNICODE_VERSION),
            },
        }
    }
}
