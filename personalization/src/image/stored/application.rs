//! The applications beside the eMRTD in a stored image.

use card_applet::wire::access::SecurityAttribute;
use der::Sequence;
use der::asn1::{OctetStringRef, Utf8StringRef};

use super::super::{UtilityApplication, UtilityFile};
use super::parts::{StoredImageError, octets, short_identifier, text};

/// Most applications, and most files of one: as many as a chip's table has places.
const MAX_ENTRIES: usize = 32;

#[derive(Sequence)]
pub(super) struct StoredApplication<'a> {
    name: Utf8StringRef<'a>,
    aid: &'a OctetStringRef,
    fid: u16,
    key_version: u8,
    files: Vec<StoredUtilityFile<'a>>,
}

#[derive(Sequence)]
struct StoredUtilityFile<'a> {
    fid: u16,
    sfi: u8,
    attribute: &'a OctetStringRef,
    content: &'a OctetStringRef,
}

/// The security attributes of every file of every application, in compact format.
pub(super) fn attributes(applications: &[UtilityApplication]) -> Vec<Vec<Vec<u8>>> {
    let of_file = |file: &UtilityFile| {
        let compact = file.attribute.to_compact();
        compact.into_iter().take(file.attribute.compact_len()).collect()
    };
    let of_application = |application: &UtilityApplication| application.files.iter().map(of_file).collect();
    applications.iter().map(of_application).collect()
}

pub(super) fn stored<'a>(
    applications: &'a [UtilityApplication],
    attributes: &'a [Vec<Vec<u8>>],
) -> Result<Vec<StoredApplication<'a>>, StoredImageError> {
    let stored = applications
        .iter()
        .zip(attributes)
        .map(|(application, attributes)| {
            let UtilityApplication {
                name,
                aid,
                fid,
                key_version,
                files,
            } = application;
            let files = files.iter().zip(attributes);
            Ok(StoredApplication {
                name: text(name)?,
                aid: octets(aid)?,
                fid: *fid,
                key_version: key_version.unwrap_or(0),
                files: files
                    .map(|(file, attribute)| stored_file(file, attribute))
                    .collect::<Result<_, _>>()?,
            })
        });
    stored.collect()
}

fn stored_file<'a>(
    file: &'a UtilityFile,
    attribute: &'a [u8],
) -> Result<StoredUtilityFile<'a>, StoredImageError> {
    Ok(StoredUtilityFile {
        fid: file.fid,
        sfi: file.sfi.unwrap_or(0),
        attribute: octets(attribute)?,
        content: octets(&file.content)?,
    })
}

pub(super) fn read(stored: &[StoredApplication<'_>]) -> Result<Vec<UtilityApplication>, StoredImageError> {
    if stored.len() > MAX_ENTRIES
        || stored
            .iter()
            .any(|application| application.files.len() > MAX_ENTRIES)
    {
        return Err(StoredImageError("it has more applications than a chip"));
    }
    let applications = stored.iter().map(|application| {
        Ok(UtilityApplication {
            name: application.name.as_str().to_owned(),
            aid: application.aid.as_bytes().to_vec(),
            fid: application.fid,
            key_version: Some(application.key_version).filter(|version| *version != 0),
            files: application.files.iter().map(file).collect::<Result<_, _>>()?,
        })
    });
    applications.collect()
}

fn file(stored: &StoredUtilityFile<'_>) -> Result<UtilityFile, StoredImageError> {
    Ok(UtilityFile {
        fid: stored.fid,
        sfi: short_identifier(stored.sfi)?,
        attribute: SecurityAttribute::from_compact(stored.attribute.as_bytes())
            .ok_or(StoredImageError("an access rule is not known"))?,
        content: stored.content.as_bytes().to_vec(),
    })
}
