//! What the records of ISO/IEC 39794 have in common: a tagged tree of data objects that later editions extend.
//!
//! Every field has a context-specific tag, so a reader takes the ones it knows and passes over the rest: extension blocks, and
//! fields behind the `...` of the ASN.1. Records are written in DER; BER is read, indefinite lengths included. Derived from
//! the schemas of ISO/IEC 39794-1, -4 and -5, which ISO licenses for software that is based on them.

use card_applet::wire::tlv::{Tlv, read_one};

use super::error::BiometricError;
use crate::lds::tlv;

/// How deep objects of an indefinite length may nest. Records have about ten levels.
const MAX_DEPTH: usize = 16;

/// Generation and year of the version block: the first editions.
const VERSION: [(u32, u64); 2] = [(0, 3), (1, 2019)];

/// `[number]` around a primitive type.
pub(super) const fn primitive(number: u32) -> u32 {
    0x80 | number
}

/// `[number]` around a constructed type.
pub(super) const fn constructed(number: u32) -> u32 {
    0xA0 | number
}

/// `[number] INTEGER`, not negative.
pub(super) fn integer(number: u32, value: u64) -> Vec<u8> {
    let bytes = value.to_be_bytes();
    let start = bytes
        .iter()
        .position(|byte| *byte != 0)
        .unwrap_or(bytes.len() - 1);
    let mut content = bytes[start..].to_vec();
    if content[0] & 0x80 != 0 {
        content.insert(0, 0);
    }
    tlv(primitive(number), &content)
}

/// `[number] CHOICE { code [0] ENUMERATED }`
pub(super) fn code(number: u32, code: u8) -> Vec<u8> {
    tlv(constructed(number), &integer(0, code.into()))
}

/// SEQUENCE.
pub(super) const SEQUENCE: u32 = 0x30;

/// A data block of one representation: `[APPLICATION n] { versionBlock [0], representationBlocks [1] { SEQUENCE } }`
pub(super) fn data_block(tag: u32, representation: &[u8]) -> Vec<u8> {
    let representation = tlv(SEQUENCE, representation);
    let content = [version_block(), tlv(constructed(1), &representation)].concat();
    tlv(tag, &content)
}

/// What a data block holds: generation and year of the standard, and the representations in order, at least one.
pub(super) type Representations<T> = ((u32, u32), Vec<T>);

/// Reads a data block with its application tag, at most `max` representations of it.
pub(super) fn representations<'a, T>(
    record: &'a [u8],
    (tag, name): (u32, &'static str),
    max: usize,
    representation: impl Fn(&'a [u8]) -> Result<T, BiometricError>,
) -> Result<Representations<T>, BiometricError> {
    let (object, after) = element(record, name)?;
    if object.tag != tag {
        return Err(BiometricError::invalid(name, "is another data object"));
    }
    if !after.is_empty() {
        return Err(BiometricError::invalid(name, "is followed by other bytes"));
    }
    let blocks = "representation blocks";
    let mut representations = Vec::new();
    for block in elements(required(object.value, 1, blocks)?, "representation block") {
        if representations.len() == max {
            return Err(BiometricError::invalid(blocks, "are too many"));
        }
        representations.push(representation(block?.value)?);
    }
    if representations.is_empty() {
        return Err(BiometricError::invalid(blocks, "are empty"));
    }
    Ok((version(object.value)?, representations))
}

/// `versionBlock [0] { generation [0], year [1] }`
fn version_block() -> Vec<u8> {
    tlv(
        constructed(0),
        &VERSION.map(|(number, value)| integer(number, value)).concat(),
    )
}

/// The field of this number, whatever its form; the first, if there are several.
pub(super) fn field<'a>(
    sequence: &'a [u8],
    number: u32,
    name: &'static str,
) -> Result<Option<&'a [u8]>, BiometricError> {
    let mut rest = sequence;
    while !rest.is_empty() {
        let (object, after) = element(rest, name)?;
        if object.tag == primitive(number) || object.tag == constructed(number) {
            return Ok(Some(object.value));
        }
        rest = after;
    }
    Ok(None)
}

/// A field that must be there.
pub(super) fn required<'a>(
    sequence: &'a [u8],
    number: u32,
    name: &'static str,
) -> Result<&'a [u8], BiometricError> {
    field(sequence, number, name)?.ok_or(BiometricError::invalid(name, "is missing"))
}

