//! Statements with values, the rows that come back, and what errors of the database mean.

use sqlx::any::{AnyArguments, AnyRow};
use sqlx::query::Query;
use sqlx::{Any, AnyConnection, AssertSqlSafe, Row as _};

use crate::ledger::error::LedgerError;

/// What takes the place of `$1`, `$2`, … in a statement.
#[derive(Clone, Copy, Debug)]
pub(in crate::ledger) enum Value<'a> {
    /// A text.
    Text(&'a str),
    /// A text, or nothing.
    Maybe(Option<&'a str>),
    /// A number.
    Integer(i64),
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text)
    }
}

impl<'a> From<&'a String> for Value<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Value<'_> {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<u32> for Value<'_> {
    fn from(number: u32) -> Self {
        Self::Integer(number.into())
    }
}

fn with<'q>(mut query: Query<'q, Any, AnyArguments>, values: &[Value<'_>]) -> Query<'q, Any, AnyArguments> {
    for value in values {
        query = match value {
            Value::Text(text) => query.bind((*text).to_owned()),
            Value::Maybe(text) => query.bind(text.map(str::to_owned)),
            Value::Integer(number) => query.bind(*number),
        };
    }
    query
}

/// Changes rows, and says how many.
pub(in crate::ledger) async fn execute(
    connection: &mut AnyConnection,
    sql: &'static str,
    values: &[Value<'_>],
) -> Result<u64, LedgerError> {
    let result = with(sqlx::query(sql), values).execute(connection).await;
    result
        .map(|done| done.rows_affected())
        .map_err(|error| store("written", &error))
}

/// One row, where there is one.
pub(in crate::ledger) async fn fetch_optional(
    connection: &mut AnyConnection,
    sql: &'static str,
    values: &[Value<'_>],
) -> Result<Option<AnyRow>, LedgerError> {
    let row = with(sqlx::query(sql), values).fetch_optional(connection).await;
    row.map_err(|error| store("read", &error))
}

/// All rows of a statement that was put together from parts of this program.
pub(in crate::ledger) async fn fetch_all(
    connection: &mut AnyConnection,
    sql: String,
    values: &[Value<'_>],
) -> Result<Vec<AnyRow>, LedgerError> {
    let query = sqlx::query(AssertSqlSafe(sql));
    let rows = with(query, values).fetch_all(connection).await;
    rows.map_err(|error| store("read", &error))
}

/// The text in a column.
pub(in crate::ledger) fn text(row: &AnyRow, column: &str) -> Result<String, LedgerError> {
    row.try_get(column).map_err(|error| unreadable(&error))
}

/// The text in a column that may be empty.
pub(in crate::ledger) fn maybe_text(row: &AnyRow, column: &str) -> Result<Option<String>, LedgerError> {
    row.try_get(column).map_err(|error| unreadable(&error))
}

/// The number in a column.
pub(in crate::ledger) fn integer<T: TryFrom<i64>>(row: &AnyRow, column: &str) -> Result<T, LedgerError> {
    let number: i64 = row.try_get(column).map_err(|error| unreadable(&error))?;
    T::try_from(number).map_err(|_| LedgerError::Damaged(format!("{column} is {number}")))
}

/// The value that a column names.
pub(in crate::ledger) fn named<T>(
    row: &AnyRow,
    column: &str,
    from_name: fn(&str) -> Option<T>,
) -> Result<T, LedgerError> {
    let name = text(row, column)?;
    from_name(&name).ok_or_else(|| LedgerError::Damaged(format!("{column} is {name:?}")))
}

/// The 32 bytes in a column, in hexadecimal.
pub(in crate::ledger) fn digest(row: &AnyRow, column: &str) -> Result<[u8; 32], LedgerError> {
    let hexadecimal = text(row, column)?;
    let mut digest = [0; 32];
    match hex::decode_to_slice(&hexadecimal, &mut digest) {
        // One form only: an edit to capital letters is one, too.
        Ok(()) if hex::encode(digest) == hexadecimal => Ok(digest),
        _ => Err(LedgerError::Damaged(format!("{column} is no SHA-256"))),
    }
}

fn unreadable(error: &sqlx::Error) -> LedgerError {
    LedgerError::Damaged(error.to_string())
}

/// A number of the program for the database.
pub(in crate::ledger) fn number(number: u64) -> Result<i64, LedgerError> {
    i64::try_from(number).map_err(|_| LedgerError::Damaged(format!("{number} events")))
}

/// What an error of the database means, where nothing was written.
pub(in crate::ledger) fn store(action: &'static str, error: &sqlx::Error) -> LedgerError {
    if let sqlx::Error::Database(error) = error {
        // SQLite's primary result codes: CORRUPT and NOTADB.
        let code = error.code().and_then(|code| code.parse::<u32>().ok());
        if code.is_some_and(|code| matches!(code & 0xFF, 11 | 26)) {
            return LedgerError::Damaged(error.message().to_owned());
        }
    }
    if let sqlx::Error::Decode(_) | sqlx::Error::ColumnDecode { .. } = error {
        return LedgerError::Damaged(error.to_string());
    }
    LedgerError::Store {
        action,
        why: error.to_string(),
        in_doubt: false,
    }
}

/// What an error at the end of a transaction means: it may stand there.
pub(in crate::ledger) fn in_doubt(error: &sqlx::Error) -> LedgerError {
    LedgerError::Store {
        action: "written",
        why: error.to_string(),
        in_doubt: true,
    }
}
