//! The recipe and the prices are fetched in parallel: an execution takes the longer of the two, not the sum.

use local::stubs::{Behaviour, Rendezvous};
use platform::ExecutionStatus;

use crate::harness::{Harness, order};

/// Neither stand-in answers until both were asked: one branch after the other would wait for ever, and fail.
#[tokio::test(flavor = "multi_thread")]
async fn neither_provider_answers_until_both_were_asked() {
    let both = Rendezvous::of(2);
    let meeting = Behaviour { rendezvous: Some(both), ..Behaviour::default() };
    let harness = Harness::with(|config| {
        config.bedrock = meeting.clone();
        config.naver = meeting;
    })
    .await;
    let outcome = harness.run(&order("rendezvous", &["두부"])).await;
    assert_eq!(outcome.execution.status, ExecutionStatus::Succeeded, "{:?}", outcome.execution);
    harness.close().await;
}
