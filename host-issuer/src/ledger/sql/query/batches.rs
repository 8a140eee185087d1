//! Batches.

use std::collections::HashMap;

use sqlx::AnyConnection;

use super::conditions::Conditions;
use crate::ledger::error::LedgerError;
use crate::ledger::event::{BatchId, JobState};
use crate::ledger::sql::statement::{fetch_all, integer, named, text};
use crate::ledger::view::{BatchState, BatchView, JobCounts};

/// One batch, or all of them, the newest first.
pub(in crate::ledger) async fn batches(
    connection: &mut AnyConnection,
    batch: Option<&BatchId>,
) -> Result<Vec<BatchView>, LedgerError> {
    let mut counts = counts(connection, batch).await?;
    let (sql, values) = Conditions::of("SELECT batch, profile, state, created_at FROM batches")
        .and_where("batch =", batch, "")
        .ordered("sequence DESC", 0);
    let rows = fetch_all(connection, sql, &values).await?;
    rows.iter()
        .map(|row| {
            let batch = text(row, "batch")?;
            Ok(BatchView {
                counts: counts.remove(&batch).unwrap_or_default(),
                batch,
                profile: text(row, "profile")?,
                state: named(row, "state", BatchState::from_name)?,
                created_at: text(row, "created_at")?,
            })
        })
        .collect()
}

async fn counts(
    connection: &mut AnyConnection,
    batch: Option<&BatchId>,
) -> Result<HashMap<BatchId, JobCounts>, LedgerError> {
    let (sql, values) = Conditions::of("SELECT batch, state, COUNT(*) AS jobs, COUNT(CASE WHEN accepted = 1 THEN 1 END) AS accepted FROM jobs")
        .and_where("batch =", batch, "")
        .grouped("batch, state");
    let mut counts: HashMap<BatchId, JobCounts> = HashMap::new();
    for row in fetch_all(connection, sql, &values).await? {
        let of_batch = counts.entry(text(&row, "batch")?).or_default();
        // Only jobs that are issued are accepted.
        of_batch.accepted = of_batch.accepted.saturating_add(integer(&row, "accepted")?);
        let place = match named(&row, "state", JobState::from_name)? {
            JobState::Pending => &mut of_batch.pending,
            JobState::Issued => &mut of_batch.issued,
            JobState::Cancelled => &mut of_batch.cancelled,
            JobState::Failed => &mut of_batch.failed,
        };
        *place = integer(&row, "jobs")?;
    }
    Ok(counts)
}
