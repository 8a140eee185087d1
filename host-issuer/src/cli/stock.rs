//! `eid stock add|sign|list|show|check|generate-keys`: the chips that are no cards yet.

pub(super) mod arguments;
mod generate_keys;
mod show;
mod sign;

use std::path::PathBuf;

use personalization::stock::check::StockFinding;
use personalization::stock::delivery::{Delivery, MAX_DELIVERY_BYTES};
use personalization::stock::maker::MakerPublicKey;
use personalization::stock::{Stock, StockError};
use serde::Serialize;

use self::arguments::StockArguments;
use super::context::Context;
use super::exit_code::ExitCode;
use super::failure::Failure;

#[derive(Debug, clap::Subcommand)]
pub(super) enum StockCommand {
    /// Take chips into stock, by the manifests that came with them
    Add(AddArguments),
    /// As the maker of chips: sign the manifests of those that are delivered
    Sign(sign::SignArguments),
    /// List the chips in stock
    List(StockArguments),
    /// Show one chip: its keys, and the card for which it was taken
    Show(show::ShowArguments),
    /// Verify every attestation, and that no public key is two chips'
    Check(StockArguments),
    /// Have the chip in the reader draw its keys, so that cards can be prepared for it where it is not
    GenerateKeys(generate_keys::GenerateKeysArguments),
}

#[derive(Debug, clap::Args)]
pub(super) struct AddArguments {
    #[command(flatten)]
    stock: StockArguments,
    /// The maker's public key: every list must have its signature, and nobody needs to compare digests
    #[arg(long, value_name = "FILE")]
    maker_key: Option<PathBuf>,
    /// Stock manifests of single chips, or lists of them that a maker delivers
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
}

#[derive(Serialize)]
struct AddJson {
    schema: &'static str,
    stock: String,
    added: usize,
    /// Fingerprint of the maker's key whose signature every delivery has.
    #[serde(skip_serializing_if = "Option::is_none")]
    maker_key: Option<String>,
    deliveries: Vec<DeliveryJson>,
}

#[derive(Serialize)]
struct DeliveryJson {
    file: String,
    chips: usize,
    sha256: String,
}

#[derive(Serialize)]
struct CheckJson {
    schema: &'static str,
    chips: usize,
    findings: Vec<FindingJson>,
}

#[derive(Serialize)]
struct FindingJson {
    serial: String,
    what: String,
}

pub(super) fn run(command: &StockCommand, context: &Context<'_>) -> Result<ExitCode, Failure> {
    match command {
        StockCommand::Add(arguments) => add(arguments, context),
        StockCommand::Sign(arguments) => sign::run(arguments, context),
        StockCommand::List(arguments) => show::list(arguments, context),
        StockCommand::Show(arguments) => show::show(arguments, context),
        StockCommand::Check(arguments) => check(arguments, context),
        StockCommand::GenerateKeys(arguments) => generate_keys::run(arguments, context),
    }
}

/// Reads every file before the first chip is added, so that a wrong one adds nothing.
fn add(arguments: &AddArguments, context: &Context<'_>) -> Result<ExitCode, Failure> {
    let maker = arguments
        .maker_key
        .as_deref()
        .map(MakerPublicKey::open)
        .transpose()?;
    let mut deliveries = Vec::new();
    for path in &arguments.files {
        let text = context.read_text(path, MAX_DELIVERY_BYTES)?;
        let delivery =
            Delivery::from_json(&text).map_err(|error| Failure::from(error).about(path.display()))?;
        if let Some(maker) = &maker {
            delivery
                .verify(maker)
                .map_err(|error| Failure::from(error).about(path.display()))?;
        }
        deliveries.push((path, delivery));
    }
    let stock = Stock::open_or_create(arguments.stock.path())?;
    let mut added = 0;
    for (path, delivery) in &deliveries {
        for manifest in &delivery.chips {
            stock.add(manifest).map_err(|error| {
                let failure = Failure::from(error).about(path.display());
                Failure {
                    hint: format!("{} ({added} chips were added before it)", failure.hint),
                    ..failure
                }
            })?;
            added += 1;
        }
    }
    let object = AddJson {
        schema: "eid.stock.add/1",
        stock: arguments.stock.path().display().to_string(),
        added,
        maker_key: maker.as_ref().map(|maker| hex::encode_upper(maker.fingerprint())),
        deliveries: deliveries
            .iter()
            .map(|(path, delivery)| DeliveryJson {
                file: path.display().to_string(),
                chips: delivery.chips.len(),
                sha256: hex::encode_upper(delivery.sha256),
            })
            .collect(),
    };
    context.output.result(&object, |out| {
        for delivery in &object.deliveries {
            writeln!(
                out,
                "{}: {} in stock, SHA-256 {}",
                delivery.file,
                chips(delivery.chips),
                delivery.sha256
            )?;
        }
        Ok(())
    })?;
    if maker.is_none() {
        context
            .output
            .progress("compare the digest with the maker's, by another way than the one that the file came");
    }
    Ok(ExitCode::Success)
}

fn check(arguments: &StockArguments, context: &Context<'_>) -> Result<ExitCode, Failure> {
    let stock = arguments.open()?;
    let findings = stock.check()?;
    let object = CheckJson {
        schema: "eid.stock.check/1",
        chips: stock.serials()?.len(),
        findings: findings
            .into_iter()
            .map(|StockFinding { serial, what }| FindingJson { serial, what })
            .collect(),
    };
    context.output.result(&object, |out| {
        for finding in &object.findings {
            writeln!(out, "{}  {}", finding.serial, finding.what)?;
        }
        writeln!(
            out,
            "{} in stock, {} with something wrong",
            chips(object.chips),
            object.findings.len()
        )
    })?;
    Ok(if object.findings.is_empty() {
        ExitCode::Success
    } else {
        ExitCode::Input
    })
}

fn chips(count: usize) -> String {
    match count {
        1 => "1 chip".to_owned(),
        count => format!("{count} chips"),
    }
}

impl From<StockError> for Failure {
    fn from(error: StockError) -> Self {
        let message = error.to_string();
        let (id, hint) = match error {
            StockError::File(file) => return file.into(),
            StockError::NotAStock(_) => (
                "stock.none",
                "`eid stock add --stock DIR FILE…` makes one of the manifests that came with chips",
            ),
            StockError::Delivery(_) => (
                "stock.delivery",
                "give the manifests that came with the chips; `eid card create` writes one",
            ),
            StockError::NotSigned | StockError::WrongSignature => (
                "stock.maker",
                "add nothing of it, and ask the maker; `eid stock sign` is what a maker signs with",
            ),
            StockError::DuplicateSerial(_) => (
                "stock.duplicate_serial",
                "keep both chips apart: no two chips of one maker have a serial number in common",
            ),
            StockError::DuplicateKey { .. } => (
                "stock.duplicate_key",
                "keep both chips apart and ask their maker; nothing was added of this one",
            ),
            StockError::OtherAttestationKey(_) => (
                "stock.other_attestation_key",
                "keep the chip apart: it is not the one that was delivered",
            ),
            StockError::NotInStock(_) => (
                "stock.unknown_chip",
                "`eid stock list` shows the chips in stock; keep one apart that nobody delivered",
            ),
            StockError::Prepared { .. } => (
                "stock.prepared",
                "take another chip; `eid stock list` shows which are free",
            ),
            StockError::Manifest { .. } => (
                "stock.altered",
                "put the file back as it was; `eid stock check` looks at all of them",
            ),
            StockError::TooMany(_) => ("stock.too_many", "keep a stock for each delivery"),
        };
        Self::input(id, message, hint)
    }
}
