//! Cards.

use sqlx::AnyConnection;
use sqlx::any::AnyRow;

use super::conditions::Conditions;
use crate::ledger::error::LedgerError;
use crate::ledger::event::{CardId, CardState};
use crate::ledger::sql::statement::{fetch_all, maybe_text, named, text};
use crate::ledger::view::{CardFilter, CardView};

const SELECT: &str = "SELECT c.card_id, c.chip, c.job, c.citizen, c.state, c.issued_at, c.replaced_by FROM cards c \
                      JOIN chips ON chips.serial = c.chip";

pub(in crate::ledger) async fn card(
    connection: &mut AnyConnection,
    card_id: &CardId,
) -> Result<Option<CardView>, LedgerError> {
    let (sql, values) = Conditions::of(SELECT)
        .and_where("c.card_id =", Some(card_id), "")
        .ordered("c.card_id", 1);
    fetch_all(connection, sql, &values)
        .await?
        .first()
        .map(view)
        .transpose()
}

pub(in crate::ledger) async fn cards(
    connection: &mut AnyConnection,
    filter: &CardFilter,
) -> Result<Vec<CardView>, LedgerError> {
    let (sql, values) = Conditions::of(SELECT)
        .and_where("c.state =", filter.state.map(CardState::name), "")
        .and_where("c.citizen =", filter.citizen.as_ref(), "")
        .and_where("c.chip =", filter.chip.as_ref(), "")
        .and_where("chips.delivery =", filter.delivery.as_ref(), "")
        .and_where("chips.applet_version =", filter.applet_version.as_ref(), "")
        .and_where("c.issued_at >=", filter.from.as_ref(), "")
        .and_where("c.issued_at <", filter.until.as_ref(), "")
        .ordered("c.card_id", 0);
    fetch_all(connection, sql, &values)
        .await?
        .iter()
        .map(view)
        .collect()
}

fn view(row: &AnyRow) -> Result<CardView, LedgerError> {
    Ok(CardView {
        card_id: text(row, "card_id")?,
        chip: text(row, "chip")?,
        job: text(row, "job")?,
        citizen: text(row, "citizen")?,
        state: named(row, "state", CardState::from_name)?,
        issued_at: maybe_text(row, "issued_at")?,
        replaced_by: maybe_text(row, "replaced_by")?,
    })
}
