//! More than 5 % of the model's recipes cannot be read ({environment}).
//!
//! **Means:** at least 3 replies of 10 minutes were cut off, prose, or of a wrong shape, and more than 5 % of all. Each was paid for.
//! **Users see:** orders fail with RECIPE_GENERATION_FAILED.
//!
//! 1. `aws logs tail /aws/lambda/{recipe} --since 30m --filter-pattern '{ $.level = "ERROR" }'`: which field, or truncated.
//! 2. The metric AiChef TruncatedReplies.
//! 3. Did `[model] id` change in the last release?
//!
//! **Mend:** truncated: raise `[model] max_tokens`. A wrong shape: go back to the model id before, then teach `repair` the new shape.
//!
//! ---
//! **뜻:** 10분 동안 모델 응답이 3번 이상, 5% 넘게 읽을 수 없었습니다(잘림, 산문, 형식 오류). **사용자:** 주문이 실패합니다.
//!
//! 1. 위 명령으로 어떤 필드인지, 잘렸는지 봅니다.
//! 2. 지표 TruncatedReplies를 봅니다.
//! 3. 최근에 모델이 바뀌었는지 봅니다.
//!
//! **조치:** 잘리면 `max_tokens`를 올리고, 형식 오류면 이전 모델로 되돌립니다.

use contract::{metric::Emitted, task::TaskKind};

use super::failure_rate;
use crate::{Alarm, Inputs, Metric, Runbook};

pub(super) fn alarm(inputs: &Inputs) -> Alarm {
    let runbook = Runbook::of(
        include_str!("recipes_unreadable.rs"),
        &[("environment", &inputs.environment), ("recipe", &inputs.function(TaskKind::RecipeGenerator))],
    );
    let pairs = [failure_rate::Pair {
        id: "replies",
        failures: Metric::Emitted(Emitted::UnreadableReplies, None),
        calls: Metric::Emitted(Emitted::Replies, None),
    }];
    failure_rate::alarm(inputs, "RecipesUnreadable", "ai-chef-recipes-unreadable", &pairs, runbook)
}
