//! What opens the personal data of jobs, for every command at a station that needs them.

use std::path::PathBuf;

use super::context::Context;
use super::desk::OpenStation;
use super::failure::Failure;
use super::keys::PassphraseArguments;
use crate::station::jobs::JobStore;
use crate::station::vault::Vault;

/// Where the vault's key is.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct VaultArguments {
    /// The vault's key, where it is not kept in the station's directory
    #[arg(long, value_name = "FILE")]
    vault_key: Option<PathBuf>,
    /// File with the passphrase of the vault's key, if it is another
    #[arg(long, value_name = "FILE")]
    vault_passphrase_file: Option<PathBuf>,
}

impl VaultArguments {
    /// Opens the vault. `passphrase` is where its passphrase is if no other file was named.
    pub(super) fn open(
        &self,
        station: &OpenStation,
        passphrase: &PassphraseArguments,
        context: &Context<'_>,
    ) -> Result<Vault, Failure> {
        let in_station = || station.directory.layout().vault_key();
        let path = self.vault_key.clone().unwrap_or_else(in_station);
        let file = self.vault_passphrase_file.as_deref().or(passphrase.file());
        let passphrase = context.passphrase(file, "the station's vault")?;
        Ok(Vault::open(&path, &passphrase)?)
    }
}

impl OpenStation {
    /// The personal data of its jobs.
    pub(super) fn jobs<'a>(&'a self, context: &'a Context<'_>) -> JobStore<'a> {
        JobStore {
            place: &self.directory,
            ledger: &self.ledger,
            disk: &*context.environment.disk,
        }
    }
}
