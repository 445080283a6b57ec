//! The adapter against a server on loopback with `InvokeModel`'s REST protocol.

use std::sync::{Arc, Mutex};

use aws_sdk_bedrockruntime::config::{Credentials, SharedCredentialsProvider};
use axum::{
    Router,
    body::Bytes,
    http::{HeaderMap, StatusCode, Uri},
    response::{IntoResponse, Response},
};
use tokio::{
    io::AsyncReadExt as _,
    net::{TcpListener, TcpSocket},
};

use super::*;

const MODEL: &str = "global.anthropic.claude-sonnet-4-5-20250929-v1:0";

/// The calls of the server.
type Calls = Arc<Mutex<Vec<(Uri, HeaderMap, Bytes)>>>;

/// A model behind a server that gives every call this answer.
pub(crate) async fn serve<R, F>(answer: F) -> (Bedrock, Calls)
where
    R: IntoResponse + 'static,
    F: Fn() -> R + Clone + Send + Sync + 'static,
{
    let calls = Calls::default();
    let seen = Arc::clone(&calls);
    let app = Router::new().fallback(async move |uri: Uri, headers: HeaderMap, body: Bytes| -> Response {
        seen.lock().unwrap().push((uri, headers, body));
        answer().into_response()
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });
    (model_at(&format!("http://{address}")), calls)
}

/// A model behind a server that takes every call and answers none.
pub(crate) async fn serve_never() -> (Bedrock, tokio::task::JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let model = model_at(&format!("http://{}", listener.local_addr().unwrap()));
    let server = tokio::spawn(async move {
        let mut open = Vec::new();
        while let Ok((stream, _)) = listener.accept().await {
            open.push(stream);
        }
    });
    (model, server)
}

fn model_at(url: &str) -> Bedrock {
    let credentials = Credentials::new("AKIDEXAMPLE", "example", None, None, "test");
    let aws = runtime::aws::sdk_config()
        .into_builder()
        .endpoint_url(url)
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .build();
    Bedrock::new(&aws, "us-east-1".to_owned(), MODEL.to_owned())
}

/// Bedrock's format of an error: its name in a header, its message in the body.
pub(crate) fn aws_error(
    status: u16,
    name: &'static str,
    message: &'static str,
) -> (StatusCode, [(&'static str, &'static str); 2], String) {
    let headers = [("x-amzn-ErrorType", name), ("content-type", JSON)];
    let body = serde_json::json!({ "message": message }).to_string();
    (StatusCode::from_u16(status).unwrap(), headers, body)
}

async fn fails(status: u16, name: &'static str, message: &'static str) -> ModelError {
    let (model, calls) = serve(move || aws_error(status, name, message)).await;
    let error = model.ask(b"{}").await.unwrap_err();
    assert_eq!(calls.lock().unwrap().len(), 1, "the SDK must not call again by itself");
    error
}

async fn transient(status: u16, name: &'static str) -> bool {
    fails(status, name, "later").await.is_transient()
}

#[tokio::test]
async fn a_call_is_what_invoke_model_wants() {
    let (model, calls) = serve(|| ([("content-type", JSON)], "{\"content\":[]}")).await;
    let reply = model.ask(b"{\"max_tokens\":1}").await.unwrap();
    assert_eq!(reply, b"{\"content\":[]}");
    let calls = calls.lock().unwrap();
    let (uri, headers, body) = &calls[0];
    assert_eq!(uri.path(), "/model/global.anthropic.claude-sonnet-4-5-20250929-v1%3A0/invoke");
    assert_eq!(headers["content-type"], JSON);
    assert_eq!(headers["accept"], JSON);
    let signature = headers["authorization"].to_str().unwrap();
    assert!(signature.contains("/us-east-1/bedrock/aws4_request"), "{signature}");
    assert_eq!(&body[..], b"{\"max_tokens\":1}");
}

#[tokio::test]
async fn a_body_that_is_not_json_is_passed_on() {
    let (model, _) = serve(|| "<html>\u{fffd}").await;
    assert_eq!(model.ask(b"{}").await.unwrap(), "<html>\u{fffd}".as_bytes());
}

#[tokio::test]
async fn throttling() {
    let error = fails(429, "ThrottlingException", "Too many requests").await;
    assert_eq!(error, ModelError::Throttled(Said::new("ThrottlingException", "Too many requests")));
    assert!(error.hint().is_some());
}

#[tokio::test]
async fn a_quota_of_the_day_is_named_and_not_asked_again() {
    let uri = "ThrottlingException:http://internal.amazon.com/coral/com.amazon.bedrock/";
    for (status, name) in
        [(429, "ThrottlingException"), (429, uri), (429, ""), (400, "ServiceQuotaExceededException")]
    {
        let error = fails(status, name, "Too many tokens per day, please wait before trying again.").await;
        assert!(matches!(error, ModelError::DayQuota(_)), "{name}: {error}");
        assert!(!error.is_transient());
        assert!(error.hint().unwrap().contains("quota of a day"), "{error}");
    }
    assert!(fails(429, uri, "Too many tokens, please wait before trying again.").await.is_transient());
}

