//! How an impression was taken, and why none was.

/// How a finger was taken at enrolment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Impression {
    /// Rolled from nail to nail on a live-scan device: the rule.
    #[default]
    LiveScanRolled,
    /// Pressed flat, for a stated reason.
    LiveScanPlain(FlatReason),
}

impl Impression {
    /// The impression type that the record states.
    #[must_use]
    pub const fn impression_type(&self) -> ImpressionType {
        match self {
            Self::LiveScanRolled => ImpressionType::LiveScanRolled,
            Self::LiveScanPlain(_) => ImpressionType::LiveScanPlain,
        }
    }
}

/// Why a finger was not rolled, in the operator's words. It stays in the enrolment; no record on a card has a place for it.
#[derive(Clone, PartialEq, Eq)]
pub struct FlatReason(String);

impl FlatReason {
    /// Takes a reason of 3 to 200 characters on one line; `None` for anything else.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let text = text.trim();
        let count = text.chars().count();
        let is_reason = (3..=200).contains(&count) && !text.chars().any(char::is_control);
        is_reason.then(|| Self(text.to_owned()))
    }

    /// The words.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl core::fmt::Debug for FlatReason {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        // It may say something of the holder's health.
        f.write_str("FlatReason")
    }
}

/// Impression types of ISO/IEC 19794-4, table 7; those of ISO/IEC 39794-4 have the same numbers for the first two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImpressionType {
    /// Live-scan plain; in 39794-4 plain contact.
    LiveScanPlain,
    /// Live-scan rolled; in 39794-4 rolled contact.
    LiveScanRolled,
    /// Another, by its number in the record's standard.
    Other(u8),
}

impl ImpressionType {
    /// Its number.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::LiveScanPlain => 0,
            Self::LiveScanRolled => 1,
            Self::Other(code) => code,
        }
    }

    /// The type with this number.
    #[must_use]
    pub const fn from_code(code: u8) -> Self {
        match code {
            0 => Self::LiveScanPlain,
            1 => Self::LiveScanRolled,
            _ => Self::Other(code),
        }
    }
}

/// Why there is no image of a finger; the reasons of the annotation block of ISO/IEC 39794-4.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MissingReason {
    /// Another reason.
    Other = 1,
    /// Amputated.
    Amputated = 2,
    /// No print could be taken.
    UnableToPrint = 3,
    /// Bandaged.
    Bandaged = 4,
    /// A physical impairment.
    PhysicallyChallenged = 5,
    /// Diseased.
    Diseased = 6,
}

impl MissingReason {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Other,
        Self::Amputated,
        Self::UnableToPrint,
        Self::Bandaged,
        Self::PhysicallyChallenged,
        Self::Diseased,
    ];

    /// Its number in ISO/IEC 39794-4.
    #[must_use]
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// The reason with this number; `None` for "unknown" and for later ones.
    #[must_use]
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.code() == code)
    }

    /// Its name in records and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Other => "other",
            Self::Amputated => "amputated",
            Self::UnableToPrint => "unable-to-print",
            Self::Bandaged => "bandaged",
            Self::PhysicallyChallenged => "physically-challenged",
            Self::Diseased => "diseased",
        }
    }

    /// The reason of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.name() == name)
    }
}
