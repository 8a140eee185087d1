//! Chips in stock.

use sqlx::AnyConnection;

use super::approvals::spend;
use super::{Moment, in_state, not_here, refused};
use crate::ledger::error::{Conflict, LedgerError};
use crate::ledger::event::{ChipState, Event, Purpose};
use crate::ledger::sql::statement::{Value, execute, fetch_optional, integer, named, text};

pub(super) async fn apply(
    connection: &mut AnyConnection,
    moment: Moment<'_>,
    event: &Event,
) -> Result<(), LedgerError> {
    match event {
        Event::ChipRegistered {
            serial,
            manifest,
            keys,
            delivery,
            applet_version,
            station,
            moves,
        } => {
            let texts = [serial, manifest, delivery, applet_version, station];
            registered(connection, texts, *moves).await?;
            add_keys(connection, serial, keys).await
        }
        Event::ChipMoved {
            serial,
            from,
            to,
            moves,
        } => moved(connection, serial, [from, to], *moves).await,
        // Nothing was done to it, and it may be nobody's chip.
        Event::ChipRefused { .. } => Ok(()),
        Event::ChipKeysDrawn { serial, job, keys } => {
            let sql = "SELECT serial FROM chips WHERE serial = $1 AND job = $2 AND state = 'IN_PRODUCTION'";
            if fetch_optional(connection, sql, &[serial.into(), job.into()])
                .await?
                .is_none()
            {
                return chip_conflict(connection, serial).await;
            }
            add_keys(connection, serial, keys).await
        }
        Event::ChipQuarantined { serial, reason } => {
            let sql =
                "UPDATE chips SET state = 'QUARANTINED', reason = $2 WHERE serial = $1 AND state = 'BLANK'";
            change(connection, serial, sql, &[serial.into(), reason.into()]).await
        }
        Event::ChipReleased { serial, approval } => {
            let sql =
                "UPDATE chips SET state = 'BLANK', reason = NULL WHERE serial = $1 AND state = 'QUARANTINED'";
            change(connection, serial, sql, &[serial.into()]).await?;
            let purpose = Purpose::ReleaseQuarantine;
            spend(connection, moment, approval, purpose, serial).await
        }
        Event::ChipSpoiled { serial, reason } => spoiled(connection, serial, reason).await,
        Event::ChipDestroyed { serial, approval } => {
            let sql = "UPDATE chips SET state = 'DESTROYED' WHERE serial = $1 AND state IN ('QUARANTINED', 'SPOILED')";
            change(connection, serial, sql, &[serial.into()]).await?;
            spend(connection, moment, approval, Purpose::Destroy, serial).await
        }
        _ => not_here(),
    }
}

async fn registered(
    connection: &mut AnyConnection,
    texts: [&String; 5],
    moves: u32,
) -> Result<(), LedgerError> {
    let sql = "INSERT INTO chips (serial, manifest, delivery, applet_version, station, moves, state) \
               VALUES ($1, $2, $3, $4, $5, $6, 'BLANK') ON CONFLICT DO NOTHING";
    let [serial, manifest, delivery, applet_version, station] = texts;
    let values = [
        serial.into(),
        manifest.into(),
        delivery.into(),
        applet_version.into(),
        station.into(),
        Value::from(moves),
    ];
    match execute(connection, sql, &values).await? {
        1 => Ok(()),
        _ => refused(Conflict::SerialTwice(serial.clone())),
    }
}

async fn add_keys(connection: &mut AnyConnection, serial: &str, keys: &[String]) -> Result<(), LedgerError> {
    for key in keys {
        let sql = "INSERT INTO chip_keys (public_key, serial) VALUES ($1, $2) ON CONFLICT DO NOTHING";
        if execute(connection, sql, &[key.into(), serial.into()]).await? == 1 {
            continue;
        }
        // It is no second key when the same chip has it: one that it drew ahead is used now.
        let sql = "SELECT serial FROM chip_keys WHERE public_key = $1 AND serial = $2";
        if fetch_optional(connection, sql, &[key.into(), serial.into()])
            .await?
            .is_none()
        {
            return refused(Conflict::KeyTwice(serial.to_owned()));
        }
    }
    Ok(())
}

