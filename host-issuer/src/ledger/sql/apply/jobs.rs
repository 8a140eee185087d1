//! Batches and jobs, but for what happens while a card is made.

use sqlx::AnyConnection;

use super::approvals::spend;
use super::{Moment, in_state, not_here, refused, unknown};
use crate::ledger::error::{Conflict, LedgerError};
use crate::ledger::event::{Event, Purpose};
use crate::ledger::sql::statement::{Value, execute, fetch_optional, integer, text};

pub(super) async fn apply(
    connection: &mut AnyConnection,
    moment: Moment<'_>,
    event: &Event,
) -> Result<(), LedgerError> {
    match event {
        Event::BatchCreated { batch, profile, jobs } => {
            created(connection, moment, batch, profile, *jobs).await
        }
        Event::JobAccepted { .. } => accepted(connection, moment, event).await,
        Event::BatchStarted { batch, approval } => {
            let sql = "UPDATE batches SET state = 'STARTED' WHERE batch = $1 AND state = 'CREATED' AND accepted = jobs";
            change_batch(connection, sql, batch).await?;
            spend(connection, moment, approval, Purpose::StartBatch, batch).await
        }
        Event::BatchClosed { batch, approval } => {
            let sql = "UPDATE batches SET state = 'CLOSED' WHERE batch = $1 AND state = 'STARTED' AND NOT EXISTS \
                       (SELECT 1 FROM jobs WHERE jobs.batch = batches.batch AND (jobs.state IN ('PENDING', 'FAILED') OR \
                       (jobs.state = 'ISSUED' AND jobs.accepted = 0)))";
            change_batch(connection, sql, batch).await?;
            spend(connection, moment, approval, Purpose::CloseBatch, batch).await
        }
        Event::JobRefused { job, reason } => {
            let sql = "UPDATE jobs SET state = 'FAILED', reason = $2, changed_at = $3 \
                       WHERE job = $1 AND state = 'PENDING' AND NOT EXISTS \
                       (SELECT 1 FROM attempts WHERE attempts.job = jobs.job AND step NOT IN ('issued', 'failed'))";
            let values = [job.into(), reason.into(), moment.at.into()];
            change_job(connection, job, sql, &values).await
        }
        Event::JobCancelled { job, reason } => {
            let sql = "UPDATE jobs SET state = 'CANCELLED', reason = $2, changed_at = $3 \
                       WHERE job = $1 AND (state IN ('PENDING', 'FAILED') OR (state = 'ISSUED' AND accepted = 0 AND \
                       NOT EXISTS (SELECT 1 FROM cards WHERE cards.job = jobs.job AND cards.state <> 'REVOKED'))) AND \
                       NOT EXISTS \
                       (SELECT 1 FROM attempts WHERE attempts.job = jobs.job AND step NOT IN ('issued', 'failed'))";
            change_job(
                connection,
                job,
                sql,
                &[job.into(), reason.into(), moment.at.into()],
            )
            .await
        }
        Event::JobRetried { job, approval } => retried(connection, moment, job, approval.as_deref()).await,
        Event::PrintDataGiven { job, card_id } => valid_card(connection, job, card_id).await,
        Event::CardAccepted { job, card_id } => {
            valid_card(connection, job, card_id).await?;
            let sql = "UPDATE jobs SET accepted = 1 WHERE job = $1 AND accepted = 0 AND purged = 0 AND state = 'ISSUED'";
            change_job(connection, job, sql, &[job.into()]).await
        }
        Event::JobPurged { job } => {
            let sql = "UPDATE jobs SET purged = 1 WHERE job = $1 AND purged = 0 AND \
                       (state = 'CANCELLED' OR (state = 'ISSUED' AND accepted = 1))";
            change_job(connection, job, sql, &[job.into()]).await
        }
        _ => not_here(),
    }
}

/// The card is the job's, and valid.
async fn valid_card(connection: &mut AnyConnection, job: &str, card_id: &str) -> Result<(), LedgerError> {
    let sql = "SELECT state FROM cards WHERE card_id = $1 AND job = $2";
    let Some(row) = fetch_optional(connection, sql, &[card_id.into(), job.into()]).await? else {
        return unknown("card", card_id);
    };
    match text(&row, "state")? {
        state if matches!(state.as_str(), "ACTIVE" | "SUSPENDED") => Ok(()),
        state => in_state("card", card_id, state),
    }
}

async fn created(
    connection: &mut AnyConnection,
    moment: Moment<'_>,
    batch: &str,
    profile: &str,
    jobs: u32,
) -> Result<(), LedgerError> {
    let sql = "INSERT INTO batches (batch, profile, jobs, accepted, state, created_at, sequence) \
               VALUES ($1, $2, $3, 0, 'CREATED', $4, $5) ON CONFLICT DO NOTHING";
    let values = [
        batch.into(),
        profile.into(),
        jobs.into(),
        moment.at.into(),
        moment.sequence.into(),
    ];
    match execute(connection, sql, &values).await? {
        1 => Ok(()),
        _ => batch_conflict(connection, batch).await,
    }
}

