//! A reader for BER and DER that never copies, never re-encodes and never panics.
//!
//! Signatures are computed over bytes as they were written. A parser that rebuilds a structure and
//! encodes it again may sort a SET, shorten a length or drop a trailing field, and then checks a
//! signature over bytes nobody signed. This reader hands out slices of what was read instead
//! (`raw`), so every hash of the inspection is over the original.
//!
//! Issuers have written EF.SOD in BER with indefinite lengths (ITU-T X.690 §8.1.3.6); those are
//! read too. Depth is bounded, so a nest of empty indefinite elements cannot exhaust the stack.

use std::borrow::Cow;

use const_oid::ObjectIdentifier;

/// How deep constructed elements may nest. Doc 9303 structures need about twelve.
const DEPTH_LIMIT: usize = 32;

/// Universal tags used by the structures of Doc 9303 part 10 and RFC 5652.
pub(crate) mod tag {
    /// BOOLEAN
    pub(crate) const BOOLEAN: u32 = 0x01;
    /// INTEGER
    pub(crate) const INTEGER: u32 = 0x02;
    /// BIT STRING
    pub(crate) const BIT_STRING: u32 = 0x03;
    /// OCTET STRING, primitive
    pub(crate) const OCTET_STRING: u32 = 0x04;
    /// OBJECT IDENTIFIER
    pub(crate) const OBJECT_IDENTIFIER: u32 = 0x06;
    /// UTF8String
    pub(crate) const UTF8_STRING: u32 = 0x0C;
    /// PrintableString
    pub(crate) const PRINTABLE_STRING: u32 = 0x13;
    /// UTCTime
    pub(crate) const UTC_TIME: u32 = 0x17;
    /// GeneralizedTime
    pub(crate) const GENERALIZED_TIME: u32 = 0x18;
    /// OCTET STRING made of several pieces (BER)
    pub(crate) const OCTET_STRING_CONSTRUCTED: u32 = 0x24;
    /// SEQUENCE and SEQUENCE OF
    pub(crate) const SEQUENCE: u32 = 0x30;
    /// SET and SET OF
    pub(crate) const SET: u32 = 0x31;
    /// Context-specific constructed `[0]`
    pub(crate) const CONTEXT_0: u32 = 0xA0;
    /// Context-specific constructed `[1]`
    pub(crate) const CONTEXT_1: u32 = 0xA1;
    /// Context-specific primitive `[0]`
    pub(crate) const CONTEXT_0_PRIMITIVE: u32 = 0x80;
}

