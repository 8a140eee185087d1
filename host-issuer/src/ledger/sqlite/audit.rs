//! An SQLite ledger as an auditor sees it.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use sqlx::AnyConnection;

use super::SqliteLedger;
use crate::ledger::Entry;
use crate::ledger::error::{Conflict, LedgerError};
use crate::ledger::sql::audit;
use crate::ledger::sql::statement::{fetch_all, text};
use crate::ledger::verify::Auditable;
use crate::ledger::verify::tables::{Row, Table, Tables};

impl SqliteLedger {
    /// What these events do to the tables, without the chain; see [`audit::replay`].
    pub(in crate::ledger) fn replay(
        &self,
        events: &[(u64, Entry)],
    ) -> Result<Option<(u64, Conflict)>, LedgerError> {
        self.database
            .run(async |connection| audit::replay(connection, events).await)
    }

    /// How everything in the database was made, by name.
    fn schema(&self) -> Result<BTreeMap<String, String>, LedgerError> {
        // What begins with `sqlite_` is made by SQLite for what else is there.
        let sql = "SELECT name, type || ' ' || COALESCE(sql, '') AS made FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'";
        self.database.run(async |connection| {
            let rows = fetch_all(connection, sql.to_owned(), &[]).await?;
            rows.iter()
                .map(|row| Ok((text(row, "name")?, text(row, "made")?)))
                .collect()
        })
    }
}

impl Tables for SqliteLedger {
    fn rows(&self, table: &Table, after: Option<&str>, limit: u32) -> Result<Vec<Row>, LedgerError> {
        self.database
            .run(async |connection| audit::rows(connection, table, after, limit).await)
    }

    fn count(&self, table: &Table) -> Result<u64, LedgerError> {
        self.database
            .run(async |connection| audit::count(connection, table).await)
    }
}

impl Auditable for SqliteLedger {
    fn faults(&self) -> Result<Vec<String>, LedgerError> {
        let mut faults = Vec::new();
        let (expected, found) = (expected_schema()?, self.schema()?);
        for (name, made) in expected {
            match found.get(name) {
                None => faults.push(format!("{name} is missing")),
                Some(other) if other != made => {
                    faults.push(format!("{name} is not as this program makes it"))
                }
                Some(_) => {}
            }
        }
        for name in found.keys().filter(|name| !expected.contains_key(*name)) {
            faults.push(format!("{name} is none of a ledger"));
        }
        faults.extend(self.database.run(own_findings)?);
        Ok(faults)
    }
}

/// How this program makes a database: always the same.
fn expected_schema() -> Result<&'static BTreeMap<String, String>, LedgerError> {
    static EXPECTED: OnceLock<BTreeMap<String, String>> = OnceLock::new();
    if let Some(schema) = EXPECTED.get() {
        return Ok(schema);
    }
    let schema = SqliteLedger::in_memory()?.schema()?;
    Ok(EXPECTED.get_or_init(|| schema))
}

/// What SQLite finds itself.
async fn own_findings(connection: &mut AnyConnection) -> Result<Vec<String>, LedgerError> {
    let mut faults = Vec::new();
    let rows = fetch_all(connection, "PRAGMA integrity_check(20)".to_owned(), &[]).await?;
    for row in &rows {
        let found = text(row, "integrity_check")?;
        if found != "ok" {
            faults.push(found);
        }
    }
    let rows = fetch_all(connection, "PRAGMA foreign_key_check".to_owned(), &[]).await?;
    if !rows.is_empty() {
        faults.push(format!("{} rows refer to rows that are not there", rows.len()));
    }
    Ok(faults)
}
