//! The client side of the control API: an environment that another process keeps up.

use std::sync::Mutex;

use contract::{ExecutionId, Order, Session, SessionId};
use platform::{Execution, Location, Package, Platform, PlatformError, Started, execution::Event};
use reqwest::{Client, Response, StatusCode, header::AUTHORIZATION};
use serde::{Serialize, de::DeserializeOwned};
use stack::environment::ParameterName;

use super::{
    state_file::Found,
    wire::{DescribeResponse, EventsResponse, ExecutionRequest, StartResponse},
};
use crate::{lock::lock, loopback};

/// An environment that another process keeps up. Shutting it down here only lets go of it.
#[derive(Debug)]
pub struct Live {
    found: Found,
    client: Client,
    links: Mutex<Vec<Location>>,
}

/// How long an environment on this machine may take to say where its files are. One that is stopped or hangs is not
/// waited for.
const TIMEOUT: std::time::Duration = std::time::Duration::from_secs(2);

#[derive(Debug, thiserror::Error)]
enum ControlError {
    #[error("no answer")]
    Http(#[from] reqwest::Error),
    #[error("{0}")]
    Refused(String),
    #[error("an answer in other words")]
    OtherVersion,
}

impl Live {
    pub async fn connect(found: Found) -> Result<Self, PlatformError> {
        let client = loopback::client().map_err(|error| failed("reach the environment", error.into()))?;
        let live = Self { found, client, links: Mutex::default() };
        live.refresh_links().await.map_err(|error| failed("reach the environment", error))?;
        Ok(live)
    }

    /// They follow the order that was taken last.
    async fn refresh_links(&self) -> Result<(), ControlError> {
        let response = self
            .client
            .get(self.url("links"))
            .header(AUTHORIZATION, self.found.access_key.bearer())
            .timeout(TIMEOUT)
            .send()
            .await?;
        *lock(&self.links) = read(response).await?;
        Ok(())
    }

    fn url(&self, path: &str) -> String {
        format!("{}/{path}", self.found.control_url)
    }

    async fn post(&self, path: &str, body: &impl Serialize) -> Result<Response, ControlError> {
        let call = self.client.post(self.url(path)).json(body);
        let key = self.found.access_key.bearer();
        Ok(call.header(AUTHORIZATION, key).send().await?)
    }

    async fn ask<T: DeserializeOwned>(
        &self,
        path: &str,
        doing: &'static str,
        execution: &ExecutionId,
        seen: usize,
    ) -> Result<T, PlatformError> {
        let which = ExecutionRequest { execution: execution.clone(), seen };
        let response = self.post(path, &which).await.map_err(|error| failed(doing, error))?;
        if response.status() == StatusCode::NOT_FOUND {
            return Err(PlatformError::UnknownExecution { execution: execution.clone() });
        }
        read(response).await.map_err(|error| failed(doing, error))
    }
}

impl Platform for Live {
    type Place = Found;

    /// It is up already: the process that keeps it up has deployed its own package.
    async fn deploy(place: Found, _package: &Package) -> Result<Self, PlatformError> {
        Err(PlatformError::NotUp {
            source: format!("another process keeps it up: {}", place.pid).into(),
            hint: Some("stop that process first".to_owned()),
        })
    }

    fn environment(&self) -> &str {
        &self.found.environment
    }

    async fn missing_secrets(&self, names: &[ParameterName]) -> Result<Vec<ParameterName>, PlatformError> {
        let asked: Vec<_> = names.iter().map(ParameterName::as_str).collect();
        let missing = async { read::<Vec<String>>(self.post("secrets", &asked).await?).await };
        let missing = missing.await.map_err(|error| failed("look for the secrets", error))?;
        let is_missing = |name: &&ParameterName| missing.iter().any(|missing| missing == name.as_str());
        Ok(names.iter().filter(is_missing).cloned().collect())
    }

    async fn start(&self, order: &Order) -> Result<Started, PlatformError> {
        const DOING: &str = "start the execution";
        let response = self.post("orders", order).await.map_err(|error| failed(DOING, error))?;
        if response.status() == StatusCode::CONFLICT {
            return Err(PlatformError::OtherOrder { session: order.session_id.clone() });
        }
        let taken: StartResponse = read(response).await.map_err(|error| failed(DOING, error))?;
        self.refresh_links().await.map_err(|error| failed(DOING, error))?;
        Ok(Started { execution: taken.execution, session: order.session_id.clone(), fresh: taken.fresh })
    }

    async fn news(&self, execution: &ExecutionId, seen: usize) -> Result<(Vec<Event>, bool), PlatformError> {
        let news: EventsResponse = self.ask("news", "follow the execution", execution, seen).await?;
        Ok((news.events, news.ended))
    }

    async fn describe(&self, execution: &ExecutionId) -> Result<Execution, PlatformError> {
        const DOING: &str = "describe the execution";
        let described: DescribeResponse = self.ask("executions", DOING, execution, 0).await?;
        described.into_execution().ok_or_else(|| failed(DOING, ControlError::OtherVersion))
    }

    async fn history(&self, execution: &ExecutionId) -> Result<Vec<Event>, PlatformError> {
        let news: EventsResponse = self.ask("news", "read the history", execution, 0).await?;
        Ok(news.events)
    }

    async fn session(&self, session: &SessionId) -> Result<Option<Session>, PlatformError> {
        let asked = async { read(self.post("sessions", session).await?).await };
        asked.await.map_err(|error| failed("read the session", error))
    }

    fn links(&self) -> Vec<Location> {
        lock(&self.links).clone()
    }

    async fn shutdown(self) -> Result<(), PlatformError> {
        Ok(())
    }
}

async fn read<T: DeserializeOwned>(response: Response) -> Result<T, ControlError> {
    if response.status().is_success() {
        return Ok(response.json().await?);
    }
    Err(ControlError::Refused(response.text().await?))
}

fn failed(doing: &'static str, error: ControlError) -> PlatformError {
    PlatformError::Call {
        doing,
        source: Box::new(error),
        hint: Some("the environment may just have ended: run the command again".to_owned()),
    }
}
