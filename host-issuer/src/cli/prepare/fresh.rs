//! New cards: from the record to two sealed files.

use std::path::PathBuf;

use personalization::attestation::StockManifest;
use personalization::keys::ChipKeySets;
use personalization::prepared::PreparedCard;
use personalization::profile::CheckedProfile;
use personalization::stock::{Stock, StockError};
use time::format_description::well_known::Rfc3339;

use super::super::context::Context;
use super::super::failure::Failure;
use super::super::issue::inputs::{Inputs, Office, Person};
use super::super::issue::{self, Draft, KeySource};
use super::super::stock::arguments::serial;
use super::arguments::{Parties, PrepareArguments};
use super::write::{self, Prepared, Reserved, SCRIPT_LOST, Sealed};

/// All that cards are prepared with, opened once.
pub(super) struct Room<'a, 'c> {
    pub(super) office: Office,
    parties: Parties,
    stock: Stock,
    arguments: &'a PrepareArguments,
    context: &'a Context<'c>,
}

/// Prepares the card of one person.
pub(super) fn prepare(arguments: &PrepareArguments, context: &Context<'_>) -> Result<Prepared, Failure> {
    let Inputs { person, office } = arguments.inputs.load(context)?;
    Room::open(office, arguments, context)?
        .prepare(&person, arguments.chip.as_deref())
        .map_err(|failure| arguments.inputs.in_record(failure))
}

impl<'a, 'c> Room<'a, 'c> {
    /// Opens the office's key and the stock.
    pub(super) fn open(
        office: Office,
        arguments: &'a PrepareArguments,
        context: &'a Context<'c>,
    ) -> Result<Self, Failure> {
        Ok(Self {
            office,
            parties: arguments.parties(context)?,
            stock: arguments.stock.open()?,
            arguments,
            context,
        })
    }

    /// Prepares a card. The chip is taken from the stock before anything is signed for it, and given back when nothing came of it.
    pub(super) fn prepare(&self, person: &Person, chip: Option<&str>) -> Result<Prepared, Failure> {
        let Self {
            office,
            stock,
            arguments,
            context,
            ..
        } = self;
        let draft = Draft::draw(&mut context.random())?;
        let now = context.environment.clock.now();
        let at = now
            .format(&Rfc3339)
            .map_err(|error| Failure::internal(error.to_string()))?;
        let manifest = take_chip(stock, chip, &office.profile, &draft.card_id, &at)?;
        let serial = *manifest.serial();
        let attempts = arguments.attempts(serial, manifest.next_sequence());
        let work = || -> Result<(PathBuf, Option<PathBuf>), Failure> {
            let reserved = Reserved::new(context, &arguments.out, &serial, true)?;
            match self.seal(person, &draft, &manifest) {
                Ok(sealed) => reserved.commit(&sealed, context),
                Err(failure) => {
                    reserved.abandon(context);
                    Err(failure)
                }
            }
        };
        match work() {
            Ok((script, image)) => Ok(Prepared {
                card_id: draft.card_id,
                serial,
                profile: office.profile.name().to_owned(),
                attempts,
                script,
                image,
            }),
            Err(failure) => {
                // Where no file has its name, nobody has anything that is signed for this chip. The failure is what is told.
                if failure.id != SCRIPT_LOST {
                    let _ = stock.give_back(&serial);
                }
                Err(failure)
            }
        }
    }

    fn seal(&self, person: &Person, draft: &Draft, manifest: &StockManifest) -> Result<Sealed, Failure> {
        let Self {
            office,
            parties,
            arguments,
            context,
            ..
        } = self;
        let issuance = office.issuance(person, KeySource::Manifest(manifest), &arguments.out);
        let job = draft.job(&issuance);
        let now = context.environment.clock.now();
        let unsigned = issue::begin(&job, &issuance, &mut context.random(), now)?;
        let keys = manifest
            .keys_for(office.profile.chip_keys())
            .ok_or_else(|| lacks_keys(manifest))?;
        let image = unsigned.sign(&office.signer, &keys)?;
        let print = issuance.print_data(draft, image.passwords.holder.as_ref())?;
        let attempts = arguments.attempts(*manifest.serial(), manifest.next_sequence());
        let card = PreparedCard {
            image,
            profile: office.profile.name().to_owned(),
            document_signer: office.ds.serial()?,
            print,
            manifest: manifest.clone(),
        };
        let keys = ChipKeySets {
            applications: office.application_masters.keys(manifest.serial()),
            ..office.issuer_keys.key_sets(manifest.serial())
        };
        write::seal(card, attempts, &keys, parties, arguments, true, context)
    }
}

/// The chip that was asked for, or the first free one that has the keys of the profile; taken.
fn take_chip(
    stock: &Stock,
    chip: Option<&str>,
    profile: &CheckedProfile,
    card_id: &str,
    at: &str,
) -> Result<StockManifest, Failure> {
    let specs = profile.chip_keys();
    if let Some(text) = chip {
        let serial = serial("--chip", text)?;
        let manifest = stock.chip(&serial)?;
        if manifest.keys_for(specs).is_none() {
            return Err(lacks_keys(&manifest));
        }
        stock.take(&serial, card_id, at)?;
        return Ok(manifest);
    }
    for serial in stock.serials()? {
        if stock.preparation(&serial)?.is_some() {
            continue;
        }
        let manifest = stock.chip(&serial)?;
        if manifest.keys_for(specs).is_none() {
            continue;
        }
        match stock.take(&serial, card_id, at) {
            Ok(()) => return Ok(manifest),
            // Another program was faster.
            Err(StockError::Prepared { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(Failure::input(
        "stock.no_free_chip",
        "no chip in stock is free and has the keys of this profile",
        "`eid stock generate-keys` has a chip draw them; `eid stock list` shows what there is",
    ))
}

fn lacks_keys(manifest: &StockManifest) -> Failure {
    Failure::input(
        "stock.no_keys",
        format!(
            "chip {} did not draw the keys of this profile",
            hex::encode_upper(manifest.serial())
        ),
        "`eid stock generate-keys --profile NAME` has it draw them",
    )
}
