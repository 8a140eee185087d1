//! The terminal's own key and its certificates, read from their directory.

use std::path::{Path, PathBuf};

use personalization::key_file;
use personalization::signer::PRIVATE_KEY_LABEL;
use zeroize::Zeroizing;

use super::super::context::Context;
use super::super::failure::Failure;
use crate::terminal::terminal_auth::{CredentialsError, TerminalCredentials};

/// Extension of CV certificates, as other programs have it.
const CERTIFICATE_EXTENSION: &str = "cvcert";
/// The terminal's key, encrypted.
const SEALED_KEY: &str = "terminal.key";
/// The terminal's key in plain (PKCS #8, DER), as other programs write it.
const PLAIN_KEY: &str = "terminal.pkcs8";
/// A CV certificate has some 200 to 1200 bytes, a key up to 2500.
const SIZE_LIMIT: u64 = 64 * 1024;

/// Reads a terminal's directory: `terminal.key` (encrypted PKCS #8) or `terminal.pkcs8` (DER in plain), and the certificates in
/// `*.cvcert`: the terminal's, its document verifier's, the CVCA's and its links.
///
/// # Errors
/// When something cannot be read, or is not what it must be.
pub(super) fn load(
    context: &Context<'_>,
    directory: &Path,
    passphrase_file: Option<&Path>,
) -> Result<TerminalCredentials, Failure> {
    let unreadable = |path: &Path, error: &std::io::Error| {
        Failure::input(
            "terminal.directory",
            format!("{}: cannot be read: {error}", path.display()),
            "give the terminal's directory with its key and its *.cvcert files",
        )
    };
    let mut paths: Vec<PathBuf> = std::fs::read_dir(directory)
        .map_err(|error| unreadable(directory, &error))?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()
        .map_err(|error| unreadable(directory, &error))?;
    // The order of a directory is arbitrary; what is sent to a card must not depend on it.
    paths.sort();
    let mut certificates = Vec::new();
    for path in paths {
        let extension = path.extension().and_then(|extension| extension.to_str());
        if extension.is_some_and(|extension| extension.eq_ignore_ascii_case(CERTIFICATE_EXTENSION)) {
            let bytes = context.environment.disk.read(&path, SIZE_LIMIT)?;
            certificates.push((path.display().to_string(), bytes));
        }
    }
    let plain = directory.join(PLAIN_KEY);
    let key = if plain.exists() {
        Zeroizing::new(context.environment.disk.read(&plain, SIZE_LIMIT)?)
    } else {
        let passphrase = context.passphrase(passphrase_file, "the terminal's key")?;
        key_file::read_sealed(&directory.join(SEALED_KEY), PRIVATE_KEY_LABEL, &passphrase)?
    };
    Ok(TerminalCredentials::new(certificates, &key)?)
}

impl From<CredentialsError> for Failure {
    fn from(error: CredentialsError) -> Self {
        let hint = match &error {
            CredentialsError::Certificate { .. } => "replace the file or remove it",
            CredentialsError::NoTerminal => "put the terminal's certificate (*.cvcert) beside its key",
            CredentialsError::Key(_) => {
                "the key must be that of a terminal certificate in the same directory"
            }
        };
        Failure::input("terminal.credentials", error.to_string(), hint)
    }
}
