//! Cards.

use sqlx::AnyConnection;

use super::approvals::spend;
use super::{Moment, in_state, refused, unknown};
use crate::ledger::error::{Conflict, LedgerError};
use crate::ledger::event::{CardState, Purpose};
use crate::ledger::sql::statement::{execute, fetch_optional, text};

/// A card is suspended, valid again or revoked.
pub(super) async fn changed(
    connection: &mut AnyConnection,
    moment: Moment<'_>,
    card_id: &str,
    state: CardState,
    approval: Option<&str>,
) -> Result<(), LedgerError> {
    let sql = match state {
        CardState::Suspended => {
            "UPDATE cards SET state = 'SUSPENDED' WHERE card_id = $1 AND state = 'ACTIVE'"
        }
        CardState::Active => "UPDATE cards SET state = 'ACTIVE' WHERE card_id = $1 AND state = 'SUSPENDED'",
        CardState::Revoked => {
            "UPDATE cards SET state = 'REVOKED' WHERE card_id = $1 AND state IN ('ACTIVE', 'SUSPENDED')"
        }
        CardState::New => {
            return refused(Conflict::Malformed {
                field: "state",
                rule: "must be ACTIVE, SUSPENDED or REVOKED",
            });
        }
    };
    if execute(connection, sql, &[card_id.into()]).await? != 1 {
        return card_conflict(connection, card_id).await;
    }
    match approval {
        Some(approval) => {
            let purpose = match state {
                CardState::Active => Purpose::Reinstate,
                _ => Purpose::Revoke,
            };
            spend(connection, moment, approval, purpose, card_id).await
        }
        None => Ok(()),
    }
}

async fn card_conflict<T>(connection: &mut AnyConnection, card_id: &str) -> Result<T, LedgerError> {
    let sql = "SELECT state FROM cards WHERE card_id = $1";
    match fetch_optional(connection, sql, &[card_id.into()]).await? {
        Some(row) => in_state("card", card_id, text(&row, "state")?),
        None => unknown("card", card_id),
    }
}

/// A card that is about to be made. The citizen has no other one that is being made, and none that is valid but the one which this
/// one replaces.
pub(super) async fn begun(
    connection: &mut AnyConnection,
    card_id: &str,
    chip: &str,
    job: &str,
) -> Result<(), LedgerError> {
    let sql = "INSERT INTO cards (card_id, chip, job, citizen, state) \
               SELECT $1, $2, jobs.job, jobs.citizen, 'NEW' FROM jobs WHERE jobs.job = $3 AND NOT EXISTS \
               (SELECT 1 FROM cards other WHERE other.citizen = jobs.citizen AND other.state IN ('ACTIVE', 'SUSPENDED') \
               AND other.card_id <> COALESCE(jobs.replaces, '')) ON CONFLICT DO NOTHING";
    if execute(connection, sql, &[card_id.into(), chip.into(), job.into()]).await? == 1 {
        return Ok(());
    }
    let sql = "SELECT card_id FROM cards WHERE card_id = $1";
    if fetch_optional(connection, sql, &[card_id.into()])
        .await?
        .is_some()
    {
        return refused(Conflict::CardIdTwice(card_id.to_owned()));
    }
    let sql = "SELECT c.card_id FROM cards c JOIN jobs j ON j.citizen = c.citizen WHERE j.job = $1 AND \
               c.state IN ('ACTIVE', 'SUSPENDED') AND c.card_id <> COALESCE(j.replaces, '')";
    if let Some(row) = fetch_optional(connection, sql, &[job.into()]).await? {
        return refused(Conflict::ActiveCard(text(&row, "card_id")?));
    }
    let sql =
        "SELECT c.job FROM cards c JOIN jobs j ON j.citizen = c.citizen WHERE j.job = $1 AND c.state = 'NEW'";
    if let Some(row) = fetch_optional(connection, sql, &[job.into()]).await? {
        return refused(Conflict::InProduction(text(&row, "job")?));
    }
    let sql = "SELECT state FROM cards WHERE chip = $1 AND (state <> 'REVOKED' OR issued_at IS NOT NULL)";
    match fetch_optional(connection, sql, &[chip.into()]).await? {
        Some(row) => in_state("chip", chip, format!("a card that is {}", text(&row, "state")?)),
        None => unknown("job", job),
    }
}

/// A card is issued, and the one that it replaces is revoked.
pub(super) async fn issued(
    connection: &mut AnyConnection,
    moment: Moment<'_>,
    card_id: &str,
    replaces: Option<&str>,
) -> Result<(), LedgerError> {
    if let Some(replaced) = replaces {
        let sql =
            "UPDATE cards SET state = 'REVOKED', replaced_by = $2 WHERE card_id = $1 AND replaced_by IS NULL";
        execute(connection, sql, &[replaced.into(), card_id.into()]).await?;
    }
    let sql = "UPDATE cards SET state = 'ACTIVE', issued_at = $2 WHERE card_id = $1 AND state = 'NEW'";
    match execute(connection, sql, &[card_id.into(), moment.at.into()]).await? {
        1 => Ok(()),
        _ => card_conflict(connection, card_id).await,
    }
}

/// A card that was begun will never be one.
pub(super) async fn given_up(connection: &mut AnyConnection, card_id: &str) -> Result<(), LedgerError> {
    let sql = "UPDATE cards SET state = 'REVOKED' WHERE card_id = $1 AND state = 'NEW'";
    match execute(connection, sql, &[card_id.into()]).await? {
        1 => Ok(()),
        _ => card_conflict(connection, card_id).await,
    }
}
