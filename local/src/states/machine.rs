//! A state machine as Step Functions keeps it: its names, its definition as text, and the same parsed.

use asl::StateMachine;
use jiff::Timestamp;

use super::error::StatesError;

/// A state machine.
#[derive(Debug)]
pub struct Machine {
    /// Its ARN.
    pub arn: String,
    /// Its name.
    pub name: String,
    /// The ARN of its role.
    pub role_arn: String,
    /// Its definition as text.
    pub definition: String,
    /// The same, parsed.
    pub parsed: StateMachine,
    /// When it was made.
    pub created_at: Timestamp,
}

impl Machine {
    /// The same machine with another definition.
    ///
    /// # Errors
    /// The definition is refused, with every reason.
    pub fn redefined(&self, definition: String) -> Result<Self, StatesError> {
        let refused = |reasons: Vec<String>| StatesError::InvalidDefinition {
            reason: reasons.join(", "),
        };
        let parsed = StateMachine::parse(&definition).map_err(|refusals| {
            refused(
                refusals
                    .iter()
                    .map(|refusal| format!("{} at {}", refusal.message, refusal.path))
                    .collect(),
            )
        })?;
        let problems = asl::check::refusals(&parsed);
        if !problems.is_empty() {
            let reasons = problems
                .iter()
                .map(|problem| format!("{} at {}", problem.message, problem.path));
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
