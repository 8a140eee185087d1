//! `eid card info`: what any reader may know of a card.

use card_applet::wire::apdu::{CommandApdu, MAX_SHORT_NE};
use card_applet::wire::global_platform::{KEY_VERSION_ISSUER, KEY_VERSION_TRANSPORT, Scp03Mode};
use card_applet::wire::lds::{AID_ISSUER_SECURITY_DOMAIN, fid};
use card_applet::wire::security_info::PaceInfo;
use card_applet::wire::status::StatusWord;
use card_applet::wire::{instruction, tlv};
use serde::Serialize;

use super::super::ReaderArguments;
use super::super::context::Context;
use super::super::exit_code::ExitCode;
use super::super::failure::{Failure, chip};
use super::super::verify;
use super::application::{self, ApplicationJson};
use crate::environment::Random;
use crate::load::scp03::AwaitingChip;
use crate::terminal::card_access::PaceOffer;
use crate::terminal::key_agreement::Group;
use crate::terminal::link::{CardLink, LinkError};
use crate::terminal::reader::ChipReader;
use crate::transport::Transport;

/// FCP template and the life cycle status byte in it (ISO/IEC 7816-4 §7.4.3).
const FCP: u32 = 0x62;
const LIFE_CYCLE_STATUS: u32 = 0x8A;

#[derive(Serialize)]
struct InfoJson {
    schema: &'static str,
    atr: String,
    life_cycle: &'static str,
    serial: Option<String>,
    card_access: Option<String>,
    pace: Vec<String>,
    applications: Vec<ApplicationJson>,
    next: &'static str,
}

pub(super) fn run(arguments: &ReaderArguments, context: &Context<'_>) -> Result<ExitCode, Failure> {
    let transport = context.open_reader(arguments)?;
    let atr = hex::encode_upper(transport.atr());
    let mut link = CardLink::new(transport);
    let life_cycle = life_cycle(&mut link)?;
    let serial = match life_cycle {
        LifeCycle::Initialisation => serial(&mut link, KEY_VERSION_TRANSPORT, &mut context.random())?,
        LifeCycle::Personalisation => serial(&mut link, KEY_VERSION_ISSUER, &mut context.random())?,
        _ => None,
    };
    let mut transport = link.into_transport();
    // Ends the half-opened session, so that nothing of it is left in the chip.
    transport.reset()?;
    let mut reader = ChipReader::new(transport, context.random());
    // A card out of service gives no file.
    let card_access = match life_cycle {
        LifeCycle::Deactivated | LifeCycle::Terminated => None,
        _ => reader.read_card_access()?,
    };
    let applications = match life_cycle {
        LifeCycle::Deactivated | LifeCycle::Terminated => Vec::new(),
        _ => application::listed(&mut reader)?,
    };
    let offer = card_access
        .as_deref()
        .and_then(|bytes| PaceOffer::parse(bytes).ok())
        .unwrap_or_default();
    let object = InfoJson {
        schema: "eid.card.info/1",
        atr,
        life_cycle: life_cycle.name(),
        serial,
        card_access: card_access.as_ref().map(hex::encode_upper),
        pace: offer.infos.iter().map(describe).collect(),
        applications: applications.iter().map(ApplicationJson::of).collect(),
        next: life_cycle.next(card_access.is_some()),
    };
    context.output.result(&object, |out| {
        writeln!(out, "ATR         {}", object.atr)?;
        writeln!(out, "life cycle  {}", object.life_cycle)?;
        if let Some(serial) = &object.serial {
            writeln!(out, "serial      {serial}")?;
        }
        for pace in &object.pace {
            writeln!(out, "PACE        {pace}")?;
        }
        for application in &object.applications {
            writeln!(out, "application {} {}", application.aid, application.name)?;
        }
        writeln!(out, "next        {}", object.next)
    })?;
    Ok(ExitCode::Success)
}

/// Life cycle states of ISO/IEC 7816-4 table 14.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LifeCycle {
    Initialisation,
    Personalisation,
    Activated,
    Deactivated,
    Terminated,
    /// The chip does not say; many in the field refuse to select the master file.
    Unknown,
}

