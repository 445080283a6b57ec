//! The HTTP client of all sources. Each call acquires the source's quota, is recorded, and is retried after a transient error
//! within the search's time. Adapters build the requests and read the replies.

#[cfg(test)]
mod tests;

use std::{sync::Arc, time::Duration};

use backon::{BackoffBuilder as _, ExponentialBuilder};
use contract::{PriceSource, metric::Provider};
use reqwest::{Client, RequestBuilder, Response, Url, header::HeaderMap, redirect, retry};
use runtime::{Recorder, SecretError, Secrets};
use tokio::time::{Instant, sleep, timeout_at};

use super::{keys::Keys, observer::CallLog, redaction::Redactor};
use crate::{
    quota::Quota,
    search::{CallContext, SearchError, SearchErrorKind},
};

/// Longest wait for a connection: short enough for another try with a provider that drops packets.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// How long an idle connection is kept. After Lambda has frozen a function its old connections are closed.
const IDLE_TIMEOUT: Duration = Duration::from_secs(30);

#[derive(Debug, Clone, Copy)]
pub struct RetryPolicy {
    /// Longest time of one call, from connecting to the last byte, within the search's time.
    pub call_timeout: Duration,
    /// The pauses before the retries.
    pub backoff: ExponentialBuilder,
}

impl Default for RetryPolicy {
    /// Three retries within some three seconds, which is long enough for a limit per second to pass, with jitter, so that
    /// searches that failed together are not retried together.
    fn default() -> Self {
        let backoff = ExponentialBuilder::new()
            .with_min_delay(Duration::from_millis(250))
            .with_max_times(3)
            .with_jitter();
        Self { call_timeout: Duration::from_secs(4), backoff }
    }
}

/// The reply of any status. With status 200 the body is complete, otherwise it is what was read of it.
#[derive(Debug, Default)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) content_type: Option<String>,
    pub(crate) body: Vec<u8>,
}

/// What a client needs beside the address.
#[derive(Debug, Clone)]
pub struct Access {
    pub secrets: Arc<Secrets>,
    /// In the order of the source's facts.
    pub key_names: Vec<String>,
    pub quota: Quota,
    pub retry_policy: RetryPolicy,
    /// Where calls are logged for a person, if anywhere.
    pub log: Option<Arc<CallLog>>,
}

#[derive(Debug)]
pub(crate) struct ProviderClient {
    source: PriceSource,
    client: Client,
    access: Access,
    max_body_bytes: usize,
}

impl ProviderClient {
    /// A client with a pool of connections to one provider. It follows no redirect, which would carry the key elsewhere, uses no
    /// proxy, and sends each request once: retries are made here, where they are limited and recorded.
    ///
    /// # Errors
    /// The client needs TLS and the system has no trusted certificates.
    pub(crate) fn new(
        source: PriceSource,
        url: &Url,
        access: Access,
        max_body_bytes: usize,
    ) -> Result<Self, reqwest::Error> {
        // An error: there is a default provider already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let builder = Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .pool_idle_timeout(IDLE_TIMEOUT)
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            .no_proxy();
        // Reading the system's certificates takes longer than a search on loopback, and plain HTTP needs none.
        let builder =
            if url.scheme() == "http" { builder.tls_certs_only([]) } else { builder.https_only(true) };
        Ok(Self { source, client: builder.build()?, access, max_body_bytes })
    }

