//! The client against servers on loopback: retries, timeouts, sizes, redirects, keys, and failures below HTTP.

use std::sync::atomic::Ordering;

use axum::{
    http::{StatusCode, header},
    response::IntoResponse as _,
};
use contract::metric::Emitted;
use futures::future::join_all;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    sync::Barrier,
};

use super::*;
use crate::{
    http::base_url::BaseUrl,
    search::ErrorReply,
    testing::{
        self,
        log_lines::logged,
        test_server::{
            ChangingKeys, access, access_by, error_text, listener, raw_server, reply, script, server,
            slow_server, unused_address,
        },
    },
};

const KEY: &str = "a-se+cr/et==";
const NAME: &str = "순 두부";
const FINE: &str = r#""fine""#;
const SOURCE: PriceSource = PriceSource::Elevenst;

/// A client that asks for a JSON text.
struct Caller(Url, ProviderClient);

impl Caller {
    fn new(base: &BaseUrl, access: Access) -> Self {
        let url = base.join("search");
        let client = ProviderClient::new(SOURCE, &url, access, 1_000).unwrap();
        Self(url, client)
    }

    async fn at(base: &BaseUrl) -> Self {
        Self::new(base, access_by(KEY).await)
    }

    async fn call_in(&self, context: &CallContext) -> Result<String, SearchError> {
        let Self(url, client) = self;
        let request = |client: &Client, keys: &Keys| {
            Ok(client.get(url.clone()).query(&[("query", NAME), ("key", keys.at(0))]))
        };
        let read = |reply: &Reply, redactor: Redactor<'_>| {
            let text = String::from_utf8_lossy(&reply.body);
            let refusal = ErrorReply { status: reply.status, code: None, message: redactor.quoted(&text) };
            let kind = match reply.status {
                200 => match serde_json::from_str(&text) {
                    Ok(answer) => return Ok(answer),
                    Err(error) => error.into(),
                },
                401 => SearchErrorKind::Credentials(refusal),
                429 => SearchErrorKind::RateLimited(refusal),
                500..=599 => SearchErrorKind::ProviderFailed(refusal),
                _ => SearchErrorKind::Refused(refusal),
            };
            Err(client.error(kind))
        };
        client.ask(context, NAME, request, read).await
    }

    /// The answer, with time enough, and for each call whether it failed.
    async fn call(&self) -> (Result<String, SearchError>, Vec<f64>) {
        let (context, recorded) = testing::context(30_000);
        let answer = self.call_in(&context).await;
        (answer, testing::failures(&recorded))
    }
}

/// Expects this error after so many calls, all of them recorded as failures.
async fn check_fails(caller: &Caller, message: &str, calls: usize) {
    let (answer, failures) = caller.call().await;
    let text = error_text(&answer.unwrap_err());
    let start = format!("elevenst gave no answer: {message}");
    assert!(text.starts_with(&start), "{text}\nexpected {start}");
    assert_eq!(failures, vec![1.0; calls], "{text}");
}

#[tokio::test]
async fn transient_errors_are_tried_again_and_permanent_ones_are_not() {
    let (base, _) = script(&[(429, ""), (503, "busy"), (200, "\"cut"), (200, FINE)]).await;
    let (answer, failures) = Caller::at(&base).await.call().await;
    assert_eq!((answer.unwrap().as_str(), failures), ("fine", vec![1.0, 1.0, 1.0, 0.0]));
    for (replies, message, calls) in [
        (&[(429, "slow down")][..], "too many calls a second: status 429", 4),
        (&[(500, "")], "provider out of order: status 500", 4),
        (&[(200, "")], "answer is not JSON: ", 4),
        (&[(400, "no")], "call refused: status 400, code unknown: no", 1),
    ] {
        let (base, _) = script(replies).await;
        check_fails(&Caller::at(&base).await, message, calls).await;
    }
}

#[tokio::test]
async fn a_pause_longer_than_the_time_left_is_not_begun_and_without_time_no_call_is_made() {
    let (base, calls) = script(&[(429, "")]).await;
    let mut access = access_by(KEY).await;
    access.retry_policy.backoff = access.retry_policy.backoff.with_min_delay(Duration::from_mins(1));
    let caller = Caller::new(&base, access);
    let error = caller.call_in(&testing::context(20_000).0).await.unwrap_err();
    assert!(matches!(error.kind, SearchErrorKind::RateLimited(_)), "{error:?}");
    assert_eq!(calls.lock().unwrap().len(), 1);
    let (context, recorded) = testing::context(0);
    let error = caller.call_in(&context).await.unwrap_err();
    assert!(matches!(error.kind, SearchErrorKind::DeadlineExceeded), "{error:?}");
    assert!(calls.lock().unwrap().len() == 1 && recorded.all().is_empty());
}

