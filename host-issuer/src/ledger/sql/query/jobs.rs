//! Jobs.

use sqlx::AnyConnection;
use sqlx::any::AnyRow;

use super::conditions::Conditions;
use crate::ledger::error::LedgerError;
use crate::ledger::event::{JobId, JobKind, JobState};
use crate::ledger::sql::statement::{fetch_all, integer, maybe_text, named, text};
use crate::ledger::view::{AttemptStep, AttemptView, JobFilter, JobView};

const SELECT: &str = "SELECT j.job, j.batch, j.content_sha256, j.citizen, j.province, j.kind, j.replaces, j.state, j.attempts, \
                      j.reason, j.accepted_at, j.changed_at, j.accepted, j.purged, a.chip, a.card_id, a.reader, a.step, a.began_at \
                      FROM jobs j LEFT JOIN attempts a ON a.job = j.job AND a.attempt = j.attempts";

pub(in crate::ledger) async fn job(
    connection: &mut AnyConnection,
    job: &JobId,
) -> Result<Option<JobView>, LedgerError> {
    let (sql, values) = Conditions::of(SELECT)
        .and_where("j.job =", Some(job), "")
        .ordered("j.sequence", 1);
    fetch_all(connection, sql, &values)
        .await?
        .first()
        .map(view)
        .transpose()
}

pub(in crate::ledger) async fn jobs(
    connection: &mut AnyConnection,
    filter: &JobFilter,
) -> Result<Vec<JobView>, LedgerError> {
    let mut conditions = Conditions::of(SELECT)
        .and_where("j.batch =", filter.batch.as_ref(), "")
        .and_where("j.state =", filter.state.map(JobState::name), "")
        .and_where(
            "j.sequence > (SELECT sequence FROM jobs WHERE job =",
            filter.after.as_ref(),
            ")",
        );
    if filter.unsettled {
        conditions = conditions.and("a.step NOT IN ('issued', 'failed')");
    }
    if filter.to_purge {
        let done = "j.purged = 0 AND (j.state = 'CANCELLED' OR (j.state = 'ISSUED' AND j.accepted = 1))";
        conditions = conditions.and(done);
    }
    if filter.to_accept {
        conditions = conditions.and("j.state = 'ISSUED' AND j.accepted = 0");
    }
    let (sql, values) = conditions.ordered("j.sequence", filter.limit);
    fetch_all(connection, sql, &values)
        .await?
        .iter()
        .map(view)
        .collect()
}

fn view(row: &AnyRow) -> Result<JobView, LedgerError> {
    let attempts = integer(row, "attempts")?;
    Ok(JobView {
        job: text(row, "job")?,
        batch: text(row, "batch")?,
        content_sha256: text(row, "content_sha256")?,
        citizen: text(row, "citizen")?,
        province: text(row, "province")?,
        kind: named(row, "kind", JobKind::from_name)?,
        replaces: maybe_text(row, "replaces")?,
        state: named(row, "state", JobState::from_name)?,
        attempt: match attempts {
            0 => None,
            attempt => Some(AttemptView {
                attempt,
                chip: text(row, "chip")?,
                card_id: text(row, "card_id")?,
                reader: text(row, "reader")?,
                step: named(row, "step", AttemptStep::from_name)?,
                began_at: text(row, "began_at")?,
            }),
        },
        attempts,
        reason: maybe_text(row, "reason")?,
        accepted_at: text(row, "accepted_at")?,
        changed_at: text(row, "changed_at")?,
        accepted: integer::<i64>(row, "accepted")? != 0,
        purged: integer::<i64>(row, "purged")? != 0,
    })
}
