//! The wrapped keys of personal data: beside the chain, so that they can be destroyed.

use sqlx::AnyConnection;

use crate::ledger::error::{Conflict, LedgerError};
use crate::ledger::event::JobId;
use crate::ledger::sql::statement::{execute, fetch_optional, text};

pub(in crate::ledger) async fn keep(
    connection: &mut AnyConnection,
    job: &JobId,
    wrapped: &[u8],
) -> Result<(), LedgerError> {
    let wrapped = hex::encode(wrapped);
    let sql = "INSERT INTO job_keys (job, wrapped) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    if execute(connection, sql, &[job.into(), (&wrapped).into()]).await? == 1 {
        return Ok(());
    }
    // Kept already, as when the process died before it knew: fine. Another key would make what the first one sealed unreadable.
    let sql = "SELECT job FROM job_keys WHERE job = $1 AND wrapped = $2";
    match fetch_optional(connection, sql, &[job.into(), (&wrapped).into()]).await? {
        Some(_) => Ok(()),
        None => Err(LedgerError::Conflict(Conflict::State {
            what: "key of the job",
            id: job.clone(),
            state: "kept already".to_owned(),
        })),
    }
}

pub(in crate::ledger) async fn kept(
    connection: &mut AnyConnection,
    job: &JobId,
) -> Result<Option<Vec<u8>>, LedgerError> {
    let sql = "SELECT wrapped FROM job_keys WHERE job = $1";
    match fetch_optional(connection, sql, &[job.into()]).await? {
        None => Ok(None),
        Some(row) => hex::decode(text(&row, "wrapped")?)
            .map(Some)
            .map_err(|_| LedgerError::Damaged("the key of a job is no hexadecimal".to_owned())),
    }
}

pub(in crate::ledger) async fn destroy(
    connection: &mut AnyConnection,
    job: &JobId,
) -> Result<(), LedgerError> {
    let sql = "DELETE FROM job_keys WHERE job = $1";
    execute(connection, sql, &[job.into()]).await.map(|_| ())
}
