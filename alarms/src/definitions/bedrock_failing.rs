//! More than 5 % of the calls to Bedrock fail ({environment}).
//!
//! **Means:** at least 3 calls of 10 minutes failed, and more than 5 % of all. **Users see:** orders fail with
//! RECIPE_GENERATION_FAILED.
//!
//! 1. `aws logs tail /aws/lambda/{recipe} --since 30m --filter-pattern '{ $.level = "WARN" || $.level = "ERROR" }'`: the error's name.
//! 2. ThrottlingException: `aws service-quotas list-service-quotas --service-code bedrock --region {bedrock_region}`
//! 3. ServiceUnavailable, timeouts: https://health.aws.amazon.com
//!
//! **Mend:** quota: ask for more, or use another inference profile in `[model] id`. AccessDenied: model access was withdrawn. An outage:
//! another model id, then deploy.
//!
//! ---
//! **뜻:** 10분 동안 Bedrock 호출이 3번 이상, 5% 넘게 실패했습니다. **사용자:** 주문이 RECIPE_GENERATION_FAILED로 실패합니다.
//!
//! 1. 위 명령으로 오류 이름을 확인합니다.
//! 2. ThrottlingException이면 할당량을 봅니다.
//! 3. 장애라면 AWS Health를 봅니다.
//!
//! **조치:** 할당량 증설 또는 다른 추론 프로파일(`[model] id`)로 배포합니다.

use contract::metric::{Emitted, Provider};

use super::failure_rate;
use crate::{Alarm, Inputs, Runbook};

pub(super) fn alarm(inputs: &Inputs) -> Alarm {
    let runbook = Runbook::of(
        include_str!("bedrock_failing.rs"),
        &[
            ("environment", &inputs.environment),
            ("bedrock_region", &inputs.bedrock_region),
            ("recipe", &inputs.function(contract::task::TaskKind::RecipeGenerator)),
        ],
    );
    let pairs = [failure_rate::Pair {
        id: "bedrock",
        failures: crate::Metric::Emitted(Emitted::ProviderFailures, Some(Provider::Bedrock)),
        calls: crate::Metric::Emitted(Emitted::ProviderCalls, Some(Provider::Bedrock)),
    }];
    failure_rate::alarm(inputs, "BedrockFailing", "ai-chef-bedrock-failing", &pairs, runbook)
}
