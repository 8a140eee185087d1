//! What the commands on chips in stock have in common.

use std::path::{Path, PathBuf};

use personalization::stock::{self, Serial, Stock};

use super::super::context::Context;
use super::super::desk::OpenStation;
use super::super::failure::Failure;

/// Which stock.
#[derive(Debug, Clone, clap::Args)]
pub(in crate::cli) struct StockArguments {
    /// Directory of the stock
    #[arg(long, value_name = "DIR")]
    stock: PathBuf,
}

impl StockArguments {
    /// Opens it.
    pub(in crate::cli) fn open(&self) -> Result<Stock, Failure> {
        Ok(Stock::open(&self.stock)?)
    }

    /// Where it is.
    pub(in crate::cli) fn path(&self) -> &Path {
        &self.stock
    }
}

/// A stock room, or the stock of a station.
#[derive(Debug, Clone, clap::Args)]
#[command(group = clap::ArgGroup::new("place").required(true))]
pub(in crate::cli) struct PlaceArguments {
    /// Directory of the stock
    #[arg(long, group = "place", value_name = "DIR")]
    stock: Option<PathBuf>,
    /// Directory of the station whose stock it is
    #[arg(long, group = "place", value_name = "DIR")]
    station: Option<PathBuf>,
}

/// Which of the two.
pub(super) enum Place {
    /// A stock room.
    Room(Stock),
    /// A station.
    Station(OpenStation),
}

impl PlaceArguments {
    /// Opens it.
    pub(super) fn open(&self, context: &Context<'_>) -> Result<Place, Failure> {
        match (&self.stock, &self.station) {
            (Some(path), None) => Ok(Place::Room(Stock::open(path)?)),
            (None, Some(path)) => Ok(Place::Station(OpenStation::open(path, context)?)),
            _ => Err(Failure::internal("a required group without one member")),
        }
    }
}

/// Serial numbers on the command line, as the ledger has them.
pub(in crate::cli) fn serials(option: &str, texts: &[String]) -> Result<Vec<String>, Failure> {
    texts
        .iter()
        .map(|text| Ok(hex::encode_upper(serial(option, text)?)))
        .collect()
}

/// A serial number on the command line.
pub(in crate::cli) fn serial(option: &str, text: &str) -> Result<Serial, Failure> {
    stock::parse_serial(text).ok_or_else(|| {
        Failure::usage(
            format!("{option}: not 20 hexadecimal digits"),
            "`eid stock list` shows the serial numbers",
        )
    })
}
