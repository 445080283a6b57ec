//! Servers on this machine for the adapters to talk to, keys that change when they are read again, and one search with time
//! enough. Time is real here (sockets do not move with a paused clock), so the pauses are made short.

use std::{
    collections::BTreeMap,
    num::NonZeroU16,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::Body,
    extract::{Query, Request},
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
};
use contract::{error_name::PriceError, metric::Emitted};
use futures::future::BoxFuture;
use shell::{Deadline, Failure, Recorder, Secret, SecretError, SecretSource, Secrets};
use tokio::net::{TcpListener, TcpSocket};

use crate::{Answer, Budget, Pace, Patience, ProductSearch, Scope, Unanswered, base_url::BaseUrl};

/// What a server got.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Call {
    pub(crate) path: String,
    /// As it was sent.
    pub(crate) raw_query: String,
    /// Decoded.
    pub(crate) query: BTreeMap<String, String>,
}

impl Call {
    pub(crate) fn value(&self, name: &str) -> &str {
        self.query.get(name).map_or("", String::as_str)
    }
}

pub(crate) type Calls = Arc<Mutex<Vec<Call>>>;

/// A server that answers each call so.
pub(crate) async fn server(
    answer: impl Fn(&Call, usize) -> Response + Clone + Send + Sync + 'static,
) -> (BaseUrl, Calls) {
    crate::log_lines::begin();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap())
        .parse()
        .unwrap();
    let calls = Calls::default();
    let seen = Arc::clone(&calls);
    let router = Router::new().fallback(move |request: Request| {
        let query = Query::try_from_uri(request.uri()).map_or_else(|_| BTreeMap::new(), |Query(query)| query);
        let call = Call {
            path: request.uri().path().to_owned(),
            raw_query: request.uri().query().unwrap_or_default().to_owned(),
            query,
        };
        let nth = {
            let mut calls = seen.lock().unwrap();
            calls.push(call.clone());
            calls.len() - 1
        };
        let answer = answer(&call, nth);
        async move { answer }
    });
    tokio::spawn(async move { axum::serve(listener, router).await });
    (base, calls)
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

/// Gives the texts one after the other, and the last one from then on.
#[derive(Clone)]
struct Vault(Arc<Mutex<Vec<String>>>);

impl SecretSource for Vault {
    fn read<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<Secret, SecretError>> {
        let mut texts = self.0.lock().unwrap();
        let text = if texts.len() > 1 {
            texts.remove(0)
        } else {
            texts[0].clone()
        };
        Box::pin(async move { Ok(Secret::new(text)) })
    }
}

/// Secrets under the name `key`, with these texts at one reading after the other.
pub(crate) async fn secrets(texts: &[&str]) -> Secrets {
    let texts = texts.iter().map(|&text| text.to_owned()).collect();
    let vault = Vault(Arc::new(Mutex::new(texts)));
    Secrets::read(vault, ["key".to_owned()]).await.unwrap()
}

pub(crate) fn budget() -> Budget {
    Budget::own(Pace::per_second(NonZeroU16::new(1_000).unwrap()))
}

/// Pauses of milliseconds.
pub(crate) fn patience() -> Patience {
    Patience {
        call_timeout: Duration::from_secs(10),
        pauses: Patience::default()
            .pauses
            .with_min_delay(Duration::from_millis(1)),
    }
}

/// One search with time enough: what came of it, and for each call whether it failed.
pub(crate) async fn search(
    source: &impl ProductSearch,
    name: &str,
) -> (Result<Answer, Unanswered>, Vec<f64>) {
    let (metrics, recorded) = Recorder::in_memory();
    let scope = Scope {
        until: tokio::time::Instant::now() + Deadline::after(Duration::from_secs(30)).budget(),
        metrics,
    };
    let answer = source.search(name, &scope).await;
    (answer, recorded.values(Emitted::ProviderFailures))
}

/// All that the function would say of a search that stayed unanswered.
pub(crate) fn said(unanswered: &Unanswered) -> String {
    let message = Failure::caused_by(PriceError::PriceFetchFailed, unanswered).message;
    match &unanswered.hint {
        Some(hint) => format!("{message}; hint: {hint}"),
        None => message,
    }
}