/// The value of an INTEGER or ENUMERATED that is not negative and fits four bytes.
pub(super) fn number(value: &[u8], name: &'static str) -> Result<u32, BiometricError> {
    let significant = match value {
        [0, rest @ ..] if !rest.is_empty() => rest,
        [first, ..] if first & 0x80 == 0 => value,
        _ => return Err(BiometricError::invalid(name, "is no number that is not negative")),
    };
    if significant.len() > 4 {
        return Err(BiometricError::invalid(name, "is too large"));
    }
    Ok(significant
        .iter()
        .fold(0, |sum, byte| sum << 8 | u32::from(*byte)))
}

/// An optional number.
pub(super) fn optional_number(
    sequence: &[u8],
    field_number: u32,
    name: &'static str,
) -> Result<Option<u32>, BiometricError> {
    field(sequence, field_number, name)?
        .map(|value| number(value, name))
        .transpose()
}

/// The code of `CHOICE { code [0] ENUMERATED, extensionBlock [1] { fallback [0] ENUMERATED, … } }`; `None` for an extension without
/// a fallback.
pub(super) fn choice(value: &[u8], name: &'static str) -> Result<Option<u32>, BiometricError> {
    if let Some(code) = optional_number(value, 0, name)? {
        return Ok(Some(code));
    }
    match field(value, 1, name)? {
        Some(extension) => optional_number(extension, 0, name),
        None => Err(BiometricError::invalid(name, "has none of its choices")),
    }
}

/// An optional choice.
pub(super) fn optional_choice(
    sequence: &[u8],
    field_number: u32,
    name: &'static str,
) -> Result<Option<u32>, BiometricError> {
    match field(sequence, field_number, name)? {
        Some(value) => choice(value, name),
        None => Ok(None),
    }
}

/// Generation and year of a version block.
fn version(block: &[u8]) -> Result<(u32, u32), BiometricError> {
    let name = "version block";
    let version = required(block, 0, name)?;
    Ok((
        number(required(version, 0, name)?, name)?,
        number(required(version, 1, name)?, name)?,
    ))
}

/// The scores of `qualityBlocks`, 0 to 100; a block with an error instead of a score has none.
pub(super) fn quality_scores(blocks: &[u8]) -> Result<Vec<u8>, BiometricError> {
    let name = "quality block";
    let mut scores = Vec::new();
    for block in elements(blocks, name) {
        if let Some(score) = optional_number(required(block?.value, 1, name)?, 0, name)? {
            let score = u8::try_from(score).ok().filter(|score| *score <= 100);
            scores.push(score.ok_or(BiometricError::invalid(name, "has a score above 100"))?);
        }
    }
    Ok(scores)
}

/// The objects of a sequence.
pub(super) fn elements<'a>(
    sequence: &'a [u8],
    name: &'static str,
) -> impl Iterator<Item = Result<Tlv<'a>, BiometricError>> {
    let mut rest = sequence;
    core::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let next = element(rest, name);
        rest = next.as_ref().map_or(&[][..], |(_, after)| after);
        Some(next.map(|(object, _)| object))
    })
}

/// The first object, in BER, and what follows it.
fn element<'a>(bytes: &'a [u8], name: &'static str) -> Result<(Tlv<'a>, &'a [u8]), BiometricError> {
    element_within(bytes, name, MAX_DEPTH)
}

fn element_within<'a>(
    bytes: &'a [u8],
    name: &'static str,
    depth: usize,
) -> Result<(Tlv<'a>, &'a [u8]), BiometricError> {
    let Some((tag, body)) = indefinite(bytes) else {
        return read_one(bytes).map_err(BiometricError::tlv(name));
    };
    let depth = depth
        .checked_sub(1)
        .ok_or(BiometricError::invalid(name, "is nested too deeply"))?;
    let mut rest = body;
    loop {
        if let Some(after) = rest.strip_prefix(&[0, 0]) {
            let value = &body[..body.len() - rest.len()];
            let raw = &bytes[..bytes.len() - after.len()];
            return Ok((Tlv { tag, value, raw }, after));
        }
        if rest.is_empty() {
            return Err(BiometricError::Truncated { field: name });
        }
        rest = element_within(rest, name, depth)?.1;
    }
}

/// Tag and what follows, when a constructed object of one or two tag bytes has an indefinite length (X.690, section 8.1.3.6).
fn indefinite(bytes: &[u8]) -> Option<(u32, &[u8])> {
    match bytes {
        [tag, 0x80, rest @ ..] if tag & 0x20 != 0 && tag & 0x1F != 0x1F => Some((u32::from(*tag), rest)),
        [tag, low, 0x80, rest @ ..] if tag & 0x3F == 0x3F && low & 0x80 == 0 => {
            Some((u32::from(*tag) << 8 | u32::from(*low), rest))
        }
        _ => None,
    }
}