impl LifeCycle {
    fn from_status_byte(byte: u8) -> Self {
        match byte {
            0x01 => Self::Initialisation,
            0x02 | 0x03 => Self::Personalisation,
            0x05 | 0x07 => Self::Activated,
            0x04 | 0x06 => Self::Deactivated,
            0x0C..=0x0F => Self::Terminated,
            _ => Self::Unknown,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Initialisation => "initialisation",
            Self::Personalisation => "personalisation",
            Self::Activated => "operational, activated",
            Self::Deactivated => "operational, deactivated",
            Self::Terminated => "terminated",
            Self::Unknown => "unknown",
        }
    }

    fn next(self, has_card_access: bool) -> &'static str {
        match (self, has_card_access) {
            (Self::Initialisation, _) => {
                "the issuer's keys have to be put: `eid card create` does that for a virtual chip"
            }
            (Self::Personalisation, false) => "blank: issue it with `eid issue`",
            (Self::Personalisation, true) => {
                "loaded in part, not activated: `eid issue` starts again from the beginning"
            }
            (Self::Activated, true) => "read it with `eid verify --can NUMBER`",
            (Self::Unknown | Self::Activated, _) => {
                "read it with `eid verify --mrz TEXT`, or --can where it offers PACE"
            }
            (Self::Deactivated, _) => {
                "it was taken out of service; its issuer puts it back with `eid card reactivate`"
            }
            (Self::Terminated, _) => "nothing: its life was ended, and it holds nothing any more",
        }
    }
}

fn life_cycle(link: &mut CardLink<Box<dyn Transport>>) -> Result<LifeCycle, Failure> {
    let mf = fid::MF.to_be_bytes();
    // P2 04: answer with the FCP.
    let select = CommandApdu::new(0x00, instruction::SELECT, 0x00, 0x04)
        .with_data(&mf)
        .with_expected(MAX_SHORT_NE);
    let response = link.exchange(&select).map_err(link_failure)?;
    // A card that was deactivated or terminated says so with a warning, and tells its state all the same.
    let warnings = [StatusWord::DEACTIVATED, StatusWord::TERMINATED];
    if !response.status.is_success() && !warnings.contains(&response.status) {
        return Ok(LifeCycle::Unknown);
    }
    let status = tlv::find(&response.data, FCP)
        .ok()
        .flatten()
        .and_then(|fcp| tlv::find(fcp, LIFE_CYCLE_STATUS).ok().flatten());
    Ok(status
        .and_then(|value| value.first())
        .map_or(LifeCycle::Unknown, |&byte| LifeCycle::from_status_byte(byte)))
}

/// The key diversification data in the answer to INITIALIZE UPDATE. Nothing is proved to the chip, so this
/// costs none of the issuer's attempts.
fn serial(
    link: &mut CardLink<Box<dyn Transport>>,
    key_version: u8,
    random: &mut Random,
) -> Result<Option<String>, Failure> {
    let select = CommandApdu::new(0x00, instruction::SELECT, 0x04, 0x00)
        .with_data(&AID_ISSUER_SECURITY_DOMAIN)
        .with_expected(MAX_SHORT_NE);
    link.exchange(&select).map_err(link_failure)?;
    let awaiting = AwaitingChip::begin(key_version, Scp03Mode::S8, random)
        .map_err(|error| Failure::internal(error.to_string()))?;
    let response = link.exchange(&awaiting.command()).map_err(link_failure)?;
    Ok(awaiting
        .answer(&response)
        .ok()
        .map(|chip| hex::encode_upper(chip.serial())))
}

fn link_failure(error: LinkError) -> Failure {
    match error.transport() {
        Some(transport) => transport.clone().into(),
        None => chip(error.to_string()),
    }
}

fn describe(info: &PaceInfo) -> String {
    let mapping = verify::mapping_name(info.protocol.mapping);
    let cipher = verify::cipher_name(info.protocol.cipher);
    let curve = info
        .parameter_id
        .and_then(Group::from_parameter_id)
        .map(Group::name);
    let parameters = info
        .parameter_id
        .map_or_else(|| "none".to_owned(), |id| id.to_string());
    format!(
        "{mapping}, {cipher}, {}",
        curve.map_or_else(|| format!("domain parameters {parameters}"), str::to_owned)
    )
}
