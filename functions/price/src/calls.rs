//! The calls of a source: each takes its turn of the budget, is recorded however it ends, and is tried again where that may
//! help, inside of the search's time. Knows no provider: what a call carries and what its answer says are the adapter's.

use std::{borrow::Cow, sync::Arc, time::Duration};

use backon::{BackoffBuilder as _, ExponentialBuilder};
use contract::{PriceSource, metric::Provider};
use reqwest::{Client, RequestBuilder, Url, header::CONTENT_TYPE};
use shell::{Recorder, SecretError, Secrets};
use tokio::time::{Instant, sleep, timeout_at};

use crate::{
    Budget, Scope, Unanswered,
    http::{self, BodyError},
    private::Keys,
    search::Why,
};

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

/// What came back of a call: any status, with as much of the body as was read. With status 200 that is all of it.
#[derive(Debug)]
pub(crate) struct Reply {
    /// The HTTP status.
    pub(crate) status: u16,
    /// The header of that name, where it is text.
    pub(crate) content_type: Option<String>,
    /// The bytes of the body.
    pub(crate) body: Vec<u8>,
}

/// Calls one source.
#[derive(Debug)]
pub(crate) struct Caller {
    source: PriceSource,
    pub(crate) client: Client,
    pub(crate) secrets: Arc<Secrets>,
    key_names: Vec<String>,
    budget: Budget,
    pub(crate) patience: Patience,
    /// Most bytes of a body that are read.
    limit_bytes: usize,
}

impl Caller {
    /// Calls the server of that address for a source, with keys that were read under those names.
    ///
    /// # Errors
    /// No client can be built: the system has no trusted certificates.
    pub(crate) fn new(
        source: PriceSource,
        url: &Url,
        secrets: impl Into<Arc<Secrets>>,
        key_names: Vec<String>,
        (budget, patience): (Budget, Patience),
        limit_bytes: usize,
    ) -> Result<Self, reqwest::Error> {
        Ok(Self {
            source,
            client: http::client(url)?,
            secrets: secrets.into(),
            key_names,
            budget,
            patience,
            limit_bytes,
        })
    }

    /// Makes a call and reads its answer, again where the reason passes, and once more with keys that were read again
    /// where they were refused.
    ///
    /// `request` builds the call from the keys, before anything is spent. `read` makes of any status and of a whole body
    /// what the adapter wants to know. Both keep the keys to themselves: what they say is logged.
    pub(crate) async fn ask<T>(
        &self,
        scope: &Scope,
        request: impl Fn(&Client, &Keys) -> Result<RequestBuilder, Unanswered>,
        read: impl Fn(&Reply, &Keys) -> Result<T, Unanswered>,
    ) -> Result<T, Unanswered> {
        let keys = Keys::cached(&self.secrets, &self.key_names).map_err(|error| self.unread(error))?;
        let refused = match self.tries(scope, &keys, &request, &read).await {
            Err(
                refused @ Unanswered {
                    why: Why::Credentials(_),
                    ..
                },
            ) => refused,
            answer => return answer,
        };
        tracing::warn!(source = %self.source, why = %refused.why, "credentials read again");
        match timeout_at(scope.until, keys.newer(&self.secrets, &self.key_names)).await {
            Ok(keys) => {
                let keys = keys.map_err(|error| self.unread(error))?;
                self.tries(scope, &keys, &request, &read).await
            }
            Err(_) => Err(refused),
        }
    }

