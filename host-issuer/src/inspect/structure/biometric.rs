//! The structure of DG2, DG3 and DG4: groups of biometric information templates (ISO/IEC 7816-11, Doc 9303-10 §4.7.2 to §4.7.4).
//!
//! ```text
//! 75 { 7F61 { 02 number of instances
//!             7F60 { A1 { 81 biometric type, 82 subtype, 87 format owner, 88 format type }
//!                    5F2E record of ISO/IEC 19794 | 7F2E { A1 { record of ISO/IEC 39794 } } } … } }
//! 63 { 7F61 { 02 00 } 53 random bytes }
//! ```

use super::{Flaw, face_record, image_record};
use crate::inspect::asn1::{Element, only};

const GROUP_TEMPLATE: u32 = 0x7F61;
const INFORMATION_TEMPLATE: u32 = 0x7F60;
const HEADER_TEMPLATE: u32 = 0xA1;
const DATA_BLOCK: u32 = 0x5F2E;
const DATA_BLOCK_CONSTRUCTED: u32 = 0x7F2E;
const DISCRETIONARY: u32 = 0x53;
const BIOMETRIC_TYPE: u32 = 0x81;
const SUBTYPE: u32 = 0x82;
const FORMAT_OWNER: u32 = 0x87;
const FORMAT_TYPE: u32 = 0x88;
/// ISO/IEC JTC 1/SC 37
const SC_37: [u8; 2] = [0x01, 0x01];
/// Doc 9303-10 allows nine.
const MOST_INSTANCES: u8 = 9;

/// What a group is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Modality {
    /// DG2
    Face,
    /// DG3
    Finger,
    /// DG4
    Iris,
}

/// What a modality's group must have.
struct Rules {
    name: &'static str,
    tag: u32,
    /// ISO/IEC 19785-1
    biometric_type: u32,
    /// Format types of ISO/IEC 19794 with the record's first bytes.
    records: &'static [(u16, &'static [u8])],
    /// Format type of ISO/IEC 39794; `None` for any.
    constructed: Option<u16>,
    /// Whether it must be said which finger or eye.
    has_subtype: bool,
}

impl Modality {
    fn rules(self) -> Rules {
        match self {
            Self::Face => Rules {
                name: "DG2",
                tag: 0x75,
                biometric_type: 0x02,
                records: &[(0x0008, b"FAC\0")],
                constructed: Some(0x002A),
                has_subtype: false,
            },
            Self::Finger => Rules {
                name: "DG3",
                tag: 0x63,
                biometric_type: 0x08,
                records: &[(0x0007, b"FIR\0")],
                constructed: Some(0x0028),
                has_subtype: true,
            },
            Self::Iris => Rules {
                name: "DG4",
                tag: 0x76,
                biometric_type: 0x10,
                records: &[(0x0009, b"IIR\0"), (0x000B, b"IIR\0")],
                constructed: None,
                has_subtype: true,
            },
        }
    }

    /// ISO/IEC 7816-11 table C.2: bits 1 and 2 right or left, bits 3 to 5 the finger from the thumb on.
    fn knows(self, subtype: u8) -> bool {
        let (side, finger) = (subtype & 0b11, subtype >> 2);
        match self {
            Self::Face => true,
            Self::Finger => side <= 2 && finger <= 5,
            Self::Iris => side <= 2 && finger == 0,
        }
    }
}

/// Judges a group.
pub(super) fn judge(file: &[u8], modality: Modality) -> Result<String, Flaw> {
    let rules = modality.rules();
    let name = rules.name;
    let mut objects = only(file, rules.tag, name)?.reader();
    let mut group = objects.expect(GROUP_TEMPLATE, name)?.reader();
    let random = objects.optional(DISCRETIONARY, name)?;
    objects.finish(name)?;
    let count = group.next(name)?.small_integer("number of biometric instances")?;
    if count > MOST_INSTANCES || (count == 0 && modality == Modality::Face) {
        return Err(Flaw::structure(format!("{name}: {count} instances")));
    }
    let mut odd = None;
    for instance in 0..count {
        match template(&group.expect(INFORMATION_TEMPLATE, name)?, modality, &rules) {
            Ok(()) => {}
            Err(Flaw::Value(why)) => odd = odd.or(Some(format!("{name}, instance {}: {why}", instance + 1))),
            Err(flaw) => return Err(flaw),
        }
    }
    group.finish(name)?;
    if let Some(why) = odd {
        return Err(Flaw::Value(why));
    }
    if count == 0 && random.is_none() {
        return Err(Flaw::Value(format!(
            "{name}: without an instance there must be random bytes"
        )));
    }
    Ok(format!("{count} instances"))
}