/// Why bytes are not the structure they should be. Always the fault of whoever wrote the bytes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Asn1Error {
    /// The bytes end inside the named element.
    #[error("{0}: the bytes end too early")]
    Truncated(&'static str),
    /// Another element stands where the named one is required.
    #[error("{what}: tag {expected:02X} is required, {found:02X} is there")]
    UnexpectedTag {
        /// The element that is required.
        what: &'static str,
        /// Its tag, its bytes in big-endian order.
        expected: u32,
        /// The tag that was found.
        found: u32,
    },
    /// A length field is not one this reader accepts (longer than four bytes, or reserved).
    #[error("{0}: invalid length field")]
    Length(&'static str),
    /// More constructed elements are nested than any document needs.
    #[error("{0}: nested too deeply")]
    TooDeep(&'static str),
    /// Bytes follow where the structure must have ended.
    #[error("{0}: bytes follow the end")]
    TrailingData(&'static str),
    /// The element is there but its value is not allowed.
    #[error("{0}")]
    Value(String),
}

/// One element: its tag, its contents and all its bytes, as slices of the input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Element<'a> {
    /// Tag bytes in big-endian order, as read: `0x30`, `0x7F61`.
    pub(crate) tag: u32,
    /// The contents, without an end-of-contents mark.
    pub(crate) body: &'a [u8],
    /// Tag, length, contents and, for an indefinite length, the end-of-contents mark.
    pub(crate) raw: &'a [u8],
}

impl<'a> Element<'a> {
    /// A reader over the contents.
    pub(crate) fn reader(&self) -> Reader<'a> {
        Reader::new(self.body)
    }

    /// The value of an OBJECT IDENTIFIER.
    pub(crate) fn oid(&self, what: &'static str) -> Result<ObjectIdentifier, Asn1Error> {
        self.require(tag::OBJECT_IDENTIFIER, what)?;
        ObjectIdentifier::from_bytes(self.body)
            .map_err(|_| Asn1Error::Value(format!("{what}: not an object identifier")))
    }

    /// The value of an INTEGER that fits one byte and is not negative.
    pub(crate) fn small_integer(&self, what: &'static str) -> Result<u8, Asn1Error> {
        self.require(tag::INTEGER, what)?;
        match self.body {
            [value] if *value < 0x80 => Ok(*value),
            _ => Err(Asn1Error::Value(format!("{what}: a small integer is required"))),
        }
    }

    /// The value of an OCTET STRING, its pieces joined where BER wrote several.
    pub(crate) fn octets(&self, what: &'static str) -> Result<Cow<'a, [u8]>, Asn1Error> {
        if self.tag != tag::OCTET_STRING_CONSTRUCTED {
            self.require(tag::OCTET_STRING, what)?;
            return Ok(Cow::Borrowed(self.body));
        }
        let mut joined = Vec::new();
        let mut pieces = self.reader();
        while !pieces.is_empty() {
            joined.extend_from_slice(pieces.expect(tag::OCTET_STRING, what)?.body);
        }
        Ok(Cow::Owned(joined))
    }

    /// The bytes of a BIT STRING that fills whole bytes.
    pub(crate) fn bits(&self, what: &'static str) -> Result<&'a [u8], Asn1Error> {
        self.require(tag::BIT_STRING, what)?;
        match self.body.split_first() {
            Some((0, bytes)) => Ok(bytes),
            _ => Err(Asn1Error::Value(format!("{what}: unused bits in a bit string"))),
        }
    }

    /// Checks the tag.
    pub(crate) fn require(&self, expected: u32, what: &'static str) -> Result<(), Asn1Error> {
        if self.tag == expected {
            return Ok(());
        }
        Err(Asn1Error::UnexpectedTag {
            what,
            expected,
            found: self.tag,
        })
    }
}

/// Reads elements one after another.
#[derive(Debug, Clone)]
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// Starts at the first byte.
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// True when nothing is left.
    pub(crate) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// The next element, whatever its tag.
    pub(crate) fn next(&mut self, what: &'static str) -> Result<Element<'a>, Asn1Error> {
        let (element, rest) = split(self.rest, what, DEPTH_LIMIT)?;
        self.rest = rest;
        Ok(element)
    }

    /// The next element, which must have this tag.
    pub(crate) fn expect(&mut self, tag: u32, what: &'static str) -> Result<Element<'a>, Asn1Error> {
        let element = self.next(what)?;
        element.require(tag, what)?;
        Ok(element)
    }

    /// The next element if it has this tag; nothing is consumed otherwise.
    pub(crate) fn optional(
        &mut self,
        tag: u32,
        what: &'static str,
    ) -> Result<Option<Element<'a>>, Asn1Error> {
        if self.is_empty() {
            return Ok(None);
        }
        let (element, rest) = split(self.rest, what, DEPTH_LIMIT)?;
        if element.tag != tag {
            return Ok(None);
        }
        self.rest = rest;
        Ok(Some(element))
    }

    /// Fails unless everything has been read.
    pub(crate) fn finish(&self, what: &'static str) -> Result<(), Asn1Error> {
        if self.is_empty() {
            Ok(())
        } else {
            Err(Asn1Error::TrailingData(what))
        }
    }
}

/// The only element of `bytes`, with this tag.
pub(crate) fn only<'a>(bytes: &'a [u8], tag: u32, what: &'static str) -> Result<Element<'a>, Asn1Error> {
    let mut reader = Reader::new(bytes);
    let element = reader.expect(tag, what)?;
    reader.finish(what)?;
    Ok(element)
}

/// Splits the first element off.
fn split<'a>(
    bytes: &'a [u8],
    what: &'static str,
    depth: usize,
) -> Result<(Element<'a>, &'a [u8]), Asn1Error> {
    let Some(inner_depth) = depth.checked_sub(1) else {
        return Err(Asn1Error::TooDeep(what));
    };
    let (tag, tag_len) = read_tag(bytes, what)?;
    let after_tag = bytes.get(tag_len..).unwrap_or_default();
    let (&first, after_length) = after_tag.split_first().ok_or(Asn1Error::Truncated(what))?;
    let (length, contents) = match first {
        0x00..=0x7F => (usize::from(first), after_length),
        0x80 => return split_indefinite(bytes, tag, after_length, what, inner_depth),
        0x81..=0x84 => {
            let count = usize::from(first & 0x0F);
            let digits = after_length.get(..count).ok_or(Asn1Error::Truncated(what))?;
            let value = digits
                .iter()
                .fold(0usize, |sum, &digit| (sum << 8) | usize::from(digit));
            (value, after_length.get(count..).unwrap_or_default())
        }
        _ => return Err(Asn1Error::Length(what)),
    };
    let body = contents.get(..length).ok_or(Asn1Error::Truncated(what))?;
    let rest = contents.get(length..).unwrap_or_default();
    let raw = bytes.get(..bytes.len() - rest.len()).unwrap_or_default();
    Ok((Element { tag, body, raw }, rest))
}

/// An indefinite length ends at two zero bytes at its own level, so its children are walked.
fn split_indefinite<'a>(
    bytes: &'a [u8],
    tag: u32,
    contents: &'a [u8],
    what: &'static str,
    depth: usize,
) -> Result<(Element<'a>, &'a [u8]), Asn1Error> {
    let first_tag_byte = bytes.first().copied().unwrap_or_default();
    if first_tag_byte & 0x20 == 0 {
        return Err(Asn1Error::Length(what));
    }
    let mut rest = contents;
    loop {
        if let Some(after) = rest.strip_prefix(&[0, 0]) {
            let body = contents.get(..contents.len() - rest.len()).unwrap_or_default();
            let raw = bytes.get(..bytes.len() - after.len()).unwrap_or_default();
            return Ok((Element { tag, body, raw }, after));
        }
        if rest.is_empty() {
            return Err(Asn1Error::Truncated(what));
        }
        rest = split(rest, what, depth)?.1;
    }
}

/// A tag of at most three bytes; more are used by no document.
fn read_tag(bytes: &[u8], what: &'static str) -> Result<(u32, usize), Asn1Error> {
    let (&first, rest) = bytes.split_first().ok_or(Asn1Error::Truncated(what))?;
    if first & 0x1F != 0x1F {
        return Ok((u32::from(first), 1));
    }
    let mut tag = u32::from(first);
    for (index, &byte) in rest.iter().take(2).enumerate() {
        tag = (tag << 8) | u32::from(byte);
        if byte & 0x80 == 0 {
            return Ok((tag, index + 2));
        }
    }
    Err(Asn1Error::Truncated(what))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indefinite_lengths_keep_their_raw_bytes() {
        let bytes = [
            0x30, 0x80, 0x24, 0x80, 0x04, 0x01, 0xAA, 0x04, 0x01, 0xBB, 0, 0, 0, 0, 0x05,
        ];
        let mut reader = Reader::new(&bytes);
        let sequence = reader.expect(tag::SEQUENCE, "sequence").unwrap();
        assert_eq!(sequence.raw, &bytes[..14]);
        let string = sequence.reader().next("string").unwrap();
        assert_eq!(string.octets("string").unwrap().as_ref(), [0xAA, 0xBB]);
        assert_eq!(reader.finish("outer"), Err(Asn1Error::TrailingData("outer")));
    }

    #[test]
    fn a_deep_nest_is_refused_not_followed() {
        let bytes = [0x30, 0x80].repeat(100_000);
        assert_eq!(Reader::new(&bytes).next("nest"), Err(Asn1Error::TooDeep("nest")));
    }

    #[test]
    fn lengths_beyond_the_input_are_truncation() {
        for bytes in [
            &[0x30, 0x05, 0x00][..],
            &[0x30, 0x84, 0xFF, 0xFF, 0xFF, 0xFF],
            &[0x30],
            &[],
            &[0x7F],
            &[0x30, 0x82, 0x01],
        ] {
            assert_eq!(
                Reader::new(bytes).next("it"),
                Err(Asn1Error::Truncated("it")),
                "{bytes:02X?}"
            );
        }
        assert_eq!(
            Reader::new(&[0x30, 0x88]).next("it"),
            Err(Asn1Error::Length("it"))
        );
        assert_eq!(
            Reader::new(&[0x04, 0x80, 0, 0]).next("it"),
            Err(Asn1Error::Length("it"))
        );
    }
}
