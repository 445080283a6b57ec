//! The closer: a small state machine that marks a session as failed when its execution ended and no catcher ran.
//!
//! `States.ALL` does not catch `States.Runtime` and `States.DataLimitExceeded`, and a timeout or an abort of the
//! execution runs no catcher at all. Step Functions tells EventBridge about each of these ends; a rule starts this
//! machine with the execution's name, which is the session's id, and its status. The rule lives in `resources`.
//!
//! What it writes is fixed: an event's own cause and input may quote an order, and with it health data.

use asl::{
    StateMachine,
    model::{Catcher, Path, Placement, State, States, Succeed, Transition},
};

use crate::session_write::{CONDITION_FAILED, fail_session};

/// Where the closer's input has the session's id.
pub const SESSION_ID: &str = "sessionId";
/// Where the closer's input has the execution's status.
pub const STATUS: &str = "status";
/// The statuses of an execution whose failure may not have been handled by a catcher.
pub const STATUSES: [&str; 3] = ["FAILED", "TIMED_OUT", "ABORTED"];
/// What a reader of the session is told.
pub const CAUSE: &str = "the execution ended before it could record its failure; its history says why";

/// The machine, without its timeout: that is computed from what stands here.
pub fn closer() -> StateMachine {
    let mut close = fail_session(Path::root().field(SESSION_ID), Path::root().field(STATUS), CAUSE);
    close.result_path = Placement::Discard;
    // The session is not open: HandleFailure or combine has closed it, or it was never opened.
    close.catch = vec![Catcher {
        result_path: Placement::Discard,
        ..Catcher::new([CONDITION_FAILED], "NothingToClose")
    }];
    close.transition = Transition::End;

    let states = States::from_iter([
        ("CloseSession".to_owned(), State::Task(close)),
        ("NothingToClose".to_owned(), State::Succeed(Succeed::default())),
    ]);
    StateMachine {
        comment: Some(
            "AI Chef session closer: fails a session whose execution ended without doing so".to_owned(),
        ),
        ..StateMachine::new("CloseSession", states)
    }
}
