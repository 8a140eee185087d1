//! Reading data objects of a file, with the file's and the field's name in every error.

use card_applet::wire::tlv::{TlvError, TlvReader, read_exact, read_one};

use super::LdsError;

/// Longest file that is read, in bytes. DG2 to DG4 and the images of DG12 are the longest; chips hold less than this.
pub const MAX_FILE_BYTES: usize = 1024 * 1024;

/// The value of the one data object that a file consists of.
pub(super) fn outer<'a>(file: &'static str, tag: u32, bytes: &'a [u8]) -> Result<&'a [u8], LdsError> {
    check_size(file, bytes)?;
    read_exact(bytes, tag).map_err(|error| LdsError::tlv(file, "file", error))
}

pub(super) fn check_size(file: &'static str, bytes: &[u8]) -> Result<(), LdsError> {
    if bytes.len() > MAX_FILE_BYTES {
        return Err(LdsError::new(
            file,
            "file",
            format!("is longer than {MAX_FILE_BYTES} bytes"),
        ));
    }
    Ok(())
}

/// The data objects of one level, read in order.
#[derive(Clone)]
pub(super) struct Objects<'a> {
    file: &'static str,
    rest: &'a [u8],
}

/// One data object with the name of its file.
pub(super) struct Object<'a> {
    pub(super) file: &'static str,
    pub(super) tag: u32,
    pub(super) value: &'a [u8],
}

impl<'a> Objects<'a> {
    pub(super) const fn new(file: &'static str, bytes: &'a [u8]) -> Self {
        Self { file, rest: bytes }
    }

    /// The next object, whatever it is.
    pub(super) fn next(&mut self, field: &'static str) -> Result<Option<Object<'a>>, LdsError> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let (object, rest) = read_one(self.rest).map_err(|error| LdsError::tlv(self.file, field, error))?;
        self.rest = rest;
        Ok(Some(Object {
            file: self.file,
            tag: object.tag,
            value: object.value,
        }))
    }

    /// The value of the next object, which must have this tag.
    pub(super) fn expect(&mut self, tag: u32, field: &'static str) -> Result<&'a [u8], LdsError> {
        match self.next(field)? {
            Some(object) if object.tag == tag => Ok(object.value),
            Some(object) => Err(LdsError::tlv(
                self.file,
                field,
                TlvError::UnexpectedTag(object.tag),
            )),
            None => Err(LdsError::new(self.file, field, "is missing")),
        }
    }

    /// Fails unless everything has been read.
    pub(super) fn finish(&self, field: &'static str) -> Result<(), LdsError> {
        if self.rest.is_empty() {
            Ok(())
        } else {
            Err(LdsError::tlv(self.file, field, TlvError::TrailingBytes))
        }
    }
}

/// An INTEGER of one byte that is not negative.
pub(super) fn small_integer(file: &'static str, field: &'static str, value: &[u8]) -> Result<u8, LdsError> {
    match value {
        [value @ 0..=0x7F] => Ok(*value),
        _ => Err(LdsError::new(file, field, "must be a number of one byte")),
    }
}

/// UTF-8 text.
pub(super) fn utf8(
    file: &'static str,
    field: &'static str,
    value: &[u8],
    max_bytes: usize,
) -> Result<String, LdsError> {
    if value.len() > max_bytes {
        return Err(LdsError::new(
            file,
            field,
            format!("is longer than {max_bytes} bytes"),
        ));
    }
    core::str::from_utf8(value)
        .map(str::to_owned)
        .map_err(|_| LdsError::new(file, field, "is not UTF-8"))
}

/// The tags of a tag list (DO'5C'), in order.
pub(super) fn tag_list(file: &'static str, mut bytes: &[u8]) -> Result<Vec<u32>, LdsError> {
    let error = |rule: &'static str| LdsError::new(file, "tag list", rule);
    let mut tags = Vec::new();
    while let Some((first, rest)) = bytes.split_first() {
        bytes = rest;
        let mut tag = u32::from(*first);
        if first & 0x1F == 0x1F {
            let (second, rest) = bytes.split_first().ok_or_else(|| error("ends inside a tag"))?;
            bytes = rest;
            tag = tag << 8 | u32::from(*second);
            if second & 0x80 != 0 {
                return Err(error("has a tag of more than two bytes"));
            }
        }
        if tags.len() == MAX_TAGS {
            return Err(error("has more than 64 tags"));
        }
        tags.push(tag);
    }
    Ok(tags)
}

/// More tags than any list has.
const MAX_TAGS: usize = 64;

/// A sequence of data objects without an outer one, such as EF.DIR.
pub(super) fn sequence<'a>(file: &'static str, bytes: &'a [u8]) -> Result<TlvReader<'a>, LdsError> {
    check_size(file, bytes)?;
    Ok(TlvReader::new(bytes))
}
