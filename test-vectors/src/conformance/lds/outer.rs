//! A file's own tag and length.

use super::files::{File, Files};
use super::objects::{Object, Objects, flaw, header};
use crate::conformance::verdict::Played;

/// The file begins with this tag.
pub(super) fn tag(files: &Files, file: File, tag: u8) -> Played {
    let first = files.get(file)?.first();
    if first == Some(&tag) {
        return Ok(());
    }
    let found = first.map_or("nothing".into(), |first| format!("{first:02X}"));
    Err(flaw(
        file.name(),
        0,
        "template tag",
        &format!("expected {tag:02X}, found {found}"),
    ))
}

/// The file's length is one, and that of what follows it.
pub(super) fn length(files: &Files, file: File) -> Played {
    let content = files.get(file)?;
    let mut objects = Objects::of_file(file.name(), content);
    objects.next("length of the template")?;
    objects.end("length of the template")
}

/// The file's content inside its own tag. What the length says and what follows the content is [`length`]'s matter; here the shorter
/// of both counts.
pub(super) fn content<'a>(files: &'a Files, file: File) -> Played<Objects<'a>> {
    Ok(template(files, file)?.inside())
}

/// The file as one data object, as [`content`] has it.
pub(super) fn template<'a>(files: &'a Files, file: File) -> Played<Object<'a>> {
    let bytes = files.get(file)?;
    let name = file.name();
    let header = header(bytes).map_err(|why| flaw(name, 0, "template", why))?;
    let end = (header.len + header.value_len).min(bytes.len());
    Ok(Object {
        file: name,
        at: 0,
        tag: header.tag,
        encoded: bytes.get(..end).unwrap_or_default(),
        value: bytes.get(header.len..end).unwrap_or_default(),
    })
}
