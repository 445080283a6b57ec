//! {function} ran into its timeout ({environment}).
//!
//! **Means:** Lambda stopped an invocation after {timeout} s; the work was lost. **Users see:** the order takes longer, since the state is
//! tried again, or fails.
//!
//! 1. `aws logs tail /aws/lambda/{function} --since 1h --filter-pattern '{ $.record.status = "timeout" }'`
//! 2. The lines of that `requestId` before it: which call did not return?
//! 3. The provider's status page (Bedrock, 11번가, data.go.kr).
//!
//! **Mend:** a slow provider: take it out of `sources`, or change `[model] id`, and deploy. Slow since a release: go back to the one
//! before.
//!
//! ---
//! **뜻:** {function} 호출이 {timeout}초에 중단되어 작업이 버려졌습니다. **사용자:** 주문이 늦거나 실패합니다.
//!
//! 1. 위 1번 명령으로 시간 초과를 찾습니다.
//! 2. 같은 `requestId`의 앞줄에서 끝나지 않은 호출을 봅니다.
//! 3. 제공자 상태 페이지를 확인합니다.
//!
//! **조치:** 느린 제공자는 `sources`나 `[model] id`에서 바꿔 배포하고, 배포 직후라면 이전 릴리스로 되돌립니다.

use cloudwatch::alarm::Watched;
use contract::task::TaskKind;

use crate::{
    Alarm, Definition, Fault, Filtered, Inputs, Role, Runbook, Severity,
    alarm::{at_least, single},
};

pub(super) fn alarm(inputs: &Inputs, task: TaskKind) -> Alarm {
    let function = inputs.function(task);
    let watched: Watched = single(inputs, Filtered::Timeouts(task), cloudwatch::Statistic::Sum);
    // Five minutes cover the timeout and the time until a log line is counted, and keep the alarm red for as long.
    let definition = at_least(
        inputs.name(&format!("ai-chef-{}-timed-out", super::kebab(task.name()))),
        watched,
        1.0,
        60,
        1,
        5,
    );
    Alarm {
        id: format!("{}TimedOut", task.name()),
        role: Role::RootCause,
        notifies: Some(Severity::Page),
        definition: Definition::Metric(definition),
        fault: Fault::Failures,
        missing_because: "a function that is not invoked writes no log line, and has no timeout",
        runbook: Runbook::of(
            include_str!("function_timed_out.rs"),
            &[
                ("function", &function),
                ("environment", &inputs.environment),
                ("timeout", &task.timeout_s().to_string()),
            ],
        ),
    }
}
