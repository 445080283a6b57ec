//! A proxy on this machine between an adapter and its source: it passes every call on as it is and keeps what went each
//! way, so that the adapters need not know that they are watched. It is gone with the search.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::{Router, body::Body, extract::Request, http::HeaderMap, response::Response};
use encoding_rs::{Encoding, UTF_8};
use futures::stream;
use price::{base_url::BaseUrl, http};
use reqwest::{Client, Url};
use serde::Serialize;
use tokio::{net::TcpListener, task::JoinHandle, time::Instant};

use crate::{failure::Failure, redact::Redactor};

/// Most bytes of an answer that are passed on: more than any adapter reads.
const MAX_BODY_BYTES: usize = 8_388_608;
/// Characters of an answer that are shown.
const SHOWN_CHARS: usize = 4_096;

/// A call, without keys.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Call {
    pub(crate) method: String,
    pub(crate) url: String,
    pub(crate) headers: Vec<(String, String)>,
    /// Nothing where the call stayed unanswered.
    pub(crate) answer: Option<Answered>,
    /// Why it stayed unanswered.
    pub(crate) error: Option<String>,
    pub(crate) latency_ms: u64,
}

/// What came back.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Answered {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    /// The charset that the body was decoded from.
    pub(crate) charset: &'static str,
    pub(crate) bytes: usize,
    /// The beginning of the body, decoded.
    pub(crate) body: String,
    /// Whether there is more of it.
    pub(crate) cut: bool,
}

/// The calls, in the order in which they began.
#[derive(Debug, Clone, Default)]
pub(crate) struct Calls(Arc<Mutex<Vec<Call>>>);

impl Calls {
    fn all(&self) -> MutexGuard<'_, Vec<Call>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was recorded.
    pub(crate) fn recorded(&self) -> Vec<Call> {
        self.all().clone()
    }
}

/// The proxy, until it is dropped.
pub(crate) struct Proxy {
    /// Where the adapter finds it.
    pub(crate) base: BaseUrl,
    /// What went through it.
    pub(crate) calls: Calls,
    server: JoinHandle<()>,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// What the proxy passes calls on with.
#[derive(Clone)]
struct Through {
    client: Client,
    source: BaseUrl,
    redactor: Redactor,
    calls: Calls,
}

impl Proxy {
    /// Listens on this machine, for calls to that source.
    pub(crate) async fn to(source: &BaseUrl, redactor: Redactor) -> Result<Self, Failure> {
        let listener = TcpListener::bind("127.0.0.1:0").await.map_err(Failure::Listen)?;
        let address = listener.local_addr().map_err(Failure::Listen)?;
        let base = format!("http://{address}").parse();
        let through = Through {
            client: http::client(&source.join("")).map_err(Failure::Client)?,
            source: source.clone(),
            redactor,
            calls: Calls::default(),
        };
        let calls = through.calls.clone();
        let router = Router::new().fallback(move |request: Request| pass_on(through.clone(), request));
        let server = tokio::spawn(async move {
            // It ends when it is aborted.
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self {
            base: base.map_err(|_| Failure::Ours("an address of this machine is none"))?,
            calls,
            server,
        })
    }
}

/// Passes a call on. Where there is no answer, the adapter's connection breaks, as it would without us.
async fn pass_on(through: Through, request: Request) -> Response {
    let begin = Instant::now();
    let url = target(&through.source, &request);
    let at = begin_call(&through, &request, &url);
    let mut call = through.client.request(request.method().clone(), url);
    for (name, value) in request.headers() {
        if name != "host" && name != "content-length" {
            call = call.header(name, value);
        }
    }
    let answered = async {
        let mut response = call.send().await?;
        let mut body = Vec::new();
        let read = http::read_body(&mut response, MAX_BODY_BYTES, &mut body).await;
        Ok::<_, reqwest::Error>((response.status(), response.headers().clone(), body, read.is_ok()))
    };
    let answered = answered.await.map_err(reqwest::Error::without_url);
    let latency_ms = u64::try_from(begin.elapsed().as_millis()).unwrap_or(u64::MAX);
    let mut calls = through.calls.all();
    let Some(call) = calls.get_mut(at) else {
        return broken();
    };
    call.latency_ms = latency_ms;
    match answered {
        Ok((status, headers, body, whole)) => {
            call.error = (!whole).then(|| "the answer broke off or is too large".to_owned());
            call.answer = Some(shown(&through.redactor, status.as_u16(), &headers, &body));
            let body = if whole { Body::from(body) } else { broken_body() };
            let mut response = Response::new(body);
            *response.status_mut() = status;
            if let Some(kind) = headers.get("content-type") {
                response.headers_mut().insert("content-type", kind.clone());
            }
            response
        }
        Err(error) => {
            call.error = Some(through.redactor.text(&chain(&error)));
            broken()
        }
    }
}

/// The address at the source: the same path below its base, and the query as it is.
fn target(source: &BaseUrl, request: &Request) -> Url {
    let mut url = source.join(request.uri().path().trim_start_matches('/'));
    url.set_query(request.uri().query());
    url
}

/// Notes a call that begins, and where.
fn begin_call(through: &Through, request: &Request, url: &Url) -> usize {
    let mut calls = through.calls.all();
    calls.push(Call {
        method: request.method().to_string(),
        url: through.redactor.text(url.as_str()),
        headers: headers(&through.redactor, request.headers(), &["host"]),
        answer: None,
        error: Some("given up before there was an answer".to_owned()),
        latency_ms: 0,
    });
    calls.len() - 1
}

fn headers(redactor: &Redactor, headers: &HeaderMap, without: &[&str]) -> Vec<(String, String)> {
    let shown = headers
        .iter()
        .filter(|(name, _)| !without.contains(&name.as_str()));
    shown
        .map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes());
            (name.to_string(), redactor.text(&value))
        })
        .collect()
}

fn shown(redactor: &Redactor, status: u16, answered: &HeaderMap, body: &[u8]) -> Answered {
    let kind = answered.get("content-type").and_then(|value| value.to_str().ok());
    let encoding = charset(kind, body);
    let (text, encoding, _) = encoding.decode(body);
    // Before it is cut: half a key is key material, too.
    let text = redactor.text(&text);
    let shown: String = text.chars().take(SHOWN_CHARS).collect();
    Answered {
        status,
        headers: headers(redactor, answered, &[]),
        charset: encoding.name(),
        bytes: body.len(),
        cut: shown.len() < text.len(),
        body: shown,
    }
}

/// The charset that the XML declares, else that of the header, else UTF-8.
fn charset(kind: Option<&str>, body: &[u8]) -> &'static Encoding {
    let head = String::from_utf8_lossy(body.get(..body.len().min(200)).unwrap_or_default()).into_owned();
    let declared = head.split_once("encoding=").and_then(|(before, rest)| {
        let label = rest.trim_start_matches(['"', '\'']).split(['"', '\'']).next()?;
        before.contains("<?xml").then_some(label)?;
        Encoding::for_label(label.as_bytes())
    });
    let of_header = || {
        let (_, label) = kind?.split_once("charset=")?;
        Encoding::for_label(label.trim_matches(['"', ' ', ';']).as_bytes())
    };
    declared.or_else(of_header).unwrap_or(UTF_8)
}

/// An error and what stands behind it, in one line.
pub(crate) fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

fn broken() -> Response {
    Response::new(broken_body())
}

/// A body that breaks off.
fn broken_body() -> Body {
    let error = std::io::Error::from(std::io::ErrorKind::ConnectionAborted);
    Body::from_stream(stream::iter([Err::<Vec<u8>, _>(error)]))
}
