//! A proxy before a service that loses answers: the service did what was asked, the client never hears of it.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse as _, Response},
};
use tokio::net::TcpListener;

/// A running proxy.
pub(crate) struct Proxy {
    url: String,
    losses: Arc<AtomicU32>,
}

#[derive(Clone)]
struct Route {
    upstream: String,
    operation: &'static str,
    losses: Arc<AtomicU32>,
    client: reqwest::Client,
}

impl Proxy {
    /// Before nothing yet: a port that functions can be told before the service behind it is up.
    pub(crate) async fn bind() -> (TcpListener, String) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        (listener, url)
    }

    /// Passes everything on and loses the first answers to this operation.
    pub(crate) fn losing(
        listener: TcpListener,
        url: String,
        upstream: &str,
        operation: &'static str,
        answers: u32,
    ) -> Self {
        // The client wants one although nothing here is encrypted; another test may have chosen it before.
        let _chosen = rustls::crypto::ring::default_provider().install_default();
        let losses = Arc::new(AtomicU32::new(answers));
        let route = Route {
            upstream: upstream.to_owned(),
            operation,
            losses: Arc::clone(&losses),
            client: reqwest::Client::builder().no_proxy().build().unwrap(),
        };
        let router = Router::new().fallback(pass_on).with_state(route);
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, losses }
    }

    /// Where it listens.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Answers that are still to be lost.
    pub(crate) fn left(&self) -> u32 {
        self.losses.load(Ordering::SeqCst)
    }
}

async fn pass_on(State(route): State<Route>, headers: HeaderMap, body: Bytes) -> Response {
    let target =
        headers.get("x-amz-target").and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    let mut request = route.client.post(&route.upstream).body(body);
    for (name, value) in headers.iter().filter(|(name, _)| *name != "host" && *name != "content-length") {
        request = request.header(name, value);
    }
    let answer = request.send().await.unwrap();
    let status = StatusCode::from_u16(answer.status().as_u16()).unwrap();
    let content_type = answer.headers()["content-type"].clone();
    let body = answer.bytes().await.unwrap();
    let lost = target.ends_with(route.operation)
        && route.losses.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok();
    if lost {
        return (StatusCode::INTERNAL_SERVER_ERROR, "lost").into_response();
    }
    (status, [("content-type", content_type)], body).into_response()
}
