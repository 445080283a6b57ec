//! Sessions of failed executions are not closed ({environment}).
//!
//! **Means:** EventBridge could not start the closer, and its event lies in the dead-letter queue. **Users see:** an order that stays
//! pending until its deadline.
//!
//! 1. `aws sqs get-queue-attributes --queue-url $(aws sqs get-queue-url --queue-name {queue} --query QueueUrl --output text)
//! --attribute-names ApproximateNumberOfMessages`
//! 2. A message's attributes say why: ERROR_CODE, RULE_ARN. Its body may hold health data: do not copy it.
//! 3. The role of the rule: states:StartExecution on the closer.
//!
//! **Mend:** the permission or the closer itself, by a deploy; then purge the queue. Those sessions count as failed past their deadline.
//!
//! ---
//! **뜻:** EventBridge가 클로저를 시작하지 못해 이벤트가 배달 못한 편지 대기열에 있습니다. **사용자:** 주문이 기한까지 대기 중입니다.
//!
//! 1. 위 명령으로 메시지 수를 봅니다.
//! 2. 메시지 속성 ERROR_CODE를 봅니다. 본문에는 건강 정보가 있을 수 있으니 복사하지 않습니다.
//! 3. 규칙의 역할 권한을 봅니다.
//!
//! **조치:** 권한을 고쳐 배포하고 대기열을 비웁니다.

use crate::{
    Alarm, Definition, Fault, Inputs, Observed, Role, Runbook, Severity,
    alarm::{at_least, single},
};

pub(super) fn alarm(inputs: &Inputs) -> Alarm {
    // A message stays until somebody takes it, so the newest minute decides.
    let watched = single(inputs, Observed::DeadLetters, cloudwatch::Statistic::Maximum);
    let definition = at_least(inputs.name("ai-chef-closer-failing"), watched, 1.0, 60, 1, 5);
    Alarm {
        id: "CloserFailing".to_owned(),
        role: Role::RootCause,
        notifies: Some(Severity::Page),
        definition: Definition::Metric(definition),
        fault: Fault::Other,
        missing_because: "SQS stops publishing for a queue that was not used for hours, and such a queue is empty",
        runbook: Runbook::of(
            include_str!("closer_failing.rs"),
            &[("environment", &inputs.environment), ("queue", &inputs.dead_letters)],
        ),
    }
}
