//! Servers on this machine for clients and adapters to talk to, and keys that change when they are read again. Time is real
//! here (sockets do not move with a paused clock), so the pauses are short.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    body::Body,
    extract::{Query, Request},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use contract::error_name::PriceError;
use futures::future::BoxFuture;
use runtime::{Failure, Secret, SecretError, SecretSource, Secrets};
use tokio::{
    io::AsyncReadExt as _,
    net::{TcpListener, TcpSocket, TcpStream},
};

use super::{context, failures, unlimited};
use crate::{
    http::{
        base_url::BaseUrl,
        client::{Access, RetryPolicy},
    },
    search::{ProductSearch, SearchError, offer::Answer},
};

/// What a server got.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) path: String,
    /// As it was sent.
    pub(crate) raw_query: String,
    /// Decoded.
    pub(crate) query: BTreeMap<String, String>,
    pub(crate) headers: HeaderMap,
}

impl Call {
    pub(crate) fn value(&self, name: &str) -> &str {
        self.query.get(name).map_or("", String::as_str)
    }
}

pub(crate) type Calls = Arc<Mutex<Vec<Call>>>;

pub(crate) async fn listener() -> (TcpListener, BaseUrl) {
    super::log_lines::begin();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    (listener, base.parse().unwrap())
}

/// A server that answers its n-th call (from 0) so.
pub(crate) async fn server(
    answer: impl Fn(&Call, usize) -> Response + Clone + Send + Sync + 'static,
) -> (BaseUrl, Calls) {
    slow_server(move |call, nth| std::future::ready(answer(&call, nth))).await
}

/// The same with an answer that takes its time.
pub(crate) async fn slow_server<F, A>(answer: F) -> (BaseUrl, Calls)
where
    F: Fn(Call, usize) -> A + Clone + Send + Sync + 'static,
    A: Future<Output = Response> + Send + 'static,
{
    let (listener, base) = listener().await;
    let calls = Calls::default();
    let seen = Arc::clone(&calls);
    let router = Router::new().fallback(move |request: Request| {
        let query = Query::try_from_uri(request.uri()).map_or_else(|_| BTreeMap::new(), |Query(query)| query);
        let call = Call {
            path: request.uri().path().to_owned(),
            raw_query: request.uri().query().unwrap_or_default().to_owned(),
            query,
            headers: request.headers().clone(),
        };
        let nth = {
            let mut calls = seen.lock().unwrap();
            calls.push(call.clone());
            calls.len() - 1
        };
        answer(call, nth)
    });
    tokio::spawn(async move { axum::serve(listener, router).await });
    (base, calls)
}

/// A server that says these one after the other, and the last one from then on.
pub(crate) async fn script(replies: &'static [(u16, &'static str)]) -> (BaseUrl, Calls) {
    server(move |_, nth| {
        let &(status, body) = replies.get(nth).or(replies.last()).unwrap();
        reply(status, "application/json; charset=UTF-8", body)
    })
    .await
}

/// A server below HTTP: does this with each connection once a request has come in. It counts the connections.
pub(crate) async fn raw_server<F, A>(answer: F) -> (BaseUrl, Arc<AtomicUsize>)
where
    F: Fn(TcpStream) -> A + Send + Sync + 'static,
    A: Future<Output = ()> + Send + 'static,
{
    let (listener, base) = listener().await;
    let connections = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&connections);
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            counted.fetch_add(1, Ordering::SeqCst);
            let _ = stream.read(&mut [0; 4_096]).await;
            tokio::spawn(answer(stream));
        }
    });
    (base, connections)
}

/// An address where nobody listens, nor begins to as long as the socket is kept.
pub(crate) fn nobody() -> (TcpSocket, BaseUrl) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let base = format!("http://{}", socket.local_addr().unwrap());
    (socket, base.parse().unwrap())
}

pub(crate) fn reply(status: u16, content_type: &'static str, body: impl Into<Body>) -> Response {
    let headers = [(header::CONTENT_TYPE, content_type)];
    (StatusCode::from_u16(status).unwrap(), headers, body.into()).into_response()
}

/// Gives the texts one after the other, and the last one from then on. It counts its readings.
#[derive(Clone)]
pub(crate) struct Vault {
    texts: Arc<Mutex<Vec<String>>>,
    pub(crate) readings: Arc<AtomicUsize>,
}

impl Vault {
    pub(crate) fn new(texts: &[&str]) -> Self {
        Self {
            texts: Arc::new(Mutex::new(texts.iter().map(ToString::to_string).collect())),
            readings: Arc::default(),
        }
    }
}

impl SecretSource for Vault {
    fn read<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<Secret, SecretError>> {
        self.readings.fetch_add(1, Ordering::SeqCst);
        let mut texts = self.texts.lock().unwrap();
        let text = if texts.len() > 1 { texts.remove(0) } else { texts[0].clone() };
        Box::pin(async move { Ok(Secret::new(text)) })
    }
}

/// Access by keys of these names, which the vault has, with pauses of milliseconds.
pub(crate) async fn access(vault: Vault, names: &[&str]) -> Access {
    let key_names: Vec<_> = names.iter().map(ToString::to_string).collect();
    let default = RetryPolicy::default();
    Access {
        secrets: Arc::new(Secrets::read(vault, key_names.clone()).await.unwrap()),
        key_names,
        quota: unlimited(),
        retry_policy: RetryPolicy {
            call_timeout: Duration::from_secs(10),
            backoff: default.backoff.with_min_delay(Duration::from_millis(1)),
        },
        log: None,
    }
}

/// Access by one key.
pub(crate) async fn access_by(key: &str) -> Access {
    access(Vault::new(&[key]), &["key"]).await
}

/// One search with time enough: its answer, and for each call whether it failed.
pub(crate) async fn search(
    source: &impl ProductSearch,
    name: &str,
) -> (Result<Answer, SearchError>, Vec<f64>) {
    let (context, recorded) = context(30_000);
    let answer = source.search(name, &context).await;
    (answer, failures(&recorded))
}

/// All that the function would say of a search that stayed unanswered.
pub(crate) fn told(error: &SearchError) -> String {
    let message = Failure::caused_by(PriceError::PriceFetchFailed, error).message;
    match &error.hint {
        Some(hint) => format!("{message}; hint: {hint}"),
        None => message,
    }
}
