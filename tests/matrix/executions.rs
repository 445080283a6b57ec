//! `executions.jsonl`: inputs of executions that are started through Step Functions' own API and not by `start`. Such an
//! execution is refused, or it fails by itself, and nothing of it stays open.

use aws_sdk_sfn::{error::ProvideErrorMetadata as _, types::ExecutionStatus};
use cases::{Case, Failures, Source, ensure, says};
use contract::ExecutionId;
use platform::Platform as _;
use serde::Deserialize;

use crate::harness::Harness;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    input: Source,
    /// The name of the API's error.
    refused: Option<String>,
    /// The execution's error, and a part of its cause.
    failed: Option<(String, String)>,
    /// Words of the input that no cause of ours may repeat.
    #[serde(default)]
    secrets: Vec<String>,
}

impl Line {
    async fn check(&self, name: &str, harness: &Harness) -> Result<(), String> {
        let start = harness.states.start_execution().state_machine_arn(harness.environment.machine_arn());
        let started = start.name(name).input(self.input.text()).send().await;
        let (error, cause) = match (&self.refused, &self.failed, started) {
            (Some(name), None, Err(error)) => {
                let code = error.code().unwrap_or_default().to_owned();
                return ensure(code == *name, || format!("{code}: {error:?}"));
            }
            (Some(_), None, Ok(_)) => return Err("should be refused".to_owned()),
            (None, Some(_), Err(error)) => return Err(format!("should be taken: {error:?}")),
            (None, Some(failed), Ok(started)) => {
                let id = ExecutionId(started.execution_arn().to_owned());
                let followed = harness.environment.follow(&id, &mut |_| {}).await;
                let execution = followed.map_err(|error| error.to_string())?;
                let described =
                    harness.states.describe_execution().execution_arn(&id.0).send().await.unwrap();
                ensure(described.status() == &ExecutionStatus::Failed, || format!("{execution:?}"))?;
                let error = execution.error.unwrap_or_default();
                let cause = execution.cause.unwrap_or_default();
                ensure(error == failed.0, || format!("{error}: {cause}"))?;
                says(&cause, &failed.1)?;
                (error, cause)
            }
            _ => return Err("needs either `refused` or `failed`".to_owned()),
        };
        let repeated = self.secrets.iter().find(|secret| cause.contains(secret.as_str()));
        ensure(repeated.is_none(), || format!("repeats {repeated:?}: {error}: {cause}"))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_input_is_refused_or_fails_as_its_line_says() {
    let harness = Harness::open().await;
    let mut failures = Failures::default();
    let lines: Vec<Case<Line>> = cases::read("executions.jsonl", include_str!("executions.jsonl"), 25);
    for Case { name, fields: line } in lines {
        failures.note(&name, line.check(&name, &harness).await);
        for text in harness.log().await {
            let repeated = line.secrets.iter().find(|secret| text.contains(secret.as_str()));
            failures
                .note(&name, ensure(repeated.is_none(), || format!("a log repeats {repeated:?}: {text}")));
        }
    }
    harness.environment.settled().await;
    failures.note(
        "all",
        ensure(harness.environment.dead_letters().is_empty(), || {
            format!("{:?}", harness.environment.dead_letters())
        }),
    );
    harness.close().await;
    failures.none();
}
