//! The biometric information templates of DG2, DG3 and DG4 (ISO/IEC 7816-11; 9303-10 §4.7.2 to §4.7.4).
//!
//! ```text
//! 7F61 { 02 number of instances, 7F60 { A1 { … 87 format owner, 88 format type }, 5F2E or 7F2E biometric data block } … }
//! ```
//!
//! Objects are taken by their place, so that a wrong tag is the matter of one case alone.

use super::files::{File, Files};
use super::objects::{Object, shown};
use super::outer;
use crate::conformance::verdict::Played;

/// Format owner of the formats of ISO/IEC JTC 1/SC 37.
const OWNER_SC_37: [u8; 2] = [0x01, 0x01];

/// The group template.
fn group(files: &Files, file: File) -> Played<Object<'_>> {
    outer::content(files, file)?.next("group template")
}

/// The information templates.
pub(super) fn templates(files: &Files, file: File) -> Played<Vec<Object<'_>>> {
    let mut objects = group(files, file)?.inside();
    objects.next("number of instances")?;
    objects.all("information template")
}

/// The first information template.
fn first_template(files: &Files, file: File) -> Played<Object<'_>> {
    let mut objects = group(files, file)?.inside();
    objects.next("number of instances")?;
    objects.next("information template")
}

/// The header template of an information template.
fn header<'a>(template: &Object<'a>) -> Played<Object<'a>> {
    template.inside().next("header template")
}

/// The biometric data block of an information template.
pub(super) fn data_block<'a>(template: &Object<'a>) -> Played<Object<'a>> {
    let mut objects = template.inside();
    objects.next("header template")?;
    objects.next("biometric data block")
}

/// The biometric data block of the first information template.
pub(super) fn first_data_block(files: &Files, file: File) -> Played<Object<'_>> {
    data_block(&first_template(files, file)?)
}

/// 7F61, alone; behind an empty one DO'53' may stand, so that not all empty groups have the same hash.
pub(super) fn group_template(files: &Files, file: File) -> Played {
    let field = "group template";
    let mut objects = outer::content(files, file)?;
    let group = objects.expect(0x7F61, field)?;
    let may_be_empty = file != File::DataGroup(2);
    if may_be_empty && group.inside().all(field)?.len() <= 1 {
        objects.optional(0x53, "issuer defined content")?;
    }
    objects.end(field)
}

/// DO'02', and as many templates as it says. A face is always there; of fingers and irises none may be.
pub(super) fn number_of_instances(files: &Files, file: File) -> Played {
    let field = "number of instances";
    let mut objects = group(files, file)?.inside();
    let number = objects.expect(0x02, field)?;
    number.expect_len(1, field)?;
    let templates = objects.all("information template")?.len();
    number.must(
        number.value.first().map(|n| usize::from(*n)) == Some(templates),
        field,
        || {
            format!(
                "expected {templates}, as many as there are, found {}",
                shown(number.value)
            )
        },
    )?;
    number.must(
        file != File::DataGroup(2) || (1..=9).contains(&templates),
        field,
        || format!("expected 1 to 9, found {templates}"),
    )
}

/// Each 7F60, whole data objects inside: header template, data block, no more.
pub(super) fn information_templates(files: &Files, file: File) -> Played {
    let field = "information template";
    for template in templates(files, file)? {
        template.expect_tag(0x7F60, field)?;
        let objects = template.inside().all(field)?;
        template.must(objects.len() == 2, field, || {
            format!(
                "expected header template and data block, found {} data objects",
                objects.len()
            )
        })?;
    }
    Ok(())
}

/// Each A1, whole data objects inside.
pub(super) fn header_templates(files: &Files, file: File) -> Played {
    for template in templates(files, file)? {
        let header = header(&template)?;
        header.expect_tag(0xA1, "header template")?;
        header.inside().all("header template")?;
    }
    Ok(())
}

/// DO'87' of two bytes; 0101 in the first template.
pub(super) fn format_owner(files: &Files, file: File) -> Played {
    let field = "format owner";
    for (place, template) in templates(files, file)?.iter().enumerate() {
        let owner = header(template)?.inside().find(0x87, field)?;
        owner.expect_len(2, field)?;
        if place == 0 {
            owner.expect_value(&OWNER_SC_37, field)?;
        }
    }
    Ok(())
}

