//! Opening a managed trust folder, and writing it so that a crash at any moment leaves the old state or the new one.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::environment::Access;
use crate::inspect::{RECORD, TrustFolder};

/// The folder, or one that believes nothing yet. A plain folder full of certificates is not turned into a managed one by the
/// way: nobody decided about them.
pub(super) fn open_or_new(directory: &Path) -> Result<TrustFolder, Failure> {
    if TrustFolder::is_there(directory) {
        return Ok(TrustFolder::open(directory)?);
    }
    let unreadable = |error: std::io::Error| {
        Failure::input(
            "file.unreadable",
            format!("{}: {error}", directory.display()),
            "check the path and its permissions",
        )
    };
    for entry in std::fs::read_dir(directory).map_err(unreadable)? {
        // A first import that was cut off leaves directories without a record.
        if !TrustFolder::is_own_directory(&entry.map_err(unreadable)?.file_name()) {
            return Err(Failure::input(
                "trust.plain",
                format!("{}: holds files and no {RECORD}", directory.display()),
                "give an empty or new folder and import those files into it",
            ));
        }
    }
    Ok(TrustFolder::empty())
}

/// Everything that the record will name, then the record. What no record names any more goes last: whoever is reading the state
/// before this one still finds its files.
pub(super) fn save(
    folder: &TrustFolder,
    before: &TrustFolder,
    directory: &Path,
    context: &Context<'_>,
) -> Result<(), Failure> {
    let disk = &context.environment.disk;
    // The files of the old record were read and found whole. Another of the same name may be what a dying program left.
    let there: BTreeSet<PathBuf> = if TrustFolder::is_there(directory) {
        before.files().into_iter().map(|(path, _)| path).collect()
    } else {
        BTreeSet::new()
    };
    for (path, content) in folder.files() {
        if there.contains(&path) && directory.join(&path).exists() {
            continue;
        }
        let path = directory.join(path);
        if let Some(parent) = path.parent() {
            disk.create_directory(parent, Access::Public)?;
        }
        disk.write(&path, &content, Access::Public)?;
    }
    disk.write(&directory.join(RECORD), &folder.record_json()?, Access::Public)?;
    for stale in folder.stale_files(before, directory) {
        if let Err(error) = disk.remove(&directory.join(stale)) {
            context.output.progress(&format!("warning: {error}"));
        }
    }
    Ok(())
}
