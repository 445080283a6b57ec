//! The server side of the control API.

use std::{io, sync::Arc};

use axum::{
    Json, Router,
    body::Bytes,
    extract::{DefaultBodyLimit, State},
    http::StatusCode,
    response::{IntoResponse as _, Response},
    routing::{get, post},
};
use contract::{Order, SessionId, order_file::MAX_ORDER_BYTES};
use platform::{Platform as _, PlatformError};
use serde::Serialize;
use stack::environment::ParameterName;

use super::{
    state_file::{Found, started_ticks},
    wire::{DescribeResponse, EventsResponse, ExecutionRequest, StartResponse},
};
use crate::{embedded::Embedded, serve::Server};

#[derive(Debug)]
pub struct Control {
    server: Server,
}

impl Control {
    /// Serves an environment until dropped, to clients with its access key.
    pub async fn start(environment: Arc<Embedded>) -> io::Result<Self> {
        let key = environment.access_key().clone();
        let routes = Router::new()
            .route("/orders", post(take))
            .route("/news", post(news))
            .route("/executions", post(describe))
            .route("/sessions", post(session))
            .route("/secrets", post(secrets))
            .route("/links", get(links))
            // An order that was read is longer than the file it was read from.
            .layer(DefaultBodyLimit::max(4 * MAX_ORDER_BYTES))
            .with_state(environment);
        let server = Server::start(routes, Some(&key)).await?;
        Ok(Self { server })
    }

    /// What others need to find it.
    pub fn found(&self, environment: &Embedded, built_at_ms: i64) -> Found {
        let pid = std::process::id();
        Found {
            environment: environment.environment().to_owned(),
            pid,
            started_ticks: started_ticks(pid).unwrap_or_default(),
            access_key: environment.access_key().clone(),
            control_url: self.server.url(),
            states_url: environment.urls().states.clone(),
            built_at_ms,
        }
    }
}

async fn take(State(environment): State<Arc<Embedded>>, Json(order): Json<Order>) -> Response {
    let started = environment.start(&order).await;
    answer(started.map(|started| StartResponse { execution: started.execution, fresh: started.fresh }))
}

async fn news(State(environment): State<Arc<Embedded>>, Json(which): Json<ExecutionRequest>) -> Response {
    let news = environment.news(&which.execution, which.seen).await;
    answer(news.map(|(events, ended)| EventsResponse { events, ended }))
}

async fn describe(State(environment): State<Arc<Embedded>>, Json(which): Json<ExecutionRequest>) -> Response {
    answer(environment.describe(&which.execution).await.map(DescribeResponse::from))
}

async fn session(State(environment): State<Arc<Embedded>>, body: Bytes) -> Response {
    match serde_json::from_slice::<SessionId>(&body) {
        Ok(session) => answer(environment.session(&session).await),
        Err(error) => (StatusCode::BAD_REQUEST, error.to_string()).into_response(),
    }
}

async fn secrets(State(environment): State<Arc<Embedded>>, Json(names): Json<Vec<String>>) -> Response {
    let names: Option<Vec<_>> = names.iter().map(|name| ParameterName::new(name)).collect();
    let Some(names) = names else {
        return (StatusCode::BAD_REQUEST, "no name of a parameter").into_response();
    };
    let missing = environment.missing_secrets(&names).await;
    answer(missing.map(|names| names.iter().map(ToString::to_string).collect::<Vec<_>>()))
}

async fn links(State(environment): State<Arc<Embedded>>) -> Response {
    Json(environment.links()).into_response()
}

fn answer<T: Serialize>(result: Result<T, PlatformError>) -> Response {
    let error = match result {
        Ok(answer) => return Json(answer).into_response(),
        Err(error) => error,
    };
    let status = match &error {
        PlatformError::OtherOrder { .. } => StatusCode::CONFLICT,
        PlatformError::UnknownExecution { .. } => StatusCode::NOT_FOUND,
        PlatformError::NotUp { .. } | PlatformError::Call { .. } => StatusCode::INTERNAL_SERVER_ERROR,
    };
    let mut text = error.to_string();
    let mut source = std::error::Error::source(&error);
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    (status, text).into_response()
}
