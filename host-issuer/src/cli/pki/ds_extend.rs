//! `eid pki ds extend`: a document signer may go on beyond its quota, when two people say so.

use std::path::PathBuf;

use personalization::pki::directory::DocumentSignerDirectory;
use serde::Serialize;

use crate::cli::context::Context;
use crate::cli::desk::{OperatorArguments, StationArguments};
use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use crate::cli::two_people::TwoPeopleArguments;
use crate::station::quota::{self, QuotaError};

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct ExtendArguments {
    #[command(flatten)]
    station: StationArguments,
    #[command(flatten)]
    operator: OperatorArguments,
    /// Directory of the document signer
    #[arg(long, value_name = "DIR")]
    ds: PathBuf,
    /// How many signatures more it may make, as in the request
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..))]
    signatures: u32,
    #[command(flatten)]
    two: TwoPeopleArguments,
}

#[derive(Serialize)]
struct ExtendJson {
    schema: &'static str,
    serial: String,
    signatures: u64,
    max_signatures: u64,
}

pub(super) fn run(arguments: &ExtendArguments, context: &Context<'_>) -> Result<ExitCode, Failure> {
    let signer = DocumentSignerDirectory::open(&arguments.ds)?;
    let station = arguments.station.open(context)?;
    let desk = station.desk_of(&arguments.operator, context)?;
    let presented = arguments.two.read(context)?;
    quota::extend(&desk, &signer, arguments.signatures, &presented)?;
    let status = signer.status(context.environment.clock.now())?;
    let object = ExtendJson {
        schema: "eid.pki.ds-extend/1",
        serial: signer.serial()?,
        signatures: status.signatures,
        max_signatures: status.max_signatures,
    };
    context.output.result(&object, |out| {
        writeln!(
            out,
            "{}: {} of {} signatures made",
            object.serial, object.signatures, object.max_signatures
        )
    })?;
    Ok(ExitCode::Success)
}

impl From<QuotaError> for Failure {
    fn from(error: QuotaError) -> Self {
        match error {
            QuotaError::Approval(error) => error.into(),
            QuotaError::Ledger(error) => error.into(),
            QuotaError::Signer(error) => error.into(),
        }
    }
}
