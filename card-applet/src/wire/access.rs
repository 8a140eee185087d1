//! Who may read a file: access rules as data, and their coding as an ISO/IEC 7816-4 compact security condition
//! (7.4.3, table 23: bit 8 all conditions, bit 7 secure messaging, bit 6 external authentication, bits 4–1 the
//! security environment, whose numbers are ours).

/// The condition under which an operational card lets a file be read. Nobody may write one.
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

#[cfg(test)]
mod tests {
    use super::AccessRule;

    #[test]
    fn unknown_conditions_open_nothing() {
        let mut known = 0;
        for condition in 0..=255u8 {
            let rule = AccessRule::from_security_condition(condition);
            if rule != AccessRule::Never {
                known += 1;
                assert_eq!(rule.to_security_condition(), condition);
            }
        }
        assert_eq!(known, 6);
    }
}
