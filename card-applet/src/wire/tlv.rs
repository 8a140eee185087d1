//! BER-TLV data objects (ISO/IEC 7816-4, 5.2.2) with definite lengths, as cards and ASN.1 DER use them.
//!
//! Limits: tags of one to three bytes, lengths of at most four bytes (81 to 84 forms), everything inside the
//! slice at hand. Non-minimal lengths are read (cards write them) and never written.

/// What is wrong with a data object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "sim", derive(thiserror::Error))]
pub enum TlvError {
    /// The bytes end inside a tag, a length or a value.
    #[cfg_attr(feature = "sim", error("data object truncated"))]
    Truncated,
    /// A tag of more than three bytes.
    #[cfg_attr(feature = "sim", error("tag too long"))]
    TagTooLong,
    /// The indefinite form, or a length of more than four bytes.
    #[cfg_attr(feature = "sim", error("length form not supported"))]
    LengthNotSupported,
    /// Another tag than the one asked for.
    #[cfg_attr(feature = "sim", error("unexpected tag {0:X}"))]
    UnexpectedTag(u32),
    /// Bytes follow where the structure ends.
    #[cfg_attr(feature = "sim", error("bytes follow the data object"))]
    TrailingBytes,
    /// The output buffer is too small.
    #[cfg_attr(feature = "sim", error("buffer too small for the data object"))]
    BufferTooSmall,
}

/// One data object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tlv<'a> {
    /// The tag's bytes as one number: 0x5C, 0x5F1F, 0x7F49.
    pub tag: u32,
    /// The value.
    pub value: &'a [u8],
    /// Tag, length and value as they were read.
    pub raw: &'a [u8],
}

/// Tag, length of tag and length fields, length of the value, from the first bytes of a data object.
///
/// Eight bytes are always enough; a file's first bytes tell its length by this. Never panics.
pub fn header(bytes: &[u8]) -> Result<(u32, usize, usize), TlvError> {
    let mut rest = bytes.iter();
    let mut next = || rest.next().copied().ok_or(TlvError::Truncated);
    let first = next()?;
    let mut tag = u32::from(first);
    let mut len = 1usize;
    if first & 0x1F == 0x1F {
        loop {
            let byte = next()?;
            len = len.saturating_add(1);
            if len > 3 {
                return Err(TlvError::TagTooLong);
            }
            tag = (tag << 8) | u32::from(byte);
            if byte & 0x80 == 0 {
                break;
            }
        }
    }
    let first = next()?;
    len = len.saturating_add(1);
    let value_len = match first {
        0..=0x7F => u32::from(first),
        0x81..=0x84 => {
            let mut value_len = 0u32;
            for _ in 0x80..first {
                value_len = (value_len << 8) | u32::from(next()?);
                len = len.saturating_add(1);
            }
            value_len
        }
        _ => return Err(TlvError::LengthNotSupported),
    };
    let value_len = usize::try_from(value_len).map_err(|_| TlvError::LengthNotSupported)?;
    Ok((tag, len, value_len))
}

/// The first data object, and the bytes after it. Never panics.
pub fn read_one(bytes: &[u8]) -> Result<(Tlv<'_>, &[u8]), TlvError> {
    let (tag, header_len, value_len) = header(bytes)?;
    let end = header_len.checked_add(value_len).ok_or(TlvError::Truncated)?;
    let (raw, rest) = bytes.split_at_checked(end).ok_or(TlvError::Truncated)?;
    let value = raw.get(header_len..).ok_or(TlvError::Truncated)?;
    Ok((Tlv { tag, value, raw }, rest))
}

/// The value of the one data object that `bytes` consists of, when it has this tag. Never panics.
pub fn read_exact(bytes: &[u8], tag: u32) -> Result<&[u8], TlvError> {
    let (tlv, rest) = read_one(bytes)?;
    if tlv.tag != tag {
        return Err(TlvError::UnexpectedTag(tlv.tag));
    }
    if !rest.is_empty() {
        return Err(TlvError::TrailingBytes);
    }
    Ok(tlv.value)
}

/// The value of the first data object with this tag in a sequence of data objects. Never panics.
///
/// # Errors
/// When any object up to there is malformed; the ones behind it are not looked at.
pub fn find(bytes: &[u8], tag: u32) -> Result<Option<&[u8]>, TlvError> {
    for tlv in TlvReader::new(bytes) {
        let tlv = tlv?;
        if tlv.tag == tag {
            return Ok(Some(tlv.value));
        }
    }
    Ok(None)
}

/// Iterates over a sequence of data objects; ends after the first error.
#[derive(Clone, Debug)]
pub struct TlvReader<'a> {
    rest: &'a [u8],
}

impl<'a> TlvReader<'a> {
    /// Reads the data objects in `bytes`.
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// What has not been read yet.
    pub const fn remaining(&self) -> &'a [u8] {
        self.rest
    }
}

impl<'a> Iterator for TlvReader<'a> {
    type Item = Result<Tlv<'a>, TlvError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        match read_one(self.rest) {
            Ok((tlv, rest)) => {
                self.rest = rest;
                Some(Ok(tlv))
            }
            Err(error) => {
                self.rest = &[];
                Some(Err(error))
            }
        }
    }
}

/// Number of bytes of tag and (minimal) length fields.
pub const fn header_len(tag: u32, value_len: usize) -> usize {
    let tag_len: usize = match tag {
        0..=0xFF => 1,
        0x100..=0xFFFF => 2,
        _ => 3,
    };
    let length_len = match value_len {
        0..=0x7F => 1,
        0x80..=0xFF => 2,
        0x100..=0xFFFF => 3,
        0x1_0000..=0xFF_FFFF => 4,
        _ => 5,
    };
    tag_len.saturating_add(length_len)
}

