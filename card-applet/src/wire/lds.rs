//! Names of the Logical Data Structure: applications, file identifiers, short file identifiers and tags
//! (ICAO Doc 9303-10, 3.11 and table 38).

/// Application identifier of the LDS1 eMRTD application (9303-10, 3.11.2).
pub const AID_EMRTD: [u8; 7] = [0xA0, 0x00, 0x00, 0x02, 0x47, 0x10, 0x01];
/// Application identifier of the issuer security domain, through which a card is loaded (GlobalPlatform
/// Card Specification H.2).
pub const AID_ISSUER_SECURITY_DOMAIN: [u8; 8] = [0xA0, 0x00, 0x00, 0x01, 0x51, 0x00, 0x00, 0x00];

/// File identifiers (9303-10 table 38). Some stand for different files in the MF and in the application.
pub mod fid {
    /// The master file.
    pub const MF: u16 = 0x3F00;
    /// The dedicated file of the eMRTD application (our choice; it is selected by its AID).
    pub const EMRTD: u16 = 0x3F01;
    /// EF.CardAccess, in the MF.
    pub const CARD_ACCESS: u16 = 0x011C;
    /// EF.CardSecurity, in the MF.
    pub const CARD_SECURITY: u16 = 0x011D;
    /// EF.ATR/INFO, in the MF.
    pub const ATR_INFO: u16 = 0x2F01;
    /// EF.DIR, in the MF.
    pub const DIR: u16 = 0x2F00;
    /// EF.COM, in the application.
    pub const COM: u16 = 0x011E;
    /// EF.SOD, in the application.
    pub const SOD: u16 = 0x011D;
    /// EF.CVCA, in the application.
    pub const CVCA: u16 = 0x011C;
}

/// Short file identifiers (9303-10 table 38).
pub mod sfi {
    /// EF.CardAccess, in the MF.
    pub const CARD_ACCESS: u8 = 0x1C;
    /// EF.CardSecurity, in the MF.
    pub const CARD_SECURITY: u8 = 0x1D;
    /// EF.ATR/INFO, in the MF.
    pub const ATR_INFO: u8 = 0x01;
    /// EF.DIR, in the MF.
    pub const DIR: u8 = 0x1E;
    /// EF.COM, in the application.
    pub const COM: u8 = 0x1E;
    /// EF.SOD, in the application.
    pub const SOD: u8 = 0x1D;
    /// EF.CVCA, in the application.
    pub const CVCA: u8 = 0x1C;
}

/// Outer tags of files that are data objects (9303-10, 4.6 and 4.7).
pub mod tag {
    /// EF.COM.
    pub const COM: u32 = 0x60;
    /// EF.SOD.
    pub const SOD: u32 = 0x77;
}

/// Tags of DG1 to DG16, in order (9303-10 table 35).
const DATA_GROUP_TAGS: [u8; 16] = [
    0x61, 0x75, 0x63, 0x76, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6A, 0x6B, 0x6C, 0x6D, 0x6E, 0x6F, 0x70,
];

/// A data group, DG1 to DG16.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DataGroup(u8);

impl DataGroup {
    /// Machine readable zone.
    pub const DG1: Self = Self(1);
    /// Face.
    pub const DG2: Self = Self(2);
    /// Fingers.
    pub const DG3: Self = Self(3);
    /// Irises.
    pub const DG4: Self = Self(4);
    /// Displayed portrait.
    pub const DG5: Self = Self(5);
    /// Displayed signature or usual mark.
    pub const DG7: Self = Self(7);
    /// Additional personal details.
    pub const DG11: Self = Self(11);
    /// Additional document details.
    pub const DG12: Self = Self(12);
    /// Optional details, the issuer's own.
    pub const DG13: Self = Self(13);
    /// Security options.
    pub const DG14: Self = Self(14);
    /// Active Authentication public key.
    pub const DG15: Self = Self(15);
    /// Persons to notify.
    pub const DG16: Self = Self(16);

    /// The data group with this number, 1 to 16.
    pub const fn from_number(number: u8) -> Option<Self> {
        if number >= 1 && number <= 16 {
            Some(Self(number))
        } else {
            None
        }
    }

    /// The data group with this outer tag.
    pub fn from_tag(tag: u32) -> Option<Self> {
        DATA_GROUP_TAGS
            .iter()
            .zip(1..)
            .find(|(known, _)| u32::from(**known) == tag)
            .map(|(_, number)| Self(number))
    }

    /// The data group in the EF with this identifier in the eMRTD application.
    pub const fn from_fid(fid: u16) -> Option<Self> {
        let [high, low] = fid.to_be_bytes();
        if high == 1 { Self::from_number(low) } else { None }
    }

    /// All sixteen.
    pub fn all() -> impl Iterator<Item = Self> {
        (1..=16).map(Self)
    }

    /// 1 to 16.
    pub const fn number(self) -> u8 {
        self.0
    }

    /// File identifier, 0101 to 0110.
    pub const fn fid(self) -> u16 {
        u16::from_be_bytes([1, self.0])
    }

    /// Short file identifier, 01 to 10.
    pub const fn sfi(self) -> u8 {
        self.0
    }

    /// Outer tag.
    pub fn tag(self) -> u32 {
        DATA_GROUP_TAGS
            .get(usize::from(self.0.saturating_sub(1)))
            .copied()
            .map_or(0, u32::from)
    }
}

impl core::fmt::Display for DataGroup {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "DG{}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::DataGroup;

    #[test]
    fn names_follow_9303_10() {
        assert_eq!(DataGroup::DG1.tag(), 0x61);
        assert_eq!(DataGroup::DG2.tag(), 0x75);
        assert_eq!(DataGroup::DG4.tag(), 0x76);
        assert_eq!(DataGroup::DG14.tag(), 0x6E);
        assert_eq!(DataGroup::DG16.fid(), 0x0110);
        assert_eq!(DataGroup::from_fid(0x010E), Some(DataGroup::DG14));
        assert_eq!(DataGroup::from_fid(0x011E), None);
        for group in DataGroup::all() {
            assert_eq!(DataGroup::from_tag(group.tag()), Some(group));
        }
        assert_eq!(DataGroup::from_number(0), None);
        assert_eq!(DataGroup::from_number(17), None);
    }
}
