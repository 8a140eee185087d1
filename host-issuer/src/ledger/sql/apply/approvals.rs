//! Officers, approvals, quotas and shifts.

use sqlx::AnyConnection;

use super::{Moment, not_here, refused, unknown};
use crate::ledger::error::{Conflict, LedgerError};
use crate::ledger::event::{Event, OfficerEntry, Purpose};
use crate::ledger::sql::statement::{Value, execute, fetch_optional, text};

pub(super) async fn apply(
    connection: &mut AnyConnection,
    moment: Moment<'_>,
    event: &Event,
) -> Result<(), LedgerError> {
    match event {
        Event::ApprovalUsed {
            approval,
            purpose,
            subject,
            requested_by,
            approved_by,
        } => {
            used(
                connection,
                approval,
                *purpose,
                subject,
                [requested_by, approved_by],
            )
            .await
        }
        // As often as it happens; it may be presented again when what it lacked is there.
        Event::ApprovalRefused { .. } => Ok(()),
        Event::QuotaExtended {
            document_signer,
            signatures,
            approval,
        } => {
            spend(
                connection,
                moment,
                approval,
                Purpose::ExtendQuota,
                document_signer,
            )
            .await?;
            let sql = "INSERT INTO document_signers (serial, asked, made, extended) VALUES ($1, 0, 0, $2) \
                       ON CONFLICT (serial) DO UPDATE SET extended = document_signers.extended + $2";
            let values = [document_signer.into(), (*signatures).into()];
            execute(connection, sql, &values).await.map(|_| ())
        }
        Event::ShiftOpened { operator, .. } => {
            let sql = "SELECT role FROM officers WHERE name = $1 AND role IN ('operator', 'supervisor')";
            match fetch_optional(connection, sql, &[operator.into()]).await? {
                Some(_) => Ok(()),
                None => unknown("officer who makes cards", operator),
            }
        }
        Event::ShiftClosed { approval, .. } => {
            let purpose = Purpose::CloseShift;
            spend(connection, moment, approval, purpose, moment.station).await
        }
        _ => not_here(),
    }
}

pub(super) async fn officers_set(
    connection: &mut AnyConnection,
    officers: &[OfficerEntry],
) -> Result<(), LedgerError> {
    execute(connection, "DELETE FROM officers", &[]).await?;
    for (place, officer) in (0i64..).zip(officers) {
        let sql = "INSERT INTO officers (name, role, public_key, place) VALUES ($1, $2, $3, $4)";
        let values = [
            (&officer.name).into(),
            officer.role.name().into(),
            (&officer.public_key).into(),
            Value::Integer(place),
        ];
        execute(connection, sql, &values).await?;
    }
    Ok(())
}

async fn used(
    connection: &mut AnyConnection,
    approval: &str,
    purpose: Purpose,
    subject: &str,
    [requested_by, approved_by]: [&String; 2],
) -> Result<(), LedgerError> {
    let sql = "INSERT INTO approvals (approval, purpose, subject, requested_by, approved_by) \
               VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING";
    let values = [
        approval.into(),
        purpose.name().into(),
        subject.into(),
        requested_by.into(),
        approved_by.into(),
    ];
    match execute(connection, sql, &values).await? {
        1 => Ok(()),
        _ => refused(Conflict::ApprovalTwice(approval.to_owned())),
    }
}

/// Uses an approval up for this event: it was given for this purpose and this subject, and allowed nothing before.
pub(super) async fn spend(
    connection: &mut AnyConnection,
    moment: Moment<'_>,
    approval: &str,
    purpose: Purpose,
    subject: &str,
) -> Result<(), LedgerError> {
    let no = |why| {
        refused(Conflict::NotApproved {
            approval: approval.to_owned(),
            why,
        })
    };
    let sql = "SELECT purpose, subject FROM approvals WHERE approval = $1";
    let Some(row) = fetch_optional(connection, sql, &[approval.into()]).await? else {
        return no("not in the ledger");
    };
    if text(&row, "purpose")? != purpose.name() {
        return no("for another purpose");
    }
    let approved = text(&row, "subject")?;
    if approved != subject {
        return no("for something else");
    }
    let sql = "UPDATE approvals SET spent = $1 WHERE approval = $2 AND spent IS NULL";
    match execute(connection, sql, &[moment.sequence.into(), approval.into()]).await? {
        1 => Ok(()),
        _ => no("spent"),
    }
}
