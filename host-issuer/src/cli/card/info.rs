//! `eid card info`: what any reader may know of a card.

use card_applet::wire::security_info::PaceInfo;
use serde::Serialize;

use super::super::ReaderArguments;
use super::super::context::Context;
use super::super::exit_code::ExitCode;
use super::super::failure::{Failure, chip};
use super::application::{self, ApplicationJson};
use crate::load::serial;
use crate::terminal::card_access::PaceOffer;
use crate::terminal::key_agreement::Group;
use crate::terminal::life_cycle::{self, LifeCycle};
use crate::terminal::link::{CardLink, LinkError};
use crate::terminal::reader::ChipReader;
use crate::verify;

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
    let life_cycle = life_cycle::read(&mut link).map_err(link_failure)?;
    let serial = serial::read(&mut link, life_cycle, &mut context.random())?.map(hex::encode_upper);
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
        next: next(life_cycle, card_access.is_some()),
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

/// What can be done with a card in this state.
fn next(life_cycle: LifeCycle, has_card_access: bool) -> &'static str {
    match (life_cycle, has_card_access) {
        (LifeCycle::Initialisation, _) => {
            "the issuer's keys have to be put: `eid card create` does that for a virtual chip"
        }
        (LifeCycle::Personalisation, false) => "blank: issue it with `eid issue`",
        (LifeCycle::Personalisation, true) => {
            "loaded in part, not activated: `eid issue` starts again from the beginning"
        }
        (LifeCycle::Activated, true) => "read it with `eid verify --can NUMBER`",
        (LifeCycle::Unknown | LifeCycle::Activated, _) => {
            "read it with `eid verify --mrz TEXT`, or --can where it offers PACE"
        }
        (LifeCycle::Deactivated, _) => {
            "it was taken out of service; its issuer puts it back with `eid card reactivate`"
        }
        (LifeCycle::Terminated, _) => "nothing: its life was ended, and it holds nothing any more",
    }
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
