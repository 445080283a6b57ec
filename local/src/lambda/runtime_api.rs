//! The Runtime API of one sandbox: what its function asks for and answers. Processes and limits live beside it.
//!
//! Source: "Using the Lambda runtime API for custom runtimes"; the bodies of refusals are those of Lambda's own
//! emulator.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::{Body, Bytes, to_bytes},
    extract::{ConnectInfo, Path, Request, State},
    http::{HeaderMap, StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse as _, Response},
    routing::{get, post},
};
use serde_json::{Value, json};
use tokio::{
    sync::{SetOnce, mpsc, oneshot, watch},
    time::{Instant, sleep},
};

use super::{
    failure::{Failure, MAX_RESPONSE_BYTES},
    lifecycle::Lifecycle,
};
use crate::{clock, lock::lock, process::peer, serve::Peer};

/// Largest error report in bytes: Step Functions carries no more in a cause.
const MAX_REPORT_BYTES: usize = 262_144;

/// How often a caller is looked for among the function's processes before it is refused. `/proc` is no snapshot: one look may
/// miss a process or a connection while others come and go.
const PEER_LOOKUPS: u32 = 10;
/// The pause between two looks.
const LOOKUP_PAUSE: Duration = Duration::from_millis(10);

/// Longest name of an error that is taken from a function, in characters.
const MAX_ERROR_TYPE: usize = 256;

pub(super) struct PendingInvocation {
    pub(super) request_id: String,
    pub(super) payload: Bytes,
    pub(super) timeout: Duration,
    pub(super) function_arn: String,
    pub(super) trace_id: String,
    /// Sent when the function has taken it.
    pub(super) delivered: oneshot::Sender<()>,
    pub(super) answer: oneshot::Sender<Result<Bytes, Failure>>,
}

pub(super) struct Runtime {
    pending: tokio::sync::Mutex<mpsc::Receiver<PendingInvocation>>,
    current: Mutex<Option<Current>>,
    /// Held while a body is read: one at a time is all that is kept in memory for a sandbox.
    reading: tokio::sync::Mutex<()>,
    life: watch::Sender<Lifecycle>,
    init_until: Instant,
    /// The process that this is for, and the address that it was given.
    own: SetOnce<(u32, SocketAddr)>,
}

struct Current {
    request_id: String,
    answer: oneshot::Sender<Result<Bytes, Failure>>,
}

impl Runtime {
    pub(super) fn new(
        pending: mpsc::Receiver<PendingInvocation>,
        life: watch::Sender<Lifecycle>,
        init_until: Instant,
    ) -> Arc<Self> {
        Arc::new(Self {
            pending: tokio::sync::Mutex::new(pending),
            current: Mutex::default(),
            reading: tokio::sync::Mutex::default(),
            life,
            init_until,
            own: SetOnce::new(),
        })
    }

    /// From here on this process is answered, and what it starts. Everybody else waits until it is known, and is refused.
    pub(super) fn set_owner(&self, process: u32, address: SocketAddr) {
        let _once = self.own.set((process, address));
    }

    /// Another local process could take an invocation, or report that the function cannot start. Responses need a request
    /// id, which other processes do not know.
    async fn admits(&self, peer: &Peer) -> bool {
        if peer.admitted.get().is_some() {
            return true;
        }
        let &(process, address) = self.own.wait().await;
        let from = peer.address;
        for _ in 0..PEER_LOOKUPS {
            let look = move || peer::is_held_by(process, from, address);
            if tokio::task::spawn_blocking(look).await.unwrap_or(false) {
                let _by_another_request = peer.admitted.set(());
                return true;
            }
            sleep(LOOKUP_PAUSE).await;
        }
        false
    }

    pub(super) fn router(self: Arc<Self>) -> Router {
        Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(next))
            .route("/2018-06-01/runtime/invocation/{id}/response", post(response))
            .route("/2018-06-01/runtime/invocation/{id}/error", post(error))
            .route("/2018-06-01/runtime/init/error", post(init_error))
            .with_state(self)
    }

    fn is_under_way(&self, request_id: &str) -> bool {
        let current = lock(&self.current);
        current.as_ref().is_some_and(|current| current.request_id == request_id)
    }

    /// Ends the invocation under way if it is the one that is named.
    fn answer(&self, request_id: &str, answer: Result<Bytes, Failure>) -> bool {
        let mut current = lock(&self.current);
        match current.take_if(|current| current.request_id == request_id) {
            Some(current) => {
                let _nobody_waits_after_a_timeout = current.answer.send(answer);
                true
            }
            None => false,
        }
    }
}

