//! What `StartExecution` takes: a name and an input, refused before anything is written.

use asl::run::MAX_PAYLOAD_BYTES;
use serde_json::Value;

use super::error::StatesError;

/// Source: "Quotas related to state machine executions" and `StartExecution`'s `name`.
pub(super) fn check_name(name: &str) -> Result<(), StatesError> {
    let allowed = |c: char| !c.is_whitespace() && !c.is_control() && !"<>{}[]?*\"#%\\^|~`$&,;:/".contains(c);
    if (1..=80).contains(&name.chars().count()) && name.chars().all(allowed) {
        Ok(())
    } else {
        Err(StatesError::InvalidName { name: name.to_owned() })
    }
}

pub(super) fn parse_input(text: &str) -> Result<Value, StatesError> {
    let refused = |reason: String| StatesError::InvalidExecutionInput { reason };
    if text.len() > MAX_PAYLOAD_BYTES {
        return Err(refused(format!("more than {MAX_PAYLOAD_BYTES} bytes")));
    }
    serde_json::from_str(text)
        .map_err(|error| refused(format!("not JSON at line {} column {}", error.line(), error.column())))
}
