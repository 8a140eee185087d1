//! One connection to a database, used by one thread at a time, from code that blocks.

use std::sync::{Mutex, PoisonError};

use sqlx::{AnyConnection, Connection as _};
use tokio::runtime::{Builder, Runtime};

use super::statement::store;
use crate::ledger::error::LedgerError;

/// A connection and what drives it. Must not be used inside another asynchronous runtime.
pub(in crate::ledger) struct Blocking {
    inner: Mutex<Inner>,
}

struct Inner {
    runtime: Runtime,
    /// Always there until it is dropped.
    connection: Option<AnyConnection>,
}

impl Blocking {
    /// Connects, and makes the connection ready.
    pub(in crate::ledger) fn open(
        url: &str,
        prepare: impl AsyncFnOnce(&mut AnyConnection) -> Result<(), LedgerError>,
    ) -> Result<Self, LedgerError> {
        let runtime = Builder::new_current_thread()
            .enable_time()
            .build()
            .map_err(|error| LedgerError::Store {
                action: "opened",
                why: error.to_string(),
                in_doubt: false,
            })?;
        let connection = runtime.block_on(async {
            let mut connection = AnyConnection::connect(url)
                .await
                .map_err(|error| store("opened", &error))?;
            prepare(&mut connection).await.map(|()| connection)
        })?;
        Ok(Self {
            inner: Mutex::new(Inner {
                runtime,
                connection: Some(connection),
            }),
        })
    }

    /// Does something with the connection.
    pub(in crate::ledger) fn run<T>(
        &self,
        work: impl AsyncFnOnce(&mut AnyConnection) -> Result<T, LedgerError>,
    ) -> Result<T, LedgerError> {
        // What a thread left behind that panicked is rolled back by the connection.
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let Inner { runtime, connection } = &mut *inner;
        match connection {
            Some(connection) => runtime.block_on(work(connection)),
            None => Err(LedgerError::Store {
                action: "read",
                why: "it is closed".to_owned(),
                in_doubt: false,
            }),
        }
    }
}

impl Drop for Blocking {
    /// Waits until the database is closed, so that nobody finds it busy afterwards.
    fn drop(&mut self) {
        let inner = self.inner.get_mut().unwrap_or_else(PoisonError::into_inner);
        if let Some(connection) = inner.connection.take() {
            // All that was promised is durable already.
            let _ = inner.runtime.block_on(connection.close());
        }
    }
}
