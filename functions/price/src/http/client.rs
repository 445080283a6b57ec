//! The client that every source shares. Each call acquires the source's quota, is recorded however it ends, and is tried
//! again where that may help, inside of the search's time. What a call carries and what its reply says are the adapter's.

#[cfg(test)]
mod tests;

use std::{sync::Arc, time::Duration};

use backon::{BackoffBuilder as _, ExponentialBuilder};
use contract::PriceSource;
use reqwest::{Client, RequestBuilder, Response, Url, header::HeaderMap, redirect, retry};
use runtime::{SecretError, Secrets};
use tokio::time::{Instant, sleep, timeout_at};

use super::{guard::CallGuard, keys::Keys, observer::CallLog, redaction::Redactor};
use crate::{
    quota::Quota,
    search::{CallContext, SearchError, SearchErrorKind},
};

/// Longest wait for a connection. A provider that drops packets is known soon, and there is time for another try.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// How long a connection is kept for the next search: a frozen function wakes up with connections that are long dead.
const IDLE_TIMEOUT: Duration = Duration::from_secs(30);

/// How long a call may take, and how often it is tried again.
#[derive(Debug, Clone, Copy)]
pub struct RetryPolicy {
    /// Longest time of one call, from connecting to the last byte. The search's time may cut it shorter.
    pub call_timeout: Duration,
    /// The pauses before the retries: as many as there are retries.
    pub backoff: ExponentialBuilder,
}

impl Default for RetryPolicy {
    /// Three retries within some three seconds: long enough for a limit by the second to be over. Each pause doubles and
    /// is stretched by up to as much again, so that searches that failed together do not come back together.
    fn default() -> Self {
        let backoff = ExponentialBuilder::new()
            .with_min_delay(Duration::from_millis(250))
            .with_max_times(3)
            .with_jitter();
        Self { call_timeout: Duration::from_secs(4), backoff }
    }
}

/// What came back of a call: any status, with as much of the body as was read. With status 200 that is all of it.
#[derive(Debug, Default)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    /// The header of that name, where it is text.
    pub(crate) content_type: Option<String>,
    pub(crate) body: Vec<u8>,
}

/// What a source's calls need beside its address.
#[derive(Debug, Clone)]
pub struct Access {
    pub secrets: Arc<Secrets>,
    /// The names of the source's keys, in the order of the catalogue.
    pub key_names: Vec<String>,
    pub quota: Quota,
    pub retry_policy: RetryPolicy,
    /// Where calls are shown, if anywhere.
    pub log: Option<Arc<CallLog>>,
}

/// Calls one source.
#[derive(Debug)]
pub(crate) struct ProviderClient {
    source: PriceSource,
    client: Client,
    access: Access,
    max_body_bytes: usize,
}

impl ProviderClient {
    /// A client with a pool of connections to one provider. It follows no redirect (a key would travel along), asks no
    /// proxy, and sends each request once: retries are decided, limited and recorded here.
    ///
    /// # Errors
    /// The client needs TLS and the system has no trusted certificates.
    pub(crate) fn new(
        source: PriceSource,
        url: &Url,
        access: Access,
        max_body_bytes: usize,
    ) -> Result<Self, reqwest::Error> {
        // An error says that there is one already, which is all that is needed.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let builder = Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .pool_idle_timeout(IDLE_TIMEOUT)
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            .no_proxy();
        // Reading the system's certificates takes longer than a search on the same machine, and plain HTTP needs none.
        let builder =
            if url.scheme() == "http" { builder.tls_certs_only([]) } else { builder.https_only(true) };
        Ok(Self { source, client: builder.build()?, access, max_body_bytes })
    }

    /// Makes a call for an ingredient's name and reads its reply, again where the error is transient, and once more with
    /// keys that were read again where they were refused.
    ///
    /// `request` builds the call from the keys, before anything is spent. `read` makes of any status and of a whole body
    /// what the adapter wants to know. What both say is logged, so the name is empty for a call that does not carry it.
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

    /// Calls until there is an answer, a permanent error, or no time.
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
            // Every call acquires the quota, a retry too: the provider counts calls, not searches.
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

    /// One call, as it goes over the wire.
    async fn call(
        &self,
        request: RequestBuilder,
        until: Instant,
        redactor: Redactor<'_>,
    ) -> Result<Reply, SearchErrorKind> {
        let left = until.saturating_duration_since(Instant::now());
        let time = self.access.retry_policy.call_timeout.min(left);
        let failed = |error: reqwest::Error| {
            // The address holds the ingredient's name, and for some sources the key.
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
            // The status is an answer even where the body breaks off.
            Err(error) if [0, 200].contains(&reply.status) => Err(error),
            _ => Ok(reply),
        }
    }

    /// Reads the body. When it breaks off (an error) or is too large (none), the part that came before is in `body`.
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
