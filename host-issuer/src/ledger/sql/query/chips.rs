//! Chips.

use sqlx::AnyConnection;
use sqlx::any::AnyRow;

use super::conditions::Conditions;
use crate::ledger::error::LedgerError;
use crate::ledger::event::{ChipState, Serial};
use crate::ledger::sql::statement::{fetch_all, integer, maybe_text, named, text};
use crate::ledger::view::{ChipFilter, ChipView};

const SELECT: &str =
    "SELECT serial, manifest, delivery, applet_version, station, moves, state, reason, job FROM chips";

pub(in crate::ledger) async fn chip(
    connection: &mut AnyConnection,
    serial: &Serial,
) -> Result<Option<ChipView>, LedgerError> {
    let (sql, values) = Conditions::of(SELECT)
        .and_where("serial =", Some(serial), "")
        .ordered("serial", 1);
    fetch_all(connection, sql, &values)
        .await?
        .first()
        .map(view)
        .transpose()
}

pub(in crate::ledger) async fn chips(
    connection: &mut AnyConnection,
    filter: &ChipFilter,
) -> Result<Vec<ChipView>, LedgerError> {
    let (sql, values) = Conditions::of(SELECT)
        .and_where("state =", filter.state.map(ChipState::name), "")
        .and_where("station =", filter.station.as_ref(), "")
        .and_where("delivery =", filter.delivery.as_ref(), "")
        .and_where("applet_version =", filter.applet_version.as_ref(), "")
        .ordered("serial", 0);
    fetch_all(connection, sql, &values)
        .await?
        .iter()
        .map(view)
        .collect()
}

fn view(row: &AnyRow) -> Result<ChipView, LedgerError> {
    Ok(ChipView {
        serial: text(row, "serial")?,
        manifest: text(row, "manifest")?,
        delivery: text(row, "delivery")?,
        applet_version: text(row, "applet_version")?,
        station: text(row, "station")?,
        moves: integer(row, "moves")?,
        state: named(row, "state", ChipState::from_name)?,
        reason: maybe_text(row, "reason")?,
        job: maybe_text(row, "job")?,
    })
}
