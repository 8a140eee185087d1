//! `eid stock register`: chips come into the stock of a station.

use std::path::PathBuf;

use personalization::attestation::StockManifest;
use serde::Serialize;

use super::super::context::Context;
use super::super::desk::{OperatorArguments, StationArguments};
use super::super::exit_code::ExitCode;
use super::super::failure::Failure;
use super::{DeliveryJson, Incoming, chips};
use crate::station::stock::register::register;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct RegisterArguments {
    #[command(flatten)]
    station: StationArguments,
    #[command(flatten)]
    operator: OperatorArguments,
    /// What the delivery is called, by the maker's papers: `eid stock recall` finds its cards by it
    #[arg(long, value_name = "ID")]
    delivery: String,
    /// Version of the applet on the chips, by the maker's papers
    #[arg(long, value_name = "VERSION")]
    applet_version: String,
    /// The maker's public key: every list must have its signature, and nobody needs to compare digests
    #[arg(long, value_name = "FILE")]
    maker_key: Option<PathBuf>,
    /// Stock manifests of single chips, or lists of them that a maker delivers
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
}

#[derive(Serialize)]
struct RegisterJson<'a> {
    schema: &'static str,
    station: &'a str,
    delivery: &'a str,
    applet_version: &'a str,
    registered: usize,
    /// Fingerprint of the maker's key whose signature every file has.
    #[serde(skip_serializing_if = "Option::is_none")]
    maker_key: Option<String>,
    files: Vec<DeliveryJson>,
}

pub(super) fn run(arguments: &RegisterArguments, context: &Context<'_>) -> Result<ExitCode, Failure> {
    let station = arguments.station.open(context)?;
    let desk = station.desk_of(&arguments.operator, context)?;
    let incoming = Incoming::read(&arguments.files, arguments.maker_key.as_deref(), context)?;
    let all: Vec<StockManifest> = incoming
        .deliveries
        .iter()
        .flat_map(|(_, delivery)| delivery.chips.iter().cloned())
        .collect();
    register(&desk, &all, &arguments.delivery, &arguments.applet_version)?;
    let object = RegisterJson {
        schema: "eid.stock.register/1",
        station: desk.station,
        delivery: &arguments.delivery,
        applet_version: &arguments.applet_version,
        registered: all.len(),
        maker_key: incoming.maker_fingerprint(),
        files: incoming.json(),
    };
    context.output.result(&object, |out| {
        for file in &object.files {
            writeln!(
                out,
                "{}: {}, SHA-256 {}",
                file.file,
                chips(file.chips),
                file.sha256
            )?;
        }
        writeln!(
            out,
            "{} registered at {}",
            chips(object.registered),
            object.station
        )
    })?;
    incoming.ask_to_compare(context);
    Ok(ExitCode::Success)
}
