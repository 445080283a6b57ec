//! The handler of a function's inputs, and the invocation.

use std::sync::Arc;

use contract::Task;

use crate::{Deadline, Failure, Recorder};

pub trait Handler<T: Task>: Send + Sync + 'static {
    /// The task's error for an unexpected reason: the handler panicked, the init did not end, a variable of every function is
    /// missing. The message is a fixed text: a panic's message may have data.
    const UNEXPECTED: T::Error;

    fn handle(
        &self,
        input: T::Input,
        invocation: &Invocation,
    ) -> impl Future<Output = Result<T::Output, Failure<T::Error>>> + Send;
}

/// One call of a function.
#[derive(Debug, Clone)]
pub struct Invocation {
    /// When Lambda kills the function.
    pub deadline: Deadline,
    /// Its metrics, which are written when it ends, with or without an error.
    pub metrics: Recorder,
}

/// A shared handler is a handler.
impl<T: Task, H: Handler<T>> Handler<T> for Arc<H> {
    const UNEXPECTED: T::Error = H::UNEXPECTED;

    async fn handle(&self, input: T::Input, invocation: &Invocation) -> Result<T::Output, Failure<T::Error>> {
        H::handle(self, input, invocation).await
    }
}
