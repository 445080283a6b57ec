//! The secrets of a function by the *names* of their parameters (decision D10): read at init, cached, read again after an
//! authentication failure. The source is a port with an adapter in `parameter_store`.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use futures::future::BoxFuture;
use tokio::time::timeout;

use crate::Secret;

/// Longest wait for one reading. Lambda's init may take 10 s, and a function has two of them.
const READING_TIMEOUT: Duration = Duration::from_secs(3);

/// A secret that could not be read. Holds names, never values.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// There is no parameter of that name.
    #[error("secret parameter does not exist: {0}")]
    NotFound(String),
    /// The parameter is there, the function may not read or decrypt it.
    #[error("secret parameter may not be read: {0}")]
    Denied(String),
    /// The parameter is there and has no value, or is not encrypted.
    #[error("secret parameter is not a SecureString with a value: {0}")]
    NotASecret(String),
    /// The source did not answer in time or answered with an error of its own.
    #[error("secret parameter could not be read ({reason}): {name}")]
    Unavailable {
        /// The parameter's name.
        name: String,
        /// The source's message.
        reason: String,
    },
    /// A name that was not asked for at init.
    #[error("secret parameter was not read at init: {0}")]
    Unknown(String),
}

impl SecretError {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::NotFound(_) | Self::NotASecret(_) => {
                Some("write it with `aws ssm put-parameter --type SecureString`")
            }
            Self::Denied(_) => {
                Some("the function's role needs ssm:GetParameter on it and kms:Decrypt on its key")
            }
            Self::Unavailable { .. } | Self::Unknown(_) => None,
        }
    }
}

pub trait SecretSource: Send + Sync + 'static {
    /// Reads and decrypts one secret.
    ///
    /// # Errors
    /// The secret is not there, may not be read, or the source does not answer.
    fn read<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Secret, SecretError>>;
}

/// The cached secrets of a function.
pub struct Secrets {
    source: Arc<dyn SecretSource>,
    entries: BTreeMap<String, Entry>,
}

struct Entry {
    state: Mutex<State>,
    /// Held while reading, so that a burst of failures causes one reading.
    turn: tokio::sync::Mutex<()>,
}

struct State {
    current: Secret,
    /// Readings that have ended, with or without an error.
    ended: u64,
    /// The error of the last reading.
    last_error: Option<SecretError>,
}

impl Secrets {
    /// Reads all secrets concurrently.
    ///
    /// # Errors
    /// One of them cannot be read.
    pub async fn read(
        source: impl SecretSource,
        names: impl IntoIterator<Item = String>,
    ) -> Result<Self, SecretError> {
        let source: Arc<dyn SecretSource> = Arc::new(source);
        let readings = names.into_iter().map(|name| {
            let source = Arc::clone(&source);
            async move {
                let mut current = read_one(&*source, &name).await?;
                current.reading = 1;
                let state = Mutex::new(State { current, ended: 1, last_error: None });
                Ok::<_, SecretError>((name, Entry { state, turn: tokio::sync::Mutex::default() }))
            }
        });
        let entries = futures::future::try_join_all(readings).await?.into_iter().collect();
        Ok(Self { source, entries })
    }

    /// The cached secret of that name.
    ///
    /// # Errors
    /// The name was not among those read at init.
    pub fn get(&self, name: &str) -> Result<Secret, SecretError> {
        Ok(self.entry(name)?.state().current.clone())
    }

    /// A newer reading than `stale`, which an authentication has just failed with. Concurrent callers
    /// share one reading and its result, also if the value has not changed. A caller refreshes once: a second failure with
    /// the newer reading is the provider's answer.
    ///
    /// # Errors
    /// The name was not read at init, or the reading failed.
    pub async fn refresh(&self, name: &str, stale: &Secret) -> Result<Secret, SecretError> {
        let entry = self.entry(name)?;
        let ended_before = entry.state().ended;
        let _turn = entry.turn.lock().await;
        {
            let known = entry.state();
            if known.current.reading > stale.reading {
                return Ok(known.current.clone());
            }
            if let (true, Some(error)) = (known.ended > ended_before, &known.last_error) {
                return Err(error.clone());
            }
        }
        let reading = read_one(&*self.source, name).await;
        let mut known = entry.state();
        known.ended += 1;
        known.last_error = reading.as_ref().err().cloned();
        let mut secret = reading?;
        secret.reading = known.ended;
        known.current = secret.clone();
        Ok(secret)
    }

    fn entry(&self, name: &str) -> Result<&Entry, SecretError> {
        self.entries.get(name).ok_or_else(|| SecretError::Unknown(name.to_owned()))
    }
}

impl Entry {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.entries.keys()).finish()
    }
}

