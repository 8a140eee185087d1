//! Data objects and where in the file they are.
//!
//! Tags and lengths are those of ISO/IEC 7816-4 §5.2.2: definite, in one to five bytes, not necessarily the shortest. What DER asks
//! beyond that, [`der`](super::der) sees to.

use crate::conformance::verdict::{Finding, Played};

/// That a field is not as it must be.
pub(super) fn flaw(file: &str, at: usize, field: &str, what: &str) -> Finding {
    Finding::failed(format!("{file}, byte {at}: {field}: {what}"))
}

/// A data object.
#[derive(Clone, Copy, Debug)]
pub(super) struct Object<'a> {
    /// The file's name.
    pub(super) file: &'static str,
    /// Where it begins in the file.
    pub(super) at: usize,
    /// Its tag, the bytes as a number: 7F61.
    pub(super) tag: u32,
    /// Tag, length and value.
    pub(super) encoded: &'a [u8],
    /// Its value.
    pub(super) value: &'a [u8],
}

impl<'a> Object<'a> {
    /// Where its value begins in the file.
    pub(super) fn value_at(&self) -> usize {
        self.at + self.encoded.len() - self.value.len()
    }

    /// The objects that its value consists of.
    pub(super) fn inside(&self) -> Objects<'a> {
        Objects {
            file: self.file,
            bytes: self.value,
            at: self.value_at(),
        }
    }

    /// That this object is not as it must be.
    pub(super) fn flaw(&self, field: &str, what: &str) -> Finding {
        flaw(self.file, self.at, field, what)
    }

    /// Goes on if it is so.
    pub(super) fn must(&self, is_so: bool, field: &str, what: impl FnOnce() -> String) -> Played {
        if is_so {
            Ok(())
        } else {
            Err(self.flaw(field, &what()))
        }
    }

    /// Goes on if its tag is this.
    pub(super) fn expect_tag(&self, tag: u32, field: &str) -> Played {
        self.must(self.tag == tag, field, || {
            format!("expected tag {tag:02X}, found {:02X}", self.tag)
        })
    }

    /// Goes on if its value has so many bytes.
    pub(super) fn expect_len(&self, len: usize, field: &str) -> Played {
        self.must(self.value.len() == len, field, || {
            format!("expected {len} bytes, found {}", self.value.len())
        })
    }

    /// Goes on if its value is this.
    pub(super) fn expect_value(&self, value: &[u8], field: &str) -> Played {
        self.must(self.value == value, field, || {
            format!(
                "expected {}, found {}",
                hex::encode_upper(value),
                shown(self.value)
            )
        })
    }
}

/// Bytes as a message shows them.
pub(super) fn shown(bytes: &[u8]) -> String {
    match bytes.get(..24) {
        Some(head) if bytes.len() > 32 => format!("{}… ({} bytes)", hex::encode_upper(head), bytes.len()),
        _ if bytes.is_empty() => "nothing".into(),
        _ => hex::encode_upper(bytes),
    }
}

