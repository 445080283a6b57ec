//! A prices table in memory that fails as DynamoDB fails: throttled, unavailable, slow, hanging. Its time is tokio's.

use std::{
    sync::{Mutex, MutexGuard},
    time::Duration,
};

use futures::FutureExt as _;

use super::*;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Mode {
    #[default]
    Fine,
    /// Every call takes so many ms.
    Slow(u64),
    Throttled,
    Unavailable,
    Hangs,
    /// Reads are answered, writes are not.
    ReadOnly,
}

#[derive(Debug, Default)]
pub(crate) struct FakeTable {
    pub(crate) rows: Mutex<BTreeMap<String, (Row, String)>>,
    counters: Mutex<BTreeMap<String, u32>>,
    pub(crate) mode: Mutex<Mode>,
    /// Operations of DynamoDB in the order in which they were called.
    pub(crate) calls: Mutex<Vec<&'static str>>,
}

impl FakeTable {
    pub(crate) fn set(&self, mode: Mode) {
        *self.mode.lock().unwrap() = mode;
    }

    pub(crate) fn plant(&self, key: &str, body: &str) {
        let row = Row {
            version: Version::Is("planted".to_owned()),
            body: Some(body.to_owned()),
            lease_until_ms: None,
        };
        self.rows().insert(key.to_owned(), (row, String::new()));
    }

    pub(crate) fn row(&self, key: &str) -> Row {
        self.rows().get(key).map(|(row, _)| row.clone()).unwrap_or_default()
    }

    pub(crate) fn body(&self, key: &str) -> Option<String> {
        self.row(key).body
    }

    pub(crate) fn count_of(&self, call: &str) -> usize {
        self.calls.lock().unwrap().iter().filter(|name| **name == call).count()
    }

    fn rows(&self) -> MutexGuard<'_, BTreeMap<String, (Row, String)>> {
        self.rows.lock().unwrap()
    }

    pub(crate) fn counters(&self) -> BTreeMap<String, u32> {
        self.counters.lock().unwrap().clone()
    }

    async fn enter(&self, call: &'static str) -> Result<(), TableError> {
        self.calls.lock().unwrap().push(call);
        let mode = *self.mode.lock().unwrap();
        let refused = |why: &str| Err(TableError::Unavailable(why.to_owned()));
        let is_read = matches!(call, "BatchGetItem" | "GetItem");
        match mode {
            Mode::Fine => tokio::time::sleep(Duration::from_millis(1)).await,
            Mode::Slow(time_ms) => tokio::time::sleep(Duration::from_millis(time_ms)).await,
            Mode::Throttled => return refused("ProvisionedThroughputExceededException: slow down"),
            Mode::Unavailable => return refused("InternalServerError: try again"),
            Mode::ReadOnly if is_read => {}
            Mode::ReadOnly => return refused("AccessDeniedException: no"),
            Mode::Hangs => std::future::pending().await,
        }
        Ok(())
    }
}

impl PriceTable for FakeTable {
    fn read_all(&self, keys: Vec<String>) -> TableFuture<'_, BTreeMap<String, Row>> {
        async move {
            self.enter("BatchGetItem").await?;
            let rows = self.rows();
            Ok(keys.into_iter().filter_map(|key| Some((key.clone(), rows.get(&key)?.0.clone()))).collect())
        }
        .boxed()
    }

    fn read<'a>(&'a self, key: &'a str) -> TableFuture<'a, Row> {
        async move {
            self.enter("GetItem").await?;
            Ok(self.row(key))
        }
        .boxed()
    }

    fn put(&self, new: NewRow) -> TableFuture<'_, ()> {
        async move {
            self.enter("PutItem").await?;
            let row = Row { version: Version::Is(new.version), body: Some(new.body), lease_until_ms: None };
            self.rows().insert(new.key, (row, String::new()));
            Ok(())
        }
        .boxed()
    }

    fn lease<'a>(&'a self, key: &'a str, seen: &'a Version, lease: &'a NewLease) -> TableFuture<'a, Leased> {
        async move {
            self.enter("UpdateItem").await?;
            let mut rows = self.rows();
            let (row, holder) = rows.entry(key.to_owned()).or_default();
            if row.version != *seen || row.is_leased(lease.now_ms) {
                return Ok(Leased::Lost(Some(row.clone())));
            }
            row.lease_until_ms = Some(lease.until_ms);
            holder.clone_from(&lease.holder);
            Ok(Leased::Taken)
        }
        .boxed()
    }

    fn release<'a>(&'a self, key: &'a str, holder: &'a str) -> TableFuture<'a, ()> {
        async move {
            self.enter("UpdateItem").await?;
            if let Some((row, has)) = self.rows().get_mut(key)
                && *has == holder
            {
                row.lease_until_ms = None;
            }
            Ok(())
        }
        .boxed()
    }

    fn count<'a>(&'a self, key: &'a str, increment: Increment) -> TableFuture<'a, Option<u32>> {
        async move {
            self.enter("UpdateItem").await?;
            let mut counters = self.counters.lock().unwrap();
            let used = counters.entry(key.to_owned()).or_default();
            if *used >= increment.below {
                return Ok(None);
            }
            *used += increment.by;
            Ok(Some(*used))
        }
        .boxed()
    }
}
