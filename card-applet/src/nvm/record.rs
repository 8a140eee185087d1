//! Names of the journal's records.

/// Longest value of a record: a private key of 48 bytes with its curve, and room to spare.
pub(crate) const MAX_VALUE: usize = 64;

/// Name of a record: what it is, and which of several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RecordKey(pub(crate) u16);

impl RecordKey {
    /// Life cycle (two bytes).
    pub(crate) const LIFE_CYCLE: Self = Self(0x0001);
    /// Serial number (ten bytes).
    pub(crate) const SERIAL: Self = Self(0x0002);
    /// Present while superseded secrets may still stand in the other bank or in freed pages; an erasure
    /// that was asked for drops it when they are gone.
    pub(crate) const SCRUB: Self = Self(0x0003);
    /// The chip's attestation key.
    pub(crate) const ATTESTATION_KEY: Self = Self(0x0004);
    /// An update of a file body that is staged and not yet in its place.
    pub(crate) const STAGED_UPDATE: Self = Self(0x0005);
    /// Active Authentication key.
    pub(crate) const ACTIVE_AUTHENTICATION_KEY: Self = Self(0x0400);
    /// Sequence counter of SCP03 (three bytes, big-endian).
    pub(crate) const SCP03_SEQUENCE: Self = Self(0x0010);
    /// SCP03 authentication tries that remain.
    pub(crate) const SCP03_TRIES: Self = Self(0x0011);
    /// Key version number of the SCP03 keys.
    pub(crate) const SCP03_KEY_VERSION: Self = Self(0x0020);
    /// SCP03 Key-ENC.
    pub(crate) const SCP03_KEY_ENC: Self = Self(0x0021);
    /// SCP03 Key-MAC.
    pub(crate) const SCP03_KEY_MAC: Self = Self(0x0022);
    /// SCP03 Key-DEK.
    pub(crate) const SCP03_KEY_DEK: Self = Self(0x0023);

    /// All records of the personalisation keys, which activation deletes: sequence counter, tries, version, keys.
    pub(crate) const SCP03: [Self; 6] = [
        Self::SCP03_SEQUENCE,
        Self::SCP03_TRIES,
        Self::SCP03_KEY_VERSION,
        Self::SCP03_KEY_ENC,
        Self::SCP03_KEY_MAC,
        Self::SCP03_KEY_DEK,
    ];

    /// The same of the administration keys, which stay for life.
    pub(crate) const ADMINISTRATION: [Self; 6] = [
        Self(0x0030),
        Self(0x0031),
        Self(0x0032),
        Self(0x0033),
        Self(0x0034),
        Self(0x0035),
    ];

    /// The same of the keys in this slot, of an application beside the eMRTD.
    pub(crate) const fn application(slot: u8) -> [Self; 6] {
        let first = 0x0C00 | (slot as u16) << 4;
        [
            Self(first),
            Self(first | 1),
            Self(first | 2),
            Self(first | 3),
            Self(first | 4),
            Self(first | 5),
        ]
    }

    /// Uses of the PUK to unblock the PIN that remain.
    pub(crate) const PIN_RESETS: Self = Self(0x0040);

    /// The password with this identifier (ICAO Doc 9303-11 and BSI TR-03110: 1 MRZ, 2 CAN, 3 PIN, 4 PUK).
    pub(crate) const fn password(id: u8) -> Self {
        Self(0x0100 | id as u16)
    }

    /// Failed proofs of that password since the last right one.
    pub(crate) const fn password_failures(id: u8) -> Self {
        Self(0x0200 | id as u16)
    }

    /// Tries of that password that remain, where it is one that blocks.
    pub(crate) const fn password_tries(id: u8) -> Self {
        Self(0x0280 | id as u16)
    }

    /// The Chip Authentication key in this slot.
    pub(crate) const fn chip_authentication_key(slot: u8) -> Self {
        Self(0x0500 | slot as u16)
    }

    /// Which of the two trust points of Terminal Authentication is the newest (one byte).
    pub(crate) const NEWEST_TRUST_POINT: Self = Self(0x0A00);
    /// Current date, as the chip knows it (six digits).
    pub(crate) const CURRENT_DATE: Self = Self(0x0A01);
    /// Document number with its check digit, by which Terminal Authentication knows a chip that BAC opened.
    pub(crate) const DOCUMENT_NUMBER: Self = Self(0x0A02);

    /// A part of a trust point: 0 what is known of the key, 1 and 2 the coordinates of its point.
    pub(crate) const fn trust_point(slot: u8, part: u8) -> Self {
        Self(0x0B00 | (slot as u16) << 4 | part as u16)
    }

    /// The descriptor of the file with this index.
    pub(crate) const fn file(index: u8) -> Self {
        Self(0x0300 | index as u16)
    }
}