async fn next(State(runtime): State<Arc<Runtime>>, ConnectInfo(peer): ConnectInfo<Peer>) -> Response {
    if !runtime.admits(&peer).await {
        return not_the_owner();
    }
    if lock(&runtime.current).is_some() {
        return refusal(StatusCode::FORBIDDEN, "InvalidStateTransition", "an invocation is under way");
    }
    let Ok(mut pending) = runtime.pending.try_lock() else {
        return refusal(
            StatusCode::FORBIDDEN,
            "InvalidStateTransition",
            "another request waits for the next invocation",
        );
    };
    runtime.life.send_if_modified(|life| {
        // Past the limit it is not ready, even when the watchdog has not killed it yet.
        let ready = life.is_starting() && Instant::now() < runtime.init_until;
        if ready {
            *life = Lifecycle::Ready(Instant::now());
        }
        ready
    });
    let Some(invocation) = pending.recv().await else {
        // The sandbox is being killed. A function that ended by itself first would leave its children to others.
        return std::future::pending().await;
    };
    let deadline_ms =
        clock::now().as_millisecond() + i64::try_from(invocation.timeout.as_millis()).unwrap_or(i64::MAX);
    let answer = Response::builder()
        .header(CONTENT_TYPE, "application/json")
        .header("Lambda-Runtime-Aws-Request-Id", &invocation.request_id)
        .header("Lambda-Runtime-Deadline-Ms", deadline_ms)
        .header("Lambda-Runtime-Invoked-Function-Arn", &invocation.function_arn)
        .header("Lambda-Runtime-Trace-Id", &invocation.trace_id)
        .body(Body::from(invocation.payload));
    *lock(&runtime.current) = Some(Current { request_id: invocation.request_id, answer: invocation.answer });
    let _nobody_waits = invocation.delivered.send(());
    answer.unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())
}

async fn response(State(runtime): State<Arc<Runtime>>, Path(id): Path<String>, request: Request) -> Response {
    let Ok(_one_body_at_a_time) = runtime.reading.try_lock() else {
        return response_in_progress();
    };
    if !runtime.is_under_way(&id) {
        return unknown_request();
    }
    let answer = match to_bytes(request.into_body(), MAX_RESPONSE_BYTES).await {
        Ok(body) => Ok(body),
        // axum wraps the error and keeps its text; anything else is a body that broke off.
        Err(error) if error.to_string().contains("length limit") => Err(Failure::ResponseTooLarge),
        Err(_) => {
            return refusal(StatusCode::BAD_REQUEST, "InvalidResponse", "the response broke off");
        }
    };
    let too_large = answer.is_err();
    if !runtime.answer(&id, answer) {
        return unknown_request();
    }
    if too_large {
        let message = format!("Exceeded maximum allowed payload size ({MAX_RESPONSE_BYTES} bytes).");
        return refusal(StatusCode::PAYLOAD_TOO_LARGE, "RequestEntityTooLarge", &message);
    }
    accepted()
}

async fn error(
    State(runtime): State<Arc<Runtime>>,
    Path(id): Path<String>,
    headers: HeaderMap,
    request: Request,
) -> Response {
    let Ok(_one_body_at_a_time) = runtime.reading.try_lock() else {
        return response_in_progress();
    };
    if !runtime.is_under_way(&id) {
        return unknown_request();
    }
    let failure = reported(&headers, request).await;
    if runtime.answer(&id, Err(failure)) { accepted() } else { unknown_request() }
}

async fn init_error(
    State(runtime): State<Arc<Runtime>>,
    ConnectInfo(peer): ConnectInfo<Peer>,
    headers: HeaderMap,
    request: Request,
) -> Response {
    if !runtime.admits(&peer).await {
        return not_the_owner();
    }
    let Ok(_one_body_at_a_time) = runtime.reading.try_lock() else {
        return response_in_progress();
    };
    let failure = reported(&headers, request).await;
    let taken = runtime.life.send_if_modified(|life| {
        let starting = life.is_starting();
        if starting {
            *life = Lifecycle::InitFailed(failure, Instant::now());
        }
        starting
    });
    if taken {
        accepted()
    } else {
        refusal(StatusCode::FORBIDDEN, "InvalidStateTransition", "the function is initialised")
    }
}

/// The error that a function reports. A body that cannot be parsed is an error too, named by the header if it has one.
async fn reported(headers: &HeaderMap, request: Request) -> Failure {
    let body = to_bytes(request.into_body(), MAX_REPORT_BYTES).await.unwrap_or_default();
    let payload = serde_json::from_slice::<Value>(&body).ok().filter(Value::is_object);
    let in_body = payload.as_ref().and_then(|payload| payload.get("errorType")?.as_str());
    let in_header = headers.get("Lambda-Runtime-Function-Error-Type").and_then(|value| value.to_str().ok());
    let error_type: String =
        in_body.or(in_header).unwrap_or("Runtime.UnknownReason").chars().take(MAX_ERROR_TYPE).collect();
    let payload = payload.unwrap_or_else(|| json!({ "errorType": error_type, "errorMessage": "" }));
    Failure::Reported { error_type, payload }
}

fn accepted() -> Response {
    (StatusCode::ACCEPTED, axum::Json(json!({ "status": "OK" }))).into_response()
}

/// As Lambda's own emulator has it: the state changes when an answer begins, not when it is complete.
fn response_in_progress() -> Response {
    refusal(StatusCode::FORBIDDEN, "InvalidStateTransition", "an answer is being read already")
}

fn not_the_owner() -> Response {
    refusal(StatusCode::FORBIDDEN, "AccessDenied", "this sandbox serves another process")
}

fn unknown_request() -> Response {
    refusal(StatusCode::BAD_REQUEST, "InvalidRequestID", "Invalid request ID")
}

fn refusal(status: StatusCode, error_type: &str, message: &str) -> Response {
    let body = json!({ "errorType": error_type, "errorMessage": message });
    (status, axum::Json(body)).into_response()
}
