//! While a card is made: intents and outcomes of an attempt.

use sqlx::AnyConnection;
use sqlx::any::AnyRow;

use super::chips::{self, chip_conflict_at};
use super::jobs::job_conflict;
use super::{Moment, cards, in_state, not_here, refused, unknown};
use crate::ledger::error::{Conflict, LedgerError};
use crate::ledger::event::{ChipState, Event, JobState};
use crate::ledger::sql::statement::{Value, execute, fetch_optional, maybe_text, text};
use crate::ledger::view::AttemptStep;

pub(super) async fn apply(
    connection: &mut AnyConnection,
    moment: Moment<'_>,
    event: &Event,
) -> Result<(), LedgerError> {
    match event {
        Event::ProductionIntended {
            job,
            attempt,
            chip,
            card_id,
            reader,
        } => intended(connection, moment, (job, *attempt), [chip, card_id, reader]).await,
        Event::SignatureIntended {
            job,
            attempt,
            document_signer,
            signatures,
        } => {
            // The signer may be asked again when its answer was lost: each time counts.
            let from = [AttemptStep::Intended, AttemptStep::Signing];
            step(connection, (job, *attempt), &from, AttemptStep::Signing).await?;
            let sql = "INSERT INTO document_signers (serial, asked, made, extended) VALUES ($1, $2, 0, 0) \
                       ON CONFLICT (serial) DO UPDATE SET asked = document_signers.asked + $2";
            execute(connection, sql, &[document_signer.into(), (*signatures).into()]).await?;
            Ok(())
        }
        Event::SignatureMade {
            job,
            attempt,
            document_signer,
            signatures,
            security_object_sha256: _,
        } => {
            step(
                connection,
                (job, *attempt),
                &[AttemptStep::Signing],
                AttemptStep::Signed,
            )
            .await?;
            let sql = "UPDATE document_signers SET made = made + $2 WHERE serial = $1 AND made + $2 <= asked";
            let values = [document_signer.into(), (*signatures).into()];
            match execute(connection, sql, &values).await? {
                1 => Ok(()),
                _ => in_state(
                    "document signer",
                    document_signer,
                    "not asked for that many signatures",
                ),
            }
        }
        Event::ActivationIntended { job, attempt } => {
            // A card that was signed elsewhere is signed when it gets here.
            let from = [AttemptStep::Intended, AttemptStep::Signed];
            step(connection, (job, *attempt), &from, AttemptStep::Activating)
                .await
                .map(|_| ())
        }
        Event::CardIssued {
            job,
            attempt,
            receipt_sha256: _,
        } => issued(connection, moment, (job, *attempt)).await,
        Event::ProductionFailed {
            job,
            attempt,
            reason,
            chip,
            state,
        } => failed(connection, moment, (job, *attempt), reason, *chip, *state).await,
        _ => not_here(),
    }
}

async fn intended(
    connection: &mut AnyConnection,
    moment: Moment<'_>,
    (job, attempt): (&str, u32),
    [chip, card_id, reader]: [&String; 3],
) -> Result<(), LedgerError> {
    let sql = "UPDATE jobs SET attempts = attempts + 1, reason = NULL, changed_at = $3 WHERE job = $1 AND \
               attempts + 1 = $2 AND state = 'PENDING' AND purged = 0 AND EXISTS \
               (SELECT 1 FROM batches WHERE batches.batch = jobs.batch AND batches.state = 'STARTED') AND NOT EXISTS \
               (SELECT 1 FROM attempts WHERE attempts.job = jobs.job AND step NOT IN ('issued', 'failed'))";
    let values = [job.into(), attempt.into(), moment.at.into()];
    if execute(connection, sql, &values).await? != 1 {
        return not_startable(connection, job, attempt).await;
    }
    let sql = "UPDATE chips SET state = 'IN_PRODUCTION', job = $2, reason = NULL WHERE serial = $1 AND state = 'BLANK' AND \
               station = $3";
    let values = [chip.into(), job.into(), moment.station.into()];
    if execute(connection, sql, &values).await? != 1 {
        return chip_conflict_at(connection, chip, moment.station).await;
    }
    cards::begun(connection, card_id, chip, job).await?;
    let sql = "INSERT INTO attempts (job, attempt, chip, card_id, reader, step, began_at) \
               VALUES ($1, $2, $3, $4, $5, 'intended', $6)";
    let values = [
        job.into(),
        attempt.into(),
        chip.into(),
        card_id.into(),
        reader.into(),
        moment.at.into(),
    ];
    execute(connection, sql, &values).await.map(|_| ())
}

