//! Constants of GlobalPlatform that issuer and chip share (Card Specification 2.3.1; Amendment D, SCP03).

/// Key version number of the keys with which a chip leaves its manufacturer.
pub const KEY_VERSION_TRANSPORT: u8 = 0x01;
/// Key version number of the issuer's keys for personalisation.
pub const KEY_VERSION_ISSUER: u8 = 0x30;
/// Key version number of the keys that administer an operational card.
pub const KEY_VERSION_ADMINISTRATION: u8 = 0x50;
/// Key version numbers of the key sets with which applications beside the eMRTD update their own files in an operational
/// card. A set belongs to the one application in which it was put, and an application has one set.
pub const KEY_VERSIONS_APPLICATION: core::ops::RangeInclusive<u8> = 0x60..=0x67;
/// Key version number under which PACE and BAC passwords are put.
pub const KEY_VERSION_PASSWORDS: u8 = 0xF0;
/// P2 of PUT KEY for a set of three keys: first key identifier 1, bit 8 says that several follow.
pub const PUT_KEY_SET: u8 = 0x81;
/// Key type AES (GlobalPlatform Card Specification table 11-16).
pub const KEY_TYPE_AES: u8 = 0x88;
/// Key type of a password for PACE alone (private use range).
pub const KEY_TYPE_PASSWORD_PACE: u8 = 0x01;
/// Key type of a password for PACE and BAC (private use range).
pub const KEY_TYPE_PASSWORD_PACE_AND_BAC: u8 = 0x02;
/// Key type of a password for BAC alone (private use range), for cards without PACE.
pub const KEY_TYPE_PASSWORD_BAC: u8 = 0x03;

/// P1-P2 of PUT DATA for a CVCA's certificate (7F4E ‖ 5F37) that becomes the newest trust point of Terminal
/// Authentication.
pub const DATA_TRUST_POINT: u16 = 0x7F21;
/// P1-P2 of PUT DATA for the current date (six digits, as in certificates) that Terminal Authentication starts from.
pub const DATA_CURRENT_DATE: u16 = 0x5F25;
/// P1-P2 of PUT DATA for the MRZ's document number with its check digit, by which Terminal Authentication knows a chip
/// that BAC opened.
pub const DATA_DOCUMENT_NUMBER: u16 = 0x005A;

/// Length in bytes of challenges, cryptograms and MACs in S8 mode (Amendment D, 5.1).
pub const S8: usize = 8;
/// The same in S16 mode.
pub const S16: usize = 16;

/// How long challenges, cryptograms and MACs are (Amendment D, 5.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scp03Mode {
    /// Eight bytes.
    S8,
    /// Sixteen bytes.
    S16,
}

impl Scp03Mode {
    /// Bytes of a challenge, a cryptogram or a MAC.
    pub const fn size(self) -> usize {
        match self {
            Self::S8 => S8,
            Self::S16 => S16,
        }
    }

    /// The mode whose challenges have this length.
    pub const fn from_len(len: usize) -> Option<Self> {
        match len {
            S8 => Some(Self::S8),
            S16 => Some(Self::S16),
            _ => None,
        }
    }

    /// The mode that an "i" parameter says.
    pub const fn from_i_parameter(i: u8) -> Self {
        if i & I_S16 == 0 { Self::S8 } else { Self::S16 }
    }

    /// The "i" parameter of this chip in this mode.
    pub const fn i_parameter(self) -> u8 {
        match self {
            Self::S8 => I_PARAMETER,
            Self::S16 => I_PARAMETER | I_S16,
        }
    }
}

/// Length of the key diversification data in the answer to INITIALIZE UPDATE; here the chip's serial number.
pub const SERIAL_LEN: usize = 10;
/// Secure channel protocol identifier of SCP03.
pub const SCP03: u8 = 0x03;
/// The "i" parameter: pseudo-random card challenge (10), R-MAC (20) and R-ENCRYPTION (40) supported; in S16 mode with
/// [`I_S16`].
pub const I_PARAMETER: u8 = 0x70;
/// Bit of the "i" parameter that says S16 mode (Amendment D, 5.1).
pub const I_S16: u8 = 0x01;

/// Security level bits in P1 of EXTERNAL AUTHENTICATE (Amendment D, 7.1.2).
pub mod security_level {
    /// Commands carry a MAC.
    pub const C_MAC: u8 = 0x01;
    /// Command data is encrypted.
    pub const C_DECRYPTION: u8 = 0x02;
    /// Responses carry a MAC.
    pub const R_MAC: u8 = 0x10;
    /// Response data is encrypted.
    pub const R_ENCRYPTION: u8 = 0x20;

    /// Whether the combination is one of Amendment D, table 7-3, that opens a channel: C-MAC always, encryption of
    /// responses only with their MAC and with encryption of commands.
    pub const fn is_valid(level: u8) -> bool {
        matches!(level, 0x01 | 0x03 | 0x11 | 0x13 | 0x33)
    }
}

/// Data derivation constants (Amendment D, table 4-1).
pub mod derivation {
    /// Card cryptogram.
    pub const CARD_CRYPTOGRAM: u8 = 0x00;
    /// Host cryptogram.
    pub const HOST_CRYPTOGRAM: u8 = 0x01;
    /// Card challenge.
    pub const CARD_CHALLENGE: u8 = 0x02;
    /// S-ENC.
    pub const S_ENC: u8 = 0x04;
    /// S-MAC.
    pub const S_MAC: u8 = 0x06;
    /// S-RMAC.
    pub const S_RMAC: u8 = 0x07;
}
