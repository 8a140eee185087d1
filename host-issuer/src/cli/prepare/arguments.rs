//! What `eid prepare` is told.

use std::path::PathBuf;

use personalization::exchange_key::{ExchangeKey, ExchangePublicKey};
use personalization::script::offline::MAX_ATTEMPTS;

use super::super::context::Context;
use super::super::failure::Failure;
use super::super::issue::inputs::InputArguments;
use super::super::stock::arguments::StockArguments;
use crate::load::foretell::Attempts;
use crate::transport::Limits;

/// Sequence counter of a chip that was only given its issuer's keys: that was one session.
const AFTER_MANUFACTURE: u32 = 1;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct PrepareArguments {
    #[command(flatten)]
    pub(super) inputs: InputArguments,
    #[command(flatten)]
    pub(super) stock: StockArguments,
    /// Serial number of the chip [default: the first free one in stock that has the profile's keys]
    #[arg(long, value_name = "SERIAL", conflicts_with = "image")]
    pub(super) chip: Option<String>,
    /// This office's private key, as `eid keys exchange` made it
    #[arg(long, value_name = "FILE")]
    office_key: PathBuf,
    /// File with the passphrase of the office's key, if it is another
    #[arg(long, value_name = "FILE")]
    office_passphrase_file: Option<PathBuf>,
    /// Public key of the station that is to issue the card
    #[arg(long, value_name = "FILE")]
    station: PathBuf,
    /// How often the station may begin to load the chip
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u8).range(1..=(MAX_ATTEMPTS as i64)))]
    attempts: u8,
    /// The chip's sequence counter, where it is not the one that the stock has
    #[arg(long, value_name = "N")]
    sequence: Option<u32>,
    /// Write the script for readers without extended length
    #[arg(long)]
    short_apdus: bool,
    /// Prepare the cards of many persons: a list with {"record":FILE,"photo":FILE} on each line, or a directory of records and photos
    #[arg(
        long,
        value_name = "FILE|DIR",
        conflicts_with_all = [
            "record", "photo", "image", "chip", "sequence", "enrolment", "finger", "missing_finger", "iris",
            "displayed_portrait", "signature", "proof_of_citizenship", "document_front", "document_rear", "sample",
        ]
    )]
    pub(super) batch: Option<PathBuf>,
    /// Prepare a card again for its chip, from what this office kept of it
    #[arg(long, value_name = "FILE.cardimg", conflicts_with_all = ["profile", "record", "photo", "ds", "cvca"])]
    pub(super) image: Option<PathBuf>,
    /// Directory for SERIAL.cardscript and SERIAL.cardimg
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub(super) out: PathBuf,
}

/// Who writes, and to whom.
pub(super) struct Parties {
    pub(super) office: ExchangeKey,
    pub(super) station: ExchangePublicKey,
}

impl PrepareArguments {
    pub(super) fn parties(&self, context: &Context<'_>) -> Result<Parties, Failure> {
        let station = ExchangePublicKey::open(&self.station)?;
        let file = self
            .office_passphrase_file
            .as_deref()
            .or(self.inputs.office().passphrase_file());
        let passphrase = context.passphrase(file, "the office's key")?;
        Ok(Parties {
            office: ExchangeKey::open(&self.office_key, &passphrase)?,
            station,
        })
    }

    /// The attempts of a script for this chip, whose counter the stock may know.
    pub(super) fn attempts(&self, serial: [u8; 10], next_sequence: Option<u32>) -> Attempts {
        Attempts {
            serial,
            first_sequence: self.sequence.or(next_sequence).unwrap_or(AFTER_MANUFACTURE),
            count: usize::from(self.attempts),
        }
    }

    /// What the station's readers carry.
    pub(super) fn limits(&self) -> Limits {
        if self.short_apdus {
            Limits::SHORT
        } else {
            Limits::EXTENDED
        }
    }
}
