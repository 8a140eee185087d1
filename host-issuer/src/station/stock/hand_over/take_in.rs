//! The station that gets takes the file in.

use personalization::approval::{Approval, Officer};
use personalization::attestation::StockManifest;

use super::super::StockError;
use super::super::register::key_digests;
use super::file::{HandOver, HandOverChip};
use crate::ledger::event::{ChipState, Event, Serial};
use crate::ledger::view::ChipView;
use crate::station::desk::Desk;
use crate::station::officers;

/// What a file brought.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TakenIn {
    /// Chips that are here now and were not.
    pub arrived: Vec<Serial>,
    /// Chips of which this hand-over, or a later one, was taken in before: nothing was done.
    pub known: Vec<Serial>,
}

/// Takes chips in that another station handed over, all or none. `senders` are officers of other stations whom this one knows; its
/// own count, too.
///
/// # Errors
/// [`StockError::OtherStation`], [`StockError::UnknownSender`], [`StockError::Signature`]; [`StockError::Manifest`],
/// [`StockError::OtherAttestationKey`], [`StockError::NeverLeft`] for a chip that cannot be the one that this station knows;
/// [`StockError::Ledger`].
pub fn take_in(
    desk: &Desk<'_>,
    hand_over: &HandOver,
    approval: &Approval,
    senders: &[Officer],
) -> Result<TakenIn, StockError> {
    if hand_over.to() != desk.station {
        return Err(StockError::OtherStation(hand_over.to().to_owned()));
    }
    if hand_over.from() == desk.station {
        return Err(StockError::SameStation);
    }
    must_be_signed(desk, hand_over, approval, senders)?;
    let mut taken = TakenIn::default();
    let mut events = Vec::new();
    for chip in hand_over.chips() {
        let manifest = chip.manifest()?;
        match desk.store.chip(&chip.serial)? {
            None => register(desk, chip, &manifest, &mut events),
            Some(known) if known.moves >= chip.moves => {
                taken.known.push(chip.serial.clone());
                continue;
            }
            Some(known) => come_back(desk, chip, &known, &manifest, &mut events)?,
        }
        taken.arrived.push(chip.serial.clone());
    }
    if !events.is_empty() {
        desk.append(events)?;
    }
    Ok(taken)
}

fn must_be_signed(
    desk: &Desk<'_>,
    hand_over: &HandOver,
    approval: &Approval,
    senders: &[Officer],
) -> Result<(), StockError> {
    let unknown = || StockError::UnknownSender(hand_over.by().to_owned());
    let own = desk.store.officers()?;
    let own: Vec<Officer> = officers::known(&own)
        .unwrap_or_default()
        .into_iter()
        .filter(|(_, role)| officers::MAY_REQUEST.contains(role))
        .map(|(officer, _)| officer)
        .collect();
    let sender = senders
        .iter()
        .chain(&own)
        .find(|officer| officer.name() == hand_over.by())
        .ok_or_else(unknown)?;
    Ok(approval.must_be_by(sender, &hand_over.to_bytes())?)
}

/// A chip that was never here.
fn register(desk: &Desk<'_>, chip: &HandOverChip, manifest: &StockManifest, events: &mut Vec<Event>) {
    events.push(Event::ChipRegistered {
        serial: chip.serial.clone(),
        manifest: manifest.to_json(),
        keys: key_digests(manifest),
        delivery: chip.delivery.clone(),
        applet_version: chip.applet_version.clone(),
        station: desk.station.to_owned(),
        moves: chip.moves,
    });
    events.extend(state(chip, ChipState::Blank));
}

/// A chip that went away from here at some time.
fn come_back(
    desk: &Desk<'_>,
    chip: &HandOverChip,
    known: &ChipView,
    manifest: &StockManifest,
    events: &mut Vec<Event>,
) -> Result<(), StockError> {
    if known.station == desk.station {
        return Err(StockError::NeverLeft(chip.serial.clone()));
    }
    let before = StockManifest::from_json(&known.manifest).map_err(|error| StockError::Damaged {
        serial: chip.serial.clone(),
        error,
    })?;
    if before.attestation_point() != manifest.attestation_point() {
        return Err(StockError::OtherAttestationKey(chip.serial.clone()));
    }
    events.push(Event::ChipMoved {
        serial: chip.serial.clone(),
        from: known.station.clone(),
        to: desk.station.to_owned(),
        moves: chip.moves,
    });
    // One that was in quarantine when it went stays there: to release it is for two people here.
    events.extend(state(chip, known.state));
    Ok(())
}

/// What it is, where that is worse than what is known here.
fn state(chip: &HandOverChip, known: ChipState) -> Option<Event> {
    let serial = chip.serial.clone();
    let reason = chip
        .reason
        .clone()
        .unwrap_or_else(|| "stock.handed_over".to_owned());
    match (chip.state, known) {
        (ChipState::Spoiled, ChipState::Blank | ChipState::Quarantined) => {
            Some(Event::ChipSpoiled { serial, reason })
        }
        (ChipState::Blank | ChipState::Spoiled, _) => None,
        // A station gives only blank, quarantined and spoiled ones away; of one that says anything else, nothing is known.
        (_, ChipState::Blank) => Some(Event::ChipQuarantined { serial, reason }),
        _ => None,
    }
}
