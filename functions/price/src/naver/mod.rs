//! Naver's shopping search (S4): one call, its retries and its timeouts. How an answer is read lives in
//! `reply`, a refusal in `refusal`, the keys in `keys`, what no error may repeat in `private`.

#[doc(hidden)]
pub mod fuzz;
mod keys;
#[cfg(test)]
mod payloads;
mod private;
mod refusal;
mod reply;
#[cfg(test)]
mod tests;

use std::{sync::Arc, time::Duration};

use backon::{BackoffBuilder as _, ExponentialBuilder};
use contract::metric::Provider;
use reqwest::{Client, Url, header::HeaderMap};
use shell::{Recorder, SecretError, Secrets};
use tokio::time::{Instant, sleep, timeout_at};

pub use self::keys::KeyNames;
use self::{keys::Keys, private::Private};
use crate::{
    Answer, Budget, ProductSearch, Scope, Unanswered,
    base_url::BaseUrl,
    http::{self, BodyError},
    search::Why,
};

/// The path of the search (S4).
const PATH: &str = "v1/search/shop.json";
/// What stands in a query beside the name (S4): ten products, the most similar ones.
const QUERY: [(&str, &str); 3] = [("display", "10"), ("start", "1"), ("sort", "sim")];
/// Most bytes of a body that are read. Ten products take less than 10 KB.
const MAX_BODY_BYTES: usize = 1_048_576;

/// How long is waited and how often is tried.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// Longest time of one call, from connecting to the last byte. What is left of the function's time may cut
    /// it shorter.
    pub call_timeout: Duration,
    /// The pauses between tries that have a chance: as many as there are retries.
    pub pauses: ExponentialBuilder,
}

impl Default for Patience {
    /// Three retries within some three seconds: long enough for a limit by the second to be over. Each pause
    /// doubles and is stretched by up to as much again, so that searches that failed together do not come back
    /// together.
    fn default() -> Self {
        Self {
            call_timeout: Duration::from_secs(4),
            pauses: ExponentialBuilder::new()
                .with_min_delay(Duration::from_millis(250))
                .with_max_times(3)
                .with_jitter(),
        }
    }
}

/// The adapter to Naver's shopping search.
#[derive(Debug)]
pub struct Naver {
    client: Client,
    url: Url,
    secrets: Arc<Secrets>,
    key_names: KeyNames,
    budget: Budget,
    patience: Patience,
}

impl Naver {
    /// Asks the server at that address, with keys that were read under those names.
    ///
    /// # Errors
    /// No client can be built: the system has no trusted certificates.
    pub fn new(
        base: &BaseUrl,
        secrets: impl Into<Arc<Secrets>>,
        key_names: KeyNames,
        budget: Budget,
        patience: Patience,
    ) -> Result<Self, reqwest::Error> {
        let url = base.join(PATH);
        let client = http::client(&url)?;
        Ok(Self {
            client,
            url,
            secrets: secrets.into(),
            key_names,
            budget,
            patience,
        })
    }

    /// Calls until there is an answer, an error that stays, or no time.
    async fn ask(&self, name: &str, keys: &Keys, scope: &Scope) -> Result<Answer, Unanswered> {
        let until = scope.until;
        let headers = keys.headers().map_err(unanswered)?;
        let mut pauses = self.patience.pauses.build();
        let mut last = None;
        loop {
            // Every call takes its turn, a retry too: the provider counts calls, not searches.
            if let Err(why) = self.budget.turn(scope).await {
                return Err(last.unwrap_or_else(|| unanswered(why)));
            }
            let under_way = UnderWay::begin(&scope.metrics);
            let answer = self.call(name, headers.clone(), keys, until).await;
            under_way.end(answer.is_ok());
            let failed = match answer {
                Ok(answer) => return Ok(answer),
                Err(failed) => failed,
            };
            let pause = pauses.next().filter(|_| failed.why.passes());
            let Some(pause) = pause.filter(|&pause| Instant::now() + pause < until) else {
                return Err(failed);
            };
            tracing::warn!(why = %failed.why, pause_ms = pause.as_millis(), "search tried again");
            sleep(pause).await;
            last = Some(failed);
        }
    }

    /// One call, as it goes over the wire. The keys and the name are kept out of what is quoted.
    async fn call(
        &self,
        name: &str,
        headers: HeaderMap,
        keys: &Keys,
        until: Instant,
    ) -> Result<Answer, Unanswered> {
        let time = self
            .patience
            .call_timeout
            .min(until.saturating_duration_since(Instant::now()));
        let broken = |error: reqwest::Error| {
            // The address holds the ingredient's name.
            let error = error.without_url();
            unanswered(if error.is_timeout() {
                Why::TooSlow(time)
            } else {
                Why::Connection(error)
            })
        };
        let request = self
            .client
            .get(self.url.clone())
            .query(&[("query", name)])
            .query(&QUERY);
        let mut response = request
            .headers(headers)
            .timeout(time)
            .send()
            .await
            .map_err(broken)?;

        let status = response.status().as_u16();
        let mut body = Vec::new();
        let read = http::read_body(&mut response, MAX_BODY_BYTES, &mut body).await;
        if status != 200 {
            // The status is an answer even where the body breaks off.
            return Err(refusal::unanswered(status, &body, Private { keys, name }));
        }
        match read {
            Ok(()) => reply::parse(&body).map_err(unanswered),
            Err(BodyError::TooLarge) => Err(unanswered(Why::TooLarge {
                limit_bytes: MAX_BODY_BYTES,
            })),
            Err(BodyError::Broken(error)) => Err(broken(error)),
        }
    }
}

impl ProductSearch for Naver {
    async fn search(&self, name: &str, scope: &Scope) -> Result<Answer, Unanswered> {
        let keys = Keys::cached(&self.secrets, &self.key_names).map_err(unread)?;
        let refused = match self.ask(name, &keys, scope).await {
            Err(
                refused @ Unanswered {
                    why: Why::Credentials(_),
                    ..
                },
            ) => refused,
            answer => return answer,
        };
        tracing::warn!(why = %refused.why, "credentials read again");
        match timeout_at(scope.until, keys.newer(&self.secrets, &self.key_names)).await {
            Ok(keys) => self.ask(name, &keys.map_err(unread)?, scope).await,
            Err(_) => Err(refused),
        }
    }
}

/// A call under way, recorded however it ends.
///
/// A search is given up when another one of its order fails. Its call was made all the same, so it is counted when it is
/// dropped (D12), and nobody can say that it would have failed: it counts as one that did not.
struct UnderWay<'a> {
    metrics: &'a Recorder,
    begin: Instant,
    failed: bool,
}

impl<'a> UnderWay<'a> {
    fn begin(metrics: &'a Recorder) -> Self {
        Self {
            metrics,
            begin: Instant::now(),
            failed: false,
        }
    }

    fn end(mut self, ok: bool) {
        self.failed = !ok;
    }
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.metrics
            .call(Provider::Naver, self.begin.elapsed(), !self.failed);
    }
}

fn unanswered(why: Why) -> Unanswered {
    Unanswered {
        provider: Provider::Naver,
        why,
        hint: None,
    }
}

fn unread(error: SecretError) -> Unanswered {
    Unanswered {
        hint: error.hint().map(Into::into),
        ..unanswered(Why::NoCredentials(error))
    }
}
