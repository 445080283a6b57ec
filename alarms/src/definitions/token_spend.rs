//! The model's tokens of an hour are above what was planned ({environment}).
//!
//! **Means:** prompts and replies took more than {tokens} tokens in an hour, which is paid for by the token. **Users see:** nothing.
//!
//! 1. The metrics AiChef InputTokens and OutputTokens: which of them, since when?
//! 2. More orders than usual? AWS/States ExecutionsStarted.
//! 3. Tokens an order: did the prompt or `[model] max_tokens` change in the last release?
//!
//! **Mend:** an expected rise: raise `tokens_per_hour` in environments/{environment}.toml. Somebody who orders in a loop: find the caller
//! with `aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=StartExecution`.
//!
//! ---
//! **뜻:** 한 시간에 {tokens} 토큰을 넘게 썼습니다. 토큰만큼 비용이 듭니다. **사용자:** 영향이 없습니다.
//!
//! 1. 지표 InputTokens와 OutputTokens를 봅니다.
//! 2. 주문이 늘었는지 봅니다.
//! 3. 주문당 토큰이 늘었는지 봅니다.
//!
//! **조치:** 예상한 증가면 `tokens_per_hour`를 올리고, 반복 호출이면 호출자를 찾습니다.

use cloudwatch::alarm::Comparison;
use contract::metric::Emitted;

use crate::{
    Alarm, Definition, Fault, Inputs, Metric, Role, Runbook, Severity,
    alarm::{at_least, math, sum},
};

pub(super) fn alarm(inputs: &Inputs) -> Alarm {
    let metrics = [("input", Emitted::InputTokens), ("output", Emitted::OutputTokens)]
        .map(|(id, metric)| sum(inputs, id, Metric::Emitted(metric, None)));
    let watched = math(metrics.to_vec(), "input + output");
    let planned = f64::from(inputs.tokens_per_hour);
    let mut definition = at_least(inputs.name("ai-chef-token-spend"), watched, planned, 3_600, 1, 1);
    definition.comparison = Comparison::GreaterThanThreshold;
    Alarm {
        id: "TokenSpend".to_owned(),
        role: Role::Forecast,
        notifies: Some(Severity::Ticket),
        definition: Definition::Metric(definition),
        fault: Fault::Other,
        missing_because: "without orders no tokens are spent",
        runbook: Runbook::of(
            include_str!("token_spend.rs"),
            &[("environment", &inputs.environment), ("tokens", &inputs.tokens_per_hour.to_string())],
        ),
    }
}
