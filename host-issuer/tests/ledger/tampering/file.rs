//! Changes of the file itself, by SQL and byte by byte.

use std::path::Path;

use host_issuer::ledger::sqlite::SqliteLedger;
use host_issuer::ledger::verify::{self, Report};
use host_issuer::ledger::{LedgerError, anchor};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _};

use super::copy::Original;
use crate::random::Random;

/// Does this to a database, whatever its triggers and references say, and puts the triggers back.
fn sql(path: &Path, statements: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let options = SqliteConnectOptions::new().filename(path).foreign_keys(false);
        let mut connection = options.connect().await.unwrap();
        let triggers: Vec<(String, String)> =
            sqlx::query_as("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")
                .fetch_all(&mut connection)
                .await
                .unwrap();
        let drop = triggers.iter().map(|(name, _)| format!("DROP TRIGGER {name};"));
        let make = triggers.iter().map(|(_, made)| format!("{made};"));
        let all: String = drop
            .chain([statements.to_owned(), ";".to_owned()])
            .chain(make)
            .collect();
        sqlx::raw_sql(AssertSqlSafe(all))
            .execute(&mut connection)
            .await
            .unwrap();
        connection.close().await.unwrap();
    });
}

#[allow(clippy::disallowed_methods, reason = "the files of a test")]
fn write(path: &Path, content: &[u8]) {
    std::fs::write(path, content).unwrap();
}

fn verify(path: &Path, original: &Original) -> Result<Report, LedgerError> {
    let ledger = SqliteLedger::open_snapshot(path)?;
    verify::ledger(&ledger, &anchor::parse(&original.anchor))
}

#[test]
fn a_ledger_is_whole_and_each_change_by_sql_is_found() {
    let original = Original::make();
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("ledger.sqlite");
    write(&path, &original.file);
    let report = verify(&path, &original).unwrap();
    assert_eq!(report.findings.told(), []);
    assert!(report.is_whole() && report.tables);
    assert_eq!(report.anchored, Some(original.events.len() as u64));
    assert_eq!(report.checkpoints, 4);

    let changes: &[(&str, &str)] = &[
        (
            "UPDATE events SET content = REPLACE(content, 'hn-01', 'hn-02') WHERE sequence = 5",
            "event.digest",
        ),
        (
            "UPDATE events SET content = CAST(x'ff' AS TEXT) WHERE sequence = 5",
            "event.unreadable",
        ),
        (
            "UPDATE events SET content = x'00ff' WHERE sequence = 5",
            "event.unreadable",
        ),
        (
            "UPDATE events SET digest = UPPER(digest) WHERE sequence = 5",
            "event.unreadable",
        ),
        ("DELETE FROM events WHERE sequence = 7", "event.number"),
        (
            "DELETE FROM events WHERE sequence > 20; DELETE FROM checkpoints WHERE sequence > 20",
            "chain.cut",
        ),
        (
            "UPDATE events SET sequence = 1000 WHERE sequence = 9",
            "event.number",
        ),
        (
            "INSERT INTO events SELECT 1000, content, digest FROM events WHERE sequence = 3",
            "event.number",
        ),
        ("DELETE FROM events", "chain.no_beginning"),
        (
            "UPDATE cards SET state = 'ACTIVE' WHERE state = 'SUSPENDED'",
            "table.row",
        ),
        ("UPDATE jobs SET citizen = content_sha256", "table.row"),
        ("UPDATE document_signers SET made = 0", "table.row"),
        ("DELETE FROM approvals", "table.row"),
        ("DELETE FROM chip_keys WHERE serial LIKE '%1'", "table.row"),
        (
            "INSERT INTO officers VALUES ('Mallory', 'supervisor', '04', 9)",
            "table.row",
        ),
        (
            "INSERT INTO chip_keys VALUES (NULL, (SELECT MIN(serial) FROM chips))",
            "table.row",
        ),
        (
            "INSERT INTO chip_keys VALUES (x'00', (SELECT MIN(serial) FROM chips))",
            "table.row",
        ),
        (
            "UPDATE cards SET chip = 'none' WHERE issued_at IS NULL",
            "database",
        ),
        ("DROP INDEX one_valid_card_of_a_citizen", "database"),
        ("CREATE TABLE more (one TEXT)", "database"),
        (
            "CREATE TRIGGER quiet AFTER INSERT ON approvals BEGIN DELETE FROM approvals; END",
            "database",
        ),
        (
            "UPDATE checkpoints SET signature = '00' WHERE sequence < 20",
            "checkpoint.signature",
        ),
        (
            "UPDATE checkpoints SET digest = 'none' WHERE sequence < 20",
            "database",
        ),
        ("UPDATE ledger SET checkpoint_key = '04'", "table.row"),
    ];
    for (statements, id) in changes {
        write(&path, &original.file);
        sql(&path, statements);
        let report = verify(&path, &original).unwrap();
        let found: Vec<_> = report
            .findings
            .told()
            .iter()
            .map(|finding| finding.id())
            .collect();
        assert!(
            found.contains(id) && !report.is_whole(),
            "{statements}: {:?}",
            report.findings.told()
        );
    }
    // A version that nobody knows is not judged at all.
    write(&path, &original.file);
    sql(&path, "UPDATE ledger_version SET version = 99");
    assert!(matches!(verify(&path, &original), Err(LedgerError::Damaged(_))));
    assert!(matches!(SqliteLedger::open(&path), Err(LedgerError::Damaged(_))));
}

/// Cells of random tables, taken from other rows and columns of the database.
#[test]
fn random_cells_of_the_file_are_found() {
    let original = Original::make();
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("ledger.sqlite");
    for seed in 0..60 {
        let mut random = Random::new(seed);
        let tables: Vec<_> = original
            .tables
            .0
            .iter()
            .filter(|(_, rows)| !rows.is_empty())
            .collect();
        let (name, rows) = tables[random.below(tables.len())];
        let table = verify::tables::TABLES
            .iter()
            .find(|table| table.name == *name)
            .unwrap();
        let row = &rows[random.below(rows.len())];
        let column = table.columns[random.below(table.columns.len())];
        let statement = format!(
            "PRAGMA ignore_check_constraints = ON; UPDATE {name} SET {column} = COALESCE({column}, '') || '{seed}' \
             WHERE {} = '{}'",
            table.key, row[0]
        );
        write(&path, &original.file);
        sql(&path, &statement);
        let report = verify(&path, &original).unwrap();
        assert!(!report.is_whole(), "seed {seed}: {statement}");
    }
}

/// Bytes of the file: whatever comes of it, nothing panics, and a chain that is told to be whole is the one that was anchored.
#[test]
fn random_bytes_of_the_file_never_make_another_ledger() {
    let original = Original::make();
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("ledger.sqlite");
    let mut found = 0;
    for seed in 0..60 {
        let mut random = Random::new(seed);
        let mut bytes = original.file.clone();
        for _ in 0..=random.below(4) {
            let byte = random.below(bytes.len());
            bytes[byte] = random.other_byte(bytes[byte]);
        }
        write(&path, &bytes);
        for name in ["ledger.sqlite-wal", "ledger.sqlite-shm"] {
            let _ = std::fs::remove_file(directory.path().join(name));
        }
        match verify(&path, &original) {
            Ok(report) if report.is_whole() => {
                let end = original.events.last().unwrap().head();
                assert_eq!((report.head, report.tables), (end, true), "seed {seed}");
            }
            _ => found += 1,
        }
    }
    println!("{found} of 60 changes of bytes were of some consequence");
    assert!(found > 0);
}
