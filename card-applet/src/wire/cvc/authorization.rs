//! Certificate holder authorization template: role and rights (BSI TR-03110-3, C.1.5 and C.4.1; ICAO Doc 9303-12,
//! 7.2.2.5).

use super::{CvcError, Output, next, object_len, tag};
use crate::wire::oid;
use crate::wire::tlv::{TlvError, TlvReader};

/// Object identifier of the terminal type.
const OBJECT_IDENTIFIER: u32 = 0x06;
/// Discretionary data: role and rights.
const DISCRETIONARY_DATA: u32 = 0x53;
/// Longest template: that of authentication terminals has five bytes, those of other types are not ours.
const MAX_TEMPLATE: usize = 16;

/// What the holder of a certificate is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Country verifying certification authority (11).
    Cvca,
    /// Document verifier of the chip's own country (10).
    DomesticVerifier,
    /// Document verifier of another country (01).
    ForeignVerifier,
    /// Terminal (00).
    Terminal,
}

impl Role {
    /// The two highest bits of a template's first byte.
    pub const fn bits(self) -> u8 {
        match self {
            Self::Cvca => 0xC0,
            Self::DomesticVerifier => 0x80,
            Self::ForeignVerifier => 0x40,
            Self::Terminal => 0x00,
        }
    }

    const fn from_bits(byte: u8) -> Self {
        match byte & 0xC0 {
            0xC0 => Self::Cvca,
            0x80 => Self::DomesticVerifier,
            0x40 => Self::ForeignVerifier,
            _ => Self::Terminal,
        }
    }

    /// Whether it is a document verifier, of whatever country.
    pub const fn is_verifier(self) -> bool {
        matches!(self, Self::DomesticVerifier | Self::ForeignVerifier)
    }
}

/// What an inspection system may read. Other bits of its template are reserved for future use, and ignored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct InspectionRights {
    /// Bit 0: DG3, fingers.
    pub fingers: bool,
    /// Bit 1: DG4, irises.
    pub irises: bool,
}

impl InspectionRights {
    /// Both rights.
    pub const ALL: Self = Self {
        fingers: true,
        irises: true,
    };

    /// The rights in a template's last byte.
    pub const fn from_bits(byte: u8) -> Self {
        Self {
            fingers: byte & 1 != 0,
            irises: byte & 2 != 0,
        }
    }

    /// Bits 0 and 1.
    pub const fn bits(self) -> u8 {
        self.fingers as u8 | (self.irises as u8) << 1
    }

    /// What both allow.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self::from_bits(self.bits() & other.bits())
    }
}

/// A template as read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuthorizationTemplate<'a> {
    /// Terminal type, object identifier content bytes.
    pub terminal_type: &'a [u8],
    /// Role and rights, as read.
    pub template: &'a [u8],
}

/// Templates of inspection systems: role (terminal, foreign verifier, domestic verifier, CVCA), then rights.
static INSPECTION_TEMPLATES: [[u8; 1]; 16] = [
    [0x00],
    [0x01],
    [0x02],
    [0x03],
    [0x40],
    [0x41],
    [0x42],
    [0x43],
    [0x80],
    [0x81],
    [0x82],
    [0x83],
    [0xC0],
    [0xC1],
    [0xC2],
    [0xC3],
];

impl<'a> AuthorizationTemplate<'a> {
    /// The template of an inspection system, or of a certification authority of inspection systems. Never panics.
    pub fn inspection(role: Role, rights: InspectionRights) -> Self {
        let index = usize::from((role.bits() >> 4) | rights.bits());
        Self {
            terminal_type: &oid::INSPECTION_SYSTEM,
            template: INSPECTION_TEMPLATES.get(index).map_or(&[], |template| template),
        }
    }

    /// Reads the value of a 7F4C. Never panics.
    ///
    /// # Errors
    /// [`CvcError::Authorization`], [`CvcError::Structure`].
    pub fn parse(value: &'a [u8]) -> Result<Self, CvcError> {
        let mut reader = TlvReader::new(value);
        let terminal_type = next(&mut reader, OBJECT_IDENTIFIER)?;
        let template = next(&mut reader, DISCRETIONARY_DATA)?;
        if !reader.remaining().is_empty() {
            return Err(TlvError::TrailingBytes.into());
        }
        if terminal_type.is_empty() || !(1..=MAX_TEMPLATE).contains(&template.len()) {
            return Err(CvcError::Authorization);
        }
        Ok(Self {
            terminal_type,
            template,
        })
    }

    /// The role.
    pub fn role(&self) -> Role {
        Role::from_bits(self.template.first().copied().unwrap_or(0))
    }

    /// The rights of an inspection system; `None` for a template of another terminal type or another length.
    pub fn inspection_rights(&self) -> Option<InspectionRights> {
        match self.template {
            [byte] if self.terminal_type == oid::INSPECTION_SYSTEM => {
                Some(InspectionRights::from_bits(*byte))
            }
            _ => None,
        }
    }

    /// Writes the 7F4C.
    pub(super) fn write(&self, out: &mut Output<'_>) -> Result<(), TlvError> {
        let len = object_len(OBJECT_IDENTIFIER, self.terminal_type.len())
            .saturating_add(object_len(DISCRETIONARY_DATA, self.template.len()));
        out.header(tag::AUTHORIZATION, len)?;
        out.tlv(OBJECT_IDENTIFIER, self.terminal_type)?;
        out.tlv(DISCRETIONARY_DATA, self.template)
    }
}
