//! The port to an environment: what the command bodies need from it, and how it fails.

use std::path::Path;

use contract::{ExecutionId, Order, Session, SessionId};
use serde::{Deserialize, Serialize};
use stack::environment::ParameterName;

use crate::{
    execution::{Event, Execution, Started},
    package::Package,
};

/// An environment that is up. A value of this type exists between [`Platform::deploy`] and [`Platform::shutdown`].
pub trait Platform: Sized + Send + Sync {
    /// Where a package is brought up, and with what: an account and a region, or a folder and its stand-ins.
    type Place: Send;

    /// Brings the package up and returns when it takes orders.
    fn deploy(
        place: Self::Place,
        package: &Package,
    ) -> impl Future<Output = Result<Self, PlatformError>> + Send;

    fn environment(&self) -> &str;

    /// Which of these secrets the environment lacks: parameters that are not there, or hold nothing. Whatever reads one would
    /// not start. No value is told.
    fn missing_secrets(
        &self,
        names: &[ParameterName],
    ) -> impl Future<Output = Result<Vec<ParameterName>, PlatformError>> + Send;

    /// Takes an order: writes its `pending` session if there is none, then starts the execution that the session id
    /// names. The same id with the same order is the same execution, ended ones included.
    fn start(&self, order: &Order) -> impl Future<Output = Result<Started, PlatformError>> + Send;

    /// Waits for events after the first `seen` or for the end: the new events, and whether the execution has ended. An event
    /// may carry the data of its state.
    fn news(
        &self,
        execution: &ExecutionId,
        seen: usize,
    ) -> impl Future<Output = Result<(Vec<Event>, bool), PlatformError>> + Send;

    /// Waits for the execution's end. `watch` sees every history event once and in order.
    fn follow(
        &self,
        execution: &ExecutionId,
        watch: &mut (dyn FnMut(&Event) + Send),
    ) -> impl Future<Output = Result<Execution, PlatformError>> + Send {
        async move {
            let mut seen = 0;
            loop {
                let (events, ended) = self.news(execution, seen).await?;
                seen += events.len();
                events.iter().for_each(&mut *watch);
                if ended {
                    return self.describe(execution).await;
                }
            }
        }
    }

    /// Where the execution stands now.
    fn describe(
        &self,
        execution: &ExecutionId,
    ) -> impl Future<Output = Result<Execution, PlatformError>> + Send;

    /// Every event of the execution so far, oldest first.
    fn history(
        &self,
        execution: &ExecutionId,
    ) -> impl Future<Output = Result<Vec<Event>, PlatformError>> + Send;

    /// The session as it is stored, read consistently; nothing when there is none.
    fn session(
        &self,
        session: &SessionId,
    ) -> impl Future<Output = Result<Option<Session>, PlatformError>> + Send;

    /// Where the rest can be found: what [`Platform::shutdown`] leaves behind, or a console. Most interesting first.
    fn links(&self) -> Vec<Location>;

    /// Ends what [`Platform::deploy`] started on this machine, and writes down what is to be left behind. An environment
    /// in the cloud stays.
    fn shutdown(self) -> impl Future<Output = Result<(), PlatformError>> + Send;
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Location {
    /// What is there: `result`, `history`, `logs`, `console`.
    pub what: String,
    pub location: String,
}

impl Location {
    /// A file or a folder.
    pub fn path(what: &str, path: &Path) -> Self {
        Self { what: what.to_owned(), location: path.display().to_string() }
    }
}

/// What stands behind an error of a target: whatever its SDK, file system or protocol said.
pub type Source = Box<dyn std::error::Error + Send + Sync>;

/// How a target fails. The source is printed at the edge, never in here.
#[derive(Debug, thiserror::Error)]
pub enum PlatformError {
    #[error("the environment did not come up")]
    NotUp {
        #[source]
        source: Source,
        hint: Option<String>,
    },
    #[error("session is taken by another order: {session}")]
    OtherOrder { session: SessionId },
    #[error("no such execution: {execution}")]
    UnknownExecution { execution: ExecutionId },
    #[error("cannot {doing}")]
    Call {
        /// What was tried, as it follows `cannot`: `start the execution`.
        doing: &'static str,
        #[source]
        source: Source,
        hint: Option<String>,
    },
}

impl PlatformError {
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::NotUp { hint, .. } | Self::Call { hint, .. } => hint.clone(),
            Self::OtherOrder { .. } => Some(
                "asking again is a new session: change `sessionId`, or leave it out to have one generated"
                    .to_owned(),
            ),
            Self::UnknownExecution { .. } => None,
        }
    }
}
