//! `eid batch print-data`: what is printed on a card, for the printer. The ledger knows each time that it was handed out.

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::super::context::Context;
use super::super::exit_code::ExitCode;
use super::super::failure::Failure;
use super::super::keys::PassphraseArguments;
use super::super::vault::VaultArguments;
use super::WorkArguments;
use crate::cli::desk::{OpenStation, OperatorArguments};
use crate::environment::Access;
use crate::station::acceptance;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct PrintDataArguments {
    /// The card's identifier, 16 capital letters and digits
    #[arg(long, value_name = "CARD")]
    card: String,
    /// Where to write it: for the owner of the file alone [default: the standard output, which the printer reads]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    work: WorkArguments,
    #[command(flatten)]
    vault: VaultArguments,
    #[command(flatten)]
    passphrase: PassphraseArguments,
}

#[derive(Serialize)]
struct PrintDataJson<'a> {
    schema: &'static str,
    card_id: &'a str,
    file: String,
}

pub(super) fn run(arguments: &PrintDataArguments, context: &Context<'_>) -> Result<ExitCode, Failure> {
    let station = arguments.work.station.open(context)?;
    let request = Request {
        station: &station,
        operator: &arguments.work.operator,
        vault: &arguments.vault,
        passphrase: &arguments.passphrase,
        card: &arguments.card,
    };
    request.hand_out(arguments.out.as_deref(), "eid.batch.print_data/1", context)
}

/// Who wants what is printed on which card.
pub(in crate::cli) struct Request<'r> {
    pub(in crate::cli) station: &'r OpenStation,
    pub(in crate::cli) operator: &'r OperatorArguments,
    pub(in crate::cli) vault: &'r VaultArguments,
    pub(in crate::cli) passphrase: &'r PassphraseArguments,
    pub(in crate::cli) card: &'r String,
}

impl Request<'_> {
    /// Writes it to this file, or to the standard output.
    pub(in crate::cli) fn hand_out(
        &self,
        out: Option<&Path>,
        schema: &'static str,
        context: &Context<'_>,
    ) -> Result<ExitCode, Failure> {
        let desk = self.station.desk_of(self.operator, context)?;
        let vault = self.vault.open(self.station, self.passphrase, context)?;
        let print = acceptance::print_data(&desk, &self.station.jobs(context), &vault, self.card)?;
        let Some(path) = out else {
            let text = std::str::from_utf8(&print).map_err(|error| Failure::internal(error.to_string()))?;
            context.output.document(text)?;
            return Ok(ExitCode::Success);
        };
        context.environment.disk.write(path, &print, Access::OwnerOnly)?;
        let object = PrintDataJson {
            schema,
            card_id: self.card,
            file: path.display().to_string(),
        };
        context.output.result(&object, |out| {
            writeln!(
                out,
                "{}: what is printed on the card {}",
                object.file, object.card_id
            )
        })?;
        context.output.progress("remove the file after printing");
        Ok(ExitCode::Success)
    }
}
