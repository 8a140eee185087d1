//! What DER asks of an encoding (ITU-T X.690 §10 and §11), whatever its type.

use super::objects::{Object, Objects};
use crate::conformance::verdict::Played;

/// Deepest nesting that is followed.
const MAX_DEPTH: usize = 32;

/// Tags of universal types.
pub(super) mod tag {
    pub(in super::super) const BOOLEAN: u32 = 0x01;
    pub(in super::super) const INTEGER: u32 = 0x02;
    pub(in super::super) const BIT_STRING: u32 = 0x03;
    pub(in super::super) const OCTET_STRING: u32 = 0x04;
    pub(in super::super) const NULL: u32 = 0x05;
    pub(in super::super) const OBJECT_IDENTIFIER: u32 = 0x06;
    pub(in super::super) const ENUMERATED: u32 = 0x0A;
    pub(in super::super) const UTF8_STRING: u32 = 0x0C;
    pub(in super::super) const PRINTABLE_STRING: u32 = 0x13;
    pub(in super::super) const IA5_STRING: u32 = 0x16;
    pub(in super::super) const UTC_TIME: u32 = 0x17;
    pub(in super::super) const GENERALIZED_TIME: u32 = 0x18;
    pub(in super::super) const SEQUENCE: u32 = 0x30;
    pub(in super::super) const SET: u32 = 0x31;
}

/// Whether the elements of sets must stand in order. DER asks for it; of the infos of a chip, published specimens do not keep it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Sets {
    /// Ascending.
    Sorted,
    /// As they come.
    AnyOrder,
}

/// The object and all that is inside it is DER.
///
/// # Errors
/// At the first object that is not.
pub(super) fn check(object: &Object<'_>, sets: Sets) -> Played {
    check_at(object, sets, 0)
}

fn check_at(object: &Object<'_>, sets: Sets, depth: usize) -> Played {
    let field = "DER";
    object.must(depth < MAX_DEPTH, field, || {
        format!("expected at most {MAX_DEPTH} levels, found more")
    })?;
    check_header(object)?;
    let is_constructed = object.encoded.first().is_some_and(|byte| byte & 0x20 != 0);
    if !is_constructed {
        return check_primitive(object);
    }
    let universal = object.encoded.first().is_some_and(|byte| byte & 0xC0 == 0);
    object.must(
        !universal || matches!(object.tag, tag::SEQUENCE | tag::SET),
        field,
        || {
            format!(
                "expected a string in one piece, found tag {:02X}, constructed",
                object.tag
            )
        },
    )?;
    let elements = object.inside().all(field)?;
    for element in &elements {
        check_at(element, sets, depth + 1)?;
    }
    if object.tag == tag::SET && sets == Sets::Sorted {
        check_order(&elements)?;
    }
    Ok(())
}

