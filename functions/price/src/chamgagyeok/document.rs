//! What is kept between searches: in this process, and on the shelf for the functions beside it. It is loaded once for the
//! searches that wait for it together. What is on the shelf may be anybody's: what does not read, or is from the future, is
//! loaded again.

use std::sync::Arc;

use contract::PriceSource;
use jiff::Timestamp;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use tokio::{sync::Mutex, time::timeout_at};

use crate::{Scope, Shelf, Unanswered, search::Why};

/// Counts up when a document's form changes: an older one is loaded again.
const FORM: u32 = 1;

/// A document with its freshness.
pub(super) struct Document<T> {
    name: &'static str,
    /// How long what it holds is fresh, in seconds.
    fresh_s: fn(&T) -> u32,
    kept: Mutex<Option<Kept<Arc<T>>>>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Kept<T> {
    form: u32,
    /// When it was loaded, in seconds since 1970.
    loaded_s: i64,
    content: T,
}

impl<T: Serialize + DeserializeOwned + Send + Sync + 'static> Document<T> {
    pub(super) fn new(name: &'static str, fresh_s: fn(&T) -> u32) -> Self {
        Self {
            name,
            fresh_s,
            kept: Mutex::new(None),
        }
    }

    /// The content: kept and fresh, or loaded now.
    ///
    /// # Errors
    /// It could not be loaded, or the scope's time ended before.
    pub(super) async fn read(
        &self,
        copies: &impl Shelf,
        now: Timestamp,
        scope: &Scope,
        load: impl Future<Output = Result<T, Unanswered>>,
    ) -> Result<Arc<T>, Unanswered> {
        const SOURCE: PriceSource = PriceSource::Chamgagyeok;
        let no_time = |_| Unanswered::by(SOURCE, Why::NoTime);
        let mut kept = timeout_at(scope.until, self.kept.lock()).await.map_err(no_time)?;
        if let Some(kept) = kept
            .as_ref()
            .filter(|kept| self.is_fresh(kept.loaded_s, &kept.content, now))
        {
            return Ok(Arc::clone(&kept.content));
        }
        // The age that counts stands in the document itself; the shelf's only spares a reading.
        let on_shelf = timeout_at(scope.until, copies.get(SOURCE, self.name, 86_400)).await;
        let on_shelf = on_shelf.map_err(no_time)?;
        if let Some(found) = on_shelf.and_then(|text| self.fresh_from(&text, now)) {
            let content = Arc::clone(&found.content);
            *kept = Some(found);
            return Ok(content);
        }
        let fresh = Kept {
            form: FORM,
            loaded_s: now.as_second(),
            content: load.await?,
        };
        if let Ok(text) = serde_json::to_string(&fresh) {
            // A shelf that is slow costs the copy on it, not the search.
            let _copied = timeout_at(scope.until, copies.put(SOURCE, self.name, text)).await;
        }
        let content = Arc::new(fresh.content);
        *kept = Some(Kept {
            form: FORM,
            loaded_s: fresh.loaded_s,
            content: Arc::clone(&content),
        });
        Ok(content)
    }

    fn fresh_from(&self, text: &str, now: Timestamp) -> Option<Kept<Arc<T>>> {
        let found: Kept<T> = serde_json::from_str(text).ok()?;
        let fresh = found.form == FORM && self.is_fresh(found.loaded_s, &found.content, now);
        fresh.then(|| Kept {
            form: FORM,
            loaded_s: found.loaded_s,
            content: Arc::new(found.content),
        })
    }

    fn is_fresh(&self, loaded_s: i64, content: &T, now: Timestamp) -> bool {
        let age_s = now.as_second().saturating_sub(loaded_s);
        (0..i64::from((self.fresh_s)(content))).contains(&age_s)
    }
}
