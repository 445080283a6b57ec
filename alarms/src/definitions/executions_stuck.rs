//! Executions start and none ends ({environment}).
//!
//! **Means:** in each of two times 10 minutes executions started and not one ended. **Users see:** every order stays pending.
//!
//! 1. `aws stepfunctions list-executions --state-machine-arn {machine} --status-filter RUNNING --max-items 5`
//! 2. `aws stepfunctions get-execution-history --reverse-order --max-items 3 --execution-arn` of one of them: which state waits?
//! 3. https://health.aws.amazon.com: Step Functions, Lambda.
//!
//! **Mend:** a function that hangs: go back to the release before. Executions end by themselves at the machine's timeout.
//!
//! ---
//! **뜻:** 10분씩 두 번, 실행이 시작되었지만 하나도 끝나지 않았습니다. **사용자:** 모든 주문이 대기 중입니다.
//!
//! 1. 위 명령으로 실행 중인 것을 찾습니다.
//! 2. 그 기록의 끝에서 어느 상태가 기다리는지 봅니다.
//! 3. AWS Health를 봅니다.
//!
//! **조치:** 함수가 멈췄다면 이전 릴리스로 되돌립니다.

use cloudwatch::alarm::WarmUp;

use super::outcomes;
use crate::{
    Alarm, Definition, Fault, Inputs, Observed, Role, Runbook, Severity,
    alarm::{at_least, math, sum},
};

pub(super) fn alarm(inputs: &Inputs) -> Alarm {
    let started = sum(inputs, "started", Observed::ExecutionsStarted);
    let succeeded = sum(inputs, "succeeded", Observed::ExecutionsSucceeded);
    let metrics = [started, succeeded].into_iter().chain(outcomes::failures(inputs)).collect();
    let ended = format!("succeeded + {}", outcomes::FAILURES);
    // A period in which nothing started or ended says nothing, so it has no value: a pause between orders is no recovery.
    let watched = math(metrics, &format!("IF(started + {ended} > 0, FILL({ended}, 0) == 0)"));
    // Ten minutes: three of the newest are not published yet, and in five there would often be no order among the other two, so that
    // the alarm goes on and off. Two of two: the newest period may have a start whose end was not published yet.
    let mut definition = at_least(inputs.name("ai-chef-executions-stuck"), watched, 1.0, 600, 2, 2);
    // Both periods and the delay lie after the alarm's creation.
    definition.warm_up = Some(WarmUp { minutes: 25, only_after: true });
    Alarm {
        id: "ExecutionsStuck".to_owned(),
        role: Role::RootCause,
        notifies: Some(Severity::Page),
        definition: Definition::Metric(definition),
        fault: Fault::Hangs,
        missing_because: "without starts nothing is stuck",
        runbook: Runbook::of(
            include_str!("executions_stuck.rs"),
            &[("environment", &inputs.environment), ("machine", &inputs.machine_arn)],
        ),
    }
}