fn template(template: &Element<'_>, modality: Modality, rules: &Rules) -> Result<(), Flaw> {
    let name = rules.name;
    let mut objects = template.reader();
    let header = Header::read(&objects.expect(HEADER_TEMPLATE, name)?)?;
    let block = objects.next(name)?;
    objects.finish(name)?;
    if header.format_owner != Some(SC_37.as_slice()) {
        return Err(Flaw::structure(format!(
            "{name}: the format owner is not ISO/IEC JTC 1/SC 37"
        )));
    }
    let format_type = header
        .format_type
        .and_then(|bytes| bytes.try_into().ok())
        .map(u16::from_be_bytes);
    let Some(format_type) = format_type else {
        return Err(Flaw::structure(format!("{name}: there is no format type")));
    };
    let header_is_right = header.judge(modality, rules);
    let record_is_right = match block.tag {
        DATA_BLOCK => {
            let Some((_, magic)) = rules.records.iter().find(|(known, _)| *known == format_type) else {
                return Err(Flaw::structure(format!("{name}: format type {format_type:04X}")));
            };
            if !block.body.starts_with(magic) {
                return Err(Flaw::structure(format!(
                    "{name}: the record is none of its format"
                )));
            }
            match modality {
                Modality::Face => face_record::judge(block.body),
                Modality::Finger => image_record::fingers(block.body),
                Modality::Iris => image_record::irises(block.body),
            }
        }
        DATA_BLOCK_CONSTRUCTED if rules.constructed.is_none_or(|known| known == format_type) => {
            only(block.body, 0xA1, name)?;
            Ok(())
        }
        DATA_BLOCK_CONSTRUCTED => Err(Flaw::structure(format!("{name}: format type {format_type:04X}"))),
        _ => Err(Flaw::structure(format!(
            "{name}: there is no biometric data block"
        ))),
    };
    record_is_right.and(header_is_right)
}

/// The header template's fields, absent ones as `None`.
#[derive(Default)]
struct Header<'a> {
    biometric_type: Option<&'a [u8]>,
    subtype: Option<&'a [u8]>,
    format_owner: Option<&'a [u8]>,
    format_type: Option<&'a [u8]>,
}

impl<'a> Header<'a> {
    fn read(template: &Element<'a>) -> Result<Self, Flaw> {
        let mut header = Self::default();
        let mut fields = template.reader();
        while !fields.is_empty() {
            let field = fields.next("biometric header")?;
            let place = match field.tag {
                BIOMETRIC_TYPE => &mut header.biometric_type,
                SUBTYPE => &mut header.subtype,
                FORMAT_OWNER => &mut header.format_owner,
                FORMAT_TYPE => &mut header.format_type,
                // Version, dates, creator.
                _ => continue,
            };
            *place = Some(field.body);
        }
        Ok(header)
    }

    fn judge(&self, modality: Modality, rules: &Rules) -> Result<(), Flaw> {
        if let Some(kind) = self.biometric_type {
            let number = kind.iter().fold(0_u32, |sum, &byte| (sum << 8) | u32::from(byte));
            if kind.is_empty() || kind.len() > 3 || number != rules.biometric_type {
                return Err(Flaw::Value("another biometric type".into()));
            }
        }
        match self.subtype {
            Some([subtype]) if modality.knows(*subtype) => Ok(()),
            None if !rules.has_subtype => Ok(()),
            None => Err(Flaw::Value("there is no biometric subtype".into())),
            Some(_) => Err(Flaw::Value("the biometric subtype is unknown".into())),
        }
    }
}
