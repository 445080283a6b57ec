//! A price source has used 80 % of its calls of the day ({environment}).
//!
//! **Means:** our own count of the day, which begins anew at midnight in Korea. **Users see:** nothing yet; at 100 % the next source serves,
//! or the last prices.
//!
//! 1. The metric AiChef BudgetLeft, by Provider: which source, and since when?
//! 2. CacheHits and CacheMisses: did the share of misses rise?
//! 3. More orders than usual? AWS/States ExecutionsStarted.
//!
//! **Mend:** raise `fresh_s` of the source, or ask the provider for more and raise `per_day`.
//!
//! ---
//! **뜻:** 오늘(한국 시각) 호출 한도의 80%를 썼습니다. **사용자:** 아직 영향이 없고, 다 쓰면 다음 제공자나 지난 가격이 쓰입니다.
//!
//! 1. 지표 BudgetLeft에서 어느 제공자인지 봅니다.
//! 2. CacheMisses가 늘었는지 봅니다.
//! 3. 주문이 늘었는지 봅니다.
//!
//! **조치:** `fresh_s`를 늘리거나, 한도를 늘린 뒤 `per_day`를 올립니다.

use cloudwatch::{Statistic, alarm::Comparison};
use contract::metric::Emitted;

use crate::{
    Alarm, Definition, Fault, Inputs, Metric, Role, Runbook, Severity,
    alarm::{at_least, math, query},
};

/// What is left of a day's calls, in percent, at which somebody is told.
const LEFT_PERCENT: f64 = 20.0;

pub(super) fn alarm(inputs: &Inputs) -> Alarm {
    let metrics = inputs.sources.iter().map(|source| {
        let metric = Metric::Emitted(Emitted::BudgetLeft, Some(source.source.facts().provider));
        query(inputs, source.source.name(), metric, Statistic::Minimum)
    });
    let left = inputs.sources.iter().map(|source| format!("100 * {} / {}", source.source, source.per_day));
    let watched = math(metrics.collect(), &format!("MIN([{}])", left.collect::<Vec<_>>().join(", ")));
    let mut definition = at_least(inputs.name("ai-chef-quota-near"), watched, LEFT_PERCENT, 300, 1, 1);
    definition.comparison = Comparison::LessThanOrEqualToThreshold;
    // The last count holds until there is another: a source that is not asked uses nothing up.
    definition.missing = cloudwatch::alarm::MissingData::Ignore;
    Alarm {
        id: "QuotaNear".to_owned(),
        role: Role::Forecast,
        notifies: Some(Severity::Ticket),
        definition: Definition::Metric(definition),
        fault: Fault::Other,
        missing_because: "the last count holds until there is another",
        runbook: Runbook::of(include_str!("quota_near.rs"), &[("environment", &inputs.environment)]),
    }
}
