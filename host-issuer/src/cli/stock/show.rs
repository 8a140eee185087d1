//! `eid stock list` and `eid stock show`.

use std::io::{self, Write};

use card_applet::wire::key_generation::KeyPurpose;
use personalization::attestation::{AttestedKey, StockManifest};
use personalization::stock::{Preparation, Serial, Stock};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::super::ReaderArguments;
use super::super::context::Context;
use super::super::exit_code::ExitCode;
use super::super::failure::Failure;
use super::arguments::{Place, PlaceArguments, serial};
use super::station;
use crate::ledger::event::ChipState;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct ListArguments {
    #[command(flatten)]
    place: PlaceArguments,
    /// Of a station: only chips in this state, such as BLANK or QUARANTINED
    #[arg(long, value_name = "STATE", value_parser = state, requires = "station")]
    state: Option<ChipState>,
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct ShowArguments {
    #[command(flatten)]
    place: PlaceArguments,
    /// Serial number, 20 hexadecimal digits [default: of a station, that of the chip on the reader]
    #[arg(value_name = "SERIAL", conflicts_with = "reader")]
    serial: Option<String>,
    #[command(flatten)]
    reader: ReaderArguments,
}

fn state(text: &str) -> Result<ChipState, String> {
    ChipState::from_name(&text.to_ascii_uppercase().replace('-', "_")).ok_or_else(|| {
        let names: Vec<&str> = ChipState::ALL.iter().map(|state| state.name()).collect();
        format!("one of {}", names.join(", "))
    })
}

#[derive(Serialize)]
struct ListJson {
    schema: &'static str,
    chips: Vec<EntryJson>,
}

#[derive(Serialize)]
struct EntryJson {
    serial: String,
    keys: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    card_id: Option<String>,
}

#[derive(Serialize)]
struct ChipJson {
    schema: &'static str,
    serial: String,
    attestation_key_sha256: String,
    next_sequence: Option<u32>,
    keys: Vec<KeyJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    card_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prepared_at: Option<String>,
}

/// A key that a chip drew ahead.
#[derive(Serialize)]
pub(super) struct KeyJson {
    purpose: &'static str,
    key_id: u8,
    curve: String,
    public_key_sha256: String,
}

impl KeyJson {
    pub(super) fn of(key: &AttestedKey) -> Self {
        let spec = key.spec();
        Self {
            purpose: match spec.purpose {
                KeyPurpose::ChipAuthentication => "chip_authentication",
                KeyPurpose::ActiveAuthentication => "active_authentication",
            },
            key_id: spec.key_id,
            curve: spec.curve.to_string(),
            public_key_sha256: hex::encode_upper(Sha256::digest(key.public().as_bytes())),
        }
    }

    pub(super) fn print(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(
            out,
            "  {:<22} id {:<3} {:<16} SHA-256 {}…",
            self.purpose,
            self.key_id,
            self.curve,
            self.public_key_sha256.get(..16).unwrap_or_default()
        )
    }
}

pub(super) fn list(arguments: &ListArguments, context: &Context<'_>) -> Result<ExitCode, Failure> {
    match arguments.place.open(context)? {
        Place::Room(stock) => list_room(&stock, context),
        Place::Station(open) => station::list(&open, arguments.state, context),
    }
}

fn list_room(stock: &Stock, context: &Context<'_>) -> Result<ExitCode, Failure> {
    let mut chips = Vec::new();
    for serial in stock.serials()? {
        let (manifest, preparation) = look_up(stock, &serial)?;
        chips.push(EntryJson {
            serial: hex::encode_upper(serial),
            keys: manifest.keys().len(),
            card_id: preparation.map(|preparation| preparation.card_id),
        });
    }
    let object = ListJson {
        schema: "eid.stock/1",
        chips,
    };
    context.output.result(&object, |out| {
        for chip in &object.chips {
            let state = match &chip.card_id {
                Some(card_id) => format!("taken for card {card_id}"),
                None => "free".to_owned(),
            };
            writeln!(out, "{}  keys {}  {state}", chip.serial, chip.keys)?;
        }
        Ok(())
    })?;
    Ok(ExitCode::Success)
}

pub(super) fn show(arguments: &ShowArguments, context: &Context<'_>) -> Result<ExitCode, Failure> {
    let given = arguments
        .serial
        .as_deref()
        .map(|text| serial("SERIAL", text))
        .transpose()?;
    match (arguments.place.open(context)?, given) {
        (Place::Room(stock), Some(serial)) => show_in_room(&stock, &serial, context),
        (Place::Room(_), None) => Err(Failure::usage(
            "SERIAL is required with --stock",
            "`eid stock list` shows the serial numbers",
        )),
        (Place::Station(open), Some(serial)) => {
            station::show(&open, hex::encode_upper(serial), None, context)
        }
        (Place::Station(open), None) => station::show_on_reader(&open, &arguments.reader, context),
    }
}

fn show_in_room(stock: &Stock, serial: &Serial, context: &Context<'_>) -> Result<ExitCode, Failure> {
    let (manifest, preparation) = look_up(stock, serial)?;
    let object = ChipJson {
        schema: "eid.stock.chip/1",
        serial: hex::encode_upper(serial),
        attestation_key_sha256: hex::encode_upper(Sha256::digest(manifest.attestation_point())),
        next_sequence: manifest.next_sequence(),
        keys: manifest.keys().iter().map(KeyJson::of).collect(),
        card_id: preparation
            .as_ref()
            .map(|preparation| preparation.card_id.clone()),
        prepared_at: preparation.map(|preparation| preparation.prepared_at),
    };
    context.output.result(&object, |out| {
        writeln!(out, "serial           {}", object.serial)?;
        writeln!(out, "attestation key  SHA-256 {}", object.attestation_key_sha256)?;
        match (&object.card_id, &object.prepared_at) {
            (Some(card_id), Some(at)) => writeln!(out, "state            taken for card {card_id}, {at}")?,
            _ => writeln!(out, "state            free")?,
        }
        match object.next_sequence {
            Some(next) => writeln!(out, "keys drawn       the next SCP03 session is number {next}")?,
            None => writeln!(out, "keys             none yet: `eid stock generate-keys`")?,
        }
        object.keys.iter().try_for_each(|key| key.print(out))
    })?;
    Ok(ExitCode::Success)
}

fn look_up(stock: &Stock, serial: &Serial) -> Result<(StockManifest, Option<Preparation>), Failure> {
    Ok((stock.chip(serial)?, stock.preparation(serial)?))
}