/// DO'88' of two bytes; one of these in the first template.
pub(super) fn format_type(files: &Files, file: File, types: &[u16]) -> Played {
    let field = "format type";
    for (place, template) in templates(files, file)?.iter().enumerate() {
        let kind = header(template)?.inside().find(0x88, field)?;
        kind.expect_len(2, field)?;
        let number = kind
            .value
            .iter()
            .fold(0, |number, byte| number << 8 | u16::from(*byte));
        kind.must(place > 0 || types.contains(&number), field, || {
            let names: Vec<String> = types.iter().map(|kind| format!("{kind:04X}")).collect();
            format!("expected {}, found {number:04X}", names.join(" or "))
        })?;
    }
    Ok(())
}

/// DO'82' of each finger: one byte, of the table of 9303-10 §4.7.3.2.1.
pub(super) fn finger_subtype(files: &Files, file: File) -> Played {
    let field = "biometric subtype";
    for template in templates(files, file)? {
        let subtype = header(&template)?.inside().find(0x82, field)?;
        subtype.expect_len(1, field)?;
        let is_known = subtype.value.first().is_some_and(|byte| {
            let (side, finger) = (byte & 0x03, byte >> 2);
            side != 3 && finger <= 5
        });
        subtype.must(is_known, field, || {
            format!(
                "expected a side and a finger of the table, found {}",
                shown(subtype.value)
            )
        })?;
    }
    Ok(())
}

/// DO'82' of each iris that has one: one byte, right or left or no information.
pub(super) fn iris_subtype(files: &Files, file: File) -> Played {
    let field = "biometric subtype";
    for template in templates(files, file)? {
        for subtype in header(&template)?.inside().all(field)? {
            if subtype.tag != 0x82 {
                continue;
            }
            subtype.expect_len(1, field)?;
            subtype.must(matches!(subtype.value, [0..=2]), field, || {
                format!(
                    "expected 00, 01 (right) or 02 (left), found {}",
                    shown(subtype.value)
                )
            })?;
        }
    }
    Ok(())
}

/// The data block of each template has one of these tags.
pub(super) fn data_block_tag(files: &Files, file: File, tags: &[u32]) -> Played {
    let field = "biometric data block";
    for template in templates(files, file)? {
        let block = data_block(&template)?;
        block.must(tags.contains(&block.tag), field, || {
            let names: Vec<String> = tags.iter().map(|tag| format!("{tag:04X}")).collect();
            format!("expected tag {}, found {:02X}", names.join(" or "), block.tag)
        })?;
    }
    Ok(())
}

/// The data block of each template begins with the identifier of its format.
pub(super) fn format_identifier(files: &Files, file: File, identifier: &[u8; 4]) -> Played {
    let field = "format identifier";
    for template in templates(files, file)? {
        let block = data_block(&template)?;
        block.must(block.value.starts_with(identifier), field, || {
            let found = block.value.get(..4).unwrap_or(block.value);
            format!(
                "expected {}, found {}",
                identifier.escape_ascii(),
                found.escape_ascii()
            )
        })?;
    }
    Ok(())
}

/// Inside the data block of each template a data object A1, alone (9303-10, table 2).
pub(super) fn standardized_format(files: &Files, file: File) -> Played {
    let field = "biometric data in standardized format";
    for template in templates(files, file)? {
        let mut objects = data_block(&template)?.inside();
        objects.expect(0xA1, field)?;
        objects.end(field)?;
    }
    Ok(())
}

/// Inside that the data block of ISO/IEC 39794, alone, with the tag of its part.
pub(super) fn iso_39794_block(files: &Files, file: File, tag: u32, field: &str) -> Played {
    for template in templates(files, file)? {
        let mut objects = data_block(&template)?
            .inside()
            .next("biometric data in standardized format")?
            .inside();
        objects.expect(tag, field)?;
        objects.end(field)?;
    }
    Ok(())
}