#[tokio::test]
async fn changed_keys_are_read_again_and_wrong_ones_fail_after_one_more_try() {
    let (base, _) = server(|call, _| match call.value("key") {
        "new" => reply(200, "application/json", FINE),
        key => reply(401, "text/plain", format!("unknown: {key}")),
    })
    .await;
    let caller = Caller::new(&base, access(ChangingKeys::new(&["old", "new"]), &["key"]).await);
    let (answer, failures) = caller.call().await;
    assert_eq!((answer.unwrap().as_str(), failures), ("fine", vec![1.0, 0.0]));
    let message = "credentials refused: status 401, code unknown: unknown: (key)";
    check_fails(&Caller::at(&base).await, message, 2).await;
}

#[tokio::test]
async fn searches_that_are_refused_together_read_the_keys_once() {
    let barrier = Arc::new(Barrier::new(10));
    let (base, calls) = slow_server(move |_, nth| {
        let barrier = Arc::clone(&barrier);
        async move {
            if nth >= 10 {
                return reply(200, "application/json", FINE);
            }
            barrier.wait().await;
            reply(401, "text/plain", "")
        }
    })
    .await;
    let keys = ChangingKeys::new(&["old", "new"]);
    let readings = Arc::clone(&keys.readings);
    let caller = Caller::new(&base, access(keys, &["key"]).await);
    let answers = join_all((0..10).map(|_| caller.call())).await;
    assert!(answers.into_iter().all(|(answer, _)| answer.is_ok()));
    assert_eq!((readings.load(Ordering::SeqCst), calls.lock().unwrap().len()), (2, 20));
}

#[tokio::test]
async fn a_body_that_is_too_large_is_an_error_only_with_status_200() {
    for (status, message, calls) in
        [(200, "answer is too large: more than 1000 bytes", 1), (401, "credentials refused: status 401", 2)]
    {
        let (base, _) = server(move |_, _| reply(status, "text/plain", "x".repeat(5_000_000))).await;
        check_fails(&Caller::at(&base).await, message, calls).await;
    }
}

#[tokio::test]
async fn connections_that_fail_are_tried_again() {
    let (base, connections) = raw_server(async |stream| drop(stream)).await;
    check_fails(&Caller::at(&base).await, "connection failed: ", 4).await;
    assert_eq!(connections.load(Ordering::SeqCst), 4);
    let (_port, base) = unused_address();
    check_fails(&Caller::at(&base).await, "connection failed: ", 4).await;
    let (base, _) = raw_server(async |mut stream: TcpStream| {
        let cut = b"HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{\"items\":[]}";
        let _ = stream.write_all(cut).await;
    })
    .await;
    check_fails(&Caller::at(&base).await, "connection failed: ", 4).await;
}

/// A body of which a byte comes every 10 ms.
async fn drip(mut stream: TcpStream) {
    let mut clock = tokio::time::interval(Duration::from_millis(10));
    let head = b"HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\n";
    let _ = stream.write_all(head).await;
    while stream.write_all(b" ").await.is_ok() {
        clock.tick().await;
    }
}

#[tokio::test]
async fn a_body_that_drips_times_out_by_the_calls_time_or_the_searches() {
    let (base, _) = raw_server(drip).await;
    let mut access = access_by(KEY).await;
    access.retry_policy.call_timeout = Duration::from_millis(150);
    check_fails(&Caller::new(&base, access), "no complete answer in time: 150 ms", 4).await;
    let (context, recorded) = testing::context(2_000);
    let error = Caller::at(&base).await.call_in(&context).await.unwrap_err();
    let limit = Duration::from_secs(2);
    assert!(matches!(error.kind, SearchErrorKind::Timeout(time) if time <= limit), "{error:?}");
    assert_eq!(testing::failures(&recorded), [1.0]);
}

