//! What a command found, as one value: `show` renders it for a person, serde for a machine (camelCase, `..Ms`).

use contract::{MealPlan, Session};
use serde::{Serialize, Serializer, ser::SerializeStruct};

use crate::{
    execution::{Event, Execution, ExecutionStatus},
    exit_code,
    package::Artifact,
    platform::Location,
};

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OrderReport {
    pub environment: String,
    /// What the meal may cost, as the order says, in KRW. No function that prices sees it.
    pub budget_krw: u64,
    pub execution: ExecutionReport,
    /// The session as it is stored; nothing when it is gone.
    pub session: Option<Session>,
    pub links: Vec<Location>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct ExecutionReport {
    pub execution: Execution,
    pub plan: Option<MealPlan>,
    /// Its events without execution data.
    pub history: Vec<Event>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DeployReport {
    pub functions: Vec<Artifact>,
    #[serde(flatten)]
    pub order: OrderReport,
    pub timings_ms: Timings,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Timings {
    #[serde(rename = "build")]
    pub build_ms: u64,
    #[serde(rename = "synth")]
    pub synth_ms: u64,
    #[serde(rename = "check")]
    pub check_ms: u64,
    #[serde(rename = "package")]
    pub package_ms: u64,
    #[serde(rename = "up")]
    pub up_ms: u64,
    /// The order, from its start to the stored result.
    #[serde(rename = "execute")]
    pub execute_ms: u64,
}

impl OrderReport {
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
pub fn json<T: Serialize>(report: &T) -> Result<String, serde_json::Error> {
    serde_json::to_string_pretty(report).map(|text| text + "\n")
}
