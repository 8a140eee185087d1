//! CBEFF as ISO/IEC 7816-11 and 9303-10 use it: groups of biometric information templates.
//!
//! ```text
//! 63 { 7F61 { 02 number of instances
//!             7F60 { A1 { 81 biometric type, 82 subtype, 87 format owner, 88 format type }
//!                    5F2E record | 7F2E { A1 { record of ISO/IEC 39794 } } } … } }
//! 63 { 7F61 { 02 00 } 53 what the issuer likes }
//! ```
//!
//! A group of a person of whom nothing could be taken has no template, and random bytes behind it: without them every
//! such card would have the same digest in EF.SOD, which anybody may read (9303-10, sections 4.7.3 and 4.7.4).

use card_applet::wire::tlv::{Tlv, TlvReader, find, read_exact};

use super::error::BiometricError;
use crate::lds::{object_len, put_header, tlv};

/// Tags of ISO/IEC 7816-11 and 9303-10, table 39.
mod tag {
    pub(super) const INSTANCES: u32 = 0x02;
    pub(super) const GROUP_TEMPLATE: u32 = 0x7F61;
    pub(super) const INFORMATION_TEMPLATE: u32 = 0x7F60;
    pub(super) const HEADER_TEMPLATE: u32 = 0xA1;
    pub(super) const DATA_BLOCK: u32 = 0x5F2E;
    pub(super) const DATA_BLOCK_CONSTRUCTED: u32 = 0x7F2E;
    pub(super) const DISCRETIONARY: u32 = 0x53;
    pub(super) const VERSION: u32 = 0x80;
    pub(super) const BIOMETRIC_TYPE: u32 = 0x81;
    pub(super) const SUBTYPE: u32 = 0x82;
    pub(super) const FORMAT_OWNER: u32 = 0x87;
    pub(super) const FORMAT_TYPE: u32 = 0x88;
}

/// The object inside 7F2E that has a record of ISO/IEC 39794 (9303-10, section 4.7.2).
pub const RECORD_OF_39794: u32 = 0xA1;

/// Format owner ISO/IEC JTC 1/SC 37.
pub const SC_37: u16 = 0x0101;

/// Most templates of a group; 9303-10 allows nine.
pub const MAX_TEMPLATES: usize = 9;

/// Biometric types (ISO/IEC 19785-1; one to three bytes).
pub mod biometric_type {
    /// Facial features.
    pub const FACE: u32 = 0x02;
    /// Voice.
    pub const VOICE: u32 = 0x04;
    /// Fingerprint.
    pub const FINGER: u32 = 0x08;
    /// Iris.
    pub const IRIS: u32 = 0x10;
    /// DNA.
    pub const DNA: u32 = 0x4000;
}

/// The biometric header template: what a record is, without opening it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BiometricHeader {
    /// The patron header's version, where it is stated.
    pub version: Option<u16>,
    /// What was measured, one of [`biometric_type`] or another; optional in the standard.
    pub biometric_type: Option<u32>,
    /// Which of several: for fingers and eyes bits 1 and 2 right (1) or left (2), bits 3 to 5 the finger from the thumb on.
    pub subtype: Option<u8>,
    /// Who defined the format of the record.
    pub format_owner: u16,
    /// The format, a number of its owner.
    pub format_type: u16,
}

impl BiometricHeader {
    fn encode(self) -> Vec<u8> {
        let mut objects = Vec::new();
        if let Some(version) = self.version {
            objects.extend(tlv(tag::VERSION, &version.to_be_bytes()));
        }
        if let Some(kind) = self.biometric_type {
            let bytes = kind.to_be_bytes();
            let significant = bytes.iter().position(|byte| *byte != 0).unwrap_or(3);
            objects.extend(tlv(tag::BIOMETRIC_TYPE, &bytes[significant..]));
        }
        if let Some(subtype) = self.subtype {
            objects.extend(tlv(tag::SUBTYPE, &[subtype]));
        }
        objects.extend(tlv(tag::FORMAT_OWNER, &self.format_owner.to_be_bytes()));
        objects.extend(tlv(tag::FORMAT_TYPE, &self.format_type.to_be_bytes()));
        tlv(tag::HEADER_TEMPLATE, &objects)
    }

