//! The port to an environment: what the command bodies need from it, and how it fails.

use std::path::PathBuf;

use contract::{ExecutionId, Order, Session, SessionId};
use serde::Serialize;
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
    ///
    /// # Errors
    /// [`PlatformError::NotUp`].
    fn deploy(
        place: Self::Place,
        package: &Package,
    ) -> impl Future<Output = Result<Self, PlatformError>> + Send;

    /// The environment's name.
    fn environment(&self) -> &str;

    /// Which of these secrets the environment lacks: parameters that are not there, or hold nothing. Whatever reads one would
    /// not start. No value is told.
    ///
    /// # Errors
    /// [`PlatformError::Call`].
    fn missing_secrets(
        &self,
        names: &[ParameterName],
    ) -> impl Future<Output = Result<Vec<ParameterName>, PlatformError>> + Send;

    /// Takes an order: writes its `pending` session if there is none, then starts the execution that the session id
    /// names. The same id with the same order is the same execution, ended ones included.
    ///
    /// # Errors
    /// [`PlatformError::OtherOrder`] when the id was taken with another order, [`PlatformError::Call`].
    fn start(&self, order: &Order) -> impl Future<Output = Result<Started, PlatformError>> + Send;

    /// Waits for the execution's end. `watch` sees every history event once and in order; an event may carry the data
    /// of its state.
    ///
    /// # Errors
    /// [`PlatformError::UnknownExecution`], [`PlatformError::Call`].
    fn follow(
        &self,
        execution: &ExecutionId,
        watch: &mut (dyn FnMut(&Event) + Send),
    ) -> impl Future<Output = Result<Execution, PlatformError>> + Send;

    /// Where the execution stands now.
    ///
    /// # Errors
    /// [`PlatformError::UnknownExecution`], [`PlatformError::Call`].
    fn describe(
        &self,
        execution: &ExecutionId,
    ) -> impl Future<Output = Result<Execution, PlatformError>> + Send;

    /// Every event of the execution so far, oldest first.
    ///
    /// # Errors
    /// [`PlatformError::UnknownExecution`], [`PlatformError::Call`].
    fn history(
        &self,
        execution: &ExecutionId,
    ) -> impl Future<Output = Result<Vec<Event>, PlatformError>> + Send;

    /// The session as it is stored, read consistently; nothing when there is none.
    ///
    /// # Errors
    /// [`PlatformError::Call`].
    fn session(
        &self,
        session: &SessionId,
    ) -> impl Future<Output = Result<Option<Session>, PlatformError>> + Send;

    /// Where the rest can be found: what [`Platform::shutdown`] leaves behind, or a console. Most interesting first.
    fn links(&self) -> Vec<Location>;

    /// Ends what [`Platform::deploy`] started on this machine, and writes down what is to be left behind. An environment
    /// in the cloud stays.
    ///
    /// # Errors
    /// [`PlatformError::Call`].
    fn shutdown(self) -> impl Future<Output = Result<(), PlatformError>> + Send;
}

/// A place that a person can look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Location {
    /// What is there: `result`, `history`, `logs`, `console`.
    pub what: &'static str,
    /// A path or a URL.
    pub location: String,
}

impl Location {
    /// A file or a folder.
    pub fn path(what: &'static str, path: impl Into<PathBuf>) -> Self {
        let location = path.into().display().to_string();
        Self { what, location }
    }
}

/// What stands behind an error of a target: whatever its SDK, file system or protocol said.
pub type Source = Box<dyn std::error::Error + Send + Sync>;

/// How a target fails. The source is printed at the edge, never in here.
#[derive(Debug, thiserror::Error)]
pub enum PlatformError {
    /// The environment could not be brought up.
    #[error("the environment did not come up")]
    NotUp {
        /// Why.
        #[source]
        source: Source,
        /// What the person can do about it.
        hint: Option<String>,
    },
    /// The session id was taken with another order.
    #[error("session is taken by another order: {session}")]
    OtherOrder {
        /// The session of both.
        session: SessionId,
    },
    /// There is no such execution.
    #[error("no such execution: {execution}")]
    UnknownExecution {
        /// Its ARN.
        execution: ExecutionId,
    },
    /// A call to the environment failed.
    #[error("cannot {doing}")]
    Call {
        /// What was tried, as it follows `cannot`: `start the execution`.
        doing: &'static str,
        /// Why it failed.
        #[source]
        source: Source,
        /// What the person can do about it.
        hint: Option<String>,
    },
}

impl PlatformError {
    /// What the person can do about it.
    #[must_use]
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
