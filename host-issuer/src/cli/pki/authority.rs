//! A CSCA with its key, for the commands that have it sign.

use std::path::{Path, PathBuf};

use personalization::pki::directory::{CscaDirectory, StoredSigner};

use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::keys::PassphraseArguments;

/// Opens a CSCA's directory and its key. `passphrase` is that of the command's own keys, `other` names another file for this one;
/// `what` is a phrase such as "the CSCA's key".
pub(super) fn open(
    context: &Context<'_>,
    directory: &Path,
    passphrase: &PassphraseArguments,
    other: Option<&PathBuf>,
    what: &str,
) -> Result<(CscaDirectory, StoredSigner), Failure> {
    let csca = CscaDirectory::open(directory)?;
    let place = csca.key_place()?;
    let file = passphrase.file_for(&place, other.map(PathBuf::as_path));
    let signer = csca.signer(&context.key_secret(&place, file, what)?)?;
    Ok((csca, signer))
}
