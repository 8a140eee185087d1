//! Any file of a card or of a PKI, as an annotated tree.
//!
//! ```text
//! bytes ─► pem ─► ber (data objects with their positions) ─► kind (what file is it?) ─► shape (names of the fields) ─► value (for people)
//! ```
//!
//! Made to look at what is broken, so nothing is refused: bytes that are no data object are shown with their position, a file of an
//! unknown kind as what it is, data objects. Nothing is verified either. Sizes, counts and depth are bounded ([`MAX_FILE_BYTES`],
//! [`MAX_OBJECTS`], [`MAX_DEPTH`]); no input panics. Whoever asks for a file sees what is in it, personal data too; private keys alone
//! are not shown.

mod asn1;
mod ber;
mod cvc;
mod format;
mod kind;
mod lds;
mod oids;
mod pem;
mod preview;
mod shape;
mod value;

use serde::Serialize;

pub use ber::{MAX_DEPTH, MAX_OBJECTS, Problem};
pub use kind::Kind;

use ber::Object;
use shape::Note;

/// Longest file that is looked at, in bytes.
pub const MAX_FILE_BYTES: usize = 4 * 1024 * 1024;

/// A file, taken apart.
#[derive(Debug, Clone, Serialize)]
pub struct Dump {
    /// What the file is, in the words of its standard.
    pub kind: &'static str,
    /// The standard and its section.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub standard: Option<&'static str>,
    /// Label of the PEM encoding around it, such as `CERTIFICATE`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pem: Option<String>,
    /// Bytes, without a PEM encoding.
    pub length: usize,
    /// The data objects.
    pub objects: Vec<Entry>,
    /// What is wrong with the bytes, in the order of their positions.
    pub problems: Vec<Problem>,
}

/// One data object.
#[derive(Debug, Clone, Serialize)]
pub struct Entry {
    /// Where it begins, counted from 0.
    pub offset: usize,
    /// Bytes of tag and length.
    pub header: usize,
    /// Bytes of the value that are there.
    pub length: usize,
    /// The tag's bytes in hexadecimal.
    pub tag: String,
    /// What the field is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The standard that defines it, where it is another than that of the object around it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub standard: Option<&'static str>,
    /// The value for people; absent where there are objects inside.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// The objects inside: of a constructed object, or inside a string that holds some.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub objects: Vec<Entry>,
}

/// Takes a file apart. Never panics and refuses nothing but a file that is too long.
///
/// # Errors
/// [`TooLong`].
pub fn dump(file: &[u8]) -> Result<Dump, TooLong> {
    if file.len() > MAX_FILE_BYTES {
        return Err(TooLong);
    }
    let decoded = pem::decode(file);
    let bytes = decoded.as_ref().map_or(file, |(_, bytes)| bytes);
    let (objects, mut problems) = ber::read(bytes);
    let kind = Kind::of(&objects);
    let objects = entries(&objects, kind.shape(), kind.hides_values());
    problems.sort_by_key(|problem| problem.offset);
    Ok(Dump {
        kind: kind.name(),
        standard: kind.standard(),
        pem: decoded.as_ref().map(|(label, _)| label.clone()),
        length: bytes.len(),
        objects,
        problems,
    })
}

/// A file of more than [`MAX_FILE_BYTES`] bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("longer than {MAX_FILE_BYTES} bytes")]
pub struct TooLong;

fn entries(objects: &[Object<'_>], shape: &'static shape::Shape, hide: bool) -> Vec<Entry> {
    let notes = shape.notes(objects);
    objects
        .iter()
        .zip(notes)
        .map(|(object, note)| entry(object, &note, hide))
        .collect()
}

fn entry(object: &Object<'_>, note: &Note, hide: bool) -> Entry {
    let inside = entries(&object.objects, note.shape, hide);
    let value = (inside.is_empty() && !object.constructed).then(|| {
        if hide && object.value.len() > 1 && !matches!(object.tag, ber::OBJECT_IDENTIFIER) {
            "(not shown: this is a private key)".to_owned()
        } else {
            value::text(object.tag, object.value, note.format)
        }
    });
    Entry {
        offset: object.offset,
        header: object.header,
        length: object.value.len(),
        tag: object.tag_digits(),
        name: note
            .name
            .clone()
            .or_else(|| asn1::universal(object.tag).map(str::to_owned)),
        standard: note.standard,
        value,
        objects: inside,
    }
}
