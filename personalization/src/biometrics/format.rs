//! Which record standard a profile's cards have.

use serde::{Deserialize, Serialize};

/// The format of the record in DG2.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum FaceFormat {
    /// ISO/IEC 19794-5:2005.
    #[default]
    #[serde(rename = "ISO-19794-5")]
    Iso19794,
    /// ISO/IEC 39794-5.
    #[serde(rename = "ISO-39794-5")]
    Iso39794,
}

/// The format of the records in DG3.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum FingerFormat {
    /// ISO/IEC 19794-4:2005.
    #[default]
    #[serde(rename = "ISO-19794-4")]
    Iso19794,
    /// ISO/IEC 39794-4.
    #[serde(rename = "ISO-39794-4")]
    Iso39794,
}

/// The format of the records in DG4.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum IrisFormat {
    /// ISO/IEC 19794-6:2005.
    #[default]
    #[serde(rename = "ISO-19794-6")]
    Iso19794,
}