#[tokio::test]
async fn what_may_pass() {
    for (status, name) in [
        (408, "ModelTimeoutException"),
        (424, "ModelErrorException"),
        (429, "ModelNotReadyException"),
        (429, "SomethingNew"),
        (500, "InternalServerException"),
        (503, "ServiceUnavailableException"),
        (599, "SomethingNew"),
    ] {
        assert!(transient(status, name).await, "{status} {name}");
    }
}

#[tokio::test]
async fn what_will_not() {
    for (status, name) in [
        (400, "ValidationException"),
        (400, "ServiceQuotaExceededException"),
        (403, "AccessDeniedException"),
        (403, "ExpiredTokenException"),
        (404, "ResourceNotFoundException"),
        (418, "SomethingNew"),
    ] {
        assert!(!transient(status, name).await, "{status} {name}");
    }
}

#[tokio::test]
async fn a_models_own_status_decides() {
    let (model, _) = serve(|| {
        let body = "{\"message\":\"x\",\"originalStatusCode\":400}";
        (StatusCode::FAILED_DEPENDENCY, [("x-amzn-ErrorType", "ModelErrorException")], body)
    })
    .await;
    assert!(!model.ask(b"{}").await.unwrap_err().is_transient());
}

#[tokio::test]
async fn hints() {
    async fn check(status: u16, name: &'static str, message: &'static str, expect: &str) {
        let hint = fails(status, name, message).await.hint().unwrap_or_default();
        assert!(hint.contains(expect), "{hint}");
    }
    check(400, "ValidationException", "with on-demand throughput isn't supported", "inference profile").await;
    check(400, "ValidationException", "The provided model identifier is invalid.", "model id").await;
    check(403, "AccessDeniedException", "not authorized", "bedrock:InvokeModel").await;
    check(404, "ResourceNotFoundException", "end of its life", "end of life").await;
    assert_eq!(fails(400, "ValidationException", "Malformed input request").await.hint(), None);
}

#[tokio::test]
async fn an_error_that_is_not_bedrocks() {
    let (model, _) = serve(|| (StatusCode::BAD_GATEWAY, "<html>bad gateway</html>")).await;
    let error = model.ask(b"{}").await.unwrap_err();
    assert!(matches!(error, ModelError::Unavailable(_)), "{error}");
}

#[tokio::test]
async fn a_connection_that_closes() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let model = model_at(&format!("http://{}", listener.local_addr().unwrap()));
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.read(&mut [0; 64]).await;
        }
    });
    let error = model.ask(b"{}").await.unwrap_err();
    assert!(matches!(error, ModelError::Unreachable(_)), "{error}");
}

#[tokio::test]
async fn an_answer_that_breaks_off() {
    let (model, _) = serve(|| {
        let broken = futures::stream::iter([Ok("{\"content\""), Err(std::io::Error::other("gone"))]);
        Response::new(axum::body::Body::from_stream(broken))
    })
    .await;
    let error = model.ask(b"{}").await.unwrap_err();
    assert!(matches!(error, ModelError::Unreachable(_)), "{error}");
}

#[tokio::test]
async fn a_refused_connection_is_transient() {
    // Bound without listening: no other process can take the port.
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = socket.local_addr().unwrap();
    let error = model_at(&format!("http://{address}")).ask(b"{}").await.unwrap_err();
    assert!(error.is_transient(), "{error}");
    drop(socket);
}

#[tokio::test]
async fn no_credentials() {
    let aws = runtime::aws::sdk_config().into_builder().endpoint_url("http://127.0.0.1:9").build();
    let model = Bedrock::new(&aws, "us-east-1".to_owned(), MODEL.to_owned());
    let error = model.ask(b"{}").await.unwrap_err();
    assert!(matches!(error, ModelError::Unsent(_)), "{error}");
}

/// An answer or a refusal, with a length or without an end, is read up to the limit.
#[tokio::test]
async fn no_more_is_read_than_the_limit() {
    let (model, _) = serve(|| vec![b' '; MAX_BODY_BYTES]).await;
    assert_eq!(model.ask(b"{}").await.unwrap().len(), MAX_BODY_BYTES);

    let too_large = ModelError::TooLarge { limit_bytes: MAX_BODY_BYTES };
    let (model, _) = serve(|| vec![b' '; MAX_BODY_BYTES + 1]).await;
    assert_eq!(model.ask(b"{}").await.unwrap_err(), too_large);
    let (model, _) = serve(|| (StatusCode::BAD_GATEWAY, vec![b' '; MAX_BODY_BYTES + 1])).await;
    assert_eq!(model.ask(b"{}").await.unwrap_err(), too_large);
    let endless = || {
        let chunk = Bytes::from_static(&[b' '; 4_096]);
        axum::body::Body::from_stream(futures::stream::repeat_with(move || {
            Ok::<_, std::convert::Infallible>(chunk.clone())
        }))
    };
    let (model, _) = serve(endless).await;
    assert_eq!(model.ask(b"{}").await.unwrap_err(), too_large);
    assert!(!too_large.is_transient());
}
