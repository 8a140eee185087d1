//! A ledger in a file: SQLite.
//!
//! The write-ahead log is synced before an append returns (`journal_mode = WAL`, `synchronous = FULL`), so what was acknowledged
//! survives a power cut as far as the disk keeps what it says. Several programs may have the file open; one writes at a time, the
//! others wait ten seconds for it. The file, its log and its index are for their owner alone (mode 0600).

mod audit;

use std::fs::OpenOptions;
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::sync::Once;

use sqlx::AnyConnection;

use super::checkpoint::Checkpoint;
use super::error::{Conflict, LedgerError};
use super::event::{BatchId, CardId, JobId, OfficerEntry, Serial};
use super::sql::connection::Blocking;
use super::sql::query::{batches, cards, checkpoints, chips, events, job_keys, jobs, people};
use super::sql::statement::{fetch_optional, integer, store};
use super::sql::{append, migration};
use super::view::{BatchView, CardFilter, CardView, ChipFilter, ChipView, JobFilter, JobView, SignerView};
use super::{Chained, Entry, Event, Head, LedgerStore};

/// Opens a transaction that writes: nobody else does until it ends.
const BEGIN: &str = "BEGIN IMMEDIATE";
/// Statements beside each version of the tables.
const OWN_MIGRATIONS: &[&str] = &[include_str!("../../migrations/0001_append_only.sqlite.sql")];
/// How every connection behaves. `busy_timeout` comes first, for what follows may have to wait.
const SETTINGS: &str = "PRAGMA busy_timeout = 10000; PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF;";
/// What is acknowledged lasts, and what is deleted is overwritten.
const DURABLE: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;";
/// Nothing is written, and everything is read as it is now.
const SNAPSHOT: &str = "PRAGMA query_only = ON; BEGIN; SELECT COUNT(*) FROM ledger_version;";

/// A ledger in an SQLite file. Shared by the threads of a station, which take turns. Must not be used inside an asynchronous runtime.
pub struct SqliteLedger {
    database: Blocking,
}

impl SqliteLedger {
    /// Makes a new ledger in a file that is not there yet. The first entry is [`Event::Opened`].
    ///
    /// # Errors
    /// [`LedgerError::Store`] where there is a file; [`LedgerError::Conflict`] for other entries, and then no file is left.
    pub fn create(path: &Path, entries: &[Entry]) -> Result<Self, LedgerError> {
        if !matches!(
            entries.first(),
            Some(Entry {
                event: Event::Opened { .. },
                ..
            })
        ) {
            return Err(LedgerError::Conflict(Conflict::Malformed {
                field: "the first",
                rule: "must open the ledger",
            }));
        }
        let mut options = OpenOptions::new();
        options.write(true).create_new(true).mode(0o600);
        options.open(path).map_err(|error| at("written", path, &error))?;
        let created = Self::connect(&url(path)?).and_then(|ledger| {
            ledger.append(entries)?;
            Ok(ledger)
        });
        if created.is_err() {
            // Made just now, and nothing is in it. What failed is what is told.
            let _ = std::fs::remove_file(path);
        }
        created
    }

    /// Opens a ledger that is there.
    ///
    /// # Errors
    /// [`LedgerError::Damaged`] for a file that is no ledger, or one of a newer version; [`LedgerError::Store`].
    pub fn open(path: &Path) -> Result<Self, LedgerError> {
        let length = std::fs::metadata(path)
            .map_err(|error| at("opened", path, &error))?
            .len();
        if length == 0 {
            // SQLite takes an empty file for an empty database, and would make tables in it.
            return Err(LedgerError::Damaged(format!("{}: an empty file", path.display())));
        }
        let ledger = Self::connect(&url(path)?)?;
        ledger.identifier()?;
        Ok(ledger)
    }

    /// Opens a ledger for an audit: as it is at this moment, whoever appends meanwhile, and without writing to it.
    ///
    /// # Errors
    /// As [`open`](Self::open); [`LedgerError::Damaged`] also for a ledger of an older version.
    pub fn open_snapshot(path: &Path) -> Result<Self, LedgerError> {
        must_have_content(path)?;
        Self::connect_and(&url(path)?, async |connection| {
            refuse_other_databases(connection).await?;
            migration::must_be_current(connection).await?;
            settings(connection, SNAPSHOT).await
        })
    }

    /// A ledger in memory, without any event: to make the tables again.
    pub(super) fn in_memory() -> Result<Self, LedgerError> {
        let ledger = Self::connect("sqlite::memory:")?;
        // One transaction that never ends: nothing of it is to last.
        ledger
            .database
            .run(async |connection| settings(connection, BEGIN).await)?;
        Ok(ledger)
    }

    fn connect(url: &str) -> Result<Self, LedgerError> {
        Self::connect_and(url, async |connection| {
            settings(connection, DURABLE).await?;
            refuse_other_databases(connection).await?;
            migration::migrate(connection, BEGIN, OWN_MIGRATIONS).await
        })
    }

    fn connect_and(
        url: &str,
        prepare: impl AsyncFnOnce(&mut AnyConnection) -> Result<(), LedgerError>,
    ) -> Result<Self, LedgerError> {
        static DRIVERS: Once = Once::new();
        DRIVERS.call_once(sqlx::any::install_default_drivers);
        let database = Blocking::open(url, async |connection| {
            settings(connection, SETTINGS).await?;
            prepare(connection).await
        })?;
        Ok(Self { database })
    }
}

/// SQLite takes an empty file for an empty database, and would make tables in it.
fn must_have_content(path: &Path) -> Result<(), LedgerError> {
    let file = std::fs::metadata(path).map_err(|error| at("opened", path, &error))?;
    match file.len() {
        0 => Err(LedgerError::Damaged(format!("{}: an empty file", path.display()))),
        _ => Ok(()),
    }
}

