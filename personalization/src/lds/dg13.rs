//! DG13: optional details, whose content 9303-10 (section 4.7.13) leaves to the issuing state.
//!
//! [`vietnamese`] is the one schema that is known here; any other content passes through as it is ([`OptionalDetails::Other`]).

pub mod vietnamese;

use super::{AsRead, LdsError, opaque};
use crate::citizen::CitizenRecord;
use card_applet::wire::lds::DataGroup;
use vietnamese::VietnameseDetails;

/// What a DG13 says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OptionalDetails<'a> {
    /// The fields of a Vietnamese identity card.
    Vietnamese(Box<VietnameseDetails>),
    /// Another state's content.
    Other(&'a [u8]),
}

/// Encodes DG13 of a Vietnamese card for a record; `card_id` is the chip's 16-character identifier (field 16).
///
/// # Errors
/// [`LdsError`] for a `card_id` that is not 16 capital letters and digits.
pub fn encode(record: &CitizenRecord, card_id: &str) -> Result<Vec<u8>, LdsError> {
    VietnameseDetails::of(record, card_id).encode()
}

/// Reads DG13.
///
/// # Errors
/// [`LdsError`] when it is no data object `6D`, or begins as the Vietnamese schema and does not go on as it.
pub fn decode(file: &[u8]) -> Result<AsRead<'_, OptionalDetails<'_>>, LdsError> {
    let content = opaque::decode(DataGroup::DG13, file)?.into_content();
    let details = match VietnameseDetails::decode_content(content)? {
        Some(details) => OptionalDetails::Vietnamese(Box::new(details)),
        None => OptionalDetails::Other(content),
    };
    Ok(AsRead::new(file, details))
}
