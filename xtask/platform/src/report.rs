//! What a command found, as one value: `show` renders it for a person, serde for a machine (camelCase, `..Ms`).

use contract::{MealPlan, Session};
use serde::{Serialize, Serializer, ser::SerializeStruct};

use crate::{
    execution::{Event, Execution, ExecutionStatus},
    exit_code,
    package::Artifact,
    platform::Location,
};

/// What became of one order.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OrderReport {
    /// The environment's name.
    pub environment: String,
    /// What the meal may cost, as the order says, in KRW. No function that prices sees it.
    pub budget_krw: u64,
    /// The execution with its history.
    pub execution: ExecutionReport,
    /// The session as it is stored; nothing when it is gone.
    pub session: Option<Session>,
    /// Where the rest can be found.
    pub links: Vec<Location>,
}

/// An execution that ended, with its history.
#[derive(Debug, Clone, PartialEq)]
pub struct ExecutionReport {
    /// How it ended.
    pub execution: Execution,
    /// The result, when it succeeded.
    pub plan: Option<MealPlan>,
    /// Its events without execution data.
    pub history: Vec<Event>,
}

/// What came up, and what became of its first order.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DeployReport {
    /// The functions as they were released.
    pub functions: Vec<Artifact>,
    /// The order.
    #[serde(flatten)]
    pub order: OrderReport,
    /// How long each step took.
    pub timings_ms: Timings,
}

/// The steps of a deployment, each in milliseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Timings {
    /// Compiling the functions and the tools.
    #[serde(rename = "build")]
    pub build_ms: u64,
    /// From the environment to the template.
    #[serde(rename = "synth")]
    pub synth_ms: u64,
    /// Judging the template.
    #[serde(rename = "check")]
    pub check_ms: u64,
    /// Stripping and zipping the functions.
    #[serde(rename = "package")]
    pub package_ms: u64,
    /// Bringing the environment up.
    #[serde(rename = "up")]
    pub up_ms: u64,
    /// The order, from its start to the stored result.
    #[serde(rename = "execute")]
    pub execute_ms: u64,
}

impl OrderReport {
    /// The command's exit code.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self.execution.execution.status {
            ExecutionStatus::Succeeded => exit_code::OK,
            ExecutionStatus::Running
            | ExecutionStatus::Failed
            | ExecutionStatus::TimedOut
            | ExecutionStatus::Aborted => exit_code::ORDER_FAILED,
        }
    }
}

impl Serialize for ExecutionReport {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { execution, plan: _, history } = self;
        let mut fields = serializer.serialize_struct("ExecutionReport", 9)?;
        fields.serialize_field("id", &execution.id)?;
        fields.serialize_field("status", &execution.status)?;
        fields.serialize_field("startedAt", &execution.started_at.to_string())?;
        fields.serialize_field("stoppedAt", &execution.stopped_at.map(|at| at.to_string()))?;
        fields.serialize_field("durationMs", &execution.duration_ms())?;
        fields.serialize_field("output", &execution.output)?;
        fields.serialize_field("error", &execution.error)?;
        fields.serialize_field("cause", &execution.cause)?;
        fields.serialize_field("history", history)?;
        fields.end()
    }
}

/// What stdout holds for a machine: indented JSON with a line end.
///
/// # Errors
/// A value of the report has no JSON form.
pub fn json<T: Serialize>(report: &T) -> Result<String, serde_json::Error> {
    serde_json::to_string_pretty(report).map(|text| text + "\n")
}