async fn moved(
    connection: &mut AnyConnection,
    serial: &str,
    [from, to]: [&String; 2],
    moves: u32,
) -> Result<(), LedgerError> {
    let sql = "UPDATE chips SET station = $3, moves = $4 WHERE serial = $1 AND station = $2 AND moves < $4 AND \
               state IN ('BLANK', 'QUARANTINED', 'SPOILED')";
    let values = [serial.into(), from.into(), to.into(), moves.into()];
    if execute(connection, sql, &values).await? == 1 {
        return Ok(());
    }
    let sql = "SELECT moves FROM chips WHERE serial = $1 AND moves >= $2";
    match fetch_optional(connection, sql, &[serial.into(), moves.into()]).await? {
        Some(row) => {
            let before: i64 = integer(&row, "moves")?;
            in_state("chip", serial, format!("handed over {before} times already"))
        }
        None => chip_conflict_at(connection, serial, from).await,
    }
}

async fn spoiled(connection: &mut AnyConnection, serial: &str, reason: &str) -> Result<(), LedgerError> {
    // A card in the bin must not be a valid one.
    let sql = "SELECT card_id, state FROM cards WHERE chip = $1 AND state IN ('ACTIVE', 'SUSPENDED')";
    if let Some(row) = fetch_optional(connection, sql, &[serial.into()]).await? {
        return in_state("card", &text(&row, "card_id")?, text(&row, "state")?);
    }
    let sql = "UPDATE chips SET state = 'SPOILED', reason = $2 WHERE serial = $1 AND state IN ('BLANK', 'QUARANTINED', 'ISSUED')";
    change(connection, serial, sql, &[serial.into(), reason.into()]).await
}

async fn change(
    connection: &mut AnyConnection,
    serial: &str,
    sql: &'static str,
    values: &[Value<'_>],
) -> Result<(), LedgerError> {
    match execute(connection, sql, values).await? {
        1 => Ok(()),
        _ => chip_conflict(connection, serial).await,
    }
}

/// Why an event cannot have happened to this chip: it is not there, or in another state.
pub(super) async fn chip_conflict<T>(connection: &mut AnyConnection, serial: &str) -> Result<T, LedgerError> {
    let sql = "SELECT state FROM chips WHERE serial = $1";
    match fetch_optional(connection, sql, &[serial.into()]).await? {
        Some(row) => refused(Conflict::ChipState {
            serial: serial.to_owned(),
            state: named(&row, "state", ChipState::from_name)?.name(),
        }),
        None => refused(Conflict::ChipUnknown(serial.to_owned())),
    }
}

/// The same, or it is at another station than this one.
pub(super) async fn chip_conflict_at<T>(
    connection: &mut AnyConnection,
    serial: &str,
    station: &str,
) -> Result<T, LedgerError> {
    let sql = "SELECT station FROM chips WHERE serial = $1 AND station <> $2";
    match fetch_optional(connection, sql, &[serial.into(), station.into()]).await? {
        Some(row) => refused(Conflict::ChipElsewhere {
            serial: serial.to_owned(),
            station: text(&row, "station")?,
        }),
        None => chip_conflict(connection, serial).await,
    }
}

/// The chip that a job uses becomes something else.
pub(super) async fn settle(
    connection: &mut AnyConnection,
    serial: &str,
    state: ChipState,
    reason: Option<&str>,
) -> Result<(), LedgerError> {
    let sql = "UPDATE chips SET state = $2, reason = $3 WHERE serial = $1 AND state = 'IN_PRODUCTION'";
    let values = [serial.into(), state.name().into(), Value::Maybe(reason)];
    change(connection, serial, sql, &values).await
}