async fn not_startable(connection: &mut AnyConnection, job: &str, attempt: u32) -> Result<(), LedgerError> {
    let sql = "SELECT b.batch, b.state, j.attempts FROM jobs j JOIN batches b ON b.batch = j.batch WHERE j.job = $1 AND \
               (b.state <> 'STARTED' OR (j.state = 'PENDING' AND j.attempts + 1 <> $2))";
    match fetch_optional(connection, sql, &[job.into(), attempt.into()]).await? {
        Some(row) if text(&row, "state")? != "STARTED" => {
            in_state("batch", &text(&row, "batch")?, text(&row, "state")?)
        }
        Some(_) => in_state("job", job, format!("not at its attempt {attempt}")),
        None => job_conflict(connection, job).await,
    }
}

/// Takes the job's open attempt, which must be this one and in one of these steps, to another step.
async fn step(
    connection: &mut AnyConnection,
    (job, attempt): (&str, u32),
    from: &[AttemptStep],
    to: AttemptStep,
) -> Result<AnyRow, LedgerError> {
    let sql = "SELECT a.step, a.chip, a.card_id, j.replaces FROM attempts a JOIN jobs j ON j.job = a.job \
               WHERE a.job = $1 AND a.attempt = $2";
    let Some(row) = fetch_optional(connection, sql, &[job.into(), attempt.into()]).await? else {
        return unknown("attempt", &format!("{attempt} of the job {job}"));
    };
    let now = text(&row, "step")?;
    let Some(from) = from.iter().find(|step| step.name() == now) else {
        return in_state("attempt", &format!("{attempt} of the job {job}"), now);
    };
    let sql = "UPDATE attempts SET step = $3 WHERE job = $1 AND attempt = $2 AND step = $4";
    let values = [job.into(), attempt.into(), to.name().into(), from.name().into()];
    match execute(connection, sql, &values).await? {
        1 => Ok(row),
        _ => job_conflict(connection, job).await,
    }
}

async fn issued(
    connection: &mut AnyConnection,
    moment: Moment<'_>,
    (job, attempt): (&str, u32),
) -> Result<(), LedgerError> {
    let from = [AttemptStep::Activating];
    let row = step(connection, (job, attempt), &from, AttemptStep::Issued).await?;
    let replaces = maybe_text(&row, "replaces")?;
    cards::issued(connection, moment, &text(&row, "card_id")?, replaces.as_deref()).await?;
    chips::settle(connection, &text(&row, "chip")?, ChipState::Issued, None).await?;
    end(connection, moment, job, JobState::Issued, None).await
}

async fn failed(
    connection: &mut AnyConnection,
    moment: Moment<'_>,
    (job, attempt): (&str, u32),
    reason: &str,
    chip: ChipState,
    state: JobState,
) -> Result<(), LedgerError> {
    if !matches!(
        chip,
        ChipState::Blank | ChipState::Quarantined | ChipState::Spoiled
    ) {
        return refused(Conflict::Malformed {
            field: "chip",
            rule: "must be BLANK, QUARANTINED or SPOILED",
        });
    }
    let open = [
        AttemptStep::Intended,
        AttemptStep::Signing,
        AttemptStep::Signed,
        AttemptStep::Activating,
    ];
    let row = step(connection, (job, attempt), &open, AttemptStep::Failed).await?;
    cards::given_up(connection, &text(&row, "card_id")?).await?;
    let kept = (chip != ChipState::Blank).then_some(reason);
    chips::settle(connection, &text(&row, "chip")?, chip, kept).await?;
    end(connection, moment, job, state, Some(reason)).await
}

async fn end(
    connection: &mut AnyConnection,
    moment: Moment<'_>,
    job: &str,
    state: JobState,
    reason: Option<&str>,
) -> Result<(), LedgerError> {
    let sql = "UPDATE jobs SET state = $2, reason = $3, changed_at = $4 WHERE job = $1 AND state = 'PENDING'";
    let values = [
        job.into(),
        state.name().into(),
        Value::Maybe(reason),
        moment.at.into(),
    ];
    match execute(connection, sql, &values).await? {
        1 => Ok(()),
        _ => job_conflict(connection, job).await,
    }
}
