//! What all stand-ins share: counting and recording calls, waiting, and misbehaving.

use std::{
    collections::VecDeque,
    fmt, io,
    sync::{Arc, Mutex},
};

use axum::{
    body::{Body, Bytes},
    response::Response,
};
use tokio::time::Instant;

use super::{
    behaviour::{Answer, Behaviour, Reaction},
    quota::{QuotaRefusals, QuotaUsage},
    wire::Socket,
};
use crate::{clock, lock::lock};

/// Most calls that are recorded, and most bytes of their bodies; the oldest go first.
const MAX_RECORDED_CALLS: usize = 1_000;
const MAX_RECORDED_BYTES: usize = 4 * 1_024 * 1_024;

#[derive(Clone)]
pub struct Call {
    /// Its number since the stand-in started, from 1.
    pub number: u64,
    /// What it was about: the query of a search, the text of a prompt.
    pub subject: String,
    pub uri: String,
    pub body: Bytes,
}

/// Prints no subject and no body: a prompt holds health data.
impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call").field("number", &self.number).finish_non_exhaustive()
    }
}

#[derive(Debug, Clone)]
pub struct Stub {
    name: &'static str,
    quota_refusals: QuotaRefusals,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    behaviour: Behaviour,
    /// Since the behaviour was set.
    calls_of_behaviour: u64,
    quota_usage: QuotaUsage,
    calls: u64,
    recorded: VecDeque<Call>,
    recorded_bytes: usize,
}

impl State {
    fn record(&mut self, call: Call) {
        self.recorded_bytes += call.bytes();
        self.recorded.push_back(call);
        while self.recorded.len() > MAX_RECORDED_CALLS || self.recorded_bytes > MAX_RECORDED_BYTES {
            let Some(oldest) = self.recorded.pop_front() else {
                break;
            };
            self.recorded_bytes -= oldest.bytes();
        }
    }
}

impl Call {
    fn bytes(&self) -> usize {
        self.subject.len() + self.uri.len() + self.body.len()
    }
}

impl Stub {
    pub(super) fn new(name: &'static str, quota_refusals: QuotaRefusals, behaviour: Behaviour) -> Self {
        let state = State { behaviour, ..State::default() };
        Self { name, quota_refusals, state: Arc::new(Mutex::new(state)) }
    }

    /// Behaves like this from the next call on. Faults and quotas count calls from here.
    pub fn behave(&self, behaviour: Behaviour) {
        let mut state = lock(&self.state);
        state.behaviour = behaviour;
        state.calls_of_behaviour = 0;
        state.quota_usage = QuotaUsage::default();
    }

    pub fn count(&self) -> u64 {
        lock(&self.state).calls
    }

    /// The most calls that came in any second since its behaviour was set, refused ones included.
    pub fn most_in_a_second(&self) -> usize {
        lock(&self.state).quota_usage.most_in_a_second()
    }

    /// The newest calls, oldest first.
    pub fn calls(&self) -> Vec<Call> {
        lock(&self.state).recorded.iter().cloned().collect()
    }

    /// Records a call, waits as long as the behaviour says, and gives the response of a fault if one applies, or the
    /// refusal if the call exceeds the quota.
    pub(super) async fn intercept(
        &self,
        subject: &str,
        uri: String,
        body: Bytes,
        socket: &Socket,
    ) -> Option<Response> {
        let (behaviour, number, allowed) = {
            let mut state = lock(&self.state);
            let quota = state.behaviour.quota;
            let allowed = state.quota_usage.count(quota, Instant::now(), clock::now());
            state.calls += 1;
            state.calls_of_behaviour += 1;
            let call = Call { number: state.calls, subject: subject.to_owned(), uri, body };
            state.record(call);
            (state.behaviour.clone(), state.calls_of_behaviour, allowed)
        };
        if let Some(rendezvous) = &behaviour.rendezvous {
            rendezvous.meet(self.name).await;
        }
        if !behaviour.latency.is_zero() {
            tokio::time::sleep(behaviour.latency).await;
        }
        if let Err(over) = allowed {
            return Some(self.quota_refusals.answer(over).into());
        }
        match behaviour.reaction(number, subject)? {
            Reaction::Answer(answer) => Some(answer.clone().into()),
            Reaction::Hang => std::future::pending().await,
            Reaction::Close => Some(broken_off()),
            Reaction::Wire(script) => match socket.play(script).await {},
        }
    }
}

/// An answer whose body fails after its head: the server closes the connection then.
fn broken_off() -> Response {
    let parts = [Ok(Bytes::from_static(b"{")), Err(io::Error::from(io::ErrorKind::ConnectionReset))];
    let mut response = Response::new(Body::from_stream(futures::stream::iter(parts)));
    response.headers_mut().insert(axum::http::header::CONTENT_LENGTH, 1_000.into());
    response
}

impl From<Answer> for Response {
    fn from(answer: Answer) -> Self {
        let mut response = axum::http::Response::builder().status(answer.status);
        for (name, value) in &answer.headers {
            response = response.header(name, value);
        }
        response.body(Body::from(answer.body)).unwrap_or_else(|error| {
            // An impossible header is an error of the test.
            let mut response = Self::new(Body::from(format!("this answer cannot be sent: {error}")));
            *response.status_mut() = axum::http::StatusCode::INTERNAL_SERVER_ERROR;
            response
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recorded(calls: usize, bytes: usize) -> Vec<u64> {
        let mut state = State::default();
        for number in 0..calls {
            state.record(Call {
                number: u64::try_from(number).unwrap(),
                subject: String::new(),
                uri: String::new(),
                body: vec![0; bytes].into(),
            });
        }
        assert_eq!(state.recorded_bytes, state.recorded.iter().map(Call::bytes).sum::<usize>());
        state.recorded.iter().map(|call| call.number).collect()
    }

    #[test]
    fn the_newest_calls_are_remembered_and_no_more_than_there_is_room_for() {
        assert_eq!(recorded(3, 10), [0, 1, 2]);
        assert_eq!(recorded(MAX_RECORDED_CALLS + 2, 0)[0], 2);
        assert_eq!(recorded(6, MAX_RECORDED_BYTES / 4), [2, 3, 4, 5]);
        assert!(recorded(2, MAX_RECORDED_BYTES + 1).is_empty());
    }
}