async fn settings(connection: &mut AnyConnection, statements: &'static str) -> Result<(), LedgerError> {
    for statement in statements.split_inclusive(';') {
        sqlx::raw_sql(statement)
            .execute(&mut *connection)
            .await
            .map_err(|error| store("opened", &error))?;
    }
    Ok(())
}

/// A database with tables, and without the one that says which version of ours they are, is somebody else's.
async fn refuse_other_databases(connection: &mut AnyConnection) -> Result<(), LedgerError> {
    let sql = "SELECT COUNT(*) AS tables, COALESCE(SUM(name = 'ledger_version'), 0) AS ours FROM sqlite_schema \
               WHERE type = 'table'";
    match fetch_optional(connection, sql, &[]).await? {
        Some(row) if integer::<i64>(&row, "tables")? > 0 && integer::<i64>(&row, "ours")? == 0 => Err(
            LedgerError::Damaged("it is a database of something else".to_owned()),
        ),
        _ => Ok(()),
    }
}

fn at(action: &'static str, path: &Path, error: &io::Error) -> LedgerError {
    LedgerError::Store {
        action,
        why: format!("{}: {error}", path.display()),
        in_doubt: false,
    }
}

/// The path as SQLite's driver takes it, every unusual byte escaped.
fn url(path: &Path) -> Result<String, LedgerError> {
    let absolute = std::path::absolute(path).map_err(|error| at("opened", path, &error))?;
    let mut url = String::from("sqlite://");
    for byte in absolute.as_os_str().as_bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' => {
                url.push(char::from(*byte))
            }
            _ => url.push_str(&format!("%{byte:02X}")),
        }
    }
    url.push_str("?mode=rw");
    Ok(url)
}

impl LedgerStore for SqliteLedger {
    fn append(&self, entries: &[Entry]) -> Result<Head, LedgerError> {
        self.database
            .run(async |connection| append::append(connection, BEGIN, entries).await)
    }

    fn head(&self) -> Result<Head, LedgerError> {
        self.database.run(events::head)
    }

    fn identifier(&self) -> Result<String, LedgerError> {
        self.database.run(events::identifier)
    }

    fn officers(&self) -> Result<Vec<OfficerEntry>, LedgerError> {
        self.database.run(people::officers)
    }

    fn events(&self, after: u64, limit: u32) -> Result<Vec<Chained>, LedgerError> {
        self.database
            .run(async |connection| events::after(connection, after, limit).await)
    }

    fn keep_checkpoint(&self, checkpoint: &Checkpoint) -> Result<(), LedgerError> {
        self.database
            .run(async |connection| checkpoints::keep(connection, checkpoint).await)
    }

    fn checkpoints(&self, after: u64, limit: u32) -> Result<Vec<Checkpoint>, LedgerError> {
        self.database
            .run(async |connection| checkpoints::after(connection, after, limit).await)
    }

    fn batch(&self, batch: &BatchId) -> Result<Option<BatchView>, LedgerError> {
        self.database
            .run(async |connection| Ok(batches::batches(connection, Some(batch)).await?.pop()))
    }

    fn batches(&self) -> Result<Vec<BatchView>, LedgerError> {
        self.database
            .run(async |connection| batches::batches(connection, None).await)
    }

    fn job(&self, job: &JobId) -> Result<Option<JobView>, LedgerError> {
        self.database
            .run(async |connection| jobs::job(connection, job).await)
    }

    fn jobs(&self, filter: &JobFilter) -> Result<Vec<JobView>, LedgerError> {
        self.database
            .run(async |connection| jobs::jobs(connection, filter).await)
    }

    fn chip(&self, serial: &Serial) -> Result<Option<ChipView>, LedgerError> {
        self.database
            .run(async |connection| chips::chip(connection, serial).await)
    }

    fn chips(&self, filter: &ChipFilter) -> Result<Vec<ChipView>, LedgerError> {
        self.database
            .run(async |connection| chips::chips(connection, filter).await)
    }

    fn card(&self, card: &CardId) -> Result<Option<CardView>, LedgerError> {
        self.database
            .run(async |connection| cards::card(connection, card).await)
    }

    fn cards(&self, filter: &CardFilter) -> Result<Vec<CardView>, LedgerError> {
        self.database
            .run(async |connection| cards::cards(connection, filter).await)
    }

    fn document_signer(&self, serial: &str) -> Result<SignerView, LedgerError> {
        self.database
            .run(async |connection| people::document_signer(connection, serial).await)
    }

    fn approval_seen(&self, digest: &str) -> Result<bool, LedgerError> {
        self.database
            .run(async |connection| people::approval_seen(connection, digest).await)
    }

    fn keep_job_key(&self, job: &JobId, wrapped: &[u8]) -> Result<(), LedgerError> {
        self.database
            .run(async |connection| job_keys::keep(connection, job, wrapped).await)
    }

    fn job_key(&self, job: &JobId) -> Result<Option<Vec<u8>>, LedgerError> {
        self.database
            .run(async |connection| job_keys::kept(connection, job).await)
    }

    fn destroy_job_key(&self, job: &JobId) -> Result<(), LedgerError> {
        self.database.run(async |connection| {
            job_keys::destroy(connection, job).await?;
            // Its old place in the database is overwritten (`secure_delete`); the log, where it may stand as well, is emptied.
            let sql = "PRAGMA wal_checkpoint(TRUNCATE)";
            fetch_optional(connection, sql, &[]).await.map(|_| ())
        })
    }
}
