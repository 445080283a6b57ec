//! What is kept between searches: in this process, and on the shelf for the functions beside it. It is loaded once for the
//! searches that wait for it together, and where that fails they share the failure. What is on the shelf may be anybody's: what
//! does not read, is from the future, or says what nobody believes, is loaded again. What was just loaded and is not believed
//! is kept in this process at most, never put on the shelf.

use std::{
    borrow::Cow,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use contract::{PriceSource, error_name::PriceError};
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
    /// Whether what it holds may be shared by way of the shelf.
    believed: fn(&T, Timestamp) -> bool,
    state: Mutex<State<T>>,
    /// Loads that have ended.
    ended: AtomicU64,
}

struct State<T> {
    kept: Option<Kept<Arc<T>>>,
    /// How the last load failed, if it did.
    failed: Option<Failed>,
}

struct Failed {
    error: PriceError,
    said: String,
    hint: Option<Cow<'static, str>>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Kept<T> {
    form: u32,
    /// When it was loaded, in seconds since 1970.
    loaded_s: i64,
    content: T,
}

impl<T: Serialize + DeserializeOwned + Send + Sync + 'static> Document<T> {
    pub(super) fn new(
        name: &'static str,
        fresh_s: fn(&T) -> u32,
        believed: fn(&T, Timestamp) -> bool,
    ) -> Self {
        Self {
            name,
            fresh_s,
            believed,
            state: Mutex::new(State {
                kept: None,
                failed: None,
            }),
            ended: AtomicU64::new(0),
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
        let ended_before = self.ended.load(Ordering::SeqCst);
        let mut state = timeout_at(scope.until, self.state.lock())
            .await
            .map_err(no_time)?;
        if let Some(kept) = state
            .kept
            .as_ref()
            .filter(|kept| self.is_fresh(kept.loaded_s, &kept.content, now))
        {
            return Ok(Arc::clone(&kept.content));
        }
        if let Some(failed) = &state.failed
            && self.ended.load(Ordering::SeqCst) > ended_before
        {
            return Err(failed.shared());
        }
        // The age that counts stands in the document itself; the shelf's only spares a reading.
        let on_shelf = timeout_at(scope.until, copies.get(SOURCE, self.name, 86_400)).await;
        let on_shelf = on_shelf.map_err(no_time)?;
        if let Some(found) = on_shelf.and_then(|text| self.fresh_from(&text, now)) {
            let content = Arc::clone(&found.content);
            state.kept = Some(found);
            return Ok(content);
        }
        let loaded = load.await;
        self.ended.fetch_add(1, Ordering::SeqCst);
        state.failed = loaded.as_ref().err().map(Failed::from);
        let fresh = Kept {
            form: FORM,
            loaded_s: now.as_second(),
            content: loaded?,
        };
        if (self.believed)(&fresh.content, now)
            && let Ok(text) = serde_json::to_string(&fresh)
        {
            // A shelf that is slow costs the copy on it, not the search.
            let _copied = timeout_at(scope.until, copies.put(SOURCE, self.name, text)).await;
        }
        let content = Arc::new(fresh.content);
        state.kept = Some(Kept {
            form: FORM,
            loaded_s: fresh.loaded_s,
            content: Arc::clone(&content),
        });
        Ok(content)
    }

    fn fresh_from(&self, text: &str, now: Timestamp) -> Option<Kept<Arc<T>>> {
        let found: Kept<T> = serde_json::from_str(text).ok()?;
        let fresh = found.form == FORM
            && self.is_fresh(found.loaded_s, &found.content, now)
            && (self.believed)(&found.content, now);
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

impl Failed {
    fn shared(&self) -> Unanswered {
        let why = Why::Beside {
            error: self.error,
            said: self.said.clone(),
        };
        Unanswered {
            hint: self.hint.clone(),
            ..Unanswered::by(PriceSource::Chamgagyeok, why)
        }
    }
}

impl From<&Unanswered> for Failed {
    fn from(unanswered: &Unanswered) -> Self {
        Self {
            error: unanswered.why.error(),
            said: unanswered.why.to_string(),
            hint: unanswered.hint.clone(),
        }
    }
}
