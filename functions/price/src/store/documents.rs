//! Documents that a source stores between calls (its list of products, its latest survey day) for all functions, one a row.

use std::{sync::Arc, time::Duration};

use contract::PriceSource;
use serde::{Serialize, de::DeserializeOwned};

use super::{NewRow, PriceTable, bounded, document_key, stored::Stored};
use crate::clock::Clock;

/// Longest wait for the table. A document is read and written once a day.
const TABLE_TIMEOUT: Duration = Duration::from_secs(1);
/// The time to live, in seconds: longer than any document is fresh.
const EXPIRES_AFTER_S: i64 = 30 * 86_400;

/// The documents in a table, if there is one. An error of the table is logged, and the document is loaded from its source.
#[derive(Debug, Clone)]
pub struct DocumentStore {
    table: Option<Arc<dyn PriceTable>>,
    now: Clock,
}

impl DocumentStore {
    pub fn new(table: Option<Arc<dyn PriceTable>>, now: Clock) -> Self {
        Self { table, now }
    }

    pub(crate) async fn get<T: DeserializeOwned>(
        &self,
        source: PriceSource,
        document: &str,
    ) -> Option<Stored<T>> {
        let key = document_key(source, document);
        match bounded(TABLE_TIMEOUT, self.table.as_ref()?.read(&key)).await {
            Ok(row) => Stored::decode(&row.body?, (self.now)()),
            Err(error) => {
                tracing::error!(%source, document, %error, "stored document cannot be read");
                None
            }
        }
    }

    pub(crate) async fn put<T: Serialize>(&self, source: PriceSource, document: &str, stored: &Stored<T>) {
        let Some(table) = &self.table else { return };
        let Some(body) = stored.encode() else {
            tracing::error!(%source, document, "document is too large to store");
            return;
        };
        let at_s = stored.at.as_second();
        let row = NewRow {
            key: document_key(source, document),
            version: at_s.to_string(),
            body,
            expires_at_s: at_s.saturating_add(EXPIRES_AFTER_S),
        };
        if let Err(error) = bounded(TABLE_TIMEOUT, table.put(row)).await {
            tracing::error!(%source, document, %error, "document cannot be stored");
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::{
        clock::test,
        store::{
            fake::{FakeTable, Mode},
            stored::MAX_BODY_BYTES,
        },
    };

    const SOURCE: PriceSource = PriceSource::Chamgagyeok;

    fn store() -> (DocumentStore, Arc<FakeTable>) {
        let table = Arc::new(FakeTable::default());
        (DocumentStore::new(Some(table.clone()), test::now), table)
    }

    fn document(text: &str) -> Stored<String> {
        Stored { content: text.to_owned(), at: Timestamp::from_millisecond(test::NOON_MS).unwrap() }
    }

    async fn get(store: &DocumentStore, source: PriceSource, name: &str) -> Option<Stored<String>> {
        store.get(source, name).await
    }

    #[tokio::test(start_paused = true)]
    async fn a_document_is_found_under_its_source_and_name() {
        let (store, table) = store();
        assert_eq!(get(&store, SOURCE, "products").await, None);
        store.put(SOURCE, "products", &document("a")).await;
        assert_eq!(get(&store, SOURCE, "products").await, Some(document("a")));
        assert_eq!(get(&store, SOURCE, "stores").await, None);
        assert_eq!(get(&store, PriceSource::Kamis, "products").await, None);
        assert!(table.body("document#chamgagyeok#products").is_some());
        let large = document(&"a".repeat(MAX_BODY_BYTES));
        store.put(SOURCE, "products", &large).await;
        assert_eq!(table.count_of("PutItem"), 1, "too large for a row");
    }

    #[tokio::test(start_paused = true)]
    async fn a_table_that_fails_has_no_document_and_costs_a_bounded_time() {
        let (store, table) = store();
        for mode in [Mode::Throttled, Mode::Hangs, Mode::Slow(5_000)] {
            table.set(mode);
            let begin = tokio::time::Instant::now();
            store.put(SOURCE, "products", &document("a")).await;
            assert_eq!(get(&store, SOURCE, "products").await, None);
            assert!(begin.elapsed() <= TABLE_TIMEOUT * 2);
        }
    }
}
