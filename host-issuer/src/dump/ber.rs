//! Data objects with their positions, as far as there are any.

use serde::Serialize;

/// How deep objects inside objects are followed.
pub const MAX_DEPTH: usize = 48;

/// How many objects are shown.
pub const MAX_OBJECTS: usize = 20_000;

/// OBJECT IDENTIFIER.
pub(super) const OBJECT_IDENTIFIER: u32 = 0x06;
/// BIT STRING.
pub(super) const BIT_STRING: u32 = 0x03;
/// OCTET STRING.
pub(super) const OCTET_STRING: u32 = 0x04;

/// Bytes that are no data object, or one that cannot be followed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// Where they begin, counted from 0.
    pub offset: usize,
    /// How many they are.
    pub length: usize,
    /// What is wrong with them.
    pub rule: String,
    /// The first of them, in hexadecimal.
    pub bytes: String,
}

/// One data object.
#[derive(Debug)]
pub(super) struct Object<'a> {
    pub(super) offset: usize,
    /// Bytes of tag and length.
    pub(super) header: usize,
    pub(super) tag: u32,
    pub(super) constructed: bool,
    /// As much of the value as is there.
    pub(super) value: &'a [u8],
    /// Objects inside.
    pub(super) objects: Vec<Object<'a>>,
}

impl Object<'_> {
    /// The tag's bytes.
    pub(super) fn tag_digits(&self) -> String {
        let digits = format!("{:02X}", self.tag);
        if digits.len() % 2 == 0 {
            digits
        } else {
            format!("0{digits}")
        }
    }
}

/// All objects of a file, one after the other, and what is none.
pub(super) fn read(file: &[u8]) -> (Vec<Object<'_>>, Vec<Problem>) {
    let mut reader = Reader {
        problems: Vec::new(),
        left: MAX_OBJECTS,
        silent: false,
    };
    let (objects, _) = reader.objects(file, 0, 0, false);
    (objects, reader.problems)
}

struct Reader {
    problems: Vec<Problem>,
    /// Objects that may still be shown.
    left: usize,
    /// Whether a problem ends the reading: a string that holds something else than objects is no fault.
    silent: bool,
}

/// What a header says.
struct Header {
    tag: u32,
    len: usize,
    constructed: bool,
    /// `None` for an indefinite length.
    value_len: Option<usize>,
}