async fn read_one(source: &dyn SecretSource, name: &str) -> Result<Secret, SecretError> {
    let late = |_| SecretError::Unavailable {
        name: name.to_owned(),
        reason: format!("no answer within {} s", READING_TIMEOUT.as_secs()),
    };
    timeout(READING_TIMEOUT, source.read(name)).await.map_err(late)?
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    const NAME: &str = "/ai-chef/naver/client-secret";

    /// Answers after 10 ms, depending on the number of the reading.
    struct Script<F> {
        asked: Arc<AtomicUsize>,
        answer: F,
    }

    impl<F: Fn(usize) -> Result<&'static str, SecretError> + Send + Sync + 'static> SecretSource for Script<F> {
        fn read<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<Secret, SecretError>> {
            let nth = self.asked.fetch_add(1, Ordering::SeqCst);
            Box::pin(async move {
                tokio::time::sleep(Duration::from_millis(10)).await;
                (self.answer)(nth).map(Secret::new)
            })
        }
    }

    async fn secrets<F>(answer: F) -> (Result<Secrets, SecretError>, Arc<AtomicUsize>)
    where
        F: Fn(usize) -> Result<&'static str, SecretError> + Send + Sync + 'static,
    {
        let asked = Arc::new(AtomicUsize::new(0));
        let source = Script { asked: Arc::clone(&asked), answer };
        (Secrets::read(source, [NAME.to_owned()]).await, asked)
    }

    #[tokio::test(start_paused = true)]
    async fn a_secret_is_read_once_and_cached() {
        let (secrets, asked) = secrets(|_| Ok("old")).await;
        let secrets = secrets.unwrap();
        for _ in 0..3 {
            assert_eq!(secrets.get(NAME).unwrap().expose(), "old");
        }
        assert_eq!(asked.load(Ordering::SeqCst), 1);
        assert_eq!(secrets.get("other").unwrap_err(), SecretError::Unknown("other".to_owned()));
        assert_eq!(format!("{secrets:?}"), format!("{{{NAME:?}}}"));
    }

    #[tokio::test(start_paused = true)]
    async fn a_burst_of_failures_reads_once_more() {
        let (secrets, asked) = secrets(|nth| Ok(if nth == 0 { "old" } else { "new" })).await;
        let secrets = secrets.unwrap();
        let stale = secrets.get(NAME).unwrap();
        let burst = (0..10).map(|_| secrets.refresh(NAME, &stale));
        for secret in futures::future::join_all(burst).await {
            assert_eq!(secret.unwrap().expose(), "new");
        }
        assert_eq!(asked.load(Ordering::SeqCst), 2);
        // One that fails late with the old value gets the new one without a reading.
        assert_eq!(secrets.refresh(NAME, &stale).await.unwrap().expose(), "new");
        assert_eq!(asked.load(Ordering::SeqCst), 2);
        assert_eq!(secrets.get(NAME).unwrap().expose(), "new");
    }

    #[tokio::test(start_paused = true)]
    async fn a_burst_over_an_unchanged_value_reads_once_too() {
        let (secrets, asked) = secrets(|_| Ok("same")).await;
        let secrets = secrets.unwrap();
        let stale = secrets.get(NAME).unwrap();
        let burst = (0..10).map(|_| secrets.refresh(NAME, &stale));
        assert!(futures::future::join_all(burst).await.iter().all(Result::is_ok));
        assert_eq!(asked.load(Ordering::SeqCst), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn a_failed_reading_is_shared_by_the_burst_and_tried_again_later() {
        let denied = || SecretError::Denied(NAME.to_owned());
        let (secrets, asked) = secrets(move |nth| match nth {
            0 => Ok("old"),
            1 => Err(denied()),
            _ => Ok("new"),
        })
        .await;
        let secrets = secrets.unwrap();
        let stale = secrets.get(NAME).unwrap();
        let burst = (0..10).map(|_| secrets.refresh(NAME, &stale));
        assert!(
            futures::future::join_all(burst).await.iter().all(|got| got.as_ref().err() == Some(&denied()))
        );
        assert_eq!(asked.load(Ordering::SeqCst), 2);
        assert_eq!(secrets.get(NAME).unwrap().expose(), "old");
        assert_eq!(secrets.refresh(NAME, &stale).await.unwrap().expose(), "new");
        assert_eq!(asked.load(Ordering::SeqCst), 3);
    }

    #[tokio::test(start_paused = true)]
    async fn a_source_that_hangs_is_an_error() {
        struct Hangs;
        impl SecretSource for Hangs {
            fn read<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<Secret, SecretError>> {
                Box::pin(futures::future::pending())
            }
        }
        let error = Secrets::read(Hangs, [NAME.to_owned()]).await.unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("secret parameter could not be read (no answer within 3 s): {NAME}")
        );
    }
}