    /// Other objects of the template (dates, validity, creator) are passed over.
    fn decode(objects: &[u8]) -> Result<Self, BiometricError> {
        let number = |tag, field, max: usize| -> Result<Option<u32>, BiometricError> {
            let Some(value) = find(objects, tag).map_err(BiometricError::tlv(field))? else {
                return Ok(None);
            };
            if value.is_empty() || value.len() > max {
                return Err(BiometricError::invalid(field, "has a wrong length"));
            }
            Ok(Some(
                value.iter().fold(0, |sum, byte| sum << 8 | u32::from(*byte)),
            ))
        };
        let required = |value: Option<u32>, field| {
            value
                .and_then(|value| u16::try_from(value).ok())
                .ok_or(BiometricError::invalid(field, "is missing"))
        };
        let subtype = number(tag::SUBTYPE, "biometric subtype", 1)?;
        let version = number(tag::VERSION, "header version", 2)?;
        Ok(Self {
            version: version.and_then(|value| u16::try_from(value).ok()),
            biometric_type: number(tag::BIOMETRIC_TYPE, "biometric type", 3)?,
            subtype: subtype.and_then(|value| u8::try_from(value).ok()),
            format_owner: required(number(tag::FORMAT_OWNER, "format owner", 2)?, "format owner")?,
            format_type: required(number(tag::FORMAT_TYPE, "format type", 2)?, "format type")?,
        })
    }
}

/// How the record is wrapped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DataBlock<T> {
    /// 5F2E: bytes.
    Primitive(T),
    /// 7F2E: data objects, as records of ISO/IEC 39794 are.
    Constructed(T),
}

impl DataBlock<Vec<u8>> {
    const fn tag(&self) -> u32 {
        match self {
            Self::Primitive(_) => tag::DATA_BLOCK,
            Self::Constructed(_) => tag::DATA_BLOCK_CONSTRUCTED,
        }
    }

    /// What is inside the object with that tag.
    fn bytes(&self) -> &[u8] {
        let (Self::Primitive(bytes) | Self::Constructed(bytes)) = self;
        bytes
    }
}

impl<'a> DataBlock<&'a [u8]> {
    /// The record itself: the bytes of 5F2E, or what A1 inside 7F2E holds.
    ///
    /// # Errors
    /// [`BiometricError`] when 7F2E holds something else.
    pub fn record(&self) -> Result<&'a [u8], BiometricError> {
        match self {
            Self::Primitive(value) => Ok(value),
            Self::Constructed(value) => {
                read_exact(value, RECORD_OF_39794).map_err(BiometricError::tlv("biometric data block"))
            }
        }
    }
}

impl<T: AsRef<[u8]>> DataBlock<T> {
    /// The value, without its wrapping.
    pub fn value(&self) -> &[u8] {
        match self {
            Self::Primitive(value) | Self::Constructed(value) => value.as_ref(),
        }
    }
}

/// One biometric information template, to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BiometricTemplate {
    /// What the record is.
    pub header: BiometricHeader,
    /// The record.
    pub block: DataBlock<Vec<u8>>,
}

/// One biometric information template as it was read; every slice is of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateRef<'a> {
    /// What the record is said to be.
    pub header: BiometricHeader,
    /// The record.
    pub block: DataBlock<&'a [u8]>,
    /// The whole 7F60, as it was read.
    pub raw: &'a [u8],
}

/// A group as it was read; every slice is of the file, so what is hashed is what was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BiometricGroup<'a> {
    /// The templates in order; none when nothing could be taken.
    pub templates: Vec<TemplateRef<'a>>,
    /// What the issuer put behind the group: random bytes of an empty one.
    pub discretionary: Option<&'a [u8]>,
    /// The whole file, as it was read.
    pub raw: &'a [u8],
}

/// Encodes a data group of these templates. `random` is used, and must differ from card to card, when there are none.
///
/// At most [`MAX_TEMPLATES`]; whoever collects them checks that.
#[must_use]
pub fn encode_group(data_group: u32, templates: &[BiometricTemplate], random: &[u8]) -> Vec<u8> {
    let count = u8::try_from(templates.len()).unwrap_or(u8::MAX);
    let instances = tlv(tag::INSTANCES, &[count]);
    let headers: Vec<Vec<u8>> = templates
        .iter()
        .map(|template| template.header.encode())
        .collect();
    // Records are long: every length is known before the first byte is written, so that each record is copied once.
    let information_len = |header: &Vec<u8>, block: &DataBlock<Vec<u8>>| {
        header.len() + object_len(block.tag(), block.bytes().len())
    };
    let group_len = instances.len()
        + templates
            .iter()
            .zip(&headers)
            .map(|(template, header)| {
                object_len(
                    tag::INFORMATION_TEMPLATE,
                    information_len(header, &template.block),
                )
            })
            .sum::<usize>();
    let behind = if templates.is_empty() {
        tlv(tag::DISCRETIONARY, random)
    } else {
        Vec::new()
    };
    let content_len = object_len(tag::GROUP_TEMPLATE, group_len) + behind.len();

    let mut group = Vec::with_capacity(object_len(data_group, content_len));
    put_header(&mut group, data_group, content_len);
    put_header(&mut group, tag::GROUP_TEMPLATE, group_len);
    group.extend(instances);
    for (template, header) in templates.iter().zip(&headers) {
        let block = &template.block;
        put_header(
            &mut group,
            tag::INFORMATION_TEMPLATE,
            information_len(header, block),
        );
        group.extend_from_slice(header);
        put_header(&mut group, block.tag(), block.bytes().len());
        group.extend_from_slice(block.bytes());
    }
    group.extend(behind);
    group
}

