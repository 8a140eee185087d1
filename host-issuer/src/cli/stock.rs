//! `eid stock add|sign|list|show|check|generate-keys`: the chips that are no cards yet. And of a station
//! `register|move|receive|list|show|spoil|quarantine|release|destroy|reconcile|recall|close-shift`.

pub(super) mod arguments;
mod change;
pub(super) mod counted;
mod failure;
mod generate_keys;
mod hand_over;
mod recall;
mod reconcile;
mod register;
mod show;
mod sign;
mod station;

use std::path::{Path, PathBuf};

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
    List(show::ListArguments),
    /// Show one chip: its keys, and the card for which it was taken
    Show(show::ShowArguments),
    /// Verify every attestation, and that no public key is two chips'
    Check(StockArguments),
    /// Have the chip in the reader draw its keys, so that cards can be prepared for it where it is not
    GenerateKeys(generate_keys::GenerateKeysArguments),
    /// Take chips into the stock of a station, by the manifests that came with them
    Register(register::RegisterArguments),
    /// Hand chips over to another station
    Move(hand_over::MoveArguments),
    /// Take in what another station handed over
    Receive(hand_over::ReceiveArguments),
    /// A chip, or the card that it is, is of no use any more
    Spoil(change::SpoilArguments),
    /// Keep a blank chip apart
    Quarantine(change::QuarantineArguments),
    /// Use chips again that are in quarantine; two people
    Release(change::ReleaseArguments),
    /// Chips were destroyed; two people
    Destroy(change::DestroyArguments),
    /// Compare what was counted with the ledger
    Reconcile(reconcile::ReconcileArguments),
    /// Find every issued card of a delivery, a version of the applet, a time
    Recall(recall::RecallArguments),
    /// Close a shift: the stock is reconciled, and two people say so
    CloseShift(reconcile::CloseShiftArguments),
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
        StockCommand::Register(arguments) => register::run(arguments, context),
        StockCommand::Move(arguments) => hand_over::give(arguments, context),
        StockCommand::Receive(arguments) => hand_over::receive(arguments, context),
        StockCommand::Spoil(arguments) => change::spoil(arguments, context),
        StockCommand::Quarantine(arguments) => change::quarantine(arguments, context),
        StockCommand::Release(arguments) => change::release(arguments, context),
        StockCommand::Destroy(arguments) => change::destroy(arguments, context),
        StockCommand::Reconcile(arguments) => reconcile::run(arguments, context),
        StockCommand::Recall(arguments) => recall::run(arguments, context),
        StockCommand::CloseShift(arguments) => reconcile::close_shift(arguments, context),
    }
}

/// Reads every file before the first chip is added, so that a wrong one adds nothing.
fn add(arguments: &AddArguments, context: &Context<'_>) -> Result<ExitCode, Failure> {
    let incoming = Incoming::read(&arguments.files, arguments.maker_key.as_deref(), context)?;
    let stock = Stock::open_or_create(arguments.stock.path())?;
    let mut added = 0;
    for (path, delivery) in &incoming.deliveries {
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
        maker_key: incoming.maker_fingerprint(),
        deliveries: incoming.json(),
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
    incoming.ask_to_compare(context);
    Ok(ExitCode::Success)
}

/// What makers sent, read and verified as a whole before any of it is taken in.
struct Incoming {
    maker: Option<MakerPublicKey>,
    deliveries: Vec<(PathBuf, Delivery)>,
}

impl Incoming {
    /// Reads files of manifests. With a maker's key, every one must be signed with it.
    fn read(files: &[PathBuf], maker_key: Option<&Path>, context: &Context<'_>) -> Result<Self, Failure> {
        let maker = maker_key.map(MakerPublicKey::open).transpose()?;
        let mut deliveries = Vec::new();
        for path in files {
            let about = |error: StockError| Failure::from(error).about(path.display());
            let text = context.read_text(path, MAX_DELIVERY_BYTES)?;
            let delivery = Delivery::from_json(&text).map_err(about)?;
            if let Some(maker) = &maker {
                delivery.verify(maker).map_err(about)?;
            }
            deliveries.push((path.clone(), delivery));
        }
        Ok(Self { maker, deliveries })
    }

    fn maker_fingerprint(&self) -> Option<String> {
        self.maker
            .as_ref()
            .map(|maker| hex::encode_upper(maker.fingerprint()))
    }

    fn json(&self) -> Vec<DeliveryJson> {
        self.deliveries
            .iter()
            .map(|(path, delivery)| DeliveryJson {
                file: path.display().to_string(),
                chips: delivery.chips.len(),
                sha256: hex::encode_upper(delivery.sha256),
            })
            .collect()
    }

    /// Nobody vouches for what no maker signed.
    fn ask_to_compare(&self, context: &Context<'_>) {
        if self.maker.is_none() {
            context.output.progress(
                "compare the digest with the maker's, by another way than the one that the file came",
            );
        }
    }
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
