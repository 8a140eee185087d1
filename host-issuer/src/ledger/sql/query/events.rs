//! The chain.

use sqlx::AnyConnection;

use crate::ledger::error::LedgerError;
use crate::ledger::sql::statement::{digest, fetch_all, fetch_optional, integer, number, text};
use crate::ledger::{Chained, Head};

pub(in crate::ledger) async fn head(connection: &mut AnyConnection) -> Result<Head, LedgerError> {
    let sql = "SELECT sequence, digest FROM events ORDER BY sequence DESC LIMIT 1";
    match fetch_optional(connection, sql, &[]).await? {
        None => Ok(Head::START),
        Some(row) => Ok(Head {
            sequence: integer(&row, "sequence")?,
            digest: digest(&row, "digest")?,
        }),
    }
}

pub(in crate::ledger) async fn after(
    connection: &mut AnyConnection,
    after: u64,
    limit: u32,
) -> Result<Vec<Chained>, LedgerError> {
    let sql = "SELECT sequence, content, digest FROM events WHERE sequence > $1 ORDER BY sequence LIMIT $2";
    let values = [number(after)?.into(), limit.into()];
    let rows = fetch_all(connection, sql.to_owned(), &values).await?;
    let chained = |row| {
        Ok(Chained {
            sequence: integer(row, "sequence")?,
            content: text(row, "content")?.into_bytes(),
            digest: digest(row, "digest")?,
        })
    };
    rows.iter().map(chained).collect()
}

pub(in crate::ledger) async fn identifier(connection: &mut AnyConnection) -> Result<String, LedgerError> {
    match fetch_optional(connection, "SELECT ledger FROM ledger", &[]).await? {
        Some(row) => text(&row, "ledger"),
        None => Err(LedgerError::Damaged("it has no first event".to_owned())),
    }
}