#[tokio::test]
async fn a_cancelled_call_counts_as_one_that_did_not_fail() {
    let (base, calls) = slow_server(async |_, _| std::future::pending().await).await;
    let caller = Caller::at(&base).await;
    let (context, recorded) = testing::context(30_000);
    tokio::select! {
        _ = caller.call_in(&context) => unreachable!("there is no answer"),
        () = async { while calls.lock().unwrap().is_empty() { tokio::task::yield_now().await; } } => {}
    }
    assert_eq!(testing::failures(&recorded), [0.0]);
    assert_eq!(recorded.values(Emitted::ProviderLatency).len(), 1);
}

#[tokio::test]
async fn no_redirect_takes_the_keys_elsewhere() {
    let (elsewhere, visits) = script(&[(200, FINE)]).await;
    let location = elsewhere.join("search").to_string();
    let (base, _) = server(move |_, _| {
        let location = [(header::LOCATION, location.clone())];
        (StatusCode::FOUND, location).into_response()
    })
    .await;
    check_fails(&Caller::at(&base).await, "call refused: status 302", 1).await;
    assert!(visits.lock().unwrap().is_empty());
}

#[tokio::test]
async fn connections_are_kept_for_the_next_search() {
    let (base, connections) = raw_server(async |mut stream: TcpStream| {
        let reply = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{FINE}", FINE.len());
        while stream.write_all(reply.as_bytes()).await.is_ok() {
            if !matches!(stream.read(&mut [0; 4_096]).await, Ok(1..)) {
                return;
            }
        }
    })
    .await;
    let caller = Caller::at(&base).await;
    for _ in 0..3 {
        caller.call().await.0.unwrap();
    }
    assert_eq!(connections.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn https_sends_nothing_in_the_clear() {
    let (listener, base) = listener().await;
    let base = base.join("").to_string().replace("http:", "https:");
    let first_bytes = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut bytes = vec![0; 4_096];
        let length = stream.read(&mut bytes).await.unwrap();
        bytes.truncate(length);
        bytes
    });
    let mut access = access_by(KEY).await;
    access.retry_policy.backoff = access.retry_policy.backoff.with_max_times(0);
    let caller = Caller::new(&base.parse().unwrap(), access);
    check_fails(&caller, "connection failed: ", 1).await;
    // 22, 3: the handshake of TLS.
    assert!(first_bytes.await.unwrap().starts_with(&[22, 3]));
}

#[tokio::test]
async fn the_key_and_the_name_are_in_no_error_and_in_no_line_of_the_log() {
    let (echo, _) = server(|call, nth| {
        let status = [503, 401, 503, 400][nth.min(3)];
        reply(status, "text/plain", format!("bad {}", call.raw_query))
    })
    .await;
    let (_port, unused) = unused_address();
    for (base, message) in [
        (echo, "call refused: status 400, code unknown: bad query=(name)&key=(key)"),
        (unused, "connection failed: "),
    ] {
        let caller = Caller::at(&base).await;
        let ((answer, _), logged) = logged(caller.call()).await;
        let error = answer.unwrap_err();
        let text = error_text(&error);
        assert!(text.contains(message), "{text}");
        assert!(logged.contains("search tried again"), "{logged}");
        for text in [text, logged, format!("{error:?} {:?}", caller.1)] {
            for private in ["a-se", NAME, "%EC%88%9C", "%B5%CE"] {
                assert!(!text.contains(private), "{text}");
            }
        }
    }
}

#[tokio::test]
async fn a_log_has_every_call_without_its_keys() {
    let (base, _) = server(|call, nth| match nth {
        0 => reply(503, "text/plain", format!("busy {}", call.raw_query)),
        _ => reply(200, "application/json", FINE),
    })
    .await;
    let log = Arc::new(CallLog::default());
    let mut access = access_by(KEY).await;
    access.log = Some(Arc::clone(&log));
    Caller::new(&base, access).call().await.0.unwrap();
    let calls = log.calls();
    let seen = calls.iter().map(|call| call.reply.as_ref().unwrap());
    let seen: Vec<_> = seen.map(|reply| (reply.status, &*reply.body, reply.charset)).collect();
    let echo = "busy query=%EC%88%9C+%EB%91%90%EB%B6%80&key=(key)";
    assert_eq!(seen, [(503, echo, "UTF-8"), (200, FINE, "UTF-8")]);
    assert!(calls[1].url.ends_with("&key=(key)") && calls[1].error.is_none(), "{calls:?}");
}
