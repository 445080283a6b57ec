//! The embedded environment as a [`Platform`].

use std::sync::Arc;

use contract::{ExecutionId, Order, Session, SessionId};
use platform::{
    Execution as Described, ExecutionStatus, Location, Package, Platform, PlatformError, Started,
    execution::Event,
};
use serde_json::Value;
use stack::environment::ParameterName;

use super::{Config, Embedded, orders::OrderError};
use crate::{
    loopback, ssm,
    states::{Execution, Snapshot},
};

impl Platform for Embedded {
    /// The functions of the package take the place of the configuration's.
    type Place = Config;

    async fn deploy(mut place: Config, package: &Package) -> Result<Self, PlatformError> {
        let programs = package.artifacts.iter();
        place.functions =
            programs.map(|artifact| (artifact.function.to_owned(), artifact.program.clone())).collect();
        // Bringing up waits for many things, and what each of them needs is carried through all that a command waits for.
        Box::pin(Self::up(&package.template, place))
            .await
            .map_err(|error| PlatformError::NotUp { hint: error.hint(), source: error.into() })
    }

    fn environment(&self) -> &str {
        &self.name
    }

    async fn missing_secrets(&self, names: &[ParameterName]) -> Result<Vec<ParameterName>, PlatformError> {
        const DOING: &str = "look for the secrets";
        let client = loopback::client().map_err(|error| call(DOING, error))?;
        ssm::missing_parameters(&client, &self.urls.ssm, &self.access_key, names)
            .await
            .map_err(|error| call(DOING, error))
    }

    async fn start(&self, order: &Order) -> Result<Started, PlatformError> {
        let (execution, fresh) = self.start_order(order).await.map_err(|error| match error {
            OrderError::OtherOrder { session } => PlatformError::OtherOrder { session },
            other => PlatformError::Call {
                doing: "start the execution",
                hint: other.hint(),
                source: Box::new(other),
            },
        })?;
        Ok(Started {
            execution: ExecutionId(execution.arn().to_owned()),
            session: order.session_id.clone(),
            fresh,
        })
    }

    async fn news(&self, execution: &ExecutionId, seen: usize) -> Result<(Vec<Event>, bool), PlatformError> {
        let found = self.find(execution)?;
        let (events, ended) = found.news(seen).await;
        if ended {
            self.wait_for_closer(&found).await;
            self.write_artifacts(&found).map_err(|error| call("leave the result behind", error))?;
        }
        Ok((events, ended))
    }

    async fn describe(&self, execution: &ExecutionId) -> Result<Described, PlatformError> {
        Ok(described(self.find(execution)?.snapshot()))
    }

    async fn history(&self, execution: &ExecutionId) -> Result<Vec<Event>, PlatformError> {
        Ok(self.find(execution)?.events(0))
    }

    async fn session(&self, session: &SessionId) -> Result<Option<Session>, PlatformError> {
        self.stored_session(session).map_err(|error| call("read the session", error))
    }

    fn links(&self) -> Vec<Location> {
        self.files()
    }

    async fn shutdown(self) -> Result<(), PlatformError> {
        self.close().await.map_err(|error| call("leave the results behind", error))
    }
}

impl Embedded {
    fn find(&self, execution: &ExecutionId) -> Result<Arc<Execution>, PlatformError> {
        self.engine
            .execution(&execution.0)
            .map_err(|_| PlatformError::UnknownExecution { execution: execution.clone() })
    }

    /// Waits for the closer of an execution that failed, so that a reader finds its session closed.
    async fn wait_for_closer(&self, execution: &Execution) {
        if execution.snapshot().status() != ExecutionStatus::Succeeded {
            self.bus.flush().await;
            self.engine.wait_for_ends(|machine| machine.arn == self.names.closer_arn).await;
        }
    }
}

fn call(doing: &'static str, error: impl std::error::Error + Send + Sync + 'static) -> PlatformError {
    PlatformError::Call { doing, source: Box::new(error), hint: None }
}

fn described(execution: Snapshot) -> Described {
    let status = execution.status();
    let ended = execution.ended;
    let output = ended.as_ref().and_then(|ended| ended.output.as_deref());
    Described {
        id: ExecutionId(execution.arn),
        status,
        started_at: execution.started_at,
        stopped_at: ended.as_ref().map(|ended| ended.at),
        output: output.map(|text| serde_json::from_str(text).unwrap_or(Value::Null)),
        error: ended.as_ref().and_then(|ended| ended.error.clone()),
        cause: ended.and_then(|ended| ended.cause),
    }
}
