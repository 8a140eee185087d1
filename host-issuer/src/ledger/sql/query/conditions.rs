//! A condition for each thing that is asked for.

use crate::ledger::sql::statement::Value;

/// The statement so far, and the values of its parameters. Its text is made of parts of this program alone.
pub(super) struct Conditions<'a> {
    sql: String,
    values: Vec<Value<'a>>,
}

impl<'a> Conditions<'a> {
    /// A statement that ends where conditions follow.
    pub(super) fn of(select: &str) -> Self {
        Self {
            sql: format!("{select} WHERE 1 = 1"),
            values: Vec::new(),
        }
    }

    /// One more condition.
    pub(super) fn and(mut self, condition: &'static str) -> Self {
        self.sql.push_str(" AND ");
        self.sql.push_str(condition);
        self
    }

    /// One more condition, where there is a value for it: `before`, the value, `after`.
    pub(super) fn and_where(
        mut self,
        before: &'static str,
        value: Option<impl Into<Value<'a>>>,
        after: &'static str,
    ) -> Self {
        if let Some(value) = value {
            self.values.push(value.into());
            let parameter = self.values.len();
            self.sql.push_str(&format!(" AND {before} ${parameter}{after}"));
        }
        self
    }

    /// One row for each value of these columns.
    pub(super) fn grouped(mut self, by: &'static str) -> (String, Vec<Value<'a>>) {
        self.sql.push_str(" GROUP BY ");
        self.sql.push_str(by);
        (self.sql, self.values)
    }

    /// The order, and at most so many rows; 0 is no limit.
    pub(super) fn ordered(mut self, by: &'static str, limit: u32) -> (String, Vec<Value<'a>>) {
        self.sql.push_str(" ORDER BY ");
        self.sql.push_str(by);
        if limit > 0 {
            self.values.push(limit.into());
            self.sql.push_str(&format!(" LIMIT ${}", self.values.len()));
        }
        (self.sql, self.values)
    }
}