/// Elements of a set ascend.
///
/// # Errors
/// At the first that stands before a smaller one.
pub(super) fn check_order(elements: &[Object<'_>]) -> Played {
    let pairs = elements.iter().zip(elements.iter().skip(1));
    for (one, next) in pairs {
        next.must(one.encoded <= next.encoded, "DER", || {
            "expected the elements of a set in ascending order, found a smaller one behind a greater".into()
        })?;
    }
    Ok(())
}

/// Tag and length are the shortest.
fn check_header(object: &Object<'_>) -> Played {
    let field = "DER";
    let header_len = object.encoded.len() - object.value.len();
    let tag_len = match object.tag {
        0..=0xFF => 1,
        0x100..=0xFFFF => 2,
        _ => 3,
    };
    let padded_tag = object.encoded.get(1) == Some(&0x80) && tag_len > 1;
    object.must(!padded_tag, field, || {
        "expected the shortest tag, found zeros in front of it".into()
    })?;
    let shortest = match object.value.len() {
        0..=0x7F => 1,
        0x80..=0xFF => 2,
        0x100..=0xFFFF => 3,
        0x1_0000..=0xFF_FFFF => 4,
        _ => 5,
    };
    object.must(header_len == tag_len + shortest, field, || {
        format!(
            "expected a length of {shortest} bytes, found {}",
            header_len - tag_len
        )
    })
}

fn check_primitive(object: &Object<'_>) -> Played {
    let value = object.value;
    let wrong = match object.tag {
        tag::BOOLEAN if !matches!(value, [0] | [0xFF]) => "expected a BOOLEAN 00 or FF",
        tag::INTEGER | tag::ENUMERATED if !is_shortest_integer(value) => {
            "expected an INTEGER in its fewest bytes"
        }
        tag::BIT_STRING if !is_bit_string(value) => "expected a BIT STRING whose unused bits are zero",
        tag::NULL if !value.is_empty() => "expected an empty NULL",
        tag::OBJECT_IDENTIFIER if !is_object_identifier(value) => {
            "expected an OBJECT IDENTIFIER in its fewest bytes"
        }
        tag::UTF8_STRING if std::str::from_utf8(value).is_err() => "expected UTF-8",
        tag::PRINTABLE_STRING if !value.iter().all(|byte| is_printable(*byte)) => {
            "expected letters of PrintableString"
        }
        tag::IA5_STRING if !value.is_ascii() => "expected ASCII",
        tag::UTC_TIME if !is_time(value, 12) => "expected a UTCTime YYMMDDHHMMSSZ",
        tag::GENERALIZED_TIME if !is_generalized_time(value) => "expected a GeneralizedTime YYYYMMDDHHMMSSZ",
        tag::SEQUENCE | tag::SET | 0x10 | 0x11 => "expected SEQUENCE and SET constructed",
        _ => return Ok(()),
    };
    object.must(false, "DER", || {
        format!("{wrong}, found {}", super::objects::shown(value))
    })
}

fn is_shortest_integer(value: &[u8]) -> bool {
    match value {
        [] => false,
        [0, next, ..] => next & 0x80 != 0,
        [0xFF, next, ..] => next & 0x80 == 0,
        _ => true,
    }
}

fn is_bit_string(value: &[u8]) -> bool {
    match value {
        [0] => true,
        [unused @ 0..=7, .., last] => last.trailing_zeros() >= u32::from(*unused),
        _ => false,
    }
}

fn is_object_identifier(value: &[u8]) -> bool {
    let mut begins = true;
    for byte in value {
        if begins && *byte == 0x80 {
            return false;
        }
        begins = byte & 0x80 == 0;
    }
    begins && !value.is_empty()
}

fn is_printable(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b" '()+,-./:=?".contains(&byte)
}

/// So many digits and a Z. That they are a date and a time, whoever reads them sees.
fn is_time(value: &[u8], digits: usize) -> bool {
    let number = value.get(..digits);
    number.is_some_and(|number| number.iter().all(u8::is_ascii_digit)) && value.get(digits..) == Some(b"Z")
}

fn is_generalized_time(value: &[u8]) -> bool {
    if is_time(value, 14) {
        return true;
    }
    // Fractions of seconds have no zeros at their end.
    let (Some(whole), Some([b'.', fraction @ .., last, b'Z'])) = (value.get(..14), value.get(14..)) else {
        return false;
    };
    whole.iter().chain(fraction).all(u8::is_ascii_digit) && (b'1'..=b'9').contains(last)
}

impl<'a> Object<'a> {
    /// A small number that is not negative.
    ///
    /// # Errors
    /// When the object is no INTEGER (or what stands for one under another tag) below 2³¹.
    pub(super) fn number(&self, field: &str) -> Played<u32> {
        let is_small =
            matches!(self.value.len(), 1..=4) && self.value.first().is_some_and(|byte| byte & 0x80 == 0);
        self.must(is_small, field, || {
            format!(
                "expected a small number, found {}",
                super::objects::shown(self.value)
            )
        })?;
        Ok(self
            .value
            .iter()
            .fold(0, |number, byte| number << 8 | u32::from(*byte)))
    }

    /// A positive INTEGER of any length, without the zero in front of it.
    ///
    /// # Errors
    /// When it is none, or zero.
    pub(super) fn positive(&self, field: &str) -> Played<&'a [u8]> {
        self.expect_tag(tag::INTEGER, field)?;
        let is_positive = self.value.first().is_some_and(|byte| byte & 0x80 == 0);
        let zeros = self.value.iter().take_while(|byte| **byte == 0).count();
        let number = self.value.get(zeros..).unwrap_or_default();
        self.must(is_positive && !number.is_empty(), field, || {
            format!(
                "expected a positive INTEGER, found {}",
                super::objects::shown(self.value)
            )
        })?;
        Ok(number)
    }

    /// What is inside a BIT STRING of whole bytes.
    ///
    /// # Errors
    /// When it is none.
    pub(super) fn bits(&self, field: &str) -> Played<&'a [u8]> {
        self.expect_tag(tag::BIT_STRING, field)?;
        match self.value {
            [0, bytes @ ..] => Ok(bytes),
            _ => Err(self.flaw(field, "expected a BIT STRING of whole bytes")),
        }
    }
}

/// The one object inside another.
///
/// # Errors
/// When there are none or several, or it has another tag.
pub(super) fn only<'a>(mut objects: Objects<'a>, tag: u32, field: &str) -> Played<Object<'a>> {
    let object = objects.expect(tag, field)?;
    objects.end(field)?;
    Ok(object)
}
