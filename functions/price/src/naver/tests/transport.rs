//! What goes wrong below the protocol: bodies that are no answer, connections that break, servers that are slow
//! or huge.

use std::sync::atomic::Ordering;

use contract::{error_name::PriceError, metric::Emitted};
use shell::Failure;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use super::{
    server::{json_reply, listener, raw_server, script, server},
    *,
};
use crate::scripted::nobody;

#[tokio::test]
async fn bytes_that_are_no_answer_are_asked_for_again() {
    let (base, _) = script(&[(200, r#"{"items":[{"title":"두"#), (200, ""), (200, FINE)]).await;
    check_fine(search(&naver(&base).await).await.0);
    let (base, _) = server(async |_| {
        json_reply(
            200,
            &b"{\"items\":[{\"title\":\"\xFF\xFE\",\"lprice\":\"1\"}]}"[..],
        )
    })
    .await;
    check_unanswered(
        &naver(&base).await,
        PriceError::PriceFetchFailed,
        "answer is not JSON: ",
        4,
    )
    .await;
}

#[tokio::test]
async fn json_of_another_shape_stays_that() {
    let (base, _) = script(&[(200, r#"{"products":[]}"#)]).await;
    check_unanswered(
        &naver(&base).await,
        PriceError::PriceFetchFailed,
        "answer has not the documented shape: ",
        1,
    )
    .await;
}

#[tokio::test]
async fn a_huge_body_is_given_up() {
    let (base, _) = server(async |_| json_reply(200, " ".repeat(5_000_000) + FINE)).await;
    let message = "answer is too large: more than 1048576 bytes";
    check_unanswered(&naver(&base).await, PriceError::PriceFetchFailed, message, 1).await;
}

#[tokio::test]
async fn a_refusal_with_a_huge_body_is_still_that_refusal() {
    let (base, _) = server(async |_| json_reply(401, "x".repeat(5_000_000))).await;
    check_unanswered(
        &naver(&base).await,
        PriceError::PriceFetchFailed,
        "credentials refused: status 401",
        2,
    )
    .await;
}

#[tokio::test]
async fn a_closed_socket_is_tried_again() {
    let (base, connections) = raw_server(async |stream| drop(stream)).await;
    check_unanswered(
        &naver(&base).await,
        PriceError::PriceFetchFailed,
        "connection failed: ",
        4,
    )
    .await;
    assert_eq!(connections.load(Ordering::SeqCst), 4);
}

#[tokio::test]
async fn nobody_listening_is_tried_again_and_names_no_ingredient() {
    let (_port, base) = nobody();
    let naver = naver(&base).await;
    check_unanswered(&naver, PriceError::PriceFetchFailed, "connection failed: ", 4).await;
    let unanswered = search(&naver).await.0.unwrap_err();
    let message = Failure::caused_by(PriceError::PriceFetchFailed, &unanswered).message;
    assert!(
        !message.contains("query") && !message.contains("%EB"),
        "{message}"
    );
}

#[tokio::test]
async fn a_body_that_breaks_off_is_tried_again() {
    let (base, _) = raw_server(async |mut stream: TcpStream| {
        let _ = stream
            .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{\"items\":[]}")
            .await;
    })
    .await;
    check_unanswered(
        &naver(&base).await,
        PriceError::PriceFetchFailed,
        "connection failed: ",
        4,
    )
    .await;
}

/// A body of which a byte comes every 10 ms, without end.
async fn drip(mut stream: TcpStream) {
    let mut clock = tokio::time::interval(Duration::from_millis(10));
    let _ = stream
        .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n")
        .await;
    while stream.write_all(b" ").await.is_ok() {
        clock.tick().await;
    }
}

#[tokio::test]
async fn a_body_that_drips_is_too_slow() {
    let (base, _) = raw_server(drip).await;
    let naver = naver_with(&base, Vault::default(), Duration::from_millis(150)).await;
    let message = "no complete answer in time: 150 ms";
    check_unanswered(&naver, PriceError::PriceFetchFailed, message, 4).await;
}

#[tokio::test]
async fn the_functions_time_cuts_a_call_short() {
    let (base, _) = raw_server(drip).await;
    let naver = naver(&base).await;
    let (metrics, recorded) = Recorder::in_memory();
    // A busy machine needs a part of it before the call begins.
    let time = Duration::from_secs(2);
    let until = tokio::time::Instant::now() + time;
    let unanswered = naver.search("두부", &Scope { until, metrics }).await.unwrap_err();
    assert!(
        matches!(unanswered.why, Why::TooSlow(cut) if cut <= time),
        "{unanswered:?}"
    );
    assert_eq!(recorded.values(Emitted::ProviderFailures), [1.0]);
}

#[tokio::test]
async fn without_time_nobody_is_called() {
    let (base, calls) = script(&[(200, FINE)]).await;
    let naver = naver(&base).await;
    let (invocation, recorded) = invocation(Duration::from_millis(900));
    let unanswered = naver.search("두부", &Scope::of(&invocation)).await.unwrap_err();
    assert!(matches!(unanswered.why, Why::NoTime), "{unanswered:?}");
    assert!(calls.lock().unwrap().is_empty());
    assert!(recorded.all().is_empty());
}

#[tokio::test]
async fn a_pause_longer_than_the_time_left_is_not_begun() {
    let (base, calls) = script(&[(429, PER_SECOND)]).await;
    let mut naver = naver(&base).await;
    naver.caller.patience.pauses = naver
        .caller
        .patience
        .pauses
        .with_min_delay(Duration::from_mins(1));
    let (invocation, _) = invocation(Duration::from_secs(20));
    let unanswered = naver.search("두부", &Scope::of(&invocation)).await.unwrap_err();
    assert!(matches!(unanswered.why, Why::LimitPerSecond(_)), "{unanswered:?}");
    assert_eq!(calls.lock().unwrap().len(), 1);
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
    let naver = naver(&base).await;
    for _ in 0..3 {
        check_fine(search(&naver).await.0);
    }
    assert_eq!(connections.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn https_sends_nothing_in_the_clear() {
    let (listener, base) = listener().await;
    let base = base
        .join("")
        .to_string()
        .replace("http:", "https:")
        .parse()
        .unwrap();
    let first_bytes = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut bytes = vec![0; 4_096];
        let length = stream.read(&mut bytes).await.unwrap();
        bytes.truncate(length);
        bytes
    });
    let mut naver = naver(&base).await;
    naver.caller.patience.pauses = naver.caller.patience.pauses.with_max_times(0);
    check_unanswered(&naver, PriceError::PriceFetchFailed, "connection failed: ", 1).await;
    // 22, 3: the handshake of TLS.
    assert!(first_bytes.await.unwrap().starts_with(&[22, 3]));
}