    /// Calls until there is an answer, an error that stays, or no time.
    async fn tries<T>(
        &self,
        scope: &Scope,
        keys: &Keys,
        request: &impl Fn(&Client, &Keys) -> Result<RequestBuilder, Unanswered>,
        read: &impl Fn(&Reply, &Keys) -> Result<T, Unanswered>,
    ) -> Result<T, Unanswered> {
        let until = scope.until;
        let mut pauses = self.patience.pauses.build();
        let mut last = None;
        loop {
            let request = request(&self.client, keys)?;
            // Every call takes its turn, a retry too: the provider counts calls, not searches.
            if let Err(why) = self.budget.turn(scope).await {
                return Err(last.unwrap_or_else(|| self.unanswered(why)));
            }
            let under_way = UnderWay::begin(&scope.metrics, self.source.facts().provider);
            let answer = match self.call(request, until).await {
                Ok(reply) => read(&reply, keys),
                Err(why) => Err(self.unanswered(why)),
            };
            under_way.end(answer.is_ok());
            let failed = match answer {
                Ok(answer) => return Ok(answer),
                Err(failed) => failed,
            };
            let pause = pauses.next().filter(|_| failed.why.passes());
            let Some(pause) = pause.filter(|&pause| Instant::now() + pause < until) else {
                return Err(failed);
            };
            let pause_ms = pause.as_millis();
            tracing::warn!(source = %self.source, why = %failed.why, pause_ms, "search tried again");
            sleep(pause).await;
            last = Some(failed);
        }
    }

    /// One call, as it goes over the wire.
    async fn call(&self, request: RequestBuilder, until: Instant) -> Result<Reply, Why> {
        let time = self
            .patience
            .call_timeout
            .min(until.saturating_duration_since(Instant::now()));
        let broken = |error: reqwest::Error| {
            // The address holds the ingredient's name, and for some sources the key.
            let error = error.without_url();
            if error.is_timeout() {
                Why::TooSlow(time)
            } else {
                Why::Connection(error)
            }
        };
        let mut response = request.timeout(time).send().await.map_err(broken)?;
        let mut reply = Reply {
            status: response.status().as_u16(),
            content_type: response
                .headers()
                .get(CONTENT_TYPE)
                .and_then(|value| value.to_str().ok())
                .map(str::to_owned),
            body: Vec::new(),
        };
        let read = http::read_body(&mut response, self.limit_bytes, &mut reply.body).await;
        match read {
            Ok(()) => Ok(reply),
            // The status is an answer even where the body breaks off.
            Err(_) if reply.status != 200 => Ok(reply),
            Err(BodyError::TooLarge) => Err(Why::TooLarge {
                limit_bytes: self.limit_bytes,
            }),
            Err(BodyError::Broken(error)) => Err(broken(error)),
        }
    }

    /// This source stayed unanswered.
    pub(crate) fn unanswered(&self, why: Why) -> Unanswered {
        Unanswered::by(self.source, why)
    }

    fn unread(&self, error: SecretError) -> Unanswered {
        Unanswered {
            hint: error.hint().map(Into::into),
            ..self.unanswered(Why::NoCredentials(error))
        }
    }
}

impl Unanswered {
    /// A source that stayed unanswered. A hint is the adapter's to give, but for our own budget's.
    pub(crate) const fn by(source: PriceSource, why: Why) -> Self {
        const SPENT: &str = "the day's calls are used up, and nobody asks this source again before tomorrow: apply for more with the \
                             provider, then raise per_day of the source";
        let hint = match why {
            Why::BudgetSpent { .. } => Some(Cow::Borrowed(SPENT)),
            _ => None,
        };
        Self {
            provider: source.facts().provider,
            why,
            hint,
        }
    }
}

/// A call under way, recorded however it ends.
///
/// A search is given up when another one of its order fails. Its call was made all the same, so it is counted when it is
/// dropped (D12), and nobody can say that it would have failed: it counts as one that did not.
struct UnderWay<'a> {
    metrics: &'a Recorder,
    provider: Provider,
    begin: Instant,
    failed: bool,
}

impl<'a> UnderWay<'a> {
    fn begin(metrics: &'a Recorder, provider: Provider) -> Self {
        Self {
            metrics,
            provider,
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
            .call(self.provider, self.begin.elapsed(), !self.failed);
    }
}
