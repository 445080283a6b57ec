//! A document that is cached in this process, and in the prices table for other functions. Searches that wait for it together
//! share one load, also its error. Stored documents are untrusted: invalid or future-dated ones are loaded again. A loaded
//! document that is not valid is cached in this process only.

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

#[derive(Debug)]
pub(super) struct Document<T> {
    name: &'static str,
    /// How long some content is fresh, in seconds.
    fresh_s: fn(&T) -> u32,
    /// Whether some content may be in the table.
    is_valid: fn(&T, Timestamp) -> bool,
    state: Mutex<State<T>>,
    /// Loads that have ended.
    loads: AtomicU64,
}

#[derive(Debug)]
struct State<T> {
    cached: Option<Stored<Arc<T>>>,
    /// The error of the last load.
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
            state: Mutex::new(State { cached: None, failed: None }),
            loads: AtomicU64::new(0),
        }
    }

    /// The content, cached and fresh, or loaded now.
    ///
    /// # Errors
    /// The load failed, or the context's time ended.
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
        if let Some(cached) = &state.cached
            && self.is_fresh(&cached.content, cached.age_s(now))
        {
            return Ok(Arc::clone(&cached.content));
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
                // A slow table is no error of the search.
                let put = documents.put(SOURCE, self.name, &loaded);
                let _stored = timeout_at(context.until, put).await;
            }
            loaded
        };
        let shared = Arc::new(found.content);
        state.cached = Some(Stored { content: Arc::clone(&shared), at: found.at });
        Ok(shared)
    }

    fn is_fresh(&self, content: &T, age_s: i64) -> bool {
        (0..i64::from((self.fresh_s)(content))).contains(&age_s)
    }
}
