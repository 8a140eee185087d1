//! Irises: images that are checked, and eyes of which none could be taken.

use super::finger::MissingReason;
use super::picture::Picture;

/// An eye of the holder, with its CBEFF subtype.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Eye {
    /// The right eye.
    Right = 1,
    /// The left eye.
    Left = 2,
}

impl Eye {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Right, Self::Left];

    /// Its code: CBEFF subtype and iris subtype of ISO/IEC 19794-6.
    #[must_use]
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// The eye with this code.
    #[must_use]
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|eye| eye.code() == code)
    }

    /// Its name in records and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Right => "right",
            Self::Left => "left",
        }
    }

    /// The eye of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|eye| eye.name() == name)
    }
}

/// One iris that was captured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Iris {
    /// Which eye.
    pub eye: Eye,
    /// The image.
    pub image: Picture,
    /// Quality from 0 to 100; `None` when nobody measured it.
    pub quality: Option<u8>,
    /// The iris's diameter in pixels, where it was measured.
    pub diameter: Option<u16>,
}

/// An eye of which there is no image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MissingIris {
    /// Which eye.
    pub eye: Eye,
    /// Why; the reasons are those of fingers.
    pub reason: MissingReason,
}
