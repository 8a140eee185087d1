//! What the commands on chips in stock have in common.

use std::path::{Path, PathBuf};

use personalization::stock::{self, Serial, Stock};

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

/// A serial number on the command line.
pub(in crate::cli) fn serial(option: &str, text: &str) -> Result<Serial, Failure> {
    stock::parse_serial(text).ok_or_else(|| {
        Failure::usage(
            format!("{option}: not 20 hexadecimal digits"),
            "`eid stock list` shows the serial numbers",
        )
    })
}
