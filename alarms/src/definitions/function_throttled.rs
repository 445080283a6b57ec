//! Lambda refused invocations of a function ({environment}).
//!
//! **Means:** more invocations at once than the function's or the account's concurrency allows. **Users see:** orders wait for the state's
//! retries, then fail with Lambda.TooManyRequestsException.
//!
//! 1. `aws lambda get-account-settings --query AccountLimit`
//! 2. `aws cloudwatch get-metric-statistics --namespace AWS/Lambda --metric-name ConcurrentExecutions --statistics Maximum --period 60
//! --start-time $(date -u -d '1 hour ago' +%FT%TZ) --end-time $(date -u +%FT%TZ)` for each function of the account
//! 3. More orders than usual? AWS/States ExecutionsStarted.
//!
//! **Mend:** another function of the account uses it up: reserve concurrency. The account's limit: ask for more.
//!
//! ---
//! **뜻:** 동시 실행 한도를 넘어 Lambda가 호출을 거절했습니다. **사용자:** 주문이 늦어지다 실패합니다.
//!
//! 1. 계정의 한도를 봅니다.
//! 2. 어느 함수가 동시 실행을 쓰는지 봅니다.
//! 3. 주문이 늘었는지 봅니다.
//!
//! **조치:** 예약 동시성을 두거나 한도 증설을 요청합니다.

use contract::task::TaskKind;

use crate::{
    Alarm, Definition, Fault, Inputs, Observed, Role, Runbook, Severity,
    alarm::{at_least, math, sum},
};

pub(super) fn alarm(inputs: &Inputs) -> Alarm {
    let metrics = TaskKind::ALL
        .iter()
        .map(|task| sum(inputs, &super::kebab(task.name()).replace('-', "_"), Observed::Throttles(*task)));
    let watched = math(metrics.collect(), "SUM(METRICS())");
    let definition = at_least(inputs.name("ai-chef-function-throttled"), watched, 1.0, 60, 1, 5);
    Alarm {
        id: "FunctionThrottled".to_owned(),
        role: Role::RootCause,
        notifies: Some(Severity::Page),
        definition: Definition::Metric(definition),
        fault: Fault::Failures,
        missing_because: "a function that is not invoked is not throttled",
        runbook: Runbook::of(include_str!("function_throttled.rs"), &[("environment", &inputs.environment)]),
    }
}