/// Data objects one behind the other.
#[derive(Clone, Copy, Debug)]
pub(super) struct Objects<'a> {
    file: &'static str,
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Objects<'a> {
    /// Those of a file.
    pub(super) fn of_file(file: &'static str, bytes: &'a [u8]) -> Self {
        Objects { file, bytes, at: 0 }
    }

    /// What was not taken yet.
    pub(super) fn rest(&self) -> &'a [u8] {
        self.bytes
    }

    /// That what stands here is not as it must be.
    pub(super) fn flaw(&self, field: &str, what: &str) -> Finding {
        flaw(self.file, self.at, field, what)
    }

    /// The next one, whatever its tag.
    ///
    /// # Errors
    /// When there is none, or its tag or length is none.
    pub(super) fn next(&mut self, field: &str) -> Played<Object<'a>> {
        let header = header(self.bytes).map_err(|why| self.flaw(field, why))?;
        let end = header.len + header.value_len;
        let Some((encoded, rest)) = self.bytes.split_at_checked(end) else {
            let what = format!(
                "expected {} bytes of value as the length says, found {}",
                header.value_len,
                self.bytes.len() - header.len
            );
            return Err(self.flaw(field, &what));
        };
        let object = Object {
            file: self.file,
            at: self.at,
            tag: header.tag,
            encoded,
            value: encoded.get(header.len..).unwrap_or_default(),
        };
        (self.bytes, self.at) = (rest, self.at + end);
        Ok(object)
    }

    /// The next one, with this tag.
    ///
    /// # Errors
    /// As [`next`](Self::next), and when it has another tag.
    pub(super) fn expect(&mut self, tag: u32, field: &str) -> Played<Object<'a>> {
        let object = self.next(field)?;
        object.expect_tag(tag, field)?;
        Ok(object)
    }

    /// The next one if it has this tag.
    ///
    /// # Errors
    /// As [`next`](Self::next).
    pub(super) fn optional(&mut self, tag: u32, field: &str) -> Played<Option<Object<'a>>> {
        match header(self.bytes) {
            Ok(header) if header.tag == tag => self.next(field).map(Some),
            _ => Ok(None),
        }
    }

    /// All that are left.
    ///
    /// # Errors
    /// When they are not data objects, or more than a thousand.
    pub(super) fn all(mut self, field: &str) -> Played<Vec<Object<'a>>> {
        let mut objects = Vec::new();
        while !self.bytes.is_empty() {
            if objects.len() == 1000 {
                return Err(self.flaw(field, "expected at most 1000 data objects, found more"));
            }
            objects.push(self.next(field)?);
        }
        Ok(objects)
    }

    /// The first of those that are left with this tag.
    ///
    /// # Errors
    /// When there is none, or something before it is no data object.
    pub(super) fn find(mut self, tag: u32, field: &str) -> Played<Object<'a>> {
        let here = self;
        while !self.bytes.is_empty() {
            let object = self.next(field)?;
            if object.tag == tag {
                return Ok(object);
            }
        }
        Err(here.flaw(field, &format!("expected a data object {tag:02X}, found none")))
    }

    /// Passes over bytes that belong to no data object.
    pub(super) fn skip(&mut self, len: usize) {
        let len = len.min(self.bytes.len());
        (self.bytes, self.at) = (self.bytes.get(len..).unwrap_or_default(), self.at + len);
    }

    /// Nothing is left.
    ///
    /// # Errors
    /// When something is.
    pub(super) fn end(&self, field: &str) -> Played {
        if self.bytes.is_empty() {
            return Ok(());
        }
        let what = format!("expected nothing more, found {}", shown(self.bytes));
        Err(self.flaw(field, &what))
    }
}

/// Tag and length.
pub(super) struct Header {
    /// The tag.
    pub(super) tag: u32,
    /// Bytes of tag and length.
    pub(super) len: usize,
    /// Bytes of the value.
    pub(super) value_len: usize,
}

/// Reads tag and length.
///
/// # Errors
/// What is wrong with them.
pub(super) fn header(bytes: &[u8]) -> Result<Header, &'static str> {
    let first = *bytes.first().ok_or("expected a data object, found nothing")?;
    let mut tag = u32::from(first);
    let mut len = 1;
    if first & 0x1F == 0x1F {
        loop {
            let byte = *bytes.get(len).ok_or("the tag is cut short")?;
            if len == 3 {
                return Err("expected a tag of at most three bytes");
            }
            tag = tag << 8 | u32::from(byte);
            len += 1;
            if byte & 0x80 == 0 {
                break;
            }
        }
    }
    let first = *bytes.get(len).ok_or("expected a length, found nothing")?;
    len += 1;
    if first < 0x80 {
        return Ok(Header {
            tag,
            len,
            value_len: usize::from(first),
        });
    }
    let digits = usize::from(first & 0x7F);
    if !(1..=4).contains(&digits) {
        return Err("expected a length in one to five bytes that begin with 00 to 7F or 81 to 84");
    }
    let digits = bytes.get(len..len + digits).ok_or("the length is cut short")?;
    let value_len = digits.iter().fold(0, |n, digit| n << 8 | usize::from(*digit));
    Ok(Header {
        tag,
        len: len + digits.len(),
        value_len,
    })
}