/// Reads a data group with this outer tag.
///
/// # Errors
/// [`BiometricError`] with the field. Never panics; takes no memory but for nine templates.
pub fn decode_group(file: &[u8], data_group: u32) -> Result<BiometricGroup<'_>, BiometricError> {
    let content = read_exact(file, data_group).map_err(BiometricError::tlv("data group"))?;
    let group = "biometric information group template";
    let mut objects = TlvReader::new(content);
    let template = match objects.next().transpose().map_err(BiometricError::tlv(group))? {
        Some(Tlv {
            tag: tag::GROUP_TEMPLATE,
            value,
            ..
        }) => value,
        _ => return Err(BiometricError::invalid(group, "is missing")),
    };
    let mut discretionary = None;
    for object in objects {
        let object = object.map_err(BiometricError::tlv("data group"))?;
        match object.tag {
            tag::DISCRETIONARY if discretionary.is_none() => discretionary = Some(object.value),
            _ => {
                return Err(BiometricError::invalid(
                    "data group",
                    "has an object that belongs elsewhere",
                ));
            }
        }
    }
    Ok(BiometricGroup {
        templates: templates(template, &mut discretionary)?,
        discretionary,
        raw: file,
    })
}

fn templates<'a>(
    group: &'a [u8],
    discretionary: &mut Option<&'a [u8]>,
) -> Result<Vec<TemplateRef<'a>>, BiometricError> {
    let field = "number of instances";
    let mut objects = TlvReader::new(group);
    let count = match objects.next().transpose().map_err(BiometricError::tlv(field))? {
        Some(Tlv {
            tag: tag::INSTANCES,
            value: [count],
            ..
        }) => usize::from(*count),
        _ => return Err(BiometricError::invalid(field, "is missing")),
    };
    if count > MAX_TEMPLATES {
        return Err(BiometricError::invalid(field, "is more than nine"));
    }
    let mut templates = Vec::with_capacity(count);
    for object in objects {
        let object = object.map_err(BiometricError::tlv("biometric information template"))?;
        match object.tag {
            tag::INFORMATION_TEMPLATE if templates.len() < count => templates.push(information(&object)?),
            // Some issuers put it inside.
            tag::DISCRETIONARY if discretionary.is_none() => *discretionary = Some(object.value),
            _ => return Err(BiometricError::invalid(field, "is not that of the templates")),
        }
    }
    if templates.len() == count {
        Ok(templates)
    } else {
        Err(BiometricError::invalid(field, "is not that of the templates"))
    }
}

fn information<'a>(template: &Tlv<'a>) -> Result<TemplateRef<'a>, BiometricError> {
    let field = "biometric information template";
    let mut header = None;
    let mut block = None;
    for object in TlvReader::new(template.value) {
        let object = object.map_err(BiometricError::tlv(field))?;
        match object.tag {
            // A1 to AF: levels of a nested header; the first is all that 9303-10 has.
            tag::HEADER_TEMPLATE if header.is_none() => header = Some(BiometricHeader::decode(object.value)?),
            tag::DATA_BLOCK if block.is_none() => block = Some(DataBlock::Primitive(object.value)),
            tag::DATA_BLOCK_CONSTRUCTED if block.is_none() => {
                block = Some(DataBlock::Constructed(object.value))
            }
            tag::HEADER_TEMPLATE | tag::DATA_BLOCK | tag::DATA_BLOCK_CONSTRUCTED => {
                return Err(BiometricError::invalid(field, "has something twice"));
            }
            _ => {}
        }
    }
    Ok(TemplateRef {
        header: header.ok_or(BiometricError::invalid("biometric header template", "is missing"))?,
        block: block.ok_or(BiometricError::invalid("biometric data block", "is missing"))?,
        raw: template.raw,
    })
}
