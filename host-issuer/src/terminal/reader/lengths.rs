//! How long an APDU to the chip and from it may be (ICAO Doc 9303-10 §3.11.1; ISO/IEC 7816-4:2020 §12.7.1).

use card_applet::wire::apdu::MAX_EXTENDED_NE;
use card_applet::wire::tlv;
use rand_core::TryCryptoRng;

use super::{ChipReader, ReadError};
use crate::terminal::card_file::FileId;
use crate::terminal::historical_bytes::LengthSupport;
use crate::transport::{Limits, Transport};

/// DO'7F66': extended length information (ISO/IEC 7816-4:2020 §12.7.1).
const EXTENDED_LENGTH_INFORMATION: u32 = 0x7F66;

/// Sizes that the chip announces, in EF.ATR/INFO or by its historical bytes: whole APDUs, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExtendedLength {
    /// Longest command APDU that the chip takes.
    pub command: usize,
    /// Longest response APDU that it gives.
    pub response: usize,
}

impl ExtendedLength {
    /// Extended length without a number: a command is kept short, an answer may be as long as an APDU can be, and a chip that cannot give
    /// so much gives less (ISO/IEC 7816-4:2020 §5.2).
    pub(super) const UNSTATED: Self = Self {
        command: Limits::SHORT.command,
        response: MAX_EXTENDED_NE as usize + 2,
    };
}

impl<T: Transport, R: TryCryptoRng> ChipReader<T, R> {
    /// Finds out how long APDUs may be, in as few commands as can be: none where the reader carries short ones only or the chip's
    /// historical bytes settle the matter, else EF.ATR/INFO is read, in plain.
    ///
    /// # Errors
    /// As [`read_card_access`](Self::read_card_access).
    pub fn learn_lengths(&mut self) -> Result<(), ReadError> {
        if self.extended_length.is_some() || self.link.limits().response <= Limits::SHORT.response {
            return Ok(());
        }
        match LengthSupport::of(self.link.atr()) {
            LengthSupport::Short => {}
            LengthSupport::Extended => self.extended_length = Some(ExtendedLength::UNSTATED),
            LengthSupport::Unknown | LengthSupport::InAtrInfo => {
                self.read_atr_info()?;
            }
        }
        Ok(())
    }

    /// Reads EF.ATR/INFO and takes note of the buffer sizes in it. Without it (or without DO'7F66' in it) files are read with
    /// short APDUs, because an extended READ BINARY must not be sent to a chip that did not announce it (9303-10 §3.11.1).
    ///
    /// # Errors
    /// As [`read_card_access`](Self::read_card_access).
    pub fn read_atr_info(&mut self) -> Result<Option<Vec<u8>>, ReadError> {
        let atr_info = self.read_if_there(FileId::AtrInfo)?;
        self.extended_length = atr_info.as_deref().and_then(parse_extended_length);
        Ok(atr_info)
    }
}

/// DO'7F66' { INTEGER longest command, INTEGER longest response }.
pub(super) fn parse_extended_length(atr_info: &[u8]) -> Option<ExtendedLength> {
    let sizes = tlv::find(atr_info, EXTENDED_LENGTH_INFORMATION).ok()??;
    let (command, rest) = tlv::read_one(sizes).ok()?;
    let response = tlv::read_exact(rest, 0x02).ok()?;
    if command.tag != 0x02 {
        return None;
    }
    let number = |bytes: &[u8]| -> Option<usize> {
        (!bytes.is_empty() && bytes.len() <= 4)
            .then(|| bytes.iter().fold(0, |n, byte| n << 8 | usize::from(*byte)))
    };
    Some(ExtendedLength {
        command: number(command.value)?,
        response: number(response)?,
    })
}
