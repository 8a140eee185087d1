//! A ledger in a relational database, in SQL that SQLite and PostgreSQL both take.
//!
//! | file | lives here |
//! |---|---|
//! | [`connection`] | a connection for code that blocks |
//! | [`migration`] | the versions of the tables |
//! | [`statement`] | statements with values, rows, and what their errors mean |
//! | [`append`] | events into the chain, one transaction |
//! | [`apply`] | what an event changes in the tables, and what it must find there |
//! | [`query`] | what the tables say |
//! | [`audit`] | what an audit asks of them |

pub(super) mod append;
pub(super) mod apply;
pub(super) mod audit;
pub(super) mod connection;
pub(super) mod migration;
pub(super) mod query;
pub(super) mod statement;
