//! The card that is tested, and what is known of it beside the card.

use std::path::{Path, PathBuf};

use personalization::key_file;
use personalization::signer::PRIVATE_KEY_LABEL;
use test_vectors::conformance::{
    AuthorityError, Given, Link as _, Probed, Secrets, StatementError, TerminalAuthority, ZoneError, probe,
};
use zeroize::Zeroizing;

use super::super::ReaderArguments;
use super::super::context::Context;
use super::super::failure::Failure;
use crate::conformance::TransportLink;
use crate::terminal::password::Password;

/// Longest text of a secret, in bytes.
const MAX_SECRET_LEN: u64 = 4096;
/// Longest key or certificate, in bytes.
const MAX_KEY_LEN: u64 = 64 * 1024;
/// Longest statement, in bytes: more is refused by its reader, too.
const MAX_STATEMENT_LEN: u64 = 64 * 1024;

#[derive(Debug, clap::Args)]
pub(super) struct CardArguments {
    #[command(flatten)]
    pub(super) reader: ReaderArguments,
    /// Card access number: the six digits on the card
    #[arg(long, value_name = "NUMBER", allow_hyphen_values = true)]
    can: Option<String>,
    /// Machine readable zone: its lines, or number, birth and expiry date with their check digits. With the lines, what is printed is
    /// compared with DG1
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    mrz: Option<String>,
    /// File with the machine readable zone
    #[arg(long, value_name = "FILE", conflicts_with = "mrz")]
    mrz_file: Option<PathBuf>,
    /// File with the PIN of the card's holder
    #[arg(long, value_name = "FILE")]
    pin_file: Option<PathBuf>,
    /// File with the PUK
    #[arg(long, value_name = "FILE")]
    puk_file: Option<PathBuf>,
    /// Private key of the CVCA that the card trusts (PKCS#8: encrypted PEM, or DER), for the cases of Terminal Authentication
    #[arg(
        long,
        value_name = "FILE",
        requires = "cvca_certificate",
        help_heading = "Terminal Authentication"
    )]
    cvca_key: Option<PathBuf>,
    /// Its certificate (*.cvcert): the card's trust point
    #[arg(
        long,
        value_name = "FILE",
        requires = "cvca_key",
        help_heading = "Terminal Authentication"
    )]
    cvca_certificate: Option<PathBuf>,
    /// File with the passphrase of that key [default: EID_PASSPHRASE, else a prompt]
    #[arg(
        long,
        value_name = "FILE",
        requires = "cvca_key",
        help_heading = "Terminal Authentication"
    )]
    cvca_passphrase_file: Option<PathBuf>,
}

impl CardArguments {
    /// What is printed on the card or known to its holder.
    pub(super) fn secrets(&self, context: &Context<'_>) -> Result<Secrets, Failure> {
        let read = |path: &Path| context.read_text(path, MAX_SECRET_LEN);
        let mut secrets = Secrets::default();
        if let Some(can) = &self.can {
            Password::can(can)?;
            secrets.can = Some(can.trim().to_owned());
        }
        let file = self.mrz_file.as_deref().map(read).transpose()?;
        if let Some(mrz) = self.mrz.as_ref().or(file.as_ref()) {
            secrets.take_mrz(mrz)?;
        }
        if secrets.can.is_none() && secrets.mrz.is_none() && secrets.mrz_information.is_none() {
            return Err(Failure::usage(
                "--can, --mrz or --mrz-file is required",
                "both are printed on the card; with both, most cases can be played",
            ));
        }
        if let Some(path) = &self.pin_file {
            let pin = read(path)?.trim().to_owned();
            Password::pin(&pin).map_err(|error| Failure::from(error).about(path.display()))?;
            secrets.pin = Some(pin);
        }
        if let Some(path) = &self.puk_file {
            let puk = read(path)?.trim().to_owned();
            Password::puk(&puk).map_err(|error| Failure::from(error).about(path.display()))?;
            secrets.puk = Some(puk);
        }
        if let (Some(key), Some(certificate)) = (&self.cvca_key, &self.cvca_certificate) {
            secrets.terminal_authority = Some(self.authority(context, key, certificate)?);
        }
        Ok(secrets)
    }

    /// The CVCA that the card trusts, with its key.
    fn authority(
        &self,
        context: &Context<'_>,
        key: &Path,
        certificate: &Path,
    ) -> Result<TerminalAuthority, Failure> {
        let disk = &context.environment.disk;
        let certificate = disk.read(certificate, MAX_KEY_LEN)?;
        let mut private = Zeroizing::new(disk.read(key, MAX_KEY_LEN)?);
        if private.starts_with(b"-----BEGIN") {
            let passphrase = context.passphrase(self.cvca_passphrase_file.as_deref(), "the CVCA's key")?;
            private = key_file::read_sealed(key, PRIVATE_KEY_LABEL, &passphrase)?;
        }
        Ok(TerminalAuthority::new(&private, &certificate)?)
    }

    /// Connects to the card and asks it what it has.
    pub(super) fn probe(
        &self,
        context: &Context<'_>,
        secrets: &Secrets,
        seed: u64,
    ) -> Result<(TransportLink, Vec<u8>, Probed), Failure> {
        let mut link = TransportLink::new(context.open_reader(&self.reader)?);
        context.output.progress("asking the card what it has");
        let atr = link.atr();
        match probe(&mut link, secrets, seed) {
            Ok(probed) => Ok((link, atr, probed)),
            Err(error) => Err(lost(&link, &error.to_string())),
        }
    }
}

/// A card that cannot be reached any more.
pub(super) fn lost(link: &TransportLink, message: &str) -> Failure {
    match link.failure() {
        Some(error) => error.clone().into(),
        None => super::super::failure::chip(message),
    }
}

/// Reads a statement.
pub(super) fn statement(context: &Context<'_>, path: &Path) -> Result<Given, Failure> {
    let text = context.read_text(path, MAX_STATEMENT_LEN)?;
    Given::from_toml(&text).map_err(|error| Failure::from(error).about(path.display()))
}

impl From<StatementError> for Failure {
    fn from(error: StatementError) -> Self {
        Self::input(
            "conformance.statement",
            error.to_string(),
            "`eid conformance probe` prints a whole statement; correct that one",
        )
    }
}

impl From<AuthorityError> for Failure {
    fn from(error: AuthorityError) -> Self {
        Self::input(
            "conformance.authority",
            error.to_string(),
            "give the certificate that is the card's trust point, and the key that it was made with",
        )
    }
}

impl From<ZoneError> for Failure {
    fn from(error: ZoneError) -> Self {
        Self::new(
            super::super::exit_code::ExitCode::Usage,
            "password.format",
            error.to_string(),
            "give the lines of the machine readable zone as they are printed",
        )
    }
}
