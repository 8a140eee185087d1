//! What may be typed after `eid verify`.

use std::path::PathBuf;

use time::OffsetDateTime;

use super::super::ReaderArguments;
use super::super::failure::Failure;
use super::replay;
use crate::quirk::Quirk;
use crate::terminal::password::Password;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct VerifyArguments {
    #[command(flatten)]
    pub(super) reader: ReaderArguments,
    #[command(flatten)]
    pub(super) password: PasswordArguments,
    /// CSCA certificates that are trusted, and their CRLs: a directory, a trust folder or a trust bundle
    #[arg(long, value_name = "PATH")]
    pub(super) trust: Option<PathBuf>,
    /// Verify each card as it is laid on a reader; its CAN or MRZ comes as a line of the standard input, typed or scanned
    #[arg(long, conflicts_with_all = ["can", "mrz"])]
    pub(super) watch: bool,
    /// Store the face, the files as read and the report in this directory; with --watch in one directory for each card
    #[arg(long, value_name = "DIR", help_heading = "What is kept")]
    pub(super) save: Option<PathBuf>,
    /// Write the report as one page (HTML) with the face in it
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with = "watch",
        help_heading = "What is kept"
    )]
    pub(super) report: Option<PathBuf>,
    /// Write down what the card gave and proved, and what was read from its surface (a .session file), for --replay: PERSONAL DATA, but
    /// no CAN or key. With --unsafe-trace every byte that passed is in it, too
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with_all = ["watch", "replay"],
        help_heading = "What is kept"
    )]
    pub(super) record: Option<PathBuf>,
    /// Judge a recorded verification again instead of a card
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with_all = ["can", "mrz", "reader", "watch", "terminal_key"],
        help_heading = "Replay"
    )]
    pub(super) replay: Option<PathBuf>,
    /// As of which day (2026-11-24) or time (2026-11-24T09:00:00Z) a recording is judged [default: now]
    #[arg(long, value_name = "DATE", requires = "replay", value_parser = replay::at, help_heading = "Replay")]
    pub(super) at: Option<OffsetDateTime>,
    /// Directory with this terminal's key and CV certificates (*.cvcert), to read fingers and irises
    #[arg(long, value_name = "DIR")]
    pub(super) terminal_key: Option<PathBuf>,
    /// File with the passphrase of the terminal's key [default: EID_PASSPHRASE, else a prompt]
    #[arg(long, value_name = "FILE", requires = "terminal_key")]
    pub(super) terminal_passphrase_file: Option<PathBuf>,
    /// The machine readable zone as it is printed, where the CAN opened the card: it is compared with DG1
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true, conflicts_with_all = ["mrz", "watch"])]
    pub(super) printed_mrz: Option<String>,
    /// File with the text of the QR code on the card, as a scanner read it: compared with what is signed. So are the lines of --mrz
    #[arg(long, value_name = "FILE")]
    pub(super) qr_file: Option<PathBuf>,
    /// Show what the chip says of the holder although it is not proved, with UNVERIFIED on every line
    #[arg(long)]
    pub(super) show_unverified: bool,
    /// Without a proof that the chip is no copy the verdict is INCONCLUSIVE
    #[arg(long)]
    pub(super) require_clone_proof: bool,
    /// Ask a card that PACE opened whether it has Basic Access Control as well, which cards issued since 2028 may not have
    #[arg(long, conflicts_with = "replay")]
    pub(super) ask_bac: bool,
    /// How long to wait for a card that was taken away too soon to be put back [default: 30 at a terminal, else 0]
    #[arg(long, value_name = "SECONDS", conflicts_with_all = ["watch", "replay"])]
    pub(super) put_back: Option<u32>,
    /// Put up with a departure from the standards that real cards show; may be given several times
    #[arg(long, value_name = "ID", value_parser = quirk)]
    pub(super) tolerate: Vec<Quirk>,
}

/// A departure of `--tolerate`, by its name.
fn quirk(id: &str) -> Result<Quirk, String> {
    Quirk::from_id(id).ok_or_else(|| {
        let names: Vec<&str> = Quirk::ALL
            .iter()
            .filter(|quirk| !quirk.is_automatic())
            .map(|quirk| quirk.id())
            .collect();
        format!("known are {}", names.join(", "))
    })
}

/// What opens the chip; both are printed on the card.
#[derive(Debug, Clone, clap::Args)]
#[group(multiple = false)]
pub(in crate::cli) struct PasswordArguments {
    /// Card access number: the six digits on the card
    #[arg(long, value_name = "NUMBER", allow_hyphen_values = true)]
    can: Option<String>,
    /// Machine readable zone: its lines, or number, birth and expiry date with their check digits
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    mrz: Option<String>,
}

impl PasswordArguments {
    /// The one that was given.
    pub(in crate::cli) fn password(&self) -> Result<Password, Failure> {
        match (&self.can, &self.mrz) {
            (Some(can), _) => Ok(Password::can(can)?),
            (None, Some(mrz)) => Ok(Password::mrz(mrz)?),
            (None, None) => Err(Failure::usage(
                "--can or --mrz is required",
                "both are printed on the card",
            )),
        }
    }

    /// The machine readable zone, where it is the one that was given.
    pub(super) fn zone(&self) -> Option<&str> {
        self.mrz.as_deref()
    }
}
