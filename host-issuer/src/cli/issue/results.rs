//! What stays of an issuance: `receipt.json` for the books, `print.json` for the card printer.

use std::path::{Path, PathBuf};

use super::super::context::Context;
use super::super::failure::Failure;
use crate::environment::{Access, NewFile};
use crate::station::receipt::Receipt;

/// The places of both files, found writable before the chip is touched. Nothing is in them yet, so a
/// crash leaves no CAN behind.
pub(super) struct Reserved {
    receipt: Box<dyn NewFile>,
    print: Box<dyn NewFile>,
    /// The directory, where it was made for them.
    made: Option<PathBuf>,
}

impl Reserved {
    pub(super) fn new(context: &Context<'_>, directory: &Path) -> Result<Self, Failure> {
        let disk = &context.environment.disk;
        let made = (!directory.exists()).then(|| directory.to_owned());
        Ok(Self {
            receipt: disk.reserve(directory, "receipt.json", Access::Public)?,
            print: disk.reserve(directory, "print.json", Access::OwnerOnly)?,
            made,
        })
    }

    /// Leaves nothing behind.
    pub(super) fn abandon(self, context: &Context<'_>) {
        let Self { receipt, print, made } = self;
        drop((receipt, print));
        if let Some(directory) = made {
            context.environment.disk.remove_empty_directory(&directory);
        }
    }

    /// Writes both. The print data come first: a receipt says that everything is there.
    pub(super) fn commit(self, receipt: &Receipt, print_json: &[u8]) -> Result<(PathBuf, PathBuf), Failure> {
        let receipt_json =
            serde_json::to_vec_pretty(receipt).map_err(|error| Failure::internal(error.to_string()))?;
        let paths = (self.receipt.path().to_owned(), self.print.path().to_owned());
        // The card is operational: whoever reads the failure must know that first.
        self.print.commit(print_json).map_err(|error| {
            let failure = Failure::from(error);
            Failure {
                message: format!(
                    "the card is issued, but its print data are lost: {}",
                    failure.message
                ),
                hint: format!("destroy this card, nobody knows its CAN; then {}", failure.hint),
                ..failure
            }
        })?;
        self.receipt.commit(&receipt_json).map_err(|error| {
            let failure = Failure::from(error);
            Failure {
                message: format!(
                    "the card is issued and print.json written, but not its receipt: {}",
                    failure.message
                ),
                hint: format!(
                    "keep the card identifier {} by hand; then {}",
                    receipt.card_id, failure.hint
                ),
                ..failure
            }
        })?;
        Ok(paths)
    }
}
