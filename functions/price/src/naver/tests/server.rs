//! Servers on this machine for the adapter to talk to: scripted ones, and ones below HTTP.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use axum::{
    Router,
    body::Body,
    extract::{Query, Request},
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
};
use tokio::{
    io::AsyncReadExt as _,
    net::{TcpListener, TcpStream},
};

use crate::base_url::BaseUrl;

/// What a server got.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Call {
    pub(super) path: String,
    pub(super) query: BTreeMap<String, String>,
    pub(super) keys: (String, String),
}

pub(super) type Calls = Arc<Mutex<Vec<Call>>>;

pub(super) async fn listener() -> (TcpListener, BaseUrl) {
    crate::log_lines::begin();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap())
        .parse()
        .unwrap();
    (listener, base)
}

/// A server that answers its n-th call (from 0) so.
pub(super) async fn server<F, A>(answer: F) -> (BaseUrl, Calls)
where
    F: Fn(usize) -> A + Clone + Send + Sync + 'static,
    A: Future<Output = Response> + Send + 'static,
{
    let (listener, base) = listener().await;
    let calls = Calls::default();
    let seen = Arc::clone(&calls);
    let router = Router::new().fallback(
        move |Query(query): Query<BTreeMap<String, String>>, request: Request| {
            let nth = {
                let mut calls = seen.lock().unwrap();
                calls.push(seen_call(query, &request));
                calls.len() - 1
            };
            answer(nth)
        },
    );
    tokio::spawn(async move { axum::serve(listener, router).await });
    (base, calls)
}

fn seen_call(query: BTreeMap<String, String>, request: &Request) -> Call {
    let header = |name| {
        request
            .headers()
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
            .to_owned()
    };
    Call {
        path: request.uri().path().to_owned(),
        query,
        keys: (header("X-Naver-Client-Id"), header("X-Naver-Client-Secret")),
    }
}

/// A server that says these one after the other, and the last one from then on.
pub(super) async fn script(answers: &'static [(u16, &'static str)]) -> (BaseUrl, Calls) {
    server(move |nth| {
        let &(status, body) = answers.get(nth).or(answers.last()).unwrap();
        async move { json_reply(status, body) }
    })
    .await
}

pub(super) fn json_reply(status: u16, body: impl Into<Body>) -> Response {
    let content_type = [(header::CONTENT_TYPE, "application/json; charset=UTF-8")];
    (StatusCode::from_u16(status).unwrap(), content_type, body.into()).into_response()
}

/// A server below HTTP: does this with each connection once a request has come in. Counts the connections.
pub(super) async fn raw_server<F, A>(answer: F) -> (BaseUrl, Arc<AtomicUsize>)
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
