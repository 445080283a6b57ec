//! `definitions.jsonl`: machines, paths and templates' texts that mean nothing, or something that is not run here. Each is
//! refused by name, by the parser and by Step Functions' own API alike.

use asl::StateMachine;
use aws_sdk_sfn::error::ProvideErrorMetadata as _;
use serde::Deserialize;

use super::case::{self, Failures, Source, ensure, says};
use crate::harness::{Harness, order};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Line {
    name: String,
    /// A state machine.
    machine: Option<Source>,
    /// The text of an `Fn::Sub`.
    sub: Option<Source>,
    /// The name of a resource.
    logical_id: Option<Source>,
    /// Where, and a part of what is said. Texts have no place.
    refused: Option<(String, String)>,
    /// It parses, and the check finds this: the rule, and where.
    problem: Option<(String, String)>,
    #[serde(default)]
    accepted: bool,
}

impl case::Line for Line {
    fn name(&self) -> &str {
        &self.name
    }
}

pub(super) fn lines() -> Vec<Line> {
    case::lines("definitions.jsonl", include_str!("definitions.jsonl"))
}

impl Line {
    fn check(&self) -> Result<(), String> {
        match (&self.machine, &self.sub, &self.logical_id) {
            (Some(machine), None, None) => self.machine(&machine.text()),
            (None, Some(sub), None) => {
                self.word(cfn::Sub::parse(sub.text()).map_err(|error| error.to_string()))
            }
            (None, None, Some(id)) => {
                self.word(cfn::LogicalId::new(id.text()).map_err(|error| error.to_string()))
            }
            _ => Err("needs one of `machine`, `sub` and `logical_id`".to_owned()),
        }
    }

    fn machine(&self, text: &str) -> Result<(), String> {
        match (&self.refused, &self.problem, self.accepted, text.parse::<StateMachine>()) {
            (Some((path, message)), None, false, Err(refusals)) => {
                let told =
                    refusals.iter().any(|told| told.path == *path && says(&told.message, message).is_ok());
                ensure(told, || format!("{refusals:?}"))
            }
            (None, Some((rule, path)), false, Ok(machine)) => {
                let problems = asl::check(&machine);
                let told = problems.iter().any(|told| told.rule == rule && told.path == *path);
                ensure(told, || format!("{problems:?}"))
            }
            (None, None, true, Ok(machine)) => {
                let problems = asl::check(&machine);
                ensure(problems.is_empty(), || format!("{problems:?}"))
            }
            (_, _, _, Ok(_)) => Err("should be refused while parsing".to_owned()),
            (_, _, _, Err(refusals)) => Err(format!("should parse: {refusals:?}")),
        }
    }

    fn word<T>(&self, parsed: Result<T, String>) -> Result<(), String> {
        match (&self.refused, self.accepted, parsed) {
            (Some((path, message)), false, Err(error)) if path.is_empty() => says(&error, message),
            (None, true, Ok(_)) => Ok(()),
            (_, _, Ok(_)) => Err("should be refused".to_owned()),
            (_, _, Err(error)) => Err(error),
        }
    }
}

#[test]
fn every_definition_is_taken_or_refused_as_its_line_says() {
    let mut failures = Failures::default();
    for line in lines() {
        failures.note(&line.name, line.check());
    }
    failures.none();
}

/// What the parser or the check refuses never becomes a machine, and the one that runs goes on running.
#[tokio::test(flavor = "multi_thread")]
async fn no_bad_definition_replaces_the_one_that_runs() {
    let harness = Harness::open().await;
    let mut failures = Failures::default();
    for line in lines().iter().filter(|line| !line.accepted) {
        let Some(machine) = &line.machine else { continue };
        let update =
            harness.states.update_state_machine().state_machine_arn(harness.environment.machine_arn());
        let outcome = match update.definition(machine.text()).send().await {
            Ok(_) => Err("was taken".to_owned()),
            // A request that is too large has no name: it is not read.
            Err(error) => {
                let refused = error.code().is_none_or(|code| code == "InvalidDefinition");
                ensure(refused, || format!("{error:?}"))
            }
        };
        failures.note(&line.name, outcome);
    }
    let outcome = harness.run(&order("after-all-of-them", &["두부"])).await;
    let completed = outcome.session.result.is_some();
    failures.note("all", ensure(completed, || format!("{:?}", outcome.execution)));
    harness.close().await;
    failures.none();
}