async fn accepted(
    connection: &mut AnyConnection,
    moment: Moment<'_>,
    event: &Event,
) -> Result<(), LedgerError> {
    let Event::JobAccepted {
        job,
        batch,
        content_sha256,
        citizen,
        province,
        reason,
        replaces,
    } = event
    else {
        return not_here();
    };
    let sql = "UPDATE batches SET accepted = accepted + 1 WHERE batch = $1 AND state = 'CREATED' AND accepted < jobs";
    change_batch(connection, sql, batch).await?;
    if let Some(card_id) = replaces {
        let sql = "SELECT card_id FROM cards WHERE card_id = $1 AND citizen = $2 AND issued_at IS NOT NULL";
        if fetch_optional(connection, sql, &[card_id.into(), citizen.into()])
            .await?
            .is_none()
        {
            return refused(Conflict::NotReplaceable(card_id.clone()));
        }
    }
    let sql = "INSERT INTO jobs (job, batch, content_sha256, citizen, province, kind, replaces, state, attempts, \
               accepted_at, changed_at, accepted, purged, sequence) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, 'PENDING', 0, $8, $8, 0, 0, $9) ON CONFLICT DO NOTHING";
    let values = [
        job.into(),
        batch.into(),
        content_sha256.into(),
        citizen.into(),
        province.into(),
        reason.name().into(),
        Value::Maybe(replaces.as_deref()),
        moment.at.into(),
        moment.sequence.into(),
    ];
    if execute(connection, sql, &values).await? == 1 {
        return Ok(());
    }
    let sql = "SELECT job FROM jobs WHERE content_sha256 = $1 AND COALESCE(replaces, '') = $2 AND state <> 'CANCELLED'";
    let replaced = replaces.as_deref().unwrap_or_default();
    match fetch_optional(connection, sql, &[content_sha256.into(), replaced.into()]).await? {
        Some(row) => refused(Conflict::JobTwice(text(&row, "job")?)),
        None => job_conflict(connection, job).await,
    }
}

/// A job that failed is pending again; one that was issued only with an approval, and when its card is valid no more.
async fn retried(
    connection: &mut AnyConnection,
    moment: Moment<'_>,
    job: &str,
    approval: Option<&str>,
) -> Result<(), LedgerError> {
    let failed = "UPDATE jobs SET state = 'PENDING', reason = NULL, changed_at = $2 WHERE job = $1 AND state = 'FAILED' \
                  AND purged = 0";
    let issued = "UPDATE jobs SET state = 'PENDING', reason = NULL, changed_at = $2 WHERE job = $1 AND \
                  state IN ('FAILED', 'ISSUED') AND accepted = 0 AND purged = 0 AND NOT EXISTS \
                  (SELECT 1 FROM cards WHERE cards.job = jobs.job AND cards.state <> 'REVOKED')";
    let sql = if approval.is_some() { issued } else { failed };
    change_job(connection, job, sql, &[job.into(), moment.at.into()]).await?;
    match approval {
        Some(approval) => spend(connection, moment, approval, Purpose::Reissue, job).await,
        None => Ok(()),
    }
}

async fn change_batch(
    connection: &mut AnyConnection,
    sql: &'static str,
    batch: &str,
) -> Result<(), LedgerError> {
    match execute(connection, sql, &[batch.into()]).await? {
        1 => Ok(()),
        _ => batch_conflict(connection, batch).await,
    }
}

async fn batch_conflict(connection: &mut AnyConnection, batch: &str) -> Result<(), LedgerError> {
    let sql = "SELECT state, jobs, accepted FROM batches WHERE batch = $1";
    let Some(row) = fetch_optional(connection, sql, &[batch.into()]).await? else {
        return unknown("batch", batch);
    };
    let (jobs, accepted): (i64, i64) = (integer(&row, "jobs")?, integer(&row, "accepted")?);
    let sql = "SELECT COUNT(CASE WHEN state IN ('PENDING', 'FAILED') THEN 1 END) AS open, \
               COUNT(CASE WHEN state = 'ISSUED' AND accepted = 0 THEN 1 END) AS made FROM jobs WHERE batch = $1";
    let (open, made): (i64, i64) = match fetch_optional(connection, sql, &[batch.into()]).await? {
        Some(row) => (integer(&row, "open")?, integer(&row, "made")?),
        None => (0, 0),
    };
    let state = text(&row, "state")?;
    in_state(
        "batch",
        batch,
        match state.as_str() {
            "CREATED" => format!("CREATED, with {accepted} of {jobs} jobs"),
            "STARTED" if open == 0 => format!("STARTED, with {made} cards that nobody accepted"),
            "STARTED" => format!("STARTED, with {open} jobs neither issued nor cancelled"),
            _ => state,
        },
    )
}

async fn change_job(
    connection: &mut AnyConnection,
    job: &str,
    sql: &'static str,
    values: &[Value<'_>],
) -> Result<(), LedgerError> {
    match execute(connection, sql, values).await? {
        1 => Ok(()),
        _ => job_conflict(connection, job).await,
    }
}

/// Why an event cannot have happened to this job: it is not there, or not where the event starts.
pub(super) async fn job_conflict<T>(connection: &mut AnyConnection, job: &str) -> Result<T, LedgerError> {
    let sql = "SELECT j.state, j.accepted, j.purged, j.attempts, COALESCE(a.step, '') AS step FROM jobs j \
               LEFT JOIN attempts a ON a.job = j.job AND a.attempt = j.attempts WHERE j.job = $1";
    let Some(row) = fetch_optional(connection, sql, &[job.into()]).await? else {
        return unknown("job", job);
    };
    let mut state = text(&row, "state")?;
    let (attempts, step): (i64, String) = (integer(&row, "attempts")?, text(&row, "step")?);
    if !matches!(step.as_str(), "" | "issued" | "failed") {
        state.push_str(&format!(", its attempt {attempts} is {step}"));
    }
    if integer::<i64>(&row, "accepted")? == 1 {
        state.push_str(", its card is accepted");
    }
    if integer::<i64>(&row, "purged")? == 1 {
        state.push_str(", its personal data are purged");
    }
    in_state("job", job, state)
}
