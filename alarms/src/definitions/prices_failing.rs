//! More than 5 % of the calls to a price source fail ({environment}).
//!
//! **Means:** at least 3 calls of 10 minutes to one source failed, and more than 5 % of its calls. **Users see:** prices of the next source,
//! or orders that fail with PRICE_FETCH_FAILED where it is the last.
//!
//! 1. `cargo xtask prices probe --source elevenst --ingredient 버터`, and the same of the other sources: which fails, and how.
//! 2. `aws logs tail /aws/lambda/{price} --since 30m --filter-pattern '{ $.level = "WARN" || $.level = "ERROR" }'`
//! 3. The provider's notices: openapi.11st.co.kr, data.go.kr, kamis.or.kr.
//!
//! **Mend:** AUTH: set its key anew. QUOTA_DAY: lower `per_day`. An outage: take it out of `sources` and deploy.
//!
//! ---
//! **뜻:** 10분 동안 한 가격 제공자의 호출이 3번 이상, 5% 넘게 실패했습니다. **사용자:** 다음 제공자의 가격이 쓰이거나, 마지막이면 주문이
//! 실패합니다.
//!
//! 1. 위 1번 명령으로 어느 제공자인지 봅니다.
//! 2. 로그에서 오류 이름을 봅니다.
//! 3. 제공자의 공지를 봅니다.
//!
//! **조치:** 인증 오류는 키를 다시 저장하고, 장애는 `sources`에서 빼고 배포합니다.

use contract::metric::Emitted;

use super::failure_rate;
use crate::{Alarm, Inputs, Metric, Runbook};

pub(super) fn alarm(inputs: &Inputs) -> Alarm {
    let runbook = Runbook::of(
        include_str!("prices_failing.rs"),
        &[
            ("environment", &inputs.environment),
            ("price", &inputs.function(contract::task::TaskKind::PriceFetcher)),
        ],
    );
    let pairs: Vec<_> = inputs
        .sources
        .iter()
        .map(|source| {
            let provider = Some(source.source.facts().provider);
            failure_rate::Pair {
                id: source.source.name(),
                failures: Metric::Emitted(Emitted::ProviderFailures, provider),
                calls: Metric::Emitted(Emitted::ProviderCalls, provider),
            }
        })
        .collect();
    failure_rate::alarm(inputs, "PricesFailing", "ai-chef-prices-failing", &pairs, runbook)
}