    /// Makes a call, retries it after transient errors, and after refused credentials tries once more with keys that are read
    /// again. `name` is the ingredient's name, to be redacted; empty for a call without one.
    pub(crate) async fn ask<T>(
        &self,
        context: &CallContext,
        name: &str,
        request: impl Fn(&Client, &Keys) -> Result<RequestBuilder, SearchError>,
        read: impl Fn(&Reply, Redactor<'_>) -> Result<T, SearchError>,
    ) -> Result<T, SearchError> {
        let Access { secrets, key_names, .. } = &self.access;
        let keys = Keys::cached(secrets, key_names).map_err(|error| self.unreadable(error))?;
        let refused = match self.with_retries(context, name, &keys, &request, &read).await {
            Err(error) if matches!(error.kind, SearchErrorKind::Credentials(_)) => error,
            answer => return answer,
        };
        tracing::warn!(source = %self.source, why = %refused.kind, "credentials read again");
        match timeout_at(context.until, keys.refreshed(secrets, key_names)).await {
            Ok(keys) => {
                let keys = keys.map_err(|error| self.unreadable(error))?;
                self.with_retries(context, name, &keys, &request, &read).await
            }
            Err(_) => Err(refused),
        }
    }

    async fn with_retries<T>(
        &self,
        context: &CallContext,
        name: &str,
        keys: &Keys,
        request: &impl Fn(&Client, &Keys) -> Result<RequestBuilder, SearchError>,
        read: &impl Fn(&Reply, Redactor<'_>) -> Result<T, SearchError>,
    ) -> Result<T, SearchError> {
        let redactor = Redactor { keys, name };
        let mut backoff = self.access.retry_policy.backoff.build();
        let mut last = None;
        loop {
            let request = request(&self.client, keys)?;
            // Retries too: the provider counts calls, not searches.
            if let Err(kind) = self.access.quota.acquire(context).await {
                return Err(last.unwrap_or_else(|| self.error(kind)));
            }
            let guard = CallGuard::begin(&context.metrics, self.source.facts().provider);
            let answer = match self.call(request, context.until, redactor).await {
                Ok(reply) => read(&reply, redactor),
                Err(kind) => Err(self.error(kind)),
            };
            guard.end(answer.is_ok());
            let failed = match answer {
                Ok(answer) => return Ok(answer),
                Err(failed) => failed,
            };
            let pause = backoff.next().filter(|_| failed.kind.is_transient());
            let Some(pause) = pause.filter(|&pause| Instant::now() + pause < context.until) else {
                return Err(failed);
            };
            let pause_ms = pause.as_millis();
            tracing::warn!(source = %self.source, why = %failed.kind, pause_ms, "search tried again");
            sleep(pause).await;
            last = Some(failed);
        }
    }

    async fn call(
        &self,
        request: RequestBuilder,
        until: Instant,
        redactor: Redactor<'_>,
    ) -> Result<Reply, SearchErrorKind> {
        let left = until.saturating_duration_since(Instant::now());
        let time = self.access.retry_policy.call_timeout.min(left);
        let failed = |error: reqwest::Error| {
            // The address has the ingredient's name, and for some sources the key.
            let error = error.without_url();
            if error.is_timeout() {
                SearchErrorKind::Timeout(time)
            } else {
                SearchErrorKind::Connection(Arc::new(error))
            }
        };
        let request = request.timeout(time).build().map_err(failed)?;
        let log = self.access.log.as_ref();
        let observer = log.map(|log| log.begin(&request, redactor));
        let mut headers = HeaderMap::new();
        let mut reply = Reply::default();
        let ended = match self.client.execute(request).await {
            Ok(mut response) => {
                reply.status = response.status().as_u16();
                headers.clone_from(response.headers());
                self.read_body(&mut response, &mut reply.body).await
            }
            Err(error) => Err(Some(error)),
        };
        let ended = ended.map_err(|error| match error {
            Some(error) => failed(error),
            None => SearchErrorKind::TooLarge { max_bytes: self.max_body_bytes },
        });
        if let Some(observer) = observer {
            let answered = (reply.status != 0).then_some((reply.status, &headers, reply.body.as_slice()));
            let error = ended.as_ref().err().map(|error| runtime::chain(error));
            observer.end(answered, error.as_deref());
        }
        let content_type = headers.get("content-type");
        reply.content_type = content_type.and_then(|value| Some(value.to_str().ok()?.to_owned()));
        match ended {
            // Any other status is an answer even without a complete body.
            Err(error) if [0, 200].contains(&reply.status) => Err(error),
            _ => Ok(reply),
        }
    }

    /// Reads the body, up to an error or, with `None`, to the limit of its size.
    async fn read_body(
        &self,
        response: &mut Response,
        body: &mut Vec<u8>,
    ) -> Result<(), Option<reqwest::Error>> {
        while let Some(chunk) = response.chunk().await.map_err(Some)? {
            let room = self.max_body_bytes.saturating_sub(body.len());
            body.extend(chunk.iter().take(room));
            if chunk.len() > room {
                return Err(None);
            }
        }
        Ok(())
    }

    pub(crate) fn error(&self, kind: SearchErrorKind) -> SearchError {
        SearchError::new(self.source, kind)
    }

    fn unreadable(&self, error: SecretError) -> SearchError {
        SearchError {
            hint: error.hint().map(Into::into),
            ..self.error(SearchErrorKind::CredentialsUnreadable(error))
        }
    }
}

/// A call in progress, recorded when it is dropped. One that is cancelled, because another search of its order failed, was made
/// all the same: it counts as a call that did not fail.
struct CallGuard<'a> {
    metrics: &'a Recorder,
    provider: Provider,
    begin: Instant,
    failed: bool,
}

impl<'a> CallGuard<'a> {
    fn begin(metrics: &'a Recorder, provider: Provider) -> Self {
        Self { metrics, provider, begin: Instant::now(), failed: false }
    }

    fn end(mut self, ok: bool) {
        self.failed = !ok;
    }
}

impl Drop for CallGuard<'_> {
    fn drop(&mut self) {
        self.metrics.call(self.provider, self.begin.elapsed(), !self.failed);
    }
}
