//! The shelf in the prices table: a row a document. What a document says is its source's business.

use std::{sync::Arc, time::Duration};

use contract::PriceSource;
use serde::{Deserialize, Serialize};

use super::Shelf;
use crate::{
    clock::Clock,
    table::{NewRow, PriceTable, TableError, bounded, document_key},
};

/// Which form of the row this is. A row of another one is not read.
const SCHEMA: u8 = 1;
/// Largest document that is kept. A row of `DynamoDB` has at most 400 KB; a condensed list of goods has less than 100.
const MAX_DOCUMENT_BYTES: usize = 300_000;
/// Longest wait for a document.
const READ_TIMEOUT: Duration = Duration::from_secs(1);
/// Longest wait until a document is put down. It is loaded once a day.
const WRITE_TIMEOUT: Duration = Duration::from_secs(1);
/// How long a document is kept, in seconds: longer than any is fresh.
const KEPT_S: i64 = 30 * 86_400;
/// How far ahead the clock of whoever put it there may be.
const CLOCKS_APART_S: i64 = 300;

/// The shelf that all functions share.
#[derive(Debug, Clone)]
pub struct TableShelf {
    table: Arc<dyn PriceTable>,
    now: Clock,
}

/// The body of a row.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Kept<T> {
    schema: u8,
    /// When it was put there, in seconds since 1970.
    put_at_s: i64,
    document: T,
}

impl TableShelf {
    /// The shelf in that table.
    #[must_use]
    pub fn new(table: Arc<dyn PriceTable>, now: Clock) -> Self {
        Self { table, now }
    }

    fn now_s(&self) -> i64 {
        (self.now)().as_second()
    }

    async fn read(&self, key: &str, fresh_s: u32) -> Result<Option<String>, TableError> {
        let row = bounded(READ_TIMEOUT, self.table.read(key)).await?;
        let kept = row
            .body
            .and_then(|body| serde_json::from_str::<Kept<String>>(&body).ok());
        let now_s = self.now_s();
        Ok(kept
            .filter(|kept| {
                let age_s = now_s.saturating_sub(kept.put_at_s);
                kept.schema == SCHEMA && (-CLOCKS_APART_S..=i64::from(fresh_s)).contains(&age_s)
            })
            .map(|kept| kept.document))
    }

    async fn write(&self, key: &str, text: &str) -> Result<(), TableError> {
        let now_s = self.now_s();
        let kept = Kept {
            schema: SCHEMA,
            put_at_s: now_s,
            document: text,
        };
        let body =
            serde_json::to_string(&kept).map_err(|error| TableError::Unavailable(error.to_string()))?;
        let row = NewRow {
            key: key.to_owned(),
            version: now_s.to_string(),
            body,
            expires_at_s: now_s.saturating_add(KEPT_S),
        };
        bounded(WRITE_TIMEOUT, self.table.put(row, None)).await.map(drop)
    }
}

impl Shelf for TableShelf {
    async fn get(&self, source: PriceSource, document: &str, fresh_s: u32) -> Option<String> {
        match self.read(&document_key(source, document), fresh_s).await {
            Ok(text) => text,
            Err(error) => {
                tracing::error!(%source, document, %error, "document is loaded again");
                None
            }
        }
    }

    async fn put(&self, source: PriceSource, document: &str, text: String) {
        if text.len() > MAX_DOCUMENT_BYTES {
            tracing::error!(%source, document, bytes = text.len(), "document is too large to be kept");
            return;
        }
        if let Err(error) = self.write(&document_key(source, document), &text).await {
            tracing::error!(%source, document, %error, "document could not be kept");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        clock::test,
        table::fake::{FakeTable, Mood},
    };

    const SOURCE: PriceSource = PriceSource::Chamgagyeok;

    fn shelf() -> (TableShelf, Arc<FakeTable>) {
        let table = Arc::new(FakeTable::default());
        (TableShelf::new(Arc::<FakeTable>::clone(&table), test::now), table)
    }

    #[tokio::test(start_paused = true)]
    async fn a_document_is_found_until_it_is_too_old() {
        let (shelf, table) = shelf();
        assert_eq!(shelf.get(SOURCE, "goods", 60).await, None);
        shelf.put(SOURCE, "goods", "가\"\n".to_owned()).await;
        assert_eq!(shelf.get(SOURCE, "goods", 60).await.as_deref(), Some("가\"\n"));
        assert_eq!(shelf.get(SOURCE, "stores", 60).await, None);
        assert_eq!(shelf.get(PriceSource::Kamis, "goods", 60).await, None);
        tokio::time::advance(Duration::from_secs(70)).await;
        assert_eq!(shelf.get(SOURCE, "goods", 60).await, None);
        assert!(table.body("document#chamgagyeok#goods").is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn a_row_of_another_form_and_one_from_the_future_are_not_read() {
        let (shelf, table) = shelf();
        let good =
            |schema, put_at_s: i64| format!(r#"{{"schema":{schema},"putAtS":{put_at_s},"document":"a"}}"#);
        let now_s = test::NOON_MS / 1_000;
        for (body, expect) in [
            (good(1, now_s), Some("a")),
            (good(0, now_s), None),
            (good(1, now_s + 3_600), None),
            (good(1, i64::MIN), None),
            ("{".to_owned(), None),
        ] {
            table.plant("document#chamgagyeok#goods", &body);
            assert_eq!(shelf.get(SOURCE, "goods", 60).await.as_deref(), expect, "{body}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn trouble_with_the_table_reads_as_nothing_and_is_bounded() {
        let (shelf, table) = shelf();
        for mood in [Mood::Throttled, Mood::Unavailable, Mood::Hangs, Mood::Slow(5_000)] {
            table.set(mood);
            let begin = tokio::time::Instant::now();
            shelf.put(SOURCE, "goods", "a".to_owned()).await;
            assert_eq!(shelf.get(SOURCE, "goods", 60).await, None);
            assert!(begin.elapsed() <= READ_TIMEOUT + WRITE_TIMEOUT);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_no_row_could_hold_is_not_sent() {
        let (shelf, table) = shelf();
        shelf
            .put(SOURCE, "goods", "a".repeat(MAX_DOCUMENT_BYTES + 1))
            .await;
        assert_eq!(table.count("PutItem"), 0);
        shelf.put(SOURCE, "goods", "a".repeat(MAX_DOCUMENT_BYTES)).await;
        assert_eq!(table.count("PutItem"), 1);
    }
}
