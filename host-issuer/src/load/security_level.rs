//! Security levels of SCP03.

use card_applet::wire::global_platform::security_level;

/// What is protected once the session is open (Amendment D §7.1.2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecurityLevel {
    /// 01: commands carry a MAC.
    CommandMac,
    /// 03: and are encrypted.
    CommandEncryption,
    /// 11: commands and answers carry a MAC.
    BothMac,
    /// 13: and commands are encrypted.
    CommandEncryptionBothMac,
    /// 33: both ways encrypted and with a MAC. The loader uses nothing less.
    Full,
}

impl SecurityLevel {
    /// P1 of EXTERNAL AUTHENTICATE.
    pub const fn byte(self) -> u8 {
        use security_level::{C_DECRYPTION, C_MAC, R_ENCRYPTION, R_MAC};
        match self {
            SecurityLevel::CommandMac => C_MAC,
            SecurityLevel::CommandEncryption => C_MAC | C_DECRYPTION,
            SecurityLevel::BothMac => C_MAC | R_MAC,
            SecurityLevel::CommandEncryptionBothMac => C_MAC | C_DECRYPTION | R_MAC,
            SecurityLevel::Full => C_MAC | C_DECRYPTION | R_MAC | R_ENCRYPTION,
        }
    }
}
