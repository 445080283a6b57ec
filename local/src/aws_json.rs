//! AWS's JSON protocols, the serving side: the operation stands in `X-Amz-Target`, errors have a `__type`.

use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, StatusCode, header::CONTENT_TYPE},
    response::Response,
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

#[derive(Debug, Clone, Copy)]
pub(crate) enum Protocol {
    /// Step Functions and `DynamoDB`.
    Json10,
    /// SSM.
    Json11,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ServiceError {
    pub(crate) name: &'static str,
    pub(crate) message: String,
}

impl ServiceError {
    pub(crate) fn new(name: &'static str, message: impl Into<String>) -> Self {
        Self { name, message: message.into() }
    }

    pub(crate) fn unknown_operation(operation: &str) -> Self {
        Self::new("UnknownOperationException", format!("not an operation of this environment: {operation}"))
    }
}

/// The operation of a request to `service`, without the service's own prefix.
pub(crate) fn operation<'a>(headers: &'a HeaderMap, service: &str) -> Result<&'a str, ServiceError> {
    let target = headers.get("x-amz-target").and_then(|value| value.to_str().ok()).unwrap_or_default();
    target
        .strip_prefix(service)
        .and_then(|rest| rest.strip_prefix('.'))
        .ok_or_else(|| ServiceError::unknown_operation(target))
}

pub(crate) fn request<T: DeserializeOwned>(body: &Bytes) -> Result<T, ServiceError> {
    serde_json::from_slice(body)
        .map_err(|error| ServiceError::new("SerializationException", error.to_string()))
}

pub(crate) fn respond(protocol: Protocol, result: Result<Value, ServiceError>) -> Response {
    let (status, body) = match result {
        Ok(body) => (StatusCode::OK, body),
        Err(error) => {
            let body = json!({ "__type": error.name, "message": error.message });
            (StatusCode::BAD_REQUEST, body)
        }
    };
    json(protocol, status, body.to_string())
}

/// An answer whose body is written already.
pub(crate) fn json(protocol: Protocol, status: StatusCode, body: String) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let content_type = match protocol {
        Protocol::Json10 => "application/x-amz-json-1.0",
        Protocol::Json11 => "application/x-amz-json-1.1",
    };
    let content_type = axum::http::HeaderValue::from_static(content_type);
    response.headers_mut().insert(CONTENT_TYPE, content_type);
    response
}
