//! A state machine as Step Functions keeps it: its names, its definition as text, and the same parsed.

use asl::StateMachine;
use jiff::Timestamp;

use super::error::StatesError;

#[derive(Debug)]
pub struct Machine {
    pub arn: String,
    pub name: String,
    pub role_arn: String,
    pub definition: String,
    pub parsed: StateMachine,
    pub created_at: Timestamp,
}

impl Machine {
    /// The same machine with another definition.
    pub fn redefined(&self, definition: String) -> Result<Self, StatesError> {
        let refused = |reasons: Vec<String>| StatesError::InvalidDefinition { reason: reasons.join(", ") };
        let parsed = definition.parse::<StateMachine>().map_err(|refusals| {
            refused(
                refusals.iter().map(|refusal| format!("{} at {}", refusal.message, refusal.path)).collect(),
            )
        })?;
        let problems = asl::check::errors(&parsed);
        if !problems.is_empty() {
            let reasons = problems.iter().map(|problem| format!("{} at {}", problem.message, problem.path));
            return Err(refused(reasons.collect()));
        }
        Ok(Self {
            arn: self.arn.clone(),
            name: self.name.clone(),
            role_arn: self.role_arn.clone(),
            definition,
            parsed,
            created_at: self.created_at,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A machine with this definition in place of a sound one.
    fn redefined(definition: &str) -> Result<Machine, StatesError> {
        let sound = r#"{"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}"#;
        let machine = Machine {
            arn: "arn:aws:states:ap-northeast-2:123456789012:stateMachine:m".to_owned(),
            name: "m".to_owned(),
            role_arn: "arn:aws:iam::123456789012:role/m".to_owned(),
            definition: sound.to_owned(),
            parsed: sound.parse::<StateMachine>().unwrap(),
            created_at: Timestamp::UNIX_EPOCH,
        };
        machine.redefined(definition.to_owned())
    }

    #[test]
    fn what_step_functions_refuses_is_refused() {
        let lost = r#"{"StartAt": "B", "States": {"B": {"Type": "Pass", "Next": "C"}}}"#;
        for (definition, expected) in [
            ("StartAt: A", "not a JSON definition"),
            (r#"{"StartAt": "A", "States": {"A": {"Type": "Map"}}}"#, "state type is not supported: Map"),
            (lost, "there is no such state here: C at /States/B/Next"),
        ] {
            let error = redefined(definition).err().unwrap();
            assert_eq!(error.name(), "InvalidDefinition");
            let StatesError::InvalidDefinition { reason } = error else { panic!() };
            assert!(reason.contains(expected), "{reason}");
        }
    }

    /// A retrier that never matches is a finding of `check`; Step Functions runs the machine.
    #[test]
    fn what_step_functions_takes_is_taken() {
        let dead = r#"{"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "arn:aws:lambda:f", "End": true,
            "Retry": [{"ErrorEquals": ["States.Timeout"]}]}}}"#;
        assert!(redefined(dead).is_ok());
    }
}
