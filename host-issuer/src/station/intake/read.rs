//! From an entry of a list to an application that was checked.

use std::path::Path;
use std::sync::Arc;

use personalization::biometrics::enrolment::MAX_ENROLMENT_BYTES;
use personalization::biometrics::face::MAX_IMAGE_BYTES;
use personalization::citizen::MAX_RECORD_BYTES;
use time::OffsetDateTime;
use zeroize::Zeroizing;

use super::super::application::{Application, ApplicationError, BatchProfile, EnrolmentPapers, Occasion};
use super::{Line, is_below};
use crate::environment::Disk;
use crate::ledger::event::JobKind;

/// Reads the files of an entry and checks them as a whole. `kind` holds where the entry says none.
///
/// # Errors
/// [`ApplicationError`].
pub fn read(
    line: &Line,
    kind: JobKind,
    profile: &Arc<BatchProfile>,
    now: OffsetDateTime,
    disk: &dyn Disk,
) -> Result<Application, ApplicationError> {
    if line.chip.is_some() {
        return Err(ApplicationError::Occasion {
            field: "chip",
            rule: "is for `eid prepare`; a batch takes the chips that are laid on its readers",
        });
    }
    let occasion = Occasion {
        kind: line.kind.unwrap_or(kind),
        replaces: line.replaces.clone(),
        province: line.province.clone(),
    };
    let record = text("record", &line.record, MAX_RECORD_BYTES, disk)?;
    let photo = disk.read(&line.photo, limit(MAX_IMAGE_BYTES))?;
    let papers = line
        .enrolment
        .as_ref()
        .map(|path| papers(path, disk))
        .transpose()?;
    Application::check(occasion, &record, photo, papers, profile, now)
}

/// An enrolment record with the files that it names, which lie where it does.
fn papers(path: &Path, disk: &dyn Disk) -> Result<EnrolmentPapers, ApplicationError> {
    let record = text("enrolment", path, MAX_ENROLMENT_BYTES, disk)?;
    let folder = path.parent().unwrap_or(Path::new(""));
    EnrolmentPapers::collect(&record, &mut |name: &str| {
        let name = Path::new(name);
        match is_below(name) {
            true => Ok(disk.read(&folder.join(name), limit(MAX_IMAGE_BYTES))?),
            false => Err(ApplicationError::Outside {
                field: "file of the enrolment",
            }),
        }
    })
}

fn text(
    what: &'static str,
    path: &Path,
    max: usize,
    disk: &dyn Disk,
) -> Result<Zeroizing<String>, ApplicationError> {
    let bytes = disk.read(path, limit(max))?;
    String::from_utf8(bytes)
        .map(Zeroizing::new)
        .map_err(|_| ApplicationError::NotUtf8(what))
}

fn limit(max: usize) -> u64 {
    u64::try_from(max).unwrap_or(u64::MAX)
}
