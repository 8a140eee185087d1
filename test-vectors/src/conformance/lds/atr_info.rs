//! EF.ATR/INFO (ISO/IEC 7816-4 §12.1.1; 9303-10 §3.11.1; TR-03105-3.2, LDS_L).

use super::der::tag;
use super::files::{File, Files};
use super::objects::{Object, Objects};
use crate::conformance::verdict::{Finding, Played};

/// Card capabilities.
const CAPABILITIES: u32 = 0x47;
/// Extended length information.
const EXTENDED_LENGTH: u32 = 0x7F66;

/// The data objects; zeros behind them fill the file up.
fn objects(files: &Files) -> Played<Vec<Object<'_>>> {
    let mut objects = Objects::of_file(File::AtrInfo.name(), files.get(File::AtrInfo)?);
    let mut found = Vec::new();
    while objects.rest().iter().any(|byte| *byte != 0) {
        found.push(objects.next("data object")?);
    }
    Ok(found)
}

/// The data object with this tag; what follows it is not looked at.
fn find<'a>(files: &'a Files, tag: u32, field: &str) -> Played<Option<Object<'a>>> {
    let mut objects = Objects::of_file(File::AtrInfo.name(), files.get(File::AtrInfo)?);
    while objects.rest().iter().any(|byte| *byte != 0) {
        let object = objects.next(field)?;
        if object.tag == tag {
            return Ok(Some(object));
        }
    }
    Ok(None)
}

/// The data object with this tag is there.
fn required<'a>(files: &'a Files, tag: u32, field: &str) -> Played<Object<'a>> {
    let here = Objects::of_file(File::AtrInfo.name(), files.get(File::AtrInfo)?);
    let missing = || here.flaw(field, &format!("expected a data object {tag:02X}, found none"));
    find(files, tag, field)?.ok_or_else(missing)
}

/// Data objects and nothing else, at least one.
pub(super) fn data_objects(files: &Files) -> Played {
    if objects(files)?.is_empty() {
        let here = Objects::of_file(File::AtrInfo.name(), files.get(File::AtrInfo)?);
        return Err(here.flaw("data object", "expected at least one, found none"));
    }
    Ok(())
}

/// DO'7F66' is there.
pub(super) fn extended_length(files: &Files) -> Played {
    required(files, EXTENDED_LENGTH, "extended length information").map(|_| ())
}

/// It holds two positive INTEGERs.
pub(super) fn extended_lengths(files: &Files) -> Played {
    let field = "extended length information";
    // That it is there, is another case's matter.
    let absent = || Finding::NotApplicable("EF.ATR/INFO has no extended length information".into());
    let mut numbers = find(files, EXTENDED_LENGTH, field)?.ok_or_else(absent)?.inside();
    for name in ["longest command", "longest response"] {
        let number = numbers.expect(tag::INTEGER, name)?;
        number.positive(name)?;
    }
    numbers.end(field)
}

/// The third software function table of DO'47' says that commands may be chained: b8 (ISO/IEC 7816-4, table 119).
pub(super) fn command_chaining(files: &Files) -> Played {
    let field = "card capabilities";
    let capabilities = required(files, CAPABILITIES, field)?;
    let third = capabilities.value.get(2).copied();
    capabilities.must(
        third.is_some_and(|byte| byte & 0x80 != 0),
        field,
        || match third {
            Some(byte) => format!("expected bit 8 of the third table, found {byte:02X}"),
            None => format!(
                "expected three software function tables, found {}",
                capabilities.value.len()
            ),
        },
    )
}
