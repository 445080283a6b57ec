//! The reader of what Lambda hands over, for whoever feeds it bytes: the byte fuzzer. It is not a part of the interface; the
//! reader itself lives in `input`.

use contract::{ExecutionId, SessionId, Task};

use crate::input::{self, Payload};

/// What is known of an invocation whose payload is these bytes: the input or why it is none, and whose work it is.
pub struct Read<T: Task> {
    /// The input, or a sentence.
    pub input: Result<T::Input, String>,
    /// The session, as far as the payload names one.
    pub session: Option<SessionId>,
    /// The execution, as far as the payload names one.
    pub execution: Option<ExecutionId>,
}

/// Reads a payload as the main loop does.
#[must_use]
pub fn read<T: Task>(bytes: &[u8]) -> Read<T> {
    let payload = serde_json::from_slice(bytes).unwrap_or(Payload::NotJson);
    let input = input::read::<T>(&payload);
    let (session, execution) = input::correlation::<T>(&payload, input.as_ref().ok());
    Read {
        input: input.map_err(|error| error.to_string()),
        session,
        execution,
    }
}
