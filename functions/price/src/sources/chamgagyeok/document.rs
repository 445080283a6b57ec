//! A document that is kept between searches: in this process, and in the prices table for the other functions. It is loaded
//! once for the searches that wait for it together, and where that fails they share the failure. Stored documents are
//! untrusted: invalid or future-dated ones are reloaded. A loaded document that is not valid is kept in this process at most.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use contract::PriceSource;
use jiff::Timestamp;
use serde::{Serialize, de::DeserializeOwned};
use tokio::{sync::Mutex, time::timeout_at};

use crate::{
    search::{CallContext, SearchError, SearchErrorKind},
    store::{documents::DocumentStore, stored::Stored},
};

const SOURCE: PriceSource = PriceSource::Chamgagyeok;

/// A document with its freshness.
pub(super) struct Document<T> {
    name: &'static str,
    /// How long this content is fresh, in seconds.
    fresh_s: fn(&T) -> u32,
    /// Whether this content may be shared by way of the table.
    is_valid: fn(&T, Timestamp) -> bool,
    state: Mutex<State<T>>,
    /// Loads that have ended.
    loads: AtomicU64,
}

struct State<T> {
    kept: Option<Stored<Arc<T>>>,
    /// How the last load failed, if it did.
    failed: Option<SearchError>,
}

impl<T: Serialize + DeserializeOwned + Send + Sync + 'static> Document<T> {
    pub(super) fn new(
        name: &'static str,
        fresh_s: fn(&T) -> u32,
        is_valid: fn(&T, Timestamp) -> bool,
    ) -> Self {
        Self {
            name,
            fresh_s,
            is_valid,
            state: Mutex::new(State { kept: None, failed: None }),
            loads: AtomicU64::new(0),
        }
    }

    /// The content: kept and fresh, or loaded now.
    ///
    /// # Errors
    /// It could not be loaded, or the context's time ended before.
    pub(super) async fn read(
        &self,
        documents: &DocumentStore,
        now: Timestamp,
        context: &CallContext,
        load: impl Future<Output = Result<T, SearchError>>,
    ) -> Result<Arc<T>, SearchError> {
        let late = |_| SearchError::new(SOURCE, SearchErrorKind::DeadlineExceeded);
        let loads_before = self.loads.load(Ordering::SeqCst);
        let state = timeout_at(context.until, self.state.lock()).await;
        let mut state = state.map_err(late)?;
        if let Some(kept) = &state.kept
            && self.is_fresh(&kept.content, kept.age_s(now))
        {
            return Ok(Arc::clone(&kept.content));
        }
        if let Some(error) = &state.failed
            && self.loads.load(Ordering::SeqCst) > loads_before
        {
            let kind = Box::new(error.kind.clone());
            return Err(SearchError {
                hint: error.hint.clone(),
                ..SearchError::new(SOURCE, SearchErrorKind::SharedLoadFailed(kind))
            });
        }
        let stored = timeout_at(context.until, documents.get::<T>(SOURCE, self.name)).await;
        let stored = stored.map_err(late)?;
        let stored = stored.filter(|stored| {
            self.is_fresh(&stored.content, stored.age_s(now)) && (self.is_valid)(&stored.content, now)
        });
        let found = if let Some(stored) = stored {
            stored
        } else {
            let loaded = load.await;
            self.loads.fetch_add(1, Ordering::SeqCst);
            state.failed = loaded.as_ref().err().cloned();
            let loaded = Stored { content: loaded?, at: now };
            if (self.is_valid)(&loaded.content, now) {
                // A table that is slow costs the copy in it, not the search.
                let put = documents.put(SOURCE, self.name, &loaded);
                let _stored = timeout_at(context.until, put).await;
            }
            loaded
        };
        let shared = Arc::new(found.content);
        state.kept = Some(Stored { content: Arc::clone(&shared), at: found.at });
        Ok(shared)
    }

    fn is_fresh(&self, content: &T, age_s: i64) -> bool {
        (0..i64::from((self.fresh_s)(content))).contains(&age_s)
    }
}
