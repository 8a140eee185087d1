//! Officers, approvals and document signers.

use sqlx::AnyConnection;

use crate::ledger::error::LedgerError;
use crate::ledger::event::{OfficerEntry, Role};
use crate::ledger::sql::statement::{fetch_all, fetch_optional, integer, named, text};
use crate::ledger::view::SignerView;

pub(in crate::ledger) async fn officers(
    connection: &mut AnyConnection,
) -> Result<Vec<OfficerEntry>, LedgerError> {
    let sql = "SELECT name, role, public_key FROM officers ORDER BY place";
    let rows = fetch_all(connection, sql.to_owned(), &[]).await?;
    rows.iter()
        .map(|row| {
            Ok(OfficerEntry {
                name: text(row, "name")?,
                role: named(row, "role", Role::from_name)?,
                public_key: text(row, "public_key")?,
            })
        })
        .collect()
}

pub(in crate::ledger) async fn approval_seen(
    connection: &mut AnyConnection,
    approval: &str,
) -> Result<bool, LedgerError> {
    let sql = "SELECT approval FROM approvals WHERE approval = $1";
    let row = fetch_optional(connection, sql, &[approval.into()]).await?;
    Ok(row.is_some())
}

pub(in crate::ledger) async fn document_signer(
    connection: &mut AnyConnection,
    serial: &str,
) -> Result<SignerView, LedgerError> {
    let sql = "SELECT asked, made, extended FROM document_signers WHERE serial = $1";
    match fetch_optional(connection, sql, &[serial.into()]).await? {
        None => Ok(SignerView::default()),
        Some(row) => Ok(SignerView {
            asked: integer(&row, "asked")?,
            made: integer(&row, "made")?,
            extended: integer(&row, "extended")?,
        }),
    }
}
