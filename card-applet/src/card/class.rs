//! The class byte: how a command came.

use crate::error::Error;
use crate::wire::apdu::CLASS_SECURE_MESSAGING;

/// How a command came.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// ISO, in plain.
    Plain,
    /// ISO, with secure messaging.
    Secure,
    /// GlobalPlatform, in plain (80).
    Proprietary,
    /// GlobalPlatform, with ISO's secure messaging (8C).
    SecureProprietary,
    /// With SCP03 (84).
    Issuer,
}

impl Class {
    /// Takes a class byte apart, without its chaining bit (7816-4, 5.4.1; GlobalPlatform 11.1.4).
    pub(super) const fn parse(class: u8) -> Result<Self, Error> {
        match class & 0xEF {
            0x00 => Ok(Self::Plain),
            CLASS_SECURE_MESSAGING => Ok(Self::Secure),
            0x04 | 0x08 => Err(Error::SecureMessaging),
            0x01..=0x0F | 0x40..=0x6F => Err(Error::LogicalChannel),
            0x80 => Ok(Self::Proprietary),
            0x84 => Ok(Self::Issuer),
            0x8C => Ok(Self::SecureProprietary),
            _ => Err(Error::Class),
        }
    }

    /// Whether the command came with secure messaging of the session that a reader opened.
    pub(super) const fn is_secure(self) -> bool {
        matches!(self, Self::Secure | Self::SecureProprietary)
    }

    /// Whether the command is GlobalPlatform's, in plain or in a reader's session.
    pub(super) const fn is_proprietary(self) -> bool {
        matches!(self, Self::Proprietary | Self::SecureProprietary)
    }
}
