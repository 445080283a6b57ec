//! A proxy before a service: it records what the service is asked for, and may lose answers. The service did what was asked
//! then, and the client never hears of it.

use std::sync::{Arc, Mutex};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, Uri},
    response::{IntoResponse as _, Response},
};
use serde_json::Value;
use tokio::net::TcpListener;

/// As often as the SDK sends one call by default.
pub(crate) const CLIENT_TRIES: usize = 3;

/// A running proxy.
#[derive(Clone)]
pub(crate) struct Proxy {
    upstream: String,
    /// How many of the first answers to this operation are lost.
    lost: (&'static str, usize),
    calls: Arc<Mutex<Vec<Call>>>,
    client: reqwest::Client,
}

/// What the service was asked for.
#[derive(Clone)]
pub(crate) struct Call {
    pub(crate) target: String,
    pub(crate) path: String,
    pub(crate) body: Value,
}

impl Proxy {
    /// A port for the environment of functions before the service behind it is up. Connections wait until the proxy starts.
    pub(crate) async fn bind() -> (TcpListener, String) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        (listener, url)
    }

    /// Passes everything on, and loses the first answers to the operation.
    pub(crate) fn start(listener: TcpListener, upstream: &str, lost: (&'static str, usize)) -> Self {
        // The client wants one although nothing here is encrypted; another test may have chosen it before.
        let _chosen = rustls::crypto::ring::default_provider().install_default();
        let proxy = Self {
            upstream: upstream.to_owned(),
            lost,
            calls: Arc::default(),
            client: reqwest::Client::builder().no_proxy().build().unwrap(),
        };
        let router = Router::new().fallback(pass_on).with_state(proxy.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        proxy
    }

    /// Every call so far, oldest first.
    pub(crate) fn calls(&self) -> Vec<Call> {
        self.calls.lock().unwrap().clone()
    }

    /// How often the operation with lost answers was called.
    pub(crate) fn count(&self) -> usize {
        self.calls.lock().unwrap().iter().filter(|call| call.target.ends_with(self.lost.0)).count()
    }
}

async fn pass_on(State(proxy): State<Proxy>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let target = headers.get("x-amz-target").and_then(|value| value.to_str().ok());
    let call = Call {
        target: target.unwrap_or_default().to_owned(),
        path: uri.path().to_owned(),
        body: serde_json::from_slice(&body).unwrap_or_default(),
    };
    let is_lost = call.target.ends_with(proxy.lost.0) && proxy.count() < proxy.lost.1;
    proxy.calls.lock().unwrap().push(call);
    let mut request = proxy.client.post(format!("{}{}", proxy.upstream, uri.path())).body(body);
    for (name, value) in headers.iter().filter(|(name, _)| *name != "host" && *name != "content-length") {
        request = request.header(name, value);
    }
    let answer = request.send().await.unwrap();
    let status = StatusCode::from_u16(answer.status().as_u16()).unwrap();
    let content_type = answer.headers()["content-type"].clone();
    let body = answer.bytes().await.unwrap();
    if is_lost {
        return (StatusCode::INTERNAL_SERVER_ERROR, "lost").into_response();
    }
    (status, [("content-type", content_type)], body).into_response()
}
