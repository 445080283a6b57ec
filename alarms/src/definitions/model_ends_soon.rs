//! The model's last day is less than 30 days away ({environment}).
//!
//! **Means:** after that day Bedrock refuses the model and every order fails. **Users see:** nothing yet.
//!
//! 1. `[model]` in environments/{environment}.toml: id and end_of_life.
//! 2. `aws bedrock list-inference-profiles --region {bedrock_region}`: what comes after it.
//! 3. `cargo xtask check --env {environment}`
//!
//! **Mend:** set `[model] id` and `end_of_life` to the newer model, try it in dev, then release.
//!
//! ---
//! **뜻:** 모델 종료일이 30일도 남지 않았습니다. 그날부터 모든 주문이 실패합니다. **사용자:** 아직 영향이 없습니다.
//!
//! 1. environments/{environment}.toml의 `[model]`을 봅니다.
//! 2. 후속 모델을 찾습니다.
//! 3. `cargo xtask check`로 확인합니다.
//!
//! **조치:** `[model]`을 새 모델로 바꿔 dev에서 확인하고 배포합니다.

use cloudwatch::{Statistic, alarm::Comparison};
use contract::metric::Emitted;

use crate::{
    Alarm, Definition, Fault, Inputs, Metric, Role, Runbook, Severity,
    alarm::{at_least, single},
};

/// Days before the last one at which somebody is told.
const DAYS_LEFT: f64 = 30.0;

pub(super) fn alarm(inputs: &Inputs) -> Alarm {
    let watched = single(inputs, Metric::Emitted(Emitted::ModelDaysLeft, None), Statistic::Minimum);
    let mut definition = at_least(inputs.name("ai-chef-model-ends-soon"), watched, DAYS_LEFT, 3_600, 1, 1);
    definition.comparison = Comparison::LessThanThreshold;
    definition.missing = cloudwatch::alarm::MissingData::Ignore;
    Alarm {
        id: "ModelEndsSoon".to_owned(),
        role: Role::Forecast,
        notifies: Some(Severity::Ticket),
        definition: Definition::Metric(definition),
        fault: Fault::Other,
        missing_because: "the metric comes with orders, and the last count holds between them",
        runbook: Runbook::of(
            include_str!("model_ends_soon.rs"),
            &[("bedrock_region", &inputs.bedrock_region), ("environment", &inputs.environment)],
        ),
    }
}
