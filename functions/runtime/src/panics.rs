//! Panics: a handler's panic becomes the task's error, and only the location of a panic is logged.

use std::panic::{self, AssertUnwindSafe};

use contract::Task;
use futures::FutureExt;

use crate::{Failure, Handler, Invocation};

/// Replaces the standard hook, which would write the panic's message (it may hold data) as a plain line.
pub(crate) fn log_only_the_place() {
    panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "panic");
    }));
}

/// Handles an input; a panic becomes [`Handler::UNEXPECTED`] with a fixed text.
pub(crate) async fn handle<T: Task, H: Handler<T>>(
    handler: &H,
    input: T::Input,
    invocation: &Invocation,
) -> Result<T::Output, Failure<T::Error>> {
    // The call itself may panic too, not only the future that it gives. Boxed: with an SDK call in it, its type is
    // deeper than the compiler goes.
    let work = async { handler.handle(input, invocation).await }.boxed();
    match AssertUnwindSafe(work).catch_unwind().await {
        Ok(outcome) => outcome,
        Err(_) => Err(Failure::new(H::UNEXPECTED, "the function panicked")
            .with_hint("the place is in the function's log, on the line `panic`")),
    }
}
