//! Checkpoints that are kept beside the chain.

use sqlx::AnyConnection;

use super::events;
use crate::ledger::Head;
use crate::ledger::checkpoint::Checkpoint;
use crate::ledger::error::{Conflict, LedgerError};
use crate::ledger::sql::statement::{digest, execute, fetch_all, fetch_optional, integer, number, text};

pub(in crate::ledger) async fn keep(
    connection: &mut AnyConnection,
    checkpoint: &Checkpoint,
) -> Result<(), LedgerError> {
    // Only of an event that stands there, with this digest.
    let sql = "SELECT sequence FROM events WHERE sequence = $1 AND digest = $2";
    let sequence = number(checkpoint.sequence)?;
    let found = fetch_optional(connection, sql, &[sequence.into(), (&checkpoint.digest).into()]).await?;
    if found.is_none() || checkpoint.ledger != events::identifier(connection).await? {
        return Err(LedgerError::Conflict(Conflict::Unknown {
            what: "event",
            id: format!("{} with this digest", checkpoint.sequence),
        }));
    }
    let sql = "INSERT INTO checkpoints (sequence, digest, at, signature) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
    let values = [
        sequence.into(),
        (&checkpoint.digest).into(),
        (&checkpoint.at).into(),
        (&checkpoint.signature).into(),
    ];
    execute(connection, sql, &values).await.map(|_| ())
}

pub(in crate::ledger) async fn after(
    connection: &mut AnyConnection,
    after: u64,
    limit: u32,
) -> Result<Vec<Checkpoint>, LedgerError> {
    let ledger = events::identifier(connection).await?;
    let sql = "SELECT sequence, digest, at, signature FROM checkpoints WHERE sequence > $1 ORDER BY sequence LIMIT $2";
    let values = [number(after)?.into(), limit.into()];
    let rows = fetch_all(connection, sql.to_owned(), &values).await?;
    let checkpoint = |row| {
        let head = Head {
            sequence: integer(row, "sequence")?,
            digest: digest(row, "digest")?,
        };
        let (at, signature) = (text(row, "at")?, text(row, "signature")?);
        Ok(Checkpoint::from_parts(ledger.clone(), &head, at, signature))
    };
    rows.iter().map(checkpoint).collect()
}
