//! Who may read and who may update a file: access rules as data, and their coding as an ISO/IEC 7816-4 security
//! attribute in compact format (7.4.3.2): an access mode byte, then a security condition byte for each of its bits (table
//! 23: bit 8 all conditions, bit 7 secure messaging, bit 6 external authentication, bits 4–1 the security environment, whose
//! numbers are ours).

/// Access mode byte of an EF: UPDATE BINARY and its like.
const MODE_UPDATE: u8 = 0x02;
/// Access mode byte of an EF: READ BINARY.
const MODE_READ: u8 = 0x01;

/// The condition under which an operational card lets a file be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum AccessRule {
    /// Nobody (condition FF, and every condition that is not listed here).
    #[default]
    Never,
    /// Anybody, in plain (00).
    Always,
    /// A session that PACE (with MRZ or CAN) or BAC opened (41).
    PaceOrBac,
    /// A session that PACE (with MRZ or CAN) opened (42).
    Pace,
    /// Such a session after Chip Authentication or PACE-CAM (43).
    ChipAuthentication,
    /// Such a session after Terminal Authentication with the right to read fingers, CHAT bit 0 (E1).
    TerminalFingers,
    /// Such a session after Terminal Authentication with the right to read irises, CHAT bit 1 (E2).
    TerminalIrises,
}

impl AccessRule {
    /// The security condition byte.
    pub const fn to_security_condition(self) -> u8 {
        match self {
            Self::Never => 0xFF,
            Self::Always => 0x00,
            Self::PaceOrBac => 0x41,
            Self::Pace => 0x42,
            Self::ChipAuthentication => 0x43,
            Self::TerminalFingers => 0xE1,
            Self::TerminalIrises => 0xE2,
        }
    }

    /// The rule of a security condition byte; an unknown condition is nobody's.
    pub const fn from_security_condition(condition: u8) -> Self {
        match condition {
            0x00 => Self::Always,
            0x41 => Self::PaceOrBac,
            0x42 => Self::Pace,
            0x43 => Self::ChipAuthentication,
            0xE1 => Self::TerminalFingers,
            0xE2 => Self::TerminalIrises,
            _ => Self::Never,
        }
    }
}

/// The condition under which an operational card lets a file be updated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum UpdateRule {
    /// Nobody (condition FF, and every condition that is not listed here).
    #[default]
    Never,
    /// An SCP03 session under the key set of the file's own application (E3). Such a session may read the file, too.
    ApplicationKeys,
}

impl UpdateRule {
    /// The security condition byte.
    pub const fn to_security_condition(self) -> u8 {
        match self {
            Self::Never => 0xFF,
            Self::ApplicationKeys => 0xE3,
        }
    }

    /// The rule of a security condition byte; an unknown condition is nobody's.
    pub const fn from_security_condition(condition: u8) -> Self {
        match condition {
            0xE3 => Self::ApplicationKeys,
            _ => Self::Never,
        }
    }
}

/// The rules of one EF: the value of DO'8C' in its file control parameters. What is not named is never allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct SecurityAttribute {
    /// Who may read.
    pub read: AccessRule,
    /// Who may update.
    pub update: UpdateRule,
}

impl SecurityAttribute {
    /// Compact format: three bytes of which the first [`compact_len`](Self::compact_len) count. The condition of UPDATE
    /// is left out where it is never fulfilled.
    pub const fn to_compact(self) -> [u8; 3] {
        let read = self.read.to_security_condition();
        match self.update {
            UpdateRule::Never => [MODE_READ, read, 0],
            update => [MODE_UPDATE | MODE_READ, update.to_security_condition(), read],
        }
    }

    /// How many bytes of [`to_compact`](Self::to_compact) there are: two or three.
    pub const fn compact_len(self) -> usize {
        match self.update {
            UpdateRule::Never => 2,
            UpdateRule::ApplicationKeys => 3,
        }
    }

    /// From compact format, with READ, UPDATE or both in the access mode byte; `None` for any other access mode and for a
    /// wrong number of conditions. They stand in the order of the mode's bits, the highest first.
    pub const fn from_compact(bytes: &[u8]) -> Option<Self> {
        let (read, update) = match *bytes {
            [MODE_READ, read] => (read, UpdateRule::Never),
            [MODE_UPDATE, update] => (0xFF, UpdateRule::from_security_condition(update)),
            [mode, update, read] if mode == MODE_UPDATE | MODE_READ => {
                (read, UpdateRule::from_security_condition(update))
            }
            _ => return None,
        };
        Some(Self {
            read: AccessRule::from_security_condition(read),
            update,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{AccessRule, SecurityAttribute, UpdateRule};

    #[test]
    fn unknown_conditions_open_nothing() {
        let (mut readable, mut updatable) = (0, 0);
        for condition in 0..=255u8 {
            let rule = AccessRule::from_security_condition(condition);
            if rule != AccessRule::Never {
                readable += 1;
                assert_eq!(rule.to_security_condition(), condition);
            }
            let rule = UpdateRule::from_security_condition(condition);
            if rule != UpdateRule::Never {
                updatable += 1;
                assert_eq!(rule.to_security_condition(), condition);
            }
        }
        assert_eq!((readable, updatable), (6, 1));
    }

    /// The conditions follow the mode byte's bits from the highest down: UPDATE before READ.
    #[test]
    fn compact_format() {
        let both = SecurityAttribute {
            read: AccessRule::Pace,
            update: UpdateRule::ApplicationKeys,
        };
        assert_eq!(both.to_compact()[..both.compact_len()], [0x03, 0xE3, 0x42]);
        assert_eq!(SecurityAttribute::from_compact(&[0x03, 0xE3, 0x42]), Some(both));
        let read_only = SecurityAttribute {
            update: UpdateRule::Never,
            ..both
        };
        assert_eq!(read_only.to_compact()[..read_only.compact_len()], [0x01, 0x42]);
        assert_eq!(SecurityAttribute::from_compact(&[0x01, 0x42]), Some(read_only));
        assert_eq!(
            SecurityAttribute::from_compact(&[0x02, 0xE3]),
            Some(SecurityAttribute {
                read: AccessRule::Never,
                ..both
            })
        );
        for malformed in [
            &[][..],
            &[0x00],
            &[0x01],
            &[0x03, 0xE3],
            &[0x01, 0x42, 0x42],
            &[0x07, 0xE3, 0xE3, 0x42],
            &[0x81, 0x42],
        ] {
            assert_eq!(
                SecurityAttribute::from_compact(malformed),
                None,
                "{malformed:02X?}"
            );
        }
    }
}
