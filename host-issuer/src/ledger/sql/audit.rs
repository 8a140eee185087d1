//! What an audit asks of the tables: rows as they stand, and events applied again.

use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row as _};

use super::apply;
use super::statement::{fetch_all, integer, number};
use crate::ledger::Entry;
use crate::ledger::error::{Conflict, LedgerError};
use crate::ledger::verify::tables::{Cell, Row, Table};

/// Rows by their keys, whatever is in them.
pub(in crate::ledger) async fn rows(
    connection: &mut AnyConnection,
    table: &Table,
    after: Option<&str>,
    limit: u32,
) -> Result<Vec<Row>, LedgerError> {
    let Table { name, key, columns } = table;
    let columns = columns.join(", ");
    let order = if after.is_some() { ">" } else { ">=" };
    // A key that is no text has no place in the order.
    let sql = format!(
        "SELECT {columns} FROM {name} WHERE {key} {order} $1 AND {key} = CAST({key} AS TEXT) ORDER BY {key} LIMIT $2"
    );
    let values = [after.unwrap_or_default().into(), limit.into()];
    let rows = fetch_all(connection, sql, &values).await?;
    Ok(rows.iter().map(|row| cells(row, table.columns.len())).collect())
}

fn cells(row: &AnyRow, columns: usize) -> Row {
    let cell = |column| {
        if let Ok(text) = row.try_get::<Option<String>, usize>(column) {
            text.map_or(Cell::Null, Cell::Text)
        } else if let Ok(number) = row.try_get::<i64, usize>(column) {
            Cell::Integer(number)
        } else {
            Cell::Other
        }
    };
    (0..columns).map(cell).collect()
}

pub(in crate::ledger) async fn count(
    connection: &mut AnyConnection,
    table: &Table,
) -> Result<u64, LedgerError> {
    let sql = format!("SELECT COUNT(*) AS lines FROM {}", table.name);
    match fetch_all(connection, sql, &[]).await?.first() {
        Some(row) => integer(row, "lines"),
        None => Ok(0),
    }
}

/// Changes the tables as these events say, which have these numbers. Gives back the first that the tables refuse; what it would
/// have changed may be there in part.
pub(in crate::ledger) async fn replay(
    connection: &mut AnyConnection,
    events: &[(u64, Entry)],
) -> Result<Option<(u64, Conflict)>, LedgerError> {
    for (sequence, entry) in events {
        match apply::apply(connection, number(*sequence)?, entry).await {
            Ok(()) => {}
            Err(LedgerError::Conflict(conflict)) => return Ok(Some((*sequence, conflict))),
            Err(error) => return Err(error),
        }
    }
    Ok(None)
}
