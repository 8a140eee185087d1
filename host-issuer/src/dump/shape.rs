//! What the objects inside an object are called.

use super::ber::{self, Object};
use super::format::Format;

/// How the names of the objects in a sequence are found.
pub(super) enum Shape {
    /// They have none but those of their ASN.1 types.
    Plain,
    /// By their tags.
    Tags(&'static [Field]),
    /// By their order: each takes the next field that its tag fits.
    Order(&'static [Field]),
    /// All are alike.
    Each(&'static Field),
    /// SecurityInfo and its like: what stands behind an object identifier depends on it.
    ByIdentifier(fn(&[u8]) -> &'static Shape),
    /// A field of DG13: its name depends on the number before it.
    Numbered(fn(u8) -> Option<&'static str>),
}

/// One field.
pub(super) struct Field {
    /// Its tag; 0 for any.
    pub(super) tag: u32,
    pub(super) name: &'static str,
    /// Where it is defined; empty where the object around it says so.
    pub(super) standard: &'static str,
    pub(super) format: Format,
    /// Of the objects inside.
    pub(super) shape: &'static Shape,
}

/// What is known of one object.
pub(super) struct Note {
    pub(super) name: Option<String>,
    pub(super) standard: Option<&'static str>,
    pub(super) format: Format,
    pub(super) shape: &'static Shape,
}

/// A field without objects inside that are called something. A macro, as its arguments must be constants.
macro_rules! leaf {
    ($tag:expr, $name:expr, $format:expr $(,)?) => {
        $crate::dump::shape::Field {
            tag: $tag,
            name: $name,
            standard: "",
            format: $format,
            shape: &$crate::dump::shape::Shape::Plain,
        }
    };
}

/// A field with objects inside, and where it is defined.
macro_rules! node {
    ($tag:expr, $name:expr, $shape:expr $(,)?) => {
        node!($tag, $name, $shape, "")
    };
    ($tag:expr, $name:expr, $shape:expr, $standard:expr $(,)?) => {
        $crate::dump::shape::Field {
            tag: $tag,
            name: $name,
            standard: $standard,
            format: $crate::dump::format::Format::Asn1,
            shape: $shape,
        }
    };
}

pub(super) use {leaf, node};

impl Field {
    fn note(&self) -> Note {
        Note {
            name: (!self.name.is_empty()).then(|| self.name.to_owned()),
            standard: (!self.standard.is_empty()).then_some(self.standard),
            format: self.format,
            shape: self.shape,
        }
    }

    fn fits(&self, object: &Object<'_>) -> bool {
        self.tag == 0 || self.tag == object.tag
    }
}

/// Of an object that nothing is known of: inside it everything is called by its type.
const UNKNOWN: Note = Note {
    name: None,
    standard: None,
    format: Format::Asn1,
    shape: &Shape::Plain,
};

impl Shape {
    /// One note for each object.
    pub(super) fn notes(&self, objects: &[Object<'_>]) -> Vec<Note> {
        match self {
            Self::Plain => objects.iter().map(|_| UNKNOWN).collect(),
            Self::Tags(fields) => objects
                .iter()
                .map(|object| {
                    let field = fields.iter().find(|field| field.fits(object));
                    field.map_or(UNKNOWN, Field::note)
                })
                .collect(),
            Self::Order(fields) => {
                let mut fields = fields.iter();
                objects
                    .iter()
                    .map(|object| {
                        let here = fields.clone();
                        match fields.find(|field| field.fits(object)) {
                            Some(field) => field.note(),
                            None => {
                                // Something that does not belong here takes no name from what follows.
                                fields = here;
                                UNKNOWN
                            }
                        }
                    })
                    .collect()
            }
            Self::Each(field) => objects.iter().map(|_| field.note()).collect(),
            Self::ByIdentifier(shape_of) => {
                let shape = match objects.first() {
                    Some(object) if object.tag == ber::OBJECT_IDENTIFIER => shape_of(object.value),
                    _ => &Self::Plain,
                };
                shape.notes(objects)
            }
            Self::Numbered(name_of) => {
                let name = match objects.first().map(|object| object.value) {
                    Some([number]) => name_of(*number),
                    _ => None,
                };
                let mut notes: Vec<Note> = objects.iter().map(|_| UNKNOWN).collect();
                for (index, note) in notes.iter_mut().enumerate() {
                    note.format = Format::Asn1;
                    note.name = if index == 0 {
                        Some("number".to_owned())
                    } else {
                        name.map(str::to_owned)
                    };
                }
                notes
            }
        }
    }
}
