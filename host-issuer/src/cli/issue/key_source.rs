//! By what the keys of a chip are known to be its own: the manifest that came with it, or the stock that it is in.

use std::cell::Cell;

use personalization::attestation::{ChipKeySpec, StockManifest};
use personalization::stock::{Serial, Stock};

use super::super::failure::Failure;

/// Where it is looked up.
#[derive(Clone, Copy)]
pub(in crate::cli) enum KeySource<'a> {
    /// Nowhere: the profile's cards have no keys of their own.
    None,
    /// In the manifest of the chip.
    Manifest(&'a StockManifest),
    /// In the stock, from which the chip is taken.
    Stock(&'a Stock),
}

/// A chip of which the card is made: taken from its stock as soon as it is known which one it is.
pub(super) struct Taking<'a> {
    source: KeySource<'a>,
    taken: Cell<Option<Serial>>,
}

impl<'a> Taking<'a> {
    pub(super) fn new(source: KeySource<'a>) -> Self {
        Self {
            source,
            taken: Cell::new(None),
        }
    }

    /// What is known of the chip with this serial number; nothing where its keys need not be known. One in stock is taken for the
    /// card, and where it has not all keys that are wanted nothing vouches any more for those that it has: it draws others.
    pub(super) fn manifest(
        &self,
        serial: &Serial,
        specs: &[ChipKeySpec],
        card_id: &str,
        at: &str,
    ) -> Result<StockManifest, Failure> {
        match self.source {
            KeySource::Manifest(manifest) => Ok(manifest.clone()),
            KeySource::Stock(stock) => {
                let mut manifest = stock.chip(serial)?;
                if manifest.keys_for(specs).is_none() && !manifest.keys().is_empty() {
                    manifest = manifest.without_keys();
                    stock.replace(&manifest)?;
                }
                stock.take(serial, card_id, at)?;
                self.taken.set(Some(*serial));
                Ok(manifest)
            }
            KeySource::None => Err(Failure::internal("a chip without manifest has keys")),
        }
    }

    /// Gives it back: nothing came of the card. The failure that led here is what is told.
    pub(super) fn give_back(&self) {
        if let (KeySource::Stock(stock), Some(serial)) = (self.source, self.taken.take()) {
            let _ = stock.give_back(&serial);
        }
    }
}