/// Writes tag and length to the front of `out` and returns their length. Never panics.
///
/// # Errors
/// [`TlvError::BufferTooSmall`], or [`TlvError::LengthNotSupported`] for a value of 4 GiB and more.
pub fn write_header(tag: u32, value_len: usize, out: &mut [u8]) -> Result<usize, TlvError> {
    let length = u32::try_from(value_len).map_err(|_| TlvError::LengthNotSupported)?;
    let len = header_len(tag, value_len);
    let out = out.get_mut(..len).ok_or(TlvError::BufferTooSmall)?;
    let tag_bytes = tag.to_be_bytes();
    let length_bytes = length.to_be_bytes();
    let tag_start = match tag {
        0..=0xFF => 3,
        0x100..=0xFFFF => 2,
        _ => 1,
    };
    let form = match length {
        0..=0x7F => None,
        0x80..=0xFF => Some(0x81u8),
        0x100..=0xFFFF => Some(0x82),
        0x1_0000..=0xFF_FFFF => Some(0x83),
        _ => Some(0x84),
    };
    let length_start = form.map_or(3, |form| 4usize.saturating_sub(usize::from(form & 7)));
    let bytes = tag_bytes
        .iter()
        .skip(tag_start)
        .copied()
        .chain(form)
        .chain(length_bytes.iter().skip(length_start).copied());
    for (to, from) in out.iter_mut().zip(bytes) {
        *to = from;
    }
    Ok(len)
}

/// Writes data objects one after the other into a slice.
#[derive(Debug)]
pub struct TlvWriter<'a> {
    out: &'a mut [u8],
    at: usize,
}

impl<'a> TlvWriter<'a> {
    /// Writes to the front of `out`.
    pub const fn new(out: &'a mut [u8]) -> Self {
        Self { out, at: 0 }
    }

    /// Number of bytes written.
    pub const fn len(&self) -> usize {
        self.at
    }

    /// Whether nothing has been written.
    pub const fn is_empty(&self) -> bool {
        self.at == 0
    }

    /// Writes tag and length; the value's bytes are to follow by [`raw`](Self::raw).
    pub fn header(&mut self, tag: u32, value_len: usize) -> Result<(), TlvError> {
        let out = self.out.get_mut(self.at..).ok_or(TlvError::BufferTooSmall)?;
        self.at = self.at.saturating_add(write_header(tag, value_len, out)?);
        Ok(())
    }

    /// Writes bytes as they are.
    pub fn raw(&mut self, bytes: &[u8]) -> Result<(), TlvError> {
        let end = self.at.checked_add(bytes.len()).ok_or(TlvError::BufferTooSmall)?;
        self.out
            .get_mut(self.at..end)
            .ok_or(TlvError::BufferTooSmall)?
            .copy_from_slice(bytes);
        self.at = end;
        Ok(())
    }

    /// Writes one data object.
    pub fn tlv(&mut self, tag: u32, value: &[u8]) -> Result<(), TlvError> {
        self.header(tag, value.len())?;
        self.raw(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ef_com_of_9303_11_appendix_d() {
        let ef_com = hex::decode("60145F0104303130365F36063034303030305C026175").unwrap();
        let value = read_exact(&ef_com, 0x60).unwrap();
        let tags: Vec<u32> = TlvReader::new(value).map(|tlv| tlv.unwrap().tag).collect();
        assert_eq!(tags, [0x5F01, 0x5F36, 0x5C]);
        assert_eq!(find(value, 0x5C).unwrap(), Some(&[0x61, 0x75][..]));
        assert_eq!(find(value, 0x5D).unwrap(), None);
    }

    #[test]
    fn refuses_malformed_objects() {
        assert_eq!(read_one(&[]), Err(TlvError::Truncated));
        assert_eq!(read_one(&[0x5F]), Err(TlvError::Truncated));
        assert_eq!(read_one(&[0x04, 0x02, 0x00]), Err(TlvError::Truncated));
        assert_eq!(read_one(&[0x30, 0x80, 0, 0]), Err(TlvError::LengthNotSupported));
        assert_eq!(
            read_one(&[0x30, 0x85, 1, 0, 0, 0, 0]),
            Err(TlvError::LengthNotSupported)
        );
        assert_eq!(
            read_one(&[0x30, 0x84, 0xFF, 0xFF, 0xFF, 0xFF]),
            Err(TlvError::Truncated)
        );
        assert_eq!(
            read_one(&[0x1F, 0x81, 0x81, 0x81, 0, 0]),
            Err(TlvError::TagTooLong)
        );
        assert_eq!(read_exact(&[4, 0, 4, 0], 4), Err(TlvError::TrailingBytes));
        assert_eq!(read_exact(&[4, 0], 5), Err(TlvError::UnexpectedTag(4)));
    }

    proptest! {
        #[test]
        fn read_inverts_write(tag in prop_oneof![Just(0x87u32), Just(0x5F1F), Just(0x7F49)],
                              value in proptest::collection::vec(any::<u8>(), 0..70_000)) {
            let mut out = vec![0; value.len() + 8];
            let mut writer = TlvWriter::new(&mut out);
            writer.tlv(tag, &value).unwrap();
            let len = writer.len();
            prop_assert_eq!(len, header_len(tag, value.len()) + value.len());
            prop_assert_eq!(read_exact(&out[..len], tag).unwrap(), &value[..]);
        }

        #[test]
        fn any_bytes_end(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let total: usize = TlvReader::new(&bytes).filter_map(Result::ok).map(|tlv| tlv.raw.len()).sum();
            prop_assert!(total <= bytes.len());
        }
    }
}
