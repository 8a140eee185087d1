//! What a chip's answer to reset says of the lengths that it takes (ISO/IEC 7816-4:2020 §12.1.1.9).
//!
//! ```text
//! ATR = TS T0 [TA1 TB1 TC1 TD1 …] historical bytes [TCK]          ISO/IEC 7816-3 §8.2
//! historical bytes = category indicator ‖ compact-TLV objects      00: three status bytes close them; 80: any objects
//! card capabilities = 7Y ‖ selection ‖ data coding ‖ third:        b8 chaining, b7 extended Lc and Le fields,
//!                                                                  b6 extended length information in EF.ATR/INFO
//! ```
//!
//! PC/SC makes such an answer of a contactless chip's ATS, with the same historical bytes.

/// What is known of a chip's lengths before anything is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LengthSupport {
    /// There are no card capabilities: EF.ATR/INFO must be asked.
    Unknown,
    /// Short length fields only; EF.ATR/INFO has nothing to add.
    Short,
    /// Extended length fields, and EF.ATR/INFO says how long.
    InAtrInfo,
    /// Extended length fields, and no file says how long.
    Extended,
}

/// Third software function: extended Lc and Le fields.
const EXTENDED_LENGTH: u8 = 0x40;
/// Third software function: extended length information in EF.ATR/INFO.
const INFORMATION_IN_ATR_INFO: u8 = 0x20;

impl LengthSupport {
    /// What an answer to reset says. Never panics; whatever is malformed says nothing.
    #[must_use]
    pub fn of(atr: &[u8]) -> Self {
        let third = historical_bytes(atr).and_then(third_software_function);
        match third {
            None => Self::Unknown,
            Some(functions) if functions & EXTENDED_LENGTH == 0 => Self::Short,
            Some(functions) if functions & INFORMATION_IN_ATR_INFO == 0 => Self::Extended,
            Some(_) => Self::InAtrInfo,
        }
    }
}

/// The historical bytes of an answer to reset.
fn historical_bytes(atr: &[u8]) -> Option<&[u8]> {
    let (&[_, t0], mut rest) = atr.split_first_chunk::<2>()?;
    let count = usize::from(t0 & 0x0F);
    // Each nibble says which of TA, TB, TC and TD follow; TD has the next nibble.
    let mut following = t0 >> 4;
    while following != 0 {
        let len = following.count_ones() as usize;
        let (interface, behind) = rest.split_at_checked(len)?;
        rest = behind;
        following = match interface.last() {
            Some(td) if following & 0x08 != 0 => td >> 4,
            _ => 0,
        };
    }
    rest.get(..count)
}

/// The third byte of the card capabilities, if they are there and have one.
fn third_software_function(historical: &[u8]) -> Option<u8> {
    let (category, mut objects) = historical.split_first()?;
    match category {
        0x00 => objects = objects.get(..objects.len().checked_sub(3)?)?,
        0x80 => {}
        _ => return None,
    }
    while let Some((&header, rest)) = objects.split_first() {
        let (value, behind) = rest.split_at_checked(usize::from(header & 0x0F))?;
        if header >> 4 == 0x7 {
            return value.get(2).copied();
        }
        objects = behind;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(atr: &str) -> LengthSupport {
        LengthSupport::of(&hex::decode(atr).unwrap())
    }

    #[test]
    fn capabilities_are_found_behind_interface_bytes_and_other_objects() {
        for (atr, expected) in [
            // TD1, TD2, category 80, 73: chaining, extended length, information in EF.ATR/INFO; TCK.
            ("3B8580018073B421E082", LengthSupport::InAtrInfo),
            ("3B8580018073B421C0A2", LengthSupport::Extended),
            ("3B8580018073B4218062", LengthSupport::Short),
            // Card service data (31) before, TA1 to TC1 present, category 00 with its status bytes.
            (
                "3BFA1300008131FE450031C073C801E000900088",
                LengthSupport::InAtrInfo,
            ),
            // No third byte; no capabilities; a category of somebody's own; no historical bytes.
            ("3B8480018072B421", LengthSupport::Unknown),
            ("3B84800180318000", LengthSupport::Unknown),
            ("3B858001C173B421E0", LengthSupport::Unknown),
            ("3B80800101", LengthSupport::Unknown),
        ] {
            assert_eq!(of(atr), expected, "{atr}");
        }
        // The status bytes of category 00 are none of the objects.
        assert_eq!(of("3B848001007340C0E0"), LengthSupport::Unknown);
    }

    #[test]
    fn a_broken_answer_says_nothing() {
        let atr = hex::decode("3BFA1300008131FE450031C073C801E000900088").unwrap();
        for len in 0..16 {
            assert_eq!(
                LengthSupport::of(&atr[..len]),
                LengthSupport::Unknown,
                "{len} bytes"
            );
        }
        for nibble in 0..=u8::MAX {
            let _ = LengthSupport::of(&[0x3B, nibble, nibble, nibble, nibble]);
        }
        // A compact object longer than what is there.
        assert_eq!(of("3B8580018077B421E082"), LengthSupport::Unknown);
    }
}
