//! Whom to believe: CSCA certificates and CRLs, from files that an operator chose or from a folder that keeps a record of why.

mod admission;
mod error;
mod folder;
mod from_list;
mod import;
mod item;
mod record;
mod state;
mod store;

pub use error::ImportError;
pub use folder::{Anchor, FolderFile, RECORD, TrustFolder};

pub use item::TrustItem;
pub use record::{AnchorRecord, Evidence, MasterListRecord, RevocationListRecord, TrustRecord};
pub use state::{Changes, Question};
pub use store::{TrustError, TrustStore};

use std::path::Path;

/// Reads a folder of either kind: one with a record of [`TrustFolder`], else every certificate and CRL in it.
///
/// # Errors
/// [`TrustError`].
pub fn read_trust(directory: &Path) -> Result<TrustStore, TrustError> {
    if TrustFolder::is_there(directory) {
        return Ok(TrustFolder::open(directory)?.store());
    }
    TrustStore::from_directory(directory)
}
