//! A log of the client's calls, for a program that shows them to a person. The Lambda function has none.

use std::sync::{Mutex, PoisonError};

use reqwest::{Request, header::HeaderMap};
use serde::Serialize;
use tokio::time::Instant;

use super::redaction::Redactor;
use crate::text::xml::charset;

/// Most characters of a body in the log.
const MAX_BODY_CHARS: usize = 4_096;

/// A call without its keys.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ObservedCall {
    pub method: String,
    pub url: String,
    pub headers: Vec<(String, String)>,
    /// `None` without a status.
    #[serde(rename = "answer")]
    pub reply: Option<ObservedReply>,
    /// Why the reply is not complete.
    pub error: Option<String>,
    pub latency_ms: u64,
}

#[derive(Debug, Clone, Serialize)]
pub struct ObservedReply {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub charset: &'static str,
    /// The size of the body.
    pub bytes: usize,
    /// The beginning, decoded.
    pub body: String,
    pub cut: bool,
}

/// In the order in which the calls began.
#[derive(Debug, Default)]
pub struct CallLog(Mutex<Vec<ObservedCall>>);

impl CallLog {
    pub fn calls(&self) -> Vec<ObservedCall> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn begin<'a>(&'a self, request: &Request, redactor: Redactor<'a>) -> CallObserver<'a> {
        let mut calls = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        calls.push(ObservedCall {
            method: request.method().to_string(),
            url: redactor.without_keys(request.url().as_str()),
            headers: texts(request.headers(), redactor),
            reply: None,
            error: Some("cancelled before there was an answer".to_owned()),
            latency_ms: 0,
        });
        CallObserver { log: self, at: calls.len() - 1, begin: Instant::now(), redactor }
    }
}

pub(super) struct CallObserver<'a> {
    log: &'a CallLog,
    at: usize,
    begin: Instant,
    redactor: Redactor<'a>,
}

impl CallObserver<'_> {
    /// Logs the reply, if there was one, and why it is not complete.
    pub(super) fn end(self, reply: Option<(u16, &HeaderMap, &[u8])>, error: Option<&str>) {
        let mut calls = self.log.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(call) = calls.get_mut(self.at) else {
            return;
        };
        call.latency_ms = u64::try_from(self.begin.elapsed().as_millis()).unwrap_or(u64::MAX);
        call.error = error.map(|error| self.redactor.without_keys(error));
        call.reply = reply.map(|(status, headers, body)| {
            let kind = headers.get("content-type").and_then(|value| value.to_str().ok());
            let (text, encoding, _) = charset(body, kind).decode(body);
            // Before it is cut: a part of a key is secret too.
            let text = self.redactor.without_keys(&text);
            let shown: String = text.chars().take(MAX_BODY_CHARS).collect();
            ObservedReply {
                status,
                headers: texts(headers, self.redactor),
                charset: encoding.name(),
                bytes: body.len(),
                cut: shown.len() < text.len(),
                body: shown,
            }
        });
    }
}

fn texts(headers: &HeaderMap, redactor: Redactor<'_>) -> Vec<(String, String)> {
    let texts = headers.iter().map(|(name, value)| {
        let value = String::from_utf8_lossy(value.as_bytes());
        (name.to_string(), redactor.without_keys(&value))
    });
    texts.collect()
}