impl Reader {
    /// The objects in `bytes`, which begin at `offset` of the file; up to an end mark if `open`. Also how many bytes they took.
    fn objects<'a>(
        &mut self,
        bytes: &'a [u8],
        offset: usize,
        depth: usize,
        open: bool,
    ) -> (Vec<Object<'a>>, usize) {
        let mut objects = Vec::new();
        let mut at = 0;
        loop {
            let rest = bytes.get(at..).unwrap_or_default();
            if open && rest.starts_with(&[0, 0]) {
                return (objects, at + 2);
            }
            if rest.is_empty() {
                if open {
                    self.problem(
                        offset + at,
                        rest,
                        "the end of an object of indefinite length is missing",
                    );
                }
                return (objects, at);
            }
            if depth == 0 && !objects.is_empty() && is_padding(rest) {
                self.problem(offset + at, rest, "padding");
                return (objects, bytes.len());
            }
            if self.left == 0 {
                self.problem(
                    offset + at,
                    rest,
                    format!("not shown: there are more than {MAX_OBJECTS} objects"),
                );
                return (objects, bytes.len());
            }
            let header = match header(rest) {
                Ok(header) => header,
                Err(rule) => {
                    self.problem(offset + at, rest, rule);
                    return (objects, bytes.len());
                }
            };
            self.left -= 1;
            let (object, taken) = self.object(rest, offset + at, &header, depth);
            objects.push(object);
            at += taken;
            if self.silent && !self.problems.is_empty() {
                return (objects, bytes.len());
            }
        }
    }

    fn object<'a>(
        &mut self,
        bytes: &'a [u8],
        offset: usize,
        header: &Header,
        depth: usize,
    ) -> (Object<'a>, usize) {
        let content = bytes.get(header.len..).unwrap_or_default();
        let inside = offset + header.len;
        let value = match header.value_len {
            Some(len) if len > content.len() => {
                let rule = format!("the length says {len} bytes, {} are there", content.len());
                self.problem(offset, bytes, rule);
                content
            }
            Some(len) => content.get(..len).unwrap_or_default(),
            None => content,
        };
        let mut object = Object {
            offset,
            header: header.len,
            tag: header.tag,
            constructed: header.constructed,
            value,
            objects: Vec::new(),
        };
        let mut taken = header.len + value.len();
        if header.constructed && depth >= MAX_DEPTH {
            if !value.is_empty() {
                self.problem(
                    inside,
                    value,
                    format!("not followed: more than {MAX_DEPTH} levels deep"),
                );
            }
        } else if header.constructed {
            let open = header.value_len.is_none();
            let (objects, len) = self.objects(value, inside, depth + 1, open);
            object.objects = objects;
            if open {
                object.value = value.get(..len).unwrap_or_default();
                taken = header.len + len;
            }
        } else if depth < MAX_DEPTH {
            object.objects = self.inside_string(header.tag, value, inside, depth);
        }
        (object, taken)
    }

    /// The one constructed object that a string consists of, if it does: CMS content, extensions, signatures.
    fn inside_string<'a>(
        &mut self,
        tag: u32,
        value: &'a [u8],
        offset: usize,
        depth: usize,
    ) -> Vec<Object<'a>> {
        let (value, offset) = match (tag, value) {
            (OCTET_STRING, value) => (value, offset),
            (BIT_STRING, [0, value @ ..]) => (value, offset + 1),
            _ => return Vec::new(),
        };
        let whole = header(value).is_ok_and(|header| {
            header.constructed && header.value_len.map(|len| len + header.len) == Some(value.len())
        });
        if !whole {
            return Vec::new();
        }
        let mut inner = Self {
            problems: Vec::new(),
            left: self.left,
            silent: true,
        };
        let (objects, _) = inner.objects(value, offset, depth + 1, false);
        // What was looked at counts, shown or not: a string cannot make the reader work twice.
        self.left = inner.left;
        if inner.problems.is_empty() {
            objects
        } else {
            Vec::new()
        }
    }

    fn problem(&mut self, offset: usize, bytes: &[u8], rule: impl Into<String>) {
        self.problems.push(Problem {
            offset,
            length: bytes.len(),
            rule: rule.into(),
            bytes: super::preview::hex_preview(bytes),
        });
    }
}

/// What files are filled up with behind their content.
fn is_padding(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| *byte == 0) || bytes.iter().all(|byte| *byte == 0xFF)
}

fn header(bytes: &[u8]) -> Result<Header, &'static str> {
    let mut rest = bytes.iter();
    let mut next = |rule| rest.next().copied().ok_or(rule);
    let first = next("the bytes end")?;
    let mut tag = u32::from(first);
    let mut len = 1;
    if first & 0x1F == 0x1F {
        loop {
            let byte = next("the bytes end inside a tag")?;
            len += 1;
            if len > 4 {
                return Err("no data object: a tag of more than four bytes");
            }
            tag = tag << 8 | u32::from(byte);
            if byte & 0x80 == 0 {
                break;
            }
        }
    }
    let constructed = first & 0x20 != 0;
    let length = next("the bytes end where a length must be")?;
    len += 1;
    let value_len = match length {
        0..=0x7F => Some(usize::from(length)),
        0x80 if constructed => None,
        0x81..=0x84 => {
            let mut value_len = 0;
            for _ in 0x80..length {
                value_len = value_len << 8 | usize::from(next("the bytes end inside a length")?);
                len += 1;
            }
            Some(value_len)
        }
        0x80 => return Err("no data object: an indefinite length, and no objects inside"),
        _ => return Err("no data object: a length of more than four bytes"),
    };
    Ok(Header {
        tag,
        len,
        constructed,
        value_len,
    })
}
