//! Whom to believe: CSCA certificates and CRLs, from files that an operator chose or from a folder that keeps a record of why.

mod admission;
mod basis;
mod bundle;
mod changes;
mod error;
mod folder;
mod from_list;
mod import;
mod index;
mod item;
mod kind;
mod lists;
mod plain;
mod record;
mod remove;
mod replica;
mod shelf;
mod state;
mod store;

pub use basis::{AnchorUsed, BundleUsed, MasterListUsed, RevocationListUsed, TrustBasis};
pub use bundle::{BUNDLE_LIMIT, Bundle, BundleHeader, assemble, is_bundle};
pub use error::{BundleError, ImportError, TrustError};
pub use folder::{Anchor, FolderFile, TrustFolder};

pub use item::TrustItem;
pub use record::{
    AnchorRecord, BundleRecord, DeviationListRecord, Evidence, MasterListRecord, RECORD, RemovalRecord,
    RevocationListRecord, TrustRecord,
};
pub use replica::Pin;
pub use state::{Changes, Question};
pub use store::TrustStore;

use std::path::Path;

/// Reads trust data of any kind: a folder with a record of [`TrustFolder`], a bundle file whose signer is pinned ([`Pin`]), else every
/// certificate and CRL in a directory. Whether a bundle has expired is found when something is judged by it, or by
/// [`TrustStore::must_be_valid`].
///
/// # Errors
/// [`TrustError`].
pub fn read_trust(path: &Path) -> Result<TrustStore, TrustError> {
    read_trust_and_pin(path).map(|(store, _)| store)
}

/// As [`read_trust`]. The pin, if any, is what [`Pin::path_for`] this bundle is to hold from now on: a newer bundle was seen.
///
/// # Errors
/// [`TrustError`].
pub fn read_trust_and_pin(path: &Path) -> Result<(TrustStore, Option<Pin>), TrustError> {
    if path.is_file() {
        return replica::store_of_file(path);
    }
    let store = if TrustFolder::is_there(path) {
        TrustFolder::open_store(path)
    } else {
        TrustStore::from_directory(path)
    };
    Ok((store?, None))
}
