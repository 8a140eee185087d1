//! Events into the chain.

use sqlx::{AnyConnection, Connection as _};

use super::apply;
use super::query::events;
use super::statement::{execute, in_doubt, number, store};
use crate::ledger::check::{self, MAX_ENTRIES};
use crate::ledger::error::{Conflict, LedgerError};
use crate::ledger::{Chained, Entry, Head};

/// Appends these entries in one transaction, which `begin` opens for writing.
///
/// The end of the chain is read inside it: who else writes to this database waits, so the chain has no branches.
pub(in crate::ledger) async fn append(
    connection: &mut AnyConnection,
    begin: &'static str,
    entries: &[Entry],
) -> Result<Head, LedgerError> {
    if entries.len() > MAX_ENTRIES {
        return Err(LedgerError::Conflict(Conflict::Malformed {
            field: "number",
            rule: "must not be over 100000 in one call",
        }));
    }
    let contents = entries
        .iter()
        .map(check::content)
        .collect::<Result<Vec<_>, _>>()?;
    let mut transaction = connection
        .begin_with(begin)
        .await
        .map_err(|error| store("written", &error))?;
    match append_all(&mut transaction, entries, contents).await {
        Ok(head) => {
            transaction.commit().await.map_err(|error| in_doubt(&error))?;
            Ok(head)
        }
        Err(error) => {
            // Why nothing was appended is what is told; a connection that cannot roll back fails at its next transaction.
            let _ = transaction.rollback().await;
            Err(error)
        }
    }
}

async fn append_all(
    connection: &mut AnyConnection,
    entries: &[Entry],
    contents: Vec<Vec<u8>>,
) -> Result<Head, LedgerError> {
    let mut head = events::head(connection).await?;
    for (entry, content) in entries.iter().zip(contents) {
        let chained = Chained::after(&head, content);
        insert(connection, &chained).await?;
        apply::apply(connection, number(chained.sequence)?, entry).await?;
        head = chained.head();
    }
    Ok(head)
}

async fn insert(connection: &mut AnyConnection, chained: &Chained) -> Result<(), LedgerError> {
    let content = std::str::from_utf8(&chained.content)
        .map_err(|_| LedgerError::Damaged("an event that is no text".to_owned()))?;
    let digest = hex::encode(chained.digest);
    let sql = "INSERT INTO events (sequence, content, digest) VALUES ($1, $2, $3)";
    let values = [number(chained.sequence)?.into(), content.into(), (&digest).into()];
    execute(connection, sql, &values).await.map(|_| ())
}
