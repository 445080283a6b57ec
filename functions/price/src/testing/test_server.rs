//! Servers on loopback for tests of clients and adapters, and keys that change when they are read again. Time is real here:
//! sockets do not advance with a paused clock.

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

/// A server; `answer` gets the number of the call, from 0.
pub(crate) async fn server(
    answer: impl Fn(&Call, usize) -> Response + Clone + Send + Sync + 'static,
) -> (BaseUrl, Calls) {
    slow_server(move |call, nth| std::future::ready(answer(&call, nth))).await
}

/// The same with a future for the answer.
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

/// A server that gives these replies one after the other, then the last one.
pub(crate) async fn script(replies: &'static [(u16, &'static str)]) -> (BaseUrl, Calls) {
    server(move |_, nth| {
        let &(status, body) = replies.get(nth).or(replies.last()).unwrap();
        reply(status, "application/json; charset=UTF-8", body)
    })
    .await
}

/// A server below HTTP, which gets each connection after its request. The counter is of connections.
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

/// An address without a listener, as long as the socket is kept.
pub(crate) fn unused_address() -> (TcpSocket, BaseUrl) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let base = format!("http://{}", socket.local_addr().unwrap());
    (socket, base.parse().unwrap())
}

pub(crate) fn reply(status: u16, content_type: &'static str, body: impl Into<Body>) -> Response {
    let headers = [(header::CONTENT_TYPE, content_type)];
    (StatusCode::from_u16(status).unwrap(), headers, body.into()).into_response()
}

/// Gives these keys one after the other, then the last one, and counts the reads.
#[derive(Clone)]
pub(crate) struct ChangingKeys {
    texts: Arc<Mutex<Vec<String>>>,
    pub(crate) readings: Arc<AtomicUsize>,
}

impl ChangingKeys {
    pub(crate) fn new(texts: &[&str]) -> Self {
        Self {
            texts: Arc::new(Mutex::new(texts.iter().map(ToString::to_string).collect())),
            readings: Arc::default(),
        }
    }
}

impl SecretSource for ChangingKeys {
    fn read<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<Secret, SecretError>> {
        self.readings.fetch_add(1, Ordering::SeqCst);
        let mut texts = self.texts.lock().unwrap();
        let text = if texts.len() > 1 { texts.remove(0) } else { texts[0].clone() };
        Box::pin(async move { Ok(Secret::new(text)) })
    }
}

/// Keys of these names, and pauses of milliseconds.
pub(crate) async fn access(keys: ChangingKeys, names: &[&str]) -> Access {
    let key_names: Vec<_> = names.iter().map(ToString::to_string).collect();
    let default = RetryPolicy::default();
    Access {
        secrets: Arc::new(Secrets::read(keys, key_names.clone()).await.unwrap()),
        key_names,
        quota: unlimited(),
        retry_policy: RetryPolicy {
            call_timeout: Duration::from_secs(10),
            backoff: default.backoff.with_min_delay(Duration::from_millis(1)),
        },
        log: None,
    }
}

pub(crate) async fn access_by(key: &str) -> Access {
    access(ChangingKeys::new(&[key]), &["key"]).await
}

/// The answer, with time enough, and for each call whether it failed.
pub(crate) async fn search(
    source: &impl ProductSearch,
    name: &str,
) -> (Result<Answer, SearchError>, Vec<f64>) {
    let (context, recorded) = context(30_000);
    let answer = source.search(name, &context).await;
    (answer, failures(&recorded))
}

/// The function's message and hint for a failed search.
pub(crate) fn error_text(error: &SearchError) -> String {
    let message = Failure::caused_by(PriceError::PriceFetchFailed, error).message;
    match &error.hint {
        Some(hint) => format!("{message}; hint: {hint}"),
        None => message,
    }
}
