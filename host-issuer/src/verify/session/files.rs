//! The files of a document, by their names in Doc 9303-10.

use std::collections::BTreeMap;

use super::SessionError;
use crate::inspect::{Read, ReadDocument};
use crate::terminal::reader::MAX_FILE_LEN;

pub(super) fn write(document: &ReadDocument) -> (BTreeMap<String, String>, Vec<String>) {
    let files = document.files();
    let files = files.map(|(name, content)| (name, hex::encode_upper(content)));
    let named = [
        ("EF.CardAccess", &document.card_access),
        ("EF.CardSecurity", &document.card_security),
        ("EF.COM", &document.com),
        ("EF.SOD", &document.sod),
    ];
    let groups = document.data_groups.iter();
    let refused = named
        .into_iter()
        .map(|(name, read)| (name.to_owned(), read))
        .chain(groups.map(|(number, read)| (format!("DG{number}"), read)))
        .filter(|(_, read)| **read == Read::AccessDenied)
        .map(|(name, _)| name);
    (files.collect(), refused.collect())
}

pub(super) fn read(
    files: &BTreeMap<String, String>,
    refused: &[String],
    document: &mut ReadDocument,
) -> Result<(), SessionError> {
    for (name, digits) in files {
        if digits.len() > 2 * MAX_FILE_LEN {
            return Err(SessionError::member(
                short(name),
                "is longer than any file of a chip",
            ));
        }
        let content =
            hex::decode(digits).map_err(|_| SessionError::member(short(name), "is not hexadecimal"))?;
        *place(document, name)? = Read::Bytes(content);
    }
    for name in refused {
        let place = place(document, name)?;
        if *place != Read::NotSupplied {
            return Err(SessionError::member(short(name), "was read and refused"));
        }
        *place = Read::AccessDenied;
    }
    Ok(())
}

/// Where the file of this name goes.
fn place<'a>(document: &'a mut ReadDocument, name: &str) -> Result<&'a mut Read, SessionError> {
    match name {
        "EF.CardAccess" => Ok(&mut document.card_access),
        "EF.CardSecurity" => Ok(&mut document.card_security),
        "EF.COM" => Ok(&mut document.com),
        "EF.SOD" => Ok(&mut document.sod),
        _ => {
            let number = (1..=16u8)
                .find(|number| name == format!("DG{number}"))
                .ok_or_else(|| SessionError::member("files", "a name is that of no file of a document"))?;
            Ok(document.data_groups.entry(number).or_insert(Read::NotSupplied))
        }
    }
}

/// The start of a name, which may be anything.
fn short(name: &str) -> String {
    name.chars().filter(char::is_ascii_graphic).take(16).collect()
}
