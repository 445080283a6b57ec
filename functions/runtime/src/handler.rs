//! What a function does with one input, and what it gets beside the input.

use std::sync::Arc;

use contract::Task;

use crate::{Deadline, Failure, Recorder};

/// What a function does with one input.
pub trait Handler<T: Task>: Send + Sync + 'static {
    /// How the task fails for a reason that is nobody's plan: the handler panicked, the init did not end, a variable of
    /// every function is missing. The message is the shell's: a panic's own may hold data.
    const UNEXPECTED: T::Error;

    /// Does it.
    fn handle(
        &self,
        input: T::Input,
        invocation: &Invocation,
    ) -> impl Future<Output = Result<T::Output, Failure<T::Error>>> + Send;
}

/// One call of a function.
#[derive(Debug, Clone)]
pub struct Invocation {
    /// When the platform kills it.
    pub deadline: Deadline,
    /// Where its metrics go; they are written when it ends, well or not.
    pub metrics: Recorder,
}

/// A shared handler is a handler.
impl<T: Task, H: Handler<T>> Handler<T> for Arc<H> {
    const UNEXPECTED: T::Error = H::UNEXPECTED;

    async fn handle(&self, input: T::Input, invocation: &Invocation) -> Result<T::Output, Failure<T::Error>> {
        H::handle(self, input, invocation).await
    }
}
