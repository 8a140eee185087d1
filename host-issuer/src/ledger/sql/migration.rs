//! The versions of the tables.
//!
//! A version is never edited once a station has it: a change is a new file with the next number.

use sqlx::{AnyConnection, AssertSqlSafe, Connection as _};

use super::statement::{execute, fetch_optional, in_doubt, integer, store};
use crate::ledger::error::LedgerError;

/// What makes each version out of the one before; the first makes version 1.
const MIGRATIONS: &[&str] = &[include_str!("../../../migrations/0001_ledger.sql")];

/// Brings the tables to the version that this program knows. `of_this_database` are statements beside each version that only one
/// kind of database takes.
///
/// # Errors
/// [`LedgerError::Damaged`] for tables of a newer version.
pub(in crate::ledger) async fn migrate(
    connection: &mut AnyConnection,
    begin: &'static str,
    of_this_database: &[&'static str],
) -> Result<(), LedgerError> {
    let mut transaction = connection
        .begin_with(begin)
        .await
        .map_err(|error| store("opened", &error))?;
    let sql = "CREATE TABLE IF NOT EXISTS ledger_version (version BIGINT PRIMARY KEY)";
    execute(&mut transaction, sql, &[]).await?;
    let from = version(&mut transaction).await?;
    if from > MIGRATIONS.len() {
        let known = MIGRATIONS.len();
        return Err(LedgerError::Damaged(format!(
            "its tables have the version {from}, and this program knows {known}: a newer program made it"
        )));
    }
    for (place, migration) in MIGRATIONS.iter().enumerate().skip(from) {
        let own = of_this_database.get(place).copied().unwrap_or_default();
        for statements in [*migration, own] {
            sqlx::raw_sql(AssertSqlSafe(statements))
                .execute(&mut *transaction)
                .await
                .map_err(|error| store("written", &error))?;
        }
        let version = i64::try_from(place + 1).unwrap_or(i64::MAX);
        let sql = "INSERT INTO ledger_version (version) VALUES ($1)";
        execute(&mut transaction, sql, &[version.into()]).await?;
    }
    transaction.commit().await.map_err(|error| in_doubt(&error))
}

/// Refuses tables of another version than this program's, and changes nothing.
///
/// # Errors
/// [`LedgerError::Damaged`].
pub(in crate::ledger) async fn must_be_current(connection: &mut AnyConnection) -> Result<(), LedgerError> {
    match (version(connection).await?, MIGRATIONS.len()) {
        (found, known) if found == known => Ok(()),
        (found, known) => Err(LedgerError::Damaged(format!(
            "its tables have the version {found}, and this program knows {known}"
        ))),
    }
}

async fn version(connection: &mut AnyConnection) -> Result<usize, LedgerError> {
    let sql = "SELECT COALESCE(MAX(version), 0) AS version FROM ledger_version";
    match fetch_optional(connection, sql, &[]).await? {
        Some(row) => integer(&row, "version"),
        None => Ok(0),
    }
}
