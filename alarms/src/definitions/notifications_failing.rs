//! Notifications of the topic {topic} are not delivered ({environment}).
//!
//! **Means:** SNS gave up on a subscriber after its retries: the next {severity} may not arrive. This message comes by the other topic.
//! **Users see:** nothing.
//!
//! 1. `aws sns list-subscriptions-by-topic --topic-arn {arn}`
//! 2. `aws sns get-subscription-attributes --subscription-arn` of each: PendingConfirmation, RedrivePolicy.
//! 3. An HTTPS endpoint: does it answer 200 within 15 s? A Lambda or SQS: may SNS call it?
//!
//! **Mend:** the endpoint, or `[[subscribers]]` in environments/{environment}.toml, then deploy. Until then watch the console.
//!
//! ---
//! **뜻:** SNS가 주제 {topic}의 구독자에게 전달하지 못했습니다. 다음 알림이 오지 않을 수 있습니다. **사용자:** 영향이 없습니다.
//!
//! 1. 위 명령으로 구독을 봅니다.
//! 2. 확인되지 않은 구독을 찾습니다.
//! 3. 엔드포인트가 15초 안에 200으로 답하는지 봅니다.
//!
//! **조치:** 엔드포인트나 `[[subscribers]]`를 고쳐 배포하고, 그동안 콘솔을 지켜봅니다.

use crate::{
    Alarm, Definition, Fault, Inputs, Observed, Role, Runbook, Severity,
    alarm::{at_least, single},
};

/// The alarm on the topic of `severity`, which leaves by the other one.
pub(super) fn alarm(inputs: &Inputs, severity: Severity) -> Alarm {
    let (id, name, other) = match severity {
        Severity::Page => ("PagesUndelivered", "ai-chef-pages-undelivered", Severity::Ticket),
        Severity::Ticket => ("TicketsUndelivered", "ai-chef-tickets-undelivered", Severity::Page),
    };
    let topic = inputs.topic(severity);
    let arn = format!("{}{topic}", inputs.topic_arn_prefix);
    let watched = single(inputs, Observed::NotificationsFailed(severity), cloudwatch::Statistic::Sum);
    Alarm {
        id: id.to_owned(),
        role: Role::Notification,
        notifies: Some(other),
        definition: Definition::Metric(at_least(inputs.name(name), watched, 1.0, 60, 1, 5)),
        fault: Fault::Other,
        missing_because: "without notifications none fails",
        runbook: Runbook::of(
            include_str!("notifications_failing.rs"),
            &[
                ("environment", &inputs.environment),
                ("topic", &topic),
                ("arn", &arn),
                ("severity", severity.as_str()),
            ],
        ),
    }
}
